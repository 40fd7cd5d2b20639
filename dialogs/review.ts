/** The teacher reads the sentences, keeps, changes or removes each, sees what the coach would see, and decides. */
import { buildProfile, quotesOf, type Profile, type Quote } from '../machines/profile.ts';
import { handOver } from '../machines/handover.ts';
import type { Language } from '../locales/index.ts';
import type { Ask } from '../machines/slots.ts';
import { buttonsFor, choicesFor, excerpt, labelOf, putQuestion, toChoice } from './asking.ts';
import { card, heading, paragraph, sentenceRow, type Element } from './cards.ts';
import { readReviewCommand } from './commands.ts';
import { afterQuietHours } from './quiet-hours.ts';
import { othersParts, profileParts, type ProfileView } from './profile-card.ts';
import type { Talk } from './talk.ts';
import type { Teacher } from './teacher.ts';

const SENTENCES_PER_PAGE = 10;
/** Characters: a page stays well below what a message may weigh; the whole of a long sentence is in the preview. */
const LONGEST_PAGE = 4_000;
const LONGEST_SHOWN = 800;

interface Row {
  readonly n: number;
  readonly quote: Quote;
  readonly removed: boolean;
}

/** Every sentence with its number: first those for the profile, by aspect, then the other answers. Removed ones keep their number. */
async function rowsOf(talk: Talk): Promise<{ chosen: Row[]; others: Row[] }> {
  const { definition, marks } = talk.open();
  const answers = await talk.answers();
  const changes = Object.fromEntries(Object.entries(marks).filter(([, mark]) => mark.state === 'changed'));
  const quotes = quotesOf(definition, answers, changes, talk.open().safety?.cleared);
  const aspectsInOrder = [...new Set(quotes.flatMap((q) => q.aspects.slice(0, 1)))];
  const chosen = aspectsInOrder.flatMap((aspect) => quotes.filter((q) => q.aspects[0] === aspect));
  const others = quotes.filter((q) => q.aspects.length === 0);
  const row = (quote: Quote, i: number): Row => ({
    n: i + 1,
    quote,
    removed: marks[quote.id]?.state === 'removed',
  });
  return { chosen: chosen.map(row), others: others.map((q, i) => row(q, chosen.length + i)) };
}

function pagesOf(rows: readonly Row[]): Row[][] {
  const pages: Row[][] = [[]];
  let length = 0;
  for (const row of rows) {
    const more = Math.min(row.quote.text.length, LONGEST_SHOWN);
    const page = pages.at(-1) ?? [];
    if (page.length === SENTENCES_PER_PAGE || (page.length > 0 && length + more > LONGEST_PAGE)) {
      pages.push([]);
      length = 0;
    }
    pages.at(-1)?.push(row);
    length += more;
  }
  return pages;
}

export async function putReview(teacher: Teacher, before: readonly string[]): Promise<void> {
  const { talk } = teacher;
  const { language } = talk;
  const pages = pagesOf((await rowsOf(talk)).chosen);
  const page = Math.min(talk.memory.page ?? 0, pages.length - 1);
  const rows = pages[page] ?? [];
  const last = page === pages.length - 1;
  const choices = last ? ['reviewDone'] : ['reviewNext', 'reviewDone'];
  const title = language.t('review:title');
  const place =
    pages.length > 1 ? ` (${language.t('review:page', { n: page + 1, total: pages.length })})` : '';
  const opening = page === 0 ? [...before, language.t('interview:r1_review')] : [...before];
  const intro = rows.length === 0 ? language.t('review:empty') : language.t('review:intro');
  const how = language.t('review:howToType');

  const body: Element[] = [
    ...opening.flatMap((l) => paragraph(l)),
    heading(title + place),
    ...paragraph(intro),
  ];
  const lines: string[] = [];
  let aspect: string | undefined;
  for (const { n, quote, removed } of rows) {
    if (quote.aspects[0] !== aspect) {
      aspect = quote.aspects[0];
      const name = language.t(`profile:aspects.${aspect ?? 'others'}`, { alias: talk.alias });
      body.push(heading(name));
      lines.push('', name);
    }
    const shown = excerpt(quote.text, LONGEST_SHOWN);
    body.push(sentenceRow(n, shown, language.t('review:keepLabel', { n }), !removed));
    lines.push(`${n}. ${shown}${removed ? ` — ${language.t('review:removed', { n })}` : ''}`);
  }
  if (rows.length > 0) body.push(...paragraph(how, { size: 'small', subtle: true }));
  const text = [...opening, title + place, intro, lines.join('\n').trim(), how]
    .filter((l) => l !== '')
    .join('\n\n');
  talk.say({
    label: { step: 'r1_review', kind: 'review', choices: choices.map((id) => toChoice(language, id)) },
    text,
    card: card(body, buttonsFor(talk, `r1_review#${page}`, choices), language.tag, text),
  });
}

async function viewOf(talk: Talk, scope: 'kept' | 'all'): Promise<ProfileView> {
  const { definition, marks } = talk.open();
  const profile = buildProfile({
    definition,
    answers: await talk.answers(),
    marks,
    cleared: talk.open().safety?.cleared ?? [],
    alias: talk.alias,
    words: talk.words,
    scope,
  });
  return toView(talk, profile, talk.world.now());
}

export function toView(talk: Talk, profile: Profile, at: number): ProfileView {
  const date = new Intl.DateTimeFormat(talk.language.tag, {
    dateStyle: 'long',
    timeZone: 'Europe/Amsterdam',
  });
  return { profile, coach: talk.school.coach.name, date: date.format(at) };
}

/** What stands above the profile: who shares it, what it is, what comes next. */
export function introduction(language: Language, alias: string, teacher: string | null): string {
  return teacher
    ? language.t('coach:profileFrom', { alias, teacher })
    : language.t('coach:profileArrived', { alias });
}

const introductionOf = ({ conversation, language, alias }: Talk): string =>
  introduction(language, alias, conversation.name);

/** Exactly what the coach would see, then the question. */
export async function putSharing(teacher: Teacher, ask: Ask, before: readonly string[]): Promise<void> {
  const { talk } = teacher;
  const { language } = talk;
  const coach = talk.school.coach.name;
  const view = await viewOf(talk, 'kept');
  const others = (await rowsOf(talk)).others.filter((r) => !r.removed);
  const lead = [...before, language.t('review:previewIntro', { coach }), introductionOf(talk)];
  const parts = [
    ...profileParts(language, view, lead),
    ...othersParts(
      language,
      others.map((r) => `${r.n}. “${r.quote.text}”`),
    ),
  ];
  const label = { ...labelOf(talk, ask, []), kind: 'review' as const };
  for (const part of parts) talk.say({ label, ...part });
  putQuestion(talk, ask, null);
}

/** Decisions and buttons of the review. */
export async function chooseInReview(
  teacher: Teacher,
  id: string,
  values: Readonly<Record<string, string>>,
  ask: Ask | null,
): Promise<void> {
  const { talk } = teacher;
  if (!ask) return talk.notice('stale');
  if (ask.step === 'r3_share' && choicesFor(talk, ask, false).includes(id))
    return teacher.fileChoice(ask, [id]);
  if (ask.step !== 'r1_review') return talk.notice('stale');
  await applyToggles(talk, values);
  if (id === 'reviewNext') {
    talk.remember({ page: (talk.memory.page ?? 0) + 1 });
    return putReview(teacher, []);
  }
  talk.remember({ page: 0 });
  return teacher.fileChoice(ask, ['done']);
}

async function applyToggles(talk: Talk, values: Readonly<Record<string, string>>): Promise<void> {
  const marks = { ...talk.open().marks };
  let changed = false;
  for (const { n, quote, removed } of (await rowsOf(talk)).chosen) {
    const keep = values[`keep${n}`];
    if (keep === 'false' && !removed) marks[quote.id] = { state: 'removed' };
    else if (keep === 'true' && removed) delete marks[quote.id];
    else continue;
    changed = true;
  }
  if (changed) talk.update({ marks });
}

/** A typed decision about one sentence: "weg 3", "houd 3", "3: nieuwe tekst". False when the text is none. */
export async function readInReview(teacher: Teacher, ask: Ask, text: string): Promise<boolean> {
  const { talk } = teacher;
  const command = readReviewCommand(text, talk.language);
  if (!command || (ask.step !== 'r1_review' && ask.step !== 'r3_share')) return false;
  const { chosen, others } = await rowsOf(talk);
  const row = [...chosen, ...others].find((r) => r.n === command.n);
  const say = (key: string): void => {
    talk.notice(`review:${key}`, { n: command.n });
  };
  if (!row) {
    say('unknown');
    return true;
  }
  const marks = { ...talk.open().marks };
  if (command.id === 'reviewRemove') marks[row.quote.id] = { state: 'removed' };
  else if (command.id === 'reviewChange') marks[row.quote.id] = { state: 'changed', text: command.text };
  else delete marks[row.quote.id];
  talk.update({ marks });
  say({ reviewRemove: 'removed', reviewKeep: 'kept', reviewChange: 'changed' }[command.id]);
  // At the moment of choosing, the preview must stay what it says it is.
  if (ask.step === 'r3_share') await putSharing(teacher, ask, []);
  return true;
}

export interface Shared {
  readonly profile: Profile;
  /** Epoch ms. */
  readonly at: number;
}

/** Hands the profile to the coach of the school: into the outbox, in the same commit as the decision. */
export async function share(teacher: Teacher, scope: 'kept' | 'all'): Promise<void> {
  const { talk } = teacher;
  const { language } = talk;
  const view = await viewOf(talk, scope);
  const shared: Shared = { profile: view.profile, at: talk.world.now() };
  talk.update({ status: 'shared', shared });
  const now = talk.world.now();
  const { coach } = talk.school;
  talk.keep(
    handOver({
      interviewId: talk.open().id,
      coach: { id: coach.aadObjectId, name: coach.name },
      teacher: talk.conversation.name,
      alias: talk.alias,
      sharedAt: now,
      languages: { teacher: language.code },
    }),
  );
  const notBefore = afterQuietHours(now, talk.school.quietHours);
  for (const part of profileParts(language, view, [introductionOf(talk)])) {
    talk.say({
      to: { coach: coach.aadObjectId },
      label: { step: 'coach', kind: 'profile' },
      ...part,
      ...(notBefore > now ? { notBefore } : {}),
      interviewId: talk.open().id,
    });
  }
}

export function putSharedCopy(teacher: Teacher): void {
  const { talk } = teacher;
  const { profile, at } = talk.open().shared as Shared;
  const view = toView(talk, profile, at);
  const lead = talk.language.t('notices:sharedCopy', { coach: talk.school.coach.name });
  for (const part of profileParts(talk.language, view, [lead])) {
    talk.say({ label: { step: talk.step, kind: 'review' }, ...part });
  }
}

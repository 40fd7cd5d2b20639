/** The teacher reads the sentences, keeps, changes or removes each, sees what the coach would see, and decides. */
import { buildProfile, quotesOf, type AspectId, type Profile, type Quote } from '../machines/profile.ts';
import { handOver } from '../machines/handover.ts';
import type { KeyOf, Language } from '../locales/index.ts';
import type { Ask } from '../machines/slots.ts';
import { buttonsFor, choicesFor, excerpt, labelOf, putQuestion, toChoice } from './asking.ts';
import { card, heading, paragraph, sentenceRow, type Element } from './cards.ts';
import { readReviewCommand } from './commands.ts';
import { maskNew } from './masking.ts';
import { raise } from './safety.ts';
import { buttonTo } from './dialog.ts';
import { speak } from './beside.ts';
import { coachCard } from './coach-card.ts';
import { otherPupil, sideBySide } from './pair.ts';
import { afterQuietHours } from './quiet-hours.ts';
import { othersParts, profileParts, type Part, type ProfileView } from './profile-card.ts';
import type { Talk } from './talk.ts';
import type { Teacher } from './teacher.ts';

const SENTENCES_PER_PAGE = 10;
/** Characters: a page stays well below what a message may weigh; the whole of a long sentence is in the preview. */
const LONGEST_PAGE = 4_000;
const LONGEST_SHOWN = 800;

export interface Row {
  readonly n: number;
  readonly quote: Quote;
  /** As it was said, before any change. */
  readonly original: string;
  readonly removed: boolean;
}

/** Every sentence with its number: first those for the profile, by aspect, then the other answers. Removed ones keep their number. */
export async function rowsOf(talk: Talk): Promise<{ chosen: Row[]; others: Row[] }> {
  const { definition, marks } = talk.open();
  const answers = await talk.answers();
  const changes = Object.fromEntries(Object.entries(marks).filter(([, mark]) => mark.state === 'changed'));
  const { cleared } = talk.open().safety ?? {};
  const quotes = quotesOf(definition, answers, changes, cleared);
  const said = new Map(quotesOf(definition, answers, {}, cleared).map(({ id, text }) => [id, text]));
  const aspectsInOrder = [...new Set(quotes.flatMap((q) => q.aspects.slice(0, 1)))];
  const chosen = aspectsInOrder.flatMap((aspect) => quotes.filter((q) => q.aspects[0] === aspect));
  const others = quotes.filter((q) => q.aspects.length === 0);
  const row = (quote: Quote, i: number): Row => ({
    n: i + 1,
    quote,
    original: said.get(quote.id) ?? quote.text,
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

/** What was decided about one sentence: to keep it as it was said, to leave it out, or how it is to read. */
export type Decision = 'keep' | 'remove' | { readonly text: string };

/** Keeps decisions about sentences, whichever way they came: typed, with a card in the chat, in a dialog. */
export function decide(talk: Talk, decisions: readonly (readonly [Row, Decision])[]): void {
  if (decisions.length === 0) return;
  const marks = { ...talk.open().marks };
  for (const [{ quote, original }, decision] of decisions) {
    if (decision === 'remove') marks[quote.id] = { state: 'removed' };
    else if (decision === 'keep' || decision.text === original) delete marks[quote.id];
    else marks[quote.id] = { state: 'changed', text: decision.text };
  }
  talk.update({ marks });
}

/** The sentences to decide about: in a dialog where there are dialogs, otherwise in the chat. */
export async function putReview(teacher: Teacher, before: readonly string[]): Promise<void> {
  const { talk } = teacher;
  if (!talk.school.dialogs || talk.memory.inChat) return putSentences(teacher, before);
  const { language } = talk;
  const { chosen } = await rowsOf(talk);
  const choices = ['reviewInChat', 'reviewDone'] as const;
  const lines = [
    ...before,
    language.t('interview:r1_review'),
    language.t('dialogs:reviewCount', { count: chosen.length }),
  ];
  const text = lines.join('\n\n');
  const opener = {
    id: buttonTo(talk, 'review'),
    title: language.t('dialogs:reviewOpen'),
    opens: true,
  } as const;
  const buttons = [opener, ...buttonsFor(talk, 'r1_review', choices)];
  talk.say({
    label: { step: 'r1_review', kind: 'review', choices: choices.map((id) => toChoice(language, id)) },
    text,
    card: card(
      lines.flatMap((line) => paragraph(line)),
      buttons,
      language.tag,
      text,
    ),
  });
}

/** The sentences in the chat, a page at a time. */
async function putSentences(teacher: Teacher, before: readonly string[]): Promise<void> {
  const { talk } = teacher;
  const { language } = talk;
  const pages = pagesOf((await rowsOf(talk)).chosen);
  const page = Math.min(talk.memory.page ?? 0, pages.length - 1);
  const rows = pages[page] ?? [];
  const last = page === pages.length - 1;
  const choices = last ? (['reviewDone'] as const) : (['reviewNext', 'reviewDone'] as const);
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
  let aspect: AspectId | undefined;
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

export async function viewOf(talk: Talk, scope: 'kept' | 'all'): Promise<ProfileView> {
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

/** Shared before about another pupil: the coach sees both beside each other, and the teacher is to know. */
async function toldOfBoth(talk: Talk): Promise<string[]> {
  const other = await otherPupil(talk);
  if (!other) return [];
  return [talk.language.t('second:told', { other: other.alias, coach: talk.school.coach.name })];
}

/** Exactly what the coach would see, and the other answers beside it. */
export async function previewOf(talk: Talk, before: readonly string[]): Promise<Part[]> {
  const { language } = talk;
  const coach = talk.school.coach.name;
  const view = await viewOf(talk, 'kept');
  const others = (await rowsOf(talk)).others.filter((r) => !r.removed);
  const lead = [...before, language.t('review:previewIntro', { coach }), introductionOf(talk)];
  return [
    ...profileParts(language, view, lead),
    ...othersParts(
      language,
      others.map((r) => `${r.n}. “${r.quote.text}”`),
    ),
  ];
}

/** Exactly what the coach would see, then the question. */
export async function putSharing(teacher: Teacher, ask: Ask, before: readonly string[]): Promise<void> {
  const { talk } = teacher;
  if (talk.inDialog) {
    // Who is in the dialog reads it there.
    const title = talk.language.t('dialogs:previewOpen');
    return putQuestion(talk, ask, null, {
      before: [...before, ...(await toldOfBoth(talk))],
      opener: { id: buttonTo(talk, 'review'), title, opens: true },
    });
  }
  const label = { ...labelOf(talk, ask, []), kind: 'review' as const };
  for (const part of await previewOf(talk, before)) talk.say({ label, ...part });
  putQuestion(talk, ask, null, { before: await toldOfBoth(talk) });
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
  if (id === 'reviewInChat' && (ask.step === 'r1_review' || ask.step === 'r3_share')) {
    talk.remember({ inChat: true, page: 0 });
    return teacher.perform([{ type: 'ask', ask }], { before: [] });
  }
  if (ask.step === 'r3_share' && choicesFor(talk, ask, false).some((one) => one === id))
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
  const decisions: [Row, Decision][] = [];
  for (const row of (await rowsOf(talk)).chosen) {
    const keep = values[`keep${row.n}`];
    if (keep === 'false' && !row.removed) decisions.push([row, 'remove']);
    else if (keep === 'true' && row.removed) decisions.push([row, 'keep']);
  }
  decide(talk, decisions);
}

/** A typed decision about one sentence: "weg 3", "houd 3", "3: nieuwe tekst". False when the text is none. */
export async function readInReview(teacher: Teacher, ask: Ask, text: string): Promise<boolean> {
  const { talk } = teacher;
  const command = readReviewCommand(text, talk.language);
  if (!command || (ask.step !== 'r1_review' && ask.step !== 'r3_share')) return false;
  const { chosen, others } = await rowsOf(talk);
  const row = [...chosen, ...others].find((r) => r.n === command.n);
  const say = (key: KeyOf<'review'>): void => {
    talk.notice(`review:${key}`, { n: command.n });
  };
  if (!row) {
    say('unknown');
    return true;
  }
  if (command.id === 'reviewChange') {
    // As in an answer: what may be about safety is heard and not written into the profile, and nobody is named by it.
    const heard = teacher.listen(command.text, 'closing');
    if (await raise(teacher, command.text, heard, { filed: false })) return true;
  }
  const decision =
    command.id === 'reviewChange'
      ? { text: maskNew(talk, command.text, row.original) }
      : command.id === 'reviewRemove'
        ? 'remove'
        : 'keep';
  decide(talk, [[row, decision]]);
  const done = { reviewRemove: 'removed', reviewKeep: 'kept', reviewChange: 'changed' } as const;
  say(done[command.id]);
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
  const { coach } = talk.school;
  const now = talk.world.now();
  const handover = handOver({
    interviewId: talk.open().id,
    coach: { id: coach.aadObjectId, name: coach.name },
    teacher: talk.conversation.name,
    alias: talk.alias,
    sharedAt: now,
    languages: { teacher: language.code },
  });
  const other = await otherPupil(talk);
  // What the coach gets first is the card; the whole is opened from there.
  talk.keep(
    speak(talk, handover, 'coach', (own) => coachCard(own, handover, view.profile, talk.school), {
      interviewId: talk.open().id,
    }),
  );
  if (!other) return;
  const notBefore = afterQuietHours(now, talk.school.quietHours);
  talk.say({
    to: { coach: coach.aadObjectId },
    label: { step: 'coach', kind: 'profile' },
    ...sideBySide(language, [other, view.profile]),
    ...(notBefore > now ? { notBefore } : {}),
  });
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

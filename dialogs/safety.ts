/**
 * Safety cards: when an answer may be about somebody's safety, the questions wait and the teacher sees whom to turn to.
 * The bot judges nothing, asks for no details and passes nothing on. It remembers that a card was shown and when, never why.
 */
import { contactTexts } from '../locales/contacts.ts';
import { keyIn } from '../locales/index.ts';
import { paceOf, pendingOf } from '../machines/course.ts';
import { isAsideQuestion, isQuestion } from '../machines/definition.ts';
import type { Answer } from '../machines/journal.ts';
import type { Heard } from '../machines/listening/types.ts';
import {
  callsFor,
  concernsOf,
  isAskedFirst,
  NO_SAFETY,
  unanswered,
  type CardId,
  type Concern,
  type Safety,
} from '../machines/safety.ts';
import { buttonsFor, choiceText, toChoice, wordingOf, type AnyChoice } from './asking.ts';
import { card, heading, paragraph } from './cards.ts';
import { normalise } from './commands.ts';
import type { Talk } from './talk.ts';
import { listeningFor, type Said, type Teacher } from './teacher.ts';

const ASKED = ['safetyYes', 'safetyNo'] as const;
const SHOWN = ['stop', 'later'] as const;
const HOUR = 3_600_000;

const safetyOf = (talk: Talk): Safety => talk.interview?.safety ?? NO_SAFETY;

function change(talk: Talk, what: Partial<Safety>): void {
  if (talk.interview) talk.update({ safety: { ...safetyOf(talk), ...what } });
}

/* ---------------------------------------------------------------- raising */

/** Whether this answer may not be asked about any further: the teacher said that it is about safety. */
export function isConfirmed(talk: Talk, answer: Answer): boolean {
  const { confirmed } = safetyOf(talk);
  return concernsOf(answer.text, answer.heard).some((c) => confirmed.includes(c.print));
}

/**
 * Takes over when a text calls for a card: asks, or shows it. False when there is nothing to say.
 * `filed`: the text is kept as an answer, or with one.
 */
export async function raise(
  teacher: Teacher,
  text: string,
  heard: Heard | null,
  { filed }: { readonly filed: boolean },
): Promise<boolean> {
  const { talk } = teacher;
  const safety = safetyOf(talk);
  const fresh = unanswered(concernsOf(text, heard), safety);
  const called = callsFor(fresh, safety);
  if (called === null) return false;
  const prints = [...new Set([...(safety.open?.prints ?? []), ...fresh.map((c) => c.print)])];
  // A question that waits already is about these sentences too, unless they call for something graver.
  const id = safety.open && isAskedFirst(called) ? safety.open.card : called;
  if (talk.interview && isAskedFirst(id)) {
    change(talk, { open: { card: id, prints } });
    putConfirmation(talk, id);
    return true;
  }
  const child = id === 'S5' && !fresh.every((c) => isAboutSelf(teacher, c));
  change(talk, { open: null, confirmed: [...safety.confirmed, ...prints] });
  // Before the interview there is nothing to hold a question with: whom to turn to is said at once.
  await show(teacher, isAskedFirst(id) ? 'help' : id, { child, filed });
  return true;
}

/** "Ik wil dood": only the teacher is named. In doubt it may be a child, and the line about the child is said. */
function isAboutSelf(teacher: Teacher, { sentence }: Concern): boolean {
  const { pronouns } = teacher.pack();
  const alias = normalise(teacher.talk.alias);
  let self = false;
  for (const word of sentence.toLowerCase().match(/[\p{L}\p{M}]+/gu) ?? []) {
    if (word === alias) return false;
    const who = (pronouns.get(word) ?? []).map((p) => p.who);
    if (who.includes('child') || who.includes('other')) return false;
    self ||= who.includes('teacher');
  }
  return self;
}

/** After an answer was changed or deleted: a question about sentences that are gone is not asked any more. */
export async function recheck(talk: Talk): Promise<void> {
  const { open } = safetyOf(talk);
  if (!open) return;
  const there = new Set(
    (await talk.answers()).flatMap((a) => concernsOf(a.text, a.heard).map((c) => c.print)),
  );
  const prints = open.prints.filter((print) => there.has(print));
  change(talk, { open: prints.length > 0 ? { ...open, prints } : null });
}

/* ---------------------------------------------------------------- what is said */

function putConfirmation(talk: Talk, id: CardId, before: readonly string[] = []): void {
  const text = [...before, talk.language.t(keyIn('safety:ask', id))].join('\n\n');
  put(talk, text, paragraph(text), `safety ${id}`, ASKED);
}

function put(
  talk: Talk,
  text: string,
  body: ReturnType<typeof paragraph>,
  question: string,
  ids: readonly AnyChoice[],
): void {
  const { language } = talk;
  talk.say({
    label: {
      step: talk.step,
      kind: 'notice',
      ...(ids.length > 0 ? { choices: ids.map((id) => toChoice(language, id)) } : {}),
    },
    text,
    card: card(body, ids.length > 0 ? buttonsFor(talk, question, ids) : [], language.tag, text),
  });
}

interface Showing {
  readonly child: boolean;
  readonly filed: boolean;
}

async function show(teacher: Teacher, id: CardId | 'help', { child, filed }: Showing): Promise<void> {
  const { talk } = teacher;
  const before = safetyOf(talk).shown.at(-1)?.at ?? -Infinity;
  if (id !== 'help') await stopAsking(teacher, id);
  putCard(talk, id, { child, filed });
  talk.audit({ act: 'card_shown', detail: id });
  // One word to the coach is enough for what happens within the hour.
  if (id !== 'help' && talk.world.now() - before > HOUR) tellCoach(talk, id);
}

function putCard(talk: Talk, id: CardId | 'help', { child, filed }: Showing): void {
  const { language, school } = talk;
  const params = { ...contactTexts(talk.contacts, language), coach: school.coach.name };
  const lines = [language.t(`safety:card.${id}`, params)];
  if (child) lines.push(language.t('safety:child', params));
  const waits = id !== 'help' && talk.interview !== null;
  if (waits && filed) lines.push(language.t(talk.aside ? 'reflection:waits' : 'safety:choose'));
  else if (waits) lines.push(language.t('safety:chooseUnfiled'));
  const title = language.t(`safety:title.${id}`);
  const text = lines.join('\n');
  const body = [heading(title), ...paragraph(text)];
  put(talk, `${title}\n${text}`, body, `card ${id}`, waits ? SHOWN : []);
}

/** The questions stand still, and nothing is asked about this moment afterwards. */
async function stopAsking(teacher: Teacher, id: CardId): Promise<void> {
  const { talk } = teacher;
  if (!talk.interview) return;
  change(talk, { pinned: id, shown: [...safetyOf(talk).shown, { card: id, at: talk.world.now() }] });
  await leaveMoment(teacher);
  if (pendingOf(await talk.snapshot()) && paceOf(await talk.snapshot()) === 'running') {
    await talk.happen({ type: 'PAUSED' });
  }
}

/** A follow-up that waits is skipped: it would ask on about what was just told. */
export async function leaveMoment(teacher: Teacher): Promise<void> {
  const { talk } = teacher;
  const ask = pendingOf(await talk.snapshot());
  if (!ask || ask.probe === null || !isQuestion(ask.step) || talk.open().held) return;
  const answer = await talk.file({
    step: ask.step,
    probe: ask.probe,
    kind: 'skipped',
    text: '',
    heard: null,
    lang: talk.language.code,
    wording: wordingOf(talk, ask),
    sources: [],
  });
  await talk.advance(answer);
}

/** The coach learns that a card was shown, and when. Not which one; and nothing when it may be about a colleague. */
function tellCoach(talk: Talk, id: CardId): void {
  const { school, language, conversation, interview } = talk;
  if (!interview || id === 'S2' || talk.aside === 'reflection' || !talk.marksCards) return;
  const time = new Intl.DateTimeFormat(language.tag, {
    dateStyle: 'long',
    timeStyle: 'short',
    timeZone: 'Europe/Amsterdam',
  }).format(talk.world.now());
  talk.say({
    to: { coach: school.coach.aadObjectId },
    label: { step: 'coach', kind: 'notice' },
    text: conversation.name
      ? language.t('coach:cardShownTo', { teacher: conversation.name, time })
      : language.t('coach:cardShown', { time }),
  });
}

/* ---------------------------------------------------------------- what the teacher says to it */

/** The choice that this text is an answer with, while a card waits to be confirmed. */
export function readConfirmation(talk: Talk, text: string): (typeof ASKED)[number] | null {
  if (!safetyOf(talk).open) return null;
  const typed = normalise(text);
  const [first = ''] = typed.split(/[\s,.;:!]+/u);
  return (
    ASKED.find((id) => choiceText(talk.language, id).say.some((word) => normalise(word) === typed)) ??
    ASKED.find((id) => normalise(choiceText(talk.language, id).say[0] ?? '') === first) ??
    null
  );
}

export async function chooseSafety(teacher: Teacher, id: 'safetyYes' | 'safetyNo'): Promise<void> {
  const { talk } = teacher;
  const safety = safetyOf(talk);
  const { open } = safety;
  if (!open) return talk.notice('stale');
  if (id === 'safetyYes') {
    change(talk, { open: null, confirmed: [...safety.confirmed, ...open.prints] });
    return show(teacher, open.card, { child: false, filed: true });
  }
  change(talk, { open: null, cleared: [...safety.cleared, ...open.prints] });
  const ask = pendingOf(await talk.snapshot());
  const before = [talk.language.t('safety:cleared')];
  if (!ask || paceOf(await talk.snapshot()) !== 'running') return talk.notice('safety:cleared');
  return teacher.perform([{ type: 'ask', ask }], { before });
}

/** More text while the card waits to be confirmed: it belongs to that answer, and the question is put again. */
export async function addWhileAsked(teacher: Teacher, said: Said): Promise<boolean> {
  const { talk } = teacher;
  const { open } = safetyOf(talk);
  if (!open || talk.open().held) return false;
  const about = (await talk.answers()).find((a) =>
    concernsOf(a.text, a.heard).some((c) => open.prints.includes(c.print)),
  );
  const heard = teacher.listen(said.text, 'closing');
  if (about) {
    const pieces = [...(about.pieces ?? [about.text]), ...(said.pieces ?? [said.text])];
    const text = pieces.join('\n');
    const kind =
      isQuestion(about.step) || isAsideQuestion(about.step)
        ? listeningFor(about.step, about.probe)
        : 'closing';
    const sources = [...about.sources, ...said.sources];
    await talk.file({ ...about, text, pieces, sources, heard: teacher.listen(text, kind) });
    await talk.rebuild();
  }
  if (await raise(teacher, said.text, heard, { filed: about !== undefined })) return true;
  putConfirmation(talk, open.card, about ? [talk.language.t('safety:kept')] : []);
  return true;
}

/** Puts the question about safety again, if one waits: it comes before any other. */
export function safetyWaits(talk: Talk, before: readonly string[] = []): boolean {
  const { open } = safetyOf(talk);
  if (!open) return false;
  putConfirmation(talk, open.card, before);
  return true;
}

/** Whether a card was shown and the teacher has not gone on since. */
export const isPinned = (talk: Talk): boolean => safetyOf(talk).pinned !== null;

/** After thoughts of suicide the card is shown again, whatever is typed, until the teacher goes on. */
export function showPinned(talk: Talk): boolean {
  const { pinned } = safetyOf(talk);
  if (pinned !== 'S5') return false;
  putCard(talk, pinned, { child: true, filed: true });
  return true;
}

/** The teacher goes on after a card; says in one line that it goes on with something else. */
export function unpin(talk: Talk): string | null {
  if (!safetyOf(talk).pinned) return null;
  change(talk, { pinned: null });
  return talk.language.t('safety:resumed');
}

/** "Ik wil iemand spreken": whom to turn to, whenever it is asked. Nobody is told. */
export function showContacts(teacher: Teacher): Promise<void> {
  return show(teacher, 'help', { child: false, filed: false });
}

/** What the teacher is told beforehand. */
export function toldBeforehand(talk: Talk): string {
  const { language, school } = talk;
  return talk.marksCards
    ? language.t('safety:told', { coach: school.coach.name })
    : language.t('safety:toldUnmarked');
}

/**
 * An answer that may tell who somebody is waits, unfiled, until the teacher says whether that is to be masked. Asked once per answer.
 */
import { identifierWords } from '../locales/identifiers.ts';
import { paceOf, pendingOf } from '../machines/course.ts';
import { findIdentifiers, mask, type Identifier } from '../machines/identifiers.ts';
import { sameKey } from '../machines/journal.ts';
import type { Ask } from '../machines/slots.ts';
import { concernsOf } from '../machines/safety.ts';
import { buttonsFor, choiceText, excerpt, toChoice } from './asking.ts';
import { card, paragraph } from './cards.ts';
import { normalise } from './commands.ts';
import type { Held } from './ports.ts';
import type { Talk } from './talk.ts';
import type { Said, Teacher } from './teacher.ts';

const CHOICES = ['mask', 'leaveAsIs'] as const;
const LONGEST_SHOWN = 60;

function findIn(talk: Talk, text: string): Identifier[] {
  const { language, school, words, world } = talk;
  const known = [talk.alias, school.coach.name, ...words];
  const year = new Date(world.now()).getUTCFullYear();
  return findIdentifiers(text, identifierWords(language.base), known, year);
}

/** Keeps the answer back when it tells who somebody is; false when it can be filed. Says nothing yet. */
export function holdBack(talk: Talk, ask: Ask, said: Said): boolean {
  if (findIn(talk, said.text).length === 0) return false;
  talk.update({ held: { step: ask.step, probe: ask.probe, ...said } });
  return true;
}

/** Puts the question what to do with the answer that waits; false when none waits. */
export function maskWaits(talk: Talk, before: readonly string[] = []): boolean {
  const held = talk.interview?.held;
  if (!held) return false;
  const { language } = talk;
  const list = findIn(talk, held.text).map(
    ({ kind, start, end }) =>
      `${language.t(`safety:identifier.${kind}`)}: ${excerpt(held.text.slice(start, end), LONGEST_SHOWN)}`,
  );
  const lines = [
    ...before,
    language.t('safety:identifies'),
    ...new Set(list),
    language.t('safety:maskOrNot'),
  ];
  const text = lines.join('\n');
  talk.say({
    label: { step: talk.step, kind: 'notice', choices: CHOICES.map((id) => toChoice(language, id)) },
    text,
    card: card(paragraph(text), buttonsFor(talk, 'masking', CHOICES), language.tag, text),
  });
  return true;
}

export function readMasking(talk: Talk, text: string): (typeof CHOICES)[number] | null {
  if (!talk.interview?.held) return null;
  const typed = normalise(text);
  return (
    CHOICES.find((id) => choiceText(talk.language, id).say.some((word) => normalise(word) === typed)) ?? null
  );
}

/** The teacher has decided: the answer is filed, masked or as it was. */
export async function chooseMasking(teacher: Teacher, id: (typeof CHOICES)[number]): Promise<void> {
  const { talk } = teacher;
  const { held } = talk.open();
  if (!held) return talk.notice('stale');
  talk.update({ held: null });
  const said = id === 'mask' ? masked(talk, held) : held;
  keepDecisions(teacher, held.text, said.text);
  const snapshot = await talk.snapshot();
  const ask = pendingOf(snapshot);
  // What it answers is not asked any more: it was changed in Teams meanwhile, or taken back.
  if (!ask || !sameKey(ask, held)) return ask ? teacher.perform([{ type: 'ask', ask }]) : undefined;
  if (paceOf(snapshot) === 'paused') return teacher.hold(ask, said, { released: true });
  return teacher.answer(ask, said, { released: true });
}

/**
 * A text that changes what is kept already, in Teams or in the review: what it newly tells of somebody is masked at once, and said.
 * `before`: what is kept; what the teacher left in there stays.
 */
export function maskNew(talk: Talk, text: string, before: string): string {
  const fresh = findIn(talk, text).filter(({ start, end }) => !before.includes(text.slice(start, end)));
  if (fresh.length === 0) return text;
  const { language } = talk;
  const kinds = [...new Set(fresh.map(({ kind }) => language.t(`safety:masked.${kind}`)))];
  talk.notice('safety:maskedNow', { what: kinds.join(', ') });
  return mask(text, fresh, (kind) => language.t(`safety:masked.${kind}`));
}

/** Whether a text tells who somebody is. */
export const identifies = (talk: Talk, text: string): boolean => findIn(talk, text).length > 0;

function masked(talk: Talk, held: Held): Said {
  const { language } = talk;
  const hide = (text: string): string =>
    mask(text, findIn(talk, text), (kind) => language.t(`safety:masked.${kind}`));
  const pieces = held.pieces?.map(hide);
  return {
    text: pieces ? pieces.join('\n') : hide(held.text),
    sources: held.sources,
    ...(pieces ? { pieces } : {}),
  };
}

/** What was said about safety of a sentence holds for it with a name masked, too. */
function keepDecisions(teacher: Teacher, before: string, after: string): void {
  const { safety } = teacher.talk.open();
  if (!safety || before === after) return;
  const prints = (text: string): string[] =>
    concernsOf(text, teacher.listen(text, 'event')).map((c) => c.print);
  const [was, is] = [prints(before), prints(after)];
  const list = was.some((p) => safety.confirmed.includes(p)) ? 'confirmed' : 'cleared';
  if (was.length > 0 && was.every((p) => [...safety.confirmed, ...safety.cleared].includes(p))) {
    teacher.talk.update({ safety: { ...safety, [list]: [...safety[list], ...is] } });
  }
}

/** More text while an answer waits: it belongs to that answer, and the question is put again. */
export function addToHeld(talk: Talk, said: Said): boolean {
  const held = talk.interview?.held;
  if (!held) return false;
  const pieces = [...(held.pieces ?? [held.text]), ...(said.pieces ?? [said.text])];
  talk.update({
    held: { ...held, text: pieces.join('\n'), sources: [...held.sources, ...said.sources], pieces },
  });
  return maskWaits(talk);
}

/** A message that waits was changed or deleted in Teams. False when it is none of those. */
export async function editHeld(teacher: Teacher, source: string, text: string | null): Promise<boolean> {
  const { talk } = teacher;
  const held = talk.interview?.held;
  if (!held?.sources.includes(source)) return false;
  const parts = (held.pieces ?? [held.text]).map((piece, i) => ({ piece, source: held.sources[i] ?? '' }));
  const left = parts
    .map((p) => (p.source === source ? { ...p, piece: text } : p))
    .filter((p): p is { piece: string; source: string } => p.piece !== null);
  talk.update({ held: null });
  const ask = pendingOf(await talk.snapshot());
  if (!ask) return true;
  if (left.length === 0) await teacher.perform([{ type: 'ask', ask }]);
  else {
    const pieces = left.map((p) => p.piece);
    const sources = left.map((p) => p.source);
    await teacher.answer(ask, { text: pieces.join('\n'), sources, pieces });
  }
  return true;
}

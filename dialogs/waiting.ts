/** What comes before the next question: a word about safety, a word about what an answer tells of somebody. */
import { maskWaits, readMasking } from './masking.ts';
import { readConfirmation, safetyWaits } from './safety.ts';
import type { Talk } from './talk.ts';

/** Puts again what still waits for the teacher's word; false when the next question can come. */
export function putWaiting(talk: Talk, before: readonly string[] = []): boolean {
  return safetyWaits(talk, before) || maskWaits(talk, before);
}

/** The choice that a typed text makes in it; null when nothing waits, or it is no choice. */
export function readWaiting(talk: Talk, text: string): string | null {
  return readConfirmation(talk, text) ?? readMasking(talk, text);
}

/** Whether a button of it counts now. */
export function waitsFor(talk: Talk, choice: string): boolean {
  const { safety, held } = talk.interview ?? {};
  if (choice === 'safetyYes' || choice === 'safetyNo') return Boolean(safety?.open);
  return Boolean(held) && (choice === 'mask' || choice === 'leaveAsIs');
}

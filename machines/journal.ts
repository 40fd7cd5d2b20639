/**
 * The answers are the truth; everything else is computed from them.
 * An answer is filed under what it answers (the step, or a follow-up of that step), and each is asked once, so the key is unique.
 */
import type { ProbeId } from './follow-up.ts';
import type { StepId } from './definition.ts';
import type { Heard } from './listening/types.ts';

export interface AnswerKey {
  readonly step: StepId;
  /** Null: the step's own question. */
  readonly probe: ProbeId | null;
}

export interface Answer extends AnswerKey {
  /** Order in which the answers were first given, from 1. */
  readonly seq: number;
  /** `chosen`: a button or words picked from a list. `said`: the teacher finds a follow-up answered already. */
  readonly kind: 'answered' | 'skipped' | 'said' | 'chosen';
  /** As typed; empty when skipped. */
  readonly text: string;
  /** What the listener heard then; replayed as heard, never heard again. Null when there was nothing to listen to. */
  readonly heard: Heard | null;
  /** The three words (q1_words), or what was chosen: ids of feeling words or of a choice. */
  readonly words?: readonly string[];
  /** The teacher wants to say this differently: it is asked again, and the old text stays until the new one is there. */
  readonly reopened: boolean;
  readonly lang: string;
  /** Which text was asked, e.g. `q4_off` or `P-BEH.2`, with the version of the texts. */
  readonly wording: string;
  /** Ids of the Teams messages it came from, so that an edit or a deletion in Teams finds it. */
  readonly sources: readonly string[];
  /** Texts of those messages, in the same order, when there are several. */
  readonly pieces?: readonly string[];
}

export function sameKey(a: AnswerKey, b: AnswerKey): boolean {
  return a.step === b.step && a.probe === b.probe;
}

/** `q4_off` or `q4_off/P-OWN`: the key as one string, for storage and look-up. */
export function keyOf({ step, probe }: AnswerKey): string {
  return probe === null ? step : `${step}/${probe}`;
}

/** The key that `keyOf` made a string of. */
export function keyFrom(key: string): AnswerKey {
  const [step, probe = null] = key.split('/');
  return { step: step as StepId, probe: probe as ProbeId | null };
}

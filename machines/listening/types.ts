/**
 * The words the rest of Klankbord uses to talk about what was heard in an answer.
 * Positions are UTF-16 offsets into the answer as the teacher typed it: `text.slice(start, end)` gives the exact words.
 */

/** Whose feeling: the teacher who answers, or the pupil the interview is about. Nobody else is ever counted. */
export type Holder = 'teacher' | 'child';

/** `possible` is a doubtful reading (a feeling word whose holder is unclear, sarcasm that may be meant): never a reason to skip a question silently. */
export type Presence = 'expressed' | 'possible' | 'none';

export const EMOTIONS = [
  'anger',
  'helplessness',
  'anxiety',
  'sadness',
  'guilt',
  'disappointment',
  'fatigue_stress',
  'joy',
  'warmth',
  'pride',
  'relief',
  'surprise',
  'shame',
  'loneliness',
  'hurt',
  'other',
] as const;
export type Emotion = (typeof EMOTIONS)[number];

/** What was asked, so that an answer without a subject ("Boos, en moe ook.") finds its holder. */
export const QUESTION_KINDS = [
  'event',
  'conflict',
  'pleasant',
  'upset',
  'event_followup_teacher',
  'event_followup_child',
  'three_word',
  'closing',
  'absent',
  'doubt',
] as const;
export type QuestionKind = (typeof QUESTION_KINDS)[number];

/** One place in the text where a feeling is heard. */
export interface Evidence {
  /** `unknown`: a feeling, but whose is not clear; counted as possible for the holders the question asks for. */
  readonly holder: Holder | 'unknown';
  readonly emotion: Emotion;
  readonly presence: 'expressed' | 'possible';
  readonly start: number;
  readonly end: number;
  /** Which kind of rule heard it (`word`, `idiom`, `frame`, `emoji`, …), for those who keep a language pack. */
  readonly rule: string;
}

/** Everything else that is heard, as places in the text. */
export const SIGNALS = [
  'behaviour',
  'event',
  'generalising',
  'trait',
  'dontKnow',
  'perspective',
  /** the because-clause of a perspective */
  'reason',
  'ownInfluence',
  /** a feeling played down right after it was named; a candidate for the coach, never a verdict */
  'talkingAway',
  'safety',
] as const;
export type SignalKind = (typeof SIGNALS)[number];

export interface Signal {
  readonly kind: SignalKind;
  readonly start: number;
  readonly end: number;
  /** For `safety`: which card it may call for (`S1`…`S5`), a raw hit, not a decision. For `behaviour`: `teacher` when it is the teacher's own. */
  readonly detail?: string;
}

/** What one answer says, by the rules of docs/listening.md. Plain JSON: it is stored with the answer and replayed as heard. */
export interface Heard {
  readonly teacher: Presence;
  readonly child: Presence;
  readonly evidence: readonly Evidence[];
  readonly signals: readonly Signal[];
  /** Sentences in the order of the text. */
  readonly sentences: readonly { readonly start: number; readonly end: number }[];
  /** Number of words. */
  readonly words: number;
}

export interface ListenContext {
  readonly question: QuestionKind;
  /** The alias the teacher gave the pupil, as typed. */
  readonly pupil?: string;
}

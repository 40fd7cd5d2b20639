/** Every key of a text, read by the compiler from the Dutch files: a misspelled one does not compile. Types only, nothing at run time. */
import type acks from './nl/acks.json';
import type admin from './nl/admin.json';
import type after from './nl/after.json';
import type choices from './nl/choices.json';
import type coach from './nl/coach.json';
import type desk from './nl/desk.json';
import type dialogs from './nl/dialogs.json';
import type document from './nl/document.json';
import type interview from './nl/interview.json';
import type lookback from './nl/lookback.json';
import type meeting from './nl/meeting.json';
import type notices from './nl/notices.json';
import type plan from './nl/plan.json';
import type probes from './nl/probes.json';
import type profile from './nl/profile.json';
import type reflection from './nl/reflection.json';
import type review from './nl/review.json';
import type rights from './nl/rights.json';
import type safety from './nl/safety.json';
import type second from './nl/second.json';
import type sliders from './nl/sliders.json';

interface Files {
  readonly interview: typeof interview;
  readonly probes: typeof probes;
  readonly acks: typeof acks;
  readonly reflection: typeof reflection;
  readonly lookback: typeof lookback;
  readonly sliders: typeof sliders;
  readonly second: typeof second;
  readonly notices: typeof notices;
  readonly review: typeof review;
  readonly profile: typeof profile;
  readonly coach: typeof coach;
  readonly admin: typeof admin;
  readonly safety: typeof safety;
  readonly rights: typeof rights;
  readonly document: typeof document;
  readonly dialogs: typeof dialogs;
  readonly desk: typeof desk;
  readonly meeting: typeof meeting;
  readonly plan: typeof plan;
}

export type Namespace = keyof Files;

/** `count_one` and `count_other` are asked for as `count`. */
type Singular<K extends string> = K extends `${infer Stem}_${'one' | 'other'}` ? Stem : K;

type TextPaths<T> = {
  [K in keyof T & string]: T[K] extends string
    ? Singular<K>
    : T[K] extends readonly string[]
      ? never
      : `${K}.${TextPaths<T[K]>}`;
}[keyof T & string];

type WordingPaths<T> = {
  [K in keyof T & string]: T[K] extends readonly string[]
    ? K
    : T[K] extends string
      ? never
      : `${K}.${WordingPaths<T[K]>}`;
}[keyof T & string];

/** Keys of one namespace, without it: `paused`. */
export type KeyOf<N extends Namespace> = TextPaths<Files[N]>;
/** Keys of one namespace that have several wordings: `q4_off`. */
export type VariantOf<N extends Namespace> = WordingPaths<Files[N]>;

/** A key with several wordings: `probes:P-BEH`. */
export type VariantKey = { [N in Namespace]: `${N}:${VariantOf<N>}` }[Namespace];
/** A key of one text: `notices:paused`, `interview:q4_off.0`. */
export type TextKey = { [N in Namespace]: `${N}:${KeyOf<N>}` }[Namespace] | `${VariantKey}.${number}`;

/** Something that can be pressed or typed instead of an answer. */
export type ChoiceId = keyof typeof choices;
/** The same, after sharing. */
export type AfterId = keyof typeof after.words;

type GroupPaths<T> = {
  [K in keyof T & string]: T[K] extends string | readonly string[] ? never : K | `${K}.${GroupPaths<T[K]>}`;
}[keyof T & string];
/** What several keys begin with: `admin:mistakes`. */
export type Group = { [N in Namespace]: `${N}:${GroupPaths<Files[N]>}` }[Namespace];
/** The ends of the keys of a group: `tab` of `admin:mistakes.tab`. */
export type Under<G extends Group> = TextKey extends infer K
  ? K extends `${G}.${infer End}`
    ? End
    : never
  : never;

/** What the interview consists of: the steps, their order and the follow-ups' budget. Data only; texts live in locales/. */
import { z } from 'zod';
import type { QuestionKind } from './listening/types.ts';

/** Steps before and after the questions. Ids as in the method handbook. */
export const OPENING_STEPS = [
  'c1_bot',
  'c2_data',
  'c3_consent',
  'c4_alias',
  's1_sliders',
  'c5_frame',
] as const;
export const REVIEW_STEPS = ['r1_review', 'r2_add', 'r3_share', 'r4_state', 'r5_end'] as const;

/**
 * Small scripts beside the interview, played by the same machinery and kept in the same journal: a few questions in a row, each of
 * which can be skipped, and a choice at the end.
 */
export const ASIDES = {
  /** For the teacher alone: how do I come across, and what do I do when I am irritated? */
  reflection: ['m1_seen', 'm2_safe', 'm3_irritated', 'm4_colours', 'm5_keep'],
  /** The three words and the six sentences again, beside the first ones. */
  lookBack: ['b1_words', 'b2_sliders', 'b3_show'],
} as const;

export type AsideId = keyof typeof ASIDES;
export type AsideStep = (typeof ASIDES)[AsideId][number];

export const ASIDE_STEPS: readonly AsideStep[] = Object.values(ASIDES).flat();

/** Asked only when this question was answered. */
export const ASIDE_AFTER: Readonly<Partial<Record<AsideStep, AsideStep>>> = { m4_colours: 'm3_irritated' };

/** The step of an aside that is answered with a button, at its end. */
const ASIDE_CHOICES: ReadonlySet<string> = new Set<AsideStep>(['m5_keep', 'b3_show']);

/** A question of an aside: it can be skipped. */
export function isAsideQuestion(step: string): step is AsideStep {
  return (ASIDE_STEPS as readonly string[]).includes(step) && !ASIDE_CHOICES.has(step);
}

/** The six sentences, answered with numbers. */
export function isSliders(step: string): boolean {
  return step === 's1_sliders' || step === 'b2_sliders';
}

/** How a question works: `words` asks for three words, a `moment` is an event with two feelings, the others are asked once. */
export type QuestionShape = 'words' | 'moment' | 'view' | 'closing' | 'plain';

interface QuestionRule {
  readonly shape: QuestionShape;
  /** Tells the listener what was asked. */
  readonly listen: QuestionKind;
  /** A school can switch it on; off by default. */
  readonly optional?: true;
  /** Asked only when this earlier question was answered. */
  readonly after?: string;
}

/** All questions in the order in which they are asked; the closing question is always last. */
export const QUESTIONS = {
  q1_words: { shape: 'words', listen: 'three_word' },
  q2_word1: { shape: 'moment', listen: 'event' },
  q2_word2: { shape: 'moment', listen: 'event' },
  o1_word3: { shape: 'moment', listen: 'event', optional: true },
  q3_click: { shape: 'moment', listen: 'pleasant' },
  q4_off: { shape: 'moment', listen: 'conflict' },
  o2_push: { shape: 'moment', listen: 'conflict', optional: true },
  q5_hard: { shape: 'moment', listen: 'conflict' },
  q6_upset: { shape: 'moment', listen: 'upset' },
  o3_self: { shape: 'plain', listen: 'doubt', optional: true },
  o4_effect: { shape: 'plain', listen: 'doubt', optional: true, after: 'o3_self' },
  o5_know: { shape: 'plain', listen: 'event_followup_child', optional: true },
  q7_view: { shape: 'view', listen: 'event_followup_child' },
  o6_doubt: { shape: 'plain', listen: 'doubt', optional: true },
  q8_best: { shape: 'closing', listen: 'closing' },
} as const satisfies Record<string, QuestionRule>;

export type QuestionId = keyof typeof QUESTIONS;
export type StepId = (typeof OPENING_STEPS)[number] | QuestionId | (typeof REVIEW_STEPS)[number] | AsideStep;

export const QUESTION_IDS = Object.keys(QUESTIONS) as readonly QuestionId[];

export function questionRule(id: QuestionId): QuestionRule {
  return QUESTIONS[id];
}

export function isQuestion(step: string): step is QuestionId {
  return Object.hasOwn(QUESTIONS, step);
}

const SCRIPT: readonly StepId[] = [...OPENING_STEPS, ...QUESTION_IDS, ...REVIEW_STEPS, ...ASIDE_STEPS];

/** Place of a step in the script it belongs to. */
export function placeOf(step: StepId): number {
  return SCRIPT.indexOf(step);
}

/** Order of two steps in the script. */
export function isBefore(a: StepId, b: StepId): boolean {
  return placeOf(a) < placeOf(b);
}

/** The definition an interview begins with and keeps to its end, stored with it. */
export const definitionSchema = z.strictObject({
  /** The interview, or a small script: one without follow-ups. */
  id: z.enum(['klankbord', ...(Object.keys(ASIDES) as AsideId[])]),
  version: z.literal(1),
  optional: z.array(z.enum(QUESTION_IDS as [QuestionId, ...QuestionId[]])),
  /** Follow-ups per moment, 0 to 3. */
  perMoment: z.int().min(0).max(3),
  /** Follow-ups in the whole interview. */
  budget: z.int().min(0).max(40),
  /** Ask on once (P-WHY) when the child's feeling was named without a reason. */
  askWhy: z.boolean(),
  /** The six sentences are asked. */
  sliders: z.literal(true).optional(),
  /** At the end of a look back: whether the coach may see it. */
  show: z.literal(true).optional(),
});
export type Definition = z.infer<typeof definitionSchema>;

const PROBES_PER_INTERVIEW = 14;
const PROBES_PER_OPTIONAL_MOMENT = 2;

export interface DefinitionChoices {
  readonly depth?: 'short' | 'standard' | 'thorough';
  readonly optional?: readonly QuestionId[];
  readonly sliders?: boolean;
}

/** The definition for a school's choices. An optional moment brings its own two follow-ups, so that it does not starve the fixed ones. */
export function createDefinition({
  depth = 'standard',
  optional = [],
  sliders = false,
}: DefinitionChoices = {}): Definition {
  const chosen = QUESTION_IDS.filter((id) => questionRule(id).optional && optional.includes(id));
  const extraMoments = chosen.filter((id) => QUESTIONS[id].shape === 'moment').length;
  return {
    id: 'klankbord',
    version: 1,
    optional: chosen,
    perMoment: depth === 'short' ? 2 : 3,
    budget: PROBES_PER_INTERVIEW + extraMoments * PROBES_PER_OPTIONAL_MOMENT,
    askWhy: depth === 'thorough',
    ...(sliders ? { sliders } : {}),
  };
}

/** The definition of a small script: no follow-ups. */
export function createAside(
  id: AsideId,
  { sliders = false, show = false }: { sliders?: boolean; show?: boolean } = {},
): Definition {
  return {
    ...{ id, version: 1, optional: [], perMoment: 0, budget: 0, askWhy: false },
    ...(sliders ? { sliders } : {}),
    ...(show ? { show } : {}),
  };
}

/** The steps of this small script, in order; none in an interview. */
export function asideStepsOf(definition: Definition): AsideStep[] {
  const aside = asideOf(definition);
  if (!aside) return [];
  const steps: readonly AsideStep[] = ASIDES[aside];
  return steps.filter(
    (step) => (step !== 'b2_sliders' || definition.sliders) && (step !== 'b3_show' || definition.show),
  );
}

/** Which small script this is; null for the interview. */
export function asideOf({ id }: Definition): AsideId | null {
  return id === 'klankbord' ? null : id;
}

/** What is asked and can be answered in one's own words, in order; numbered so for the teacher. */
export function askedOf(definition: Definition): StepId[] {
  return asideOf(definition) ? asideStepsOf(definition).filter(isAsideQuestion) : questionsOf(definition);
}

/** The questions of this interview, in order. */
export function questionsOf(definition: Definition): QuestionId[] {
  if (asideOf(definition)) return [];
  return QUESTION_IDS.filter((id) => !questionRule(id).optional || definition.optional.includes(id));
}

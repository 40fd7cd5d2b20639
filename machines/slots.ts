/**
 * The slots of an interview: what was told per question, what was asked, what is left. Flags and counts, never texts, so that the size
 * of a snapshot does not depend on how much was told.
 */
import {
  isQuestion,
  QUESTIONS,
  questionRule,
  questionsOf,
  type Definition,
  type QuestionId,
  type StepId,
} from './definition.ts';
import {
  addToNotes,
  BLANK,
  followUpFor,
  type Digest,
  type FollowUp,
  type Notes,
  type ProbeId,
} from './follow-up.ts';

/** What the interview waits for. */
export interface Ask {
  readonly step: StepId;
  readonly probe: ProbeId | null;
  /** How often this kind of follow-up was asked before, so that no wording comes twice. */
  readonly nth: number;
  readonly gentle: boolean;
}

export interface InterviewContext {
  readonly pending: Ask | null;
  readonly notes: Partial<Record<QuestionId, Notes>>;
  readonly last: {
    readonly step: QuestionId;
    readonly probe: ProbeId | null;
    readonly digest: Digest;
  } | null;
  /** Follow-ups asked in all, and per kind. */
  readonly used: number;
  readonly kinds: Partial<Record<ProbeId, number>>;
  /** How many words were given to the first question. */
  readonly words: number;
  readonly traits: number;
  /** Skips in a row. */
  readonly refusals: number;
  /** No follow-ups at this question: the teacher skipped twice in a row. */
  readonly hushed: QuestionId | null;
}

const FOLLOW_UPS_OWED_PER_MOMENT = 2;
const FOLLOW_UPS_AFTER_SINGLE = 2;
const REFUSALS_THAT_HUSH = 2;
const NEGATIVE_MOMENTS_FOR_EXCEPTION = 3;

/** An interview in which nothing was said yet. */
export const BEGIN: InterviewContext = {
  pending: null,
  notes: {},
  last: null,
  used: 0,
  kinds: {},
  words: 0,
  traits: 0,
  refusals: 0,
  hushed: null,
};

const notesOf = (context: InterviewContext, step: QuestionId): Notes => context.notes[step] ?? BLANK;

/** Follow-ups that stay reserved for the moments after this step. */
function reservedAfter(definition: Definition, step: QuestionId): number {
  const questions = questionsOf(definition);
  const later = questions.slice(questions.indexOf(step) + 1);
  const each = Math.min(FOLLOW_UPS_OWED_PER_MOMENT, definition.perMoment);
  return later.filter((id) => QUESTIONS[id].shape === 'moment').length * each;
}

/** The follow-up that the last answer calls for; null: the next question. */
export function nextFollowUp(definition: Definition, context: InterviewContext): FollowUp | null {
  const { last } = context;
  if (!last || context.hushed === last.step) return null;
  const notes = notesOf(context, last.step);
  const { shape } = questionRule(last.step);
  const leftInAll = definition.budget - context.used;
  const reserved = reservedAfter(definition, last.step);
  if (shape === 'words') {
    if (notes.asked.length > 0 || leftInAll <= reserved) return null;
    if (context.words < 3) return { probe: 'P-THREE', gentle: false };
    return context.traits >= 2 ? { probe: 'P-REL', gentle: false } : null;
  }
  return followUpFor({
    shape,
    notes,
    last,
    leftHere: (shape === 'moment' ? definition.perMoment : FOLLOW_UPS_AFTER_SINGLE) - notes.asked.length,
    leftInAll,
    reserved,
    askWhy: definition.askWhy,
  });
}

/** True when a question can be asked at all: there is a word for it, the one before it was answered. */
export function applies(context: InterviewContext, step: QuestionId): boolean {
  if (step === 'q2_word1') return context.words >= 1;
  if (step === 'q2_word2') return context.words >= 2;
  if (step === 'o1_word3') return context.words >= 3;
  const { after } = questionRule(step);
  return after === undefined || !isQuestion(after) || notesOf(context, after).told;
}

/** Before the closing question, once: only difficult moments so far, and none that went well. */
export function callsForException(definition: Definition, context: InterviewContext): boolean {
  const click = notesOf(context, 'q3_click');
  const negative = Object.values(context.notes).filter((n) => n.told && n.tone === 'negative').length;
  return (
    !click.event &&
    click.tone !== 'positive' &&
    !click.asked.includes('P-EXC') &&
    negative >= NEGATIVE_MOMENTS_FOR_EXCEPTION &&
    context.used < definition.budget
  );
}

export function askingOn(context: InterviewContext, step: QuestionId, followUp: FollowUp): InterviewContext {
  const nth = context.kinds[followUp.probe] ?? 0;
  const notes = notesOf(context, step);
  return {
    ...context,
    pending: { step, probe: followUp.probe, nth, gentle: followUp.gentle },
    used: context.used + 1,
    kinds: { ...context.kinds, [followUp.probe]: nth + 1 },
    notes: { ...context.notes, [step]: { ...notes, asked: [...notes.asked, followUp.probe] } },
  };
}

/** The slots after an answer to what was pending. */
export function noting(
  context: InterviewContext,
  answer: { readonly digest: Digest; readonly words?: number; readonly traits?: number },
): Partial<InterviewContext> {
  const { pending } = context;
  if (!pending || !isQuestion(pending.step)) return {};
  const { step, probe } = pending;
  return {
    notes: { ...context.notes, [step]: addToNotes(notesOf(context, step), answer.digest) },
    last: { step, probe, digest: answer.digest },
    refusals: 0,
    ...(step === 'q1_words' ? { words: answer.words ?? 0, traits: answer.traits ?? 0 } : {}),
  };
}

/** The slots when a step is asked; after two skips in a row its follow-ups are off. */
export function opening(context: InterviewContext, step: StepId): Partial<InterviewContext> {
  const pending = { step, probe: null, nth: 0, gentle: false };
  if (!isQuestion(step)) return { pending };
  const hush = context.refusals >= REFUSALS_THAT_HUSH;
  return { pending, hushed: hush ? step : null, refusals: hush ? 0 : context.refusals };
}

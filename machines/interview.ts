/**
 * The interview as a statechart. Pure: `transition` gives the next snapshot and the effects; nothing here sends, waits or reads a clock.
 * Three regions run beside each other: the script (what is asked), the pace (running, paused, stopped) and the erasure
 * (the one confirmation that is asked before everything is deleted).
 */
import { assign, setup } from 'xstate';
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

/** An answer as the machine sees it: what it was to, and a digest without texts. */
export type InterviewEvent =
  | { type: 'CONSENTED' }
  | { type: 'NAMED' }
  | { type: 'ANSWERED'; digest: Digest; words?: number; traits?: number }
  | { type: 'SKIPPED' }
  | { type: 'SAID' }
  | { type: 'REVIEWED' }
  | { type: 'ADDED' }
  | { type: 'SHARED'; scope: 'kept' | 'all' }
  | { type: 'KEPT_BACK' }
  | { type: 'STATED'; state: string }
  | { type: 'PAUSED' }
  | { type: 'STOPPED' }
  | { type: 'RESUMED' }
  | { type: 'ERASE_ASKED' }
  | { type: 'ERASE_DECLINED' };

/** Slots and flags, never texts: its size does not depend on how much was told. */
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

/** What the machine asks the world to do; carried out after the commit, in this order. */
export type Effect =
  | { type: 'ask'; ask: Ask }
  | { type: 'introduce' }
  | { type: 'share'; scope: 'kept' | 'all' }
  | { type: 'close'; shared: boolean; state: string };

export const MACHINE_ID = 'klankbord';
export const MACHINE_VERSION = 1;

const FOLLOW_UPS_OWED_PER_MOMENT = 2;
const FOLLOW_UPS_AFTER_SINGLE = 2;
const REFUSALS_THAT_HUSH = 2;
const NEGATIVE_MOMENTS_FOR_EXCEPTION = 3;

const BEGIN: InterviewContext = {
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
function applies(context: InterviewContext, step: QuestionId): boolean {
  if (step === 'q2_word1') return context.words >= 1;
  if (step === 'q2_word2') return context.words >= 2;
  if (step === 'o1_word3') return context.words >= 3;
  const { after } = questionRule(step);
  return after === undefined || !isQuestion(after) || notesOf(context, after).told;
}

/** Before the closing question, once: only difficult moments so far, and none that went well. */
function callsForException(definition: Definition, context: InterviewContext): boolean {
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

function askingOn(context: InterviewContext, step: QuestionId, followUp: FollowUp): InterviewContext {
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

function noting(context: InterviewContext, event: InterviewEvent): Partial<InterviewContext> {
  const { pending } = context;
  if (event.type !== 'ANSWERED' || !pending || !isQuestion(pending.step)) return {};
  const { step, probe } = pending;
  return {
    notes: { ...context.notes, [step]: addToNotes(notesOf(context, step), event.digest) },
    last: { step, probe, digest: event.digest },
    refusals: 0,
    ...(step === 'q1_words' ? { words: event.words ?? 0, traits: event.traits ?? 0 } : {}),
  };
}

/** One question: is it to be asked, asked, weighed, asked on. */
function questionState(definition: Definition, step: QuestionId, next: string): object {
  const skipped = { target: next, actions: 'refuse' };
  return {
    initial: 'considered',
    states: {
      considered: {
        always: [
          { guard: ({ context }: { context: InterviewContext }) => applies(context, step), target: 'asked' },
          { target: next },
        ],
      },
      asked: {
        entry: [{ type: 'open', params: { step } }, { type: 'tell' }],
        on: { ANSWERED: { target: 'weighed', actions: 'note' }, SKIPPED: skipped },
      },
      weighed: {
        always: [
          {
            guard: ({ context }: { context: InterviewContext }) => nextFollowUp(definition, context) !== null,
            target: 'askedOn',
            actions: 'followUp',
          },
          { target: next },
        ],
      },
      askedOn: {
        entry: { type: 'tell' },
        on: {
          ANSWERED: { target: 'weighed', actions: 'note' },
          // "I said that already" closes this follow-up, not the moment: the other feeling may still be missing.
          SAID: { target: 'weighed' },
          SKIPPED: skipped,
        },
      },
    },
  };
}

/** Exception to the order: asked before the closing question, about the pleasant moment that was skipped. */
function exceptionState(definition: Definition, next: string): object {
  return {
    initial: 'considered',
    states: {
      considered: {
        always: [
          {
            guard: ({ context }: { context: InterviewContext }) => callsForException(definition, context),
            target: 'askedOn',
            actions: 'askForException',
          },
          { target: next },
        ],
      },
      askedOn: {
        entry: { type: 'tell' },
        on: {
          ANSWERED: { target: next, actions: 'note' },
          SAID: { target: next },
          SKIPPED: { target: next, actions: 'refuse' },
        },
      },
    },
  };
}

function questionStates(definition: Definition): Record<string, object> {
  const questions = questionsOf(definition);
  const states: Record<string, object> = {};
  questions.forEach((step, i) => {
    const following = questions[i + 1];
    const next =
      following === undefined ? '#review' : following === 'q8_best' ? '#exception' : `#${following}`;
    states[step] = { id: step, ...questionState(definition, step, next) };
  });
  states['exception'] = { id: 'exception', ...exceptionState(definition, '#q8_best') };
  return states;
}

function buildMachine(definition: Definition) {
  const ask = (step: StepId) => [{ type: 'open' as const, params: { step } }, { type: 'tell' as const }];
  return setup({
    types: { context: {} as InterviewContext, events: {} as InterviewEvent },
    actions: {
      open: assign(({ context }, { step }: { step: StepId }) => ({
        pending: { step, probe: null, nth: 0, gentle: false },
        hushed:
          isQuestion(step) && context.refusals >= REFUSALS_THAT_HUSH
            ? step
            : isQuestion(step)
              ? null
              : context.hushed,
        refusals: isQuestion(step) && context.refusals >= REFUSALS_THAT_HUSH ? 0 : context.refusals,
      })),
      note: assign(({ context, event }) => noting(context, event)),
      refuse: assign(({ context }) => ({ refusals: context.refusals + 1 })),
      followUp: assign(({ context }) => {
        const followUp = nextFollowUp(definition, context);
        return followUp && context.last ? askingOn(context, context.last.step, followUp) : {};
      }),
      askForException: assign(({ context }) =>
        askingOn(context, 'q3_click', { probe: 'P-EXC', gentle: false }),
      ),
      settle: assign({ pending: null }),
      // The actions below are effects: the machine only names them, dialogs/ carries them out.
      tell: () => undefined,
      introduce: () => undefined,
      share: (_, _params: { scope: 'kept' | 'all' }) => undefined,
      close: (_, _params: { shared: boolean; state: string }) => undefined,
    },
  }).createMachine({
    id: MACHINE_ID,
    type: 'parallel',
    context: BEGIN,
    states: {
      script: {
        initial: 'opening',
        states: {
          opening: {
            initial: 'consent',
            states: {
              consent: {
                entry: [{ type: 'introduce' }, ...ask('c3_consent')],
                on: { CONSENTED: 'alias' },
              },
              alias: { entry: ask('c4_alias'), on: { NAMED: '#q1_words' } },
            },
          },
          questions: { states: questionStates(definition) as never, initial: 'q1_words' },
          review: {
            id: 'review',
            initial: 'sentences',
            states: {
              sentences: { entry: ask('r1_review'), on: { REVIEWED: 'addition' } },
              addition: { entry: ask('r2_add'), on: { ADDED: 'sharing', SKIPPED: 'sharing' } },
              sharing: {
                entry: ask('r3_share'),
                on: {
                  SHARED: {
                    target: 'moodAfterSharing',
                    actions: { type: 'share', params: ({ event }) => ({ scope: event.scope }) },
                  },
                  KEPT_BACK: 'moodAfterKeeping',
                },
              },
              moodAfterSharing: {
                entry: ask('r4_state'),
                on: {
                  STATED: {
                    target: '#shared',
                    actions: { type: 'close', params: ({ event }) => ({ shared: true, state: event.state }) },
                  },
                  SKIPPED: {
                    target: '#shared',
                    actions: { type: 'close', params: { shared: true, state: '' } },
                  },
                },
              },
              moodAfterKeeping: {
                entry: ask('r4_state'),
                on: {
                  STATED: {
                    target: '#kept',
                    actions: {
                      type: 'close',
                      params: ({ event }) => ({ shared: false, state: event.state }),
                    },
                  },
                  SKIPPED: {
                    target: '#kept',
                    actions: { type: 'close', params: { shared: false, state: '' } },
                  },
                },
              },
            },
          },
          closed: {
            initial: 'kept',
            entry: 'settle',
            states: {
              shared: { id: 'shared' },
              kept: {
                id: 'kept',
                // "Not yet" can become "now" at any later time.
                on: {
                  SHARED: {
                    target: 'shared',
                    actions: [
                      { type: 'share', params: ({ event }) => ({ scope: event.scope }) },
                      { type: 'close', params: { shared: true, state: '' } },
                    ],
                  },
                },
              },
            },
          },
        },
      },
      pace: {
        initial: 'running',
        states: {
          running: { on: { PAUSED: 'paused', STOPPED: 'stopped' } },
          paused: { on: { RESUMED: 'running', STOPPED: 'stopped' } },
          stopped: { on: { RESUMED: 'running' } },
        },
      },
      erasure: {
        initial: 'none',
        states: {
          none: { on: { ERASE_ASKED: 'asked' } },
          asked: { on: { ERASE_DECLINED: 'none' } },
        },
      },
    },
  });
}

const machines = new Map<string, ReturnType<typeof buildMachine>>();

/** The machine of a definition; built once per definition, because building costs more than a turn. */
export function interviewMachine(definition: Definition): ReturnType<typeof buildMachine> {
  const key = JSON.stringify(definition);
  let machine = machines.get(key);
  if (!machine) {
    machine = buildMachine(definition);
    machines.set(key, machine);
  }
  return machine;
}

/**
 * The interview as a statechart; a small script beside it takes the place of its script region. Pure: `transition` gives the next snapshot and the effects; nothing here sends, waits or reads a clock.
 * Three regions run beside each other: the script (what is asked), the pace (running, paused, stopped) and the erasure
 * (the one confirmation that is asked before everything is deleted).
 */
import { assign, setup } from 'xstate';
import { asideScript } from './aside.ts';
import { asideOf, questionsOf, type Definition, type QuestionId, type StepId } from './definition.ts';
import type { Digest } from './follow-up.ts';
import {
  applies,
  askingOn,
  BEGIN,
  callsForException,
  nextFollowUp,
  noting,
  opening,
  type Ask,
  type InterviewContext,
} from './slots.ts';

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

/** What the machine asks the world to do; carried out after the commit, in this order. */
export type Effect =
  | { type: 'ask'; ask: Ask }
  | { type: 'introduce' }
  | { type: 'share'; scope: 'kept' | 'all' }
  | { type: 'close'; shared: boolean; state: string };

export const MACHINE_VERSION = 1;

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
  const aside = asideOf(definition);
  const ask = (step: StepId) => [{ type: 'open' as const, params: { step } }, { type: 'tell' as const }];
  return setup({
    types: { context: {} as InterviewContext, events: {} as InterviewEvent },
    actions: {
      open: assign(({ context }, { step }: { step: StepId }) => opening(context, step)),
      note: assign(({ context, event }) => (event.type === 'ANSWERED' ? noting(context, event) : {})),
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
    id: definition.id,
    type: 'parallel',
    context: BEGIN,
    states: {
      script: aside
        ? (asideScript(definition) as never)
        : {
            initial: 'opening',
            states: {
              opening: {
                initial: 'consent',
                states: {
                  consent: {
                    entry: [{ type: 'introduce' }, ...ask('c3_consent')],
                    on: { CONSENTED: 'alias' },
                  },
                  alias: {
                    entry: ask('c4_alias'),
                    on: { NAMED: definition.sliders ? 'sliders' : '#q1_words' },
                  },
                  sliders: {
                    entry: ask('s1_sliders'),
                    on: { STATED: '#q1_words', SKIPPED: '#q1_words' },
                  },
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
                        actions: {
                          type: 'close',
                          params: ({ event }) => ({ shared: true, state: event.state }),
                        },
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

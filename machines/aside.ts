/** The chart of a small script: its questions in a row, each of which can be skipped, and a choice at the end. */
import { ASIDE_AFTER, ASIDES, type AsideId, type AsideStep } from './definition.ts';

/** The states of the script region; the same phases as the interview has, as far as they apply. */
export function asideScript(id: AsideId): object {
  const steps: readonly AsideStep[] = ASIDES[id];
  const questions = steps.slice(0, -1);
  const end = steps.at(-1) as AsideStep;
  const ask = (step: AsideStep) => [{ type: 'open', params: { step } }, { type: 'tell' }];
  const states = Object.fromEntries(
    questions.map((step, i) => {
      const rest = questions.slice(i + 1);
      const answered = rest[0] ?? end;
      // What only makes sense after an answer is skipped along.
      const skipped = rest.find((later) => ASIDE_AFTER[later] !== step) ?? end;
      return [
        step,
        {
          id: step,
          entry: ask(step),
          on: { ANSWERED: { target: `#${answered}` }, SKIPPED: { target: `#${skipped}` } },
        },
      ];
    }),
  );
  return {
    initial: 'questions',
    states: {
      questions: { initial: questions[0], states },
      review: {
        initial: end,
        states: {
          [end]: {
            id: end,
            entry: ask(end),
            on: {
              STATED: {
                target: '#kept',
                actions: {
                  type: 'close',
                  params: ({ event }: { event: { state: string } }) => ({
                    shared: false,
                    state: event.state,
                  }),
                },
              },
            },
          },
        },
      },
      closed: { initial: 'kept', entry: 'settle', states: { kept: { id: 'kept' } } },
    },
  };
}

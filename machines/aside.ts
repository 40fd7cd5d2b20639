/** The chart of a small script: its questions in a row, each of which can be skipped, and, as a rule, a choice at the end. */
import { ASIDE_AFTER, asideStepsOf, isAsideQuestion, type AsideStep, type Definition } from './definition.ts';

const closing = (state: (event: { state?: string }) => string): object => ({
  target: '#kept',
  actions: {
    type: 'close',
    params: ({ event }: { event: { state?: string } }) => ({ shared: false, state: state(event) }),
  },
});

/** The states of the script region; the same phases as the interview has, as far as they apply. */
export function asideScript(definition: Definition): object {
  const steps = asideStepsOf(definition);
  const ask = (step: AsideStep) => [{ type: 'open', params: { step } }, { type: 'tell' }];
  const to = (step: AsideStep | undefined): object => (step ? { target: `#${step}` } : closing(() => ''));
  const states = steps.map((step, i): [AsideStep, object] => {
    const rest = steps.slice(i + 1);
    // What only makes sense after an answer is skipped along.
    const skipped = rest.find((later) => ASIDE_AFTER[later] !== step);
    const on = isAsideQuestion(step)
      ? { ANSWERED: to(rest[0]), SKIPPED: to(skipped) }
      : { STATED: closing(({ state = '' }) => state) };
    return [step, { id: step, entry: ask(step), on }];
  });
  return {
    initial: 'questions',
    states: {
      questions: { initial: steps[0], states: Object.fromEntries(states) },
      closed: { initial: 'kept', entry: 'settle', states: { kept: { id: 'kept' } } },
    },
  };
}

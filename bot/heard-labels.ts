/** From what was heard to the fields of a labelled answer; shared by `npm run listen` and `npm run score`. */
import { emotionsOf, hears } from '../machines/listening/listen.ts';
import type { Emotion, Heard, Presence } from '../machines/listening/types.ts';

export interface Labels {
  readonly teacher_emotion: boolean;
  readonly teacher_emotions: readonly Emotion[];
  readonly child_emotion: boolean;
  readonly child_emotions: readonly Emotion[];
  readonly behaviour: boolean;
  readonly behaviour_only: boolean;
  readonly perspective_taking: boolean;
  readonly trait_talk: boolean;
  readonly dont_know: boolean;
  readonly concrete_event: boolean;
  readonly teacher_state: Presence;
  readonly child_state: Presence;
}

/** Only what is *expressed* makes a label true: a doubtful reading must not take a follow-up away. */
export function toLabels(heard: Heard): Labels {
  const teacher = heard.teacher === 'expressed';
  const child = heard.child === 'expressed';
  const behaviour = hears(heard, 'behaviour');
  return {
    teacher_emotion: teacher,
    teacher_emotions: emotionsOf(heard, 'teacher'),
    child_emotion: child,
    child_emotions: emotionsOf(heard, 'child'),
    behaviour,
    behaviour_only: behaviour && !teacher && !child,
    perspective_taking: hears(heard, 'perspective'),
    trait_talk: hears(heard, 'trait'),
    dont_know: hears(heard, 'dontKnow'),
    concrete_event: hears(heard, 'event'),
    teacher_state: heard.teacher,
    child_state: heard.child,
  };
}

/**
 * The course of one interview: take an event, store it as plain JSON, load it, and rebuild it from the answers.
 * One road for "back", "change answer n", an edited Teams message and recovery: answer the machine from the journal until it
 * asks something the journal has no answer to.
 */
import { initialTransition, transition, type SnapshotFrom } from 'xstate';
import { z } from 'zod';
import {
  ASIDE_STEPS,
  definitionSchema,
  isBefore,
  QUESTION_IDS,
  REVIEW_STEPS,
  OPENING_STEPS,
  type Definition,
  type StepId,
} from './definition.ts';
import { digest, PROBES } from './follow-up.ts';
import { interviewMachine, MACHINE_VERSION, type Effect, type InterviewEvent } from './interview.ts';
import type { Ask } from './slots.ts';
import { sameKey, type Answer } from './journal.ts';

type Snapshot = SnapshotFrom<ReturnType<typeof interviewMachine>>;

/** Where an interview stands, and what has to be done about it. */
export interface Course {
  readonly snapshot: Snapshot;
  readonly effects: readonly Effect[];
}

interface NamedAction {
  readonly type: string;
  readonly params?: unknown;
}

/** The closed list of effects, read from the actions of one step; assigns are already in the snapshot. */
function effectsOf(snapshot: Snapshot, actions: readonly NamedAction[]): Effect[] {
  const effects: Effect[] = [];
  for (const action of actions) {
    const params = action.params as { scope: 'kept' | 'all'; shared: boolean; state: string };
    switch (action.type) {
      case 'tell':
        if (snapshot.context.pending) effects.push({ type: 'ask', ask: snapshot.context.pending });
        break;
      case 'introduce':
        effects.push({ type: 'introduce' });
        break;
      case 'share':
        effects.push({ type: 'share', scope: params.scope });
        break;
      case 'close':
        effects.push({ type: 'close', shared: params.shared, state: params.state });
        break;
    }
  }
  return effects;
}

export function begin(definition: Definition): Course {
  const [snapshot, actions] = initialTransition(interviewMachine(definition));
  return { snapshot, effects: effectsOf(snapshot, actions) };
}

type Machine = ReturnType<typeof interviewMachine>;
const steps = new WeakMap<Machine, Machine>();

/**
 * The machine for `transition`, which begins an actor for every event and lets it go through the opening each time: half of what an
 * event costs. This one has its first snapshot ready; its steps are the machine's own.
 */
function stepsOf(machine: Machine): Machine {
  let known = steps.get(machine);
  if (!known) {
    const [first] = initialTransition(machine);
    known = {
      getInitialSnapshot: () => first,
      transition: (...from: Parameters<Machine['transition']>) => machine.transition(...from),
    } as unknown as Machine;
    steps.set(machine, known);
  }
  return known;
}

export function take(definition: Definition, snapshot: Snapshot, event: InterviewEvent): Course {
  const [next, actions] = transition(stepsOf(interviewMachine(definition)), snapshot, event);
  return { snapshot: next, effects: effectsOf(next, actions) };
}

export function pendingOf(snapshot: Snapshot): Ask | null {
  return snapshot.context.pending;
}

export type Pace = 'running' | 'paused' | 'stopped';

export function paceOf(snapshot: Snapshot): Pace {
  return snapshot.value.pace;
}

export function isErasureAsked(snapshot: Snapshot): boolean {
  return snapshot.value.erasure === 'asked';
}

/** Where in the script: before, during or after the questions, or closed. */
export function phaseOf(snapshot: Snapshot): 'opening' | 'questions' | 'review' | 'kept' | 'shared' {
  for (const phase of ['opening', 'questions', 'review'] as const) {
    if (snapshot.matches({ script: phase })) return phase;
  }
  return snapshot.matches({ script: { closed: 'shared' } } as never) ? 'shared' : 'kept';
}

/** The event that an answer is. */
export function eventOf(answer: Answer): InterviewEvent {
  const choice = answer.words?.[0] ?? '';
  switch (answer.step) {
    case 'c3_consent':
      return { type: 'CONSENTED' };
    case 'c4_alias':
      return { type: 'NAMED' };
    case 'r1_review':
      return { type: 'REVIEWED' };
    case 'r2_add':
      return answer.kind === 'skipped' ? { type: 'SKIPPED' } : { type: 'ADDED' };
    case 'r3_share':
      return choice === 'shareNone'
        ? { type: 'KEPT_BACK' }
        : { type: 'SHARED', scope: choice === 'shareAll' ? 'all' : 'kept' };
    case 's1_sliders':
    case 'm5_keep':
    case 'b3_show':
    case 'r4_state':
      return answer.kind === 'skipped' ? { type: 'SKIPPED' } : { type: 'STATED', state: choice };
    default:
      break;
  }
  if (answer.kind === 'skipped') return { type: 'SKIPPED' };
  if (answer.kind === 'said') return { type: 'SAID' };
  const heard = answer.heard ?? {
    teacher: 'none',
    child: 'none',
    evidence: [],
    signals: [],
    sentences: [],
    words: 0,
  };
  const event = { type: 'ANSWERED' as const, digest: digest(heard) };
  if (answer.step !== 'q1_words') return event;
  const traits = heard.signals.filter((s) => s.kind === 'trait').length;
  return { ...event, words: answer.words?.length ?? 0, traits };
}

export interface Replay {
  readonly snapshot: Snapshot;
  /** What the last answer that was taken led to. */
  readonly effects: readonly Effect[];
  readonly last: Answer | null;
  /** Answers wait for questions that have not come yet, so the next answer is followed by a replay again. */
  readonly ahead: boolean;
}

/**
 * The interview as these answers make it. Answers that are not asked for any more (a follow-up that is no longer called for) stay in
 * the journal and count in the profile.
 */
export function replay(definition: Definition, answers: readonly Answer[]): Replay {
  let { snapshot, effects } = begin(definition);
  let last: Answer | null = null;
  const taken = new Set<Answer>();
  for (let ask = pendingOf(snapshot); ask; ask = pendingOf(snapshot)) {
    const at = ask;
    const answer = answers.find((a) => sameKey(a, at));
    if (!answer || answer.reopened) break;
    const next = take(definition, snapshot, eventOf(answer));
    // An event the machine does not take would ask the same thing for ever.
    if (next.snapshot.context.pending === ask) break;
    ({ snapshot, effects } = next);
    taken.add(answer);
    last = answer;
  }
  const waiting = pendingOf(snapshot);
  const ahead =
    waiting !== null && answers.some((a) => !taken.has(a) && (a.reopened || !isBefore(a.step, waiting.step)));
  return { snapshot, effects, last, ahead };
}

/** Takes over the pace from another snapshot: the journal does not know it. */
export function withPace(definition: Definition, snapshot: Snapshot, pace: Pace): Snapshot {
  if (pace === 'running') return snapshot;
  return take(definition, snapshot, { type: pace === 'paused' ? 'PAUSED' : 'STOPPED' }).snapshot;
}

/* ---------------------------------------------------------------- stored form */

const presence = z.enum(['expressed', 'possible', 'none']);
const tone = z.enum(['positive', 'negative', 'mixed', 'none']);
const probe = z.enum(PROBES);
const question = z.enum(QUESTION_IDS as [(typeof QUESTION_IDS)[number], ...(typeof QUESTION_IDS)[number][]]);
const step = z.enum([...OPENING_STEPS, ...QUESTION_IDS, ...REVIEW_STEPS, ...ASIDE_STEPS] as [
  StepId,
  ...StepId[],
]);

const contextSchema = z.strictObject({
  pending: z
    .strictObject({ step, probe: probe.nullable(), nth: z.int().min(0), gentle: z.boolean() })
    .nullable(),
  notes: z.partialRecord(
    question,
    z.strictObject({
      own: presence,
      child: presence,
      event: z.boolean(),
      behaviour: z.boolean(),
      reason: z.boolean(),
      tone,
      told: z.boolean(),
      asked: z.array(probe),
    }),
  ),
  last: z
    .strictObject({
      step: question,
      probe: probe.nullable(),
      digest: z.strictObject({
        own: presence,
        child: presence,
        event: z.boolean(),
        behaviour: z.boolean(),
        trait: z.boolean(),
        dontKnow: z.boolean(),
        reason: z.boolean(),
        tone,
        length: z.int().min(0),
      }),
    })
    .nullable(),
  used: z.int().min(0),
  kinds: z.partialRecord(probe, z.int().min(0)),
  words: z.int().min(0),
  traits: z.int().min(0),
  refusals: z.int().min(0),
  hushed: question.nullable(),
});

const storedSchema = z.strictObject({
  machine: definitionSchema.shape.id,
  version: z.literal(MACHINE_VERSION),
  value: z.record(z.string(), z.unknown()),
  context: contextSchema,
});

/** The snapshot as stored: which machine and version it belongs to, where it stands, its slots. */
export function toStored(snapshot: Snapshot): z.infer<typeof storedSchema> {
  return {
    machine: snapshot.machine.id as Definition['id'],
    version: MACHINE_VERSION,
    value: snapshot.value,
    context: snapshot.context as z.infer<typeof contextSchema>,
  };
}

/** Null when the stored form is of another machine or version, broken, or names a state that is gone: rebuild it then, never restart. */
export function fromStored(definition: Definition, stored: unknown): Snapshot | null {
  const parsed = storedSchema.safeParse(stored);
  if (!parsed.success || parsed.data.machine !== definition.id) return null;
  try {
    const machine = interviewMachine(definition);
    return machine.resolveState({
      value: parsed.data.value as Snapshot['value'],
      context: parsed.data.context,
    });
  } catch {
    return null;
  }
}

/** Number of a question as the teacher sees it (1-based), and how many there are. */
export function progressOf(questions: readonly string[], at: StepId): { n: number; total: number } | null {
  const i = questions.indexOf(at);
  return i < 0 ? null : { n: i + 1, total: questions.length };
}

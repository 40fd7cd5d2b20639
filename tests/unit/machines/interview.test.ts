/** The statechart as a whole: every path ends, budgets hold, snapshots survive storage, replay gives the same. */
import { describe, expect, it } from '@jest/globals';
import {
  begin,
  eventOf,
  fromStored,
  paceOf,
  pendingOf,
  phaseOf,
  replay,
  take,
  toStored,
} from '../../../machines/course.ts';
import {
  createAside,
  createDefinition,
  QUESTIONS,
  questionsOf,
  type Definition,
  type QuestionId,
} from '../../../machines/definition.ts';
import type { Digest, ProbeId } from '../../../machines/follow-up.ts';
import type { InterviewEvent } from '../../../machines/interview.ts';
import type { Ask } from '../../../machines/slots.ts';
import type { Answer } from '../../../machines/journal.ts';
import type { Heard, SignalKind } from '../../../machines/listening/types.ts';

const BEHAVIOUR: Digest = {
  own: 'none',
  child: 'none',
  event: true,
  behaviour: true,
  trait: false,
  dontKnow: false,
  reason: false,
  tone: 'none',
  length: 14,
};

type Style = (ask: Ask) => InterviewEvent;

/** Answers until nothing is asked any more; gives all that was asked. */
function interview(
  definition: Definition,
  style: Style,
): { asked: Ask[]; end: ReturnType<typeof begin>['snapshot'] } {
  let { snapshot } = begin(definition);
  const asked: Ask[] = [];
  for (let ask = pendingOf(snapshot); ask; ask = pendingOf(snapshot)) {
    asked.push(ask);
    expect(asked.length).toBeLessThan(80);
    // Through storage at every step, as in life.
    const stored: unknown = JSON.parse(JSON.stringify(toStored(snapshot)));
    const restored = fromStored(definition, stored);
    expect(restored).not.toBeNull();
    if (!restored) break;
    snapshot = take(definition, restored, eventFor(ask, style)).snapshot;
  }
  return { asked, end: snapshot };
}

function eventFor(ask: Ask, style: Style): InterviewEvent {
  switch (ask.step) {
    case 'c3_consent':
      return { type: 'CONSENTED' };
    case 'c4_alias':
      return { type: 'NAMED' };
    case 'r1_review':
      return { type: 'REVIEWED' };
    case 'r2_add':
      return { type: 'ADDED' };
    case 'r3_share':
      return { type: 'SHARED', scope: 'kept' };
    case 'r4_state':
      return { type: 'STATED', state: 'stateFine' };
    default:
      return style(ask);
  }
}

const say =
  (change: Partial<Digest>, words = 3, traits = 0): Style =>
  () => ({ type: 'ANSWERED', digest: { ...BEHAVIOUR, ...change }, words, traits });

const probesAt = (asked: readonly Ask[], step: QuestionId): (ProbeId | null)[] =>
  asked.filter((a) => a.step === step).map((a) => a.probe);
const momentsOf = (d: Definition): QuestionId[] =>
  questionsOf(d).filter((id) => QUESTIONS[id].shape === 'moment');

describe('an interview of behaviour only', () => {
  it.each([
    ['short', createDefinition({ depth: 'short' })],
    ['standard', createDefinition()],
    [
      'thorough with everything on',
      createDefinition({
        depth: 'thorough',
        optional: ['o1_word3', 'o2_push', 'o3_self', 'o4_effect', 'o5_know', 'o6_doubt'],
      }),
    ],
  ])('asks for both feelings in every moment (%s)', (_, definition) => {
    const { asked } = interview(definition, say({}));
    for (const moment of momentsOf(definition))
      expect(probesAt(asked, moment)).toEqual([null, 'P-BEH', 'P-CHILD']);
  });

  it('still does when it is general, traits, and short besides', () => {
    const definition = createDefinition();
    let n = 0;
    const styles = [
      say({ event: false }),
      say({ event: false, behaviour: false, trait: true }),
      say({ event: false, length: 3 }),
    ];
    const { asked } = interview(definition, (ask) => (styles[(n += 1) % 3] as Style)(ask));
    for (const moment of momentsOf(definition)) {
      const probes = probesAt(asked, moment);
      expect(probes).toContain('P-CHILD');
      expect(probes.some((p) => p === 'P-BEH' || p === 'P-OWN')).toBe(true);
    }
    const used = asked.filter((a) => a.probe !== null);
    expect(used.length).toBeLessThanOrEqual(14);
  });
});

describe('the whole interview', () => {
  const styles: readonly [string, Style][] = [
    ['says everything at once', say({ own: 'expressed', child: 'expressed', tone: 'positive' })],
    ['does not know', say({ event: false, behaviour: false, dontKnow: true, length: 3 })],
    ['skips everything', () => ({ type: 'SKIPPED' })],
    ['finds it said already', (ask) => (ask.probe === null ? say({})(ask) : { type: 'SAID' })],
    ['is only negative', say({ own: 'expressed', tone: 'negative', event: false })],
    ['gives one word', say({}, 1)],
    ['gives no word', say({}, 0)],
    ['describes the child', say({ trait: true }, 3, 3)],
  ];

  it.each(styles)('ends, with the closing question last, for a teacher who %s', (_, style) => {
    for (const definition of [
      createDefinition({ depth: 'short' }),
      createDefinition(),
      createDefinition({ optional: ['o1_word3', 'o2_push', 'o4_effect', 'o3_self'] }),
    ]) {
      const { asked, end } = interview(definition, style);
      expect(phaseOf(end)).toBe('shared');
      const questions = asked.filter((a) => a.step in QUESTIONS);
      const closing = questions.findIndex((a) => a.step === 'q8_best');
      expect(questions.slice(closing).every((a) => a.step === 'q8_best')).toBe(true);
      const follow = questions.filter((a) => a.probe !== null);
      expect(follow.length).toBeLessThanOrEqual(definition.budget);
      const kinds = follow.map((a) => `${a.step} ${a.probe}`);
      expect(new Set(kinds).size).toBe(kinds.length);
      // The same wording never comes twice: `nth` differs per kind.
      const wordings = follow.map((a) => `${a.probe} ${a.nth}`);
      expect(new Set(wordings).size).toBe(wordings.length);
      for (const moment of momentsOf(definition)) {
        const probes = probesAt(asked, moment).filter((p) => p !== null && p !== 'P-EXC');
        expect(probes.length).toBeLessThanOrEqual(definition.perMoment);
      }
    }
  });

  it('asks once for a moment that went differently, only after nothing but difficult ones', () => {
    const { asked } = interview(createDefinition(), (ask) =>
      ask.step === 'q3_click' && ask.probe === null
        ? { type: 'SKIPPED' }
        : say({ own: 'expressed', child: 'expressed', tone: 'negative' })(ask),
    );
    expect(asked.filter((a) => a.probe === 'P-EXC')).toEqual([
      { step: 'q3_click', probe: 'P-EXC', nth: 0, gentle: false },
    ]);
    const pleasant = interview(
      createDefinition(),
      say({ own: 'expressed', child: 'expressed', tone: 'positive' }),
    );
    expect(pleasant.asked.some((a) => a.probe === 'P-EXC')).toBe(false);
  });

  it('asks nothing on at the question after two refusals in a row', () => {
    let skips = 0;
    const { asked } = interview(createDefinition(), (ask) =>
      ask.probe === null && ask.step !== 'q1_words' && (skips += 1) <= 2 ? { type: 'SKIPPED' } : say({})(ask),
    );
    expect(probesAt(asked, 'q3_click')).toEqual([null]);
    expect(probesAt(asked, 'q4_off')).toEqual([null, 'P-BEH', 'P-CHILD']);
  });

  it('leaves out the moment of a word that was not given', () => {
    const { asked } = interview(createDefinition({ optional: ['o1_word3'] }), say({}, 1));
    expect(probesAt(asked, 'q2_word1')).not.toEqual([]);
    expect(probesAt(asked, 'q2_word2')).toEqual([]);
    expect(probesAt(asked, 'o1_word3')).toEqual([]);
  });
});

describe('beside the script', () => {
  const definition = createDefinition();
  it('pauses, stops and resumes without touching what is asked', () => {
    let { snapshot } = begin(definition);
    const ask = pendingOf(snapshot);
    for (const [event, pace] of [
      ['PAUSED', 'paused'],
      ['STOPPED', 'stopped'],
      ['RESUMED', 'running'],
    ] as const) {
      ({ snapshot } = take(definition, snapshot, { type: event }));
      expect(paceOf(snapshot)).toBe(pace);
      expect(pendingOf(snapshot)).toEqual(ask);
    }
  });

  it('ignores events it does not wait for', () => {
    const { snapshot } = begin(definition);
    const after = take(definition, snapshot, { type: 'SHARED', scope: 'all' });
    expect(after.effects).toEqual([]);
    expect(toStored(after.snapshot)).toEqual(toStored(snapshot));
  });
});

function heardOf(d: Digest): Heard {
  const kinds: SignalKind[] = [
    ...(d.event ? ['event' as const] : []),
    ...(d.behaviour ? ['behaviour' as const] : []),
  ];
  return {
    teacher: d.own,
    child: d.child,
    evidence: [],
    signals: kinds.map((kind) => ({ kind, start: 0, end: 5 })),
    sentences: [{ start: 0, end: 5 }],
    words: d.length,
  };
}

describe('replay', () => {
  const definition = createDefinition();
  /** Answers everything with behaviour, as a journal, up to `most` answers. */
  function journal(most: number): { answers: Answer[]; snapshot: ReturnType<typeof begin>['snapshot'] } {
    let { snapshot } = begin(definition);
    const answers: Answer[] = [];
    for (let ask = pendingOf(snapshot); ask && answers.length < most; ask = pendingOf(snapshot)) {
      const chosen = { c3_consent: 'start', r1_review: 'done', r3_share: 'shareKept', r4_state: 'stateFine' }[
        ask.step as string
      ];
      const question = ask.step in QUESTIONS;
      answers.push({
        step: ask.step,
        probe: ask.probe,
        seq: answers.length + 1,
        kind: chosen ? 'chosen' : 'answered',
        text: 'tekst',
        heard: question ? heardOf(BEHAVIOUR) : null,
        ...(chosen ? { words: [chosen] } : ask.step === 'q1_words' ? { words: ['a', 'b', 'c'] } : {}),
        reopened: false,
        lang: 'nl',
        wording: '',
        sources: [],
      });
      snapshot = take(definition, snapshot, eventFor(ask, say({}))).snapshot;
    }
    return { answers, snapshot };
  }

  it.each([1, 2, 3, 7, 15, 21, 40])('of %d answers stands where the conversation stood', (most) => {
    const { answers, snapshot } = journal(most);
    const again = replay(definition, answers);
    expect(toStored(again.snapshot)).toEqual(toStored(snapshot));
    expect(again.ahead).toBe(false);
  });

  it('stops at an answer that is asked anew, knows that others lie ahead, and comes back after it', () => {
    const { answers, snapshot } = journal(15);
    const reopened = answers.map((a) =>
      a.step === 'q2_word2' && a.probe === null ? { ...a, reopened: true } : a,
    );
    const at = replay(definition, reopened);
    expect(pendingOf(at.snapshot)).toMatchObject({ step: 'q2_word2', probe: null });
    expect(at.ahead).toBe(true);
    expect(toStored(replay(definition, answers).snapshot)).toEqual(toStored(snapshot));
  });

  it('asks what a changed answer newly calls for, then goes back to where it was', () => {
    const { answers } = journal(15);
    const told = answers
      .filter((a) => !(a.step === 'q2_word1' && a.probe === 'P-CHILD'))
      .map((a) => ({ ...a }));
    const at = replay(definition, told);
    expect(pendingOf(at.snapshot)).toMatchObject({ step: 'q2_word1', probe: 'P-CHILD' });
    expect(at.ahead).toBe(true);
  });

  it('does not lose its way over a follow-up that is no longer called for', () => {
    const { answers, snapshot } = journal(15);
    const changed = answers.map((a) =>
      a.step === 'q2_word1' && a.probe === null
        ? { ...a, heard: heardOf({ ...BEHAVIOUR, own: 'expressed', child: 'expressed' }) }
        : a,
    );
    const at = replay(definition, changed);
    expect(pendingOf(at.snapshot)).toMatchObject({ step: pendingOf(snapshot)?.step ?? '' });
    expect(at.ahead).toBe(false);
  });
});

describe('a stored snapshot', () => {
  const definition = createDefinition();
  const good = toStored(begin(definition).snapshot);
  it.each<[string, unknown]>([
    ['null', null],
    ['nothing', undefined],
    ['another machine', { ...good, machine: 'other' }],
    ['another version', { ...good, version: 99 }],
    [
      'a state that is gone',
      { ...good, value: { script: { questions: { q9_gone: 'asked' } }, pace: 'running', erasure: 'none' } },
    ],
    ['a context without a key', { ...good, context: { ...good.context, notes: undefined } }],
    ['a context with a stranger', { ...good, context: { ...good.context, mood: 'fine' } }],
    ['text', 'opening'],
  ])('that is %s is not used', (_, stored) => {
    expect(fromStored(definition, stored)).toBeNull();
  });

  it('does not grow with what was told', () => {
    const { end } = interview(definition, say({ length: 20_000 }));
    expect(JSON.stringify(toStored(end)).length).toBeLessThan(4096);
  });
});

describe('a small script', () => {
  const reflection = createAside('reflection');
  const told = (text: string): Partial<Answer> => ({ kind: 'answered', text });

  /** Answers with what is given by step, skips the others; through storage at every step. */
  function play(given: Readonly<Record<string, Partial<Answer>>>): { steps: string[]; answers: Answer[] } {
    let { snapshot } = begin(reflection);
    const steps: string[] = [];
    const answers: Answer[] = [];
    for (let ask = pendingOf(snapshot); ask; ask = pendingOf(snapshot)) {
      steps.push(ask.step);
      const skipped: Answer = {
        ...{ step: ask.step, probe: null, seq: steps.length, kind: 'skipped', text: '', heard: null },
        ...{ reopened: false, lang: 'nl', wording: '', sources: [] },
      };
      const answer: Answer = { ...skipped, ...given[ask.step] };
      answers.push(answer);
      const restored = fromStored(reflection, JSON.parse(JSON.stringify(toStored(snapshot))));
      snapshot = take(reflection, restored!, eventOf(answer)).snapshot;
      expect(replay(reflection, answers).snapshot.value).toEqual(snapshot.value);
    }
    expect(phaseOf(snapshot)).toBe('kept');
    return { steps, answers };
  }
  const keep = { m5_keep: { kind: 'chosen', words: ['keepMine'] } } as const;

  it('asks its questions in a row and ends with the choice', () => {
    const all = play({ m1_seen: told('a'), m2_safe: told('b'), m3_irritated: told('c'), ...keep });
    expect(all.steps).toEqual(['m1_seen', 'm2_safe', 'm3_irritated', 'm4_colours', 'm5_keep']);
  });

  it('does not ask on about what was skipped', () => {
    expect(play({ m1_seen: told('a'), ...keep }).steps).toEqual([
      'm1_seen',
      'm2_safe',
      'm3_irritated',
      'm5_keep',
    ]);
  });

  it('is not mistaken for the interview: a snapshot of the other is no snapshot', () => {
    expect(fromStored(createDefinition(), toStored(begin(reflection).snapshot))).toBeNull();
    expect(fromStored(reflection, toStored(begin(createDefinition()).snapshot))).toBeNull();
  });
});

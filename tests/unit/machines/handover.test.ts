/** What follows on sharing, as a record: which step is allowed when, and the questions for the coach. */
import { describe, expect, test } from '@jest/globals';
import {
  actOf,
  cancel,
  decline,
  handOver,
  makePlan,
  nextDue,
  pick,
  propose,
  stageOf,
  stopCheckIns,
  withButtons,
  type Handover,
} from '../../../machines/handover.ts';
import {
  coachQuestions,
  type CellState,
  type GridRow,
  type Profile,
  type Quote,
} from '../../../machines/profile.ts';

const begun = handOver({
  ...{ interviewId: 'one', coach: { id: 'c', name: 'Noor' }, teacher: 'Anne', alias: 'Vos' },
  ...{ sharedAt: 1, languages: {} },
});
const offered = propose(begun, [300, 100, 200], 50);

describe('the talk', () => {
  test('is offered in order, picked once, and only when it is offered and still to come', () => {
    expect(offered.meeting?.offered).toEqual([100, 200, 300]);
    expect(nextDue(offered)).toBe(50);
    expect(pick(offered, 150, 60, [])).toBeNull();
    expect(pick(offered, 100, 100, [])).toBeNull();
    const picked = pick(offered, 200, 60, [{ at: 150, what: 'remindHour' }]) as Handover;
    expect([stageOf(picked), nextDue(picked)]).toEqual(['talkPlanned', 150]);
    expect(pick(picked, 300, 60, [])).toBeNull();
  });

  test('new moments, none that fits and calling off each end what was to happen', () => {
    const picked = pick(offered, 200, 60, [{ at: 150, what: 'remindHour' }]) as Handover;
    expect(nextDue(propose(picked, [400], 70))).toBe(70);
    expect([stageOf(decline(picked)), nextDue(decline(picked))]).toEqual(['declined', null]);
    expect(cancel(picked, [{ at: 70, what: 'cancelled' }]).timers).toEqual([{ at: 70, what: 'cancelled' }]);
  });
});

describe('the plan', () => {
  const asks = [{ at: 1000, what: 'checkIn', week: 1 } as const];
  test('has at most one intention in each direction, in one order; what is empty is none', () => {
    const made = makePlan(begun, 'coach', { respond: ' c ', learn: 'a', notice: '  ' }, 10, asks);
    expect(made.plan?.intentions).toEqual([
      { direction: 'learn', text: 'a' },
      { direction: 'respond', text: 'c' },
    ]);
    expect([made.plan?.at, nextDue(made)]).toEqual([10, 1000]);
  });

  test('changing it does not begin the weeks anew; emptying it and stopping end them', () => {
    const made = makePlan(begun, 'coach', { learn: 'a' }, 10, asks);
    const changed = makePlan(made, 'teacher', { learn: 'b' }, 20, [{ at: 2000, what: 'checkIn', week: 1 }]);
    expect([changed.plan?.at, changed.plan?.changedAt, nextDue(changed)]).toEqual([10, 20, 1000]);
    expect([
      makePlan(made, 'coach', {}, 30, asks).plan,
      nextDue(makePlan(made, 'coach', {}, 30, asks)),
    ]).toEqual([null, null]);
    expect(nextDue(stopCheckIns(made))).toBeNull();
  });
});

test('a button is one side’s, and the oldest are forgotten', () => {
  let one = withButtons(begun, { side: 'coach', token: 'x', acts: ['open', 'received'] });
  expect([actOf(one, 'coach', 'x-1'), actOf(one, 'teacher', 'x-1'), actOf(one, 'coach', 'x-2')]).toEqual([
    'received',
    null,
    null,
  ]);
  for (let n = 0; n < 20; n += 1) one = withButtons(one, { side: 'coach', token: `t${n}`, acts: ['open'] });
  expect([actOf(one, 'coach', 'x-0'), actOf(one, 'coach', 't19-0')]).toEqual([null, 'open']);
  expect(one.buttons.length).toBeLessThan(20);
});

describe('the questions for the coach', () => {
  const row = (step: GridRow['step'], marks: string): GridRow => {
    const [event, own, child, did] = [...marks].map((m): CellState =>
      m === '-' ? 'notDiscussed' : 'spontaneous',
    );
    return { step, cells: { event: event!, own: own!, child: child!, did: did! } };
  };
  const ask = (rows: readonly GridRow[], changes: Partial<Profile> = {}) =>
    coachQuestions({
      ...{ version: 1, alias: 'Vos', words: [], aspects: [], summary: [], littleTold: [], others: [] },
      grid: rows,
      ...changes,
    }).map(({ id, count }) => `${id} ${count}`);

  test('follow from what was not told: at least two, at most four', () => {
    expect(ask([row('q4_off', '++++')])).toEqual(['words 1', 'satisfying 1']);
    expect(ask([row('q4_off', '+--+'), row('q5_hard', '++-+')])).toEqual(['behaviourOnly 1', 'child 1']);
    expect(ask([row('q4_off', '----'), row('q5_hard', '+--+'), row('q6_upset', '+-+-')])).toEqual([
      'behaviourOnly 1',
      'child 1',
      'own 2',
      'event 1',
    ]);
  });

  test('also from what surprised, and what may have been talked away; each moment once', () => {
    const quote: Quote = {
      id: 'q#1',
      step: 'q4_off',
      probe: null,
      text: 'x',
      provenance: 'spontaneous',
      changed: false,
      aspects: [],
      talkingAway: true,
      surprised: true,
    };
    const aspects = (['pleasure', 'otherFeelings'] as const).map((id) => ({ id, quotes: [quote] }));
    expect(ask([row('q4_off', '++++')], { aspects })).toEqual(['surprised 1', 'talkingAway 1']);
  });
});

/**
 * What becomes of a profile after it was shared: one record per interview and coach. The talk, the plan, how it goes afterwards.
 * It holds what people wrote and decided, and the moments at which something has to happen; it judges nothing.
 */

export const DIRECTIONS = ['learn', 'notice', 'respond'] as const;
/** Learn more about the child, notice the positive, respond sensitively. */
export type Direction = (typeof DIRECTIONS)[number];

/** Weeks after the plan at which the teacher is asked how it goes. */
export const WEEKS = [1, 3, 6] as const;
export type Week = (typeof WEEKS)[number];

export type Side = 'coach' | 'teacher';

export interface Intention {
  readonly direction: Direction;
  readonly text: string;
}

export interface Plan {
  /** At most one in each direction, in the order of DIRECTIONS; never empty. */
  readonly intentions: readonly Intention[];
  /** Epoch ms of the first version; the questions afterwards count from here. */
  readonly at: number;
  /** Epoch ms of this version: whoever changes another one has not seen it. */
  readonly changedAt: number;
  readonly by: Side;
}

export interface CheckIn {
  readonly week: Week;
  /** Epoch ms. */
  readonly askedAt: number;
  /** Null: no answer (yet); `skipped` tells whether one is still waited for. */
  readonly text: string | null;
  readonly skipped: boolean;
  /** Whether the coach may see the answer; null: the teacher has not said. */
  readonly shared: boolean | null;
}

export interface Meeting {
  /** The moments the coach proposed last, epoch ms, in order. */
  readonly offered: readonly number[];
  /** The one the teacher picked; null: none (yet). */
  readonly picked: number | null;
  /** The teacher said that none fits. */
  readonly declined: boolean;
}

/** Something that has to happen at a moment; done in the teacher's conversation, in its turn. */
export type TimerKind =
  /** To tell the teacher: the coach has received it, proposes moments, cancelled, changed the plan. */
  | 'received'
  | 'offer'
  | 'cancelled'
  | 'plan'
  /** To remind both of the talk. */
  | 'remindDay'
  | 'remindHour'
  /** To offer both the card for the plan. */
  | 'afterTalk'
  /** To ask the teacher how it goes. */
  | 'checkIn';

export interface Timer {
  /** Epoch ms. */
  readonly at: number;
  readonly what: TimerKind;
  readonly week?: Week;
}

/** Buttons that one side was given: an opaque token, and what stands behind each, by position. */
export interface Buttons {
  readonly side: Side;
  readonly token: string;
  readonly acts: readonly string[];
}

export interface Scores {
  /** A name of the coach's own and a number from 1 to 7. */
  readonly rows: readonly { readonly name: string; readonly score: number }[];
  readonly note: string;
}

export interface Handover {
  readonly interviewId: string;
  readonly coach: { readonly id: string; readonly name: string };
  /** Name of the teacher; null when the channel gave none. */
  readonly teacher: string | null;
  readonly alias: string;
  /** Epoch ms. */
  readonly sharedAt: number;
  /** Where the profile is on its way; null: nothing is known yet. */
  readonly delivery: {
    readonly state: 'waiting' | 'delivered';
    readonly reason: string;
    readonly at: number;
  } | null;
  /** When the coach first opened the profile, and said to have received it. */
  readonly openedAt: number | null;
  readonly receivedAt: number | null;
  readonly meeting: Meeting | null;
  readonly plan: Plan | null;
  readonly checkIns: readonly CheckIn[];
  /** What a licensed coach entered by hand; the coach's alone, never the teacher's. Absent: nothing. */
  readonly scores?: Scores | undefined;
  /** Who wants to be reminded of the talk. */
  readonly reminds: Readonly<Record<Side, boolean>>;
  /** The language each side speaks, once known. */
  readonly languages: Readonly<Partial<Record<Side, string>>>;
  readonly buttons: readonly Buttons[];
  readonly timers: readonly Timer[];
}

/** The record as it begins: shared, and nothing else has happened. */
export function handOver(
  facts: Pick<Handover, 'interviewId' | 'coach' | 'teacher' | 'alias' | 'sharedAt' | 'languages'>,
): Handover {
  return {
    ...facts,
    delivery: null,
    openedAt: null,
    receivedAt: null,
    meeting: null,
    plan: null,
    checkIns: [],
    reminds: { coach: true, teacher: true },
    buttons: [],
    timers: [],
  };
}

export type Stage = 'waiting' | 'opened' | 'received' | 'proposed' | 'declined' | 'talkPlanned' | 'planMade';

/** How far it has come, for a list. */
export function stageOf({ openedAt, receivedAt, meeting, plan }: Handover): Stage {
  if (plan) return 'planMade';
  if (meeting?.picked != null) return 'talkPlanned';
  if (meeting?.declined) return 'declined';
  if (meeting) return 'proposed';
  if (receivedAt !== null) return 'received';
  return openedAt === null ? 'waiting' : 'opened';
}

/** When something is next to happen, epoch ms; null: nothing is. */
export function nextDue({ timers }: Pick<Handover, 'timers'>): number | null {
  return timers.length === 0 ? null : Math.min(...timers.map(({ at }) => at));
}

/** These timers instead of any of the same kinds. */
export function withTimers(
  handover: Handover,
  kinds: readonly TimerKind[],
  added: readonly Timer[],
): Handover {
  return {
    ...handover,
    timers: [...handover.timers.filter(({ what }) => !kinds.includes(what)), ...added].sort(
      (a, b) => a.at - b.at,
    ),
  };
}

/** What is due by now, and the record without it. */
export function takeDue(handover: Handover, now: number): { due: readonly Timer[]; rest: Handover } {
  return {
    due: handover.timers.filter(({ at }) => at <= now),
    rest: { ...handover, timers: handover.timers.filter(({ at }) => at > now) },
  };
}

const OF_THE_MEETING: readonly TimerKind[] = ['offer', 'remindDay', 'remindHour', 'afterTalk'];

/** New moments; whatever was picked before no longer stands. */
export function propose(handover: Handover, offered: readonly number[], tellAt: number): Handover {
  const meeting: Meeting = { offered: [...offered].sort((a, b) => a - b), picked: null, declined: false };
  return withTimers(
    { ...handover, meeting },
    [...OF_THE_MEETING, 'cancelled'],
    [{ at: tellAt, what: 'offer' }],
  );
}

/** The teacher picks; null when this moment is not (or no longer) offered, or has passed. */
export function pick(
  handover: Handover,
  moment: number,
  now: number,
  timers: readonly Timer[],
): Handover | null {
  const { meeting } = handover;
  if (!meeting || meeting.picked !== null || !meeting.offered.includes(moment) || moment <= now) return null;
  const picked: Meeting = { ...meeting, picked: moment, declined: false };
  return withTimers({ ...handover, meeting: picked }, OF_THE_MEETING, timers);
}

export function decline(handover: Handover): Handover {
  const { meeting } = handover;
  if (!meeting) return handover;
  return withTimers(
    { ...handover, meeting: { ...meeting, picked: null, declined: true } },
    OF_THE_MEETING,
    [],
  );
}

/** No talk any more; who is told does not need telling twice. */
export function cancel(handover: Handover, told: readonly Timer[]): Handover {
  return withTimers({ ...handover, meeting: null }, [...OF_THE_MEETING, 'cancelled'], told);
}

/** The plan as it is now; the first version starts the questions of the weeks after it. An empty plan is no plan. */
export function makePlan(
  handover: Handover,
  by: Side,
  texts: Readonly<Partial<Record<Direction, string>>>,
  now: number,
  checkIns: readonly Timer[],
): Handover {
  const intentions = DIRECTIONS.flatMap((direction) => {
    const text = texts[direction]?.trim() ?? '';
    return text === '' ? [] : [{ direction, text }];
  });
  if (intentions.length === 0) return withTimers({ ...handover, plan: null }, ['checkIn'], []);
  const first = handover.plan === null;
  const plan: Plan = { intentions, at: handover.plan?.at ?? now, changedAt: now, by };
  const changed = { ...handover, plan };
  return first ? withTimers(changed, ['afterTalk', 'checkIn'], checkIns) : changed;
}

export function stopCheckIns(handover: Handover): Handover {
  const checkIns = handover.checkIns.map((one) => (isOpen(one) ? { ...one, skipped: true } : one));
  return withTimers({ ...handover, checkIns }, ['checkIn'], []);
}

export function isOpen(one: CheckIn): boolean {
  return one.text === null && !one.skipped;
}

/** Changes what is known of one week. */
export function withCheckIn(
  handover: Handover,
  week: Week,
  change: Partial<Omit<CheckIn, 'week'>>,
): Handover {
  return {
    ...handover,
    checkIns: handover.checkIns.map((one) => (one.week === week ? { ...one, ...change } : one)),
  };
}

const BUTTONS_KEPT = 12;

/** Remembers buttons; the oldest of this side are forgotten. */
export function withButtons(handover: Handover, given: Buttons): Handover {
  const own = [...handover.buttons.filter(({ side }) => side === given.side), given].slice(-BUTTONS_KEPT);
  return { ...handover, buttons: [...handover.buttons.filter(({ side }) => side !== given.side), ...own] };
}

/** What a button of this side stands for; null when it is none of theirs. */
export function actOf({ buttons }: Handover, side: Side, button: string): string | null {
  const dash = button.lastIndexOf('-');
  const given = buttons.find((one) => one.side === side && one.token === button.slice(0, dash));
  return given?.acts[Number(button.slice(dash + 1))] ?? null;
}

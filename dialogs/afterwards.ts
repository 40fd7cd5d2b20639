/** The teacher's side of what comes after sharing: choosing a moment, the plan, how it goes, and how far the coach is. */
import type { Language, Under } from '../locales/index.ts';
import {
  actOf,
  DIRECTIONS,
  isOpen,
  stageOf,
  takeDue,
  type Handover,
  type Timer,
  type Week,
} from '../machines/handover.ts';
import { isErasureAsked, paceOf, pendingOf } from '../machines/course.ts';
import { dayOf, readTyped, tell, type Typed } from './beside.ts';
import { callOff, choose, putOffer, refuse, remind, remindNoMore } from './meeting.ts';
import { sayMoment } from './moments.ts';
import {
  answerCheckIn,
  askHowItGoes,
  putPlan,
  savePlan,
  shareCheckIn,
  skipCheckIn,
  stopAsking,
  tellPlan,
} from './plan.ts';
import type { Incoming } from './ports.ts';
import type { Talk } from './talk.ts';
import type { Teacher } from './teacher.ts';

/** What cannot be meant as an answer to a question of the interview. */
const ALWAYS = ['pick', 'noneFits', 'noReminders'] as const;
/** What may be typed when no question of an interview waits. */
const AT_REST = [
  ...ALWAYS,
  'cancelTalk',
  'propose',
  'plan',
  'stopCheckIns',
  'status',
  ...DIRECTIONS,
] as const;
const OF_THE_QUESTION = {
  answer: ['skipCheckIn'],
  word: ['mayRead', 'keepToMe'],
} as const;

/** An interview is being held: a question of it waits for an answer. */
export async function isInterviewing(talk: Talk): Promise<boolean> {
  if (!talk.interview) return false;
  const snapshot = await talk.snapshot();
  return isErasureAsked(snapshot) || (pendingOf(snapshot) !== null && paceOf(snapshot) !== 'stopped');
}

async function handoversOf(talk: Talk): Promise<readonly Handover[]> {
  return (await talk.handovers()).map(({ handover }) => handover);
}

/** A button on one of the cards after sharing; false when it is none of them. */
export async function pressAfterwards(
  teacher: Teacher,
  token: string,
  values: Readonly<Record<string, string>>,
): Promise<boolean> {
  const { talk } = teacher;
  const found = (await handoversOf(talk)).find((one) => actOf(one, 'teacher', token) !== null);
  if (!found) return false;
  talk.remember({ spent: token });
  const [id = '', detail = ''] = (actOf(found, 'teacher', token) ?? '').split(':');
  await act(teacher, found, id, detail, values);
  return true;
}

async function act(
  teacher: Teacher,
  handover: Handover,
  id: string,
  detail: string,
  values: Readonly<Record<string, string>>,
): Promise<void> {
  const { talk } = teacher;
  const week = Number(detail) as Week;
  switch (id) {
    case 'pick':
      return choose(talk, handover, Number(detail));
    case 'noneFits':
      refuse(talk, handover, (values['words'] ?? '').trim());
      return teacher.heed(values['words'] ?? '');
    case 'savePlan':
      savePlan(talk, handover, 'teacher', values, Number(detail));
      return teacher.heed(DIRECTIONS.map((direction) => values[direction] ?? '').join('\n'));
    case 'tellCheckIn':
      return answerCheckIn(teacher, handover, week, values['answer'] ?? '');
    case 'skipCheckIn':
      return skipCheckIn(talk, handover, week);
    case 'stopCheckIns':
      return stopAsking(talk, [handover]);
    case 'mayRead':
    case 'keepToMe':
      return shareCheckIn(talk, handover, week, id === 'mayRead');
    default:
      return talk.notice('stale');
  }
}

/* ---------------------------------------------------------------- typed */

/** Words for what comes after sharing; false when the text is none, or there is nothing it could be about. */
export async function readAfterwards(teacher: Teacher, text: string): Promise<boolean> {
  const { talk } = teacher;
  const { checkIn } = talk.memory;
  const ids = [...AT_REST, ...(checkIn ? OF_THE_QUESTION[checkIn.waitsFor] : [])];
  const typed = readTyped(text, talk.language, ids);
  if (!typed) return false;
  const interviewing = await isInterviewing(talk);
  if (interviewing && !ALWAYS.some((id) => id === typed.id)) return false;
  const handovers = await handoversOf(talk);
  if (handovers.length === 0) return false;
  return obeyTyped(teacher, typed, handovers, interviewing);
}

async function obeyTyped(
  teacher: Teacher,
  { id, n, text }: Typed,
  handovers: readonly Handover[],
  interviewing: boolean,
): Promise<boolean> {
  const { talk } = teacher;
  const newest = [...handovers].reverse();
  const { checkIn } = talk.memory;
  const asked = handovers.find((one) => one.interviewId === checkIn?.interviewId);
  const open = newest.find(({ meeting }) => meeting && meeting.picked === null && !meeting.declined);
  const met = newest.find(({ meeting }) => meeting !== null);
  switch (id) {
    case 'status':
      putStatus(talk, handovers);
      return true;
    case 'pick': {
      const about = open ?? (interviewing ? undefined : met);
      if (!about || n === null) return false;
      const moment = about.meeting?.offered[n - 1];
      if (moment === undefined) talk.notice('meeting:notOffered', { coach: about.coach.name });
      else choose(talk, about, moment);
      return true;
    }
    case 'noneFits':
    case 'propose':
      if (interviewing && !open) return false;
      if (open ?? met) refuse(talk, (open ?? met) as Handover, text ?? '');
      else talk.notice('meeting:nothingPlanned');
      if (text !== null) await teacher.heed(text);
      return true;
    case 'noReminders': {
      const planned = newest.find(({ meeting }) => meeting?.picked != null);
      if (!planned) return false;
      remindNoMore(talk, planned, 'teacher');
      return true;
    }
    case 'cancelTalk':
      if (met) callOff(talk, met, 'teacher');
      else talk.notice('meeting:nothingPlanned');
      return true;
    case 'stopCheckIns':
      stopAsking(talk, handovers);
      return true;
    case 'skipCheckIn':
      if (!asked || !checkIn) return false;
      skipCheckIn(talk, asked, checkIn.week);
      return true;
    case 'mayRead':
    case 'keepToMe':
      if (!asked || !checkIn) return false;
      shareCheckIn(talk, asked, checkIn.week, id === 'mayRead');
      return true;
    default:
      return changePlan(teacher, newest, id, text);
  }
}

async function changePlan(
  teacher: Teacher,
  newest: readonly Handover[],
  id: string,
  text: string | null,
): Promise<boolean> {
  const { talk } = teacher;
  const handover = newest.find((one) => one.plan !== null) ?? newest[0];
  if (!handover) return false;
  if (id === 'plan') talk.keep(putPlan(talk, handover, 'teacher'));
  else if (text === null || text === '') return false;
  else {
    const texts = Object.fromEntries(
      (handover.plan?.intentions ?? []).map((one) => [one.direction, one.text]),
    );
    savePlan(talk, handover, 'teacher', { ...texts, [id]: text }, handover.plan?.changedAt ?? 0);
    await teacher.heed(text);
  }
  return true;
}

/** Whether a text is one of the words for what comes after sharing. */
export function isAfterwards(talk: Talk, text: string): boolean {
  return readTyped(text, talk.language, [...AT_REST, ...OF_THE_QUESTION.answer]) !== null;
}

/** An answer in own words to the question how it goes; false when none waits. */
export async function answerAfterwards(teacher: Teacher, text: string): Promise<boolean> {
  const { talk } = teacher;
  const { checkIn } = talk.memory;
  if (checkIn?.waitsFor !== 'answer') return false;
  const found = (await handoversOf(talk)).find((one) => one.interviewId === checkIn.interviewId);
  const known = found?.checkIns.find((one) => one.week === checkIn.week);
  if (!found || !known || !isOpen(known)) return false;
  await answerCheckIn(teacher, found, checkIn.week, text);
  return true;
}

/* ---------------------------------------------------------------- what is due */

/** Does what was put off until now. */
export async function happenDue(talk: Talk, interviewId: string): Promise<void> {
  const busy = await isInterviewing(talk);
  for (const handover of await handoversOf(talk)) {
    if (handover.interviewId !== interviewId) continue;
    const { due, rest } = takeDue(handover, talk.world.now());
    talk.keep(rest);
    for (const timer of due) await happen(talk, interviewId, handover.coach.id, timer, busy);
  }
}

async function happen(
  talk: Talk,
  interviewId: string,
  coach: string,
  { what, week }: Timer,
  busy: boolean,
): Promise<void> {
  const handover = (await handoversOf(talk)).find(
    (one) => one.interviewId === interviewId && one.coach.id === coach,
  );
  if (!handover) return;
  switch (what) {
    case 'received':
      return tell(talk, handover, 'teacher', 'desk:toTeacher.received');
    case 'offer':
      return putOffer(talk, handover);
    case 'cancelled':
      return tell(talk, handover, 'teacher', 'meeting:toldCancelled');
    case 'plan':
      return tellPlan(talk, handover, 'teacher', handover.plan?.at === handover.plan?.changedAt);
    case 'remindDay':
    case 'remindHour':
      return remind(talk, handover, what);
    case 'afterTalk': {
      if (handover.plan) return;
      const withTeacher = putPlan(talk, handover, 'teacher');
      return talk.keep(putPlan(talk, withTeacher, 'coach'));
    }
    case 'checkIn':
      return week === undefined ? undefined : talk.keep(askHowItGoes(talk, handover, week, busy));
  }
}

/* ---------------------------------------------------------------- how far it is */

const BLOCKED = new Set([
  'no_app',
  'blocked_by_user',
  'disabled_by_admin',
  'not_in_roster',
  'forbidden',
  'not_found',
]);

function statusLines(language: Language, handover: Handover, now: number): string[] {
  const { alias, coach, sharedAt, delivery, openedAt, receivedAt, meeting, plan } = handover;
  const t = (key: Under<'desk:status'>, params: Record<string, string> = {}): string =>
    language.t(`desk:status.${key}`, params);
  const lines = [t('title', { alias, coach: coach.name, date: dayOf(language, sharedAt) })];
  if (!delivery) lines.push(t('unknown', { coach: coach.name }));
  else if (delivery.state === 'delivered') lines.push(t('delivered', { date: dayOf(language, delivery.at) }));
  else lines.push(t(BLOCKED.has(delivery.reason) ? 'waitingBlocked' : 'waitingShort', { coach: coach.name }));
  if (receivedAt !== null) lines.push(t('received', { coach: coach.name }));
  else if (openedAt !== null) lines.push(t('opened', { coach: coach.name }));
  const stage = stageOf({ ...handover, plan: null });
  if (stage === 'talkPlanned' && meeting?.picked != null)
    lines.push(
      t(meeting.picked > now ? 'talkPlanned' : 'talked', { when: sayMoment(language, meeting.picked) }),
    );
  if (stage === 'proposed' || stage === 'declined') lines.push(t(stage, { coach: coach.name }));
  if (plan) lines.push(t('planMade'));
  return lines;
}

/** News of the profile's way to the coach. */
export async function noteDelivery(
  talk: Talk,
  { interviewId, state, reason }: Extract<Incoming, { kind: 'delivery' }>,
): Promise<void> {
  for (const handover of await handoversOf(talk)) {
    // Arrived is arrived, whatever becomes of a later message.
    if (handover.interviewId !== interviewId || handover.delivery?.state === 'delivered') continue;
    talk.keep({ ...handover, delivery: { state, reason, at: talk.world.now() } });
  }
}

/** Where everything is that this teacher shared. */
export function putStatus(talk: Talk, handovers: readonly Handover[]): void {
  const { language } = talk;
  const text = handovers.map((one) => statusLines(language, one, talk.world.now()).join('\n')).join('\n\n');
  talk.say({ label: { step: talk.step, kind: 'notice' }, text });
}

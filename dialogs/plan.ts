/** After the talk: the plan that coach and teacher write, and how it goes in the weeks after it. */
import type { Language } from '../locales/index.ts';
import {
  DIRECTIONS,
  isOpen,
  makePlan,
  stopCheckIns,
  WEEKS,
  withCheckIn,
  withTimers,
  type Direction,
  type Handover,
  type Side,
  type Timer,
  type Week,
} from '../machines/handover.ts';
import { putOffer } from './asking.ts';
import { dayOf, speak, tell, tellAt, way, whoOf } from './beside.ts';
import { heading, paragraph, textInput } from './cards.ts';
import { daysFrom, sayMoment } from './moments.ts';
import { afterQuietHours } from './quiet-hours.ts';
import type { Talk } from './talk.ts';
import type { Teacher } from './teacher.ts';

/** As long as a field takes. */
const LONGEST_TEXT = 2_000;
const LONGEST_INTENTION = 500;
/** How often a question makes way for an interview, a day each time, before it is dropped. */
const LATEST_DAYS = 14;

export type PlanTexts = Readonly<Partial<Record<Direction, string>>>;

/* ---------------------------------------------------------------- the plan */

/** The intentions as lines. */
export function planLines(language: Language, { plan, alias }: Handover): string[] {
  return (plan?.intentions ?? []).map(({ direction, text }) =>
    language.t('plan:item', { direction: language.t(`plan:directions.${direction}`, { alias }), text }),
  );
}

/** The card to write or change the plan on. `instead`: what somebody had filled in. */
export function putPlan(
  talk: Talk,
  handover: Handover,
  to: Side,
  { before = [], instead }: { readonly before?: readonly string[]; readonly instead?: PlanTexts } = {},
): Handover {
  return speak(talk, handover, to, (language) => {
    const { alias, plan } = handover;
    const texts: PlanTexts =
      instead ?? Object.fromEntries((plan?.intentions ?? []).map(({ direction, text }) => [direction, text]));
    const title = language.t(plan ? 'plan:title' : 'plan:askTitle', { alias });
    const now = planLines(language, handover);
    const how = language.t('plan:ask');
    const typed = language.t('plan:askTyped');
    const lines = [...before, title, ...(now.length > 0 ? [now.join('\n')] : [how]), typed];
    return {
      lines,
      bare: true,
      elements: [
        ...before.flatMap((line) => paragraph(line)),
        heading(title),
        ...(now.length > 0 ? now : [how]).flatMap((line) => paragraph(line)),
        ...DIRECTIONS.map((id) =>
          textInput(id, language.t(`plan:directions.${id}`, { alias }), true, texts[id] ?? ''),
        ),
        ...paragraph(typed, { size: 'small', subtle: true }),
      ],
      ways: [way(language, 'savePlan', `savePlan:${plan?.changedAt ?? 0}`)],
    };
  });
}

/** Keeps a plan; `seen`: when the version that its writer saw was made (0: there was none). */
export function savePlan(talk: Talk, handover: Handover, by: Side, texts: PlanTexts, seen: number): void {
  const { language } = talk;
  const other: Side = by === 'coach' ? 'teacher' : 'coach';
  const earlier = handover.plan;
  if (seen !== (earlier?.changedAt ?? 0)) {
    const who = by === 'coach' ? whoOf(handover, language) : handover.coach.name;
    const before = [language.t('plan:overtaken', { who })];
    return talk.keep(putPlan(talk, handover, by, { before, instead: texts }));
  }
  const cut = Object.fromEntries(DIRECTIONS.map((id) => [id, (texts[id] ?? '').slice(0, LONGEST_INTENTION)]));
  const made = makePlan(handover, by, cut, talk.world.now(), weeksAfter(talk));
  if (!made.plan && !earlier) return talk.keep(putPlan(talk, handover, by));
  const key = !made.plan ? 'plan:cleared' : by === 'teacher' && !earlier ? 'plan:savedTeacher' : 'plan:saved';
  speak(talk, made, by, (own) => ({
    lines: [
      own.t(key, {
        coach: made.coach.name,
        who: by === 'coach' ? whoOf(made, own) : made.coach.name,
      }),
      ...(made.plan ? [planLines(own, made).join('\n')] : []),
    ],
  }));
  if (other === 'teacher') return talk.keep(withTimers(made, ['plan'], [{ at: tellAt(talk), what: 'plan' }]));
  talk.keep(made);
  tellPlan(talk, made, 'coach', earlier === null);
}

/** The other one wrote, changed or emptied the plan. `asks`: the first time a teacher hears of it, what will be asked. */
export function tellPlan(talk: Talk, handover: Handover, to: Side, first: boolean): void {
  const key = handover.plan === null ? 'toldCleared' : first ? 'toldMade' : 'toldChanged';
  speak(talk, handover, to, (language) => ({
    lines: [
      language.t(`plan:${key}`, {
        alias: handover.alias,
        who: to === 'coach' ? whoOf(handover, language) : handover.coach.name,
      }),
      ...(handover.plan ? [planLines(language, handover).join('\n')] : []),
      ...(to === 'teacher' && first && handover.plan
        ? [language.t('plan:toldAsks', { coach: handover.coach.name })]
        : []),
    ],
  }));
}

function weeksAfter(talk: Talk): Timer[] {
  return WEEKS.map((week) => ({
    at: afterQuietHours(daysFrom(talk.world.now(), 7 * week), talk.school.quietHours),
    what: 'checkIn',
    week,
  }));
}

/* ---------------------------------------------------------------- how it goes */

/** Asks how it goes, unless an interview is under way: then a day later. */
export function askHowItGoes(talk: Talk, handover: Handover, week: Week, busy: boolean): Handover {
  const { plan } = handover;
  if (!plan) return handover;
  const now = talk.world.now();
  const before = WEEKS[WEEKS.indexOf(week) - 1];
  const earlier = handover.checkIns.find((one) => one.week === before);
  if (busy) {
    const tooLate = now > daysFrom(plan.at, 7 * week + LATEST_DAYS);
    const later = afterQuietHours(daysFrom(now, 1), talk.school.quietHours);
    return tooLate
      ? handover
      : { ...handover, timers: [...handover.timers, { at: later, what: 'checkIn', week }] };
  }
  // One question at a time: an earlier one that was left open is not asked again.
  const settled =
    earlier && isOpen(earlier) ? withCheckIn(handover, earlier.week, { skipped: true }) : handover;
  const asked: Handover = {
    ...settled,
    checkIns: [
      ...settled.checkIns.filter((one) => one.week !== week),
      { week, askedAt: now, text: null, skipped: false, shared: null },
    ],
  };
  talk.remember({ checkIn: { interviewId: asked.interviewId, week, waitsFor: 'answer' } });
  return speak(talk, asked, 'teacher', (language) => {
    const question = language.t(`plan:checkIn.w${week}`, { alias: asked.alias });
    const intentions = planLines(language, asked);
    const how = language.t('plan:checkIn.how');
    return {
      lines: [question, intentions.join('\n'), how],
      bare: true,
      elements: [
        ...paragraph(question),
        ...intentions.flatMap((line) => paragraph(line, { spacing: 'small', italic: true })),
        ...paragraph(how, { size: 'small', subtle: true }),
        textInput('answer', language.t('plan:checkIn.label'), true),
      ],
      ways: (['tellCheckIn', 'skipCheckIn', 'stopCheckIns'] as const).map((id) =>
        way(language, id, `${id}:${week}`),
      ),
    };
  });
}

/** The teacher answers; then decides whether the coach reads it. */
export async function answerCheckIn(
  teacher: Teacher,
  handover: Handover,
  week: Week,
  text: string,
): Promise<void> {
  const { talk } = teacher;
  const known = handover.checkIns.find((one) => one.week === week);
  if (!known || known.skipped || known.shared !== null) return talk.notice('stale');
  if (text.trim() === '') return talk.notice('plan:checkIn.empty');
  const kept = withCheckIn(handover, week, { text: text.trim().slice(0, LONGEST_TEXT) });
  talk.remember({ checkIn: { interviewId: kept.interviewId, week, waitsFor: 'word' } });
  const asked = speak(talk, kept, 'teacher', (language) => ({
    lines: [language.t('plan:checkIn.kept', { coach: kept.coach.name })],
    ways: (['mayRead', 'keepToMe'] as const).map((id) => way(language, id, `${id}:${week}`)),
  }));
  talk.keep(asked);
  // Somebody may be in need here too.
  await teacher.heed(text);
}

export function shareCheckIn(talk: Talk, handover: Handover, week: Week, shared: boolean): void {
  const known = handover.checkIns.find((one) => one.week === week);
  if (!known || known.text === null || known.shared !== null) return talk.notice('stale');
  const { text } = known;
  const kept = withCheckIn(handover, week, { shared });
  talk.keep(kept);
  talk.remember({ checkIn: undefined });
  tell(talk, kept, 'teacher', `plan:checkIn.${shared ? 'shared' : 'private'}`);
  if (shared) tell(talk, kept, 'coach', `plan:checkIn.toCoachW${week}`, () => ({ text }));
  offerLookBack(talk, kept, week);
}

export function skipCheckIn(talk: Talk, handover: Handover, week: Week): void {
  const known = handover.checkIns.find((one) => one.week === week);
  if (!known || !isOpen(known)) return talk.notice('stale');
  talk.keep(withCheckIn(handover, week, { skipped: true }));
  talk.remember({ checkIn: undefined });
  talk.notice('plan:checkIn.skipped');
  offerLookBack(talk, handover, week);
}

/** The last question was about six weeks later: a good moment to look back. Only at the interview at hand can be looked back. */
function offerLookBack(talk: Talk, { interviewId }: Handover, week: Week): void {
  if (week === WEEKS.at(-1) && talk.interview?.id === interviewId)
    putOffer(talk, 'lookback:offer', ['lookBack']);
}

export function stopAsking(talk: Talk, handovers: readonly Handover[]): void {
  for (const handover of handovers) talk.keep(stopCheckIns(handover));
  talk.remember({ checkIn: undefined });
  talk.notice('plan:checkIn.stopped');
}

/* ---------------------------------------------------------------- for whoever asks what is kept */

/** What came after sharing, in lines to read; for the teacher. */
export function readableOf(language: Language, handover: Handover): string[] {
  const { alias, coach, sharedAt, meeting, checkIns } = handover;
  const lines = [
    language.t('plan:export.title', { alias }),
    language.t('plan:export.coach', { coach: coach.name, date: dayOf(language, sharedAt) }),
  ];
  if (meeting && meeting.picked === null) {
    const list = meeting.offered.map((at) => sayMoment(language, at)).join('; ');
    lines.push(language.t('plan:export.offered', { list }));
  }
  if (meeting?.picked != null)
    lines.push(language.t('plan:export.talk', { when: sayMoment(language, meeting.picked) }));
  for (const text of planLines(language, handover)) lines.push(language.t('plan:export.plan', { text }));
  for (const { week, text } of checkIns)
    if (text !== null) lines.push(language.t('plan:export.answer', { week, text }));
  return [...lines, ''];
}

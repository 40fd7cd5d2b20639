/** Agreeing on a talk: the coach proposes moments, the teacher picks one, both are reminded; either can call it off. */
import type { Language } from '../locales/index.ts';
import {
  cancel,
  decline,
  pick,
  propose,
  type Handover,
  type Side,
  type Timer,
} from '../machines/handover.ts';
import { speak, tell, tellAt, way, whoOf, type Way } from './beside.ts';
import { momentInput, paragraph, textInput, type Element } from './cards.ts';
import { daysFrom, HOUR_MS, sayMoment, wallOf, type ReadMoments } from './moments.ts';
import { afterQuietHours, beforeQuietHours } from './quiet-hours.ts';
import type { Talk } from './talk.ts';

const ROWS = [1, 2, 3] as const;
/** A reminder right before the talk helps nobody. */
const SHORTEST_NOTICE_MS = 600_000;

/** A moment as one would type it: next Thursday, half past three. */
function example(talk: Talk, language: Language): string {
  const { year, month, day } = wallOf(daysFrom(talk.world.now(), 3));
  const date = new Intl.DateTimeFormat(language.tag, {
    timeZone: 'UTC',
    weekday: 'short',
    day: 'numeric',
    month: 'short',
  });
  return `${date
    .format(Date.UTC(year, month - 1, day))
    .replaceAll('.', '')
    .replaceAll(',', '')} 15:30`;
}

const timeOf = (at: number): string => {
  const { hour, minute } = wallOf(at);
  return `${hour}:${String(minute).padStart(2, '0')}`;
};

/* ---------------------------------------------------------------- the coach proposes */

/** The card on which the coach fills in moments. */
export function askForMoments(talk: Talk, handover: Handover, before: readonly string[] = []): void {
  const kept = speak(talk, handover, 'coach', (language) => {
    const { alias, meeting } = handover;
    const picked = meeting?.picked ?? null;
    const who = whoOf(handover, language);
    const lines = [
      ...before,
      language.t('meeting:askTitle', { alias }),
      ...(picked === null ? [] : [language.t('meeting:standing', { when: sayMoment(language, picked) })]),
      language.t('meeting:ask', { who, example: example(talk, language) }),
    ];
    const fields = ROWS.map((n) =>
      momentInput(n, language.t('meeting:day', { n }), language.t('meeting:time', { n })),
    );
    const stands = picked !== null || (meeting !== null && !meeting.declined);
    return {
      lines,
      elements: fields,
      ways: [way(language, 'sendMoments'), ...(stands ? [way(language, 'cancelTalk')] : [])],
    };
  });
  talk.keep(kept);
}

/** What the coach filled in or typed: put to the teacher, or asked about once more. */
export function takeMoments(talk: Talk, handover: Handover, read: ReadMoments): void {
  const { language } = talk;
  if ('problem' in read) {
    const why = language.t(`meeting:${read.problem}`, { example: example(talk, language) });
    return askForMoments(talk, handover, [why]);
  }
  const list = read.moments.map((at) => sayMoment(language, at)).join('; ');
  tell(talk, handover, 'coach', 'meeting:proposed', () => ({ list }));
  talk.keep(propose(handover, read.moments, tellAt(talk)));
}

/* ---------------------------------------------------------------- the teacher chooses */

/** Puts the open moments to the teacher. */
export function putOffer(talk: Talk, handover: Handover): void {
  const { meeting } = handover;
  if (!meeting || meeting.picked !== null || meeting.declined) return talk.keep(handover);
  const kept = speak(talk, handover, 'teacher', (language) => {
    const { alias, coach } = handover;
    const options = meeting.offered.map((at, i) =>
      language.t('meeting:option', { n: i + 1, when: sayMoment(language, at) }),
    );
    const intro = language.t('meeting:offer', { coach: coach.name, alias });
    const how = language.t('meeting:offerHow');
    const body: Element[] = [
      ...paragraph(intro),
      ...options.flatMap((option) => paragraph(option, { weight: 'bolder', spacing: 'small' })),
      ...paragraph(how, { size: 'small', subtle: true }),
      textInput('words', language.t('meeting:wordsLabel', { coach: coach.name }), true),
    ];
    const word = language.after()['pick']?.say[1] ?? '';
    const picks = meeting.offered.map((at, i): Way => ({
      act: `pick:${at}`,
      title: sayMoment(language, at),
      say: `${word} ${i + 1}`,
    }));
    return {
      lines: [intro, options.join('\n'), how],
      elements: body,
      bare: true,
      ways: [...picks, way(language, 'noneFits')],
    };
  });
  talk.keep(kept);
}

/** The teacher chooses this moment. */
export function choose(talk: Talk, handover: Handover, at: number): void {
  const { language } = talk;
  const coach = handover.coach.name;
  const now = talk.world.now();
  const offered = handover.meeting?.picked === null && handover.meeting.offered.includes(at);
  // Pressed once more: it stands already.
  if (handover.meeting?.picked === at)
    return talk.notice('meeting:picked', { coach, when: sayMoment(language, at) });
  if (offered && at <= now) return talk.notice('meeting:passed', { coach });
  const picked = pick(handover, at, now, timersFor(talk, at));
  if (!picked) return talk.notice('meeting:notOffered', { coach });
  talk.keep(picked);
  tell(talk, picked, 'teacher', 'meeting:picked', (own) => ({ when: sayMoment(own, at) }));
  tell(talk, picked, 'coach', 'meeting:pickedToCoach', (own) => ({ when: sayMoment(own, at) }));
}

/** What is to happen around a talk; what is over already is left out. */
function timersFor(talk: Talk, at: number): Timer[] {
  const { quietHours } = talk.school;
  const now = talk.world.now();
  const hourBefore = afterQuietHours(at - HOUR_MS, quietHours);
  const timers: Timer[] = [
    { at: beforeQuietHours(daysFrom(at, -1), quietHours), what: 'remindDay' },
    {
      at: hourBefore <= at - SHORTEST_NOTICE_MS ? hourBefore : beforeQuietHours(at - HOUR_MS, quietHours),
      what: 'remindHour',
    },
    { at: afterQuietHours(at + HOUR_MS, quietHours), what: 'afterTalk' },
  ];
  return timers.filter((timer) => timer.at > now);
}

/** None fits; `words` of the teacher go with it. */
export function refuse(talk: Talk, handover: Handover, words: string): void {
  const { meeting } = handover;
  if (!meeting) return talk.notice('meeting:nothingPlanned');
  const kept = decline(handover);
  talk.keep(kept);
  tell(talk, kept, 'teacher', 'meeting:declined');
  const withWays = speak(talk, kept, 'coach', (language) => {
    const { alias } = kept;
    const who = whoOf(kept, language);
    return {
      lines: [
        language.t('meeting:declinedToCoach', { who, alias }),
        ...(words === '' ? [] : [language.t('meeting:declinedWords', { who, words })]),
      ],
      ways: [way(language, 'propose')],
    };
  });
  talk.keep(withWays);
}

/* ---------------------------------------------------------------- calling off, reminding */

/** One side calls it off; the other is told. */
export function callOff(talk: Talk, handover: Handover, by: Side): void {
  const { meeting } = handover;
  if (!meeting) return talk.notice('meeting:nothingPlanned');
  const { picked } = meeting;
  if (picked === null) tell(talk, handover, by, 'meeting:cancelledOffer');
  else tell(talk, handover, by, 'meeting:cancelled', (own) => ({ when: sayMoment(own, picked) }));
  // What the teacher has not been shown needs no taking back.
  const unseen = handover.timers.some(({ what }) => what === 'offer');
  const told: Timer[] = by === 'coach' && !unseen ? [{ at: tellAt(talk), what: 'cancelled' }] : [];
  const kept = cancel(handover, told);
  if (by === 'teacher')
    tell(talk, kept, 'coach', picked === null ? 'meeting:toldOfferGone' : 'meeting:toldCancelled');
  talk.keep(kept);
}

/** Everything is erased: whoever counts on a talk is told that there is none, and nothing more. */
export async function callOffAll(talk: Talk): Promise<void> {
  for (const { handover } of await talk.handovers()) {
    if ((handover.meeting?.picked ?? 0) <= talk.world.now()) continue;
    const language = talk.inLanguage(handover.languages.coach ?? handover.languages.teacher);
    const text = language.t('meeting:toldCancelled', {
      alias: handover.alias,
      who: whoOf(handover, language),
    });
    const label = { step: 'coach', kind: 'notice' } as const;
    talk.say({ to: { coach: handover.coach.id }, label, lang: language.tag, text, notBefore: tellAt(talk) });
  }
}

/** To both, unless they would rather not. */
export function remind(talk: Talk, handover: Handover, what: 'remindDay' | 'remindHour'): void {
  const at = handover.meeting?.picked ?? null;
  if (at === null || at <= talk.world.now()) return;
  for (const side of ['teacher', 'coach'] as const) {
    if (!handover.reminds[side]) continue;
    tell(talk, handover, side, `meeting:${what}`, (language) =>
      what === 'remindDay' ? { when: sayMoment(language, at) } : { time: timeOf(at) },
    );
  }
}

export function remindNoMore(talk: Talk, handover: Handover, side: Side): void {
  talk.keep({ ...handover, reminds: { ...handover.reminds, [side]: false } });
  tell(talk, handover, side, 'meeting:noReminders');
}

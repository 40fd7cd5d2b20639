/** The coach's desk: who is waiting, and what a coach does with what was shared. */
import { actOf, DIRECTIONS, stageOf, withTimers, type Handover } from '../machines/handover.ts';
import type { Language } from '../locales/index.ts';
import { dayOf, readTyped, speak, tellAt, whoOf } from './beside.ts';
import { card, heading, paragraph } from './cards.ts';
import { coachCard } from './coach-card.ts';
import { askForMoments, callOff, remindNoMore, takeMoments } from './meeting.ts';
import { readFields, readMoments, sayMoment } from './moments.ts';
import { putPlan, savePlan } from './plan.ts';
import type { HandedOver, Incoming } from './ports.ts';
import { profileCards } from './profile-dialog.ts';
import type { Shared } from './review.ts';
import { putScores, saveScores } from './scores.ts';
import type { Talk } from './talk.ts';

const COACH_WORDS = [
  'desk',
  'open',
  'received',
  'propose',
  'cancelTalk',
  'plan',
  'scores',
  'noReminders',
  ...DIRECTIONS,
] as const;
const MOST_BUTTONS = 6;
/** Teams may send a press again; who presses again later means it. */
const SAME_PRESS_MS = 5_000;
/** So long a coach still speaks of the one spoken of last. */
const RECENT_MS = 3_600_000;

/** A button of a coach; false when it is none that is known. */
export async function pressAtDesk(
  talk: Talk,
  { token, values }: Extract<Incoming, { kind: 'button' }>,
): Promise<boolean> {
  const now = talk.world.now();
  if (talk.memory.spent === token && now - (talk.memory.spentAt ?? 0) < SAME_PRESS_MS) return true;
  const handed = await talk.handovers();
  const chosen = fromList(talk, handed, token);
  const found = handed.find(({ handover }) => actOf(handover, 'coach', token) !== null);
  if (!chosen && !found) return false;
  talk.remember({ spent: token, spentAt: now });
  if (chosen) putCard(talk, chosen);
  else if (found) await act(talk, found, actOf(found.handover, 'coach', token) ?? '', values);
  return true;
}

function fromList(talk: Talk, handed: readonly HandedOver[], token: string): HandedOver | undefined {
  const { list } = talk.memory;
  const dash = token.lastIndexOf('-');
  if (!list || token.slice(0, dash) !== list.token) return undefined;
  const id = list.interviews[Number(token.slice(dash + 1))];
  return handed.find(({ handover }) => handover.interviewId === id);
}

/** Something typed by a coach; false when it is nothing for the desk. */
export async function readAtDesk(talk: Talk, text: string): Promise<boolean> {
  const { language } = talk;
  const typed = readTyped(text, language, COACH_WORDS);
  if (typed?.id === 'desk') {
    await putDesk(talk);
    return true;
  }
  // Right after the card for moments, whatever is typed is meant as one.
  const asked = isRecent(talk) && talk.memory.about?.proposing === true;
  const moments = typed
    ? null
    : (readMoments(text, language, talk.world.now()) ?? (asked ? ({ problem: 'unclear' } as const) : null));
  if (!typed && !moments) return false;
  const handed = await talk.handovers();
  const found = target(talk, handed, typed?.n ?? null);
  if (!found) {
    if (handed.length === 0) talk.notice('desk:nobody');
    else await putDesk(talk, [language.t('desk:which')]);
    return true;
  }
  if (moments) {
    about(talk, found.handover, 'problem' in moments);
    takeMoments(talk, found.handover, moments);
  } else if (typed) await act(talk, found, typed.id, typed.text === null ? {} : { [typed.id]: typed.text });
  return true;
}

function target(talk: Talk, handed: readonly HandedOver[], n: number | null): HandedOver | undefined {
  if (n !== null) return handed[n - 1];
  if (handed.length === 1) return handed[0];
  if (!isRecent(talk)) return undefined;
  return handed.find(({ handover }) => handover.interviewId === talk.memory.about?.interviewId);
}

const isRecent = ({ memory, world }: Talk): boolean =>
  memory.about !== undefined && world.now() - memory.about.at <= RECENT_MS;

function about(talk: Talk, { interviewId }: Handover, proposing = false): void {
  talk.remember({ about: { interviewId, at: talk.world.now(), proposing } });
}

async function act(
  talk: Talk,
  handed: HandedOver,
  given: string,
  values: Readonly<Record<string, string>>,
): Promise<void> {
  const [id = '', detail = ''] = given.split(':');
  const { language } = talk;
  const handover: Handover = {
    ...handed.handover,
    languages: { ...handed.handover.languages, coach: language.code },
  };
  const who = whoOf(handover, language);
  about(talk, handover, id === 'propose');
  switch (id) {
    case 'open':
      return open(talk, handover, handed.shared() as Shared);
    case 'received':
      if (handover.receivedAt !== null) return talk.notice('desk:receivedBefore', { who });
      talk.keep(
        withTimers(
          { ...handover, receivedAt: talk.world.now() },
          [],
          [{ at: tellAt(talk), what: 'received' }],
        ),
      );
      return talk.notice('desk:receivedDone', { who });
    case 'propose':
      return askForMoments(talk, handover);
    case 'sendMoments': {
      const read = readFields(values, talk.world.now());
      about(talk, handover, 'problem' in read);
      return takeMoments(talk, handover, read);
    }
    case 'cancelTalk':
      return callOff(talk, handover, 'coach');
    case 'noReminders':
      return remindNoMore(talk, handover, 'coach');
    case 'plan':
      return talk.keep(putPlan(talk, handover, 'coach'));
    case 'scores':
      return talk.keep(putScores(talk, handover));
    case 'saveScores':
      return saveScores(talk, handover, values);
    case 'savePlan':
      return savePlan(talk, handover, 'coach', values, Number(detail));
    default:
      return changeOne(talk, handover, id, values[id] ?? '');
  }
}

/** "leren: …": one direction of the plan; without words the card. */
function changeOne(talk: Talk, handover: Handover, id: string, text: string): void {
  if (text === '') return talk.keep(putPlan(talk, handover, 'coach'));
  const texts = Object.fromEntries((handover.plan?.intentions ?? []).map((one) => [one.direction, one.text]));
  savePlan(talk, handover, 'coach', { ...texts, [id]: text }, handover.plan?.changedAt ?? 0);
}

/** The whole profile, in the chat. */
function open(talk: Talk, handover: Handover, shared: Shared): void {
  for (const part of profileCards(talk, { handover, shared }))
    talk.say({ label: { step: 'coach', kind: 'profile' }, about: handover.interviewId, ...part });
  talk.keep({ ...handover, openedAt: handover.openedAt ?? talk.world.now() });
}

function putCard(talk: Talk, { handover, shared }: HandedOver): void {
  about(talk, handover);
  talk.keep(
    speak(talk, handover, 'coach', (language) =>
      coachCard(language, handover, (shared() as Shared).profile, talk.school),
    ),
  );
}

function stageText(language: Language, handover: Handover): string {
  const when = handover.meeting?.picked ?? null;
  const stage = stageOf(handover);
  return language.t(
    `desk:stage.${stage}`,
    stage === 'talkPlanned' && when !== null ? { when: sayMoment(language, when) } : {},
  );
}

/** Everybody who shared with this coach, and how far it is. */
export async function putDesk(talk: Talk, before: readonly string[] = []): Promise<void> {
  const { language } = talk;
  const handed = await talk.handovers();
  if (handed.length === 0) return talk.notice('desk:nobody');
  const title = language.t('desk:waitingTitle');
  const lines = handed.map(({ handover }, i) =>
    language.t('desk:line', {
      n: i + 1,
      alias: handover.alias,
      who: whoOf(handover, language),
      date: dayOf(language, handover.sharedAt),
      stage: stageText(language, handover),
    }),
  );
  const how = language.t('desk:howTo');
  // Those who wait longest for a first step come first among the buttons.
  const offered = handed
    .map(({ handover }, i) => ({ handover, n: i + 1 }))
    .sort((a, b) => Number(a.handover.plan !== null) - Number(b.handover.plan !== null))
    .slice(0, MOST_BUTTONS);
  const token = talk.world.newId();
  talk.remember({ list: { token, interviews: offered.map(({ handover }) => handover.interviewId) } });
  const buttons = offered.map(({ handover, n }, i) => ({
    id: `${token}-${i}`,
    title: language.t('desk:entry', { n, alias: handover.alias }),
  }));
  const text = [...before, title, lines.join('\n'), how].join('\n\n');
  const body = [
    ...before.flatMap((line) => paragraph(line)),
    heading(title),
    ...lines.flatMap((line) => paragraph(line, { spacing: 'small' })),
    ...paragraph(how, { size: 'small', subtle: true }),
  ];
  talk.say({ label: { step: 'coach', kind: 'notice' }, text, card: card(body, buttons, language.tag, text) });
}

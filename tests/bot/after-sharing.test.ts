/** What comes after sharing, over HTTP, between two chats and through six weeks of a played clock. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import {
  openFakeTeams,
  person,
  type FakeTeams,
  type Person,
  type WireActivity,
} from '../support/fake-teams.ts';
import { cardProblems, textProblems } from '../support/card-check.ts';
import { talkUntil } from '../support/interview.ts';
import { COACH, openBot, type RunningBot } from '../support/running-bot.ts';

const DAY = 86_400_000;
const COACHS_CHAT = 'a:coach';
/** Monday, eleven o'clock in Amsterdam. */
const MONDAY = Date.UTC(2026, 10, 23, 10);

let teams: FakeTeams;
let bot: RunningBot;
let coach: Person;
let teacher: Person;
const clock = { now: MONDAY };

const somebody = (aadObjectId: string = randomUUID(), conversationId?: string): Person =>
  person({
    ...{ bot: bot.address, serviceUrl: teams.serviceUrl, aadObjectId },
    ...(conversationId === undefined ? {} : { conversationId }),
  });

interface Action {
  readonly title: string;
  readonly data: { readonly klankbord: string };
}
const wordsOf = ({ text, summary }: WireActivity): string => text ?? summary ?? '';
const cardOf = (activity: WireActivity) => activity.attachments?.[0]?.content ?? {};
const tokenOf = (activity: WireActivity, title: RegExp): string => {
  const action = ((cardOf(activity)['actions'] ?? []) as Action[]).find((one) => title.test(one.title));
  if (!action) throw new Error(`no button ${String(title)} on: ${wordsOf(activity)}`);
  return action.data.klankbord;
};
/** The next message in a chat that says this. */
const hears = (chat: string, what: RegExp): Promise<WireActivity> =>
  teams.next((activity, call) => call.conversationId === chat && what.test(wordsOf(activity)));
const toCoach = (what: RegExp) => hears(COACHS_CHAT, what);
const toTeacher = (what: RegExp) => hears(teacher.conversationId, what);
/** Somebody does something, and what follows on it in the other chat happens too. */
const then = async (act: Promise<unknown>) => {
  await act;
  await later(10_000);
};
const later = async (ms: number) => {
  // What is being written down just now would look forgotten to a clock that jumps.
  await pause(100);
  clock.now += ms;
  await bot.drain();
};

beforeAll(async () => {
  teams = await openFakeTeams();
  teams.reachable.set(COACH, COACHS_CHAT);
});
afterAll(() => teams.close());

describe('after sharing', () => {
  let card: WireActivity;
  beforeEach(async () => {
    clock.now = MONDAY;
    bot = await openBot({ dialogs: false, now: () => clock.now });
    teacher = somebody();
    coach = somebody(COACH, COACHS_CHAT);
    await coach.install();
    await talkUntil(teacher, 'r4_state');
    await teacher.ask('prima');
    card = await toCoach(/^Over Vos/u);
  });
  afterEach(() => bot.close());

  test('the card is small, complete without its picture, and says how it came about', () => {
    expect(cardProblems(cardOf(card))).toEqual([]);
    expect(textProblems(cardOf(card), wordsOf(card))).toEqual([]);
    expect(JSON.stringify(card).length).toBeLessThan(25 * 1024);
    expect(cardOf(card)['fallbackText']).toContain('geen diagnostisch instrument');
    expect(((cardOf(card)['actions'] ?? []) as Action[]).map(({ title }) => title)).toEqual([
      'Openen',
      'Gesprek plannen',
      'Ontvangen',
    ]);
  });

  test('from the card to the last answer, six weeks later', async () => {
    await then(coach.press(tokenOf(card, /Ontvangen/u)));
    await toTeacher(/heeft je profiel over Vos ontvangen/u);
    await then(coach.press(tokenOf(card, /plannen/u)));
    const form = await toCoach(/Wanneer praten jullie/u);
    await then(coach.press(tokenOf(form, /Voorstellen/u), { day1: '2026-11-26', time1: '15:30' }));
    const offer = await toTeacher(/moment 1: donderdag 26 november om 15:30/u);
    await then(teacher.press(tokenOf(offer, /donderdag/u)));
    await toTeacher(/^Afgesproken/u);
    await toCoach(/kiest donderdag 26 november/u);

    await later(2 * DAY + 5 * 3_600_000);
    await Promise.all([
      toTeacher(/^Ter herinnering: op donderdag/u),
      toCoach(/^Ter herinnering: op donderdag/u),
    ]);
    await later(DAY - 3_600_000);
    await Promise.all([toTeacher(/^Ter herinnering: om 15:30/u), toCoach(/^Ter herinnering: om 15:30/u)]);
    await later(3 * 3_600_000);
    const [plan] = await Promise.all([
      toTeacher(/^Jullie plan rond Vos/u),
      toCoach(/^Jullie plan rond Vos/u),
    ]);
    await then(teacher.press(tokenOf(plan, /bewaren/u), { notice: 'elke dag één ding dat lukt' }));
    await toCoach(/heeft het plan rond Vos opgeschreven/u);

    for (const [days, question, told] of [
      [8, /^Een week geleden/u, 'Hij begint er zelf over.'],
      [14, /^Drie weken geleden/u, null],
      [21, /^Zes weken geleden/u, 'We lachen vaker.'],
    ] as const) {
      await later(days * DAY);
      const asked = await toTeacher(question);
      if (told === null) {
        await then(teacher.press(tokenOf(asked, /overslaan/u)));
        await toTeacher(/deze keer niet/u);
        continue;
      }
      await then(teacher.press(tokenOf(asked, /antwoord/u), { answer: told }));
      const may = await toTeacher(/^Bewaard. Mag/u);
      await then(teacher.press(tokenOf(may, /gelezen/u)));
      await toCoach(new RegExp(told, 'u'));
    }
    await later(100 * DAY);
    const about = (chat: string) =>
      teams.messages(chat).filter((one) => /geleden maakten/u.test(wordsOf(one)));
    expect(about(teacher.conversationId)).toHaveLength(3);
    expect(about(COACHS_CHAT)).toHaveLength(0);
  });

  test('whoever gets hold of a button of somebody else gets nothing by it', async () => {
    const stranger = somebody();
    await then(coach.press(tokenOf(card, /plannen/u)));
    const form = await toCoach(/Wanneer praten jullie/u);
    for (const token of [tokenOf(card, /Openen/u), tokenOf(form, /Voorstellen/u)]) {
      await then(stranger.press(token, { day1: '2026-11-26', time1: '15:30' }));
      await then(teacher.press(token, { day1: '2026-11-26', time1: '15:30' }));
    }
    await then(coach.press(tokenOf(form, /Voorstellen/u), { day1: '2026-11-27', time1: '9:00' }));
    await toCoach(/geen dag en tijd/u);
    await then(coach.say('vr 27 nov 9:00'));
    const offer = await toTeacher(/moment 1: vrijdag 27 november om 09:00/u);
    await then(stranger.press(tokenOf(offer, /vrijdag/u)));
    await then(coach.press(tokenOf(offer, /vrijdag/u)));
    await toCoach(/^Dit is er niet meer/u);
    await then(coach.say('wie wacht op mij'));
    await toCoach(/momenten voorgesteld/u);
    const strangers = teams.messages(stranger.conversationId).map(wordsOf).join('\n');
    expect(strangers).not.toMatch(/Vos|machteloos|Afgesproken/u);
  });

  test('taken back: the card and what was opened go from the coach’s chat, and nothing follows', async () => {
    await then(coach.press(tokenOf(card, /Openen/u)));
    await toCoach(/conceptprofiel over de relatie/u);
    await then(coach.say('vr 27 nov 9:00'));
    await toTeacher(/moment 1/u);
    await teacher.ask('intrekken');
    await teams.nextCall(({ kind, conversationId }) => kind === 'update' && conversationId === COACHS_CHAT);
    await teams.nextCall(({ kind, conversationId }) => kind === 'delete' && conversationId === COACHS_CHAT);
    await then(coach.press(tokenOf(card, /Openen/u)));
    await toCoach(/^Dit is er niet meer/u);
    const before = teams.messages(teacher.conversationId).length;
    await later(60 * DAY);
    expect(teams.messages(teacher.conversationId)).toHaveLength(before);
  });
});

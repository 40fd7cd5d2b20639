/** Dialogs of Teams (task modules), over HTTP: what a client asks for and sends, and what it is told to show. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { Reference } from '../../bot/store/types.ts';
import { openFakeTeams, person, type FakeTeams, type Person, type Task } from '../support/fake-teams.ts';
import { cardProblems, wordsIn } from '../support/card-check.ts';
import { talkUntil } from '../support/interview.ts';
import { COACH, openBot, type RunningBot } from '../support/running-bot.ts';

let teams: FakeTeams;
let bot: RunningBot;
let teacher: Person;

beforeAll(async () => {
  teams = await openFakeTeams();
  teams.reachable.set(COACH, 'a:coach');
  bot = await openBot();
});
afterAll(async () => {
  await bot.close();
  await teams.close();
});

const somebody = (aadObjectId: string = randomUUID(), conversationId?: string): Person =>
  person({
    ...{ bot: bot.address, serviceUrl: teams.serviceUrl, aadObjectId },
    ...(conversationId === undefined ? {} : { conversationId }),
  });

interface Action {
  readonly title: string;
  readonly data: { readonly klankbord: string };
}

/** The card of a dialog; fails when there is none, or a bad one. */
function cardOf(task: Task | null): Record<string, unknown> {
  if (task?.type !== 'continue') throw new Error(`no dialog: ${JSON.stringify(task)}`);
  const { content, contentType } = task.value.card;
  expect(contentType).toBe('application/vnd.microsoft.card.adaptive');
  expect(cardProblems(content)).toEqual([]);
  return content;
}
const shownIn = (task: Task | null): string => wordsIn(cardOf(task)['body']).join('\n');
/** What a button of a dialog sends. */
function sends(task: Task | null, title: string, values: Record<string, string> = {}) {
  const action = (cardOf(task)['actions'] as Action[]).find((one) => one.title === title);
  if (!action) throw new Error(`there is no button "${title}"`);
  return { ...values, ...action.data };
}

describe('a dialog', () => {
  beforeEach(() => {
    teacher = somebody();
  });

  test.each([
    ['unknown', { klankbord: 'nothing' }],
    ['missing', {}],
    ['no text', { klankbord: { $gt: '' } }],
    ['very long', { klankbord: 'x'.repeat(10_000) }],
    ['the name of a profile that is not there', { klankbord: 'profile-nothing' }],
    ['of a dialog that never was', { klankbord: `${'a'.repeat(32)}-0` }],
  ])('with a token that is %s gets a kind word, opened as well as sent', async (_what, data) => {
    for (const name of ['task/fetch', 'task/submit'] as const) {
      const task = await teacher.dialog(name, data);
      expect(task?.type).toBe('message');
      expect(task?.value).toMatch(/venster is verlopen|profiel kan ik niet laten zien/u);
    }
    const strange = { type: 'invoke', name: 'task/submit', value: 'x', text: undefined };
    expect(await teacher.post(strange)).toMatchObject({ status: 200, body: { task: { type: 'message' } } });
  });

  test('that cannot be shown or taken just now gets a kind word too, and what was sent waits', async () => {
    bot.breakOn('dialogOpen');
    expect(await teacher.dialog('task/fetch', { klankbord: 'x' })).toMatchObject({
      type: 'message',
      value: expect.stringContaining('lukt nu even niet'),
    });
    bot.breakOn('dialogSent');
    const id = randomUUID();
    const failed = await teacher.dialog('task/submit', { klankbord: 'x' }, id);
    expect(failed).toMatchObject({ value: expect.stringContaining('lukt nu even niet') });
    expect((await bot.store.status()).inbox).toMatchObject({ waiting: 1 });
    bot.breakOn(null);
    await new Promise((done) => setTimeout(done, 600));
    await bot.drain();
    // Sent once more, it gets the answer that was found meanwhile.
    expect(await teacher.dialog('task/submit', { klankbord: 'x' }, id)).toMatchObject({
      value: expect.stringContaining('verlopen'),
    });
    expect((await bot.store.status()).inbox['waiting']).toBeUndefined();
  });
});

describe('the profile in a dialog', () => {
  let coach: Person;
  let button: { klankbord: string };

  beforeAll(async () => {
    teacher = somebody();
    coach = somebody(COACH, 'a:coach');
    await coach.install();
    await talkUntil(teacher, 'r4_state');
    await teams.next((activity) => activity.channelData?.klankbord?.kind === 'profile');
    const tenantId = '00000000-0000-0000-0000-0000000000aa';
    const lane = bot.store.laneOf({ tenantId, conversationId: teacher.conversationId } as Reference);
    const interview = await bot.store.inTurn(lane, {}, async (turn) => turn.scene().interview);
    button = { klankbord: `profile-${interview?.id}` };
  });

  test('is read from the store by the coach with whom it was shared', async () => {
    const task = await coach.dialog('task/fetch', button);
    expect(task).toMatchObject({ value: { title: 'Profiel over Vos', width: 'large', height: 'large' } });
    expect(shownIn(task)).toContain('Ik was trots op hem.');
    expect(await coach.dialog('task/submit', sends(task, 'Sluiten'))).toBeNull();
  });

  test('is not for anybody else, whatever they send', async () => {
    const stranger = somebody();
    for (const who of [stranger, teacher]) {
      expect(await who.dialog('task/fetch', button)).toMatchObject({
        type: 'message',
        value: expect.stringContaining('niet laten zien'),
      });
    }
    const task = await coach.dialog('task/fetch', button);
    expect(await stranger.dialog('task/submit', sends(task, 'Sluiten'))).toMatchObject({ type: 'message' });
  });

  test('is gone as soon as the teacher takes it back', async () => {
    await teacher.ask('intrekken');
    expect(await coach.dialog('task/fetch', button)).toMatchObject({
      type: 'message',
      value: expect.stringContaining('niet laten zien'),
    });
  });
});

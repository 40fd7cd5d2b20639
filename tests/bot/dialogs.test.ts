/** Dialogs of Teams (task modules), over HTTP: what a client asks for and sends, and what it is told to show. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { Reference } from '../../bot/store/types.ts';
import {
  openFakeTeams,
  person,
  type FakeTeams,
  type Person,
  type Task,
  type WireActivity,
} from '../support/fake-teams.ts';
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

describe('the review in a dialog', () => {
  let button: { klankbord: string };
  const interview = async () => {
    const tenantId = '00000000-0000-0000-0000-0000000000aa';
    const lane = bot.store.laneOf({ tenantId, conversationId: teacher.conversationId } as Reference);
    return bot.store.inTurn(lane, {}, async (turn) => turn.scene().interview);
  };
  /** The fields of a dialog as a client sends them when nothing is touched. */
  const fields = (task: Task | null): Record<string, string> => {
    const found: Record<string, string> = {};
    JSON.stringify(cardOf(task), (_key, value: unknown) => {
      const { type, id, value: text = '' } = (value ?? {}) as { type?: string; id?: string; value?: string };
      if (typeof type === 'string' && type.startsWith('Input.') && id !== undefined) found[id] = text;
      return value;
    });
    return found;
  };
  const openerIn = (said: WireActivity[]): { klankbord: string } => {
    const actions = said.flatMap(({ attachments }) =>
      (attachments ?? []).flatMap(({ content }) => (content['actions'] ?? []) as Action[]),
    );
    const found = actions.find(({ data }) => 'msteams' in data);
    if (!found) throw new Error('no button that opens a dialog');
    return found.data;
  };

  beforeEach(async () => {
    teacher = somebody();
    button = openerIn(await talkUntil(teacher, 'r1_review'));
  });

  test('from the button to the coach, as Teams asks for it and sends it', async () => {
    const opened = await teacher.dialog('task/fetch', button);
    expect(opened).toMatchObject({ value: { title: 'Jouw zinnen', width: 'large', height: 'large' } });
    const values = { ...fields(opened), keep3: 'false' };
    const left = values['text3' as keyof typeof values] ?? '';
    const preview = await teacher.dialog('task/submit', sends(opened, 'Verder', values));
    expect(shownIn(preview)).toContain('precies zoals Coach Noor ze te zien krijgt.');
    expect(shownIn(preview)).not.toContain(left);
    // The chat says where things stand, and nothing of the profile.
    const asked = await teams.next((activity) => activity.channelData?.klankbord?.step === 'r3_share');
    expect(JSON.stringify(asked)).not.toContain('Conceptprofiel');
    expect(await teacher.dialog('task/submit', sends(preview, 'Alleen mijn gekozen zinnen'))).toBeNull();
    expect(await interview()).toMatchObject({ status: 'shared' });
    await teams.next(
      ({ channelData, summary }) =>
        channelData?.klankbord?.kind === 'profile' && !(summary ?? '').includes(left),
    );
  });

  test('sent again by Teams, under the same id or another, it has one effect and the same answer', async () => {
    const opened = await teacher.dialog('task/fetch', button);
    const data = sends(opened, 'Verder', { ...fields(opened), keep2: 'false' });
    const id = randomUUID();
    const first = await teacher.dialog('task/submit', data, id);
    await teacher.ask('houd 2');
    expect(await teacher.dialog('task/submit', data, id)).toEqual(first);
    const other = await teacher.dialog('task/submit', data);
    expect(other).toMatchObject({ type: 'continue' });
    expect((await interview())?.marks).toEqual({});
    // Asked for twice at once, each can be sent.
    const [one, two] = await Promise.all([
      teacher.dialog('task/fetch', button),
      teacher.dialog('task/fetch', button),
    ]);
    for (const task of [one, two])
      expect(await teacher.dialog('task/submit', sends(task, 'Terug naar je zinnen'))).toMatchObject({
        type: 'continue',
      });
  });

  test('a token of somebody else opens and decides nothing', async () => {
    const opened = await teacher.dialog('task/fetch', button);
    const stranger = somebody();
    await talkUntil(stranger, 'r1_review');
    const data = sends(opened, 'Verder', { ...fields(opened), keep2: 'false' });
    expect(await stranger.dialog('task/fetch', button)).toMatchObject({ type: 'message' });
    expect(await stranger.dialog('task/submit', data)).toMatchObject({ type: 'message' });
    expect((await interview())?.marks).toEqual({});
    // Nor did it use up the token.
    expect(await teacher.dialog('task/submit', data)).toMatchObject({ type: 'continue' });
  });
});

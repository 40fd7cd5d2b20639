/** Moving from the data folder to PostgreSQL, and the tool that does it. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createInbox } from '../../bot/inbox.ts';
import { openStore } from '../../bot/store/store.ts';
import type { Store } from '../../bot/store/types.ts';
import { clock, echo, interview, item, KEY, message, reference, TEACHER } from './people.ts';
import { engines, postgresOnly, type TestPlace } from './places.ts';

const TOOL = fileURLToPath(new URL('../../bot/store-tool.ts', import.meta.url));
const anne = reference('anne');

function tool(args: readonly string[], env: Record<string, string>) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [TOOL, ...args], {
    env: { PATH: process.env['PATH'], ...env },
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

async function fill(store: Store): Promise<void> {
  const inbox = createInbox({ store, takeTurn: echo, world: clock(), quietMs: 0, placeOf: () => TEACHER });
  for (const name of ['anne', 'bart', 'cees']) {
    for (let n = 0; n < 4; n += 1) {
      await inbox.receive(reference(name), item(`${name} ${n}`), { wantsReplies: false });
    }
  }
  await store.inTurn(store.laneOf(anne), { item: item('waiting') }, async (turn) => {
    turn.dueAt(5);
    await turn.save(
      {
        interview: interview('shared', { shared: { quote: 'é 🦊' } }),
        outgoing: [message('p', { coach: 'c' })],
      },
      { inline: false },
    );
  });
}

describe('the tool for operators', () => {
  let place: TestPlace;
  let KLANKBORD_DATA: string;
  beforeEach(async () => {
    place = await engines[0]!.create();
    KLANKBORD_DATA = 'dataDir' in place.place ? place.place.dataDir : '';
  });
  afterEach(() => place.dispose());

  test('works beside a running bot: status, migrate, backup', async () => {
    expect(tool(['status'], { KLANKBORD_DATA })).toMatchObject({
      status: 0,
      stdout: 'Nothing is stored yet.\n',
    });
    expect(tool(['migrate'], { KLANKBORD_DATA }).stdout).toBe('Schema 0 -> 4.\n');
    const store = await openStore(place.place, { key: KEY, now: Date.now });
    await fill(store);
    expect(tool(['migrate'], { KLANKBORD_DATA }).stdout).toBe('Up to date: schema 4.\n');
    expect(JSON.parse(tool(['status'], { KLANKBORD_DATA }).stdout)).toMatchObject({
      engine: 'SQLite',
      conversations: 3,
      inbox: { processed: 12, waiting: 1 },
    });
    const copy = join(KLANKBORD_DATA, 'copy.db');
    expect(tool(['backup', copy], { KLANKBORD_DATA })).toMatchObject({ status: 0 });
    expect(existsSync(copy)).toBe(true);
    expect(tool(['backup', copy], { KLANKBORD_DATA })).toMatchObject({
      status: 1,
      stderr: `There is already a file ${copy}.\n`,
    });
    await store.close();
  });

  test('explains itself when it is not understood', () => {
    for (const args of [[], ['dance'], ['backup'], ['move'], ['status', '--wrong']]) {
      expect(tool(args, { KLANKBORD_DATA })).toMatchObject({
        status: 2,
        stderr: expect.stringContaining('npm run store -- status'),
      });
    }
  });
});

describe.each(postgresOnly)('moving to $title', (engine) => {
  let from: TestPlace;
  let to: TestPlace;
  let url: string;
  let KLANKBORD_DATA: string;
  beforeEach(async () => {
    from = await engines[0]!.create();
    to = await engine.create();
    KLANKBORD_DATA = 'dataDir' in from.place ? from.place.dataDir : '';
    url = 'databaseUrl' in to.place ? to.place.databaseUrl : '';
    const store = await openStore(from.place, { key: KEY, now: Date.now });
    await fill(store);
    await store.close();
  });
  afterEach(async () => {
    await from.dispose();
    await to.dispose();
  });
  const move = () => tool(['move', '--to', url], { KLANKBORD_DATA });

  test('everything is there afterwards and the bot goes on; the old folder is refused', async () => {
    expect(move()).toMatchObject({ status: 0, stdout: expect.stringContaining('Copied and checked.') });
    const store = await openStore(to.place, { key: KEY, now: Date.now });
    const inbox = createInbox({ store, takeTurn: echo, world: clock(), quietMs: 0, placeOf: () => TEACHER });
    // Sent again by Teams after the move: it had its effect before.
    expect(await inbox.receive(anne, item('anne 3'), { wantsReplies: false })).toMatchObject({
      accepted: false,
    });
    await inbox.receive(reference('bart'), item('on'), { wantsReplies: false });
    const answers = await store.inTurn(store.laneOf(reference('bart')), {}, (turn) => turn.scene().answers());
    expect(answers.map((one) => one.text)).toEqual(['bart 0', 'bart 1', 'bart 2', 'bart 3', 'on']);
    expect(
      await store.inTurn(store.laneOf(anne), {}, async (turn) => turn.scene().interview?.shared),
    ).toEqual({
      quote: 'é 🦊',
    });
    await store.close();
    await expect(openStore(from.place, { key: KEY, now: Date.now })).rejects.toMatchObject({
      code: 'store_moved',
    });
  });

  test('can be run again: after it was done, and after it was broken off', async () => {
    // A row that PostgreSQL refuses, half-way through the copy.
    await from.sql(`update outbox set reason = 'x' || char(0) where position = 5`);
    expect(move()).toMatchObject({ status: 1 });
    expect(await to.sql(`select count(*) as n from conversation`)).toEqual([{ n: '0' }]);
    await from.sql(`update outbox set reason = null where position = 5`);
    expect(move()).toMatchObject({ status: 0, stdout: expect.stringContaining('Copied and checked.') });
    expect(move()).toMatchObject({ status: 0, stdout: expect.stringContaining('there already; checked') });
  });

  test('is refused into another installation, and when either was used since', async () => {
    await (await openStore(to.place, { key: KEY, now: Date.now })).close();
    expect(move()).toMatchObject({ status: 1, stderr: expect.stringContaining('another installation') });
    for (const table of ['installation', 'lease']) await to.sql(`delete from ${table}`);
    expect(move()).toMatchObject({ status: 0 });
    await to.sql(`update conversation set greeted = 1`);
    expect(move()).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('moved to the target earlier'),
    });
  });

  test('is refused while the bot runs on the folder', async () => {
    const store = await openStore(from.place, { key: KEY, now: Date.now });
    expect(move()).toMatchObject({ status: 1, stderr: expect.stringContaining('Another bot is running') });
    await store.close();
  });
});

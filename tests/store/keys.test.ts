/** A new master key while bots run: nothing is lost, nothing is opened, it can be killed anywhere, and the old key is worth nothing afterwards. */
import { describe, expect, test } from '@jest/globals';
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { AppError, ConfigError } from '../../bot/errors.ts';
import { addKey, dropFormerKeys, localKey, openKeys, readKeyFile } from '../../bot/store/key.ts';
import { keyStatus, retire, rewrapAll } from '../../bot/store/rotate.ts';
import { Keyring } from '../../bot/store/seal.ts';
import { openEngine, openStore } from '../../bot/store/store.ts';
import type { Store } from '../../bot/store/types.ts';
import { interview, item, message, reference, TEACHER, text } from './people.ts';
import { engines, temporaryFolder } from './places.ts';

const TOOL = new URL('../../bot/keys-tool.ts', import.meta.url).pathname;

/** One teacher says something: a data key for the conversation, one for the interview. */
async function speak(store: Store, name: string, words: string): Promise<void> {
  const who = reference(name);
  await store.inTurn(
    store.laneOf(who),
    { from: { reference: who, place: TEACHER }, item: item(`${name} ${words}`, text(words)) },
    async (turn) => {
      await turn.save(
        {
          interview: interview(`of-${name}`, { names: { alias: words, words: [] } }),
          outgoing: [message(words)],
        },
        { inline: false },
      );
    },
  );
}

const aliasOf = (store: Store, name: string): Promise<string | null | undefined> =>
  store.inTurn(store.laneOf(reference(name)), {}, (turn) =>
    Promise.resolve(turn.scene().interview?.names.alias),
  );

/** A store that follows its key file, as a bot does. */
async function openBot(place: Parameters<typeof openStore>[0], file: string, as: 'bot' | 'tool' = 'bot') {
  const { keys, again } = openKeys({ key: null, keyFile: file, dataFolder: '' });
  return openStore(place, {
    key: keys[0]!,
    formerKeys: keys.slice(1),
    keysAgain: again,
    now: Date.now,
    as,
  });
}

describe.each(engines)('a new master key on $title', (engine) => {
  test('is brought in beside two running bots, killed and gone on with; then the old one is refused', async () => {
    const place = await engine.create();
    const folder = temporaryFolder();
    const first = localKey(folder);
    const file = join(folder, 'local.key');
    const oldOne = new Keyring(first).current;
    const bots = [await openBot(place.place, file), await openBot(place.place, file, 'tool')] as const;
    for (let i = 0; i < 12; i++) await speak(bots[i % 2]!, `before-${i}`, `voor ${i}`);

    const keys = addKey(file);
    expect(keys).toHaveLength(2);
    expect(keys[1]).toEqual(first);
    expect(addKey(file)).toEqual(keys);
    expect(statSync(file).mode & 0o777).toBe(0o600);

    const tool = await openEngine(place.place, 'tool');
    const ring = () => new Keyring(keys[0]!, keys.slice(1));
    // Killed after the third transaction; meanwhile both bots go on, also with people they have not met.
    const killed = rewrapAll(tool, ring(), {
      batch: 5,
      onBatch: async (done) => {
        await speak(bots[0], `during-${done}`, `tijdens ${done}`);
        await speak(bots[1], 'before-11', 'nog iets');
        if (done > 8) throw new Error('killed');
      },
    });
    await expect(killed).rejects.toThrow('killed');
    const half = await keyStatus(tool, ring());
    expect(half.counts[oldOne]).toBeGreaterThan(0);
    expect(half.counts[half.current]).toBeGreaterThan(0);
    expect(await aliasOf(bots[1], 'before-0')).toBe('voor 0');
    await expect(
      openStore(place.place, { key: keys[0]!, now: Date.now, as: 'tool' }).then(async (store) => {
        try {
          for (let i = 0; i < 12; i++) await aliasOf(store, `before-${i}`);
        } finally {
          await store.close();
        }
      }),
    ).rejects.toThrow(AppError);

    await rewrapAll(tool, ring(), { batch: 5 });
    const status = await keyStatus(tool, ring());
    expect(Object.keys(status.counts)).toEqual([status.current]);
    expect(status.unknown).toBe(0);
    await retire(tool, [oldOne]);
    await retire(tool, [oldOne]);
    const former = dropFormerKeys(file)!;
    expect(readKeyFile(former)).toEqual([first]);
    expect(readKeyFile(file)).toEqual([keys[0]]);
    expect(dropFormerKeys(file)).toBeNull();

    await speak(bots[0], 'after', 'na afloop');
    for (const bot of bots) {
      for (let i = 0; i < 11; i++) expect(await aliasOf(bot, `before-${i}`)).toBe(`voor ${i}`);
      expect(await aliasOf(bot, 'before-11')).toBe('nog iets');
      expect(await aliasOf(bot, 'during-1')).toBe('tijdens 1');
      expect(await aliasOf(bot, 'after')).toBe('na afloop');
    }
    expect(Object.keys((await keyStatus(tool, ring())).counts)).toEqual([status.current]);
    for (const bot of bots) await bot.close();

    // Alone it opens nothing; in front of the new one it would wrap again, and that is refused too.
    const withOld = (formerKeys: Buffer[]) =>
      openStore(place.place, { key: first, formerKeys, now: Date.now });
    await expect(withOld([])).rejects.toThrow(ConfigError);
    await expect(withOld([keys[0]!])).rejects.toMatchObject({ code: 'key_retired' });
    expect((await keyStatus(tool, new Keyring(first))).unknown).toBe(status.counts[status.current]! + 2);
    await tool.close();
    await place.dispose();
  });

  test('what is erased during a rotation does not come back', async () => {
    const place = await engine.create();
    const folder = temporaryFolder();
    localKey(folder);
    const file = join(folder, 'local.key');
    const bot = await openBot(place.place, file);
    for (const name of ['a', 'b', 'c', 'd']) await speak(bot, name, name);
    const [next, ...rest] = addKey(file);
    const tool = await openEngine(place.place, 'tool');
    await rewrapAll(tool, new Keyring(next!, rest), {
      batch: 1,
      onBatch: async (done) => {
        if (done === 3)
          for (const name of ['a', 'b', 'c', 'd'])
            await bot.inTurn(bot.laneOf(reference(name)), {}, (turn) =>
              turn.save({ erase: 'interview', outgoing: [] }, { inline: false }),
            );
      },
    });
    expect(await place.sql(`select id from data_key where id like 'of-%'`)).toEqual([]);
    await tool.close();
    await bot.close();
    await place.dispose();
  });
});

describe('npm run keys', () => {
  const run = (folder: string, args: readonly string[], lang = 'nl_NL.UTF-8', more: NodeJS.ProcessEnv = {}) =>
    spawnSync(process.execPath, [TOOL, ...args], {
      cwd: folder,
      encoding: 'utf8',
      env: { PATH: process.env['PATH'], LC_ALL: lang, KLANKBORD_DATA: folder, ...more },
    });

  test('rotates and says what it did, in plain words and without a key', async () => {
    const folder = temporaryFolder();
    const key = localKey(folder);
    const store = await openStore({ dataDir: folder }, { key, now: Date.now });
    await speak(store, 'anne', 'Vos');
    await store.close();
    expect(run(folder, ['status']).stdout).toContain('Alles is van één hoofdsleutel.');
    const done = run(folder, ['rotate', '--no-bots']);
    expect({ status: done.status, stderr: done.stderr }).toEqual({ status: 0, stderr: '' });
    expect(done.stdout).toContain('Klaar: 3 sleutels opnieuw verpakt');
    expect(done.stdout).toContain('local.key.former');
    const now = readKeyFile(join(folder, 'local.key'));
    expect(now).toHaveLength(1);
    expect(now[0]).not.toEqual(key);
    for (const secret of [key, now[0]!]) expect(done.stdout).not.toContain(secret.toString('base64'));
    expect(run(folder, ['status'], 'en_GB.UTF-8').stdout).toContain('3 keys  in use');
    const again = await openStore({ dataDir: folder }, { key: now[0]!, now: Date.now });
    expect(await aliasOf(again, 'anne')).toBe('Vos');
    await again.close();
    const old = run(folder, ['status'], 'en_GB.UTF-8', { KLANKBORD_KEY: key.toString('base64') });
    expect(old.stdout).toContain('3 keys cannot be opened');
    const wrong = run(folder, ['rotate'], 'en_GB.UTF-8', { KLANKBORD_KEY: key.toString('base64') });
    expect(wrong.status).toBe(1);
    expect(wrong.stderr).toContain('another key');
  });

  test('with the key in the environment it asks for the new one, and takes it', async () => {
    const folder = temporaryFolder();
    const [old, fresh] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)].map((k) => k.toString('base64'));
    const store = await openStore({ dataDir: folder }, { key: Buffer.alloc(32, 1), now: Date.now });
    await speak(store, 'anne', 'Vos');
    await store.close();
    expect(run(folder, ['rotate'], 'en_GB.UTF-8', { KLANKBORD_KEY: old }).stderr).toContain(
      'holds only one key',
    );
    const done = run(folder, ['rotate', '--no-bots'], 'en_GB.UTF-8', { KLANKBORD_KEY: `${fresh},${old}` });
    expect(done.stdout).toContain('Done: 3 keys');
    expect(existsSync(join(folder, 'local.key'))).toBe(false);
    expect(run(folder, ['nonsense']).status).toBe(2);
  });

  test('killed with SIGKILL at any moment, it is finished by the next run', async () => {
    const folder = temporaryFolder();
    const key = localKey(folder);
    const store = await openStore({ dataDir: folder }, { key, now: Date.now });
    for (let i = 0; i < 60; i++) await speak(store, `t${i}`, `woord ${i}`);
    for (const after of [0, 1, 2]) {
      const child = spawn(process.execPath, [TOOL, 'rotate', '--no-bots'], {
        cwd: folder,
        env: { PATH: process.env['PATH'], LC_ALL: 'en_GB.UTF-8', KLANKBORD_DATA: folder },
      });
      // After so many lines of output: the key file is new, some are wrapped, all are.
      let lines = 0;
      await new Promise<void>((resolve) => {
        child.stdout.on('data', (data: Buffer) => {
          lines += data.toString().split('\n').length - 1;
          if (lines > after) child.kill('SIGKILL');
        });
        child.on('close', () => resolve());
      });
    }
    expect(run(folder, ['rotate', '--no-bots']).status).toBe(0);
    await store.close();
    const now = readKeyFile(join(folder, 'local.key'));
    expect(now).toHaveLength(1);
    const again = await openStore({ dataDir: folder }, { key: now[0]!, now: Date.now });
    for (let i = 0; i < 60; i++) expect(await aliasOf(again, `t${i}`)).toBe(`woord ${i}`);
    await again.close();
    // Every key that ever wrapped is kept for the backups.
    const kept = readFileSync(join(folder, 'local.key.former'), 'utf8');
    expect(kept).toContain(key.toString('base64'));
  });
});

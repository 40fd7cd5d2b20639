/** What holds for the data folder only: one bot, tools beside it, synced commits, backups, storage that fills up. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInbox } from '../../bot/inbox.ts';
import { openStore } from '../../bot/store/store.ts';
import type { Store } from '../../bot/store/types.ts';
import { clock, echo, item, KEY, reference, TEACHER, text } from './people.ts';
import { engines, type TestPlace } from './places.ts';
import { start, type Child } from './processes.ts';

const works = (command: string, ...args: string[]) =>
  spawnSync(command, args, { stdio: 'ignore' }).status === 0;
const withStrace = works('strace', '-e', 'trace=fdatasync', 'true') ? test : test.skip;
const withMounts = works('unshare', '-rm', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt') ? test : test.skip;
const withPrlimit = works('prlimit', '--version') ? test : test.skip;

describe('the data folder', () => {
  let place: TestPlace;
  let dataDir: string;
  let children: Child[];
  beforeEach(async () => {
    place = await engines[0]!.create();
    dataDir = 'dataDir' in place.place ? place.place.dataDir : '';
    children = [];
  });
  afterEach(async () => {
    await Promise.all(children.map((child) => child.kill()));
    await place.dispose();
  });
  const run: typeof start = (orders, prefix) => {
    const child = start(orders, prefix);
    children.push(child);
    return child;
  };
  const open = (as: 'bot' | 'tool', folder = dataDir) =>
    openStore({ dataDir: folder }, { key: KEY, now: Date.now, as });
  const talk = (store: Store, quietMs = 0) =>
    createInbox({ store, takeTurn: echo, world: clock(), quietMs, placeOf: () => TEACHER });

  test('a second bot is refused with a clear sentence, tools work beside it, and a dead bot leaves no lock', async () => {
    const bot = run({ place: place.place, do: 'hold' });
    await bot.line((line) => line === 'open');
    await expect(open('bot')).rejects.toMatchObject({
      code: 'folder_in_use',
      message: expect.stringContaining(dataDir),
    });
    const tool = await open('tool');
    await tool.keepReference(reference('coach'), TEACHER);
    expect(await tool.status()).toMatchObject({ conversations: 1 });
    await bot.kill();
    const next = await open('bot');
    // Also within one process.
    await expect(open('bot')).rejects.toMatchObject({ code: 'folder_in_use' });
    // And a tool in this process does not loosen the lock of the bot in it.
    await (await open('tool')).close();
    expect(await run({ place: place.place, do: 'hold' }).line(() => true)).toBe('failed folder_in_use');
    await next.close();
    await (await open('bot')).close();
    await tool.close();
  });

  test('the bot and a tool write at the same time, and neither is turned away', async () => {
    const store = await open('bot');
    const tool = run({ place: place.place, do: 'write', from: 0, to: 150 });
    await tool.line((line) => line === '0');
    const inbox = talk(store);
    for (let n = 0; n < 150; n += 1) {
      await inbox.receive(reference('anne'), item(`${n}`), { wantsReplies: false });
    }
    expect(await tool.ended).toBe(0);
    expect(tool.lines.filter((line) => /refused|failed/.test(line))).toEqual([]);
    const answers = await store.inTurn(store.laneOf(reference('anne')), {}, (turn) => turn.scene().answers());
    expect(answers).toHaveLength(150);
    await store.close();
  });

  test('only the owner may read the files', async () => {
    const store = await open('bot');
    await store.keepReference(reference('coach'), TEACHER);
    for (const file of ['klankbord.db', 'klankbord.db-wal', 'bot.lock']) {
      expect(statSync(join(dataDir, file)).mode & 0o077).toBe(0);
    }
    await store.close();
  });

  withStrace('every acknowledged commit is on the disk before it is acknowledged', async () => {
    const trace = join(dataDir, 'trace.txt');
    const bot = run({ place: place.place, do: 'talk', from: 0, to: 12 }, [
      ...['strace', '-f', '-qq', '-e', 'trace=fdatasync,fsync,write', '-s', '8', '-o', trace],
    ]);
    await bot.line((line) => line === '11');
    bot.process.stdin!.end();
    await bot.ended;
    // In the order in which they happened: a sync, or an acknowledgement on stdout.
    const events = readFileSync(trace, 'utf8')
      .split('\n')
      .flatMap((line) =>
        /f(data)?sync\(/.test(line) ? ['sync'] : /write\(1, "\d+\\n"/.test(line) ? ['ack'] : [],
      );
    const acks = events.flatMap((event, index) => (event === 'ack' ? [index] : []));
    expect(acks).toHaveLength(12);
    for (const [n, at] of acks.entries()) {
      expect(events.slice(n === 0 ? 0 : acks[n - 1]! + 1, at)).toContain('sync');
    }
  });

  withPrlimit(
    'a disk that is full: refused, nothing half kept; it goes on when there is room again',
    async () => {
      const bot = run({ place: place.place, do: 'talk', from: 0, to: 400 }, [
        // No file may grow beyond 300 kB.
        ...['bash', '-c', 'ulimit -S -f 300; exec "$@"', 'bash'],
      ]);
      await bot.line((line) => line.startsWith('refused'));
      expect(bot.lines.find((line) => line.startsWith('refused'))).toBe('refused store_unavailable');
      expect(works('prlimit', '--pid', String(bot.process.pid), '--fsize=unlimited')).toBe(true);
      await bot.line((line) => line === '399');
      await bot.kill();
      const store = await open('bot');
      const answers = await store.inTurn(store.laneOf(reference('anne')), {}, (turn) =>
        turn.scene().answers(),
      );
      expect(answers.map((one) => one.text)).toEqual(answers.map((_, n) => `w${n}`));
      expect(answers).toHaveLength(400);
      await store.close();
    },
  );

  withMounts('a full file system: refused, and it goes on by itself when there is room again', async () => {
    // The mount is seen by the bot and its shell only: the shell makes room when it is told to, and copies out what was kept.
    const room = join(dataDir, 'room');
    const copy = mkdtempSync(join(tmpdir(), 'klankbord-kept-'));
    const script = `mount -t tmpfs -o size=24m tmpfs "$0"
      head -c 24200k /dev/zero > "$0/filler"
      (while [ ! -e "${room}" ]; do sleep 0.1; done; rm "$0/filler") &
      "$@"; cp "$0"/klankbord.db* ${copy}/`;
    const folder = join(dataDir, 'small');
    mkdirSync(folder);
    const bot = run({ place: { dataDir: folder }, do: 'talk', from: 0, to: 400 }, [
      ...['unshare', '-rm', '--kill-child', 'bash', '-c', script, folder],
    ]);
    await bot.line((line) => line.startsWith('refused'));
    expect(bot.lines.find((line) => line.startsWith('refused'))).toBe('refused store_unavailable');
    writeFileSync(room, '');
    await bot.line((line) => line === '399');
    bot.process.stdin!.end();
    await bot.ended;
    const store = await open('tool', copy);
    const answers = await store.inTurn(store.laneOf(reference('anne')), {}, (turn) => turn.scene().answers());
    expect(answers.map((one) => one.text)).toEqual(Array.from({ length: 400 }, (_, n) => `w${n}`));
    await store.close();
    rmSync(copy, { recursive: true });
  });

  withMounts('a folder that may only be read: refused with a clear sentence', async () => {
    const script = 'mount -t tmpfs tmpfs "$0" && mount -o remount,ro "$0" && "$@"';
    const bot = run({ place: { dataDir }, do: 'hold' }, [
      'unshare',
      '-rm',
      '--kill-child',
      'bash',
      '-c',
      script,
      dataDir,
    ]);
    expect(await bot.line(() => true)).toBe('failed store_unavailable');
  });

  test('a backup is made while the bot writes, and opens like the original', async () => {
    const store = await open('bot');
    const inbox = talk(store);
    const file = join(dataDir, 'copy', 'klankbord.db');
    const other = await engines[0]!.create();
    const otherDir = 'dataDir' in other.place ? other.place.dataDir : '';
    const copy = join(otherDir, 'klankbord.db');
    for (let n = 0; n < 30; n += 1) {
      await inbox.receive(reference('anne'), item(`${n}`), { wantsReplies: false });
      if (n === 15) await store.backup(copy);
    }
    await expect(store.backup(copy)).rejects.toMatchObject({ code: 'backup_exists' });
    await expect(store.backup(file)).rejects.toMatchObject({ code: 'store_unavailable' });
    expect(statSync(copy).mode & 0o077).toBe(0);
    const restored = await open('bot', otherDir);
    const answers = await restored.inTurn(store.laneOf(reference('anne')), {}, (turn) =>
      turn.scene().answers(),
    );
    expect(answers).toHaveLength(16);
    await restored.close();
    await other.dispose();
    await store.close();
  });

  test('a file that is not a database is reported, not replaced', async () => {
    await (await open('bot')).close();
    const file = join(dataDir, 'klankbord.db');
    spawnSync('sh', [
      '-c',
      `printf 'not a database, but somebody may want it back' | dd of=${file} conv=notrunc`,
    ]);
    await expect(open('bot')).rejects.toMatchObject({ code: 'store_damaged' });
    expect(readFileSync(file, 'latin1')).toContain('somebody may want it back');
  });

  test('a waiting piece is kept over a restart', async () => {
    let store = await open('bot');
    await talk(store, 4_000).receive(reference('anne'), item('a', text('a')), { wantsReplies: false });
    await store.close();
    store = await open('bot');
    expect(await store.status()).toMatchObject({ inbox: { waiting: 1 } });
    await store.close();
  });
});

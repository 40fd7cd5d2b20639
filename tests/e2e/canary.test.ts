/** Nothing a teacher says, no nickname and no name can be read where it lies: files with their logs, a database dump, the log, metrics, errors. */
import { describe, expect, test } from '@jest/globals';
import { spawn, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { openFakeTeams, person } from '../support/fake-teams.ts';
import { engines, temporaryFolder } from '../store/places.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const ALIAS = 'Kanarievink';
const PLANTED = [
  ALIAS,
  'kanariegeel stil',
  'Dinsdag riep hij kanarieluid door de klas en ik was boos.',
  'Hij was bang, zei de kanarie-élève.',
  'kanarie-opmerking in een pauze',
  'kanariefout',
  'Kanariekweker Jansen',
] as const;

/** Every way in which words may stand in a file. */
function traces(words: string): Buffer[] {
  const plain = Buffer.from(words);
  const base64 = [0, 1, 2].map((n) =>
    Buffer.concat([Buffer.alloc(n), plain])
      .toString('base64')
      .slice(n === 0 ? 0 : 4, -4),
  );
  const escaped = [...words]
    .map((c) => (c.codePointAt(0)! > 126 ? `\\u${c.codePointAt(0)!.toString(16).padStart(4, '0')}` : c))
    .join('');
  const written = [
    words.toLowerCase(),
    JSON.stringify(words).slice(1, -1),
    escaped,
    encodeURIComponent(words),
  ];
  return [
    plain,
    Buffer.from(words, 'utf16le'),
    ...[plain.toString('hex'), ...base64, ...written].map((w) => Buffer.from(w)),
  ];
}
const readable = (where: Buffer): string[] =>
  PLANTED.filter((words) => traces(words).some((trace) => where.includes(trace)));

test('the search finds what is planted, in every shape', () => {
  for (const trace of traces(PLANTED[3]))
    expect(readable(Buffer.concat([Buffer.from('x'), trace]))).toEqual([PLANTED[3]]);
});

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((done) => probe.listen(0, '127.0.0.1', done));
  const { port } = probe.address() as AddressInfo;
  await new Promise<void>((done) => probe.close(() => done()));
  return port;
}

describe.each(engines)('with $title', (engine) => {
  test('nothing of an interview can be read; after the erasure not even its keys are left', async () => {
    const place = await engine.create();
    const own = temporaryFolder();
    const folder = 'dataDir' in place.place ? place.place.dataDir : own;
    const [port, metrics] = [await freePort(), await freePort()];
    const teams = await openFakeTeams();
    let log = '';
    const bot = spawn(process.execPath, ['bot/main.ts'], {
      cwd: ROOT,
      env: {
        ...process.env,
        ...{ PORT: String(port), HOST: '', KLANKBORD_METRICS_PORT: String(metrics), KLANKBORD_MODE: '' },
        ...{
          KLANKBORD_PLAYGROUND: '0',
          KLANKBORD_DATA: folder,
          KLANKBORD_QUIET_SECONDS: '0',
          SCHOOL_FILE: '',
        },
        ...{
          KLANKBORD_LOG: 'debug',
          DATABASE_URL: 'databaseUrl' in place.place ? place.place.databaseUrl : '',
        },
      },
    });
    for (const out of [bot.stdout, bot.stderr])
      out.on('data', (part: Buffer) => (log += part.toString('utf8')));
    const address = `http://127.0.0.1:${port}`;
    try {
      for (
        let n = 0;
        n < 200 &&
        !(await fetch(`${address}/readyz`).then(
          (r) => r.ok,
          () => false,
        ));
        n++
      )
        await pause(100);
      const teacher = person({
        bot: address,
        serviceUrl: teams.serviceUrl,
        aadObjectId: '00000000-0000-0000-0000-0000000000a1',
        name: PLANTED[6],
      });
      await teacher.install();
      const heard: string[] = [];
      for (const text of [
        'beginnen',
        ALIAS,
        `${PLANTED[1]}, druk, lief`,
        PLANTED[2],
        PLANTED[3],
        'pauze',
        PLANTED[4],
        'verder',
      ])
        heard.push(JSON.stringify(await teacher.ask(text)));
      // The bot did hear it: otherwise this would prove nothing.
      expect(heard.join('')).toContain(ALIAS);
      const errors = await Promise.all(
        [`{"type":"message","text":"${PLANTED[5]}"}`, `{"text":"${PLANTED[5]}`, `"${PLANTED[5]}"`].map(
          async (body) => {
            const answer = await fetch(`${address}/api/messages`, {
              method: 'POST',
              headers: { 'content-type': 'application/json' },
              body,
            });
            return `${answer.status} ${await answer.text()}`;
          },
        ),
      );
      expect(errors.every((line) => line.startsWith('4'))).toBe(true);
      const measured = await fetch(`http://127.0.0.1:${metrics}/metrics`).then((r) => r.text());
      const stored = (): Buffer => {
        if ('dataDir' in place.place) {
          const names = readdirSync(folder);
          expect(names).toEqual(expect.arrayContaining(['klankbord.db', 'klankbord.db-wal']));
          return Buffer.concat(names.map((name) => readFileSync(join(folder, name))));
        }
        const url = new URL(place.place.databaseUrl);
        const schema = url.searchParams.get('application_name')!;
        url.search = '';
        const dump = spawnSync('pg_dump', ['--schema', schema, url.href], { maxBuffer: 1 << 28 });
        expect(dump.status).toBe(0);
        return dump.stdout;
      };
      const before = stored();
      expect(before.length).toBeGreaterThan(5_000);
      expect(readable(before)).toEqual([]);
      expect(readable(Buffer.from(log))).toEqual([]);
      expect(log.length).toBeGreaterThan(0);
      expect(readable(Buffer.from(measured))).toEqual([]);
      expect(readable(Buffer.from(errors.join('\n')))).toEqual([]);

      const keys = await place.sql(`select k.wrapped from data_key k join interview i on i.id = k.id`);
      expect(keys).toHaveLength(1);
      const wrapped = Buffer.from(String(keys[0]!['wrapped']));
      expect(before.includes(wrapped)).toBe(true);
      await teacher.ask('wis alles');
      await teacher.ask('ja');
      expect(await place.sql('select id from interview')).toEqual([]);
      // What the pages still hold is overwritten a moment after the commit.
      for (let n = 0; n < 50 && stored().includes(wrapped); n++) await pause(100);
      const after = stored();
      expect(after.includes(wrapped)).toBe(false);
      expect(readable(after)).toEqual([]);
      expect(readable(Buffer.from(log))).toEqual([]);
    } finally {
      bot.kill('SIGKILL');
      await teams.close();
      await place.dispose();
      rmSync(own, { recursive: true, force: true });
    }
  });
});

/** Ten thousand hostile requests against the running bot, before and after authentication; what must never happen is counted. */
import { fork, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pick, seeded, type Random as Chance } from '../chaos/random.ts';
import { openFakeTeams } from '../support/fake-teams.ts';
import { openIssuer, type Issuer } from '../support/issuer.ts';
import { CANARY, hostileRequest, oddActivity, type Hostile } from './hostile.ts';

const APP = '11111111-2222-3333-4444-555555555555';
const TENANT = '99999999-8888-7777-6666-555555555555';
const ANSWER_MS = 15_000;
/** What memory may grow by between the end of the warm-up and the end. */
const GROWTH_BYTES = 60 * 1024 * 1024;
const WARM_UP = 0.4;
const TOGETHER = 4;
/** What a stranger must not learn. */
const INTERNALS = /\bat .+:\d+|node_modules|\.ts\b|Error\b|SQLITE|stack|botbuilder|postgres/;

export interface Report {
  readonly seed: string;
  readonly requests: number;
  readonly statuses: Readonly<Record<string, number>>;
  readonly rssWarmMb: number;
  readonly rssEndMb: number;
  readonly slowest: number;
  readonly violations: readonly string[];
}

/** How a request comes in: without a token, with a bad one, or with a good one. */
function tokenFor(
  chance: Chance,
  issuer: Issuer,
  serviceUrl: string,
): { token: string | null; good: boolean } {
  const now = Math.floor(Date.now() / 1000);
  const claims = {
    iss: 'https://api.botframework.com',
    aud: APP,
    serviceurl: serviceUrl,
    nbf: now - 60,
    exp: now + 600,
  };
  const bad: (() => string | null)[] = [
    () => null,
    () => pick(chance, ['', 'x', 'a.b.c', `${'a'.repeat(9000)}.b.c`, '..', 'bnVsbA.bnVsbA.']),
    () => issuer.sign({ ...claims, aud: 'someone-else' }),
    () =>
      issuer.sign({
        ...claims,
        iss: `https://sts.windows.net/${pick(chance, [TENANT, 'x'])}/`,
        tid: String(chance()),
      }),
    () => issuer.sign({ ...claims, exp: now - 9999 }),
    () => issuer.sign({ ...claims, serviceurl: 'https://evil.example/' }),
    () => issuer.sign(claims, { key: issuer.strangerKey }),
    () => issuer.sign(claims, { header: { alg: 'none' } }),
    () => issuer.sign(claims, { header: { kid: `../${chance()}` } }),
    () => {
      const [head, , mark] = issuer.sign(claims).split('.');
      return `${head}.${Buffer.from(JSON.stringify({ ...claims, aud: APP, admin: true })).toString('base64url')}.${mark}`;
    },
    () => issuer.sign({ ...claims, aud: [APP, { $gt: '' }], exp: 'never' }),
  ];
  return { token: pick(chance, bad)(), good: false };
}

const goodToken = (issuer: Issuer, serviceUrl: string): string => {
  const now = Math.floor(Date.now() / 1000);
  return issuer.sign({
    iss: 'https://api.botframework.com',
    aud: APP,
    serviceurl: serviceUrl,
    nbf: now - 60,
    exp: now + 600,
  });
};

interface Got {
  readonly status: number;
  readonly text: string;
  readonly ms: number;
}

function send(address: string, hostile: Hostile, token: string | null): Promise<Got> {
  const began = Date.now();
  return new Promise((resolve) => {
    const done = (status: number, text: string): void => resolve({ status, text, ms: Date.now() - began });
    const headers = { ...hostile.headers, ...(token === null ? {} : { authorization: `Bearer ${token}` }) };
    const { hostname, port } = new URL(address);
    const req = request(
      {
        hostname,
        port,
        method: hostile.method ?? 'POST',
        path: hostile.path ?? '/api/messages',
        headers,
        timeout: ANSWER_MS,
      },
      (res) => {
        let text = '';
        res.on('data', (part: Buffer) => (text += part.toString('latin1').slice(0, 10_000)));
        res.on('end', () => done(res.statusCode ?? 0, text));
        res.on('error', () => done(res.statusCode ?? 0, text));
      },
    );
    req.on('timeout', () => {
      done(-1, 'no answer');
      req.destroy();
    });
    // A connection that is closed on somebody who sends too much is an answer too.
    req.on('error', () => done(0, ''));
    req.end(hostile.body);
  });
}

/** Everything in the folder, as one number. */
function printOfFolder(folder: string): string {
  const hash = createHash('sha256');
  for (const name of readdirSync(folder).sort())
    if (!name.endsWith('-shm')) hash.update(name).update(readFileSync(join(folder, name)));
  return hash.digest('hex');
}

function slow(address: string): Socket {
  const { hostname, port } = new URL(address);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => undefined);
  socket.write(
    'POST /api/messages HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 5000\r\n\r\n{"type":',
  );
  return socket;
}

/** Weakness: a mistake planted in the server, to see that it is found. */
export async function fuzz(options: {
  readonly seed: string;
  readonly requests: number;
  readonly weakness?: string;
}): Promise<Report> {
  const { seed, requests, weakness = '' } = options;
  const chance = seeded(seed);
  const folder = mkdtempSync(join(tmpdir(), 'klankbord-fuzz-'));
  const [issuer, teams] = [await openIssuer(), await openFakeTeams()];
  const child: ChildProcess = fork(
    new URL('server.ts', import.meta.url),
    [issuer.metadataUrl, new URL(teams.serviceUrl).host, APP, TENANT, folder, weakness],
    {
      execArgv: ['--expose-gc', '--disable-warning=ExperimentalWarning'],
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    },
  );
  const violations = new Set<string>();
  const statuses: Record<string, number> = {};
  let slowest = 0;
  let ended: number | null | undefined;
  const listen = (part: Buffer): void => {
    if (part.toString('latin1').includes(CANARY)) violations.add('a text in the log');
  };
  child.stdout!.on('data', listen);
  child.stderr!.on('data', listen);
  child.on('exit', (code) => (ended = code ?? -1));
  const told = <T>(key: string): Promise<T> =>
    new Promise((resolve, reject) => {
      child.on('exit', () => reject(new Error('the server is gone')));
      child.on('message', (message: Record<string, T>) => {
        if (key in message) resolve(message[key]!);
      });
    });
  const rss = async (): Promise<number> => {
    const answer = told<number>('rss');
    child.send('rss');
    return answer;
  };
  const base = (name: string): Record<string, unknown> => ({
    type: 'message',
    id: `${name}-${chance()}`,
    channelId: 'msteams',
    serviceUrl: teams.serviceUrl,
    from: {
      id: `29:${name}`,
      aadObjectId: `00000000-0000-0000-0000-0000000${(10_000 + Number(name)).toString()}`,
    },
    recipient: { id: `28:${APP}` },
    conversation: { id: `a:${name}`, tenantId: TENANT, conversationType: 'personal' },
    channelData: { tenant: { id: TENANT } },
    locale: pick(chance, ['nl-NL', 'en-GB', 'de-DE', 'xx', '']),
  });
  let warm = 0;
  let end = 0;
  const sockets: Socket[] = [];
  try {
    const address = await told<string>('address');
    const look = (hostile: Hostile, got: Got): void => {
      statuses[got.status] = (statuses[got.status] ?? 0) + 1;
      slowest = Math.max(slowest, got.ms);
      if (got.status === -1) violations.add(`no answer within ${ANSWER_MS} ms: ${hostile.what}`);
      if (got.status >= 500 && got.status !== 501) violations.add(`status ${got.status}: ${hostile.what}`);
      if (got.status !== 200 && INTERNALS.test(got.text))
        violations.add(`internals in an answer: ${hostile.what}`);
      if (got.status !== 200 && got.text.includes(CANARY))
        violations.add(`a text in an error: ${hostile.what}`);
    };
    for (let n = 0; n < 10; n++) sockets.push(slow(address));
    look(
      { what: '50 MB', body: Buffer.alloc(0), headers: {} },
      await send(
        address,
        {
          what: '50 MB',
          body: Buffer.alloc(50_000_000, 0x20),
          headers: { 'content-type': 'application/json' },
        },
        null,
      ),
    );
    const half = Math.floor(requests / 2);
    const before = printOfFolder(folder);
    const round = async (from: number, to: number, one: () => Promise<void>): Promise<void> => {
      for (let n = from; n < to && ended === undefined; n += TOGETHER) {
        await Promise.all(Array.from({ length: Math.min(TOGETHER, to - n) }, one));
        if (warm === 0 && n >= requests * WARM_UP) warm = await rss();
      }
    };
    await round(0, half, async () => {
      const hostile = hostileRequest(chance, base('1'));
      const { token } = tokenFor(chance, issuer, teams.serviceUrl);
      const got = await send(address, hostile, token);
      look(hostile, got);
      if (got.status === 200) violations.add(`let in without a good token: ${hostile.what}`);
    });
    if (ended === undefined && printOfFolder(folder) !== before)
      violations.add('something was written before authentication');
    const sent: Buffer[] = [];
    // Memory is measured once the code behind the door is warm too.
    warm = 0;
    let n = 0;
    await round(half, requests, async () => {
      n += 1;
      const again = sent.length > 0 && chance() < 0.1;
      const hostile: Hostile = again
        ? { what: 'replay', body: pick(chance, sent), headers: { 'content-type': 'application/json' } }
        : chance() < 0.7
          ? {
              what: 'activity',
              body: oddActivity(chance, base(String(n % 20))),
              headers: { 'content-type': 'application/json' },
            }
          : hostileRequest(chance, base(String(n % 20)));
      if (sent.length < 50) sent.push(hostile.body);
      look(hostile, await send(address, hostile, goodToken(issuer, teams.serviceUrl)));
      if (n === Math.floor((requests - half) * WARM_UP)) warm = await rss();
    });
    end = ended === undefined ? await rss() : 0;
    if (end - warm > GROWTH_BYTES) violations.add(`memory grew by ${Math.round((end - warm) / 1048576)} MB`);
    const health =
      ended === undefined
        ? await fetch(`${address}/healthz`).then(
            (r) => r.status,
            () => 0,
          )
        : 0;
    if (health !== 200) violations.add('the server does not live any more');
    if (readFileSync(join(folder, 'klankbord.db')).includes(CANARY))
      violations.add('a text in the data folder');
  } catch (error) {
    violations.add(ended === undefined ? `the run broke off: ${String(error)}` : 'the server ended');
  } finally {
    for (const socket of sockets) socket.destroy();
    child.kill('SIGKILL');
    await Promise.all([issuer.close(), teams.close()]);
    rmSync(folder, { recursive: true, force: true });
  }
  const mb = (bytes: number): number => Math.round(bytes / 1048576);
  return {
    seed,
    requests,
    statuses,
    rssWarmMb: mb(warm),
    rssEndMb: mb(end),
    slowest,
    violations: [...violations],
  };
}

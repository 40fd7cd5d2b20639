/**
 * `npm run bench`: what a turn costs, beside botbuilder's own bots. One run; every system is up all the time, and they are measured
 * in turns, round after round, so that a noisy neighbour strikes all of them. Medians of the rounds.
 *
 *   npm run bench -- [--rounds 5] [--seconds 3] [--only a,d] [--no-auth] [--tokens 1]
 *   npm run bench -- growth [--most 100000] [--only interview,outbox,parked]
 *   npm run bench -- start
 *   npm run bench -- profile [--only d]
 */
import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { openIssuer } from '../support/issuer.ts';
import { Databases } from './databases.ts';
import { growth } from './growth.ts';
import { Connector, Crowd, type Round } from './load.ts';
import { median, pin, pinning, quantile } from './measure.ts';
import { coldStart } from './cold-start.ts';
import { profileFolder, report } from './profile.ts';
import { KINDS, LOAD_CORE, spent, start, stopAll, type Auth, type System } from './systems.ts';

const TEACHERS = 1_200;
const AT_ONCE = 16;
const APP_ID = '00000000-0000-4000-8000-00000000b07a';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '3' },
    only: { type: 'string' },
    'no-auth': { type: 'boolean', default: false },
    tokens: { type: 'string', default: '1' },
    most: { type: 'string', default: '100000' },
  },
});

interface Sample {
  readonly saturation: number;
  readonly cpu: number;
  readonly own: number;
  readonly p50: number;
  readonly p99: number;
  readonly halfCpu: number;
  readonly messages: number;
  readonly failed: number;
}

async function main(): Promise<void> {
  demandPeers();
  pin(process.pid, LOAD_CORE);
  const databases = await Databases.open();
  const connector = new Connector();
  await connector.open();
  process.stdout.write(`${machine(databases)}\n\n`);
  try {
    if (positionals[0] === 'growth')
      await growth({ connector, most: Number(values.most), only: values.only?.split(',') });
    else if (positionals[0] === 'start') await coldStart({ databases, connector });
    else if (positionals[0] === 'profile') await profile(databases, connector);
    else await compare(databases, connector);
  } finally {
    connector.close();
    await databases?.drop();
  }
}

/** Interrupted: what was started is ended all the same. */
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => {
    stopAll();
    process.exitCode = 1;
  });

async function open(connector: Connector) {
  const issuer = values['no-auth'] ? null : await openIssuer();
  const auth: Auth | null = issuer && {
    appId: APP_ID,
    metadataUrl: issuer.metadataUrl,
    tenants: TEACHERS,
    serviceHost: new URL(connector.serviceUrl).host,
  };
  const tokens = issuer ? tokensOf(issuer, connector.serviceUrl, Number(values.tokens)) : [];
  let used = 0;
  const authorization = () => (tokens.length === 0 ? null : tokens[(used += 1) % tokens.length]!);
  return { issuer, auth, tokens, authorization };
}

/** A CPU profile of one system under load. */
async function profile(databases: Databases | null, connector: Connector): Promise<void> {
  const { issuer, auth, authorization } = await open(connector);
  const kind = KINDS.find(({ id }) => id === (values.only ?? 'd'))!;
  const { folder, nodeOptions } = profileFolder();
  const system = await start(kind, { auth, databases, questions: 31, nodeOptions, profiles: folder });
  const crowd = new Crowd(kind.id, TEACHERS, connector, { bots: system.bots, authorization });
  try {
    await crowd.spread(6);
    await crowd.saturate(3, AT_ONCE);
    for (const pid of system.pids) process.kill(pid, 'SIGUSR2');
    const round = await crowd.saturate(Number(values.seconds), AT_ONCE);
    for (const pid of system.pids) process.kill(pid, 'SIGUSR2');
    process.stdout.write(`${(round.turns / round.seconds).toFixed(0)} turns/s while profiling\n`);
    await system.stop();
    process.stdout.write(`${report(folder)}\n`);
  } finally {
    crowd.close();
    await system.dispose();
    await issuer?.close();
  }
}

async function compare(databases: Databases | null, connector: Connector): Promise<void> {
  const { issuer, auth, tokens, authorization } = await open(connector);
  const only = values.only?.split(',');
  const kinds = KINDS.filter(
    ({ id, durable }) => (only?.includes(id) ?? true) && (durable !== 'postgres' || databases !== null),
  );
  const questions = await lengthOfInterview(connector, auth, authorization);
  process.stdout.write(
    `an interview has ${questions} turns; ${TEACHERS} teachers, ${AT_ONCE} at once; ` +
      `${auth ? `authenticated, ${tokens.length} token(s)` : 'without authentication'}\n`,
  );

  const running: { system: System; crowd: Crowd; samples: Sample[]; turns: number; stored: number }[] = [];
  try {
    for (const kind of kinds) {
      const system = await start(kind, { auth, databases, questions });
      const crowd = new Crowd(kind.id, TEACHERS, connector, { bots: system.bots, authorization });
      running.push({ system, crowd, samples: [], turns: 0, stored: 0 });
      await crowd.spread(Math.min(6, questions));
      await crowd.saturate(2, AT_ONCE);
      process.stdout.write(`${kind.id} is warm\n`);
    }
    for (const one of running) one.stored = await one.system.stored();
    for (let round = 0; round < Number(values.rounds); round += 1) {
      // Another one begins each round.
      const order = running.map((_, nth) => running[(nth + round) % running.length]!);
      for (const one of order) await measure(one);
      process.stdout.write(`round ${round + 1} done\n`);
    }
    const rows = [];
    for (const { system, samples, turns, stored } of running) {
      const { own, backends } = await system.memory();
      const of = (name: keyof Sample) => median(samples.map((sample) => sample[name]));
      rows.push({
        id: system.kind.id,
        title: system.kind.title,
        turnsPerSecond: of('saturation'),
        cpuPerTurn: of('cpu'),
        ownCpuPerTurn: of('own'),
        halfLoadCpu: of('halfCpu'),
        p50: of('p50'),
        p99: of('p99'),
        rss: own + backends,
        bytesPerTurn: system.kind.durable === 'none' ? 0 : ((await system.stored()) - stored) / turns,
        messagesPerTurn: of('messages'),
        failed: samples.reduce((sum, sample) => sum + sample.failed, 0),
        turns,
        rounds: samples,
      });
    }
    show(rows);
  } finally {
    for (const { system, crowd } of running) {
      crowd.close();
      await system.dispose();
    }
    await issuer?.close();
  }

  async function measure(one: (typeof running)[number]): Promise<void> {
    const { system, crowd } = one;
    const seconds = Number(values.seconds);
    // Back to speed after the others had their turn.
    await crowd.saturate(0.5, AT_ONCE);
    const [full, cost] = await costing(system, () => crowd.saturate(seconds, AT_ONCE));
    const rate = full.turns / full.seconds;
    const [half, halfCost] = await costing(system, () => crowd.steadily(seconds, rate / 2));
    one.turns += full.turns + half.turns;
    one.samples.push({
      saturation: rate,
      cpu: (cost.own + cost.backends) / full.turns,
      own: cost.own / full.turns,
      p50: quantile(half.latencies, 0.5),
      p99: quantile(half.latencies, 0.99),
      halfCpu: (halfCost.own + halfCost.backends) / half.turns,
      messages: full.messages / full.turns,
      failed: full.failed + half.failed,
    });
  }
}

async function costing(
  system: System,
  work: () => Promise<Round>,
): Promise<[Round, { own: number; backends: number }]> {
  const before = await system.cpu();
  const round = await work();
  return [round, spent(before, await system.cpu())];
}

/** How many turns one interview takes from hello to goodbye. */
async function lengthOfInterview(
  connector: Connector,
  auth: Auth | null,
  authorization: () => string | null,
): Promise<number> {
  const system = await start(
    KINDS.find(({ id }) => id === 'd')!,
    { auth, databases: null, questions: 0 },
  );
  const crowd = new Crowd('length', 1, connector, { bots: system.bots, authorization });
  try {
    const teacher = crowd.teachers[0]!;
    for (let turns = 0; turns < 60; turns += 1) {
      if (teacher.label?.step === 'r5_end') return turns;
      await crowd.turn(teacher);
    }
    throw new Error('the interview does not end');
  } finally {
    crowd.close();
    await system.dispose();
  }
}

function tokensOf(
  issuer: Awaited<ReturnType<typeof openIssuer>>,
  serviceUrl: string,
  count: number,
): string[] {
  const now = Math.floor(Date.now() / 1000);
  return Array.from({ length: count }, (_, nth) => {
    const claims = { iss: 'https://api.botframework.com', aud: APP_ID, serviceurl: serviceUrl };
    return `Bearer ${issuer.sign({ ...claims, nbf: now - 60, exp: now + 3_600, jti: String(nth) })}`;
  });
}

interface Row {
  readonly id: string;
  readonly title: string;
  readonly turnsPerSecond: number;
  readonly cpuPerTurn: number;
  readonly ownCpuPerTurn: number;
  readonly halfLoadCpu: number;
  readonly p50: number;
  readonly p99: number;
  readonly rss: number;
  readonly bytesPerTurn: number;
  readonly messagesPerTurn: number;
  readonly failed: number;
}

function show(rows: readonly Row[]): void {
  const lines = [
    [
      '',
      'system',
      'turns/s',
      'CPU µs',
      'of it bot',
      'at half',
      'p50 ms',
      'p99 ms',
      'RSS MB',
      'bytes',
      'failed',
    ],
    ...rows.map((row) => [
      row.id,
      row.title,
      row.turnsPerSecond.toFixed(0),
      row.cpuPerTurn.toFixed(0),
      row.ownCpuPerTurn.toFixed(0),
      row.halfLoadCpu.toFixed(0),
      row.p50.toFixed(1),
      row.p99.toFixed(1),
      (row.rss / 1e6).toFixed(0),
      row.bytesPerTurn.toFixed(0),
      String(row.failed),
    ]),
  ];
  const widths = lines[0]!.map((_, nth) => Math.max(...lines.map((line) => line[nth]!.length)));
  const text = lines.map((line) =>
    line.map((cell, nth) => (nth < 2 ? cell.padEnd(widths[nth]!) : cell.padStart(widths[nth]!))).join('  '),
  );
  const by = new Map(rows.map((row) => [row.id, row]));
  const ratio = (of: keyof Row, one: string, other: string) => {
    const [a, b] = [by.get(one)?.[of], by.get(other)?.[of]];
    return typeof a === 'number' && typeof b === 'number' ? Number((a / b).toFixed(2)) : null;
  };
  const ratios = {
    'cpu d/a': ratio('cpuPerTurn', 'd', 'a'),
    'cpu e/a': ratio('cpuPerTurn', 'e', 'a'),
    'cpu d/c': ratio('cpuPerTurn', 'd', 'c'),
    'cpu e/c': ratio('cpuPerTurn', 'e', 'c'),
    'cpu f/e': ratio('cpuPerTurn', 'f', 'e'),
    'turns/s d/a': ratio('turnsPerSecond', 'd', 'a'),
    'turns/s d/c': ratio('turnsPerSecond', 'd', 'c'),
    'turns/s e/c': ratio('turnsPerSecond', 'e', 'c'),
    'turns/s f/e': ratio('turnsPerSecond', 'f', 'e'),
    ...Object.fromEntries(rows.map(({ id, p50, p99 }) => [`p99/p50 ${id}`, Number((p99 / p50).toFixed(1))])),
  };
  process.stdout.write(`\n${text.join('\n')}\n\n${JSON.stringify({ ratios, rows })}\n`);
}

function machine(databases: Databases | null): string {
  const git = (...args: string[]) => execFileSync('git', args, { encoding: 'utf8' }).trim();
  const [cpu] = cpus();
  return [
    `commit ${git('rev-parse', '--short', 'HEAD')}${git('status', '--porcelain', '--', 'bot', 'dialogs', 'machines', 'locales') === '' ? '' : ' with changes'}`,
    `${cpus().length} × ${cpu?.model ?? 'unknown'}`,
    `Node ${process.version}`,
    databases ? `PostgreSQL ${databases.version}` : 'no PostgreSQL: c, e and f are left out',
    pinning() ? `systems pinned to the first core(s), load to core ${LOAD_CORE}` : 'nothing is pinned here',
  ].join(' · ');
}

function demandPeers(): void {
  try {
    const require = createRequire(import.meta.url);
    require.resolve('botbuilder-dialogs');
    require.resolve('rimraf/package.json');
  } catch {
    process.stderr.write(
      'The bots that Klankbord is measured against are not installed. Once: npm ci --prefix tests/bench\n',
    );
    process.exit(2);
  }
}

await main();

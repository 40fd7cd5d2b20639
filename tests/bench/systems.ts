/** The systems: how each is started, and what it costs and keeps. */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Databases } from './databases.ts';
import { cpuOf, memoryOf, pinning } from './measure.ts';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** The load has the last core to itself; what is measured has the first, and a second replica the second where there is one. */
const CORES = availableParallelism();
export const LOAD_CORE = String(CORES - 1);
const SYSTEM_CORES = Array.from({ length: Math.max(1, CORES - 1) }, (_, nth) => String(nth));

export interface Auth {
  readonly appId: string;
  readonly metadataUrl: string;
  readonly tenants: number;
  readonly serviceHost: string;
}

export interface Kind {
  readonly id: string;
  readonly title: string;
  readonly program: 'echo' | 'waterfall' | 'klankbord';
  readonly durable: 'none' | 'sqlite' | 'postgres';
  readonly replicas: number;
}

export const KINDS: readonly Kind[] = [
  { id: 'a', title: 'botbuilder echo, in memory', program: 'echo', durable: 'none', replicas: 1 },
  { id: 'b', title: 'botbuilder waterfall, in memory', program: 'waterfall', durable: 'none', replicas: 1 },
  {
    id: 'c',
    title: 'botbuilder waterfall, PostgreSQL',
    program: 'waterfall',
    durable: 'postgres',
    replicas: 1,
  },
  { id: 'd', title: 'Klankbord, SQLite', program: 'klankbord', durable: 'sqlite', replicas: 1 },
  { id: 'e', title: 'Klankbord, PostgreSQL', program: 'klankbord', durable: 'postgres', replicas: 1 },
  {
    id: 'f',
    title: 'Klankbord, PostgreSQL, 2 replicas',
    program: 'klankbord',
    durable: 'postgres',
    replicas: 2,
  },
];

export interface StartOptions {
  readonly auth: Auth | null;
  readonly databases: Databases | null;
  /** Steps of the waterfall. */
  readonly questions: number;
  /** Use what is there already. */
  readonly dataFolder?: string;
  readonly database?: { url: string; name: string };
  readonly nodeOptions?: readonly string[];
  /** Where profiler.ts writes. */
  readonly profiles?: string;
}

export interface System {
  readonly kind: Kind;
  readonly bots: readonly string[];
  readonly pids: readonly number[];
  readonly dataFolder: string;
  readonly database: { url: string; name: string } | null;
  /** µs of CPU since it began: its own processes and, where it has one, the backends of its database. */
  cpu(): Promise<{ own: number; backends: Map<number, number> }>;
  /** Bytes: resident of its own processes, and private of its backends. */
  memory(): Promise<{ own: number; backends: number }>;
  /** Bytes in its files or its database. */
  stored(): Promise<number>;
  /** Ends the processes; the data stays until `dispose`. */
  stop(): Promise<void>;
  dispose(): Promise<void>;
}

const everything = new Set<ChildProcess>();

/** Ends every process that was started; the run then fails and clears up. */
export function stopAll(): void {
  for (const child of everything) child.kill('SIGKILL');
}

/** 32 bytes; any will do. */
const KEY = Buffer.alloc(32, 7).toString('base64');

export async function start(kind: Kind, options: StartOptions): Promise<System> {
  const { auth, databases } = options;
  const dataFolder = options.dataFolder ?? mkdtempSync(join(tmpdir(), `klankbord-bench-${kind.id}-`));
  const database =
    options.database ?? (kind.durable === 'postgres' && databases ? await databases.create(kind.id) : null);
  const children: ChildProcess[] = [];
  const bots: string[] = [];
  for (let nth = 0; nth < kind.replicas; nth += 1) {
    const port = await freePort();
    const own = kind.program === 'klankbord';
    const args = [
      ...(options.nodeOptions ?? []),
      '--disable-warning=ExperimentalWarning',
      ...(own && auth ? ['--import', here('klankbord/preload.ts')] : []),
      here(own ? '../../bot/main.ts' : `peers/${kind.program}.ts`),
    ];
    const env = {
      ...(own
        ? ownEnvironment(auth, port, dataFolder, database?.url)
        : peerEnvironment(options, port, database?.url)),
      ...(options.profiles === undefined ? {} : { BENCH_PROFILES: options.profiles }),
    };
    const core = SYSTEM_CORES[nth % SYSTEM_CORES.length]!;
    const child = pinning()
      ? spawn('taskset', ['-c', core, process.execPath, ...args], {
          env,
          stdio: ['ignore', 'ignore', 'inherit'],
        })
      : spawn(process.execPath, args, { env, stdio: ['ignore', 'ignore', 'inherit'] });
    children.push(child);
    everything.add(child);
    child.once('exit', () => everything.delete(child));
    bots.push(`http://127.0.0.1:${port}`);
    await answering(`http://127.0.0.1:${port}/${own ? 'readyz' : ''}`, child);
  }
  const pids = children.map((child) => child.pid!);
  return {
    kind,
    bots,
    pids,
    dataFolder,
    database,
    async cpu() {
      const backends =
        database && databases ? await databases.cpu(database.name, SYSTEM_CORES.join()) : new Map();
      return { own: pids.reduce((sum, pid) => sum + cpuOf(pid), 0), backends };
    },
    async memory() {
      return {
        own: pids.reduce((sum, pid) => sum + memoryOf(pid), 0),
        backends: database && databases ? await databases.memory(database.name) : 0,
      };
    },
    async stored() {
      if (database && databases) return databases.bytes(database.name);
      return ['klankbord.db', 'klankbord.db-wal'].reduce(
        (sum, file) => sum + sizeOf(join(dataFolder, file)),
        0,
      );
    },
    async stop() {
      await Promise.all(children.map((child) => ended(child)));
    },
    async dispose() {
      await Promise.all(children.map((child) => ended(child)));
      rmSync(dataFolder, { recursive: true, force: true });
    },
  };
}

/** CPU between two readings, in µs. A backend that was not there before counts from zero. */
export function spent(
  before: { own: number; backends: Map<number, number> },
  after: { own: number; backends: Map<number, number> },
): { own: number; backends: number } {
  let backends = 0;
  for (const [pid, cpu] of after.backends) backends += Math.max(0, cpu - (before.backends.get(pid) ?? 0));
  return { own: after.own - before.own, backends };
}

function ownEnvironment(auth: Auth | null, port: number, folder: string, url?: string): NodeJS.ProcessEnv {
  return {
    PATH: process.env['PATH'],
    PORT: String(port),
    HOST: '127.0.0.1',
    KLANKBORD_MODE: 'local',
    KLANKBORD_PLAYGROUND: '0',
    KLANKBORD_QUIET_SECONDS: '0',
    KLANKBORD_DATA: folder,
    KLANKBORD_KEY: KEY,
    ...(url ? { DATABASE_URL: url } : {}),
    ...(auth
      ? {
          BENCH_APP_ID: auth.appId,
          BENCH_METADATA_URL: auth.metadataUrl,
          BENCH_SERVICE_HOST: auth.serviceHost,
          BENCH_TENANTS: String(auth.tenants),
        }
      : {}),
  };
}

function peerEnvironment({ auth, questions }: StartOptions, port: number, url?: string): NodeJS.ProcessEnv {
  return {
    PATH: process.env['PATH'],
    PORT: String(port),
    QUESTIONS: String(questions),
    ...(url ? { DATABASE_URL: url } : {}),
    ...(auth ? { APP_ID: auth.appId, METADATA_URL: auth.metadataUrl } : {}),
  };
}

async function answering(url: string, child: ChildProcess): Promise<void> {
  for (let tries = 0; tries < 1_500; tries += 1) {
    if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}`);
    const there = await fetch(url).then(
      (response) => response.status !== 503,
      () => false,
    );
    if (there) return;
    await pause(20);
  }
  throw new Error(`nothing at ${url}`);
}

function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    const timer = setTimeout(() => child.kill('SIGKILL'), 15_000);
    child.once('exit', () => {
      clearTimeout(timer);
      resolve();
    });
    child.kill('SIGTERM');
  });
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function sizeOf(path: string): number {
  try {
    return statSync(path).size;
  } catch {
    return 0;
  }
}

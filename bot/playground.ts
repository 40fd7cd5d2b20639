/**
 * The two chat pages of local mode: Microsoft's Agents Playground, once for a teacher and once for a coach, each a process of its
 * own with its own people, pointing at this bot. The coach is unknown in the teacher's page, as a coach without the app is in Teams.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer, type AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import { foreignEnvironment } from './config.ts';
import { GiveUp } from './errors.ts';
import type { Log } from './log.ts';
import type { Say } from './operator.ts';

const FIRST_PORTS = { teacher: 56150, coach: 56160 } as const;
const UP_WITHIN_MS = 30_000;
const MAX_RESTARTS = 3;
/** Of the invented teacher; the invented coach is in the school file. */
export const DEMO_TEACHER = '00000000-0000-0000-0000-0000000000a1';

type Who = keyof typeof FIRST_PORTS;

export interface PlaygroundOptions {
  /** Address of POST /api/messages. */
  readonly endpoint: string;
  readonly dataFolder: string;
  readonly coach: { readonly name: string; readonly aadObjectId: string };
  readonly say: Say;
  readonly log: Log;
  /** A sentence for whoever started the bot. */
  readonly print: (line: string) => void;
}

export interface Playground {
  readonly teacher: string;
  readonly coach: string;
  close(): Promise<void>;
}

interface Page {
  readonly who: Who;
  readonly folder: string;
  readonly port: number;
  child: ChildProcess;
  restarts: number;
}

/** Starts both pages; rejects with GiveUp, whose message says why, when one does not come up. */
export async function openPlayground(options: PlaygroundOptions): Promise<Playground> {
  const { say, log, print } = options;
  const script = findScript(say);
  let closing = false;

  const spawnPage = (page: Omit<Page, 'child' | 'restarts'>): ChildProcess => {
    rmSync(join(page.folder, 'playground.log'), { force: true });
    const child = spawn(
      process.execPath,
      [
        ...['--import', fileURLToPath(new URL('loopback.ts', import.meta.url)), script, 'start'],
        ...['-e', options.endpoint, '-c', 'msteams', '-p', String(page.port), '--disable-telemetry'],
        ...['--service-url', `http://127.0.0.1:${page.port}/_connector`],
      ],
      {
        cwd: page.folder,
        stdio: ['pipe', 'ignore', 'ignore'],
        env: foreignEnvironment({
          NODE_OPTIONS: undefined,
          BOT_ENDPOINT: undefined,
          DEFAULT_CHANNEL_ID: undefined,
          TEAMSAPPTESTER_BROWSER: 'none',
          M365_AGENTS_PLAYGROUND_CONFIG_PATH: join(page.folder, 'playground.yml'),
          M365_AGENTS_PLAYGROUND_LOGFILE: join(page.folder, 'playground.log'),
        }),
      },
    );
    child.once('error', (error) => log.warn('playground_error', { error }));
    return child;
  };

  const open = async (who: Who): Promise<Page> => {
    const folder = resolve(options.dataFolder, 'playground', who);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'playground.yml'), stringify(peopleOf(who, options.coach)));
    const port = await freePort(FIRST_PORTS[who], say);
    const page: Page = { who, folder, port, child: spawnPage({ who, folder, port }), restarts: 0 };
    try {
      await up(page, say);
    } catch (error) {
      page.child.kill();
      throw error;
    }
    watch(page);
    return page;
  };

  const watch = (page: Page): void => {
    page.child.once('exit', () => {
      if (closing) return;
      page.restarts += 1;
      if (page.restarts > MAX_RESTARTS) return print(say('start.pageLost', { reason: reasonOf(page, say) }));
      page.child = spawnPage(page);
      watch(page);
      up(page, say).then(
        () => print(say('start.pageRestarted', { address: addressOf(page) })),
        (error: unknown) => log.warn('playground_restart', { error }),
      );
    });
  };

  // One after the other: two starts at once could settle on the same port.
  const teacher = await open('teacher');
  const pages = [teacher];
  const close = async () => {
    closing = true;
    await Promise.all(pages.map(({ child }) => end(child)));
  };
  // Whatever ends this process ends the pages: nobody wants to hunt for orphans.
  process.once('exit', () => pages.forEach(({ child }) => child.kill('SIGKILL')));
  try {
    pages.push(await open('coach'));
  } catch (error) {
    await close();
    throw error;
  }
  return { teacher: addressOf(teacher), coach: addressOf(pages[1] ?? teacher), close };
}

/** The people of a page. Fewer than five users, or the same id twice, and the Playground dies; its key is really spelled like that. */
function peopleOf(who: Who, coach: PlaygroundOptions['coach']): object {
  const person = (id: string, name: string, aadObjectId: string) => {
    const [givenName = name, ...rest] = name.split(' ');
    const email = `${id}@example.org`;
    return {
      id,
      name,
      userPrincipleName: email,
      aadObjectId,
      givenName,
      surname: rest.join(' ') || '-',
      email,
    };
  };
  const others = [1, 2, 3, 4, 5].map((n) =>
    person(
      `${who}-colleague-${n}`,
      `Collega ${n}`,
      `00000000-0000-0000-0000-00000000${who === 'coach' ? 'c' : 'a'}00${n}`.slice(0, 36),
    ),
  );
  const me =
    who === 'teacher'
      ? person('29:demo-teacher', 'Juf Anne', DEMO_TEACHER)
      : person('29:demo-coach', coach.name, coach.aadObjectId);
  return {
    version: '0.1.1',
    tenantId: '00000000-0000-0000-0000-0000000000aa',
    bot: { id: '28:klankbord', name: 'Klankbord' },
    currentUser: me,
    users: others,
    // Ids of their own: both pages talk to one bot, and one id would be one conversation.
    personalChat: { id: `personal-${who}` },
    groupChat: { id: `group-${who}`, name: 'Groep' },
    team: {
      id: `team-${who}`,
      aadGroupId: `group-id-${who}`,
      name: 'Team',
      channels: [{ id: `channel-${who}`, name: 'Algemeen' }],
    },
  };
}

function addressOf(page: Page): string {
  return `http://127.0.0.1:${page.port}`;
}

function findScript(say: Say): string {
  try {
    return createRequire(import.meta.url).resolve('@microsoft/m365agentsplayground/cli.js');
  } catch {
    throw new GiveUp('playground_missing', say('playground.notInstalled'));
  }
}

async function freePort(from: number, say: Say): Promise<number> {
  for (let port = from; port < from + 10; port += 1) if (await isFree(port)) return port;
  throw new GiveUp('playground_port', say('playground.noPort'));
}

/** On all interfaces, as the Playground itself tries: a port that is taken elsewhere would make it choose another. */
function isFree(port: number): Promise<boolean> {
  return new Promise((done) => {
    const server = createServer();
    server.once('error', () => done(false));
    server.listen(port, '127.0.0.1', () => {
      const { port: got } = server.address() as AddressInfo;
      server.close(() => done(got === port));
    });
  });
}

async function up(page: Page, say: Say): Promise<void> {
  const { child } = page;
  for (let waited = 0; waited < UP_WITHIN_MS; waited += 200) {
    if (child.exitCode !== null || child.signalCode !== null)
      throw new GiveUp('playground_ended', reasonOf(page, say));
    const ok = await fetch(addressOf(page), { signal: AbortSignal.timeout(2_000) }).then(
      (response) => response.ok,
      () => false,
    );
    if (ok) return;
    await pause(200);
  }
  throw new GiveUp('playground_silent', say('playground.silent', { seconds: UP_WITHIN_MS / 1000 }));
}

/** The Playground says on its screen that all is well, and why it died only in its log. */
function reasonOf(page: Pick<Page, 'folder'>, say: Say): string {
  try {
    const lines = readFileSync(join(page.folder, 'playground.log'), 'utf8').trim().split('\n');
    const text = lines.findLast((line) => /Reason:/.test(line)) ?? lines.at(-1) ?? '';
    return say('playground.said', { text: text.slice(0, 300) });
  } catch {
    return say('playground.said', { text: '-' });
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise<void>((done) => child.once('exit', () => done()));
  child.kill('SIGTERM');
  await Promise.race([gone, pause(2_000, undefined, { ref: false })]);
  child.kill('SIGKILL');
}

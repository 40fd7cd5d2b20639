/** The browser, and the bot with its two pages, as `npm start` gives them to a person. */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { chromium, type Browser, type Page } from 'playwright-core';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
export const OUTPUT = join(ROOT, 'tests/output');
export const CHROMIUM = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
const FLAGS = [
  ...['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--no-first-run'],
  ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
];

export function launch(): Promise<Browser> {
  mkdirSync(OUTPUT, { recursive: true });
  return chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
}

/** A page that reaches this machine only: fonts from elsewhere are refused, as in a school without them. */
export async function openPage(browser: Browser, width: number, height: number): Promise<Page> {
  const page = await browser.newPage({ viewport: { width, height } });
  await page.route(
    ({ hostname, protocol }) => protocol.startsWith('http') && hostname !== '127.0.0.1',
    (route) => route.abort(),
  );
  return page;
}

export interface Pages {
  readonly teacher: string;
  readonly coach: string;
  stop(): Promise<void>;
}

/**
 * Starts the bot with its pages on a folder of its own. It waits a moment before it answers: the page shows a message only when the
 * bot has taken it, and an answer that is there before that stands above it, without its buttons.
 */
export async function startWithPages(): Promise<Pages> {
  const folder = mkdtempSync(join(tmpdir(), 'klankbord-pages-'));
  const child = spawn(process.execPath, ['bot/main.ts'], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      ...process.env,
      ...{ LANG: 'nl', LC_ALL: '', PORT: '0', KLANKBORD_MODE: '', KLANKBORD_PLAYGROUND: '1' },
      ...{ KLANKBORD_DATA: folder, KLANKBORD_QUIET_SECONDS: '0.2', SCHOOL_FILE: '', DATABASE_URL: '' },
    },
  });
  let said = '';
  await new Promise<void>((done, fail) => {
    child.once('exit', () => fail(new Error(`the bot ended:\n${said}`)));
    child.stdout.on('data', (part: Buffer) => {
      said += part.toString('utf8');
      if (said.includes('Ctrl+C')) done();
    });
  });
  const address = (after: string) => new RegExp(`${after}\\s+(http://\\S+)`).exec(said)?.[1] ?? '';
  return {
    teacher: address('de leerkracht'),
    coach: address('de coach'),
    stop: async () => {
      const gone = new Promise((done) => child.once('exit', done));
      child.kill('SIGTERM');
      await gone;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

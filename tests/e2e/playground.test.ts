/**
 * `npm start` as a person sees it: the two chat pages in a browser. Skipped where there is no Chromium (CHROMIUM names another one).
 * Leaves pictures in tests/output/.
 */
import { expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium, type Browser, type Page } from 'playwright-core';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const OUTPUT = join(ROOT, 'tests/output');
const CHROMIUM = process.env['CHROMIUM'] ?? '/usr/bin/chromium';

/** Starts the bot with its pages; resolves with the addresses that it prints. */
async function startWithPages(folder: string) {
  const child = spawn(process.execPath, ['bot/main.ts'], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      ...process.env,
      LANG: 'nl',
      LC_ALL: '',
      PORT: '0',
      KLANKBORD_MODE: '',
      KLANKBORD_PLAYGROUND: '1',
      KLANKBORD_DATA: folder,
      KLANKBORD_QUIET_SECONDS: '0',
      SCHOOL_FILE: '',
      DATABASE_URL: '',
    },
  });
  let said = '';
  const address = (after: string) => new RegExp(`${after}\\s+(http://\\S+)`).exec(said)?.[1];
  await new Promise<void>((done, fail) => {
    child.once('exit', () => fail(new Error(`the bot ended:\n${said}`)));
    child.stdout.on('data', (part: Buffer) => {
      said += part.toString('utf8');
      if (said.includes('Ctrl+C')) done();
    });
  });
  const stop = async () => {
    const gone = new Promise((done) => child.once('exit', done));
    child.kill('SIGTERM');
    await gone;
  };
  return { said, teacher: address('de leerkracht') ?? '', coach: address('de coach') ?? '', stop };
}

async function open(browser: Browser, address: string): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 1400, height: 1000 } });
  // The page asks for fonts elsewhere and does without.
  await page.route(/^https:/, (route) => route.abort());
  await page.goto(address);
  await page.waitForSelector('[data-lexical-editor=true]');
  return page;
}

async function say(page: Page, text: string, answer: RegExp): Promise<void> {
  await page.click('[data-lexical-editor=true]');
  await page.keyboard.type(text);
  await page.keyboard.press('Enter');
  await page.getByText(answer).last().waitFor({ timeout: 15_000 });
}

(existsSync(CHROMIUM) ? test : test.skip)(
  'a teacher and a coach each have a page, on this machine only, and the profile goes from one to the other',
  async () => {
    mkdirSync(OUTPUT, { recursive: true });
    const folder = mkdtempSync(join(tmpdir(), 'klankbord-pages-'));
    const bot = await startWithPages(folder);
    const browser = await chromium.launch({
      executablePath: CHROMIUM,
      args: ['--no-sandbox', '--disable-dev-shm-usage'],
    });
    try {
      const outside = Object.values(networkInterfaces())
        .flatMap((list) => list ?? [])
        .find(({ internal, family }) => !internal && family === 'IPv4')?.address;
      if (outside !== undefined)
        await expect(fetch(bot.teacher.replace('127.0.0.1', outside))).rejects.toThrow();

      const teacher = await open(browser, bot.teacher);
      await teacher
        .getByText(/chatbot/)
        .first()
        .waitFor();
      await say(teacher, 'Nederlands', /Zullen we beginnen/);
      await say(teacher, 'beginnen', /schuilnaam/);
      await say(teacher, 'Vos', /Welke drie woorden|drie losse woorden/);
      await say(teacher, 'wisselend, stekelig, hartelijk', /wisselend’/);
      await say(teacher, 'Maandag liep hij **weg** [hier](http://x). <b>Ik</b> was boos.', /Vos/);
      await teacher.waitForTimeout(1_000);
      await teacher.screenshot({ path: join(OUTPUT, 'teacher.png') });
      const review = teacher.getByText(/Haal het vinkje weg/);
      for (let n = 0; n < 40 && (await review.count()) === 0; n += 1) {
        await say(teacher, 'overslaan', /overslaan/);
        await teacher.waitForTimeout(400);
      }
      await say(teacher, 'klaar', /niet heb gevraagd/);
      await say(teacher, 'niets', /Wat wil je met/);
      // The coach never opened the chat: the profile waits, and the teacher hears so.
      await say(teacher, 'gekozen zinnen', /niet om Coach Noor te bereiken/);
      const coach = await open(browser, bot.coach);
      await coach
        .getByText(/conceptprofiel over de relatie/)
        .first()
        .waitFor();
      await teacher
        .getByText(/aangekomen bij Coach Noor/)
        .first()
        .waitFor();
      // What the teacher typed stands there as it was typed.
      await coach.getByText('Maandag liep hij **weg** [hier](http://x).').first().waitFor();
      await coach.screenshot({ path: join(OUTPUT, 'coach.png') });
    } finally {
      await browser.close();
      await bot.stop();
      rmSync(folder, { recursive: true, force: true });
    }
    await expect(fetch(bot.teacher)).rejects.toThrow();
  },
  120_000,
);

/**
 * Every kind of card of the golden conversations, as a phone shows it: nothing sticks out, and what a screen reader is told is complete
 * and in order. The pictures are in tests/output/cards/.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import type { Outgoing } from '../../dialogs/ports.ts';
import { wordsIn } from '../support/card-check.ts';
import { play } from '../support/transcript.ts';
import { CHROMIUM, launch, openPage, OUTPUT } from './support/browser.ts';

const PHONE = 390;
const NARROW = 360;
const DESK = 720;
const FOLDER = join(OUTPUT, 'cards');
const TRANSCRIPTS = new URL('../transcripts/', import.meta.url);
const RENDERER = createRequire(import.meta.url).resolve('adaptivecards/dist/adaptivecards.min.js');

/** One card of each kind that a language has: the biggest, because that one has the most to go wrong. */
async function cardsOf(conversations: readonly string[]): Promise<Map<string, Outgoing>> {
  const found = new Map<string, Outgoing>();
  for (const source of conversations) {
    await play(source, (message, to) => {
      if (!message.card) return;
      // The card that is sent first is the one with the grid; what is opened from it is a profile too.
      if (to === 'coach' && message.label.kind === 'profile' && !message.card['actions']) return;
      const { step, kind, probe } = message.label;
      const name =
        to === 'dialog'
          ? [message.lang, to, message.text.toLowerCase().replace(/\W+/gu, '-')].join('-')
          : [message.lang, to, step, kind, probe].filter(Boolean).join('-');
      const known = found.get(name);
      if (!known || JSON.stringify(known.card).length < JSON.stringify(message.card).length)
        found.set(name, message);
    });
  }
  return found;
}

/** As it is compared: without the quotes and escapes of the tree's own notation, and without what has no width. */
const plainly = (text: string): string =>
  text
    .replace(/\\?(?:u200b|u2060|[\u200b\u2060])|\\x[\da-f]{2}|["'\\]/gu, '')
    .replace(/\s+/gu, ' ')
    .trim();

/** German has no golden conversations yet: a short one, to see its cards. */
const GERMAN = [
  '# locale: de-DE',
  ...['> [arrived]', '> [press start]', '> Fuchs', '> warm, stachelig, laut'],
  '> Am Montag lief er hinaus, als ich ihn rief. Ich war wütend. Er war traurig, glaube ich.',
  ...Array.from({ length: 7 }, () => '> überspringen'),
  ...['> fertig', '> nichts', '> [press shareKept]', '> [press stateFine]', '> profil'],
].join('\n');

interface Measured {
  /** What reaches beyond the screen. */
  readonly outside: readonly string[];
}

(existsSync(CHROMIUM) ? describe : describe.skip)('the cards', () => {
  let browser: Browser;
  let page: Page;
  let cards: Map<string, Outgoing>;

  beforeAll(async () => {
    mkdirSync(FOLDER, { recursive: true });
    const source = (name: string) => readFileSync(new URL(name, TRANSCRIPTS), 'utf8');
    const golden = readdirSync(TRANSCRIPTS).filter((name) => name.endsWith('.txt'));
    cards = await cardsOf([...golden.map(source), GERMAN]);
    browser = await launch();
    page = await openPage(browser, PHONE, 844);
    await page.setContent(
      `<!doctype html><style>body{margin:0;padding:8px;font-family:sans-serif;background:#f5f5f5}
       #card{background:#fff;border-radius:4px} .ac-pushButton{padding:6px 12px;margin:0}
       /* As Teams does. */ .ac-actionSet{flex-wrap:wrap!important;row-gap:8px}</style><main id="card"></main>`,
    );
    await page.addScriptTag({ path: RENDERER });
  });
  afterAll(() => browser?.close());

  const show = (message: Outgoing, width = PHONE): Promise<Measured> =>
    page.evaluate(
      ([card, width]) => {
        /* eslint-disable @typescript-eslint/no-explicit-any, @typescript-eslint/no-unsafe-assignment, @typescript-eslint/no-unsafe-member-access, @typescript-eslint/no-unsafe-call -- in the page, which has no types here */
        const { AdaptiveCards, document } = globalThis as any;
        const shown = new AdaptiveCards.AdaptiveCard();
        shown.hostConfig = new AdaptiveCards.HostConfig({
          actions: { actionsOrientation: 'horizontal', actionAlignment: 'left', maxActions: 6 },
        });
        shown.parse(card);
        const place = document.getElementById('card');
        place.replaceChildren(shown.render());
        return {
          outside: [...place.querySelectorAll('*')]
            .filter((element: any) => element.getBoundingClientRect().right > width + 1)
            .map((element: any) => `${element.className}: ${element.textContent}`),
        };
        /* eslint-enable */
      },
      [message.card, width] as const,
    );

  test('are of many kinds, in every language', () => {
    const kinds = [...cards.keys()];
    for (const lang of ['nl', 'en', 'de']) {
      const own = kinds.filter((name) => name.startsWith(`${lang}-`)).map((name) => name.slice(3));
      expect(own).toEqual(
        expect.arrayContaining([
          'teacher-c3_consent-question',
          'teacher-r1_review-review',
          'teacher-r3_share-review',
          'teacher-r3_share-question',
          'coach-coach-profile',
        ]),
      );
    }
  });

  test('the coach’s card reads on a narrow phone and on a desk', async () => {
    const found = [...cards].filter(([name]) => name.endsWith('coach-coach-profile'));
    expect(found).toHaveLength(3);
    for (const [name, message] of found) {
      for (const width of [NARROW, DESK]) {
        await page.setViewportSize({ width, height: 844 });
        const { outside } = await show(message, width);
        expect([name, width, outside]).toEqual([name, width, []]);
        await page.locator('#card').screenshot({ path: join(FOLDER, `${name}-${width}.png`) });
      }
    }
    await page.setViewportSize({ width: PHONE, height: 844 });
  });

  test('fit on a phone, with every word on them', async () => {
    const problems: string[] = [];
    for (const [name, message] of cards) {
      const { outside } = await show(message);
      problems.push(...outside.map((what) => `${name} sticks out: ${what}`));
      const text = plainly(await page.innerText('#card'));
      for (const words of wordsIn(message.card?.['body']))
        if (!text.includes(plainly(words))) problems.push(`${name} does not show "${words}"`);
      await page.locator('#card').screenshot({ path: join(FOLDER, `${name}.png`) });
    }
    expect(problems).toEqual([]);
  });

  test('tell a screen reader everything, in the order in which it is read, and name what can be pressed', async () => {
    const problems: string[] = [];
    for (const [name, message] of cards) {
      await show(message);
      const card = message.card ?? {};
      const tree = await page.locator('#card').ariaSnapshot();
      const flat = plainly(tree);
      let at = 0;
      for (const words of wordsIn(card['body'])) {
        const found = flat.indexOf(plainly(words), at);
        if (found < 0) problems.push(`${name} does not read out, here: "${words}"`);
        else at = found;
      }
      const headings = JSON.stringify(card['body']).match(/"style":"heading"/gu)?.length ?? 0;
      const read = await page.locator('#card').getByRole('heading').count();
      if (read !== headings) problems.push(`${name}: ${headings} headings, of which ${read} are read as one`);
      for (const { title } of (card['actions'] ?? []) as { title: string }[]) {
        if ((await page.getByRole('button', { name: title, exact: true }).count()) !== 1)
          problems.push(`${name}: the button "${title}" is not found by its name`);
      }
      const unnamed = await page.locator('#card').getByRole('checkbox', { name: /^\s*$/u }).count();
      if (unnamed > 0) problems.push(`${name}: ${unnamed} check boxes without a name`);
    }
    expect(problems).toEqual([]);
  });
});

/** A person in front of a chat page: reads what stands there, types, presses; with the mouse or with the keyboard alone. */
import type { Browser, Page } from 'playwright-core';
import { openPage } from './browser.ts';

/** What is used of a page's own objects, in functions that run there: the types of browsers are no part of this project. */
interface PageElement {
  readonly innerText: string;
  readonly textContent: string | null;
  readonly parentElement: PageElement | null;
  readonly children: Iterable<PageElement>;
  getAttribute(name: string): string | null;
  closest(selector: string): PageElement | null;
  contains(other: PageElement): boolean;
  matches(selector: string): boolean;
}
declare const document: {
  readonly activeElement: PageElement | null;
  getElementById(id: string): PageElement | null;
  querySelectorAll(selector: string): Iterable<PageElement>;
};

const EDITOR = '[data-lexical-editor=true]';
const WITHIN_MS = 15_000;

export interface Chat {
  readonly page: Page;
  /** What the bot has said since the person last spoke, or everything when that is nothing yet. */
  heard(): Promise<string>;
  /** Waits until `fits` finds something in what was heard, and gives it. */
  until<T>(fits: (heard: string) => T | null): Promise<T>;
  say(text: string): Promise<void>;
  /** Presses the latest button with this title. */
  press(title: string): Promise<void>;
  /** Turns the check box with this name the other way. */
  toggle(name: string): Promise<void>;
}

export async function openChat(browser: Browser, address: string, keyboard = false): Promise<Chat> {
  const page = await openPage(browser, 1400, 1000);
  await page.goto(address);
  await page.waitForSelector(EDITOR);
  /** Bot messages before the person last spoke. */
  let old = 0;
  const messages = () => page.evaluate(botMessages);
  const heard = async () => (await messages()).slice(old).join('\n');
  const spoke = async (act: () => Promise<void>) => {
    old = (await messages()).length;
    await act();
  };
  const chat: Chat = {
    page,
    heard,
    async until(fits) {
      for (const end = Date.now() + WITHIN_MS; ;) {
        const found = fits(await heard());
        if (found !== null) return found;
        if (Date.now() > end) throw new Error(`not heard within ${WITHIN_MS} ms; heard:\n${await heard()}`);
        await page.waitForTimeout(50);
      }
    },
    say: (text) =>
      spoke(async () => {
        if (keyboard) await tabTo(page, 'Tab', { editor: true });
        else await page.click(EDITOR);
        await page.keyboard.insertText(text);
        await page.keyboard.press('Enter');
      }),
    press: (title) =>
      spoke(async () => {
        const button = page.getByRole('button', { name: title, exact: true }).last();
        await button.waitFor({ timeout: WITHIN_MS });
        if (!keyboard) return button.click({ timeout: WITHIN_MS });
        // From the field to type in, the latest message is the first on the way back.
        await tabTo(page, 'Tab', { editor: true });
        await tabTo(page, 'Shift+Tab', { name: title });
        await page.keyboard.press('Enter');
      }),
    toggle: async (name) => {
      const box = page.getByRole('checkbox', { name, exact: true }).last();
      await box.waitFor({ timeout: WITHIN_MS });
      if (!keyboard) return box.click();
      await tabTo(page, 'Tab', { editor: true });
      await tabTo(page, 'Shift+Tab', { name });
      await page.keyboard.press('Space');
    },
  };
  return chat;
}

/** Presses Tab until the focus is where it is wanted; whatever cannot be reached like this, many people cannot reach. */
async function tabTo(
  page: Page,
  key: 'Tab' | 'Shift+Tab',
  wanted: { readonly editor: true } | { readonly name: string },
): Promise<void> {
  for (let n = 0; n < 150; n += 1) {
    const there = await page.evaluate((want) => {
      const at = document.activeElement;
      if ('editor' in want) return at?.getAttribute('data-lexical-editor') === 'true';
      const id = at?.getAttribute('aria-labelledby')?.split(' ')[0];
      const label = id ? document.getElementById(id)?.textContent : null;
      const names = [at?.getAttribute('aria-label'), at?.textContent?.trim(), label];
      return names.includes(want.name) && (at?.matches('button, input, [role=button]') ?? false);
    }, wanted);
    if (there) return;
    await page.keyboard.press(key);
  }
  throw new Error(`the keyboard does not lead to ${JSON.stringify(wanted)}`);
}

/** Runs in the page: what each message of the bot says, in order. The page has no names for its parts; the bot's picture has. */
function botMessages(): string[] {
  const pictures = [...document.querySelectorAll('[role=img][aria-label=Klankbord], img[alt=Klankbord]')];
  const own = pictures.filter((picture) => !picture.closest('[role=tree]'));
  const [first, last] = [own[0], own.at(-1)];
  if (!first || !last || first === last) return [];
  let list: PageElement | null = last;
  while (list && !list.contains(first)) list = list.parentElement;
  return [...(list?.children ?? [])]
    .filter((child) => own.some((picture) => child.contains(picture)))
    .map((child) => child.innerText.replace(/\s+/gu, ' ').trim());
}

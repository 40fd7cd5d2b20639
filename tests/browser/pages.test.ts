/** `npm start` as a person sees it: two pages, on this machine only, that end with the bot; and a coach who comes late. */
import { existsSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { expect, test } from '@jest/globals';
import { CHROMIUM, launch, startWithPages } from './support/browser.ts';
import { openChat } from './support/chat.ts';
import { reader } from './support/reader.ts';

(existsSync(CHROMIUM) ? test : test.skip)(
  'a coach who comes later gets the profile then; what the teacher typed stands there as it was typed',
  async () => {
    const pages = await startWithPages();
    const browser = await launch();
    const asked = reader('nl');
    try {
      const outside = Object.values(networkInterfaces())
        .flatMap((list) => list ?? [])
        .find(({ internal, family }) => !internal && family === 'IPv4')?.address;
      if (outside !== undefined)
        await expect(fetch(pages.teacher.replace('127.0.0.1', outside))).rejects.toThrow();

      const chat = await openChat(browser, pages.teacher);
      await chat.until((heard) => reader('en')(heard));
      await chat.say('Nederlands');
      const answers: Record<string, string> = {
        c3_consent: 'beginnen',
        c4_alias: 'Vos',
        q1_words: 'wisselend, stekelig, hartelijk',
        q2_word1: 'Maandag liep hij **weg** [hier](http://x). <b>Ik</b> was boos.',
        r1_review: 'klaar',
        r2_add: 'niets',
        r3_share: 'gekozen zinnen',
      };
      for (let n = 0; n < 40; n += 1) {
        const { id } = await chat.until((heard) => asked(heard));
        await chat.say(answers[id] ?? 'overslaan');
        if (id === 'r3_share') break;
      }
      // The coach never opened the chat: the profile waits, and the teacher hears so.
      await chat.until((heard) => (heard.includes('niet om Coach Noor te bereiken') ? true : null));
      const coach = await openChat(browser, pages.coach);
      await coach.page.getByText('Gemaakt uit een chatgesprek').first().waitFor();
      await coach.press('Openen');
      // The coach's page is English; the sentences stay as they were written.
      await coach.page.getByText('Draft relationship profile (not scored)').first().waitFor();
      await coach.page.getByText('Maandag liep hij **weg** [hier](http://x).').first().waitFor();
      await chat.page.getByText('aangekomen bij Coach Noor').first().waitFor();
    } finally {
      await browser.close();
      await pages.stop();
    }
    await expect(fetch(pages.teacher)).rejects.toThrow();
  },
);

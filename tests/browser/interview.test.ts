/**
 * Whole interviews on the two pages, in every language: once with the mouse, once typed only, once with the keyboard alone. Whoever is
 * at the page knows only what stands there. Leaves pictures of what was seen in tests/output/.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { CHROMIUM, launch, OUTPUT, startWithPages } from './support/browser.ts';
import { openChat, type Chat } from './support/chat.ts';
import { reader } from './support/reader.ts';

const browserTest = existsSync(CHROMIUM) ? test : test.skip;

/** An answer, or the answers to a question that comes more than once. */
type Says = Readonly<Record<string, string | readonly string[]>>;

/** What the teacher answers; a follow-up that is not here is skipped. The sentence that is taken back has a word of its own. */
const SAYS: Readonly<Record<string, Says>> = {
  nl: {
    c4_alias: 'Vos',
    q1_words: 'wisselend, stekelig, hartelijk',
    q2_word1: 'Maandag liep hij de klas uit toen ik hem riep. Ik voelde me machteloos bij die open deur.',
    q2_word2: 'Bij rekenen duwde hij zijn schrift van tafel.',
    q3_click: 'Hij hielp een kleuter met de veters. Ik was trots op hem.',
    q4_off: 'Ik wilde stilte en hij bleef tikken met zijn pen. Ik werd ongeduldig van dat getik.',
    q5_hard: 'Hij schreeuwde op de gang dat hij niet meedeed. Ik schrok ervan.',
    q6_upset: 'Na het voetballen zat hij te huilen achter de fietsen. Hij was verdrietig.',
    q7_view: 'Dat ik streng ben, maar wel eerlijk.',
    q8_best: 'Dat hij zaterdag zwaaide op de markt. Ik was blij met die zwaai.',
    'P-OWN': ['Ik was boos, en ook wel onzeker.', 'Ik had met hem te doen.'],
    'P-CHILD': [
      'Hij was boos, denk ik, omdat ik hem voor de klas aansprak.',
      'Ik denk dat hij bang was om het fout te doen.',
      'Hij was trots, dat zag je aan hem.',
      'Misschien was hij zenuwachtig voor de toets.',
      'Ik denk dat hij zich schaamde.',
    ],
    'P-BEH': 'Ik was boos, en ook wel onzeker.',
  },
  en: {
    c4_alias: 'Fox',
    q1_words: 'changeable, prickly, warm',
    q2_word1: 'On Monday he walked out when I called him. I felt powerless at that open door.',
    q2_word2: 'During maths he pushed his book off the table.',
    q3_click: 'He helped a little one with her laces. I was proud of him.',
    q4_off: 'I wanted silence and he kept tapping his pen. I got impatient.',
    q5_hard: 'He shouted in the corridor that he would not join in. I was startled.',
    q6_upset: 'After football he sat crying behind the bicycles. He was sad.',
    q7_view: 'That I am strict, but fair.',
    q8_best: 'That he waved at the market on Saturday. I was happy about that wave.',
    'P-OWN': ['I was angry, and a bit unsure too.', 'I felt sorry for him.'],
    'P-CHILD': [
      'He was angry, I think, because I called him in front of the class.',
      'I think he was afraid of getting it wrong.',
      'He was proud, you could see it.',
      'Perhaps he was nervous about the test.',
      'I think he was ashamed.',
    ],
    'P-BEH': 'I was angry, and a bit unsure too.',
  },
  de: {
    c4_alias: 'Fuchs',
    q1_words: 'wechselhaft, stachelig, herzlich',
    q2_word1: 'Am Montag lief er hinaus, als ich ihn rief. Ich fühlte mich machtlos bei dieser offenen Tür.',
    q2_word2: 'In Mathe schob er sein Heft vom Tisch.',
    q3_click: 'Er half einem Kleinen mit den Schnürsenkeln. Ich war stolz auf ihn.',
    q4_off: 'Ich wollte Ruhe und er klopfte weiter mit dem Stift. Ich wurde ungeduldig.',
    q5_hard: 'Er schrie im Flur, dass er nicht mitmacht. Ich war erschrocken.',
    q6_upset: 'Nach dem Fußball saß er weinend hinter den Fahrrädern. Er war traurig.',
    q7_view: 'Dass ich streng bin, aber gerecht.',
    q8_best: 'Dass er am Samstag auf dem Markt winkte. Ich war froh über das Winken.',
    'P-OWN': ['Ich war wütend und auch etwas unsicher.', 'Er tat mir leid.'],
    'P-CHILD': [
      'Er war wütend, glaube ich, weil ich ihn vor der Klasse ansprach.',
      'Ich glaube, er hatte Angst, es falsch zu machen.',
      'Er war stolz, das sah man.',
      'Vielleicht war er nervös wegen der Arbeit.',
      'Ich glaube, er schämte sich.',
    ],
    'P-BEH': 'Ich war wütend und auch etwas unsicher.',
  },
};

interface Choice {
  readonly title: string;
  readonly say: readonly string[];
}
const readJson = <T>(lang: string, file: string): T =>
  JSON.parse(readFileSync(new URL(`../../locales/${lang}/${file}.json`, import.meta.url), 'utf8')) as T;

const CHOOSES: Readonly<Record<string, string>> = {
  c3_consent: 'start',
  r2_add: 'addNothing',
  r3_share: 'shareKept',
  r4_state: 'stateFine',
};

/** The conversation alone, without what the page has around it: the pictures of the README are made from these. */
const scrollHere = (element: { scrollIntoView(): void }): void => element.scrollIntoView();

async function portrait({ page }: Chat, name: string, from: 'start' | 'end'): Promise<void> {
  await page.setViewportSize({ width: 1400, height: 1080 });
  if (from === 'start') await page.locator('.ac-adaptiveCard').last().evaluate(scrollHere);
  else {
    await page.mouse.move(700, 500);
    await page.mouse.wheel(0, 10_000);
  }
  await page.waitForTimeout(700);
  await page.screenshot({ path: join(OUTPUT, name), clip: { x: 335, y: 48, width: 735, height: 1030 } });
  await page.setViewportSize({ width: 1400, height: 1000 });
}

interface Way {
  /** Presses buttons, or types their words. */
  readonly buttons: boolean;
  /** Without a mouse. */
  readonly keyboard: boolean;
}

/** From the first hello to the goodbye. Gives the questions that were met. */
async function interview(chat: Chat, lang: string, { buttons }: Way, look: (id: string) => Promise<void>) {
  const asked = reader(lang);
  const says = SAYS[lang] ?? {};
  const choices = readJson<Record<string, Choice>>(lang, 'choices');
  const keepLabel = readJson<{ keepLabel: string }>(lang, 'review').keepLabel;
  const { reviewRemove: remove } = readJson<{ reviewRemove: string[] }>(lang, 'commands');
  const choose = (id: string) => {
    const { title = '', say = [] } = choices[id] ?? {};
    return buttons ? chat.press(title) : chat.say(say[0] ?? '');
  };
  const met: string[] = [];
  while (met.length < 60) {
    const { id } = await chat.until((heard) => asked(heard));
    met.push(id);
    await look(id);
    const answers = [says[id] ?? []].flat();
    const answer = answers[(met.filter((other) => other === id).length - 1) % (answers.length || 1)];
    if (id.startsWith('r5_')) break;
    if (id === 'r1_review') {
      // The sentence that is taken back has the number that stands before it.
      const shown = await chat.heard();
      const before = shown.slice(0, shown.indexOf(String(says['q2_word2']))).match(/\d+/gu);
      const n = before?.at(-1) ?? '';
      if (buttons) await chat.toggle(keepLabel.replace('{{n}}', n));
      else await chat.say((remove[0] ?? '').replace('{{n}}', n));
      await choose('reviewDone');
    } else if (answer !== undefined) await chat.say(answer);
    else await choose(CHOOSES[id] ?? 'skip');
  }
  return met;
}

const WAYS: readonly (readonly [string, string, Way])[] = [
  ['nl', 'with mouse and buttons', { buttons: true, keyboard: false }],
  ['en', 'with the keyboard alone', { buttons: true, keyboard: true }],
  ['de', 'typing every word', { buttons: false, keyboard: false }],
];

const OPEN: Readonly<Record<string, string>> = { nl: 'Openen', en: 'Open', de: 'Öffnen' };

for (const [lang, how, way] of WAYS) {
  browserTest(`an interview in ${lang}, ${how}, reaches the coach`, async () => {
    const pages = await startWithPages();
    const browser = await launch();
    try {
      const coach = await openChat(browser, pages.coach);
      const chat = await openChat(browser, pages.teacher, way.keyboard);
      // The page tells the bot that it is English; the language is chosen from the card, or by its name.
      await chat.until((heard) => reader('en')(heard));
      const own = { nl: 'Nederlands', de: 'Deutsch' }[lang];
      if (own !== undefined) await (way.buttons ? chat.press(own) : chat.say(own));

      const met = await interview(chat, lang, way, async (id) => {
        if (lang === 'nl' && id === 'q4_off') await portrait(chat, 'teacher.png', 'end');
        if (!['q3_click', 'r1_review', 'r3_share'].includes(id)) return;
        await chat.page.screenshot({ path: join(OUTPUT, `interview-${lang}-${id}.png`) });
      });
      expect(met).toEqual(
        expect.arrayContaining(['c3_consent', 'q1_words', 'q2_word1', 'q8_best', 'r1_review', 'r3_share']),
      );
      // The answer that spoke of behaviour alone was asked about: both feelings.
      expect(met).toEqual(expect.arrayContaining(['P-CHILD']));
      expect(met.at(-1)).toBe('r5_shared');

      const said = SAYS[lang] ?? {};
      // First the card; the whole profile is opened from it.
      await coach.page
        .getByRole('button', { name: OPEN[lang] ?? '', exact: true })
        .first()
        .waitFor({ timeout: 20_000 });
      if (lang === 'nl') await portrait(coach, 'coach.png', 'start');
      await coach.press(OPEN[lang] ?? '');
      await coach.page
        .getByText(String(said['q8_best']).split('. ')[1] ?? '')
        .first()
        .waitFor({ timeout: 20_000 });
      await coach.page.screenshot({ path: join(OUTPUT, `coach-${lang}.png`) });
      const seen = await coach.page.innerText('body');
      expect(seen).toContain(said['c4_alias']);
      expect(seen).toContain(String(said['q5_hard']).split('. ')[1]);
      // The second sentence was taken back: it is nowhere on the coach's page.
      expect(seen).not.toContain(said['q2_word2']);
    } finally {
      await browser.close();
      await pages.stop();
    }
  });
}

/** Whole conversations in a pseudo language: nothing a person reads is written in the code, and longer texts still fit. */
import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import type { Outgoing } from '../../dialogs/ports.ts';
import { loadTexts } from '../../locales/index.ts';
import { PROMPT_IDS } from '../../machines/prompt-linter.ts';
import { pseudo, pseudoTexts } from '../support/pseudo.ts';
import { play } from '../support/transcript.ts';

const nl = loadTexts().language('nl');
const texts = pseudoTexts(loadTexts(), 'nl');
const read = (path: string): string => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');
const lower = (word: string): string => word.toLowerCase();
const wordsOf = (text: string): string[] => text.match(/[A-Za-z]{2,}/gu) ?? [];

const { chat } = JSON.parse(read('../locales/nl/admin.json')) as {
  chat: Record<string, Record<string, string>>;
};
const typed = [...Object.values(chat['words'] ?? {}), ...Object.values(chat['address'] ?? {})];
const days = Array.from({ length: 28 }, (_, n) =>
  new Intl.DateTimeFormat('nl', { dateStyle: 'full', timeStyle: 'short' }).format(
    Date.UTC(2026, n % 12, n + 1),
  ),
);
/** What is not ours to say: days and months, names of languages and questions, helplines, feelings to choose from, words to type. */
const NOT_OURS = new Set(
  [
    ...days,
    ...PROMPT_IDS,
    'Noor gb default Nederlands Deutsch English nov om uur alias word quote coach',
    ...[read('../locales/contacts/nl.json'), ...Object.values(nl.feelings())],
    ...typed,
    read('../locales/nl-BE/meta.json'),
    // The file as it is exported: its keys are the same in every language.
    read('../school.example.yaml').replace(/#.*/gu, ''),
    JSON.stringify(nl.terms()),
  ]
    .flatMap(wordsOf)
    .map(lower),
);

/** Everything of a message that is shown. */
function shown({ text, card, suggestions }: Outgoing): string[] {
  const found = [text, ...(suggestions ?? []).map(({ title }) => title)];
  const walk = (node: unknown): void => {
    if (Array.isArray(node)) return node.forEach(walk);
    if (typeof node !== 'object' || node === null) return;
    for (const [key, value] of Object.entries(node)) {
      if (['text', 'title', 'label', 'placeholder', 'altText', 'fallbackText'].includes(key))
        found.push(String(value));
      if (key === 'data' || key === 'msteams') continue;
      walk(value);
    }
  };
  walk(card);
  return found;
}

test.each([
  'juf-anne',
  'weet-ik-niet',
  'pauze',
  'veiligheid-s5',
  'na-het-delen',
  'tweede-leerling',
  'nalezen-in-venster',
  'terugkijken',
  'zelf-nadenken',
  'beheerder',
  'beheer-in-venster',
])('%s', async (name) => {
  const source = read(`transcripts/${name}.nl.txt`);
  const school = /^# school: (\S+)/mu.exec(source)?.[1];
  const given = [
    ...source.split('\n').filter((line) => /^(?:c?>|#)/u.test(line)),
    ...(school === undefined ? [] : [read(`transcripts/${school}`)]),
  ];
  const known = new Set([...NOT_OURS, ...given.flatMap(wordsOf).map(lower)]);
  let messages = 0;
  const left = new Set<string>();
  // Cards are checked for size, buttons and text equivalents while it is played.
  await play(
    source,
    (message) => {
      // Another language, or data for another program.

      if (message.lang !== nl.tag) return;
      messages += 1;
      for (const line of shown(message))
        if (!line.includes('{"'))
          for (const word of wordsOf(line))
            if (!known.has(lower(word))) left.add(`${word} in "${line.slice(0, 120)}"`);
    },
    texts,
  );
  expect(messages).toBeGreaterThan(3);
  expect([...left]).toEqual([]);
});

test('pseudo language keeps the placeholders, signs every letter and is longer', () => {
  const [long, short] = [nl.t('notices:paused'), 'Dag {{alias}}'];
  expect(pseudo(short)).toMatch(/^[^a-zA-Z]+ \{\{alias\}\}[^a-zA-Z]+$/u);
  expect(wordsOf(pseudo(long))).toEqual([]);
  expect(pseudo(long).length).toBeGreaterThanOrEqual(1.4 * long.length);
});

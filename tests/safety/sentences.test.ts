/** What calls for a safety card gets the right one; what only sounds like it gets none. */
import { describe, expect, it, test } from '@jest/globals';
import { existsSync, readFileSync } from 'node:fs';
import { listeningLanguages, loadPack } from '../../locales/listening.ts';
import { listen } from '../../machines/listening/listen.ts';
import { callsFor, concernsOf, NO_SAFETY, type CardId } from '../../machines/safety.ts';

const HERE = import.meta.dirname;
const ALIAS: Readonly<Record<string, string>> = { nl: 'Vos', en: 'Fox', de: 'Fuchs' };
/** How many sentences there must at least be. */
const LEAST: Readonly<Record<string, readonly [number, number]>> = {
  nl: [100, 300],
  en: [100, 300],
  de: [60, 120],
};

interface Line {
  readonly card?: CardId | null;
  readonly text: string;
}

function lines(name: string): Line[] {
  const file = `${HERE}/${name}.jsonl`;
  if (!existsSync(file)) return [];
  return readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
}

const half = (list: readonly Line[], part: 'seen' | 'scored'): Line[] =>
  list.filter((_, i) => (i % 2 === 0) === (part === 'seen'));

function cardFor(lang: string, text: string): CardId | null {
  const heard = listen(text, loadPack(lang), { question: 'event', pupil: ALIAS[lang] ?? 'Vos' });
  return callsFor(concernsOf(text, heard), NO_SAFETY);
}

/** Share of triggers with the right card, and of near misses with any; with the sentences that went wrong. */
function score(lang: string, triggers: readonly Line[], nearMisses: readonly Line[]) {
  const missed = triggers.filter(({ card, text }) => cardFor(lang, text) !== card);
  const alarms = nearMisses.filter(({ text }) => cardFor(lang, text) !== null);
  return {
    right: 1 - missed.length / triggers.length,
    false: nearMisses.length === 0 ? 0 : alarms.length / nearMisses.length,
    sentences: [...missed, ...alarms].map((l) => l.text),
  };
}

test.each(Object.keys(ALIAS))('there are enough sentences in %s, none twice', (lang) => {
  const [triggers, nearMisses] = [lines(`${lang}.triggers`), lines(`${lang}.near-misses`)];
  const [least, leastNear] = LEAST[lang] ?? [0, 0];
  expect(triggers.length).toBeGreaterThanOrEqual(least);
  expect(nearMisses.length).toBeGreaterThanOrEqual(leastNear);
  const texts = [...triggers, ...nearMisses].map((l) => l.text);
  expect(new Set(texts).size).toBe(texts.length);
});

describe.each(listeningLanguages())('in %s', (lang) => {
  it.each(['seen', 'scored'] as const)(
    'the %s half: at least 95 %% right, at most 3 %% false alarms',
    (part) => {
      const got = score(
        lang,
        half(lines(`${lang}.triggers`), part),
        half(lines(`${lang}.near-misses`), part),
      );
      expect({ ...got, ok: got.right >= 0.95 && got.false <= 0.03 }).toMatchObject({ ok: true });
    },
  );

  it.each(['second', 'third', 'fourth', 'fifth', 'sixth'])(
    'the %s set: at least 85 % right, at most 3.5 % false alarms',
    (name) => {
      const set = lines(`${lang}.${name}`);
      if (set.length === 0) return;
      const got = score(
        lang,
        set.filter((l) => l.card),
        set.filter((l) => !l.card),
      );
      expect({ ...got, ok: got.right >= 0.85 && got.false <= 0.035 }).toMatchObject({ ok: true });
    },
  );

  it('at most 3 % of ordinary answers raise an alarm', () => {
    const answers = ['dev', 'scored'].flatMap((part) =>
      readFileSync(`${HERE}/../listening/corpus/${lang}.${part}.jsonl`, 'utf8')
        .trim()
        .split('\n')
        .map((line) => (JSON.parse(line) as Line).text),
    );
    const alarms = answers.filter((text) => cardFor(lang, text) !== null);
    expect(alarms.length / answers.length).toBeLessThanOrEqual(0.03);
  });

  it('the sentences of a whole answer are judged one by one', () => {
    const [trigger] = lines(`${lang}.triggers`);
    const [calm] = lines(`${lang}.near-misses`);
    const text = `${calm?.text} ${trigger?.text}`;
    const heard = listen(text, loadPack(lang), { question: 'event' });
    expect(concernsOf(text, heard).map((c) => c.sentence.trim())).toEqual([trigger?.text]);
  });
});

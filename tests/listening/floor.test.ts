/** The part of the corpus that may be looked at must stay heard as well as it is: a floor, somewhat below today's scores. */
import { describe, expect, it } from '@jest/globals';
import { existsSync, readFileSync } from 'node:fs';
import { toLabels } from '../../bot/heard-labels.ts';
import { loadPack } from '../../locales/listening.ts';
import { listen } from '../../machines/listening/listen.ts';
import type { QuestionKind } from '../../machines/listening/types.ts';
import { f1, score, type Counts, type Labelled } from './measures.ts';

const FLOORS = { nl: 0.86, en: 0.84, de: 0.9 } as const;
const PRECISION = 0.88;

describe.each(Object.entries(FLOORS))('the corpus of %s', (lang, floor) => {
  const file = new URL(`./corpus/${lang}.dev.jsonl`, import.meta.url);
  if (!existsSync(file)) {
    it.todo('is not there yet');
    return;
  }
  it('is heard at least as well as before', () => {
    const items = readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => line.trim() !== '')
      .map((line) => JSON.parse(line) as Labelled);
    const pack = loadPack(lang);
    const s = score(
      items.map((gold) => {
        const question = gold.question as QuestionKind;
        const context = gold.pupil ? { question, pupil: gold.pupil } : { question };
        return { gold, said: toLabels(listen(gold.text, pack, context)) };
      }),
    );
    expect(s.holdersExact).toBeGreaterThan(floor);
    expect(s.expressedPrecision).toBeGreaterThan(PRECISION);
    for (const field of ['teacher_emotion', 'child_emotion'] as const)
      expect(f1(s.fields[field] as Counts)).toBeGreaterThan(floor - 0.02);
  });
});

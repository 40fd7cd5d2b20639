/** Dutch answers written for what the language does: idioms in any order, Flemish, dictation, literal uses, deeds done to somebody. */
import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { loadPack } from '../../locales/listening.ts';
import { listen } from '../../machines/listening/listen.ts';
import type { QuestionKind } from '../../machines/listening/types.ts';

/** Some of the sentences are heard wrong as yet; so many must be heard right. */
const RIGHT = 0.94;

describe('whose feeling a Dutch answer expresses', () => {
  const pack = loadPack('nl');
  const lines = readFileSync(new URL('./dutch.txt', import.meta.url), 'utf8')
    .split('\n')
    .map((line) => /^(TC|T|C|-) \[(\w+)\] (.+)$/.exec(line))
    .filter((found) => found !== null);

  const saysOf = (text: string, question: string): string => {
    const heard = listen(text, pack, { question: question as QuestionKind, pupil: 'Noor' });
    const holders = (heard.teacher === 'expressed' ? 'T' : '') + (heard.child === 'expressed' ? 'C' : '');
    return holders === '' ? '-' : holders;
  };

  it('is right in nearly all of them', () => {
    expect(lines.length).toBeGreaterThan(900);
    const wrong = lines.filter(([, gold, question, text]) => saysOf(text!, question!) !== gold);
    expect({ share: 1 - wrong.length / lines.length >= RIGHT, wrong: wrong.length }).toEqual({
      share: true,
      wrong: wrong.length,
    });
  });

  it('hears no feeling of ours in what is only done, or is felt by others', () => {
    const nobodys = lines.filter(([, gold]) => gold === '-');
    const wrong = nobodys.filter(([, , question, text]) => saysOf(text!, question!) !== '-');
    expect(wrong.length / nobodys.length).toBeLessThan(0.06);
  });
});

/** English answers that tell only what was done, so that both follow-up questions are asked; and clear feelings that must still be heard. */
import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { hearing } from './hear.ts';

const lines = readFileSync(new URL('./english.txt', import.meta.url), 'utf8')
  .split('\n')
  .map((line) => /^([-TC~]) (.+)$/.exec(line))
  .filter((found) => found !== null);

const saysOf = (text: string): string => {
  const heard = hearing('en', text);
  return (heard.teacher === 'expressed' ? 'T' : '') + (heard.child === 'expressed' ? 'C' : '') || '-';
};

const shareOf = (mark: string, gold: string): number => {
  const asked = lines.filter((line) => line[1] === mark);
  expect(asked.length).toBeGreaterThan(50);
  return asked.filter((line) => saysOf(line[2]!) === gold).length / asked.length;
};

describe('whose feeling an English answer expresses', () => {
  it('is nobody’s where only behaviour is told', () => {
    expect(shareOf('-', '-')).toBeGreaterThanOrEqual(0.98);
  });

  it('is nobody’s where a word of feeling is meant literally', () => {
    expect(shareOf('~', '-')).toBeGreaterThanOrEqual(0.98);
  });

  it.each(['T', 'C'])('is heard where it is said clearly: %s', (holder) => {
    expect(shareOf(holder, holder)).toBeGreaterThanOrEqual(0.98);
  });
});

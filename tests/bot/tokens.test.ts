import { expect, test } from '@jest/globals';
import { createTokens } from '../../bot/tokens.ts';

const MINUTE = 60_000;

test('a verified token is remembered for five minutes, and never after it has expired', () => {
  let now = 1_000_000;
  const tokens = createTokens<string>(() => now);
  tokens.keep(['long', 'url'], now + 60 * MINUTE, 'long');
  tokens.keep(['short', 'url'], now + MINUTE, 'short');
  tokens.keep(['over', 'url'], now - 1, 'over');
  tokens.keep(['timeless', 'url'], NaN, 'timeless');
  const known = () => ['long', 'short', 'over', 'timeless'].filter((name) => tokens.find([name, 'url']));
  expect(known()).toEqual(['long', 'short']);
  expect(tokens.find(['long', 'other url'])).toBeNull();
  expect(tokens.find(['longurl', ''])).toBeNull();
  now += MINUTE;
  expect(known()).toEqual(['long']);
  now += 4 * MINUTE;
  expect(known()).toEqual([]);
});

test('many tokens do not fill the memory', () => {
  const tokens = createTokens<number>(() => 0);
  for (let n = 0; n < 1_000; n += 1) tokens.keep([String(n)], MINUTE, n + 1);
  const left = Array.from({ length: 1_000 }, (_, n) => tokens.find([String(n)])).filter(
    (one) => one !== null,
  );
  expect(left).toHaveLength(256);
  expect(left.at(-1)).toBe(1_000);
});

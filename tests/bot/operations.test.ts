/** The operator's guide knows every line of the log, every number and every reason. */
import { expect, test } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { createMetrics } from '../../bot/metrics.ts';

const root = new URL('../../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), 'utf8');
const guide = read('docs/operations.md');
const told = new Set([...guide.matchAll(/`([^`]+)`/gu)].flatMap(([, code = '']) => code.split(/[ {]/u)));
const isTold = (name: string) =>
  told.has(name) || [...told].some((one) => /[*…]$/u.test(one) && name.startsWith(one.slice(0, -1)));
const code = readdirSync(new URL('bot/', root), { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts'))
  .map((path) => read(`bot/${path}`))
  .join('\n');

test('every line of the log from level info on is explained', () => {
  const events = [...code.matchAll(/log\.(?:info|warn|error)\(\s*'([a-z_]+)'/gu)].map(
    ([, name = '']) => name,
  );
  expect(events.length).toBeGreaterThan(15);
  expect(events.filter((name) => !isTold(name))).toEqual([]);
});

test('every reason for a message that waits is explained', () => {
  const [, blocked = ''] = /type BlockedReason =([^;]+);/u.exec(code) ?? [];
  const [, unsent = ''] = /type UnsentReason =([^;]+);/u.exec(code) ?? [];
  const reasons = [...`${blocked}${unsent}`.matchAll(/'([a-z_]+)'/gu)].map(([, name = '']) => name);
  expect(reasons.length).toBeGreaterThan(8);
  expect(reasons.filter((name) => !isTold(name))).toEqual([]);
});

test('every number is explained', async () => {
  const text = await createMetrics().text({
    status: () => Promise.reject(new Error('away')),
    ready: async () => true,
    now: () => 0,
  });
  const names = [...text.matchAll(/^# TYPE klankbord_(\S+)/gmu)].map(([, name = '']) => name);
  expect(names.length).toBeGreaterThan(8);
  expect(names.filter((name) => !isTold(name))).toEqual([]);
});

/** A small run of the hostile requests; the large one is `npm run fuzz`. */
import { expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';

const RUN = new URL('run.ts', import.meta.url).pathname;

function run(...args: readonly string[]) {
  const done = spawnSync(process.execPath, ['--disable-warning=ExperimentalWarning', RUN, ...args], {
    encoding: 'utf8',
  });
  return { status: done.status, ...(JSON.parse(done.stdout) as { violations: string[]; statuses: object }) };
}

test('three hundred hostile requests do no harm, before the door and behind it', () => {
  const report = run('--seed', 'small', '--requests', '300');
  expect(report).toMatchObject({ status: 0, violations: [] });
  // It was not all turned away: some got in.
  expect(Object.keys(report.statuses)).toEqual(expect.arrayContaining(['200', '400', '401', '413', '415']));
});

test.each([
  ['log', /a text in the log/u],
  ['crash', /ended|not live/u],
])('a planted weakness is found: %s', (weakness, found) => {
  const report = run('--seed', 'small', '--requests', '120', '--weakness', weakness);
  expect(report.status).toBe(1);
  expect(report.violations.join('; ')).toMatch(found);
});

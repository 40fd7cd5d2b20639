/** A small storm with every `npm test`, and one with a planted mistake that must be found. The large ones: docs/reliability.md. */
import { describe, expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

interface Summary {
  readonly violations: number;
  readonly lost: number;
  readonly doubled: number;
  readonly invented: number;
  readonly reordered: number;
  readonly acknowledged: number;
  readonly profiles: number;
  readonly kills: { readonly total: number };
}

function chaos(...args: readonly string[]): Promise<{ code: number | null; summary: Summary; told: string }> {
  const file = fileURLToPath(new URL('./run.ts', import.meta.url));
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', file, '--brief', ...args]);
  let out = '';
  let told = '';
  child.stdout.on('data', (part: Buffer) => (out += part.toString()));
  child.stderr.on('data', (part: Buffer) => (told += part.toString()));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      if (!out.startsWith('{')) reject(new Error(`no summary: ${told}`));
      else resolve({ code, summary: JSON.parse(out) as Summary, told });
    });
  });
}

/** Half a minute where there is room; the limits are for a busy machine, on which starting a server alone can take ten seconds. */
const LONGEST_MS = 600_000;

describe('chaos', () => {
  // Beside each other: most of the time goes into waiting for teachers to think.
  const storm = chaos(
    '--teachers',
    '3',
    '--kills',
    '6',
    '--quiet',
    '1000',
    '--depth',
    'short',
    '--minutes',
    '4',
  );
  const planted = chaos(
    ...['--teachers', '8', '--kills', '2', '--quiet', '300', '--depth', 'short', '--minutes', '4'],
    ...['--plant', 'no-dedupe'],
  );
  // Rejections are looked at below, when it is their turn.
  for (const run of [storm, planted]) run.catch(() => undefined);

  test(
    'a storm loses, doubles, invents and reorders nothing',
    async () => {
      const { code, summary, told } = await storm;
      if (summary.violations > 0) throw new Error(told);
      expect(summary).toMatchObject({ lost: 0, doubled: 0, invented: 0, reordered: 0, profiles: 3 });
      expect(summary.kills.total).toBeGreaterThan(0);
      expect(summary.acknowledged).toBeGreaterThan(20);
      expect(code).toBe(0);
    },
    LONGEST_MS,
  );

  test(
    'a bot that takes the same message twice is found out',
    async () => {
      const { code, summary } = await planted;
      // Once doubled, a message stands somewhere it does not belong.
      expect(summary.doubled + summary.invented + summary.reordered).toBeGreaterThan(0);
      expect(code).toBe(1);
    },
    LONGEST_MS,
  );
});

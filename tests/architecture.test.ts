/** Imports point one way: machines <- dialogs <- bot, locales <- dialogs. A rule that cannot fail is no rule, so it is tried on wrong code first. */
import { describe, expect, it } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';

const ROOT = join(import.meta.dirname, '..');
const FOLDERS = ['machines', 'locales', 'dialogs', 'bot'] as const;

/** For each folder: which of our folders and which packages it may import. */
const MAY: Readonly<Record<string, { folders: readonly string[]; packages: RegExp }>> = {
  machines: { folders: ['machines'], packages: /^(xstate|zod)$/u },
  locales: { folders: ['locales', 'machines/listening'], packages: /^(i18next|zod|node:fs|node:url)$/u },
  dialogs: { folders: ['dialogs', 'machines', 'locales'], packages: /^$/u },
  bot: { folders: ['bot', 'dialogs', 'machines', 'locales'], packages: /./u },
};
const BOTBUILDER_FILES = ['bot/channel.ts', 'bot/auth.ts'];
const IMPURE = /\bDate\.now\(|new Date\(\)|\bMath\.random\(|\bprocess\./u;

function importsOf(source: string): string[] {
  return [
    ...source.matchAll(/^\s*(?:import|export)\b[^;]*?from\s+'([^']+)'/gmu),
    ...source.matchAll(/\bimport\(\s*'([^']+)'/gu),
  ].map((m) => m[1] ?? '');
}

/** What is wrong with one file, in sentences. */
function problemsOf(file: string, source: string): string[] {
  const folder = file.split('/')[0] ?? '';
  const rule = MAY[folder];
  if (!rule) return [];
  const problems: string[] = [];
  for (const name of importsOf(source)) {
    if (name.startsWith('.')) {
      const target = posix.join(posix.dirname(file), name);
      if (!rule.folders.some((f) => target.startsWith(`${f}/`))) problems.push(`${file} imports ${target}`);
    } else if (!rule.packages.test(name)) problems.push(`${file} imports the package ${name}`);
    if (name.startsWith('botbuilder') && !BOTBUILDER_FILES.includes(file)) {
      problems.push(`${file} knows botbuilder; only ${BOTBUILDER_FILES.join(', ')} may`);
    }
  }
  if ((folder === 'machines' || folder === 'dialogs') && IMPURE.test(source)) {
    problems.push(`${file} reads the clock, chance or the process`);
  }
  return problems;
}

function filesIn(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((f) => f.endsWith('.ts'))
    .map((f) => `${folder}/${f.replaceAll('\\', '/')}`);
}

describe('the direction of imports', () => {
  it('is kept by every file', () => {
    const problems = FOLDERS.flatMap((folder) =>
      filesIn(folder).flatMap((file) => problemsOf(file, readFileSync(join(ROOT, file), 'utf8'))),
    );
    expect(problems).toEqual([]);
  });

  it.each([
    ['machines/x.ts', "import { t } from '../locales/index.ts';"],
    ['machines/x.ts', "import { readFileSync } from 'node:fs';"],
    ['machines/x.ts', 'export const at = Date.now();'],
    ['dialogs/x.ts', "import { openStore } from '../bot/store/store.ts';"],
    ['dialogs/x.ts', "import { createServer } from 'restify';"],
    ['locales/x.ts', "import { createTurns } from '../dialogs/turn.ts';"],
    ['bot/delivery.ts', "import { CloudAdapter } from 'botbuilder';"],
    ['dialogs/x.ts', "const late = await import('../bot/main.ts');"],
  ])('would be noticed in %s: %s', (file, source) => {
    expect(problemsOf(file, source)).toHaveLength(1);
  });

  it('sees imports over several lines', () => {
    expect(problemsOf('machines/x.ts', "import {\n  a,\n  b,\n} from '../bot/x.ts';")).toHaveLength(1);
  });
});

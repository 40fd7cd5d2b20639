/** A school file with every kind of mistake: each is named with its line, and with a sentence in Dutch, English and German. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { reportOn } from '../../../bot/check.ts';
import { languageOf } from '../../../bot/school.ts';
import { checkSchoolFile } from '../../../bot/school/check.ts';
import { schoolJsonSchema } from '../../../bot/school/json-schema.ts';
import { loadTexts } from '../../../locales/index.ts';

const texts = loadTexts();
const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');
const MISTAKES = read('./mistakes.yaml');
const EXAMPLE = read('../../../school.example.yaml');
const check = (source: string) => checkSchoolFile(source, languageOf());
const codesOf = (source: string) => check(source).errors.map(({ line, code }) => `${line} ${code}`);

/** What the comments in the file announce: line and code. */
const announced = MISTAKES.split('\n').flatMap((line, i) =>
  (/# <- (.+)$/u.exec(line)?.[1] ?? '')
    .split(' ')
    .flatMap((code) => (code === '' ? [] : [`${i + 1} ${code}`])),
);

describe('a school file with every kind of mistake', () => {
  const { file, errors, warnings } = check(MISTAKES);
  const found = [...errors, ...warnings];

  test('is refused, and every mistake is named with its line', () => {
    expect(file).toBeNull();
    expect(found.map(({ line, code }) => `${line} ${code}`).sort()).toEqual([...announced].sort());
  });

  test('shows more than forty kinds', () => {
    expect(new Set(errors.map(({ code }) => code)).size).toBeGreaterThanOrEqual(40);
    expect(new Set(found.map(({ code }) => code)).size).toBeGreaterThanOrEqual(55);
  });

  test.each(['nl', 'en', 'de'])('has a sentence for each in %s, and quotes nobody’s id', (lang) => {
    const { lines } = reportOn('school.yaml', MISTAKES, texts.language(lang));
    expect(lines.length).toBeGreaterThan(found.length);
    for (const line of lines) {
      expect(line).not.toMatch(/\{\{(?!alias|word|quote|leerling)/u);
      expect(line).not.toMatch(/noor@school|00000000-0000/u);
    }
  });
});

describe('mistakes that hide what comes after', () => {
  test.each([
    ['is not YAML', 'schools: [', /^\d+ yaml$/],
    ['has a tab', 'board:\n\tname: a', /^2 tab$/],
    ['holds two documents', 'board: {name: a}\n---\nboard: {name: b}', /^\d twoDocuments$/],
    ['is empty', '', /^1 section$/],
    ['is a list', '- a', /^1 section$/],
    ['is huge', 'a'.repeat(500_001), /^1 tooBig$/],
    ['has a school but no list', 'board: {name: a}\nschools: ja', /^2 list$/],
    ['has no school', 'board: {name: a}\nschools: []', /^2 noSchool$/],
    ['lacks the board', 'schools: []', /^1 missing$/],
    ['has a number for a name', 'board: {name: 12}\nschools: []', /^1 text$/],
    ['has a word for a number', 'board: {name: a}\nquietSeconds: straks', /^2 number$/],
    ['has a name without end', `board: {name: ${'a'.repeat(300)}}`, /^1 textLong$/],
    ['is quiet all day', "board: {name: a}\nquietHours: {from: '08:00', to: '08:00'}", /^2 quietAllDay$/],
    [
      'lets a tenant in twice',
      `tenants:\n  - ${'0'.repeat(8)}-0000-0000-0000-000000000001\n  - ${'0'.repeat(8)}-0000-0000-0000-000000000001`,
      /^3 tenantTwice$/,
    ],
  ])('a file that %s is refused with its line', (_, source, expected) => {
    expect(codesOf(source)).toContainEqual(expect.stringMatching(expected));
  });
});

describe('the good example', () => {
  test('passes without a remark, and says that no school has signed a language yet', () => {
    expect(check(EXAMPLE)).toMatchObject({ errors: [], warnings: [] });
    const { good, lines } = reportOn('school.example.yaml', EXAMPLE, texts.language('nl'));
    expect(good).toBe(true);
    expect(lines.join('\n')).toContain('nog door geen school');
  });

  test('still passes when everything that is commented out is switched on', () => {
    const on = EXAMPLE.replace(/^(terms|prompts|optional): (\{\}|\[\])$/gmu, '$1:').replace(
      /^(\s*)# ?( *(?!yaml-)(?:[a-zP][\w-]*:(?: .*)?|\d: .*|- [\w-]+))$/gmu,
      '$1$2',
    );
    const withoutPlaceholders = on.replace(/^optional:$/mu, 'optional: [o3_self, o4_effect]');
    expect(check(withoutPlaceholders).errors).toEqual([]);
  });

  test('names every setting there is', () => {
    const schema = JSON.parse(schoolJsonSchema()) as { properties: Record<string, { description?: string }> };
    for (const [key, { description }] of Object.entries(schema.properties)) {
      expect(EXAMPLE).toMatch(new RegExp(`^(# )?${key}:`, 'mu'));
      expect([key, description]).toEqual([key, expect.stringContaining('\n')]);
    }
  });
});

test('every language says what each setting is for', () => {
  const keys = (lang: string): string[] =>
    Object.keys(
      JSON.parse(
        readFileSync(
          fileURLToPath(new URL(`../../../locales/${lang}/school-schema.json`, import.meta.url)),
          'utf8',
        ),
      ) as Record<string, string>,
    ).sort();
  for (const lang of ['en', 'de']) expect(keys(lang)).toEqual(keys('nl'));
});

test('the JSON Schema that editors use is the one of this program (node bot/school/json-schema.ts writes it)', () => {
  expect(readFileSync(fileURLToPath(new URL('../../../school.schema.json', import.meta.url)), 'utf8')).toBe(
    schoolJsonSchema(),
  );
  expect(EXAMPLE).toMatch(/^# yaml-language-server: \$schema=\.\/school\.schema\.json/u);
});

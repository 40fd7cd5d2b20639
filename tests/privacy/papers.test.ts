/** The papers for a school say what the program does: periods, limits, defaults, tables, and the tests that the threat model names. */
import { describe, expect, test } from '@jest/globals';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MAX_BODY_BYTES, MAX_DEPTH } from '../../bot/server.ts';
import { languageOf } from '../../bot/school.ts';
import { checkSchoolFile } from '../../bot/school/check.ts';
import { LONGEST_RETENTION, schoolSchema } from '../../bot/school/schema.ts';
import { GRACE_AFTER_LEAVING_MS, LONGEST_MS, USUAL } from '../../bot/store/retention.ts';
import { KEY_BYTES } from '../../bot/store/seal.ts';
import { FAREWELL_MS, INBOX_KEYS_MS, SENT_CONTENT_MS, SENT_ROWS_MS } from '../../bot/store/sweep.ts';
import { IDENTIFIERS } from '../../machines/identifiers.ts';
import { interview, reference } from '../store/people.ts';
import { openStage } from '../support/stage.ts';

const ROOT = join(import.meta.dirname, '../..');
const FOLDER = join(ROOT, 'docs/privacy');
const PAIRS = [
  ['verwerking.nl.md', 'processing.en.md'],
  ['dpia.nl.md', 'dpia.en.md'],
  ['beveiliging.nl.md', 'security.en.md'],
  ['medezeggenschap.nl.md', 'staff-council.en.md'],
  ['leerkrachten.nl.md', 'teachers.en.md'],
] as const;
const read = (path: string) => readFileSync(path, 'utf8');
const paper = (name: string) => read(join(FOLDER, name));
/** As it is read, whatever the layout of a table. */
const plain = (text: string) => text.replace(/[\s|]+/gu, ' ');
const days = (ms: number) => ms / 86_400_000;

const SCHOOL = schoolSchema.parse({
  board: { name: 'Bestuur' },
  schools: [
    {
      id: 'een',
      name: 'Een',
      coach: { name: 'Noor', aadObjectId: '00000000-0000-4000-8000-00000000c0ac' },
    },
  ],
});
const { drafts, profiles } = SCHOOL.retention;
const [left, bodyKb] = [days(GRACE_AFTER_LEAVING_MS), MAX_BODY_BYTES / 1024];
const longest = days(LONGEST_MS);

test('what a school gets without choosing is what the store does without being told', () => {
  expect([drafts, profiles]).toEqual([days(USUAL.drafts), days(USUAL.profiles)]);
  // The school file takes a day more than the store keeps: the papers name what is kept.
  expect(LONGEST_RETENTION.profiles).toBeGreaterThanOrEqual(longest);
  expect(LONGEST_RETENTION.drafts).toBeLessThan(longest);
});

describe('periods and limits', () => {
  test.each([
    ['verwerking.nl.md', `${drafts} dagen na de laatste wijziging van het gesprek`],
    ['verwerking.nl.md', `hoogstens ${LONGEST_RETENTION.drafts} dagen`],
    ['verwerking.nl.md', `${profiles} dagen na de laatste wijziging van het gesprek`],
    ['verwerking.nl.md', `nooit langer dan ${longest} dagen, nooit korter dan de antwoorden`],
    ['verwerking.nl.md', `${left} dagen nadat de app is verwijderd, of een dag na`],
    ['verwerking.nl.md', `een kenmerk zonder inhoud ${days(INBOX_KEYS_MS)} dagen`],
    [
      'verwerking.nl.md',
      `inhoud ${days(SENT_CONTENT_MS)} dagen na het versturen, de regel ${days(SENT_ROWS_MS)} dagen`,
    ],
    ['processing.en.md', `${drafts} days after the last change to the interview`],
    ['processing.en.md', `at most ${LONGEST_RETENTION.drafts} days`],
    ['processing.en.md', `${profiles} days after the last change to the interview`],
    ['processing.en.md', `never longer than ${longest} days, never shorter than the answers`],
    ['processing.en.md', `${left} days after the app was removed, or a day after`],
    ['processing.en.md', `a mark without content ${days(INBOX_KEYS_MS)} days`],
    [
      'processing.en.md',
      `content ${days(SENT_CONTENT_MS)} days after sending, the row ${days(SENT_ROWS_MS)} days`,
    ],
    ['leerkrachten.nl.md', `${drafts} dagen na de laatste wijziging van het gesprek`],
    ['leerkrachten.nl.md', `Wat je deelde: ${profiles} dagen`],
    [
      'leerkrachten.nl.md',
      `hoogstens ${LONGEST_RETENTION.drafts} dagen, een profiel nooit langer dan ${longest}`,
    ],
    ['leerkrachten.nl.md', `wist Klankbord na ${left} dagen`],
    ['teachers.en.md', `${drafts} days after the last change to the interview`],
    ['teachers.en.md', `What you shared: ${profiles} days`],
    ['teachers.en.md', `at most ${LONGEST_RETENTION.drafts} days, a profile never longer than ${longest}`],
    ['teachers.en.md', `plan after ${left} days`],
    ['medezeggenschap.nl.md', `antwoorden ${drafts} dagen, profiel ${profiles} dagen`],
    ['staff-council.en.md', `answers ${drafts} days, profile ${profiles} days`],
    ['beveiliging.nl.md', `hoogstens ${bodyKb} KB en ${MAX_DEPTH} niveaus diep`],
    ['beveiliging.nl.md', `sleutel van ${KEY_BYTES} bytes`],
    ['security.en.md', `at most ${bodyKb} KB and ${MAX_DEPTH} levels deep`],
    ['security.en.md', `key of ${KEY_BYTES} bytes`],
    ['threat-model.md', `${bodyKb} KB, ${MAX_DEPTH} levels`],
  ])('%s: %s', (name, words) => {
    expect(plain(paper(name))).toContain(words);
  });

  test('a day is how long an address is kept after everything was erased', () => {
    expect(days(FAREWELL_MS)).toBe(1);
  });
});

test('defaults: no sentences from 0 to 10, no Word document, the coach hears that a card was shown', () => {
  expect([SCHOOL.sliders, SCHOOL.documents, SCHOOL.cardMarker]).toEqual([false, undefined, true]);
  // What a school copies: the papers name where it differs.
  const { file } = checkSchoolFile(read(join(ROOT, 'school.example.yaml')), languageOf());
  expect([file?.sliders, file?.documents, file?.cardMarker]).toEqual([
    false,
    { delivery: 'cardAndFile' },
    true,
  ]);
  expect(file?.admins).toEqual([file?.schools[0]?.coach.aadObjectId]);
});

test('what the papers say is pointed out is what is looked for', () => {
  expect([...IDENTIFIERS].sort()).toEqual(['birthDate', 'citizenNumber', 'email', 'fullName', 'phone']);
});

test.each(['verwerking.nl.md', 'processing.en.md'])('every table of the database is in %s', (name) => {
  const schema = read(join(ROOT, 'tests/store/schema.sqlite.txt'));
  const tables = [...schema.matchAll(/create table "(\w+)"/giu)].map(([, table]) => table);
  expect(tables.length).toBeGreaterThan(5);
  // That of the migrations holds numbers only.
  const named = tables.filter((table) => table !== 'schema_version');
  expect(named.filter((table) => !paper(name).includes(`\`${table}\``))).toEqual([]);
});

test('Dutch and English have the same tables, headings and points', () => {
  const shape = (name: string) =>
    paper(name)
      .split('\n')
      .map((line) => /^(?:\||#+|- |\d\. )/u.exec(line)?.[0])
      .filter((mark) => mark !== undefined);
  for (const [dutch, english] of PAIRS) expect([english, shape(english)]).toEqual([english, shape(dutch)]);
});

test('links lead somewhere, and no paper is left out of the list', () => {
  const names = readdirSync(FOLDER);
  const dead = names.flatMap((name) =>
    [...paper(name).matchAll(/\]\(([^)#]+)\)/gu)]
      .map(([, to]) => to ?? '')
      .filter((to) => !existsSync(join(FOLDER, to)))
      .map((to) => `${name}: ${to}`),
  );
  expect(dead).toEqual([]);
  const listed = paper('README.md');
  expect(names.filter((name) => name !== 'README.md' && !listed.includes(`(${name})`))).toEqual([]);
});

test('every test that the threat model names exists', () => {
  const told = [...paper('threat-model.md').matchAll(/`(tests\/[^`]+\.ts)`((?: ‘[^’]+’)*)/gu)];
  expect(told.length).toBeGreaterThan(20);
  const missing = told.flatMap(([, file = '', titles = '']) => {
    if (!existsSync(join(ROOT, file))) return [file];
    const source = read(join(ROOT, file));
    return [...titles.matchAll(/‘([^’]+)’/gu)]
      .map(([, title]) => title ?? '')
      .filter((title) => !source.includes(`'${title}'`))
      .map((title) => `${file}: ${title}`);
  });
  expect(missing).toEqual([]);
});

test('counts: nothing for four teachers, something for five', async () => {
  const stage = await openStage({
    lang: 'nl-NL',
    file: read(join(ROOT, 'tests/transcripts/school.yaml')),
  });
  try {
    const schoolId = stage.settings()?.schools.file.schools[0]?.id ?? '';
    const begin = (name: string) =>
      stage.store.inTurn(
        stage.store.laneOf(reference(name)),
        { from: { reference: reference(name), place: { role: 'teacher', schoolId } } },
        (turn) => turn.save({ interview: interview(`of-${name}`), outgoing: [] }, { inline: false }),
      );
    const counts = async () => (await stage.say('aantallen')).map(({ text }) => text).join('\n');
    for (const name of ['anne', 'bart', 'carla', 'dirk']) await begin(name);
    await stage.say('instellingen');
    expect(await counts()).toContain('vijf leerkrachten');
    // A second interview is not a fifth teacher.
    await stage.store.inTurn(stage.store.laneOf(reference('anne')), {}, (turn) =>
      turn.save({ interview: interview('again'), outgoing: [] }, { inline: false }),
    );
    expect(await counts()).toContain('vijf leerkrachten');
    await begin('els');
    expect(await counts()).toContain('Gesprekken begonnen: 6');
  } finally {
    await stage.close();
  }
});

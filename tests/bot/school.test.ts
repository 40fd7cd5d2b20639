import { describe, expect, test } from '@jest/globals';
import { fileURLToPath } from 'node:url';
import { SchoolFileError } from '../../bot/errors.ts';
import { explain, operatorTexts } from '../../bot/operator.ts';
import { loadSchools, parseSchools } from '../../bot/school.ts';

const EXAMPLE = fileURLToPath(new URL('../../school.example.yaml', import.meta.url));
const COACH = '00000000-0000-0000-0000-0000000000c0';
const TEACHER = '00000000-0000-0000-0000-0000000000a1';

function mistakes(source: string): { problems: string[]; said: string } {
  try {
    parseSchools(source, 'school.yaml', (language) => language !== 'fr');
  } catch (error) {
    if (!(error instanceof SchoolFileError)) throw error;
    return {
      problems: error.problems.map(({ line, path, code }) => `${line} ${path} ${code}`),
      said: explain(error, operatorTexts('nl'), {}).join('\n'),
    };
  }
  return { problems: [], said: '' };
}

describe('the school file', () => {
  test('that comes along is right, and leaves the language to Teams', () => {
    const schools = loadSchools(EXAMPLE);
    expect(schools.file.languages).toEqual({ offered: ['nl', 'en', 'de'] });
    expect(schools.roleOf(COACH)).toBe('coach');
    expect(schools.roleOf(COACH.toUpperCase())).toBe('coach');
    expect(schools.roleOf(TEACHER)).toBe('teacher');
    expect(schools.roleOf(null)).toBe('teacher');
    expect(schools.coachOf('voorbeeldschool')?.aadObjectId).toBe(COACH);
    expect(schools.coachOf('elders')).toBeNull();
    expect(schools.viewOf('voorbeeldschool')).toMatchObject({
      id: 'voorbeeldschool',
      coach: { name: 'Coach Noor', aadObjectId: COACH },
      languages: { default: null, offered: ['nl', 'en', 'de'] },
      depth: 'standard',
    });
  });

  test('places everybody in a school', () => {
    const schools = parseSchools(`
board: { name: Bestuur }
schools:
  - { id: noord, name: Noord, coach: { name: N, aadObjectId: ${COACH} }, teachers: [${TEACHER}] }
  - { id: zuid, name: Zuid, coach: { name: Z, aadObjectId: 00000000-0000-0000-0000-0000000000c1 } }
`);
    expect(schools.schoolFor(TEACHER).id).toBe('noord');
    expect(schools.schoolFor('00000000-0000-0000-0000-0000000000c1').id).toBe('zuid');
    expect(schools.schoolFor('00000000-0000-0000-0000-0000000000a9').id).toBe('zuid');
    expect(schools.schoolFor(null).id).toBe('zuid');
  });

  test('reports every mistake at once, with its line', () => {
    const { problems, said } = mistakes(`board:
  naam: Bestuur
schools:
  - id: Noord School
    name: ''
    coach:
      name: Noor
      aadObjectId: noor@school.nl
languages:
  offered: nl
quietSeconds: soon
retention:
  drafts: 0
colour: blue
`);
    expect(problems).toEqual([
      '1 board.name missing',
      '2 board.naam unknown',
      '4 schools.0.id schoolId',
      '5 schools.0.name text',
      '8 schools.0.coach.aadObjectId directoryId',
      '10 languages.offered list',
      '11 quietSeconds number',
      '13 retention.drafts days',
      '14 colour unknown',
    ]);
    expect(said).toContain('regel 8, schools.0.coach.aadObjectId');
    expect(said).not.toContain('noor@school.nl');
  });

  test('reports what no single line shows', () => {
    const { problems } = mistakes(`board: { name: Bestuur }
schools:
  - id: noord
    name: Noord
    coach: { name: N, aadObjectId: ${COACH} }
    teachers:
      - ${TEACHER}
      - ${COACH}
  - id: noord
    name: Zuid
    coach: { name: Z, aadObjectId: ${COACH} }
    teachers: [${TEACHER}]
languages:
  default: de
  offered:
    - nl
    - fr
`);
    expect(problems).toEqual([
      '8 schools.0.teachers.1 coachAsTeacher',
      '9 schools.1.id schoolTwice',
      '12 schools.1.teachers.0 teacherTwice',
      '14 languages.default defaultLanguage',
      '17 languages.offered.1 noTexts',
    ]);
  });

  test.each([
    ['is not YAML', 'schools: [', /^\d+ {2}yaml$/],
    ['has a key twice', 'board: {name: a}\nboard: {name: b}', /^2 {2}twice$/],
    ['is empty', '', /^1 {2}section$/],
    ['is a list', '- a', /^1 {2}section$/],
  ])('that %s is refused with a sentence', (_what, source, expected) => {
    const { problems, said } = mistakes(source);
    expect(problems).toContainEqual(expect.stringMatching(expected));
    expect(said).toContain('regel');
  });

  test('that is not there is refused with a sentence', () => {
    expect(() => loadSchools('/nowhere/school.yaml')).toThrow(SchoolFileError);
  });
});

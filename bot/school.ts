/**
 * The school file: who is whose coach, which languages, how long things are kept. Written by people, so every mistake is
 * reported at once, with its line.
 */
import { readFileSync } from 'node:fs';
import { isMap, isScalar, isSeq, LineCounter, parseDocument, type Document } from 'yaml';
import { z } from 'zod';
import { SchoolFileError, type SchoolProblem } from './errors.ts';
import type { Role, SchoolView } from '../dialogs/ports.ts';

const directoryId = z.guid('directoryId').transform((id) => id.toLowerCase());
const language = z.string('text').regex(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/, 'language');
const days = z.int('days').min(1, 'days').max(3650, 'days');
const text = z.string('text').trim().min(1, 'text');
const someone = z.strictObject({ name: text, aadObjectId: directoryId }, 'section');

const schema = z.strictObject(
  {
    board: z.strictObject({ name: text }, 'section'),
    schools: z
      .array(
        z.strictObject(
          {
            id: z.string('text').regex(/^[a-z0-9][a-z0-9-]{0,63}$/, 'schoolId'),
            name: text,
            coach: someone,
            /** Absent: everybody who is in no other list. */
            teachers: z.array(directoryId, 'list').optional(),
          },
          'section',
        ),
        'list',
      )
      .min(1, 'noSchool'),
    languages: z
      .strictObject(
        { default: language.optional(), offered: z.array(language, 'list').min(1, 'list') },
        'section',
      )
      .default({ offered: ['nl', 'en'] }),
    /** How far the follow-up questions go. */
    depth: z.enum(['short', 'standard', 'thorough'], { error: 'depth' }).default('standard'),
    /** Optional questions that are switched on, by name. */
    optional: z.array(text, 'list').default([]),
    quietSeconds: z.number('number').min(0, 'quietSeconds').max(60, 'quietSeconds').default(4),
    /** Tenants whose people may talk to the bot; the bot's own tenant when absent. */
    tenants: z.array(directoryId, 'list').optional(),
    retention: z
      .strictObject({ drafts: days.default(30), profiles: days.default(365) }, 'section')
      .default({ drafts: 30, profiles: 365 }),
    /** Persons and numbers for the safety cards; read by dialogs/. */
    contacts: z.record(z.string(), z.unknown(), 'section').default({}),
    admins: z.array(directoryId, 'list').default([]),
  },
  'section',
);

export type SchoolFile = z.infer<typeof schema>;
export type School = SchoolFile['schools'][number];

/** The school file, and the questions the program asks of it. */
export interface Schools {
  readonly file: SchoolFile;
  /** The school of a coach or teacher; for somebody in no list the first school that lists no teachers, else the first. */
  schoolFor(aadObjectId: string | null): School;
  /** Coach when listed as one: a role is never taken from a message. */
  roleOf(aadObjectId: string | null): Role;
  coachOf(schoolId: string): School['coach'] | null;
  /** What the conversation must know of a school; of the first one when there is no such school any more. */
  readonly viewOf: (schoolId: string) => SchoolView;
}

/**
 * Reads a school file.
 * @throws SchoolFileError with every problem and its line.
 */
export function loadSchools(path: string, hasTexts: HasTexts = () => true): Schools {
  let source: string;
  try {
    source = readFileSync(path, 'utf8');
  } catch {
    throw new SchoolFileError(path, [{ line: 1, path: '', code: 'unreadable' }]);
  }
  return parseSchools(source, path, hasTexts);
}

/** Whether there is a folder of texts for a language. */
export type HasTexts = (language: string) => boolean;

/** The same from text; `name` stands in the messages. */
export function parseSchools(source: string, name = 'school.yaml', hasTexts: HasTexts = () => true): Schools {
  const counter = new LineCounter();
  const document = parseDocument(source, { lineCounter: counter, uniqueKeys: true });
  if (document.errors.length > 0) {
    throw new SchoolFileError(
      name,
      document.errors.map((error) => ({
        line: error.linePos?.[0].line ?? 1,
        path: '',
        code: error.code === 'DUPLICATE_KEY' ? 'twice' : 'yaml',
      })),
    );
  }
  const parsed = schema.safeParse(document.toJS());
  const problems: SchoolProblem[] = [];
  const say = (path: readonly PropertyKey[], code: string) =>
    void problems.push({ line: lineOf(document, path, counter), path: path.join('.'), code });
  if (!parsed.success) {
    for (const issue of parsed.error.issues) {
      if (issue.code === 'unrecognized_keys')
        for (const key of issue.keys) say([...issue.path, key], 'unknown');
      else say(issue.path, missing(document, issue.path) ? 'missing' : issue.message);
    }
    throw new SchoolFileError(name, inOrder(problems));
  }
  checkTogether(parsed.data, say);
  parsed.data.languages.offered.forEach((code, nth) => {
    if (!hasTexts(code)) say(['languages', 'offered', nth], 'noTexts');
  });
  if (problems.length > 0) throw new SchoolFileError(name, inOrder(problems));
  return createSchools(parsed.data);
}

/** What no single line shows: the same school or teacher twice, a coach who is also a teacher, a default language that is not offered. */
function checkTogether(file: SchoolFile, say: (path: readonly PropertyKey[], code: string) => void): void {
  const coaches = new Set(file.schools.map((school) => school.coach.aadObjectId));
  const seen = new Set<string>();
  const once = (code: string, value: string, path: readonly PropertyKey[]) => {
    if (seen.has(`${code} ${value}`)) say(path, code);
    seen.add(`${code} ${value}`);
  };
  file.schools.forEach((school, index) => {
    once('schoolTwice', school.id, ['schools', index, 'id']);
    school.teachers?.forEach((id, nth) => {
      once('teacherTwice', id, ['schools', index, 'teachers', nth]);
      // One role per person: whoever coaches somewhere would never be interviewed.
      if (coaches.has(id)) say(['schools', index, 'teachers', nth], 'coachAsTeacher');
    });
  });
  const { default: standard, offered } = file.languages;
  if (standard !== undefined && !offered.includes(standard)) say(['languages', 'default'], 'defaultLanguage');
}

function createSchools(file: SchoolFile): Schools {
  const [first] = file.schools as [School, ...School[]];
  const open = file.schools.find((school) => school.teachers === undefined) ?? first;
  const byPerson = new Map<string, School>();
  for (const school of file.schools) {
    for (const id of school.teachers ?? []) byPerson.set(id, school);
  }
  // A coach may serve several schools; the first one listed is where the coach belongs.
  for (const school of [...file.schools].reverse()) byPerson.set(school.coach.aadObjectId, school);
  const coaches = new Set(file.schools.map((school) => school.coach.aadObjectId));
  return {
    file,
    schoolFor: (id) => byPerson.get(id?.toLowerCase() ?? '') ?? open,
    roleOf: (id) => (coaches.has(id?.toLowerCase() ?? '') ? 'coach' : 'teacher'),
    coachOf: (schoolId) => file.schools.find((school) => school.id === schoolId)?.coach ?? null,
    viewOf: (schoolId) => {
      const { id, coach } = file.schools.find((school) => school.id === schoolId) ?? first;
      const { depth, optional, contacts, languages } = file;
      return {
        id,
        coach,
        languages: { default: languages.default ?? null, offered: languages.offered },
        depth,
        optional,
        contact: typeof contacts['person'] === 'string' ? contacts['person'] : null,
      };
    },
  };
}

/** Line of the deepest part of the path that is there; of the key for an unknown or wrong value. */
function lineOf(document: Document, path: readonly PropertyKey[], counter: LineCounter): number {
  let node: unknown = document.contents;
  let offset = 0;
  for (const part of path) {
    if (isMap(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && item.key.value === part);
      if (!pair) break;
      offset = (isScalar(pair.key) ? pair.key.range?.[0] : undefined) ?? offset;
      node = pair.value;
    } else if (isSeq(node) && typeof part === 'number') {
      node = node.items[part];
      offset = (node as { range?: [number, number, number] | null } | undefined)?.range?.[0] ?? offset;
    } else break;
  }
  return counter.linePos(offset).line || 1;
}

function missing(document: Document, path: readonly PropertyKey[]): boolean {
  return path.length > 0 && !document.hasIn(path.map((part) => (typeof part === 'symbol' ? '' : part)));
}

function inOrder(problems: readonly SchoolProblem[]): readonly SchoolProblem[] {
  return [...problems].sort((a, b) => a.line - b.line);
}

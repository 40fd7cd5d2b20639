/** The school file as the program asks questions of it: who is whose coach, which languages, how long things are kept. */
import { readFileSync } from 'node:fs';
import { SchoolFileError } from './errors.ts';
import { checkSchoolFile, keyOfPrompt, type LanguageOf } from './school/check.ts';
import type { School, SchoolFile } from './school/schema.ts';
import type { Role, SchoolView } from '../dialogs/ports.ts';
import { loadTexts, type Voice } from '../locales/index.ts';
import type { PromptId } from '../machines/prompt-linter.ts';

export type { School, SchoolFile } from './school/schema.ts';

/** The school file, and the questions the program asks of it. */
export interface Schools {
  readonly file: SchoolFile;
  /** The school of a coach or teacher; for somebody in no list the first school that lists no teachers, else the first. */
  schoolFor(aadObjectId: string | null): School;
  /** Coach when listed as one: a role is never taken from a message. */
  roleOf(aadObjectId: string | null): Role;
  isAdmin(aadObjectId: string | null): boolean;
  /** Whoever gets the profiles of a school now: the substitute while the coach is away. */
  coachOf(schoolId: string): School['coach'] | null;
  /** What the conversation must know of a school; of the first one when there is no such school any more. */
  readonly viewOf: (schoolId: string) => SchoolView;
}

/** Whether there is a folder of texts for a language. */
export type HasTexts = (language: string) => boolean;

/**
 * Reads a school file.
 * @throws SchoolFileError with every problem and its line.
 */
export function loadSchools(path: string, hasTexts?: HasTexts): Schools {
  return parseSchools(readSchoolFile(path), path, hasTexts);
}

/** @throws SchoolFileError when it cannot be read. */
export function readSchoolFile(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    throw new SchoolFileError(path, [{ line: 1, path: '', code: 'unreadable' }]);
  }
}

/** The same from text; `name` stands in the messages. */
export function parseSchools(source: string, name = 'school.yaml', hasTexts?: HasTexts): Schools {
  const { file, errors } = checkSchoolFile(source, languageOf(hasTexts));
  if (!file) throw new SchoolFileError(name, errors);
  return createSchools(file);
}

let texts: ReturnType<typeof loadTexts> | null = null;

/** The languages of this program, or fewer of them. */
export function languageOf(hasTexts: HasTexts = () => true): LanguageOf {
  const known = (texts ??= loadTexts());
  return (code) => (hasTexts(code) && known.has(code) ? known.language(code) : null);
}

function createSchools(file: SchoolFile): Schools {
  const [first] = file.schools as [School, ...School[]];
  const open = file.schools.find((school) => school.teachers === undefined) ?? first;
  const byPerson = new Map<string, School>();
  for (const school of file.schools) {
    for (const id of school.teachers ?? []) byPerson.set(id, school);
  }
  // A coach may serve several schools; the first one listed is where the coach belongs.
  for (const school of [...file.schools].reverse()) {
    if (school.substitute) byPerson.set(school.substitute.aadObjectId, school);
    byPerson.set(school.coach.aadObjectId, school);
  }
  const coaches = new Set(
    file.schools
      .flatMap(({ coach, substitute }) => [coach, ...(substitute ? [substitute] : [])])
      .map((c) => c.aadObjectId),
  );
  const admins = new Set(file.admins);
  const inCharge = ({ coach, substitute, coachAway }: School) =>
    coachAway && substitute ? substitute : coach;
  const voices = voicesOf(file);
  return {
    file,
    schoolFor: (id) => byPerson.get(id?.toLowerCase() ?? '') ?? open,
    roleOf: (id) => (coaches.has(id?.toLowerCase() ?? '') ? 'coach' : 'teacher'),
    isAdmin: (id) => admins.has(id?.toLowerCase() ?? ''),
    coachOf: (schoolId) => {
      const school = file.schools.find(({ id }) => id === schoolId);
      return school ? inCharge(school) : null;
    },
    viewOf: (schoolId) => {
      const school = file.schools.find(({ id }) => id === schoolId) ?? first;
      const { depth, optional, sliders, contacts, languages, cardMarker, quietHours, documents } = file;
      return {
        id: school.id,
        coach: inCharge(school),
        languages: { default: languages.default ?? null, offered: languages.offered },
        depth,
        optional,
        ...(sliders ? { sliders } : {}),
        contact: contacts.person ?? null,
        safety: { contacts, marker: cardMarker },
        voices,
        ...(quietHours ? { quietHours } : {}),
        ...(documents?.delivery === 'cardAndFile' ? { documents: 'consent' as const } : {}),
      };
    },
  };
}

/** How the school wants to be spoken for, by language: made once, so that a version keeps its own. */
function voicesOf({ address, terms, prompts, languages }: SchoolFile): Readonly<Record<string, Voice>> {
  const codes = new Set([...languages.offered, ...Object.keys(terms), ...Object.keys(prompts)]);
  return Object.fromEntries(
    [...codes].map((code): [string, Voice] => {
      const { teacher, pupil, coach } = terms[code] ?? {};
      return [
        code,
        {
          address,
          terms: {
            ...(teacher ? { teacher } : {}),
            ...(pupil ? { pupil } : {}),
            ...(coach ? { coach } : {}),
          },
          own: ownTexts(prompts[code] ?? {}),
        },
      ];
    }),
  );
}

/** Wordings are numbered from 1 by people and from 0 by the texts. */
function ownTexts(prompts: SchoolFile['prompts'][string]): Record<string, string> {
  return Object.fromEntries(
    Object.entries(prompts).flatMap(([id, given]) => {
      if (given === undefined) return [];
      const key = keyOfPrompt(id as PromptId);
      const texts = typeof given === 'string' ? { '1': given } : given;
      return Object.entries(texts).map(([n, text]): [string, string] => [`${key}.${Number(n) - 1}`, text]);
    }),
  );
}

/**
 * Reads a school file as people write it: every mistake at once, with its line, what is wrong and what to do.
 * A mistake in one part does not hide those in another.
 */
import { isMap, isPair, isScalar, isSeq, LineCounter, parseDocument, visit, type Document } from 'yaml';
import { countries } from '../../locales/contacts.ts';
import type { Language, VariantKey } from '../../locales/index.ts';
import {
  isQuestion,
  OPENING_STEPS,
  questionRule,
  QUESTIONS,
  REVIEW_STEPS,
} from '../../machines/definition.ts';
import { isPrompt, lintPrompt, PROMPT_IDS, type PromptId } from '../../machines/prompt-linter.ts';
import type { SchoolProblem } from '../errors.ts';
import { OPTIONAL_QUESTIONS, schoolSchema, type SchoolFile } from './schema.ts';

/** The texts of a language, for holding the school's own against; null when there are none. */
export type LanguageOf = (code: string) => Language | null;

export interface Checked {
  /** Null when there is an error. */
  readonly file: SchoolFile | null;
  readonly errors: readonly SchoolProblem[];
  readonly warnings: readonly SchoolProblem[];
}

type Path = readonly PropertyKey[];
type Say = (path: Path, code: string, values?: Readonly<Record<string, string | number>>) => void;

const LARGEST_FILE = 500_000;

export function checkSchoolFile(source: string, languageOf: LanguageOf): Checked {
  const problems: (SchoolProblem & { readonly warning: boolean })[] = [];
  const done = (file: SchoolFile | null): Checked => {
    const inOrder = [...problems].sort((a, b) => a.line - b.line);
    const strip = ({ warning: _, ...problem }: (typeof inOrder)[number]): SchoolProblem => problem;
    const errors = inOrder.filter(({ warning }) => !warning).map(strip);
    const warnings = inOrder.filter(({ warning }) => warning).map(strip);
    return { file: errors.length > 0 ? null : file, errors, warnings };
  };
  if (source.length > LARGEST_FILE) {
    problems.push({ line: 1, path: '', code: 'tooBig', warning: false });
    return done(null);
  }
  const counter = new LineCounter();
  const document = parseDocument(source, { lineCounter: counter, uniqueKeys: false });
  for (const error of document.errors) {
    const line = error.linePos?.[0].line ?? 1;
    const code =
      error.code === 'TAB_AS_INDENT' ? 'tab' : error.code === 'MULTIPLE_DOCS' ? 'twoDocuments' : 'yaml';
    if (!problems.some((p) => p.line === line)) problems.push({ line, path: '', code, warning: false });
  }
  // What stands after broken YAML cannot be told apart.
  if (document.errors.length > 0) return done(null);
  const add =
    (warning: boolean): Say =>
    (path, code, values) => {
      const line = lineOf(document, path, counter);
      problems.push({ line, path: path.join('.'), code, ...(values ? { values } : {}), warning });
    };
  const say = add(false);
  const warn = add(true);
  for (const offset of doubleKeys(document)) {
    problems.push({ line: counter.linePos(offset).line, path: '', code: 'twice', warning: false });
  }
  const raw: unknown = document.toJS();
  const parsed = schoolSchema.safeParse(raw);
  if (!parsed.success) for (const issue of parsed.error.issues) report(issue, document, say);
  // Each of these looks only at what is there and of the right kind, so they run beside mistakes of shape.
  const draft = (parsed.success ? parsed.data : isObject(raw) ? raw : {}) as Draft;
  checkPeople(draft, say, warn);
  checkLanguages(draft, languageOf, say);
  checkQuestions(draft, say);
  checkTimes(draft, say, warn);
  // The default fills the country in, and with it the question.
  if (isObject(raw) && at(raw['contacts'], 'country') === undefined) warn(['contacts'], 'noCountry');
  checkTerms(draft, languageOf, say, warn);
  checkPrompts(draft, languageOf, say, warn);
  return done(parsed.success ? parsed.data : null);
}

/* ---------------------------------------------------------------- shape */

type Issue = NonNullable<ReturnType<typeof schoolSchema.safeParse>['error']>['issues'][number];

function report(issue: Issue, document: Document, say: Say): void {
  if (issue.code === 'unrecognized_keys') {
    for (const key of issue.keys) reportUnknown([...issue.path, key], key, say);
    return;
  }
  if (issue.code === 'invalid_key') return say(issue.path, issue.issues[0]?.message ?? 'language');
  // Of a union only the branch that was meant says something: a block has its own mistakes.
  if (issue.code === 'invalid_union') {
    const inner = issue.errors.flat().find((e) => e.path.length > 0 || e.code === 'invalid_key');
    return say(
      [...issue.path, ...(inner?.path ?? [])],
      inner?.code === 'invalid_key' ? 'wordingNumber' : issue.message,
    );
  }
  if (issue.path.length > 0 && !document.hasIn(asKeys(issue.path))) return say(issue.path, 'missing');
  say(issue.path, issue.message, valuesOf(issue));
}

function valuesOf(issue: Issue): Record<string, string | number> | undefined {
  if (issue.message === 'country') return { list: countries().join(', ') };
  return issue.code === 'too_big' ? { most: Number(issue.maximum) } : undefined;
}

const FIXED: readonly string[] = [...OPENING_STEPS, ...REVIEW_STEPS];

function reportUnknown(path: Path, key: string, say: Say): void {
  if (path[0] === 'prompts' && path.length === 3) {
    if (FIXED.includes(key) || /^(?:s\d|safety|consent)/iu.test(key)) return say(path, 'fixedText');
    const near = nearest(key, PROMPT_IDS);
    return say(path, near ? 'promptUnknownNear' : 'promptUnknown', near ? { near } : undefined);
  }
  const siblings = knownKeys(path.slice(0, -1));
  const near = nearest(key, siblings);
  say(path, near ? 'unknownNear' : 'unknown', near ? { near } : undefined);
}

/** The settings that exist at this place. */
function knownKeys(path: Path): readonly string[] {
  let type: unknown = schoolSchema;
  for (const part of path) {
    type = unwrapped(type);
    const { shape, element, valueType } = type as { shape?: object; element?: unknown; valueType?: unknown };
    type = shape ? (shape as Record<string, unknown>)[String(part)] : (element ?? valueType);
  }
  const { shape } = (unwrapped(type) ?? {}) as { shape?: object };
  return Object.keys(shape ?? {});
}

function unwrapped(type: unknown): unknown {
  let inner = type;
  while (isObject(inner) && isObject(inner['def']) && 'innerType' in inner['def'])
    inner = inner['def']['innerType'];
  return inner;
}

/** Somebody who types `langauges` means `languages`. */
function nearest(word: string, known: readonly string[]): string | null {
  const ranked = known
    .map((k) => ({ k, d: distance(word.toLowerCase(), k.toLowerCase()) }))
    .sort((a, b) => a.d - b.d);
  const best = ranked[0];
  return best && best.d <= Math.max(1, Math.floor(best.k.length / 3)) ? best.k : null;
}

function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const change = (row[j - 1] ?? 0) + Number(a[i - 1] !== b[j - 1]);
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

/* ---------------------------------------------------------------- what no single line shows */

/** The file as it may be while it still has mistakes. */
type Draft = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const at = (value: unknown, key: string): unknown => (isObject(value) ? value[key] : undefined);
const idOf = (value: unknown): string | null => (typeof value === 'string' ? value.toLowerCase() : null);

function checkPeople(draft: Draft, say: Say, warn: Say): void {
  const schools = listOf(draft['schools']);
  const coaches = new Set(
    schools.flatMap((s) => [
      idOf(at(at(s, 'coach'), 'aadObjectId')),
      idOf(at(at(s, 'substitute'), 'aadObjectId')),
    ]),
  );
  coaches.delete(null);
  const seen = new Set<string>();
  const once = (code: string, value: unknown, path: Path) => {
    if (typeof value !== 'string') return;
    const key = `${code} ${value.toLowerCase()}`;
    if (seen.has(key)) say(path, code);
    seen.add(key);
  };
  schools.forEach((school, n) => {
    once('schoolTwice', at(school, 'id'), ['schools', n, 'id']);
    once('schoolNameTwice', at(school, 'name'), ['schools', n, 'name']);
    const teachers = at(school, 'teachers');
    if (Array.isArray(teachers) && teachers.length === 0) warn(['schools', n, 'teachers'], 'noTeachers');
    listOf(teachers).forEach((id, nth) => {
      once('teacherTwice', id, ['schools', n, 'teachers', nth]);
      // One role per person: whoever coaches somewhere would never be interviewed.
      if (coaches.has(idOf(id))) say(['schools', n, 'teachers', nth], 'coachAsTeacher');
    });
    const substitute = at(school, 'substitute');
    const same = idOf(at(substitute, 'aadObjectId'));
    if (same !== null && same === idOf(at(at(school, 'coach'), 'aadObjectId'))) {
      say(['schools', n, 'substitute', 'aadObjectId'], 'substituteIsCoach');
    }
    if (at(school, 'coachAway') === true && substitute === undefined)
      say(['schools', n, 'coachAway'], 'awayWithoutSubstitute');
  });
  const open = schools.filter((school) => isObject(school) && school['teachers'] === undefined);
  if (open.length > 1) {
    schools.forEach((school, n) => {
      if (school === open[1]) warn(['schools', n], 'twoOpenSchools');
    });
  }
  listOf(draft['admins']).forEach((id, n) => once('adminTwice', id, ['admins', n]));
  listOf(draft['tenants']).forEach((id, n) => once('tenantTwice', id, ['tenants', n]));
  if (Array.isArray(draft['tenants']) && draft['tenants'].length === 0) say(['tenants'], 'noTenants');
}

function offeredIn(draft: Draft): readonly string[] {
  const given = at(draft['languages'], 'offered');
  return given === undefined ? ['nl', 'en', 'de'] : listOf(given).filter((code) => typeof code === 'string');
}

function checkLanguages(draft: Draft, languageOf: LanguageOf, say: Say): void {
  const offered = offeredIn(draft);
  offered.forEach((code, n) => {
    if (offered.indexOf(code) < n) say(['languages', 'offered', n], 'languageTwice');
    else if (!languageOf(code)) say(['languages', 'offered', n], 'noTexts');
  });
  const standard = at(draft['languages'], 'default');
  if (typeof standard === 'string' && offered.length > 0 && !offered.includes(standard)) {
    say(['languages', 'default'], 'defaultLanguage');
  }
}

function checkQuestions(draft: Draft, say: Say): void {
  const chosen = listOf(draft['optional']);
  chosen.forEach((id, n) => {
    if (typeof id !== 'string') return;
    const path = ['optional', n];
    if (chosen.indexOf(id) < n) return say(path, 'optionalTwice');
    if (isQuestion(id) && QUESTIONS[id].shape === 'closing') return say(path, 'closingQuestion');
    if (isQuestion(id) && !questionRule(id).optional) return say(path, 'fixedQuestion');
    if (!isQuestion(id)) {
      const near = nearest(id, OPTIONAL_QUESTIONS);
      return say(path, near ? 'optionalUnknownNear' : 'optionalUnknown', near ? { near } : undefined);
    }
    const { after } = questionRule(id);
    if (after !== undefined && !chosen.includes(after)) say(path, 'optionalAfter', { after });
  });
}

function checkTimes(draft: Draft, say: Say, warn: Say): void {
  const hours = draft['quietHours'];
  const from = at(hours, 'from');
  if (typeof from === 'string' && from === at(hours, 'to')) say(['quietHours', 'to'], 'quietAllDay');
  const drafts = at(draft['retention'], 'drafts');
  const profiles = at(draft['retention'], 'profiles');
  if (typeof drafts === 'number' && typeof profiles === 'number' && drafts > profiles) {
    warn(['retention', 'drafts'], 'draftsLonger');
  }
}

/* ---------------------------------------------------------------- words and texts */

function checkTerms(draft: Draft, languageOf: LanguageOf, say: Say, warn: Say): void {
  if (!isObject(draft['terms'])) return;
  for (const [code, chosen] of Object.entries(draft['terms'])) {
    const language = languageOf(code);
    if (!language) {
      say(['terms', code], 'noTexts');
      continue;
    }
    if (!offeredIn(draft).includes(code)) warn(['terms', code], 'notOffered');
    if (!isObject(chosen)) continue;
    for (const [term, word] of Object.entries(chosen)) {
      const known = Object.keys(language.terms()[term] ?? {});
      if (typeof word !== 'string' || known.length === 0 || known.includes(word)) continue;
      say(['terms', code, term], 'termUnknown', { list: known.join(', ') });
    }
  }
}

function checkPrompts(draft: Draft, languageOf: LanguageOf, say: Say, warn: Say): void {
  if (!isObject(draft['prompts'])) return;
  const address = draft['address'] === 'formal' ? 'formal' : 'informal';
  const offered = offeredIn(draft);
  for (const [code, own] of Object.entries(draft['prompts'])) {
    const language = languageOf(code);
    if (!language) {
      say(['prompts', code], 'noTexts');
      continue;
    }
    if (!offered.includes(code)) warn(['prompts', code], 'notOffered');
    if (!isObject(own)) continue;
    for (const [id, given] of Object.entries(own)) {
      if (!isPrompt(id)) continue;
      const others = offered.filter(
        (other) => other !== code && at(at(draft['prompts'], other), id) === undefined,
      );
      const [missing] = others.filter((other) => languageOf(other)?.base !== language.base);
      if (missing !== undefined) warn(['prompts', code, id], 'onlyHere', { lang: missing });
      if (isQuestion(id) && questionRule(id).optional && !listOf(draft['optional']).includes(id)) {
        warn(['prompts', code, id], 'switchedOff');
      }
      const texts = typeof given === 'string' ? { '1': given } : isObject(given) ? given : {};
      for (const [n, text] of Object.entries(texts)) {
        const path: Path = typeof given === 'string' ? ['prompts', code, id] : ['prompts', code, id, n];
        const count = language.variants(keyOfPrompt(id));
        if (Number(n) > count) say(path, 'wordingMany', { count });
        if (typeof text === 'string') lintOne(id, text, language, address, path, say, warn);
      }
    }
  }
}

function lintOne(
  id: PromptId,
  text: string,
  language: Language,
  address: 'informal' | 'formal',
  path: Path,
  say: Say,
  warn: Say,
): void {
  const words = language.linter();
  if (!words) return;
  for (const { level, code, found } of lintPrompt(id, text, {
    words,
    address,
    terms: termPlaceholders(language),
  })) {
    (level === 'error' ? say : warn)(path, `lint_${code}`, { found });
  }
}

/** Where a prompt's texts are. */
export function keyOfPrompt(id: PromptId): VariantKey {
  return isQuestion(id) ? `interview:${id}` : `probes:${id}`;
}

/** The placeholders that the school's words fill in. */
export function termPlaceholders(language: Language): string[] {
  return Object.values(language.terms()).flatMap((words) => Object.keys(Object.values(words)[0] ?? {}));
}

/* ---------------------------------------------------------------- lines */

/** Line of the deepest part of the path that is there; of the key for an unknown or wrong value. */
function lineOf(document: Document, path: Path, counter: LineCounter): number {
  let node: unknown = document.contents;
  let offset = 0;
  for (const part of path) {
    if (isMap(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(part));
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

/** Where a key stands for the second time. */
function doubleKeys(document: Document): number[] {
  const offsets: number[] = [];
  visit(document, {
    Map(_, map) {
      const seen = new Set<unknown>();
      for (const pair of map.items) {
        if (!isPair(pair) || !isScalar(pair.key)) continue;
        if (seen.has(pair.key.value)) offsets.push(pair.key.range?.[0] ?? 0);
        seen.add(pair.key.value);
      }
    },
  });
  return offsets;
}

function asKeys(path: Path): (string | number)[] {
  return path.map((part) => (typeof part === 'symbol' ? '' : part));
}

/**
 * Holds a school's own question against the method: one open question, no feeling put into the teacher's mouth, what the
 * question needs still in it. Pure; the word lists of a language are data (locales/<lang>/linter.json).
 */
import { QUESTION_IDS, type QuestionId } from './definition.ts';
import { PROBES, type ProbeId } from './follow-up.ts';

/** What a school may put in its own words. The opening, the consent, the review and the safety cards are not among them. */
export const PROMPT_IDS = [
  ...QUESTION_IDS,
  ...PROBES,
  'P-EVENT_closing',
  'P-OWN_gentle',
  'P-CHILD_gentle',
] as const;
/** A follow-up, in each form that has texts of its own. */
export type FollowUpId = ProbeId | 'P-EVENT_closing' | 'P-OWN_gentle' | 'P-CHILD_gentle';
export type PromptId = QuestionId | FollowUpId;

export function isPrompt(id: string): id is PromptId {
  return (PROMPT_IDS as readonly string[]).includes(id);
}

/** The word lists of one language. A word may end in `*` (any ending); an entry of several words is looked for as it stands. */
export interface LinterWords {
  /** Verbs that may open a question without a question mark. */
  readonly imperatives: readonly string[];
  readonly feelings: readonly string[];
  /** Words with an everyday meaning in this one question. */
  readonly exempt: Readonly<Record<string, readonly string[]>>;
  /** Openings that can be answered with yes or no. */
  readonly closed: readonly string[];
  readonly why: readonly string[];
  readonly suggestive: readonly string[];
  readonly evaluative: readonly string[];
  /** What the pupil is like, where the relation is meant. */
  readonly traits: readonly string[];
  /** Words that are harder than B1. */
  readonly hard: readonly string[];
  /** Pronouns that tell whether the pupil is a boy or a girl. */
  readonly pronouns: readonly string[];
  /** Words of the informal and of the formal form of address; empty where the language knows one form only. */
  readonly informal: readonly string[];
  readonly formal: readonly string[];
}

export const ERRORS = [
  'empty',
  'noQuestion',
  'twoQuestions',
  'feelingWord',
  'tooLong',
  'placeholderMissing',
  'placeholderUnknown',
  'brace',
  'markup',
] as const;
export const WARNINGS = [
  'closed',
  'why',
  'suggestive',
  'evaluative',
  'traits',
  'hardWord',
  'longSentence',
  'pronoun',
  'addressMixed',
  'addressOther',
  'exclamation',
] as const;
export type RemarkCode = (typeof ERRORS)[number] | (typeof WARNINGS)[number];

/** An error keeps a text from being used; a warning is for the school to weigh. */
export interface Remark {
  readonly level: 'error' | 'warning';
  readonly code: RemarkCode;
  /** The words it is about; empty when it is about the whole. */
  readonly found: string;
}

export interface LintContext {
  readonly words: LinterWords;
  readonly address: 'informal' | 'formal';
  /** Placeholders for the school's own terms, which may stand anywhere. */
  readonly terms?: readonly string[];
}

export const LONGEST_PROMPT = 300;
const LONGEST_SENTENCE_WORDS = 22;
const LONGEST_WORD_LETTERS = 17;

/** Questions that ask for two things on purpose: what did you see, and what did you do. */
const TWO_ALLOWED: ReadonlySet<string> = new Set(['q6_upset']);

/** Asks whether there was such a moment at all: no is an answer. */
const YES_OR_NO_ALLOWED: ReadonlySet<string> = new Set(['P-EXC']);

/** What a text for this prompt must and may hold between double braces. */
export function placeholdersFor(id: PromptId): {
  readonly must: readonly string[];
  readonly may: readonly string[];
} {
  if (id === 'q2_word1' || id === 'q2_word2' || id === 'o1_word3')
    return { must: ['word'], may: ['alias', 'coach'] };
  if (id === 'P-OWN_gentle' || id === 'P-CHILD_gentle') return { must: ['quote'], may: ['alias', 'coach'] };
  if (id === 'P-CHILD') return { must: ['alias'], may: ['coach'] };
  return { must: [], may: ['alias', 'coach'] };
}

/** Room that a nickname, a word and a quotation take. */
const FILLED: Readonly<Record<string, string>> = {
  alias: 'x'.repeat(12),
  word: 'x'.repeat(12),
  quote: 'x'.repeat(40),
};

export function lintPrompt(id: PromptId, text: string, context: LintContext): Remark[] {
  const remarks: Remark[] = [];
  const error = (code: (typeof ERRORS)[number], found = '') =>
    void remarks.push({ level: 'error', code, found });
  const warn = (code: (typeof WARNINGS)[number], found = '') =>
    void remarks.push({ level: 'warning', code, found });
  if (text.trim() === '') return [{ level: 'error', code: 'empty', found: '' }];
  const { words: lists } = context;
  const bare = text.replace(/\{\{\s*\w+\s*\}\}/gu, 'Vos');

  const { must, may } = placeholdersFor(id);
  const present = [...text.matchAll(/\{\{\s*(\w+)\s*\}\}/gu)].map((m) => m[1] ?? '');
  for (const name of must) if (!present.includes(name)) error('placeholderMissing', `{{${name}}}`);
  const known = new Set([...must, ...may, ...(context.terms ?? [])]);
  for (const name of new Set(present)) if (!known.has(name)) error('placeholderUnknown', `{{${name}}}`);
  if (/[{}]/u.test(bare)) error('brace');
  if (/<\/?[a-z][^>]*>|\]\(|https?:|www\.|\*\*|__|^#|`/iu.test(text)) error('markup');

  const marks = bare.split('?').length - 1;
  if (marks > (TWO_ALLOWED.has(id) ? 2 : 1)) error('twoQuestions');
  if (marks === 0 && !sentencesOf(bare).some((s) => startsWithOne(s, lists.imperatives))) error('noQuestion');
  const length = text.replace(/\{\{\s*(\w+)\s*\}\}/gu, (_, name: string) => FILLED[name] ?? name).length;
  if (length > LONGEST_PROMPT) error('tooLong', String(length));

  const read = reader(bare);
  const exempt = new Set(lists.exempt[id] ?? []);
  const felt = read.matches(lists.feelings).filter((word) => !exempt.has(word));
  if (felt.length > 0) error('feelingWord', felt.join(', '));

  const question = questionOf(bare);
  if (!YES_OR_NO_ALLOWED.has(id) && startsWithOne(question, lists.closed))
    warn('closed', firstWords(question));
  const because = read.matches(lists.why);
  if (because.length > 0) warn('why', because.join(', '));
  for (const code of ['suggestive', 'evaluative', 'traits'] as const) {
    const found = read.matches(lists[code]).filter((word) => !exempt.has(word));
    if (found.length > 0) warn(code, found.join(', '));
  }
  const hard = [...read.matches(lists.hard), ...read.words.filter((w) => w.length > LONGEST_WORD_LETTERS)];
  if (hard.length > 0) warn('hardWord', [...new Set(hard)].join(', '));
  const long = sentencesOf(bare).find((s) => s.split(/\s+/u).length > LONGEST_SENTENCE_WORDS);
  if (long !== undefined) warn('longSentence', firstWords(long));
  const pronouns = read.matches(lists.pronouns).filter((word) => !exempt.has(word));
  if (pronouns.length > 0) warn('pronoun', pronouns.join(', '));
  if (bare.includes('!')) warn('exclamation');

  const informal = read.matches(lists.informal, true);
  const formal = read.matches(lists.formal, true);
  if (informal.length > 0 && formal.length > 0) warn('addressMixed', [informal[0], formal[0]].join(', '));
  else {
    const other = context.address === 'formal' ? informal : formal;
    if (other.length > 0) warn('addressOther', other.join(', '));
  }
  return remarks;
}

/** True when nothing keeps the text from being used. */
export function isUsable(remarks: readonly Remark[]): boolean {
  return remarks.every(({ level }) => level !== 'error');
}

function sentencesOf(text: string): string[] {
  return text
    .split(/(?<=[.!?:])\s+/u)
    .map((s) => s.trim())
    .filter((s) => s !== '');
}

/** The sentence that asks: the one with the question mark, else the whole. */
function questionOf(text: string): string {
  return sentencesOf(text).find((s) => s.includes('?')) ?? text;
}

function startsWithOne(sentence: string, openings: readonly string[]): boolean {
  const start = `${sentence.toLowerCase().replace(/^[^\p{L}]+/u, '')} `;
  // "En wanneer …", "Tot slot: wat …": a small word in front changes nothing.
  const bare = start.replace(/^(?:en|and|und|maar|but|aber) /u, '');
  return openings.some((word) => bare.startsWith(`${word} `) || start.startsWith(`${word} `));
}

function firstWords(sentence: string): string {
  return sentence
    .split(/\s+/u)
    .slice(0, 4)
    .join(' ')
    .replace(/[,;:.?]+$/u, '');
}

/** Finds listed words in a text: whole words, `stem*`, or several words as they stand. Capitals count only where asked for ("Sie"). */
function reader(text: string): {
  readonly words: readonly string[];
  matches(list: readonly string[], capitals?: boolean): string[];
} {
  const exact = text.match(/[\p{L}\p{M}’']+/gu) ?? [];
  const low = exact.map((w) => w.toLowerCase());
  const line = ` ${low.join(' ')} `;
  return {
    words: low,
    matches(list, capitals = false) {
      const found = list.flatMap((entry) => {
        if (entry.includes(' ')) return line.includes(` ${entry} `) ? [entry] : [];
        if (entry.endsWith('*')) return low.filter((w) => w.startsWith(entry.slice(0, -1)));
        const from = capitals && entry !== entry.toLowerCase() ? exact : low;
        // A capital at the beginning of a sentence says nothing.
        return from.filter((w, i) => w === entry && !(from === exact && i === 0)).map((w) => w);
      });
      return [...new Set(found)];
    },
  };
}

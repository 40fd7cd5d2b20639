/**
 * What in an answer may tell who somebody is: addresses, numbers, dates of birth, full names. Pointed out to the teacher, who decides.
 * First names alone are no reason to interrupt: teachers need them to tell what happened.
 */

export const IDENTIFIERS = ['email', 'phone', 'citizenNumber', 'birthDate', 'fullName'] as const;
export type IdentifierKind = (typeof IDENTIFIERS)[number];

export interface Identifier {
  readonly kind: IdentifierKind;
  /** UTF-16 offsets into the text. */
  readonly start: number;
  readonly end: number;
}

/** What the search has to know of the language: words that are data of a language folder. */
export interface IdentifierWords {
  /** Months as they are written, so that "3 mei 2016" is seen. */
  readonly months: readonly string[];
  /** "van", "de", "von": small words inside a surname. */
  readonly particles: readonly string[];
  /** "geboren", "born": before or after a date, they make it a date of birth. */
  readonly born: readonly string[];
  /** "de", "the": what follows is a thing with a name, "het Romeinse Rijk". */
  readonly articles: readonly string[];
  /** Capitalised words that are no name: "Sinterklaas", "Rekenen". */
  readonly notNames: readonly string[];
  /** A capital shows a name: not in German, where nouns have one. Then only a first name that is known begins a full name. */
  readonly capitalsAreNames: boolean;
  /** First names that are common, for languages in which a capital shows nothing. */
  readonly firstNames: readonly string[];
}

const EMAIL = /[\p{L}\p{N}._%+-]{1,64}@[\p{L}\p{N}-]{1,63}(?:\.[\p{L}\p{N}-]{2,63}){1,4}/gu;
/** Digits with the signs people put between them; what it is, is decided by their number. */
const NUMBER = /(?<![\p{L}\p{N}])\+?\(?\d(?:[ ()./-]{0,2}\d){7,14}(?![\p{L}\p{N}])/gu;
const NUMERIC_DATE =
  /(?<!\d)(\d{1,2})[-/. ](\d{1,2})[-/. ]((?:19|20)\d{2})(?!\d)|(?<!\d)((?:19|20)\d{2})-(\d{1,2})-(\d{1,2})(?!\d)/gu;
const WORD = /[\p{L}\p{M}][\p{L}\p{M}'’-]*/gu;
const NEAR = 40;

/** A Dutch citizen service number: nine digits (or eight) that pass the eleven-test. */
export function isCitizenNumber(digits: string): boolean {
  if (!/^\d{8,9}$/u.test(digits)) return false;
  const nine = digits.padStart(9, '0');
  if (/^0+$/u.test(nine)) return false;
  const sum = [...nine].reduce((total, digit, i) => total + Number(digit) * (i === 8 ? -1 : 9 - i), 0);
  return sum % 11 === 0;
}

const isPhone = (raw: string, digits: string): boolean =>
  raw.startsWith('+') || raw.startsWith('(0') || raw.startsWith('00')
    ? digits.length >= 9 && digits.length <= 15
    : digits.startsWith('0') && digits.length >= 9 && digits.length <= 12;

/**
 * Finds them, in the order of the text, none overlapping. `known`: words that are no secret here: the alias, the coach's name.
 * A date counts as one of birth when a word for it is near, or when it lies 3 to 19 years before `year`.
 */
export function findIdentifiers(
  text: string,
  words: IdentifierWords,
  known: readonly string[],
  year: number,
): Identifier[] {
  const found: Identifier[] = [];
  const add = (kind: IdentifierKind, start: number, end: number): void => {
    if (!found.some((f) => start < f.end && end > f.start)) found.push({ kind, start, end });
  };
  for (const m of text.matchAll(EMAIL)) add('email', m.index, m.index + m[0].length);
  for (const [start, end, born] of dates(text, words)) {
    const near = text.slice(Math.max(0, start - NEAR), end + NEAR).toLowerCase();
    const said = words.born.some((word) => near.includes(word));
    if (said || (year - born >= 3 && year - born <= 19)) add('birthDate', start, end);
  }
  for (const m of text.matchAll(NUMBER)) {
    const digits = m[0].replace(/\D/gu, '');
    if (isPhone(m[0], digits)) add('phone', m.index, m.index + m[0].length);
    else if (isCitizenNumber(digits)) add('citizenNumber', m.index, m.index + m[0].length);
  }
  for (const [start, end] of fullNames(text, words, known)) add('fullName', start, end);
  return found.sort((a, b) => a.start - b.start);
}

function* dates(text: string, { months }: IdentifierWords): Generator<[number, number, number]> {
  for (const m of text.matchAll(NUMERIC_DATE)) {
    yield [m.index, m.index + m[0].length, Number(m[3] ?? m[4])];
  }
  const written = new RegExp(
    `(?<!\\d)\\d{1,2}(?:\\.|e|st|nd|rd|th)? (?:${months.join('|')})\\.?,? ((?:19|20)\\d{2})(?!\\d)|` +
      `(?<!\\p{L})(?:${months.join('|')}) \\d{1,2}(?:st|nd|rd|th)?,? ((?:19|20)\\d{2})(?!\\d)`,
    'giu',
  );
  for (const m of text.matchAll(written)) yield [m.index, m.index + m[0].length, Number(m[1] ?? m[2])];
}

/** A capitalised word and a capitalised surname, small words of a surname in between: "Jan de Vries". */
function* fullNames(
  text: string,
  words: IdentifierWords,
  known: readonly string[],
): Generator<[number, number]> {
  const particles = new Set(words.particles);
  const notNames = new Set([...words.notNames, ...known].flatMap((w) => w.toLowerCase().split(/\s+/u)));
  const firstNames = new Set(words.firstNames);
  const tokens = [...text.matchAll(WORD)].map((m) => ({
    word: m[0],
    start: m.index,
    end: m.index + m[0].length,
  }));
  const isName = (at: number): boolean => {
    const t = tokens[at];
    return (
      t !== undefined &&
      /^\p{Lu}[\p{Ll}\p{M}'’-]+(?:-\p{Lu}\p{Ll}+)?$/u.test(t.word) &&
      !notNames.has(t.word.toLowerCase())
    );
  };
  const joined = (at: number): boolean => text.slice(tokens[at]?.end, tokens[at + 1]?.start) === ' ';
  const begins = (at: number): boolean => {
    const before = text.slice(0, tokens[at]?.start).trimEnd();
    return (
      before === '' || /[.!?:;…\n"“”„‘’']$/u.test(before) || /\n\s*$/u.test(text.slice(0, tokens[at]?.start))
    );
  };
  for (let i = 0; i < tokens.length; i++) {
    const first = tokens[i];
    if (!first || !isName(i)) continue;
    // At the beginning of a sentence everything has a capital: there only a first name that is known counts.
    const isFirst = firstNames.has(first.word.toLowerCase());
    const article = joined(i - 1) && words.articles.includes(tokens[i - 1]?.word ?? '');
    if ((begins(i) || article || !words.capitalsAreNames) && !isFirst) continue;
    let last = i;
    while (joined(last) && particles.has(tokens[last + 1]?.word.toLowerCase() ?? '') && last - i < 3) last++;
    if (!joined(last) || !isName(last + 1)) continue;
    const end = tokens[last + 1]?.end ?? first.end;
    yield [first.start, end];
    i = last + 1;
  }
}

/** The text with something else in their places. */
export function mask(
  text: string,
  found: readonly Identifier[],
  label: (kind: IdentifierKind) => string,
): string {
  let out = '';
  let at = 0;
  for (const { kind, start, end } of found) {
    out += `${text.slice(at, start)}[${label(kind)}]`;
    at = end;
  }
  return out + text.slice(at);
}

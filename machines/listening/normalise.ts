/**
 * From what was typed to words that can be compared: case, accents, apostrophes, drawn-out letters, contractions and typing slips.
 * Every word keeps its place in the text as typed.
 */
export type Kind = 'word' | 'mark' | 'emoji' | 'break';

export interface Token {
  /** As compared: small letters, accents folded if the language says so, contractions taken apart. */
  word: string;
  readonly start: number;
  readonly end: number;
  readonly kind: Kind;
  readonly capital: boolean;
  /** Set while the clauses are found. */
  sentence: number;
  clause: number;
  /** Which quotation it stands in; -1 outside. */
  quote: number;
}

export interface Letters {
  readonly fold: boolean;
  readonly replace: readonly (readonly [string, string])[];
}

/** What the normaliser asks of a pack. */
export interface Speller {
  readonly letters: Letters;
  /** One written form that stands for one or more words. */
  readonly spelling: ReadonlyMap<string, readonly string[]>;
  /** Endings split off as a word of their own ('s). */
  readonly endings: readonly string[];
  readonly emoji: { has(sign: string): boolean };
  readonly longestEmoticon: number;
  known(word: string): boolean;
  /** The feeling word that was probably meant, if the word itself is none we know. */
  meant(word: string): string | undefined;
}

const MARKS = new Map([
  ['’', "'"],
  ['‘', "'"],
  ['ʼ', "'"],
  ['´', "'"],
  ['`', "'"],
]);

const isLetter = (code: number, char: string): boolean =>
  (code >= 97 && code <= 122) ||
  (code >= 65 && code <= 90) ||
  (code >= 48 && code <= 57) ||
  (code > 127 && /^[\p{L}\p{M}\p{N}]$/u.test(char));

const isEmoji = (code: number, char: string): boolean =>
  code > 0x2190 && /^[\p{Extended_Pictographic}]$/u.test(char);

/** One word made comparable; also used for every word of a pack, so that both sides agree. */
export function plain(word: string, letters: Letters): string {
  let w = word.toLowerCase();
  // eslint-disable-next-line no-control-regex
  if (/^[\x00-\x7f]*$/.test(w)) return w;
  w = w.replace(/[’‘ʼ´`]/g, "'");
  for (const [from, to] of letters.replace) w = w.replaceAll(from, to);
  return letters.fold ? w.normalize('NFD').replace(/\p{M}/gu, '') : w.normalize('NFC');
}

/** Three or more of one letter in a row are one or two, as far as that gives a word we know. */
function shorten(word: string, known: (word: string) => boolean): string {
  if (!/(.)\1\1/u.test(word)) return word;
  const one = word.replace(/(.)\1{2,}/gu, '$1');
  const two = word.replace(/(.)\1{2,}/gu, '$1$1');
  return known(two) && !known(one) ? two : one;
}

export function tokenise(text: string, speller: Speller): Token[] {
  const tokens: Token[] = [];
  const push = (word: string, start: number, end: number, kind: Kind, capital = false): void => {
    tokens.push({ word, start, end, kind, capital, sentence: 0, clause: 0, quote: -1 });
  };
  const pushWord = (start: number, end: number): void => {
    const raw = text.slice(start, end);
    const capital = raw.charAt(0) !== raw.charAt(0).toLowerCase();
    let word = plain(raw, speller.letters);
    const apart = speller.spelling.get(word);
    if (apart) {
      for (const part of apart) push(part, start, end, 'word', capital && apart.length === 1);
      return;
    }
    for (const ending of speller.endings) {
      if (word.length > ending.length + 1 && word.endsWith(ending)) {
        const cut = end - ending.length;
        push(word.slice(0, -ending.length), start, cut, 'word', capital);
        for (const part of speller.spelling.get(ending) ?? [ending]) push(part, cut, end, 'word');
        return;
      }
    }
    word = shorten(word, (w) => speller.known(w));
    if (!speller.known(word)) {
      const again = speller.spelling.get(word);
      if (again?.length === 1) word = again[0]!;
      else word = speller.meant(word) ?? word;
    }
    push(word, start, end, 'word', capital);
  };

  let i = 0;
  while (i < text.length) {
    const code = text.codePointAt(i)!;
    const char = String.fromCodePoint(code);
    const size = char.length;
    if (code === 10 || code === 13) {
      push('\n', i, i + 1, 'break');
      i += 1;
      continue;
    }
    if (code === 32 || code === 9 || code === 160) {
      i += 1;
      continue;
    }
    const sign = emoticon(text, i, speller);
    if (sign) {
      push(sign, i, i + sign.length, 'emoji');
      i += sign.length;
      continue;
    }
    if (isLetter(code, char) || leadingApostrophe(text, i, speller)) {
      const end = wordEnd(text, i + size);
      pushWord(i, end);
      // A hyphen inside a compound joins two words.
      i = text[end] === '-' && end + 1 < text.length && isLetterAt(text, end + 1) ? end + 1 : end;
      continue;
    }
    if (isEmoji(code, char)) {
      push(char, i, i + size, 'emoji');
      i += size;
      // Skin tones, variation selectors and joiners belong to the sign before.
      while (i < text.length) {
        const next = text.codePointAt(i)!;
        if (next === 0xfe0f || next === 0x200d || (next >= 0x1f3fb && next <= 0x1f3ff))
          i += next > 0xffff ? 2 : 1;
        else break;
      }
      continue;
    }
    push(MARKS.get(char) ?? char, i, i + size, 'mark');
    i += size;
  }
  return tokens;
}

function isLetterAt(text: string, i: number): boolean {
  if (i >= text.length) return false;
  const code = text.codePointAt(i)!;
  return isLetter(code, code > 127 ? String.fromCodePoint(code) : '');
}

/** End of the word that began before `i`; an apostrophe between two letters belongs to it. */
function wordEnd(text: string, i: number): number {
  let end = i;
  while (end < text.length) {
    const code = text.codePointAt(end)!;
    const char = String.fromCodePoint(code);
    if (isLetter(code, char)) end += char.length;
    else if ((char === "'" || MARKS.get(char) === "'") && isLetterAt(text, end + 1)) end += 1;
    else break;
  }
  return end;
}

/** `'t`, `'k`: only forms the language writes so; otherwise the apostrophe is a quotation mark. */
function leadingApostrophe(text: string, i: number, speller: Speller): boolean {
  const char = text.charAt(i);
  if (char !== "'" && MARKS.get(char) !== "'") return false;
  if (!isLetterAt(text, i + 1) || isLetterAt(text, i - 1)) return false;
  return speller.spelling.has(
    plain("'" + text.slice(i + 1, Math.min(wordEnd(text, i + 1), i + 12)), speller.letters),
  );
}

function emoticon(text: string, i: number, speller: Speller): string | undefined {
  const code = text.charCodeAt(i);
  // Emoticons begin with a mark: : ; = < > ( and the like.
  if (code > 127 || (code >= 48 && code <= 57) || (code >= 65 && code <= 90) || (code >= 97 && code <= 122))
    return undefined;
  for (let size = Math.min(speller.longestEmoticon, text.length - i); size >= 2; size--) {
    const sign = text.slice(i, i + size);
    if (speller.emoji.has(sign)) return sign;
  }
  return undefined;
}

/** All words made by leaving out up to `depth` letters: two words share one of them when they are that close. */
function shadows(word: string, depth: number): string[] {
  const out = new Set<string>([word]);
  let edge = [word];
  for (let d = 0; d < depth; d++) {
    const next: string[] = [];
    for (const w of edge)
      for (let i = 0; i < w.length; i++) {
        const s = w.slice(0, i) + w.slice(i + 1);
        if (!out.has(s)) {
          out.add(s);
          next.push(s);
        }
      }
    edge = next;
  }
  return [...out];
}

/** Damerau's distance, two neighbours exchanged counting as one; gives up above `limit`. */
function distance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let best = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + same);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        best = Math.min(best, before[j - 2]! + 1);
      row.push(best);
    }
    before = last;
    last = row;
  }
  return last[b.length]!;
}

/** From how many letters on a word may hold one slip, and two. */
export interface Mistyped {
  readonly once: number;
  readonly twice: number;
}

/** Which feeling word was meant by a word we do not know: strengthened by a prefix, or mistyped. */
export function slips(
  into: ReadonlySet<string>,
  states: { has(word: string): boolean },
  boosters: readonly string[],
  { once, twice }: Mistyped,
): (word: string) => string | undefined {
  // Words with spaces between: one string is much smaller than a list, and most shadows have one word.
  const near = new Map<string, string>();
  for (const w of into) {
    if (w.length < once) continue;
    for (const shadow of shadows(w, w.length >= twice ? 2 : 1)) {
      const others = near.get(shadow);
      near.set(shadow, others === undefined ? w : `${others} ${w}`);
    }
  }
  return (word) => {
    for (const b of boosters)
      if (word.length > b.length + 2 && word.startsWith(b) && states.has(word.slice(b.length)))
        return word.slice(b.length);
    if (word.length < once - 1 || word.length > 24) return undefined;
    let best: string | undefined;
    let least = 3;
    for (const shadow of shadows(word, word.length >= twice - 1 ? 2 : 1))
      for (const w of near.get(shadow)?.split(' ') ?? []) {
        if (w[0] !== word[0]) continue;
        const limit = Math.max(w.length, word.length) >= twice ? 2 : 1;
        const d = distance(word, w, limit);
        if (d <= limit && d < least) {
          least = d;
          best = w;
        }
      }
    return best;
  };
}

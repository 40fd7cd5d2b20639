/** Sentences and quotations: where they begin and end. */
import type { Token } from './normalise.ts';

export interface Sentence {
  readonly from: number;
  readonly to: number;
  readonly start: number;
  readonly end: number;
  readonly asks: boolean;
}

export interface Quote {
  readonly from: number;
  readonly to: number;
}

const ENDS = new Set(['.', '!', '?', '…']);
export const BREAKS = new Set([',', ';', ':', '(', ')', '–', '—', '-', '/', '+', '&', '•', '*']);
const OPENS = new Map([
  ['"', '"'],
  ['“', '”'],
  ['„', '”'],
  ['”', '”'],
  ['«', '»'],
  ['»', '«'],
  ["'", "'"],
]);
const CLOSES = new Set(['"', "'", ')', ']', '}']);
/** A quotation longer than this is taken as a sign nobody closed it. */
const LONGEST_QUOTE = 400;

export function splitSentences(tokens: Token[]): Sentence[] {
  const sentences: Sentence[] = [];
  let from = 0;
  const close = (to: number): void => {
    let last = to - 1;
    while (last >= from && tokens[last]!.kind === 'break') last--;
    let first = from;
    while (first <= last && tokens[first]!.kind === 'break') first++;
    for (let i = from; i < to; i++) tokens[i]!.sentence = sentences.length;
    if (first <= last) {
      let asks = false;
      for (let i = last; i >= first && tokens[i]!.kind === 'mark'; i--)
        if (tokens[i]!.word === '?') asks = true;
      sentences.push({
        from: first,
        to: last + 1,
        start: tokens[first]!.start,
        end: tokens[last]!.end,
        asks,
      });
    }
    from = to;
  };
  for (let i = 0; i < tokens.length; i++) {
    const t = tokens[i]!;
    const next = tokens[i + 1];
    if (t.kind === 'break') close(i + 1);
    else if (t.kind === 'mark' && ENDS.has(t.word)) {
      // "3.5", "o.a." and runs of dots do not end anything; a closing quotation mark belongs to its sentence.
      const glued = next && next.start === t.end;
      if (glued && next.kind === 'mark' && (ENDS.has(next.word) || OPENS.has(next.word) || next.word === ')'))
        continue;
      if (glued && next.kind === 'word' && t.word === '.') continue;
      close(i + 1);
    } else if (
      t.kind === 'mark' &&
      i > 0 &&
      tokens[i - 1]!.kind === 'mark' &&
      ENDS.has(tokens[i - 1]!.word) &&
      CLOSES.has(t.word) &&
      !(next && BREAKS.has(next.word))
    ) {
      if (t.word !== "'" || !next || next.start > t.end) close(i + 1);
    }
  }
  close(tokens.length);
  return sentences;
}

export function findQuotes(tokens: Token[]): Quote[] {
  const quotes: Quote[] = [];
  for (let i = 0; i < tokens.length; i++) {
    const t = tokens[i]!;
    if (t.kind !== 'mark') continue;
    const closing = OPENS.get(t.word);
    if (!closing) continue;
    const next = tokens[i + 1];
    const before = tokens[i - 1];
    // An opening mark stands against the word after it, not against the one before.
    if (!next || next.start !== t.end || (before && before.end === t.start && before.kind === 'word'))
      continue;
    let end = -1;
    for (let j = i + 1; j < tokens.length && j - i < LONGEST_QUOTE; j++) {
      const c = tokens[j]!;
      if (c.kind === 'break' && t.word === "'") break;
      if (
        c.kind === 'mark' &&
        (c.word === closing || (closing === '”' && (c.word === '“' || c.word === '"')))
      ) {
        if (t.word === "'" && tokens[j + 1]?.start === c.end && tokens[j + 1]?.kind === 'word') continue;
        end = j;
        break;
      }
    }
    // Each mark is looked at once: whether closed or not, the search goes on behind what it saw.
    if (end < 0) continue;
    for (let j = i + 1; j < end; j++) tokens[j]!.quote = quotes.length;
    quotes.push({ from: i + 1, to: end });
    i = end;
  }
  return quotes;
}

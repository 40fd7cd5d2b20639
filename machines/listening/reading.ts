/**
 * How a place in the text is to be read: denied, only imagined, asked, reported, quoted, or simply said.
 * Everything here comes from marks found by the pack's patterns; the reach of each mark is a clause at most.
 */
import type { Hit, Person } from './pattern.ts';
import type { Mark, Pack, Rule } from './pack.ts';
import type { Token } from './normalise.ts';
import { subjectAt, type Clause } from './clauses.ts';
import type { Quote, Sentence } from './sentences.ts';

export interface Text {
  readonly tokens: readonly Token[];
  readonly clauses: readonly Clause[];
  readonly sentences: readonly Sentence[];
  readonly quotes: readonly Quote[];
  readonly begins: readonly (Person | undefined)[];
  readonly hits: readonly Hit<Rule>[];
  readonly pack: Pack;
}

/** Who speaks in a quotation, or thinks. */
export type Voice = 'child' | 'teacherThinks' | 'teacherSays' | 'other' | 'none' | 'insult';

export interface Reading {
  /** Tokens taken by a phrase that only looks like a feeling; the number is the length of the phrase. */
  readonly blocked: Uint8Array;
  /** `own`: the words of the phrase that stands there, if it may have others between them. */
  isNegated(from: number, to: number, own?: ReadonlySet<string>): boolean;
  isDenied(at: number): boolean;
  /** `own`: the words of the phrase that stands there; a mark among them belongs to it. */
  isUnreal(from: number, to: number, parts?: readonly number[], own?: ReadonlySet<string>): boolean;
  isAsked(at: number): boolean;
  isReported(at: number): boolean;
  voiceOf(quote: number): Voice;
  clauseOf(at: number): Clause;
  marked(mark: Mark): readonly Hit<Rule>[];
}

export function readText(text: Text): Reading {
  const { tokens, clauses, sentences, hits, pack } = text;
  const n = tokens.length;
  const blocked = new Uint8Array(n);
  const negator = new Uint8Array(n);
  const denied = new Uint8Array(n);
  const unreal = new Int32Array(n).fill(-1);
  const asked = new Uint8Array(n);
  const reported = new Uint8Array(n);
  const real = new Uint8Array(n);
  const byMark = new Map<Mark, Hit<Rule>[]>();
  for (const hit of hits) {
    if (hit.value.type !== 'mark') continue;
    const known = byMark.get(hit.value.mark);
    if (known) known.push(hit);
    else byMark.set(hit.value.mark, [hit]);
  }
  const marked = (mark: Mark): readonly Hit<Rule>[] => byMark.get(mark) ?? [];
  const clauseOf = (at: number): Clause => clauses[tokens[Math.min(at, n - 1)]!.clause]!;
  /** From behind a mark to the end of the clause that its next word stands in. */
  const after = (hit: Hit<Rule>, put: (i: number) => void): void => {
    const next = tokens[hit.to];
    if (!next || next.sentence !== tokens[hit.to - 1]!.sentence) return;
    // "… en hij was boos": what is joined on is said in its own right.
    if (next.clause !== tokens[hit.to - 1]!.clause && pack.joiners.has(next.word)) return;
    let end = next.kind === 'word' ? clauseOf(hit.to).to : hit.to + 1;
    if (next.kind !== 'word' && next.word !== ',' && end < n) end = clauseOf(end).to;
    // "Words for feelings: glad, sad and angry": a list goes on where no verb and nobody stands.
    while (end < n && tokens[end]!.sentence === next.sentence && listed(text, clauseOf(end)))
      end = clauseOf(end).to;
    for (let i = hit.to; i < end; i++) put(i);
  };

  for (const hit of marked('block'))
    for (let i = hit.from; i < hit.to; i++)
      blocked[i] = Math.max(blocked[i]!, Math.min(255, hit.to - hit.from));
  for (const hit of marked('real')) for (let i = hit.from; i < hit.to; i++) real[i] = 1;
  for (const hit of marked('negator')) for (let i = hit.from; i < hit.to; i++) negator[i] = 1;
  for (const hit of marked('notNegating')) for (let i = hit.from; i < hit.to; i++) negator[i] = 0;
  for (const hit of marked('denial')) after(hit, (i) => (denied[i] = 1));
  marked('unrealClause').forEach((hit) => {
    if (real[hit.from]) return;
    const clause = clauseOf(hit.from);
    for (let i = clause.from; i < clause.to; i++) unreal[i] = hit.from;
  });
  marked('unrealAfter').forEach((hit) => {
    if (!real[hit.from]) after(hit, (i) => (unreal[i] = hit.from));
  });
  for (const hit of marked('ask')) {
    const sentence = sentences.length > 0 ? sentenceOf(sentences, tokens[hit.from]!, tokens) : undefined;
    if (sentence?.asks && hit.from - sentence.from <= 1)
      for (let i = sentence.from; i < sentence.to; i++) asked[i] = 1;
  }
  for (const hit of marked('report')) {
    const subject = subjectAt(clauseOf(hit.from), hit.from + 1);
    if (subject?.who === 'other') after(hit, (i) => (reported[i] = 1));
  }
  const insults = new Set(marked('insult').map((hit) => tokens[hit.from]!.quote));
  const voices = new Map<number, Voice>();

  return {
    blocked,
    clauseOf,
    marked,
    isNegated(from, to, own) {
      const clause = clauseOf(from);
      if (own) for (let i = from; i < to; i++) if (negator[i] && !own.has(tokens[i]!.word)) return true;
      for (let i = from - 1; i >= clause.from && i >= from - pack.reach.before; i--)
        if (negator[i]) return true;
      // "Bang was hij niet": what is put first may be denied further on.
      const end = Math.min(
        clauseOf(to - 1).to,
        to + (from - clause.from <= 1 && pack.reach.after > 0 ? pack.reach.after + 2 : pack.reach.after),
      );
      for (let i = to; i < end; i++) if (negator[i]) return true;
      return false;
    },
    isDenied: (at) => denied[at] === 1,
    isUnreal(from, to, parts, own) {
      const mark = unreal[from]!;
      if (mark < 0) return false;
      if (parts) return !parts.includes(mark);
      return !(mark >= from && mark < to && (!own || own.has(tokens[mark]!.word)));
    },
    isAsked: (at) => asked[at] === 1,
    isReported: (at) => reported[at] === 1,
    voiceOf(quote) {
      let voice = voices.get(quote);
      if (voice === undefined) {
        voice = insults.has(quote) ? 'insult' : findVoice(text, quote, clauseOf);
        voices.set(quote, voice);
      }
      return voice;
    },
  };
}

/** How many words one item of a list may have. */
const ITEM = 3;

function listed({ tokens, begins, pack }: Text, clause: Clause): boolean {
  let words = 0;
  for (let i = clause.from; i < clause.to; i++) {
    const token = tokens[i]!;
    if (token.kind !== 'word' || pack.joiners.has(token.word)) continue;
    if (begins[i] || pack.is('finite', token.word) || ++words > ITEM) return false;
  }
  return true;
}

export function sentenceOf(
  sentences: readonly Sentence[],
  token: Token,
  tokens: readonly Token[],
): Sentence | undefined {
  void tokens;
  // Sentence numbers count empty ones too, so the list is searched by place.
  let low = 0;
  let high = sentences.length - 1;
  while (low <= high) {
    const mid = (low + high) >> 1;
    const s = sentences[mid]!;
    if (token.start < s.start) high = mid - 1;
    else if (token.end > s.end) low = mid + 1;
    else return s;
  }
  return undefined;
}

/** How far a verb of saying may stand from the quotation. */
const NEAR = 7;

function findVoice(text: Text, number: number, clauseOf: (at: number) => Clause): Voice {
  const { tokens, quotes, pack } = text;
  const quote = quotes[number]!;
  const look = (i: number): Voice | undefined => {
    const t = tokens[i];
    if (!t || t.kind !== 'word' || t.quote >= 0) return undefined;
    const says = pack.is('say', t.word);
    const thinks = pack.is('think', t.word);
    if (!says && !thinks) return undefined;
    const who = subjectAt(clauseOf(i), i)?.who;
    if (who === 'child' || who === 'both') return 'child';
    if (who === 'teacher' || who === 'we') return thinks ? 'teacherThinks' : 'teacherSays';
    return who === 'other' ? 'other' : undefined;
  };
  for (let d = 0; d <= NEAR; d++) {
    // The word just before the opening mark, and the one just behind the closing mark.
    const voice = look(quote.from - 2 - d) ?? look(quote.to + 1 + d);
    if (voice) return voice;
  }
  // A word or two between quotation marks is somebody's word, not somebody speaking.
  if (quote.to - quote.from <= 2) {
    const clause = clauseOf(Math.max(0, quote.from - 2));
    return clause.subject?.who === 'other' ? 'other' : 'none';
  }
  return 'child';
}

/** The listener: what one answer says, by the words of a language pack. No guesses, no model: the same text is always heard the same. */
import { splitClauses } from './clauses.ts';
import { hearFeelings } from './feelings.ts';
import { findPeople } from './holders.ts';
import { tokenise } from './normalise.ts';
import type { Pack } from './pack.ts';
import { find, type Person, type Tape } from './pattern.ts';
import { readText, type Text } from './reading.ts';
import { findQuotes, splitSentences } from './sentences.ts';
import { hearSignals } from './signals.ts';
import type { Emotion, Evidence, Heard, Holder, ListenContext, Presence, SignalKind } from './types.ts';

/** Longer answers are heard up to here. */
export const LONGEST = 20_000;

/** Where a text is cut that is longer than one look takes in: at a sentence or a word, so that nothing is said across the cut. */
function cutAt(text: string): number {
  const part = text.slice(0, LONGEST);
  const at = Math.max(part.lastIndexOf('. '), part.lastIndexOf('\n'));
  return (at > LONGEST / 2 ? at : Math.max(part.lastIndexOf(' '), LONGEST - 1)) + 1;
}

/** What is behind the end of a long text is heard for safety only: nobody in need is overlooked for writing much. */
export function listen(text: string, pack: Pack, context: ListenContext): Heard {
  if (text.length <= LONGEST) return hear(text, pack, context).heard;
  const end = cutAt(text);
  const first = hear(text.slice(0, end), pack, context).heard;
  const rest = listen(text.slice(end), pack, context);
  const move = <T extends { readonly start: number; readonly end: number }>(place: T): T => ({
    ...place,
    start: place.start + end,
    end: place.end + end,
  });
  return {
    ...first,
    signals: [...first.signals, ...rest.signals.filter((s) => s.kind === 'safety').map(move)],
    sentences: [...first.sentences, ...rest.sentences.map(move)],
    words: first.words + rest.words,
  };
}

/** One look, with what it cost. */
export function hear(text: string, pack: Pack, context: ListenContext): { heard: Heard; work: number } {
  const tokens = tokenise(text.length > LONGEST ? text.slice(0, LONGEST) : text, pack);
  if (tokens.length === 0)
    return {
      heard: { teacher: 'none', child: 'none', evidence: [], signals: [], sentences: [], words: 0 },
      work: 0,
    };
  const sentences = splitSentences(tokens);
  const quotes = findQuotes(tokens);
  const little = pack.classes.get('little')!;
  const tape: Tape & { begins: (Person | undefined)[]; ends: (Person | undefined)[] } = {
    tokens,
    begins: new Array<Person | undefined>(tokens.length).fill(undefined),
    ends: new Array<Person | undefined>(tokens.length).fill(undefined),
    isFeeling: (at) => pack.states.has(tokens[at]!.word),
    isGoverned: (at) => at > 0 && pack.is('preposition', tokens[at - 1]!.word),
    asides: pack.asides,
    isOpen: (at) => {
      const token = tokens[at];
      return token?.kind === 'word' && token.word.length > 2 && !little.has(token.word) && !tape.begins[at];
    },
    work: 0,
  };
  const cast = findPeople(tape, pack, context.pupil);
  const clauses = splitClauses(tokens, cast, pack);
  const whole: Text = {
    tokens,
    clauses,
    sentences,
    quotes,
    begins: tape.begins,
    hits: find(tape, pack.rules),
    pack,
  };
  const reading = readText(whole);
  const evidence = hearFeelings(whole, reading, context);
  const signals = hearSignals(whole, reading, context, evidence);
  let words = 0;
  let last = -1;
  for (const t of tokens)
    if (t.kind === 'word' && t.start !== last) {
      words++;
      last = t.start;
    }
  return {
    heard: {
      teacher: presenceOf(evidence, 'teacher'),
      child: presenceOf(evidence, 'child'),
      evidence,
      signals,
      sentences: sentences.map(({ start, end }) => ({ start, end })),
      words,
    },
    work: tape.work,
  };
}

function presenceOf(evidence: readonly Evidence[], holder: Holder): Presence {
  let presence: Presence = 'none';
  for (const e of evidence) {
    if (e.holder === holder && e.presence === 'expressed') return 'expressed';
    if (e.holder === holder || e.holder === 'unknown') presence = 'possible';
  }
  return presence;
}

export function hears(heard: Heard, kind: SignalKind): boolean {
  return heard.signals.some((signal) => signal.kind === kind);
}

/** The expressed emotions of one holder, each once, in the order of the text. */
export function emotionsOf(heard: Heard, holder: Holder): Emotion[] {
  return [
    ...new Set(
      heard.evidence.filter((e) => e.holder === holder && e.presence === 'expressed').map((e) => e.emotion),
    ),
  ];
}

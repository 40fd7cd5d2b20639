/**
 * The small notation in which a pack writes what is said, and the matcher for it.
 *
 *   word            that word                      a|b|@class     one of these
 *   x?              may be left out                !x             what must not stand here
 *   ..  ...  ....   up to two, four, eight words   ^  $           begin, end of a clause
 *   <obj> <subj> <poss> <refl> <any>               somebody in that role, whose feeling it is
 *   <dat>           somebody to whom it is so (mir, ihm), in a language with cases
 *   <target>                                       somebody the feeling is for
 *   #F              a word for a feeling           #X             any word that is not one of the little ones
 *   ~ …             first of all: the rest may stand in any order, within one clause
 *   ~~ …            the same within one sentence, over its commas
 *
 * Each pattern is tried only where its rarest word stands, and looks a bounded number of words around it:
 * the work is linear in the length of the text.
 */
import type { Token } from './normalise.ts';

export type Role = 'subject' | 'object' | 'dative' | 'possessive' | 'reflexive';

export interface Person {
  readonly who: 'teacher' | 'child' | 'we' | 'both' | 'other' | 'it' | 'self';
  readonly roles: ReadonlySet<Role>;
  readonly from: number;
  readonly to: number;
  readonly gender: 'm' | 'f' | null;
  readonly pronoun: boolean;
}

/** The text as the matcher sees it. */
export interface Tape {
  readonly tokens: readonly Token[];
  /** The person that begins / ends at a token. */
  readonly begins: readonly (Person | undefined)[];
  readonly ends: readonly (Person | undefined)[];
  isFeeling(at: number): boolean;
  /** Behind a preposition? */
  isGoverned(at: number): boolean;
  /** Does somebody behind a preposition only come by? */
  readonly asides: boolean;
  isOpen(at: number): boolean;
  /** Number of comparisons made, to show that the work grows with the length only. */
  work: number;
}

type Slot = Role | 'any' | 'target';

interface Element {
  readonly words: ReadonlySet<string> | null;
  readonly slot: Slot | null;
  readonly open: 'F' | 'X' | null;
  readonly gap: number;
  readonly edge: '^' | '$' | null;
  readonly optional: boolean;
  readonly not: boolean;
  /** For a person: the words right before, behind which a preposition is the pattern's own. */
  readonly behind?: ReadonlySet<string> | undefined;
}

export interface Pattern<T> {
  readonly source: string;
  readonly elements: readonly Element[];
  /** The elements may stand in any order: in one clause, or in one sentence. */
  readonly free: 'clause' | 'sentence' | null;
  readonly anchor: number;
  readonly value: T;
  /** Every word it may be made of. */
  readonly words: ReadonlySet<string>;
}

export interface Hit<T> {
  readonly from: number;
  readonly to: number;
  readonly value: T;
  readonly source: string;
  readonly slot: Person | undefined;
  /** Where #X or #F stood; -1 if nowhere. */
  readonly open: number;
  /** Every word the pattern may be made of: another word between them is none of its own. */
  readonly words: ReadonlySet<string>;
  /** The words of a pattern in any order; what stands between them is none of its own. */
  readonly parts?: readonly number[];
}

const SLOTS = new Map<string, Slot>([
  ['<obj>', 'object'],
  ['<subj>', 'subject'],
  ['<poss>', 'possessive'],
  ['<refl>', 'reflexive'],
  ['<dat>', 'dative'],
  ['<any>', 'any'],
  ['<target>', 'target'],
]);
const GAPS = new Map([
  ['..', 2],
  ['...', 4],
  ['....', 8],
]);
/** Opens a pattern whose elements may stand in any order. */
const FREE: Readonly<Record<string, 'clause' | 'sentence'>> = { '~': 'clause', '~~': 'sentence' };
/** How far the words of such a pattern may stand from the word it was found by. */
const APART = { clause: 9, sentence: 14 } as const;
const NOTHING = {
  words: null,
  slot: null,
  open: null,
  gap: 0,
  edge: null,
  optional: false,
  not: false,
} as const;

/** Reads one pattern. `split` gives the words of a literal as the normaliser would. */
export function parse(
  source: string,
  classes: ReadonlyMap<string, ReadonlySet<string>>,
  split: (literal: string) => readonly string[],
): Element[] {
  const elements: Element[] = [];
  const pieces = source.trim().split(/\s+/);
  const free = Object.hasOwn(FREE, pieces[0] ?? '');
  for (const piece of free ? pieces.slice(1) : pieces) {
    let p = piece;
    if (p === '^' || p === '$') {
      elements.push({ ...NOTHING, edge: p });
      continue;
    }
    const gap = GAPS.get(p);
    if (gap !== undefined) {
      elements.push({ ...NOTHING, gap });
      continue;
    }
    const not = p.length > 1 && p.startsWith('!');
    if (not) p = p.slice(1);
    const optional = p.length > 1 && p.endsWith('?');
    if (optional) p = p.slice(0, -1);
    const slot = SLOTS.get(p);
    if (slot) elements.push({ ...NOTHING, slot, optional, not });
    else if (p === '#F' || p === '#X')
      elements.push({ ...NOTHING, open: p === '#F' ? 'F' : 'X', optional, not });
    else if (p.includes('|') || p.startsWith('@')) {
      const words = new Set<string>();
      let inside: Slot | null = null;
      for (const part of p.split('|')) {
        if (SLOTS.has(part)) inside = SLOTS.get(part)!;
        else if (part.startsWith('@')) {
          const members = classes.get(part.slice(1));
          if (!members) throw new Error(`unknown class ${part}`);
          for (const m of members) words.add(m);
        } else {
          const parts = split(part);
          if (parts.length !== 1) throw new Error(`"${part}" is more than one word and cannot be a choice`);
          words.add(parts[0]!);
        }
      }
      elements.push({ ...NOTHING, words, slot: inside, optional, not });
    } else for (const word of split(p)) elements.push({ ...NOTHING, words: new Set([word]), optional, not });
  }
  if (free && elements.some((e) => e.gap || e.edge || e.open || e.optional))
    throw new Error('a pattern in any order has words, choices, persons and exclusions only');
  if (!elements.some((e) => e.words && !e.slot && !e.optional && !e.not))
    throw new Error('needs at least one word that must be there');
  return elements.map((e, i) => (e.slot ? { ...e, behind: elements[i - 1]?.words ?? undefined } : e));
}

/** Patterns filed under the words of their anchor. */
export interface PatternIndex<T> {
  readonly size: number;
  readonly byWord: ReadonlyMap<string, readonly Pattern<T>[]>;
}

export function index<T>(
  parsed: readonly { source: string; elements: readonly Element[]; value: T }[],
): PatternIndex<T> {
  const frequency = new Map<string, number>();
  for (const { elements } of parsed)
    for (const e of elements)
      if (e.words) for (const w of e.words) frequency.set(w, (frequency.get(w) ?? 0) + 1);
  const byWord = new Map<string, Pattern<T>[]>();
  for (const { source, elements, value } of parsed) {
    let anchor = -1;
    let least = Infinity;
    elements.forEach((e, i) => {
      if (!e.words || e.slot || e.optional || e.not) return;
      let cost = 0;
      for (const w of e.words) cost += frequency.get(w)!;
      if (cost < least) {
        least = cost;
        anchor = i;
      }
    });
    const own = new Set<string>();
    for (const e of elements) if (e.words && !e.not) for (const w of e.words) own.add(w);
    const pattern = {
      source,
      elements,
      anchor,
      value,
      words: own,
      free: FREE[source.trim().split(/\s+/)[0] ?? ''] ?? null,
    };
    for (const w of elements[anchor]!.words!) {
      const list = byWord.get(w);
      if (list) list.push(pattern);
      else byWord.set(w, [pattern]);
    }
  }
  return { size: parsed.length, byWord };
}

interface Trail {
  slot: Person | undefined;
  open: number;
}

const has = (person: Person, slot: Slot): boolean =>
  slot === 'any' || person.roles.has(slot === 'target' ? 'object' : slot);

/** "Ich habe mich über ihn geärgert": whoever stands behind a preposition that is not the pattern's own only comes by. */
function isAside(tape: Tape, e: Element, from: number): boolean {
  if (!tape.asides || e.slot === 'target' || e.slot === 'possessive' || !tape.isGoverned(from)) return false;
  return !e.behind?.has(tape.tokens[from - 1]!.word);
}

/** Does one element hold at a token? Gives how many tokens it takes, or -1. */
function takes(tape: Tape, e: Element, at: number, back: boolean, trail: Trail): number {
  tape.work++;
  if (e.edge) {
    const token = tape.tokens[at];
    const neighbour = tape.tokens[e.edge === '^' ? at - 1 : at];
    const other = tape.tokens[e.edge === '^' ? at : at - 1];
    void token;
    return !neighbour || !other || neighbour.clause !== other.clause || neighbour.kind !== 'word' ? 0 : -1;
  }
  const token = tape.tokens[at];
  if (!token) return -1;
  if (e.slot) {
    const person = back ? tape.ends[at] : tape.begins[at];
    if (person && has(person, e.slot) && !isAside(tape, e, person.from)) {
      if (!e.not && e.slot !== 'target' && (trail.slot === undefined || e.slot !== 'subject'))
        trail.slot = person;
      return person.to - person.from;
    }
  }
  if (e.words) return e.words.has(token.word) ? 1 : -1;
  if (e.open === 'F') {
    if (!tape.isFeeling(at)) return -1;
    if (!e.not) trail.open = at;
    return 1;
  }
  if (e.open === 'X') {
    if (!tape.isOpen(at)) return -1;
    if (!e.not) trail.open = at;
    return 1;
  }
  return -1;
}

const inGap = (token: Token | undefined): boolean =>
  token !== undefined && (token.kind === 'word' || token.word === "'");

/** Matches elements[k…] from token `at` on; gives the token after the last one, or -1. */
function forward(tape: Tape, elements: readonly Element[], k: number, at: number, trail: Trail): number {
  if (k === elements.length) return at;
  const e = elements[k]!;
  if (e.gap) {
    for (let skip = 0; skip <= e.gap; skip++) {
      const end = forward(tape, elements, k + 1, at + skip, trail);
      if (end >= 0) return end;
      if (!inGap(tape.tokens[at + skip])) break;
    }
    return -1;
  }
  const slotBefore = trail.slot;
  const openBefore = trail.open;
  const size = takes(tape, e, at, false, trail);
  if (e.not) return size >= 0 ? -1 : forward(tape, elements, k + 1, at, trail);
  if (size >= 0) {
    const end = forward(tape, elements, k + 1, at + size, trail);
    if (end >= 0) return end;
  }
  trail.slot = slotBefore;
  trail.open = openBefore;
  return e.optional ? forward(tape, elements, k + 1, at, trail) : -1;
}

/** Matches elements[k…0] backwards, the last of them ending before token `end`; gives where it begins, or -1. */
function backward(tape: Tape, elements: readonly Element[], k: number, end: number, trail: Trail): number {
  if (k < 0) return end;
  const e = elements[k]!;
  if (e.gap) {
    for (let skip = 0; skip <= e.gap; skip++) {
      const start = backward(tape, elements, k - 1, end - skip, trail);
      if (start >= 0) return start;
      if (!inGap(tape.tokens[end - skip - 1])) break;
    }
    return -1;
  }
  const slotBefore = trail.slot;
  const openBefore = trail.open;
  const size = e.edge ? takes(tape, e, end, true, trail) : takes(tape, e, end - 1, true, trail);
  if (e.not) return size >= 0 ? -1 : backward(tape, elements, k - 1, end, trail);
  if (size >= 0) {
    const start = backward(tape, elements, k - 1, end - size, trail);
    if (start >= 0) return start;
  }
  trail.slot = slotBefore;
  trail.open = openBefore;
  return e.optional ? backward(tape, elements, k - 1, end, trail) : -1;
}

/** Looks for every element of a free pattern, nearest first, around its anchor and inside its clause or sentence; null if one is missing. */
function around(tape: Tape, p: Pattern<unknown>, at: number, trail: Trail): number[] | null {
  const { tokens } = tape;
  const { clause, sentence } = tokens[at]!;
  const wide = p.free === 'sentence';
  const apart = APART[wide ? 'sentence' : 'clause'];
  const near = (i: number): boolean =>
    tokens[i]?.sentence === sentence && (wide || tokens[i].clause === clause);
  let low = at;
  let high = at + 1;
  while (low > 0 && at - low < apart && near(low - 1)) low--;
  while (high < tokens.length && high - at <= apart && near(high)) high++;
  const used = [at];
  for (let k = 0; k < p.elements.length; k++) {
    if (k === p.anchor) continue;
    const e = p.elements[k]!;
    let found = -1;
    let size = 0;
    for (let d = 1; d <= apart && found < 0; d++)
      for (const i of [at - d, at + d]) {
        if (i < low || i >= high || used.includes(i)) continue;
        if (e.slot && e.slot !== 'target' && e.slot !== 'possessive' && tape.isGoverned(i)) continue;
        size = takes(tape, e, i, false, trail);
        if (size > 0) {
          found = i;
          break;
        }
      }
    if (e.not ? found >= 0 : found < 0) return null;
    if (e.not) continue;
    for (let i = 0; i < size; i++) used.push(found + i);
  }
  return used.sort((a, b) => a - b);
}

/** All places where a pattern of the index holds. */
export function find<T>(tape: Tape, patterns: PatternIndex<T>): Hit<T>[] {
  const hits: Hit<T>[] = [];
  const { tokens } = tape;
  const trail: Trail = { slot: undefined, open: -1 };
  for (let i = 0; i < tokens.length; i++) {
    const filed = patterns.byWord.get(tokens[i]!.word);
    if (!filed) continue;
    for (const p of filed) {
      trail.slot = undefined;
      trail.open = -1;
      if (p.free) {
        const parts = around(tape, p, i, trail);
        if (parts)
          hits.push({
            from: parts[0]!,
            to: parts.at(-1)! + 1,
            value: p.value,
            source: p.source,
            slot: trail.slot,
            open: -1,
            words: p.words,
            parts,
          });
        continue;
      }
      const from = backward(tape, p.elements, p.anchor - 1, i, trail);
      if (from < 0) continue;
      const to = forward(tape, p.elements, p.anchor + 1, i + 1, trail);
      if (to < 0) continue;
      hits.push({
        from,
        to,
        value: p.value,
        source: p.source,
        slot: trail.slot,
        open: trail.open,
        words: p.words,
      });
    }
  }
  return hits;
}

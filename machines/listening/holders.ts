/** Who is named in the text: the teacher, the pupil, the two together, others, things. */
import { plain, type Token } from './normalise.ts';
import { find, type Person, type Role, type Tape } from './pattern.ts';
import type { Pack } from './pack.ts';

const NOUN_ROLES: ReadonlySet<Role> = new Set(['subject', 'object', 'dative', 'possessive']);
const OBLIQUE_ROLES: ReadonlySet<Role> = new Set(['object', 'dative', 'possessive']);

export interface Cast {
  readonly begins: (Person | undefined)[];
  readonly ends: (Person | undefined)[];
  /** In the order of the text. */
  readonly all: readonly Person[];
}

/** The pupil's alias as it may be written: whole, or its first part, with or without a genitive. */
function aliasWords(pupil: string | undefined, pack: Pack): string[] {
  if (!pupil) return [];
  return plain(pupil.trim(), pack.letters)
    .split(/[\s-]+/)
    .filter((w) => w !== '');
}

export function findPeople(
  tape: Tape & { begins: (Person | undefined)[]; ends: (Person | undefined)[] },
  pack: Pack,
  pupil: string | undefined,
): Cast {
  const { tokens, begins, ends } = tape;
  const taken = new Uint8Array(tokens.length);
  const add = (person: Person): void => {
    for (let i = person.from; i < person.to; i++) taken[i] = 1;
    begins[person.from] = person;
    ends[person.to - 1] = person;
  };
  /** "den Jungen", "dem Leo": such a determiner, inside or before the name, makes no subject. */
  const rolesAt = (from: number): ReadonlySet<Role> => {
    const before = tokens[from - 1];
    return pack.oblique.has(tokens[from]!.word) || (before && pack.oblique.has(before.word))
      ? OBLIQUE_ROLES
      : NOUN_ROLES;
  };
  const alias = aliasWords(pupil, pack);
  const isAlias = (i: number): number => {
    if (alias.length === 0) return 0;
    const word = tokens[i]!.word;
    if (alias.every((w, k) => tokens[i + k]?.word === w)) return alias.length;
    const genitive = alias.length === 1 && (word === `${alias[0]}s` || word === `${alias[0]}'s`);
    return genitive ? 1 : 0;
  };
  // The pupil first (twice: patterns with a slot may be built on the name), then phrases, longest first.
  tokens.forEach((token, i) => {
    const size = token.kind === 'word' ? isAlias(i) : 0;
    if (size && !taken[i])
      add({ who: 'child', roles: rolesAt(i), from: i, to: i + size, gender: null, pronoun: false });
  });
  const hits = find(tape, pack.people).sort((a, b) => b.to - b.from - (a.to - a.from) || a.from - b.from);
  for (const hit of hits) {
    let free = true;
    let around: Person | undefined;
    for (let i = hit.from; i < hit.to; i++) {
      if (!taken[i]) continue;
      const there = begins[i];
      // "ons Lotte", "Lotte en ik": a phrase may take in the name it is built on.
      if (there && there.to <= hit.to) around = there;
      else if (!around || i >= around.to) free = false;
    }
    if (!free) continue;
    if (around) {
      begins[around.from] = undefined;
      ends[around.to - 1] = undefined;
    }
    const { who, gender } = hit.value;
    if (who === 'nobody') for (let i = hit.from; i < hit.to; i++) taken[i] = 1;
    else add({ who, gender, roles: rolesAt(hit.from), from: hit.from, to: hit.to, pronoun: false });
  }
  tokens.forEach((token, i) => {
    if (taken[i] || token.kind !== 'word') return;
    const entries = pack.pronouns.get(token.word);
    if (entries) {
      const person = pronounAt(tokens, i, entries, pack);
      if (person) {
        add(person);
        return;
      }
    }
    const antecedent = pack.relatives.has(token.word) ? relativeTo(tokens, begins, i, pack) : undefined;
    if (antecedent) add(antecedent);
    else if (isName(tokens, i, pack))
      add({ who: 'other', roles: rolesAt(i), from: i, to: i + 1, gender: null, pronoun: false });
  });
  const all = begins.filter((p) => p !== undefined);
  settleGender(all, tokens, pack.pronouns, begins, ends);
  return { begins, ends, all };
}

function pronounAt(
  tokens: readonly Token[],
  i: number,
  entries: NonNullable<ReturnType<Pack['pronouns']['get']>>,
  pack: Pack,
): Person | undefined {
  const token = tokens[i]!;
  const opens = i === 0 || tokens[i - 1]!.kind !== 'word';
  const fits = entries.filter((p) => p.capital === undefined || opens || p.capital === token.capital);
  const first = fits[0];
  if (!first) return undefined;
  const roles = new Set<Role>();
  for (const p of fits) for (const role of p.roles) roles.add(role);
  let who = first.who;
  if (pack.plural.pronouns.has(token.word)) {
    const next = tokens[i + 1];
    const before = tokens[i - 1];
    if (
      (next && pack.plural.verbs.has(next.word)) ||
      (before && pack.plural.verbs.has(before.word) && !(next && pack.is('finite', next.word)))
    )
      who = 'other';
  }
  return { who, roles, from: i, to: i + 1, gender: first.gender, pronoun: true };
}

function isName(tokens: readonly Token[], i: number, pack: Pack): boolean {
  const token = tokens[i]!;
  if (pack.names.has(token.word))
    return token.capital || !pack.known(token.word) || !pack.classes.get('little')!.has(token.word);
  if (!pack.capitalsAreNames || !token.capital || pack.noNames.has(token.word)) return false;
  const before = tokens[i - 1];
  const opens = !before || before.kind !== 'word';
  return !opens && !pack.known(token.word);
}

/** "His mother came in. She was angry.": a pronoun of the other gender than the pupil's goes to the last one named of that gender. */
function settleGender(
  all: Person[],
  tokens: readonly Token[],
  pronouns: Pack['pronouns'],
  begins: (Person | undefined)[],
  ends: (Person | undefined)[],
): void {
  const pupil = genderOfPupil(all, tokens, pronouns);
  if (!pupil) return;
  let other: 'm' | 'f' | 'any' | null = null;
  all.forEach((p, k) => {
    if (p.who === 'other' && !p.pronoun) {
      if (p.gender !== pupil) other = p.gender ?? 'any';
    } else if (
      p.who === 'child' &&
      p.pronoun &&
      p.gender &&
      p.gender !== pupil &&
      (other === p.gender || other === 'any')
    ) {
      const changed: Person = { ...p, who: 'other' };
      all[k] = changed;
      begins[p.from] = changed;
      ends[p.to - 1] = changed;
    }
  });
}

/** The first pronoun that can only mean the pupil tells: one that nobody of that gender was named before, or "his" of "his mother". */
function genderOfPupil(
  all: readonly Person[],
  tokens: readonly Token[],
  pronouns: Pack['pronouns'],
): 'm' | 'f' | null {
  const others = new Set<string>();
  let doubtful: 'm' | 'f' | null = null;
  for (const p of all) {
    if (tokens[p.from]!.quote >= 0) continue;
    if (p.who === 'child' && p.pronoun && p.gender) {
      if (!others.has(p.gender)) return p.gender;
      doubtful ??= p.gender;
    } else if (p.who === 'other' && !p.pronoun) {
      const first = pronouns
        .get(tokens[p.from]!.word)
        ?.find((e) => e.roles.has('possessive') && e.who === 'child' && e.gender);
      if (first?.gender && p.to - p.from > 1) return first.gender;
      if (p.gender) others.add(p.gender);
    }
  }
  return doubtful;
}

const LOOK_BACK = 12;

/** "De beer die zo bang was": right behind a noun with its determiner, a relative pronoun tells of that thing. */
function describes(
  tokens: readonly Token[],
  begins: readonly (Person | undefined)[],
  at: number,
  pack: Pack,
): boolean {
  const noun = tokens[at - 1];
  if (!noun || noun.kind !== 'word' || begins[at - 1] || pack.is('little', noun.word)) return false;
  for (const i of [at - 2, at - 3]) {
    const before = tokens[i];
    if (!before || before.kind !== 'word' || before.sentence !== noun.sentence || begins[i]) return false;
    if (pack.is('determiner', before.word)) return !pack.is('finite', noun.word);
    if (pack.is('little', before.word)) return false;
  }
  return false;
}

/** "Milou, die er blij mee was": whoever was named last in the sentence; at its very beginning, the pupil. */
function relativeTo(
  tokens: readonly Token[],
  begins: readonly (Person | undefined)[],
  at: number,
  pack: Pack,
): Person | undefined {
  const here = tokens[at]!;
  const before = tokens[at - 1];
  const next = tokens[at + 1];
  const opens = !before || before.kind !== 'word';
  if (!next || next.kind !== 'word') return undefined;
  const base = {
    roles: new Set<Role>(['subject']),
    from: at,
    to: at + 1,
    gender: null,
    pronoun: true,
  } as const;
  for (let i = at - 1; i >= 0 && i >= at - 6; i--) {
    if (tokens[i]!.sentence !== here.sentence) break;
    const p = begins[i];
    if (!p || p.who === 'it' || p.who === 'self') continue;
    // Right behind a pronoun it only points: "toen ik die stoel zag".
    if ((p.to === at && !p.pronoun) || (opens && p.to === at - 1)) return { ...base, who: p.who };
    break;
  }
  if (!pack.is('finite', next.word))
    return describes(tokens, begins, at, pack) ? { ...base, who: 'other' } : undefined;
  // "Zijn vader kwam. Die was kwaad.", "… en die was kwaad": the last one named, else the pupil.
  const fresh = opens && (at === 0 || before?.sentence !== here.sentence);
  if (!fresh && !(before && pack.joiners.has(before.word))) return undefined;
  for (let i = at - 1; i >= 0 && i >= at - LOOK_BACK; i--) {
    const p = begins[i];
    if (p && !p.pronoun && (p.who === 'child' || p.who === 'other')) return { ...base, who: p.who };
  }
  return fresh ? { ...base, who: 'child' } : undefined;
}

/** Whose a feeling is: the cases of grammar that decide it, for one place in the text. */
import type { Emotion, Holder, ListenContext, QuestionKind } from './types.ts';
import type { Hit, Person } from './pattern.ts';
import type { Pack, Rule } from './pack.ts';
import type { Reading, Text } from './reading.ts';
import { subjectAt, type Clause } from './clauses.ts';

export type Felt = Hit<Extract<Rule, { type: 'feeling' }>>;
export type Who = Holder | 'both' | 'other' | 'it' | 'nobody';

export const PLEASANT: ReadonlySet<Emotion> = new Set<Emotion>(['joy', 'warmth', 'pride', 'relief']);

/** Who is meant where nobody is named, by what was asked. */
export const ASKED: Readonly<Record<QuestionKind, Holder | 'nobody'>> = {
  event: 'nobody',
  conflict: 'nobody',
  pleasant: 'nobody',
  upset: 'nobody',
  event_followup_teacher: 'teacher',
  event_followup_child: 'child',
  three_word: 'teacher',
  closing: 'teacher',
  absent: 'teacher',
  doubt: 'teacher',
};

export const whoIs = (text: Text, person: Person | undefined, clause: Clause): Who => {
  if (!person) return 'nobody';
  switch (person.who) {
    case 'we': {
      const { tokens, pack } = text;
      const near = (i: number): boolean => tokens[i]?.sentence === clause.sentence;
      for (let i = clause.from; near(i) && i < clause.from + 30; i++)
        if (pack.is('together', tokens[i]!.word)) return 'both';
      for (let i = clause.from - 1; near(i) && i > clause.from - 15; i--)
        if (pack.is('together', tokens[i]!.word)) return 'both';
      return 'teacher';
    }
    case 'self':
      return 'nobody';
    default:
      return person.who;
  }
};

export function holderOf(text: Text, reading: Reading, hit: Felt, clause: Clause): Who {
  const { begins, tokens, pack } = text;
  const at = hit.value.kind === 'frame' && hit.open >= 0 ? Math.min(hit.from, hit.open) : hit.from;
  const slot = hit.slot;
  if (slot) {
    if (slot.who !== 'self') return whoIs(text, slot, clause);
    const subject = subjectAt(reading.clauseOf(slot.from), slot.from);
    return subject && subject.who !== 'it' ? whoIs(text, subject, clause) : 'nobody';
  }
  if (hit.value.kind === 'move') {
    for (let i = hit.to; i < clause.to && i <= hit.to + 3; i++) {
      const p = begins[i];
      if (p?.who === 'self') return whoIs(text, subjectAt(clause, at), clause);
      if (p && p.roles.has('object')) return whoIs(text, p, clause);
    }
    for (let i = at - 1; i >= clause.from && i >= at - 5; i--) {
      const p = begins[i];
      if (p?.who === 'self') return whoIs(text, subjectAt(clause, at), clause);
      if (
        p &&
        p.pronoun &&
        p.roles.has('object') &&
        p.who !== 'it' &&
        !pack.is('preposition', tokens[i - 1]?.word ?? '')
      )
        return whoIs(text, p, clause);
    }
    return 'nobody';
  }
  if (hit.value.kind === 'idiom' || hit.value.kind === 'phrase') {
    // "Mijn hart brak": whose heart it is.
    for (let i = hit.from; i < hit.to; i++) {
      const p = begins[i];
      if (p?.pronoun && owns(text, clause, at, p)) {
        // "My colleague lost her temper": the third person of the possessive is the subject.
        const own = p.who === 'child' ? subjectAt(clause, at) : undefined;
        return own?.who === 'other' && own.to <= at ? 'other' : whoIs(text, p, clause);
      }
      // "springen bij mij de stoppen"
      if (
        p?.pronoun &&
        i > hit.from &&
        p.to < hit.to &&
        !hit.words.has(tokens[i - 1]!.word) &&
        p.roles.has('object') &&
        !p.roles.has('subject') &&
        pack.is('at', tokens[i - 1]!.word)
      )
        return whoIs(text, p, clause);
    }
  }
  // "He scared me": before an object, the word is the verb.
  const object = begins[hit.to];
  if (
    hit.value.kind === 'word' &&
    object &&
    object.from < clause.to &&
    (object.pronoun || (object.who === 'other' && pack.moves.has(tokens[at]!.word))) &&
    object.roles.has('object') &&
    !(object.pronoun && object.roles.has('subject')) &&
    !object.roles.has('reflexive') &&
    !pack.is('be', tokens[at - 1]?.word ?? '') &&
    !pack.is('degree', tokens[at - 1]?.word ?? '') &&
    at > clause.from
  )
    return whoIs(text, object, clause);
  if (hit.value.kind === 'noun') {
    const p =
      begins[at - 1] ?? (tokens[at - 1]?.word === "'s" ? begins[at - 2] : undefined) ?? begins[at - 2];
    if (
      p &&
      p.to <= at &&
      p.roles.has('possessive') &&
      at - p.to <= 1 &&
      (p.pronoun || tokens[at - 1]!.word === "'s")
    )
      return whoIs(text, p, clause);
    // "die spanning bij haar", "what a relief for him".
    for (let i = hit.to; i < clause.to - 1 && i <= hit.to + 4; i++) {
      const q = begins[i + 1];
      if (pack.is('at', tokens[i]!.word) && q?.roles.has('object') && q.who !== 'it')
        return whoIs(text, q, clause);
    }
  }
  // "Her face lit up", "zijn hele gezicht straalde", "hart in mijn keel": whose body it is.
  const near = begins[hit.from - 1];
  const owner = near ?? (pack.is('little', tokens[at - 1]?.word ?? '') ? undefined : begins[hit.from - 2]);
  if (
    hit.value.kind === 'idiom' &&
    owner?.pronoun &&
    (near || pack.is('body', tokens[hit.from]!.word)) &&
    owner.roles.has('possessive') &&
    !owner.roles.has('subject') &&
    (owner.who === 'teacher' || owner.who === 'child')
  ) {
    const own = owner.who === 'child' ? subjectAt(clause, at) : undefined;
    return own?.who === 'other' && own.to <= at ? 'other' : owner.who;
  }
  for (let i = hit.from; i < hit.to - 1; i++) {
    const p = begins[i];
    if (p?.pronoun && owns(text, clause, at, p) && (p.who === 'teacher' || p.who === 'child')) return p.who;
  }
  if (hit.to === hit.from + 1 && pack.is('participle', tokens[hit.from]!.word)) {
    const done = deedTo(text, hit, clause);
    if (done) return done;
  }
  // "saw him upset", "maakte haar boos": the object of such a verb is who feels it.
  for (let i = at - 1; hit.value.kind !== 'idiom' && i >= clause.from && i >= at - 8; i--) {
    const p = begins[i];
    if (!p || p.who === 'it' || p.who === 'self') continue;
    const possible = p.roles.has('object') && !(p.pronoun && p.roles.has('subject') && p.roles.size === 2);
    if (
      possible &&
      !pack.is('preposition', tokens[i - 1]?.word ?? '') &&
      !clause.subjects.some((s) => s.person === p && s.strong)
    ) {
      for (let j = clause.from; j < Math.min(clause.to, hit.to + 5); j++)
        if (pack.is('lift', tokens[j]!.word) && Math.abs(j - i) <= 5) return whoIs(text, p, clause);
    }
    break;
  }
  const subject = subjectAt(clause, at);
  if (
    (hit.value.kind === 'idiom' || hit.value.kind === 'phrase' || hit.value.kind === 'own') &&
    (!subject || subject.who === 'it' || (clause.carried && subject === clause.subject))
  ) {
    const concerned = concernedBy(text, hit, clause);
    if (concerned) return concerned;
  }
  // "Zo blij had ik hem nog nooit gezien": the one looked at may stand behind.
  if (hit.value.kind === 'word' && subject && subject.from >= hit.to && lifted(clause, text)) {
    for (let i = hit.to; i < clause.to && i <= hit.to + 5; i++) {
      const p = begins[i];
      if (
        p?.roles.has('object') &&
        p !== subject &&
        p.who !== 'self' &&
        p.who !== subject.who &&
        !pack.is('preposition', tokens[i - 1]!.word)
      )
        return whoIs(text, p, clause);
    }
  }
  return whoIs(text, subject, clause);
}

const lifted = (clause: Clause, { tokens, pack }: Text): boolean => {
  for (let i = clause.from; i < clause.to; i++) if (pack.is('lift', tokens[i]!.word)) return true;
  return false;
};

/** "De zenuwen gierden door haar lijf", "het kwam hard bij hem aan": who is concerned in a clause about a thing. */
function concernedBy(text: Text, hit: Felt, clause: Clause): Who | undefined {
  const { begins, tokens, pack } = text;
  let other: Who | undefined;
  for (let i = clause.from; i < clause.to && i < hit.to + 6; i++) {
    const p = begins[i];
    if (!p?.pronoun || p.who === 'it' || p.who === 'self') continue;
    if (owns(text, clause, hit.from, p) && pack.is('body', tokens[p.to]?.word ?? ''))
      return whoIs(text, p, clause);
    if (!p.roles.has('object') || p.roles.has('subject')) continue;
    const before = tokens[i - 1]?.word ?? '';
    // "Delighted for him": without a subject, who stands behind "for" is whom it is for.
    const forSomebody = pack.is('at', before) && (clause.subject || !pack.is('intention', before));
    if (i === clause.from || !pack.is('preposition', before) || forSomebody) other ??= whoIs(text, p, clause);
  }
  return other;
}

/**
 * "Scared he'd hurt somebody", said of oneself: the subject right behind a feeling at the beginning belongs to what it is
 * about. Not "Fuming he was", with nothing but a form of "be" behind.
 */
export function complement(text: Text, hit: Felt, clause: Clause): boolean {
  const { tokens, pack, begins } = text;
  if (hit.slot || clause.opener || !pack.subjectOpens) return false;
  for (let i = clause.from; i < hit.from; i++)
    if (begins[i] || pack.is('finite', tokens[i]!.word)) return false;
  for (let i = hit.to; i < clause.to && i <= hit.to + 1; i++) {
    const p = begins[i];
    if (p?.roles.has('subject')) {
      for (let j = p.to; j < clause.to; j++)
        if (tokens[j]!.kind === 'word' && !pack.is('be', tokens[j]!.word)) return true;
      return false;
    }
    if (pack.is('finite', tokens[i]!.word)) return false;
  }
  return false;
}

/** A feeling word before a noun says something of that noun: of a face, of a child, of a thing. */
export function attributive(text: Text, hit: Felt, clause: Clause): 'face' | 'kid' | 'thing' | null {
  const { tokens, pack, begins } = text;
  const next = tokens[hit.to];
  if (!next || next.kind !== 'word' || hit.to >= clause.to) return null;
  if (pack.is('faces', next.word)) return 'face';
  const word = tokens[hit.to - 1]!.word;
  const inflected = pack.attributive.some(
    (ending) =>
      word.endsWith(ending) &&
      pack.known(word.slice(0, -ending.length)) &&
      !pack.boosters.has(word.slice(0, -ending.length)),
  );
  if (pack.attributive.length > 0 && !inflected) return null;
  let det = -1;
  for (let i = hit.from - 1; i >= clause.from && i >= hit.from - 4; i--) {
    const word = tokens[i]!.word;
    if (pack.is('determiner', word)) {
      det = i;
      break;
    }
    if (!pack.is('degree', word) && !pack.states.has(word)) break;
  }
  if (det < 0 && !inflected) return null;
  if (inflected && begins[hit.to]?.who === 'other') return 'thing';
  if (pack.is('kids', next.word)) return 'kid';
  if (
    begins[hit.to] ||
    pack.is('little', next.word) ||
    pack.is('preposition', next.word) ||
    pack.states.has(next.word)
  )
    return null;
  return 'thing';
}

export function hasWord(text: Text, clause: Clause, name: Parameters<Pack['is']>[0]): boolean {
  for (let i = clause.from; i < clause.to; i++) if (text.pack.is(name, text.tokens[i]!.word)) return true;
  return false;
}

/** "Hij is onzeker." said of always, not of a moment: the verb is in the present and nothing ties it to a situation. */
export function character(text: Text, hit: Felt, clause: Clause): boolean {
  const { tokens, pack } = text;
  let present = false;
  for (let i = clause.from; i < clause.to; i++) {
    const word = tokens[i]!.word;
    if (pack.is('copula', word)) present = true;
    if (i !== hit.from && (pack.is('carry', word) || pack.openers.has(word) || pack.is('preposition', word)))
      return false;
  }
  const behind = tokens[hit.to];
  if (behind && behind.kind === 'word' && hit.to < clause.to && pack.is('preposition', behind.word))
    return false;
  const nextClause = text.clauses[tokens[hit.from]!.clause + 1];
  if (
    nextClause &&
    nextClause.sentence === clause.sentence &&
    nextClause.opener &&
    !pack.is('because', nextClause.opener)
  )
    return false;
  const before = text.clauses[tokens[hit.from]!.clause - 1];
  if (before && before.sentence === clause.sentence && before.opener) return false;
  return present;
}

export function judgement(
  text: Text,
  context: ListenContext,
  hit: Felt,
  clause: Clause,
  who: Who,
  kind: 'strong' | 'weak',
): { who: Who; presence: 'expressed' | 'possible' } | null | 'skip' {
  const { tokens, pack, begins } = text;
  // Somebody finds it so.
  for (let i = clause.from; i < clause.to; i++)
    if (pack.is('judge', tokens[i]!.word)) {
      const finder = whoIs(text, subjectAt(clause, i), clause);
      if (finder === 'it' || finder === 'nobody') break;
      return { who: finder, presence: 'expressed' };
    }
  const role = attributive(text, hit, clause);
  if (role === 'face') return { who, presence: 'expressed' };
  // It is so for somebody.
  for (let i = clause.from; i < clause.to; i++) {
    const p = begins[i + 1];
    if (pack.is('intention', tokens[i]!.word) && p && p.roles.has('object') && p.who !== 'it')
      return { who: whoIs(text, p, clause), presence: 'expressed' };
  }
  if (role !== null) return null;
  const asked = ASKED[context.question];
  const impersonal = who === 'it' || who === 'nobody';
  if (!impersonal)
    return clause.carried && who !== 'other' && kind === 'strong'
      ? { who: 'teacher', presence: 'possible' }
      : null;
  const holder: Who = asked === 'nobody' ? 'teacher' : asked;
  if (kind === 'strong') return { who: holder, presence: 'expressed' };
  const followUp =
    context.question === 'event_followup_teacher' || context.question === 'event_followup_child';
  return {
    who: holder,
    presence: followUp ? 'expressed' : 'possible',
  };
}

/** The one of the two who is named in the clause, in whatever role; nobody if both are, or somebody else. */
export function onlyPerson(text: Text, clause: Clause): Holder | undefined {
  let only: Holder | undefined;
  for (let i = clause.from; i < clause.to; i++) {
    const who = text.begins[i]?.who;
    if (who === undefined || who === 'it' || who === 'self') continue;
    if (who !== 'teacher' && who !== 'child') return undefined;
    if (only !== undefined && only !== who) return undefined;
    only = who;
  }
  return only;
}

/** A noun for a feeling counts with somebody who has it, or by "out of", "full of", or when it is all that is said. */
export function licensed(text: Text, hit: Felt, clause: Clause): boolean {
  const { tokens, pack, begins } = text;
  for (let i = hit.from - 1; i >= clause.from && i >= hit.from - 4; i--) {
    if (pack.is('licence', tokens[i]!.word)) return true;
    const p = begins[i];
    if (p?.roles.has('possessive') && p.pronoun && !p.roles.has('subject')) return true;
  }
  // "Je zag de opluchting bij haar."
  for (let i = hit.to; i < clause.to - 1 && i <= hit.to + 3; i++)
    if (pack.is('at', tokens[i]!.word) && begins[i + 1]?.pronoun && begins[i + 1]!.roles.has('object'))
      return true;
  let words = 0;
  for (let i = clause.from; i < clause.to; i++) {
    const word = tokens[i]!;
    if (word.kind !== 'word') continue;
    words++;
    if (pack.is('have', word.word)) return true;
  }
  return words <= 3;
}

/**
 * Does "zijn" in "zijn ogen straalden" tell who feels? With a part of the body, always; with another noun, where the clause
 * is about nobody ("ik mis haar praatjes" is about me). Without a list of such parts, always.
 */
function owns(text: Text, clause: Clause, at: number, person: Person): boolean {
  const { tokens, pack } = text;
  if (!person.roles.has('possessive') || person.roles.has('subject')) return false;
  if (!pack.classes.has('body')) return true;
  const next = tokens[person.to];
  if (!next || next.kind !== 'word') return false;
  if (pack.is('body', next.word) || pack.is('body', tokens[person.to + 1]?.word ?? '')) return true;
  const subject = subjectAt(clause, at);
  return (!subject || subject.who === 'it') && !pack.is('little', next.word) && !pack.states.has(next.word);
}

/** "Hij heeft mij gekwetst": with such an auxiliary it is somebody's deed, and who was hurt is its object. */
function deedTo(text: Text, hit: Felt, clause: Clause): Who | undefined {
  const { tokens, pack, begins } = text;
  let done = false;
  let to: Person | undefined;
  for (let i = clause.from; i < Math.min(clause.to, hit.to + 2); i++) {
    const word = tokens[i]!.word;
    if (pack.is('perfect', word)) done = true;
    else if (pack.is('finite', word) && !begins[i]) return undefined;
    const p = begins[i];
    if (!p || i >= hit.from || pack.is('preposition', tokens[i - 1]?.word ?? '')) continue;
    if (p.who === 'self') return undefined;
    if (p.roles.has('object') && !clause.subjects.some((s) => s.person === p && s.strong)) to = p;
  }
  if (!done) return undefined;
  const subject = subjectAt(clause, hit.from);
  if (to && subject && to.who === subject.who) return undefined;
  // To put somebody at ease is what one does, and says nothing of how the other took it.
  if (hit.value.emotions.includes('relief')) return 'other';
  return to ? whoIs(text, to, clause) : 'other';
}

/** Clauses, and who each clause is about. */
import type { Token } from './normalise.ts';
import type { Person } from './pattern.ts';
import type { Pack } from './pack.ts';
import type { Cast } from './holders.ts';
import { BREAKS } from './sentences.ts';

export interface Clause {
  readonly from: number;
  readonly to: number;
  readonly sentence: number;
  /** The conjunction it opens with, if it is one that makes a clause depend on another. */
  readonly opener: string | null;
  /** Who may be its subject, in order, surest kind first decided by `strong`. */
  subjects: readonly { readonly person: Person; readonly strong: boolean }[];
  /** Its own subject, or the one carried on from the clause before; undefined if there is none. */
  subject: Person | undefined;
  /** The subject was carried on. */
  carried: boolean;
}

/** No clause has more words than this: dictation without a single comma is cut, so that the work stays bounded. */
const LONGEST_CLAUSE = 60;

export function splitClauses(tokens: Token[], cast: Cast, pack: Pack): Clause[] {
  const clauses: Clause[] = [];
  let from = 0;
  let opener: string | null = null;
  let seen: Person | undefined;
  let verbs = 0;
  const close = (to: number): void => {
    if (to > from) {
      for (let i = from; i < to; i++) tokens[i]!.clause = clauses.length;
      clauses.push({
        from,
        to,
        sentence: tokens[from]!.sentence,
        opener,
        subjects: [],
        subject: undefined,
        carried: false,
      });
    }
    from = to;
    opener = null;
    seen = undefined;
    verbs = 0;
  };
  for (let i = 0; i < tokens.length; i++) {
    const t = tokens[i]!;
    const before = tokens[i - 1];
    if (before && (before.sentence !== t.sentence || before.quote !== t.quote || i - from >= LONGEST_CLAUSE))
      close(i);
    const begins = cast.begins[i];
    const inside = !begins && insidePerson(cast, i);
    if (t.kind === 'word' && !inside) {
      const opens =
        (pack.openers.has(t.word) && !compares(tokens, i, cast, pack)) ||
        (pack.openersBeforeSubject.has(t.word) &&
          (subjectFollows(tokens, i + 1, cast, pack) || (begins !== undefined && begins.who !== 'it')));
      if (opens && !(begins && begins.to > i + 1)) {
        close(i);
        opener = t.word;
      } else if (pack.joiners.has(t.word) && before?.word !== tokens[i + 1]?.word) close(i);
      else if (
        pack.inversionOpens &&
        opener &&
        seen &&
        i > from + 1 &&
        pack.is('finite', t.word) &&
        cast.begins[i + 1]?.pronoun &&
        // "als hij valt lacht hij", "dat hij niet luistert maakt me boos"
        (cast.begins[i + 1]!.roles.has('subject') || (verbs > 0 && cast.begins[i + 1]!.roles.has('object')))
      )
        close(i);
      else if (
        pack.subjectOpens &&
        begins?.pronoun &&
        begins.roles.has('subject') &&
        !begins.roles.has('object') &&
        (seen || verbs > (before && pack.is('finite', before.word) ? 1 : 0)) &&
        // "Geärgert hat mich das nicht": where the verb may stand before its subject, "das" is still that subject.
        (seen || begins.who !== 'it' || !pack.inversionOpens) &&
        !(
          before &&
          ((pack.is('finite', before.word) &&
            !pack.is('think', before.word) &&
            !pack.is('say', before.word)) ||
            pack.openers.has(before.word) ||
            pack.openersBeforeSubject.has(before.word))
        )
      )
        close(i);
      if (begins?.roles.has('subject') && begins.pronoun) seen = begins;
      if (pack.is('finite', t.word)) verbs++;
    } else if (t.kind === 'emoji' || t.kind === 'break' || (t.kind === 'mark' && BREAKS.has(t.word))) {
      const next = tokens[i + 1];
      const number = t.word === ',' && next && next.start === t.end && before?.end === t.start;
      if (!number) close(i + 1);
    }
  }
  close(tokens.length);
  giveSubjects(tokens, clauses, cast, pack);
  return clauses;
}

function namedIn(cast: Cast, clause: Clause): Person | undefined {
  for (let i = clause.from; i < clause.to; i++) if (cast.begins[i]) return cast.begins[i];
  return undefined;
}

/** Is token `i` inside a phrase that names somebody, but not its first word? */
function insidePerson(cast: Cast, i: number): boolean {
  for (let k = 1; k <= 6 && i - k >= 0; k++) {
    const p = cast.begins[i - k];
    if (p) return p.to > i;
  }
  return false;
}

function subjectFollows(tokens: readonly Token[], i: number, cast: Cast, pack: Pack): boolean {
  const next = tokens[i];
  if (!next || next.kind !== 'word') return false;
  const person = cast.begins[i];
  // "voor hij ging" opens a clause, "bang voor het donker" does not.
  if (pack.is('preposition', tokens[i - 1]!.word))
    return !!person && person.pronoun && person.who !== 'it' && person.roles.has('subject');
  if (person) return person.roles.has('subject');
  // "ik zag hoe gekwetst ze was"
  if (pack.states.has(next.word)) return cast.begins[i + 1]?.roles.has('subject') === true;
  return pack.is('determiner', next.word);
}

/** "zo bang als wat", "als een berg": a comparison, with no verb of its own behind it. */
function compares(tokens: readonly Token[], i: number, cast: Cast, pack: Pack): boolean {
  if (!pack.is('compared', tokens[i + 1]?.word ?? '') || i === 0 || tokens[i - 1]!.kind !== 'word')
    return false;
  for (let j = i + 2; j < tokens.length && j < i + 9; j++) {
    const t = tokens[j]!;
    if (t.kind !== 'word' || t.sentence !== tokens[i]!.sentence) break;
    // "Blij als een kind kwam hij binnen": that verb belongs to the whole.
    if (pack.is('finite', t.word)) return cast.begins[j + 1]?.pronoun === true;
  }
  return true;
}

function giveSubjects(tokens: readonly Token[], clauses: Clause[], cast: Cast, pack: Pack): void {
  let p = 0;
  clauses.forEach((clause, c) => {
    const found: { person: Person; strong: boolean }[] = [];
    while (p < cast.all.length && cast.all[p]!.from < clause.from) p++;
    let lead = clause.from;
    while (lead < clause.to && (tokens[lead]!.kind !== 'word' || leads(tokens[lead]!.word, pack))) lead++;
    for (let k = p; k < cast.all.length && cast.all[k]!.from < clause.to; k++) {
      const person = cast.all[k]!;
      if (!person.roles.has('subject')) continue;
      // "dat ze bang was": here "dat" only opens the clause.
      if (person.who === 'it' && person.from === clause.from && clause.opener !== null) continue;
      const before = tokens[person.from - 1];
      const after = tokens[person.to];
      const prepositional =
        before &&
        person.from > clause.from &&
        pack.is('preposition', before.word) &&
        !(person.pronoun && person.who !== 'it' && person.roles.size === 1);
      if (prepositional || (after && after.word === "'s" && owns(tokens, person, pack))) continue;
      const onlySubject = person.pronoun && !person.roles.has('object');
      const initial = person.from <= lead;
      const verbBeside =
        (after?.kind === 'word' && pack.is('finite', after.word)) ||
        (before?.kind === 'word' && pack.is('finite', before.word));
      const other = found.some((s) => s.strong && s.person.pronoun);
      // "en ik dacht oei die jongen voelde zich …": a noun with its verb right behind it.
      const verbBehind = clause.opener === null && after?.kind === 'word' && pack.is('finite', after.word);
      const strong = person.pronoun
        ? onlySubject || (!other && (initial || verbBeside))
        : initial || verbBehind || (verbBeside && !other);
      found.push({ person, strong });
    }
    // "it" and the like are a subject only where nobody is.
    const persons = found.filter((s) => s.person.who !== 'it');
    clause.subjects = persons.some((s) => s.strong)
      ? persons
      : [...persons, ...found.filter((s) => s.person.who === 'it' && s.strong)];
    const own = clause.subjects.find((s) => s.strong) ?? clause.subjects[0];
    clause.subject = own?.person;
    if (own) return;
    if (thing(tokens, clause, lead, pack)) {
      clause.subject = { who: 'it', roles: new Set(), from: lead, to: lead, gender: null, pronoun: false };
      return;
    }
    const previous = clauses[c - 1];
    // "And me? Deflated.": a question of a word or two says who is meant.
    if (
      previous &&
      previous.sentence !== clause.sentence &&
      previous.to - previous.from <= 4 &&
      tokens[previous.to - 1]!.word === '?'
    ) {
      const topic = previous.subject ?? namedIn(cast, previous);
      if (topic && topic.who !== 'it') {
        clause.subject = topic;
        clause.carried = true;
      }
      return;
    }
    if (previous && previous.sentence === clause.sentence && sameQuote(tokens, previous, clause)) {
      const carrier = (resumes(tokens, clause, pack) ? lastMain(clauses, c) : previous).subject;
      if (carrier) {
        clause.subject = carrier;
        clause.carried = true;
      }
    }
  });
  // "Petrified, she was.", "Kwaad dat ie was!": a clause without a subject, first in its sentence, looks to the bare clause behind it.
  clauses.forEach((clause, c) => {
    if (clause.subject) return;
    const next = clauses[c + 1];
    if (!next || next.sentence !== clause.sentence) return;
    if (next.opener && !pack.openersBeforeSubject.has(next.opener) && !pack.is('postposed', next.opener))
      return;
    const words = tokens.slice(next.from, next.to).filter((t) => t.kind === 'word');
    const bare =
      words.length <= (next.opener ? 6 : 3) &&
      words.some((t, i) => pack.is('be', t.word) && (!next.opener || i === words.length - 1)) &&
      !words.some((t) => pack.is('think', t.word));
    if (next.subject && next.subject.who !== 'it' && !next.carried && bare) {
      clause.subject = next.subject;
      clause.carried = true;
    }
  });
}

/** "Er erzählte, dass Papa auszieht, und war traurig.": a joiner with its verb at once goes on with the main clause. */
const resumes = (tokens: readonly Token[], clause: Clause, pack: Pack): boolean =>
  pack.inversionOpens &&
  pack.joiners.has(tokens[clause.from]!.word) &&
  pack.is('finite', tokens[clause.from + 1]?.word ?? '');

/** The last clause before `c` in its sentence that depends on no other; else the one right before. */
function lastMain(clauses: readonly Clause[], c: number): Clause {
  const previous = clauses[c - 1]!;
  for (let k = c - 1; k >= 0 && clauses[k]!.sentence === previous.sentence; k--) {
    const clause = clauses[k]!;
    // A bare remark behind a dependent clause goes with it.
    const remark = clause.carried && clauses[k - 1]?.opener != null;
    if (clause.opener === null && !remark && clause.subject) return clause;
  }
  return previous;
}

const leads = (word: string, pack: Pack): boolean =>
  pack.joiners.has(word) ||
  pack.openers.has(word) ||
  pack.openersBeforeSubject.has(word) ||
  pack.is('carry', word);

/** "Mia's mum": the name only says whose. "Mia's crying": it is the subject. */
function owns(tokens: readonly Token[], person: Person, pack: Pack): boolean {
  const after = tokens[person.to + 1];
  return !!after && after.kind === 'word' && !pack.is('little', after.word) && !pack.states.has(after.word);
}

/** A determiner and some other noun, then a verb: the clause is about a thing or somebody we do not know. */
function thing(tokens: readonly Token[], clause: Clause, lead: number, pack: Pack): boolean {
  const first = tokens[lead];
  if (!first || lead >= clause.to || !pack.is('determiner', first.word)) return false;
  for (let i = lead + 2; i < Math.min(clause.to, lead + 6); i++)
    if (pack.is('finite', tokens[i]!.word)) return true;
  return false;
}

function sameQuote(tokens: readonly Token[], a: Clause, b: Clause): boolean {
  return tokens[a.from]!.quote === tokens[b.from]!.quote;
}

/**
 * Who feels what stands at a token, by the subjects around it: the nearest sure one before, then after, then a doubtful one,
 * then the one carried on from the clause before.
 */
export function subjectAt(clause: Clause, at: number): Person | undefined {
  let before: Person | undefined;
  let after: Person | undefined;
  let weak: Person | undefined;
  for (const { person, strong } of clause.subjects) {
    if (strong && person.from < at) before = person;
    else if (strong && person.from >= at) after ??= person;
    else weak ??= person;
  }
  return before ?? after ?? weak ?? clause.subject;
}

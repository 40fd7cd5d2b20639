/** Whose feeling: every hit of a feeling rule gets a holder and a reading, or is dropped. */
import type { Emotion, Evidence, Holder, ListenContext, QuestionKind } from './types.ts';
import type { Hit, Person } from './pattern.ts';
import type { FeelingKind, Pack, Rule } from './pack.ts';
import type { Reading, Text } from './reading.ts';
import { subjectAt, type Clause } from './clauses.ts';

type Felt = Hit<Extract<Rule, { type: 'feeling' }>>;
type Who = Holder | 'both' | 'other' | 'it' | 'nobody';

const PLEASANT: ReadonlySet<Emotion> = new Set<Emotion>(['joy', 'warmth', 'pride', 'relief']);

/** Who is meant where nobody is named, by what was asked. */
const ASKED: Readonly<Record<QuestionKind, Holder | 'nobody'>> = {
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

const RULES: Readonly<Record<FeelingKind, string>> = {
  word: 'word',
  phrase: 'idiom',
  verb: 'verb',
  move: 'cause',
  noun: 'noun',
  strong: 'judgement',
  weak: 'judgement',
  idiom: 'idiom',
  own: 'own body',
  exclamation: 'exclamation',
  metaphor: 'metaphor',
  frame: 'frame',
  litotes: 'litotes',
};

interface Draft {
  readonly who: Who;
  readonly emotions: readonly Emotion[];
  readonly presence: 'expressed' | 'possible';
}

export function hearFeelings(text: Text, reading: Reading, context: ListenContext): Evidence[] {
  const { tokens, pack } = text;
  const felt = text.hits.filter((hit): hit is Felt => hit.value.type === 'feeling');
  felt.sort((a, b) => b.to - b.from - (a.to - a.from) || rank(a) - rank(b) || a.from - b.from);
  const taken = new Uint8Array(tokens.length);
  const evidence: Evidence[] = [];
  const put = (
    from: number,
    to: number,
    who: Who,
    emotions: readonly Emotion[],
    presence: 'expressed' | 'possible',
    rule: string,
  ): void => {
    const holders: Evidence['holder'][] =
      who === 'both' ? ['teacher', 'child'] : who === 'teacher' || who === 'child' ? [who] : ['unknown'];
    for (const holder of holders)
      for (const emotion of emotions)
        evidence.push({
          holder,
          emotion,
          presence: holder === 'unknown' ? 'possible' : presence,
          start: tokens[from]!.start,
          end: tokens[to - 1]!.end,
          rule,
        });
  };

  for (const hit of felt) {
    let free = true;
    for (let i = hit.from; i < hit.to && free; i++)
      free = taken[i] === 0 && reading.blocked[i]! < hit.to - hit.from;
    if (!free) continue;
    const draft = judge(text, reading, context, hit);
    if (draft === 'skip') continue;
    for (let i = hit.from; i < hit.to; i++) taken[i] = 1;
    if (draft) put(hit.from, hit.to, draft.who, draft.emotions, draft.presence, RULES[hit.value.kind]);
  }

  tokens.forEach((token, i) => {
    if (token.kind === 'emoji') {
      const emotion = pack.emoji.get(token.word);
      if (emotion && token.quote < 0) put(i, i + 1, 'teacher', [emotion], 'expressed', 'emoji');
    } else if (
      (context.question === 'three_word' || alone(reading.clauseOf(i), context)) &&
      !taken[i] &&
      !reading.blocked[i]
    ) {
      const emotions = pack.tone.get(token.word);
      if (emotions && standsAlone(reading.clauseOf(i)) && !reading.isNegated(i, i + 1))
        put(i, i + 1, ASKED[context.question], emotions, 'expressed', 'tone');
    }
  });
  evidence.sort((a, b) => a.start - b.start || a.end - b.end);
  echo(text, reading, evidence);
  return unique(evidence);
}

/** At equal length a phrase goes before a frame, a frame before a bare word. */
const rank = (hit: Felt): number =>
  hit.value.kind === 'idiom' || hit.value.kind === 'phrase' ? 0 : hit.value.kind === 'frame' ? 1 : 2;

/** In answer to "what did you feel": a word or two, without anybody. */
const alone = (clause: Clause, context: ListenContext): boolean =>
  context.question.startsWith('event_followup') &&
  clause.subject === undefined &&
  clause.to - clause.from <= 4;
const standsAlone = (clause: Clause): boolean =>
  clause.subject === undefined || clause.subject.who === 'it' || clause.subject.who === 'teacher';

/** null: heard, but it is nobody's we listen to; 'skip': not a feeling here, let a shorter rule try. */
function judge(text: Text, reading: Reading, context: ListenContext, hit: Felt): Draft | null | 'skip' {
  const { tokens, pack } = text;
  const { kind } = hit.value;
  const clause = reading.clauseOf(hit.from);
  const quote = tokens[hit.from]!.quote;
  let emotions = hit.value.emotions;
  let presence = hit.value.presence;

  if (kind === 'frame') {
    const word = hit.open >= 0 ? tokens[hit.open]!.word : '';
    const known = pack.states.get(word) ?? pack.nouns.get(word) ?? pack.judged.get(word);
    if (known) {
      emotions = known;
      presence = 'expressed';
    } else if (emotions.length === 0) emotions = ['other'];
  }

  let who = holderOf(text, reading, hit, clause);
  const named = who !== 'nobody' && who !== 'it';

  if (kind === 'word') {
    const role = attributive(text, hit, clause);
    if (role === 'thing') return null;
    if (role === 'kid') {
      if (who !== 'nobody' && hasWord(text, clause, 'copula')) return null;
      if (!hasWord(text, clause, 'finite')) return null;
      who = 'child';
    }
    if (pack.standing.has(tokens[hit.from]!.word) && who === 'child' && character(text, hit, clause))
      return null;
  }
  if (kind === 'exclamation') return quote < 0 ? { who: 'teacher', emotions, presence } : null;
  if (kind === 'metaphor') {
    const asked = context.question.startsWith('event_followup') ? ASKED[context.question] : 'nobody';
    return asked === 'nobody' ||
      clause.subjects.some((s) => s.strong && s.person.pronoun && s.person.from < hit.to)
      ? 'skip'
      : { who: asked, emotions, presence };
  }
  if (kind === 'own') {
    if (who === 'nobody' || who === 'it') who = ASKED[context.question] === 'teacher' ? 'teacher' : 'other';
    if (who !== 'teacher' && who !== 'both') return 'skip';
    who = 'teacher';
  }
  if (kind === 'strong' || kind === 'weak') {
    const judged = judgement(text, context, hit, clause, who, kind);
    if (judged === 'skip' || judged === null) return judged;
    who = judged.who;
    presence = judged.presence;
  }
  if (kind === 'noun' && !named) {
    const only = onlyPerson(text, clause);
    if (only) who = only;
    else if (!licensed(text, hit, clause)) presence = 'possible';
  } else if (kind === 'noun' && hit.slot === undefined && !licensed(text, hit, clause)) return 'skip';
  if (kind === 'word' && who === 'it') return null;
  if (who === 'it')
    who =
      kind === 'move' || kind === 'idiom' || kind === 'strong' || kind === 'weak' || kind === 'frame'
        ? 'teacher'
        : 'nobody';

  if (quote >= 0) {
    const voice = reading.voiceOf(quote);
    if (voice === 'insult' || voice === 'other' || voice === 'teacherSays') return null;
    if (voice === 'child' || voice === 'teacherThinks') {
      // In somebody's mouth the first person is the speaker.
      const speaker: Holder = voice === 'child' ? 'child' : 'teacher';
      if (who === 'teacher' || who === 'nobody') who = speaker;
      else if (voice === 'child') return null;
    }
  }
  if (who === 'other') return null;
  if (reading.isAsked(hit.from) || reading.isUnreal(hit.from, hit.to)) return null;

  const negated = reading.isNegated(hit.from, hit.to) !== reading.isDenied(hit.from);
  if (kind === 'litotes') {
    if (!negated) return 'skip';
  } else if (negated) {
    if (kind === 'own') return null;
    emotions = emotions.filter((e) => PLEASANT.has(e)).map((e) => pack.litotes[e] ?? 'disappointment');
    if (emotions.length === 0 || presence === 'possible') return null;
  }
  if (reading.isReported(hit.from)) presence = 'possible';
  if (who === 'nobody') who = ASKED[context.question];
  return { who, emotions, presence };
}

const whoIs = (text: Text, person: Person | undefined, clause: Clause): Who => {
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

function holderOf(text: Text, reading: Reading, hit: Felt, clause: Clause): Who {
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
      if (p?.pronoun && p.roles.has('possessive') && !p.roles.has('subject')) return whoIs(text, p, clause);
    }
  }
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
  // "hart in mijn keel": whose body it is.
  for (let i = hit.from; i < hit.to - 1; i++) {
    const p = begins[i];
    if (
      p?.pronoun &&
      p.roles.has('possessive') &&
      !p.roles.has('subject') &&
      (p.who === 'teacher' || p.who === 'child')
    )
      return p.who;
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
  return whoIs(text, subjectAt(clause, at), clause);
}

/** A feeling word before a noun says something of that noun: of a face, of a child, of a thing. */
function attributive(text: Text, hit: Felt, clause: Clause): 'face' | 'kid' | 'thing' | null {
  const { tokens, pack, begins } = text;
  const next = tokens[hit.to];
  if (!next || next.kind !== 'word' || hit.to >= clause.to) return null;
  if (pack.is('faces', next.word)) return 'face';
  let det = -1;
  for (let i = hit.from - 1; i >= clause.from && i >= hit.from - 4; i--) {
    const word = tokens[i]!.word;
    if (pack.is('determiner', word)) {
      det = i;
      break;
    }
    if (!pack.is('degree', word) && !pack.states.has(word)) break;
  }
  if (det < 0) return null;
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

function hasWord(text: Text, clause: Clause, name: Parameters<Pack['is']>[0]): boolean {
  for (let i = clause.from; i < clause.to; i++) if (text.pack.is(name, text.tokens[i]!.word)) return true;
  return false;
}

/** "Hij is onzeker." said of always, not of a moment: the verb is in the present and nothing ties it to a situation. */
function character(text: Text, hit: Felt, clause: Clause): boolean {
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

function judgement(
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
function onlyPerson(text: Text, clause: Clause): Holder | undefined {
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
function licensed(text: Text, hit: Felt, clause: Clause): boolean {
  const { tokens, pack, begins } = text;
  for (let i = hit.from - 1; i >= clause.from && i >= hit.from - 4; i--) {
    if (pack.is('licence', tokens[i]!.word)) return true;
    const p = begins[i];
    if (p?.roles.has('possessive') && p.pronoun && !p.roles.has('subject')) return true;
  }
  let words = 0;
  for (let i = clause.from; i < clause.to; i++) {
    const word = tokens[i]!;
    if (word.kind !== 'word') continue;
    words++;
    if (pack.is('have', word.word)) return true;
  }
  return words <= 3;
}

/** "…and so was he": the feeling just heard goes for somebody else too. */
function echo(text: Text, reading: Reading, evidence: Evidence[]): void {
  const { tokens } = text;
  for (const hit of reading.marked('echo')) {
    if (!hit.slot || reading.isAsked(hit.from)) continue;
    const who = whoIs(text, hit.slot, reading.clauseOf(hit.from));
    if (who !== 'teacher' && who !== 'child') continue;
    const start = tokens[hit.from]!.start;
    let last: Evidence | undefined;
    for (const e of evidence) if (e.end <= start && e.presence === 'expressed') last = e;
    if (!last || last.holder === who || start - last.end > 120) continue;
    evidence.push({
      holder: who,
      emotion: last.emotion,
      presence: 'expressed',
      start,
      end: tokens[hit.to - 1]!.end,
      rule: 'echo',
    });
  }
}

function unique(evidence: readonly Evidence[]): Evidence[] {
  const seen = new Set<string>();
  return evidence
    .filter((e) => {
      const key = `${e.holder} ${e.emotion} ${e.start} ${e.end}`;
      if (seen.has(key)) return false;
      seen.add(key);
      return true;
    })
    .sort((a, b) => a.start - b.start || a.end - b.end);
}

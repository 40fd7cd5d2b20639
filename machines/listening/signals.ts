/** What is heard besides feelings: behaviour, one concrete event, traits, not knowing, the child's side, and signs for safety. */
import type { Evidence, ListenContext, Signal, SignalKind } from './types.ts';
import type { Hit } from './pattern.ts';
import type { Rule } from './pack.ts';
import type { Reading, Text } from './reading.ts';
import { subjectAt, type Clause } from './clauses.ts';

/** Questions that ask for something that happened. Elsewhere one verb in the past tells no event yet. */
const TELLS: ReadonlySet<string> = new Set(['event', 'conflict', 'pleasant', 'upset']);

export function hearSignals(
  text: Text,
  reading: Reading,
  context: ListenContext,
  evidence: readonly Evidence[],
): Signal[] {
  const { tokens, pack, hits } = text;
  const signals: Signal[] = [];
  const seen = new Set<string>();
  const put = (kind: SignalKind, from: number, to: number, detail?: string): void => {
    const key = `${kind} ${from} ${to} ${detail ?? ''}`;
    if (seen.has(key)) return;
    seen.add(key);
    const place = { kind, start: tokens[from]!.start, end: tokens[to - 1]!.end };
    signals.push(detail === undefined ? place : { ...place, detail });
  };
  const cover = (mark: Parameters<Reading['marked']>[0]): Uint8Array => {
    const out = new Uint8Array(tokens.length);
    for (const hit of reading.marked(mark)) for (let i = hit.from; i < hit.to; i++) out[i] = 1;
    return out;
  };
  const covered = (by: Uint8Array, hit: Hit<Rule>): boolean => {
    for (let i = hit.from; i < hit.to; i++) if (by[i]) return true;
    return false;
  };
  const notEvent = cover('notEvent');
  const notDontKnow = cover('notDontKnow');
  const notPerspective = cover('notPerspective');
  const notSafety = cover('notSafety');
  const who = (at: number): string => subjectAt(reading.clauseOf(at), at)?.who ?? 'nobody';
  const ours = (at: number): boolean => {
    const w = who(at);
    return w !== 'other';
  };

  const felt = new Uint8Array(tokens.length);
  {
    let e = 0;
    tokens.forEach((token, i) => {
      while (e < evidence.length && evidence[e]!.end <= token.start) e++;
      if (e < evidence.length && token.start >= evidence[e]!.start) felt[i] = 1;
    });
  }
  const unknowing = new Uint8Array(tokens.length);
  for (const hit of hits)
    if (hit.value.type === 'signal' && hit.value.signal === 'dontKnow')
      for (let i = hit.from; i < hit.to; i++) unknowing[i] = 1;
  const act = (from: number, to: number, isPast: boolean): void => {
    if (reading.isUnreal(from, to) || reading.isAsked(from) || tokens[from]!.quote >= 0 || !ours(from))
      return;
    if (reading.blocked[from] || felt[from] || unknowing[from]) return;
    if (isPast && !notEvent[from]) {
      if (past < 0) past = from;
      pasts++;
    }
    acts.push([from, to]);
  };
  // Who names a feeling after all knows something.
  const expressed = evidence.some((e) => e.presence === 'expressed');
  const acts: (readonly [from: number, to: number])[] = [];
  let past = -1;
  let pasts = 0;
  let anchor = -1;
  let general = false;
  for (const hit of hits) {
    const rule = hit.value;
    if (rule.type === 'mark') {
      if (rule.mark === 'actNow' || rule.mark === 'actPast') act(hit.from, hit.to, rule.mark === 'actPast');
      if (rule.mark === 'insult' && who(hit.from) !== 'other') put('behaviour', hit.from, hit.to);
      if (
        rule.mark === 'conduct' &&
        context.question === 'three_word' &&
        !reading.isNegated(hit.from, hit.to)
      )
        put('behaviour', hit.from, hit.to);
      if (rule.mark === 'traitWord') {
        if (context.question === 'three_word' && who(hit.from) !== 'other') put('trait', hit.from, hit.to);
        else if (isTrait(text, reading, hit)) put('trait', hit.from, hit.to);
      }
    } else if (rule.type === 'signal') {
      const quoted = tokens[hit.from]!.quote >= 0;
      switch (rule.signal) {
        case 'event':
          if (!notEvent[hit.from] && !reading.isUnreal(hit.from, hit.to) && !quoted && anchor < 0)
            anchor = hit.from;
          break;
        case 'generalising':
          general = true;
          put('generalising', hit.from, hit.to);
          break;
        case 'dontKnow':
          if (
            !expressed &&
            !covered(notDontKnow, hit) &&
            !quoted &&
            (who(hit.from) === 'teacher' ||
              who(hit.from) === 'it' ||
              who(hit.from) === 'nobody' ||
              hit.slot?.who === 'teacher')
          )
            put('dontKnow', hit.from, hit.to);
          break;
        case 'perspective':
          if (
            !covered(notPerspective, hit) &&
            !quoted &&
            (hit.slot ? hit.slot.who === 'child' : who(hit.from) !== 'other')
          )
            put('perspective', hit.from, hit.to);
          break;
        case 'safety':
          if (!covered(notSafety, hit)) put('safety', hit.from, hit.to, rule.detail);
          break;
        case 'ownInfluence':
        case 'trait':
          if (
            !quoted &&
            !(rule.signal === 'trait' && (who(hit.from) === 'other' || isSelf(text, reading, hit)))
          )
            put(rule.signal, hit.from, hit.to);
          break;
        case 'talkingAway': {
          const start = tokens[hit.from]!.start;
          if (evidence.some((e) => e.holder === 'teacher' && e.end <= start && start - e.end < 160))
            put('talkingAway', hit.from, hit.to);
          break;
        }
        default:
          break;
      }
    }
  }
  tokens.forEach((token, i) => {
    if (token.kind === 'word' && pack.hasPastShape(token.word)) act(i, i + 1, true);
  });
  // Where nothing was asked that happened, one verb at the side tells no deed yet.
  const tells = TELLS.has(context.question);
  if (tells || acts.length > 1 || acts.some(([at]) => isPlainDeed(reading.clauseOf(at), at, felt)))
    for (const [from, to] of acts)
      // Whose doing it is, where that is plain: "what I did" has a column of its own in the profile.
      put('behaviour', from, to, who(from) === 'teacher' ? 'teacher' : undefined);
  if (acts.length === 0 && !signals.some((s) => s.kind === 'behaviour')) {
    // A somebody of ours with a verb that is no mere being or thinking: an act, even if no list has it.
    const found =
      findAct(text, reading) ?? (tells && expressed ? besideFeeling(text, signals, felt) : undefined);
    if (found) put('behaviour', found[0], found[1]);
  }
  // The child's feeling with its reason.
  let at = 0;
  for (const e of evidence) {
    while (at < tokens.length - 1 && tokens[at]!.start < e.start) at++;
    if (e.holder === 'child') giveReason(text, at, e.end, put);
  }
  if (anchor >= 0) put('event', anchor, anchor + 1);
  else if (past >= 0 && !general && pasts >= (TELLS.has(context.question) ? 1 : 2))
    put('event', past, past + 1);
  signals.sort((a, b) => a.start - b.start || a.end - b.end);
  return signals;
}

/** In a main clause of somebody's own, without a feeling in it. */
function isPlainDeed(clause: Clause, at: number, felt: Uint8Array): boolean {
  for (let i = clause.from; i < clause.to; i++) if (felt[i]) return false;
  return clause.opener === null && !clause.carried && subjectAt(clause, at) !== undefined;
}

const TOLD = 10;

/** Who was asked what happened and says more than the feeling, tells what was done: the longest clause beside it. */
function besideFeeling(
  { tokens, clauses }: Text,
  signals: readonly Signal[],
  felt: Uint8Array,
): [number, number] | undefined {
  if (signals.some((s) => s.kind === 'trait' || s.kind === 'dontKnow')) return undefined;
  if (tokens.filter((t) => t.kind === 'word').length < TOLD) return undefined;
  let best: [number, number] | undefined;
  for (const clause of clauses) {
    let to = clause.to;
    while (to > clause.from && tokens[to - 1]!.kind !== 'word') to--;
    if (felt.subarray(clause.from, to).some((f) => f === 1) || tokens[clause.from]!.quote >= 0) continue;
    if (to - clause.from > (best ? best[1] - best[0] : 2)) best = [clause.from, to];
  }
  return best;
}

/** Behind a feeling: "because …" in its clause or the next, or "that …" at once. */
function giveReason(
  text: Text,
  at: number,
  end: number,
  put: (kind: SignalKind, from: number, to: number) => void,
): void {
  const { tokens, clauses, pack } = text;
  const number = tokens[at]!.clause;
  let behind = at;
  while (behind < tokens.length && tokens[behind]!.start < end) behind++;
  const sentence = tokens[at]!.sentence;
  for (let c = number; c <= number + 2; c++) {
    const clause = clauses[c];
    if (!clause || clause.sentence !== sentence) return;
    const first = tokens[clause.from]!;
    const atOnce =
      clause.from === behind &&
      clause.to - clause.from > 3 &&
      pack.is(pack.classes.has('thatReason') ? 'thatReason' : 'postposed', first.word);
    for (let i = Math.max(clause.from, at); i < clause.to; i++)
      // "weil" always gives a reason, "da" only where it opens its clause.
      if (
        (pack.is('because', tokens[i]!.word) &&
          (i === clause.from || !pack.openersBeforeSubject.has(tokens[i]!.word))) ||
        (atOnce && i === clause.from)
      ) {
        put('reason', i, clause.to);
        put('perspective', at, clause.to);
        return;
      }
  }
}

/** "I am a perfectionist": of the teacher. */
function isSelf({ tokens, pack }: Text, reading: Reading, hit: Hit<Rule>): boolean {
  const subject = subjectAt(reading.clauseOf(hit.from), hit.from);
  return (
    subject?.who === 'teacher' &&
    [subject.to, subject.from - 1].some((i) => pack.is('be', tokens[i]?.word ?? ''))
  );
}

/** A word for character said of the child: "hij is lui", "een lui kind". */
function isTrait(text: Text, reading: Reading, hit: Hit<Rule>): boolean {
  const { tokens, pack } = text;
  const clause = reading.clauseOf(hit.from);
  if (tokens[hit.from]!.quote >= 0 || reading.isNegated(hit.from, hit.to)) return false;
  const next = tokens[hit.to];
  if (next && next.kind === 'word' && pack.is('kids', next.word)) return true;
  const { begins, clauses } = text;
  const has = (c: typeof clause, what: Parameters<typeof pack.is>[0]): boolean => {
    for (let i = c.from; i < c.to; i++) if (pack.is(what, tokens[i]!.word) && !begins[i]) return true;
    return false;
  };
  const subject = subjectAt(clause, hit.from)?.who;
  // "Ik vind haar brutaal."
  const judged = (): boolean =>
    begins.slice(clause.from, clause.to).some((p) => p?.who === 'child' && p.roles.has('object'));
  if (subject === 'teacher' ? !(has(clause, 'judge') && judged()) : subject !== 'child') return false;
  // "the odd number", "the naughty one": of something else.
  const ofAnother =
    next &&
    next.kind === 'word' &&
    hit.to < clause.to &&
    !pack.is('little', next.word) &&
    !isTraitWord(pack, next.word);
  if (ofAnother) return false;
  if (subject === 'teacher') return true;
  if (has(clause, 'moment')) return false;
  if (has(clause, 'copula')) return true;
  // "hij is niet de slimste, maar wel heel lief", "eigenwijs, dat is ze"
  const number = tokens[clause.from]!.clause;
  return (
    clause.carried &&
    clause.to - clause.from <= 5 &&
    [clauses[number - 1], clauses[number + 1]].some(
      (c) => c?.sentence === clause.sentence && has(c, 'copula') && !has(c, 'moment'),
    )
  );
}

const isTraitWord = (pack: Text['pack'], word: string): boolean =>
  pack.rules.byWord.get(word)?.some((p) => p.value.type === 'mark' && p.value.mark === 'traitWord') ?? false;

function findAct(text: Text, reading: Reading): [number, number] | undefined {
  const { tokens, clauses, pack } = text;
  for (const clause of clauses) {
    if (tokens[clause.from]!.quote >= 0) continue;
    for (const { person, strong } of clause.subjects) {
      if (
        !strong ||
        (person.who !== 'child' && person.who !== 'teacher' && person.who !== 'we' && person.who !== 'both')
      )
        continue;
      for (const at of [person.to, person.from - 1]) {
        const t = tokens[at];
        if (!t || t.kind !== 'word' || at < clause.from || at >= clause.to) continue;
        // "Angst hatte sie jedenfalls": its verb stands in front, what follows is none.
        const before = tokens[person.from - 1];
        if (at === person.to && pack.inversionOpens && before && pack.is('finite', before.word)) continue;
        if (
          pack.is('little', t.word) ||
          pack.is('finite', t.word) ||
          pack.is('degree', t.word) ||
          pack.known(t.word)
        )
          continue;
        if (reading.isUnreal(at, at + 1)) continue;
        return [at, at + 1];
      }
    }
  }
  return undefined;
}

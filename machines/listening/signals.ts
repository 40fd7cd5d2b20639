/** What is heard besides feelings: behaviour, one concrete event, traits, not knowing, the child's side, and signs for safety. */
import type { Evidence, ListenContext, Signal, SignalKind } from './types.ts';
import type { Hit } from './pattern.ts';
import type { Rule } from './pack.ts';
import type { Reading, Text } from './reading.ts';
import { subjectAt } from './clauses.ts';

export function hearSignals(
  text: Text,
  reading: Reading,
  context: ListenContext,
  evidence: readonly Evidence[],
): Signal[] {
  const { tokens, clauses, pack, hits } = text;
  const signals: Signal[] = [];
  const put = (kind: SignalKind, from: number, to: number, detail?: string): void => {
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
    if (isPast && !notEvent[from] && past < 0) past = from;
    put('behaviour', from, to);
  };
  let past = -1;
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
          if (!quoted) put(rule.signal, hit.from, hit.to);
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
  // A somebody of ours with a verb that is no mere being or thinking: an act, even if no list has it.
  if (!signals.some((s) => s.kind === 'behaviour')) {
    const found = findAct(text, reading);
    if (found) put('behaviour', found[0], found[1]);
  }
  // The child's feeling with its reason.
  for (const e of evidence) {
    if (e.holder !== 'child') continue;
    const at = tokens.findIndex((t) => t.start >= e.start);
    const clause = at < 0 ? undefined : clauses[tokens[at]!.clause];
    if (!clause || at < 0) continue;
    for (let c = tokens[at]!.clause; c <= tokens[at]!.clause + 1; c++) {
      const next = clauses[c];
      if (!next || next.sentence !== clause.sentence) break;
      for (let i = Math.max(next.from, at); i < next.to; i++)
        if (pack.is('because', tokens[i]!.word)) {
          put('reason', i, next.to);
          put('perspective', at, next.to);
          c = clauses.length;
          break;
        }
    }
  }
  if (anchor >= 0) put('event', anchor, anchor + 1);
  else if (past >= 0 && !general) put('event', past, past + 1);
  signals.sort((a, b) => a.start - b.start || a.end - b.end);
  return signals;
}

/** A word for character said of the child: "hij is lui", "een lui kind". */
function isTrait(text: Text, reading: Reading, hit: Hit<Rule>): boolean {
  const { tokens, pack } = text;
  const clause = reading.clauseOf(hit.from);
  if (tokens[hit.from]!.quote >= 0 || reading.isNegated(hit.from, hit.to)) return false;
  const next = tokens[hit.to];
  if (next && next.kind === 'word' && pack.is('kids', next.word)) return true;
  if (subjectAt(clause, hit.from)?.who !== 'child') return false;
  for (let i = clause.from; i < clause.to; i++) if (pack.is('copula', tokens[i]!.word)) return true;
  return false;
}

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

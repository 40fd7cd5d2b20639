/** Whose feeling: every hit of a feeling rule gets a holder and a reading, or is dropped. */
import type { Emotion, Evidence, Holder, ListenContext } from './types.ts';
import type { FeelingKind } from './pack.ts';
import type { Reading, Text } from './reading.ts';
import type { Clause } from './clauses.ts';
import {
  ASKED,
  attributive,
  character,
  complement,
  hasWord,
  holderOf,
  judgement,
  licensed,
  onlyPerson,
  PLEASANT,
  whoIs,
  type Felt,
  type Who,
} from './cases.ts';

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
  /** Said not to be felt. */
  readonly denied?: readonly Emotion[];
}

interface Echoed {
  readonly holder: Evidence['holder'] | 'other';
  readonly emotion: Emotion;
  readonly end: number;
  readonly denied: boolean;
}

export function hearFeelings(text: Text, reading: Reading, context: ListenContext): Evidence[] {
  const { tokens, pack } = text;
  const felt = text.hits.filter((hit): hit is Felt => hit.value.type === 'feeling');
  felt.sort((a, b) => size(b) - size(a) || rank(a) - rank(b) || a.from - b.from);
  const taken = new Uint8Array(tokens.length);
  const evidence: Evidence[] = [];
  /** What others feel: never counted, but "and so was I" may lean on it. */
  const elsewhere: Echoed[] = [];
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
    const own = ownWords(hit);
    if (own.some((i) => taken[i] !== 0 || reading.blocked[i]! >= own.length)) continue;
    const draft = judge(text, reading, context, hit);
    if (draft === 'skip') continue;
    for (const i of own) taken[i] = 1;
    if (!draft) continue;
    if (draft.denied?.[0])
      elsewhere.push({
        holder: 'other',
        emotion: draft.denied[0],
        end: tokens[hit.to - 1]!.end,
        denied: true,
      });
    if (draft.emotions.length === 0) continue;
    if (draft.who !== 'other')
      put(hit.from, hit.to, draft.who, draft.emotions, draft.presence, RULES[hit.value.kind]);
    else if (draft.emotions[0])
      elsewhere.push({
        holder: 'other',
        emotion: draft.emotions[0],
        end: tokens[hit.to - 1]!.end,
        denied: false,
      });
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
  echo(text, reading, evidence, elsewhere);
  return unique(evidence);
}

const size = (hit: Felt): number => hit.parts?.length ?? hit.to - hit.from;
const ownWords = (hit: Felt): readonly number[] =>
  hit.parts ?? Array.from({ length: hit.to - hit.from }, (_, k) => hit.from + k);

/** More words between those of an idiom than a speaker puts there. */
const STRANGERS = 5;

/** "Hij zat op mijn stoel met zijn voeten op het bureau.": the words of an idiom, but too far from one another to be one. */
const isScattered = (hit: Felt): boolean =>
  hit.parts !== undefined && hit.to - hit.from - hit.parts.length > STRANGERS;

/** At equal length a phrase goes before a frame, a frame before a bare word. */
const rank = (hit: Felt): number =>
  hit.value.kind === 'idiom' || hit.value.kind === 'phrase' ? 0 : hit.value.kind === 'frame' ? 1 : 2;

/** "Je zag de teleurstelling.": seen by the teacher, and nobody says whose. */
function seen(text: Text, hit: Felt, clause: Clause): boolean {
  const who = clause.carried ? undefined : clause.subject?.who;
  if (hit.slot || (who !== undefined && who !== 'teacher') || !hasWord(text, clause, 'witness')) return false;
  for (let i = clause.from; i < clause.to; i++) {
    const p = text.begins[i];
    if (p && p !== clause.subject && p.who !== 'it') return false;
  }
  return true;
}

/** A possessive or a determiner stands before it, with at most one word between. */
function owned(text: Text, at: number): boolean {
  for (const i of [at - 1, at - 2]) {
    const token = text.tokens[i];
    if (!token || token.clause !== text.tokens[at]!.clause) return false;
    const p = text.begins[i];
    if (p?.pronoun && p.roles.has('possessive') && !p.roles.has('object')) return true;
    if (i === at - 1 && text.pack.is('determiner', token.word) && !p) return true;
  }
  return false;
}

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
  let denied: readonly Emotion[] = [];

  const openWord = hit.open >= 0 ? tokens[hit.open]!.word : '';
  if (kind === 'frame') {
    const known = pack.states.get(openWord) ?? pack.nouns.get(openWord) ?? pack.judged.get(openWord);
    if (known) {
      emotions = known;
      presence = 'expressed';
    } else if (emotions.length === 0) emotions = ['other'];
  }

  let who = holderOf(text, reading, hit, clause);
  // Only where the question says who is meant when nobody is named.
  if (
    (kind === 'word' || kind === 'phrase' || kind === 'idiom') &&
    ASKED[context.question] !== 'nobody' &&
    complement(text, hit, clause)
  )
    who = 'nobody';
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
  // "his big fear": the noun, not the verb.
  if (kind === 'verb' && owned(text, hit.from)) return 'skip';
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
  // "Je zag de teleurstelling": what is seen is another's.
  if (kind === 'noun' && who !== 'child' && who !== 'other' && seen(text, hit, clause)) who = 'child';
  else if (kind === 'noun' && !named) {
    const only = onlyPerson(text, clause);
    if (only) who = only;
    else if (!context.question.startsWith('event_followup') && !licensed(text, hit, clause))
      presence = 'possible';
  } else if (kind === 'noun' && hit.slot === undefined && !licensed(text, hit, clause)) return 'skip';
  // "It annoys.": whom it annoys is not said.
  if (kind === 'move' && who === 'nobody') presence = 'possible';
  // "It upset me": no state of "it", but perhaps the verb.
  if (kind === 'word' && who === 'it') return 'skip';
  if (who === 'it')
    who =
      ASKED[context.question] !== 'child' &&
      (kind === 'move' || kind === 'idiom' || kind === 'strong' || kind === 'weak' || kind === 'frame')
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
  if (who === 'teacher' && context.question === 'event_followup_child' && guesses(text, hit, clause))
    who = 'child';
  if (who === 'nobody') who = ASKED[context.question];
  if (who === 'nobody' && quote < 0) who = nextNamed(text, clause) ?? lastNamed(text, clause);
  // A child that is tired or ill is not said to feel anything.
  if (who === 'child' && isBodily(text, hit, openWord)) return null;
  if (reading.isAsked(hit.from) || reading.isUnreal(hit.from, hit.to, hit.parts, hit.words)) return null;

  const negated = reading.isNegated(hit.from, hit.to, hit.words) !== reading.isDenied(hit.from);
  if (kind === 'litotes') {
    if (!negated) return 'skip';
  } else if (negated) {
    if (kind === 'frame' && !pack.states.has(openWord)) return 'skip';
    if (kind === 'own') return null;
    denied = emotions;
    emotions = emotions.filter((e) => PLEASANT.has(e)).map((e) => pack.litotes[e] ?? 'disappointment');
    if (presence === 'possible') emotions = [];
  }
  if (reading.isReported(hit.from) || isScattered(hit)) presence = 'possible';
  return { who, emotions, presence, denied };
}

function isBodily({ tokens, pack }: Text, hit: Felt, openWord: string): boolean {
  if (hit.value.emotions.some((e) => e !== 'fatigue_stress')) return false;
  if (openWord !== '') return pack.bodily.has(openWord);
  return ownWords(hit).some((i) => pack.bodily.has(tokens[i]!.word));
}

/** "Ik denk bang.", asked what the child felt: the teacher thinks, the child feels. */
function guesses({ tokens, pack }: Text, hit: Felt, clause: Clause): boolean {
  const one = hit.value.kind === 'word' || hit.value.kind === 'noun' || hit.value.kind === 'litotes';
  const subject = clause.subject;
  if (!one || hit.slot || !subject || clause.carried || subject.from >= hit.from) return false;
  for (let i = subject.to; i < hit.from; i++) {
    const word = tokens[i]!.word;
    if (pack.is('think', word)) return true;
    if (pack.is('finite', word) || pack.is('be', word)) return false;
  }
  return false;
}

/** "…and so was he": the feeling just heard goes for somebody else too. */
function echo(text: Text, reading: Reading, evidence: Evidence[], elsewhere: readonly Echoed[]): void {
  const { tokens } = text;
  const wanted = (['echo', 'contrast'] as const).flatMap((mark) =>
    reading.marked(mark).map((hit) => ({ hit, denied: mark === 'contrast' })),
  );
  for (const { hit, denied } of wanted) {
    if (!hit.slot || reading.isAsked(hit.from)) continue;
    const who = whoIs(text, hit.slot, reading.clauseOf(hit.from));
    if (who !== 'teacher' && who !== 'child') continue;
    const start = tokens[hit.from]!.start;
    let last: Echoed | undefined;
    if (!denied)
      for (const e of evidence)
        if (e.end <= start && e.presence === 'expressed') last = { ...e, denied: false };
    for (const e of elsewhere)
      if (e.denied === denied && e.end <= start && e.end > (last?.end ?? -1)) last = e;
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

/** "Angry, he threw the book.": a word or two at the beginning say something of the subject behind the comma. */
function nextNamed(text: Text, clause: Clause): Who | undefined {
  const { clauses, tokens } = text;
  const own = tokens[clause.from]!.clause;
  const next = clauses[own + 1];
  if (clauses[own - 1]?.sentence === clause.sentence || next?.sentence !== clause.sentence) return undefined;
  if (clause.to - clause.from > 4 || tokens[clause.to - 1]!.word !== ',' || next.opener) return undefined;
  const who = next.subjects.find((s) => s.strong)?.person.who;
  return who === 'child' || who === 'teacher' ? who : undefined;
}

/** How many sentences about nobody may stand between. */
const BARE = 4;

/** "Ze kwam binnen. Helemaal overstuur.": a sentence about nobody goes on about the subject of the one before it that has one. */
function lastNamed(text: Text, clause: Clause): Who {
  const { clauses, tokens } = text;
  const own = tokens[clause.from]!.clause;
  let nearest = clause.sentence - 1;
  for (let c = own - 1; c >= 0; c--) {
    const before = clauses[c]!;
    if (before.sentence < nearest) {
      if (clauses[c + 1]!.sentence !== nearest || clause.sentence - before.sentence > BARE) break;
      nearest = before.sentence;
    }
    const who = before.subject?.who;
    if (!before.carried && (who === 'child' || who === 'teacher')) return who;
    if (who === 'other') break;
  }
  return 'nobody';
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

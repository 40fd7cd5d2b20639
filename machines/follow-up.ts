/**
 * Which follow-up an answer calls for. The rule of the house comes first: an answer to a moment that speaks only of behaviour
 * gets a question for the teacher's own feeling and then one for the child's. So room for both is kept free in every moment,
 * within the budget of the moment and of the interview, before anything else may be asked.
 */
import type { Emotion, Heard, Holder, Presence } from './listening/types.ts';
import type { QuestionShape } from './definition.ts';

export const PROBES = [
  'P-EVENT',
  'P-TRAIT',
  'P-REL',
  'P-THREE',
  'P-BEH',
  'P-OWN',
  'P-CHILD',
  'P-WHY',
  'P-SHORT',
  'P-DK',
  'P-WORDS',
  'P-EXC',
] as const;
export type ProbeId = (typeof PROBES)[number];

/** Whose feeling a follow-up asks for; null when it asks for something else. */
export function holderOf(probe: ProbeId): Holder | null {
  switch (probe) {
    case 'P-BEH':
    case 'P-OWN':
    case 'P-WORDS':
      return 'teacher';
    case 'P-CHILD':
    case 'P-WHY':
      return 'child';
    default:
      return null;
  }
}

/** What matters of one answer for the next question; no texts. */
export interface Digest {
  readonly own: Presence;
  readonly child: Presence;
  readonly event: boolean;
  readonly behaviour: boolean;
  readonly trait: boolean;
  readonly dontKnow: boolean;
  /** The child's feeling comes with a reason, or the teacher looks from the child's side. */
  readonly reason: boolean;
  readonly tone: 'positive' | 'negative' | 'mixed' | 'none';
  /** Number of words. */
  readonly length: number;
}

const PLEASANT: ReadonlySet<Emotion> = new Set<Emotion>(['joy', 'warmth', 'pride', 'relief']);
const NEUTRAL: ReadonlySet<Emotion> = new Set<Emotion>(['surprise', 'other']);

export function digest(heard: Heard): Digest {
  const has = (kind: Heard['signals'][number]['kind']): boolean => heard.signals.some((s) => s.kind === kind);
  const felt = heard.evidence.filter((e) => e.presence === 'expressed').map((e) => e.emotion);
  const pleasant = felt.some((e) => PLEASANT.has(e));
  const unpleasant = felt.some((e) => !PLEASANT.has(e) && !NEUTRAL.has(e));
  return {
    own: heard.teacher,
    child: heard.child,
    event: has('event'),
    behaviour: has('behaviour'),
    trait: has('trait'),
    dontKnow: has('dontKnow'),
    reason: has('reason') || has('perspective'),
    tone: pleasant ? (unpleasant ? 'mixed' : 'positive') : unpleasant ? 'negative' : 'none',
    length: heard.words,
  };
}

/** What one question has brought so far: its answer and the follow-ups' together. */
export interface Notes {
  readonly own: Presence;
  readonly child: Presence;
  readonly event: boolean;
  readonly behaviour: boolean;
  readonly reason: boolean;
  readonly tone: Digest['tone'];
  /** Something was told at all; "I don't know" and a skip tell nothing. */
  readonly told: boolean;
  readonly asked: readonly ProbeId[];
}

export const BLANK: Notes = {
  own: 'none',
  child: 'none',
  event: false,
  behaviour: false,
  reason: false,
  tone: 'none',
  told: false,
  asked: [],
};

const STRENGTH: Readonly<Record<Presence, number>> = { none: 0, possible: 1, expressed: 2 };
const stronger = (a: Presence, b: Presence): Presence => (STRENGTH[b] > STRENGTH[a] ? b : a);

export function addToNotes(notes: Notes, d: Digest): Notes {
  return {
    ...notes,
    own: stronger(notes.own, d.own),
    child: stronger(notes.child, d.child),
    event: notes.event || d.event,
    behaviour: notes.behaviour || d.behaviour,
    reason: notes.reason || d.reason,
    tone: notes.tone === 'none' || notes.tone === d.tone ? d.tone : d.tone === 'none' ? notes.tone : 'mixed',
    told: notes.told || saysSomething(d),
  };
}

const SHORT_WORDS = 6;
const DONT_KNOW_WORDS = 12;

/** "Weet ik niet" and nothing else; a longer answer with these words in it tells something. */
function isDontKnow(d: Digest): boolean {
  return d.dontKnow && d.length < DONT_KNOW_WORDS && d.own === 'none' && d.child === 'none' && !d.event;
}

function saysSomething(d: Digest): boolean {
  return d.length > 0 && !isDontKnow(d);
}

export interface Situation {
  readonly shape: QuestionShape;
  readonly notes: Notes;
  /** The answer just given, and to which follow-up (null: to the question itself). */
  readonly last: { readonly probe: ProbeId | null; readonly digest: Digest };
  /** Follow-ups still free in this moment and in the interview. */
  readonly leftHere: number;
  readonly leftInAll: number;
  /** Follow-ups kept for the moments still to come. */
  readonly reserved: number;
  readonly askWhy: boolean;
}

export interface FollowUp {
  readonly probe: ProbeId;
  /** The feeling may have been told already: ask with a check that does no harm if it was. */
  readonly gentle: boolean;
}

/** A rule of the list: the first that matches is asked. */
type Rule = (s: Situation) => ProbeId | null;

const OWN_PROBES: readonly ProbeId[] = ['P-BEH', 'P-OWN', 'P-WORDS'];

const unasked = (s: Situation, probe: ProbeId): boolean => !s.notes.asked.includes(probe);
const ownIsOpen = (s: Situation): boolean =>
  s.notes.own !== 'expressed' && !s.notes.asked.some((p) => OWN_PROBES.includes(p));
const childIsOpen = (s: Situation): boolean => s.notes.child !== 'expressed' && unasked(s, 'P-CHILD');

/** Feelings for which a question must still come; a possible feeling is checked only when there is room. */
function feelingsOwed(s: Situation): number {
  return Number(ownIsOpen(s) && s.notes.own === 'none') + Number(childIsOpen(s) && s.notes.child === 'none');
}

/** Room for a question that is not about a feeling: what is owed here and later stays free. */
function roomToSpare(s: Situation): boolean {
  const owed = s.shape === 'moment' ? feelingsOwed(s) : 0;
  return s.leftHere > owed && s.leftInAll > owed + s.reserved;
}

const noFeeling = (d: Digest): boolean => d.own === 'none' && d.child === 'none';

const MOMENT_RULES: readonly Rule[] = [
  // "I don't know": time and an image first, then a list of words, for the teacher's own feeling only.
  (s) => {
    if (!isDontKnow(s.last.digest)) return null;
    const { probe } = s.last;
    const afterOwn = probe === 'P-BEH' || probe === 'P-OWN';
    if (afterOwn || probe === 'P-DK') {
      const childStillOwed = afterOwn && childIsOpen(s) ? 1 : 0;
      const room = s.leftHere > childStillOwed && s.leftInAll > childStillOwed + s.reserved;
      return s.notes.own === 'none' && unasked(s, 'P-WORDS') && room ? 'P-WORDS' : null;
    }
    return probe !== 'P-CHILD' && unasked(s, 'P-DK') && roomToSpare(s) ? 'P-DK' : null;
  },
  (s) => {
    const d = s.last.digest;
    const onlyTraits = d.trait && !d.behaviour && !s.notes.event && noFeeling(d);
    return onlyTraits && unasked(s, 'P-TRAIT') && roomToSpare(s) ? 'P-TRAIT' : null;
  },
  (s) => {
    const d = s.last.digest;
    const short = s.last.probe === null && d.length < SHORT_WORDS && noFeeling(d) && !isDontKnow(d);
    return short && unasked(s, 'P-SHORT') && roomToSpare(s) ? 'P-SHORT' : null;
  },
  (s) => (!s.notes.event && s.notes.told && unasked(s, 'P-EVENT') && roomToSpare(s) ? 'P-EVENT' : null),
  (s) =>
    ownIsOpen(s) && childIsOpen(s) && s.notes.own === 'none' && s.notes.child === 'none' && s.notes.behaviour
      ? 'P-BEH'
      : null,
  (s) => (ownIsOpen(s) && s.notes.own === 'none' ? 'P-OWN' : null),
  (s) => (childIsOpen(s) && s.notes.child === 'none' ? 'P-CHILD' : null),
  // Doubtful readings are checked, never taken for granted, unless that would starve a later moment.
  (s) => (ownIsOpen(s) && s.leftInAll > s.reserved ? 'P-OWN' : null),
  (s) => (childIsOpen(s) && s.leftInAll > s.reserved ? 'P-CHILD' : null),
  (s) =>
    s.askWhy && s.notes.child === 'expressed' && !s.notes.reason && unasked(s, 'P-WHY') && roomToSpare(s)
      ? 'P-WHY'
      : null,
];

/** Questions that are asked once: only an empty answer is asked on, and the closing one for its moment. */
const SINGLE_RULES: readonly Rule[] = [
  (s) => (isDontKnow(s.last.digest) && s.last.probe === null ? 'P-DK' : null),
  (s) =>
    s.last.probe === null &&
    s.last.digest.length < SHORT_WORDS &&
    noFeeling(s.last.digest) &&
    !isDontKnow(s.last.digest)
      ? 'P-SHORT'
      : null,
  (s) =>
    s.shape === 'closing' && s.notes.told && !s.notes.event && unasked(s, 'P-EVENT') && unasked(s, 'P-SHORT')
      ? 'P-EVENT'
      : null,
];

/** The follow-up this situation calls for; null: go on. */
export function followUpFor(s: Situation): FollowUp | null {
  if (s.leftHere <= 0 || s.leftInAll <= 0) return null;
  if (s.shape === 'moment') {
    // After nothing but "I don't know" there is no moment to ask on about.
    for (const rule of MOMENT_RULES) {
      const probe = rule(s);
      if (probe === null) continue;
      const holder = holderOf(probe);
      if (holder && probe !== 'P-WORDS' && !s.notes.told) return null;
      const heard = holder === 'teacher' ? s.notes.own : holder === 'child' ? s.notes.child : 'none';
      return { probe, gentle: heard === 'possible' && (probe === 'P-OWN' || probe === 'P-CHILD') };
    }
    return null;
  }
  if (s.leftInAll <= s.reserved) return null;
  for (const rule of SINGLE_RULES) {
    const probe = rule(s);
    if (probe !== null && unasked(s, probe)) return { probe, gentle: false };
  }
  return null;
}

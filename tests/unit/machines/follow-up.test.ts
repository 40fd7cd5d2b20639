/** The decision list, its budgets, and the rule that comes first. */
import { describe, expect, it } from '@jest/globals';
import {
  addToNotes,
  BLANK,
  followUpFor,
  type Digest,
  type Notes,
  type ProbeId,
  type Situation,
} from '../../../machines/follow-up.ts';

const SILENT: Digest = {
  own: 'none',
  child: 'none',
  event: false,
  behaviour: false,
  trait: false,
  dontKnow: false,
  reason: false,
  tone: 'none',
  length: 14,
};

function situation(
  digest: Partial<Digest>,
  change: Partial<Situation> = {},
  notes: Partial<Notes> = {},
): Situation {
  const d = { ...SILENT, ...digest };
  return {
    shape: 'moment',
    notes: { ...addToNotes(BLANK, d), ...notes },
    last: { probe: null, digest: d },
    leftHere: 3,
    leftInAll: 14,
    reserved: 0,
    askWhy: false,
    ...change,
  };
}

const probe = (s: Situation): ProbeId | null => followUpFor(s)?.probe ?? null;

describe('the first follow-up to an answer about a moment', () => {
  it.each<[string, Partial<Digest>, ProbeId | null]>([
    ['speaks only of behaviour', { event: true, behaviour: true }, 'P-BEH'],
    ['only describes what the child is like', { trait: true }, 'P-TRAIT'],
    ['is general', { behaviour: true }, 'P-EVENT'],
    ['tells the own feeling', { event: true, own: 'expressed' }, 'P-CHILD'],
    ["tells the child's feeling", { event: true, child: 'expressed' }, 'P-OWN'],
    ['tells both', { event: true, own: 'expressed', child: 'expressed' }, null],
    ['says only "I do not know"', { dontKnow: true, length: 3 }, 'P-DK'],
    ['is one word', { length: 1 }, 'P-SHORT'],
    ['is traits in a few words', { trait: true, length: 4 }, 'P-TRAIT'],
    ['tells a feeling without a moment', { own: 'expressed', length: 4 }, 'P-EVENT'],
  ])('an answer that %s', (_, digest, expected) => {
    expect(probe(situation(digest))).toBe(expected);
  });

  it('checks a doubtful feeling gently, after what is plainly missing', () => {
    const s = situation({ event: true, own: 'possible' });
    expect(followUpFor(s)).toEqual({ probe: 'P-CHILD', gentle: false });
    const asked = situation({ event: true, own: 'possible', child: 'expressed' });
    expect(followUpFor(asked)).toEqual({ probe: 'P-OWN', gentle: true });
  });

  it('does not take "I do not know what he felt, perhaps…" for not knowing', () => {
    expect(probe(situation({ dontKnow: true, event: true, child: 'expressed', length: 11 }))).toBe('P-OWN');
  });
});

describe('the rule that comes first', () => {
  it('keeps room for both feelings: with two follow-ups left, a general answer is asked for feelings, not for a moment', () => {
    expect(probe(situation({ behaviour: true }, { leftHere: 2 }))).toBe('P-BEH');
  });

  it('keeps what later moments are owed', () => {
    expect(probe(situation({ behaviour: true }, { leftInAll: 12, reserved: 10 }))).toBe('P-BEH');
    expect(probe(situation({ behaviour: true }, { leftInAll: 13, reserved: 10 }))).toBe('P-EVENT');
  });

  it('asks for the child after the own feeling, whatever came back', () => {
    const s = situation({ behaviour: true }, { leftHere: 1 }, { asked: ['P-EVENT', 'P-BEH'] });
    expect(probe(s)).toBe('P-CHILD');
  });

  it('offers the list of words for the own feeling only when the child is still asked after', () => {
    const last = { probe: 'P-BEH' as const, digest: { ...SILENT, dontKnow: true, length: 3 } };
    const notes = { behaviour: true, told: true, asked: ['P-BEH'] as ProbeId[] };
    expect(probe(situation({}, { last, leftHere: 2 }, notes))).toBe('P-WORDS');
    expect(probe(situation({}, { last, leftHere: 1 }, notes))).toBe('P-CHILD');
  });

  it('never offers words for the feelings of the child', () => {
    const last = { probe: 'P-CHILD' as const, digest: { ...SILENT, dontKnow: true, length: 3 } };
    const notes = { own: 'expressed' as const, told: true, asked: ['P-CHILD'] as ProbeId[], event: true };
    expect(probe(situation({}, { last }, notes))).toBeNull();
  });
});

describe('questions that are asked once', () => {
  it('asks on after an empty answer only, and the closing question for its moment', () => {
    const view = { shape: 'view' as const, leftHere: 2 };
    expect(probe(situation({ length: 2 }, view))).toBe('P-SHORT');
    expect(probe(situation({ dontKnow: true, length: 3 }, view))).toBe('P-DK');
    expect(probe(situation({}, view))).toBeNull();
    expect(probe(situation({}, { ...view, shape: 'closing' }))).toBe('P-EVENT');
    expect(probe(situation({ event: true }, { ...view, shape: 'closing' }))).toBeNull();
  });
});

describe('budgets', () => {
  it('nothing is asked when nothing is left', () => {
    expect(probe(situation({ event: true, behaviour: true }, { leftHere: 0 }))).toBeNull();
    expect(probe(situation({ event: true, behaviour: true }, { leftInAll: 0 }))).toBeNull();
  });
});

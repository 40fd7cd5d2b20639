/** The profile quotes and does not conclude. */
import { describe, expect, it } from '@jest/globals';
import { renderOutgoing } from '../../../bot/render.ts';
import { profileParts } from '../../../dialogs/profile-card.ts';
import { loadTexts } from '../../../locales/index.ts';
import { createDefinition } from '../../../machines/definition.ts';
import type { Answer } from '../../../machines/journal.ts';
import type { Evidence, Heard, Signal } from '../../../machines/listening/types.ts';
import { buildProfile, quotesOf, type Marks, type Profile } from '../../../machines/profile.ts';
import { cardProblems } from '../../support/card-check.ts';

const definition = createDefinition();
const language = loadTexts().language('nl');

function heard(text: string, evidence: Omit<Evidence, 'rule'>[] = [], signals: Signal[] = []): Heard {
  const sentences = [...text.matchAll(/[^.]+\.?\s*/gu)].map((m) => ({
    start: m.index,
    end: m.index + m[0].trimEnd().length,
  }));
  return {
    teacher: 'none',
    child: 'none',
    evidence: evidence.map((e) => ({ ...e, rule: 'test' })),
    signals,
    sentences,
    words: text.split(/\s+/u).length,
  };
}

function answer(step: Answer['step'], text: string, change: Partial<Answer> = {}): Answer {
  return {
    step,
    probe: null,
    seq: 1,
    kind: 'answered',
    text,
    heard: heard(text),
    reopened: false,
    lang: 'nl',
    wording: '',
    sources: [],
    ...change,
  };
}

function at(text: string, words: string): { start: number; end: number } {
  const start = text.indexOf(words);
  return { start, end: start + words.length };
}

const OFF = 'Gisteren gooide hij zijn pen weg. Ik was boos. Hij leek bang.';
const ANSWERS: Answer[] = [
  answer('q4_off', OFF, {
    seq: 3,
    heard: heard(
      OFF,
      [
        { holder: 'teacher', emotion: 'anger', presence: 'expressed', ...at(OFF, 'boos') },
        { holder: 'child', emotion: 'anxiety', presence: 'expressed', ...at(OFF, 'bang') },
      ],
      [{ kind: 'event', ...at(OFF, 'Gisteren gooide') }],
    ),
  }),
  answer('q5_hard', 'Hij liep weg. Ik haalde hem terug.', { seq: 4 }),
  answer('q5_hard', 'Moe.', {
    seq: 5,
    probe: 'P-OWN',
    heard: heard('Moe.', [
      { holder: 'teacher', emotion: 'fatigue_stress', presence: 'expressed', start: 0, end: 3 },
    ]),
  }),
  answer('q6_upset', 'machteloos, moe', {
    seq: 6,
    probe: 'P-WORDS',
    kind: 'chosen',
    words: ['powerless', 'tired'],
    heard: null,
  }),
  answer('q8_best', 'Dat hij lacht.', { seq: 7 }),
  answer('r2_add', 'Nog dit.', { seq: 8 }),
];

function profile(marks: Marks = {}, scope: 'kept' | 'all' = 'kept', answers = ANSWERS): Profile {
  return buildProfile({ definition, answers, marks, alias: 'Vos', words: ['stroef'], scope });
}

const texts = (p: Profile): string[] => p.aspects.flatMap((a) => a.quotes.map((q) => q.text));

describe('a profile', () => {
  it('quotes verbatim, each under what it shows', () => {
    const found = Object.fromEntries(profile().aspects.map((a) => [a.id, a.quotes.map((q) => q.text)]));
    expect(found).toEqual({
      irritation: ['Ik was boos.'],
      powerlessness: ['machteloos, moe'],
      otherFeelings: ['Moe.', 'machteloos, moe'],
      childView: ['Hij leek bang.'],
      hardBehaviour: ['Hij liep weg.', 'Ik haalde hem terug.'],
      satisfying: ['Dat hij lacht.'],
      added: ['Nog dit.'],
    });
  });

  it('tells where each sentence came from', () => {
    const by = new Map(
      profile().aspects.flatMap((a) => a.quotes.map((q) => [q.text, q.provenance] as const)),
    );
    expect(by.get('Ik was boos.')).toBe('spontaneous');
    expect(by.get('Moe.')).toBe('afterQuestion');
    expect(by.get('machteloos, moe')).toBe('chosen');
  });

  it('says "not yet discussed" of what was not told, and leaves out what was not asked', () => {
    const { grid } = profile();
    expect(grid.map((row) => row.step)).toEqual(['q4_off', 'q5_hard', 'q6_upset']);
    expect(grid[0]?.cells).toEqual({
      event: 'spontaneous',
      own: 'spontaneous',
      child: 'spontaneous',
      did: 'notDiscussed',
    });
    expect(grid[1]?.cells).toMatchObject({ own: 'afterQuestion', child: 'notDiscussed' });
    expect(grid[2]?.cells).toMatchObject({ own: 'chosen', child: 'notDiscussed' });
  });

  it('never contains a removed sentence, nor the old words of a changed one', () => {
    const marks: Marks = {
      'q4_off#2': { state: 'removed' },
      'q4_off#3': { state: 'changed', text: 'Hij keek weg.' },
    };
    const all = JSON.stringify(profile(marks, 'all'));
    expect(all).not.toContain('Ik was boos');
    expect(all).not.toContain('leek bang');
    expect(texts(profile(marks))).toContain('Hij keek weg.');
  });

  it('holds the other answers only when the teacher shares these too', () => {
    expect(profile().others).toEqual([]);
    expect(profile({}, 'all').others.map((q) => q.text)).toEqual(['Gisteren gooide hij zijn pen weg.']);
    const everything = [...texts(profile({}, 'all')), ...profile({}, 'all').others.map((q) => q.text)];
    for (const quote of quotesOf(definition, ANSWERS, {})) expect(everything).toContain(quote.text);
  });

  it('leaves out a passage about safety and "I do not know"', () => {
    const text = 'Hij is bang voor zijn vader. Weet ik niet.';
    const signals: Signal[] = [
      { kind: 'safety', detail: 'S1', ...at(text, 'bang voor zijn vader') },
      { kind: 'dontKnow', ...at(text, 'Weet ik niet') },
    ];
    const p = profile({}, 'kept', [answer('q6_upset', text, { heard: heard(text, [], signals) })]);
    expect(texts(p)).toEqual([]);
  });

  it('is the same for the same answers', () => {
    expect(profile()).toEqual(profile());
  });
});

describe('the profile as it is sent', () => {
  const send = (p: Profile) =>
    profileParts(language, { profile: p, coach: 'Noor', date: '23 november 2026' }, ['Waarom.']);

  it('is one message as a rule', () => {
    expect(send(profile())).toHaveLength(1);
  });

  it('goes in several when very much was told, each small enough, nothing cut off, nothing twice', () => {
    const long = Array.from({ length: 700 }, (_, i) => `woord${i}x`).join(' ');
    const flood = Array.from({ length: 60 }, (_, i) => `Zin nummer ${i} van deze middag.`).join(' ');
    const answers = [
      answer('q8_best', long),
      answer('q5_hard', flood),
      answer('q6_upset', 'x'.repeat(20_000)),
    ];
    const parts = send(profile({}, 'kept', answers));
    expect(parts.length).toBeGreaterThan(1);
    for (const part of parts) {
      expect(cardProblems(part.card)).toEqual([]);
      const label = { step: 'coach', kind: 'profile' } as const;
      expect(renderOutgoing({ to: 'here', label, lang: 'nl', ...part })).not.toBeNull();
    }
    // The summary repeats three sentences on purpose.
    const text = parts
      .map((p) => p.text)
      .join('\n')
      .replace(/In het kort\n[^]*?\n\n/u, '');
    for (let i = 0; i < 700; i += 1) expect(text.split(`woord${i}x`)).toHaveLength(2);
    for (let i = 0; i < 60; i += 1) expect(text.split(`Zin nummer ${i} van`)).toHaveLength(2);
    expect(text.match(/x/gu)?.length).toBeGreaterThanOrEqual(20_700);
  });
});

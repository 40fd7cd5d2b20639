import { describe, expect, it } from '@jest/globals';
import { loadPack } from '../../locales/listening.ts';
import { hears, listen } from '../../machines/listening/listen.ts';
import { DUTCH, ENGLISH, type Fixture } from './fixtures.ts';

function heard(fixture: Fixture, lang: string): Record<string, unknown> {
  const h = listen(fixture.text, loadPack(lang), { question: fixture.question ?? 'event' });
  const all: Record<string, boolean> = {
    event: hears(h, 'event'),
    teacher: h.teacher === 'expressed',
    child: h.child === 'expressed',
    trait: hears(h, 'trait'),
    general: hears(h, 'generalising'),
    dontKnow: hears(h, 'dontKnow'),
    behaviour: hears(h, 'behaviour'),
  };
  return Object.fromEntries(Object.entries(all).filter(([key]) => key in fixture));
}

const expected = (fixture: Fixture): Record<string, unknown> =>
  Object.fromEntries(Object.entries(fixture).filter(([key]) => key !== 'text' && key !== 'question'));

describe.each([
  ['nl', DUTCH],
  ['en', ENGLISH],
])('short answers in %s', (lang, fixtures) => {
  it.each(fixtures.map((f, i) => [i + 1, f.text, f] as const))('%d. %s', (_number, _text, fixture) => {
    expect(heard(fixture, lang)).toEqual(expected(fixture));
  });
});

describe('what goes with a feeling', () => {
  const nl = loadPack('nl');
  const hear = (text: string) => listen(text, nl, { question: 'event' });

  it('hears a feeling played down right after it was named, and only then', () => {
    expect(hears(hear('Ik werd boos maar ach, dat hoort erbij.'), 'talkingAway')).toBe(true);
    expect(hears(hear('Hij gooide een pen. Maar ach, dat hoort erbij.'), 'talkingAway')).toBe(false);
  });

  it('hears the reason of a child, and no reason in blame', () => {
    expect(hears(hear('Hij was boos omdat niemand met hem wilde spelen.'), 'reason')).toBe(true);
    expect(hears(hear('Hij was boos omdat niemand met hem wilde spelen.'), 'perspective')).toBe(true);
    expect(hears(hear('Hij doet het om mij te pesten.'), 'perspective')).toBe(false);
    expect(hears(hear('Hij was boos.'), 'perspective')).toBe(false);
  });
});

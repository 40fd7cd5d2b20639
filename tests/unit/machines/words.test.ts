import { describe, expect, it } from '@jest/globals';
import { mergeWords, readWords } from '../../../machines/words.ts';

describe('three words in an answer', () => {
  it.each<[string, string[]]>([
    ['stroef, afstandelijk, soms warm', ['stroef', 'afstandelijk', 'soms warm']],
    ['Stroef en afstandelijk en warm.', ['Stroef', 'afstandelijk', 'warm']],
    ['stroef afstandelijk warm', ['stroef', 'afstandelijk', 'warm']],
    ['1. stroef\n2. afstandelijk\n3. warm', ['stroef', 'afstandelijk', 'warm']],
    ['- stroef\n- warm', ['stroef', 'warm']],
    ['stroef; "warm"; open!', ['stroef', 'warm', 'open']],
    ['stroef', ['stroef']],
    ['soms warm', ['soms warm']],
    ['stroef, stroef, warm', ['stroef', 'warm']],
    ['een, twee, drie, vier', ['een', 'twee', 'drie']],
    ['Ik vind dat het eigenlijk heel wisselend gaat tussen ons, de ene dag wel en de andere niet', []],
    ['', []],
    ['...', []],
  ])('%j', (text, words) => {
    expect(readWords(text, ['en'])).toEqual(words);
  });

  it('a joining word inside a word joins nothing', () => {
    expect(readWords('gesloten, een, wenend', ['en'])).toEqual(['gesloten', 'een', 'wenend']);
  });

  it('new words come first and earlier ones fill up', () => {
    expect(mergeWords(['druk', 'lief'], ['strijd'])).toEqual(['strijd', 'druk', 'lief']);
    expect(mergeWords(['druk', 'lief', 'luid'], ['strijd', 'warm', 'zoekend'])).toEqual([
      'strijd',
      'warm',
      'zoekend',
    ]);
    expect(mergeWords(['druk'], [])).toEqual(['druk']);
  });
});

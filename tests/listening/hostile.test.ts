/** Inputs made to hurt: the work must grow with the length of the text and no faster. Counted in comparisons, not in time. */
import { describe, expect, it } from '@jest/globals';
import { listeningLanguages, loadPack } from '../../locales/listening.ts';
import { LONGEST } from '../../machines/listening/listen.ts';
import { hearing, workOf } from './hear.ts';

const repeat = (piece: string, length: number): string =>
  piece.repeat(Math.ceil(length / piece.length)).slice(0, length);

const HOSTILE: Readonly<Record<string, string>> = {
  'one letter': 'a',
  'one word': 'boos ',
  'words that begin many phrases': 'ik heb het niet met mijn hand in de ',
  'feelings without a full stop': 'hij was boos en ik was boos en ',
  'mistyped words': 'gefrusteered verdritige teleurgesteeld ',
  'a quotation never closed': '"ik zei ',
  'quotation marks only': '"',
  apostrophes: "'t 'k ' ",
  emoji: '😡👩🏽‍🏫❤️',
  'right to left': 'אני כועס على الولد ',
  marks: '?!.,;:-()',
  negations: 'niet nooit geen not never no ',
  'joined marks': '\u0301\u0300\u200d\ufe0f',
  breaks: '\n\r\t ',
  names: 'Anna Bob Carla ',
  'half a surrogate': '\ud83d',
};

describe.each(listeningLanguages())('hostile input in %s', (lang) => {
  it.each(Object.entries(HOSTILE))('%s', (_name, piece) => {
    const quarter = workOf(lang, repeat(piece, LONGEST / 4));
    const whole = workOf(lang, repeat(piece, LONGEST));
    expect(whole).toBeLessThanOrEqual(quarter * 4.6 + 1000);
    // A bounded number of comparisons for each character.
    expect(whole).toBeLessThan(LONGEST * 400);
  });

  it('hears nothing in nothing', () => {
    for (const text of ['', ' ', '\n\n', '…', '""', '\u0000'])
      expect(hearing(lang, text)).toMatchObject({ teacher: 'none', child: 'none', evidence: [] });
  });

  it('hears only the beginning of what is far too long', () => {
    const heard = hearing(lang, repeat('ab ', LONGEST * 3));
    expect(heard.sentences.at(-1)?.end).toBeLessThanOrEqual(LONGEST);
  });

  it('never fails on random rubbish', () => {
    // A small generator of its own: the same rubbish on every machine.
    let seed = 7;
    const random = (below: number): number => (seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0) % below;
    const vocabulary = [
      ...loadPack(lang).states.keys(),
      '"',
      "'",
      '.',
      ',',
      '?',
      'niet',
      'not',
      'hij',
      'he',
      'ik',
      'I',
      '😡',
      '\n',
      'ſ',
      '“',
      'İ',
    ];
    for (let round = 0; round < 300; round++) {
      const text = Array.from({ length: random(40) }, () => vocabulary[random(vocabulary.length)]).join(
        random(2) ? ' ' : '',
      );
      const heard = hearing(lang, text);
      for (const e of heard.evidence) expect(e.start < e.end && e.end <= text.length).toBe(true);
    }
  });
});

import { describe, expect, it } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { listeningLanguages, loadPack } from '../../locales/listening.ts';
import { listen } from '../../machines/listening/listen.ts';
import { compilePack } from '../../machines/listening/pack.ts';
import { NEEDED, NEEDED_MORE } from '../../machines/listening/pack-schema.ts';

const classes = Object.fromEntries([...NEEDED, ...NEEDED_MORE].map((name) => [name, '']));
const SMALLEST = {
  language: 'xx',
  classes: { ...classes, be: 'bi' },
  people: {
    pronouns: [
      { forms: 'mi', who: 'teacher', as: 'subject' },
      { forms: 'li', who: 'child', as: 'subject' },
    ],
    capitalsAreNames: false,
  },
  clauses: { joiners: '', openers: '' },
  grammar: { negators: 'ne', unreal: {} },
  feelings: { states: { anger: 'grum' }, idioms: { joy: ['sun in <poss>|the ka', '~ kor saltu'] } },
  signals: {},
};

/** SMALLEST with one place changed. */
const changed = (change: (pack: Record<string, Record<string, unknown>>) => void): unknown => {
  const pack = structuredClone(SMALLEST) as unknown as Record<string, Record<string, unknown>>;
  change(pack);
  return pack;
};

describe('a language pack', () => {
  it('of a few words is enough to listen with', () => {
    const pack = compilePack(SMALLEST);
    const hear = (text: string) => {
      const { teacher, child } = listen(text, pack, { question: 'event' });
      return { teacher, child };
    };
    expect(hear('mi bi grum')).toEqual({ teacher: 'expressed', child: 'none' });
    expect(hear('li bi grum')).toEqual({ teacher: 'none', child: 'expressed' });
    expect(hear('li bi ne grum')).toEqual({ teacher: 'none', child: 'none' });
  });

  it.each([
    ['an unknown part', (p: Record<string, Record<string, unknown>>) => (p['grammer'] = {}), /grammer/u],
    ['a missing part', (p: Record<string, Record<string, unknown>>) => delete p['people'], /people/u],
    [
      'an unknown emotion',
      (p: Record<string, Record<string, unknown>>) => (p['feelings']!['states'] = { rage: 'x' }),
      /feelings\.states\.rage/u,
    ],
    [
      'an unknown class',
      (p: Record<string, Record<string, unknown>>) => (p['feelings']!['idioms'] = { joy: ['@nobody x'] }),
      /feelings\.idioms\.joy\.0.*@nobody/u,
    ],
    [
      'a missing class',
      (p: Record<string, Record<string, unknown>>) => delete p['classes']!['lift'],
      /classes\.lift: is missing/u,
    ],
    [
      'a phrase of nothing but gaps',
      (p: Record<string, Record<string, unknown>>) => (p['feelings']!['blocks'] = ['.. <subj>']),
      /feelings\.blocks\.0/u,
    ],
    [
      'a class that goes round',
      (p: Record<string, Record<string, unknown>>) => Object.assign(p['classes']!, { a: '@b', b: '@a' }),
      /circle/u,
    ],
  ])('says where %s is', (_name, change, message) => {
    expect(() => compilePack(changed(change))).toThrow(message);
  });

  it('lists every mistake at once', () => {
    const bad = changed((p) => {
      p['feelings']!['blocks'] = ['@one x', '@two x'];
    });
    expect(() => compilePack(bad)).toThrow(/@one[\s\S]*@two/u);
  });

  it('that nobody wrote is a clear error', () => {
    expect(() => loadPack('tlh')).toThrow(/no listening pack for "tlh"/u);
  });
});

describe.each(listeningLanguages())('the pack of %s', (lang) => {
  it('can be compiled, and again gives the same object', () => {
    expect(loadPack(lang)).toBe(loadPack(lang));
    expect(loadPack(lang).states.size).toBeGreaterThan(150);
  });

  it('names no word of a language in the engine', () => {
    const folder = new URL('../../machines/listening/', import.meta.url);
    for (const file of readdirSync(folder)) {
      const source = readFileSync(new URL(file, folder), 'utf8');
      expect(source).not.toMatch(/lang(?:uage)?\s*===\s*['"]/u);
    }
  });
});

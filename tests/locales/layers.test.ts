/** Layers over a language (the formal form of address, a regional variant) and a school's own words: complete, consistent, never half. */
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { keyIn, loadTexts, TERMS, type Namespace, type Voice } from '../../locales/index.ts';

const texts = loadTexts();
type Tree = string | null | readonly Tree[] | { readonly [key: string]: Tree };
const read = (path: string): Tree =>
  JSON.parse(readFileSync(new URL(`../../locales/${path}.json`, import.meta.url), 'utf8')) as Tree;
const has = (path: string) => existsSync(new URL(`../../locales/${path}.json`, import.meta.url));

/** Every text with its path; `null` in a layer stands for the text underneath. */
function leaves(tree: Tree, path = ''): [string, string | null][] {
  if (tree === null || typeof tree === 'string') return [[path, tree]];
  return Object.entries(tree).flatMap(([key, inner]: [string, Tree]) =>
    leaves(inner, path === '' ? key : `${path}.${key}`),
  );
}

const layers = texts.codes.flatMap((code) =>
  ['formal', 'layer'].filter((kind) => has(`${code}/${kind}`)).map((kind): [string, string] => [code, kind]),
);
const placeholders = (text: string, forms: ReadonlySet<string>) =>
  [...text.matchAll(/\{\{(\w+)\}\}/gu)]
    .map((m) => m[1] ?? '')
    .filter((name) => !forms.has(name) && name !== 'alias')
    .sort();
const formsOf = (code: string) =>
  new Set(
    Object.values(texts.language(code).terms()).flatMap((words) => Object.values(words).flatMap(Object.keys)),
  );

describe.each(layers)('%s/%s.json', (code, kind) => {
  const base = texts.language(code).base;
  const over = read(`${code}/${kind}`) as Record<string, Tree>;

  test('lies over texts that exist, with the same placeholders and as many wordings', () => {
    for (const [namespace, tree] of Object.entries(over)) {
      const under = new Map(leaves(read(`${base}/${namespace}`)));
      for (const [path, text] of leaves(tree)) {
        const below = under.get(path);
        expect([namespace, path, typeof below]).toEqual([namespace, path, 'string']);
        if (text === null) continue;
        expect([path, placeholders(text, formsOf(code))]).toEqual([
          path,
          placeholders(below ?? '', formsOf(code)),
        ]);
        expect([path, text === below]).toEqual([path, false]);
      }
      for (const [key, value] of Object.entries(tree as Record<string, Tree>)) {
        if (!Array.isArray(value)) continue;
        const below = (read(`${base}/${namespace}`) as Record<string, readonly Tree[]>)[key];
        expect([key, value.length]).toEqual([key, below?.length]);
      }
    }
  });
});

const INFORMAL: Readonly<Record<string, RegExp>> = {
  nl: /(?<!\p{L})(?:je|jij|jou|jouw|jezelf|jullie)(?!\p{L})/iu,
  de: /(?<!\p{L})(?:du|dir|dich|dein\p{L}*|ihr|euch|euer|eure\p{L}*)(?!\p{L})/u,
};

describe.each(texts.codes.filter((code) => texts.language(code).hasFormal))(
  '%s in the formal form of address',
  (code) => {
    const { base } = texts.language(code);
    const formal: Voice = { address: 'formal', terms: {}, own: {} };
    const language = texts.language(code).with(formal);

    test('has no text left in the informal one', () => {
      const namespaces: Namespace[] = [
        'interview',
        'probes',
        'acks',
        'reflection',
        'lookback',
        'sliders',
        'second',
        'notices',
        'review',
        'coach',
        'profile',
        'safety',
        'rights',
        'dialogs',
        'document',
      ];
      const left = namespaces
        .filter((ns) => has(`${base}/${ns}`))
        .flatMap((ns) =>
          leaves(read(`${base}/${ns}`)).flatMap(([path, text]) => {
            const names = [...`{{alias}}${text ?? ''}`.matchAll(/\{\{(\w+)\}\}/gu)].map((m) => [
              m[1] ?? '',
              '…',
            ]);
            const shown = language.t(keyIn(ns, path), Object.fromEntries(names) as Record<string, string>);
            return INFORMAL[base]?.test(shown) ? [[ns, path, shown]] : [];
          }),
        );
      expect(left).toEqual([]);
    });
  },
);

describe('a school’s words', () => {
  test.each(texts.codes)('%s: every word has every form that the texts ask for', (code) => {
    const terms = texts.language(code).terms();
    expect(Object.keys(terms).sort()).toEqual([...TERMS].sort());
    for (const words of Object.values(terms)) {
      const forms = Object.values(words).map((word) => Object.keys(word).sort().join());
      expect(new Set(forms).size).toBe(1);
    }
  });

  test('stand in the texts, with the article that goes with them', () => {
    const nl = texts
      .language('nl')
      .with({ address: 'informal', terms: { pupil: 'kind', teacher: 'juf' }, own: {} });
    expect(nl.t('interview:c5_frame', { alias: 'Vos' })).toMatch(/^We noemen het kind Vos\./u);
    expect(nl.variant('interview:q8_best', 0, { alias: 'Vos' })).toContain('als juf van Vos');
    const de = texts
      .language('de')
      .with({ address: 'informal', terms: { coach: 'Beratungslehrkraft' }, own: {} });
    expect(de.t('notices:eraseConfirm')).toContain('bei deiner Beratungslehrkraft');
  });

  test('an own text is filled in like ours, and a missing value is an error', () => {
    const own = { 'interview:q4_off.0': 'Wat ging er mis met {{alias}}, {{thePupil}}?' };
    const nl = texts.language('nl').with({ address: 'formal', terms: { pupil: 'kind' }, own });
    expect(nl.variant('interview:q4_off', 0, { alias: 'Vos' })).toBe('Wat ging er mis met Vos, het kind?');
    expect(nl.variant('interview:q4_off', 1, { alias: 'Vos' })).toContain('u en Vos');
    expect(() => nl.variant('interview:q4_off', 0)).toThrow('no value for {{alias}}');
  });

  test('what a teacher types is never read as a placeholder', () => {
    const nl = texts.language('nl');
    expect(nl.t('notices:reopened', { text: '{{alias}} $t(notices:paused)' })).toContain(
      '{{alias}} $t(notices:paused)',
    );
  });
});

test('Flemish answers to its own locale and takes from Dutch what it does not say otherwise', () => {
  expect(texts.negotiate('nl-BE')).toBe('nl-BE');
  expect(texts.negotiate('nl-NL')).toBe('nl');
  const flemish = texts.language('nl-BE');
  expect(flemish.variant('interview:q7_view', 0, { alias: 'Vos' })).toContain('een andere klas');
  expect(flemish.t('notices:resumed')).toBe(texts.language('nl').t('notices:resumed'));
  expect(flemish.tag).toBe('nl-BE');
});

/** Keys of texts are types: what is misspelled does not compile. `npm run types` fails on them; the test sees that the files are all there. */
import { readdirSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { keyIn, loadTexts, type AfterId, type Language, type Namespace } from '../../locales/index.ts';

const language = loadTexts().language('nl');

/** Never called: each line is a mistake that the compiler must find, and says so itself when it does not. */
export function misspelled(nl: Language): void {
  // @ts-expect-error no such key
  nl.t('notices:pausd');
  // @ts-expect-error no such namespace
  nl.t('notice:paused');
  // @ts-expect-error several wordings: `variant`
  nl.t('interview:q4_off');
  // @ts-expect-error one text: `t`
  nl.variant('interview:r4_state', 0);
  // @ts-expect-error no such question
  nl.variants('interview:q4_of');
  // @ts-expect-error composed of parts that are not all there
  nl.t(`profile:grid.${'event' as 'event' | 'evnt'}`);
  // @ts-expect-error no such choice
  nl.choice('pauze');
  // @ts-expect-error no such word
  void nl.after()['opne' satisfies AfterId];
  // @ts-expect-error no such group
  keyIn('admin:mistake', 'tab');
}

test('a key that is there compiles and is found', () => {
  const cell = 'event' as 'event' | 'own' | 'child' | 'did';
  const found = [
    language.t('notices:paused'),
    language.t(`profile:grid.${cell}`),
    language.t('interview:q8_best.1', { alias: 'Vos' }),
    language.t('dialogs:reviewCount', { count: 2 }),
    language.t(keyIn('admin:mistakes', 'tab')),
    language.variant('probes:P-BEH', 0),
    language.choice('pause').title,
    language.after().open.title,
  ];
  expect(found.filter((text) => text === '')).toEqual([]);
});

test('an id that only data knows is looked up, and refused when it is not there', () => {
  expect(() => language.t(keyIn('admin:mistakes', 'nothingLikeIt'))).toThrow('is missing');
});

test('every file of texts is a namespace or is read in its own way', () => {
  const namespaces: Record<Namespace, true> = {
    ...{ interview: true, probes: true, acks: true, reflection: true, lookback: true, sliders: true },
    ...{ second: true, notices: true, review: true, profile: true, coach: true, admin: true, safety: true },
    ...{ rights: true, document: true, dialogs: true, desk: true, meeting: true, plan: true },
  };
  const others = ['after', 'app', 'app.nl-BE', 'choices', 'commands', 'feelings', 'formal', 'identifiers'];
  const more = ['linter', 'meta', 'operator', 'school-schema', 'status', 'terms', 'tools'];
  const files = readdirSync(new URL('../../locales/nl/', import.meta.url))
    .filter((file) => file.endsWith('.json'))
    .map((file) => file.slice(0, -'.json'.length));
  expect(files.sort()).toEqual([...Object.keys(namespaces), ...others, ...more].sort());
});

/** A second interview, about another pupil: nothing of the first in it, other wordings, and the two beside each other for the coach. */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Outgoing } from '../../../dialogs/ports.ts';
import { keyIn, loadTexts, type VariantKey } from '../../../locales/index.ts';
import { openStage, type Stage } from '../../support/stage.ts';

let stage: Stage;
beforeEach(async () => {
  stage = await openStage({ lang: 'nl-NL' });
  await stage.send({ kind: 'arrived', installed: true });
});
afterEach(() => stage.close());

const BEHAVIOUR = 'Gisteren gooide hij zijn schrift weg en ik zette hem op de gang.';

interface Asked {
  readonly what: string;
  readonly text: string;
}

/** Tells behaviour only, so that as many follow-ups as possible are asked; gives what was asked. */
async function interview(alias: string, words: string, choice: string): Promise<Asked[]> {
  const asked: Asked[] = [];
  const say = async (text: string): Promise<Outgoing | undefined> => {
    const last = (await stage.say(text)).at(-1);
    const { step, kind, probe } = last?.label ?? {};
    if (last && step !== 'c4_alias' && (kind === 'question' || kind === 'probe'))
      asked.push({ what: probe ?? step ?? '', text: last.text.split('\n').at(-1) ?? '' });
    return last;
  };
  await say('beginnen');
  await say(alias);
  let last = await say(words);
  while (last?.label.kind === 'question' || last?.label.kind === 'probe') last = await say(BEHAVIOUR);
  for (const text of ['klaar', 'niets', choice, 'prima']) await stage.say(text);
  return asked;
}

describe('a second interview', () => {
  it('hears no question in the words of the first, and no follow-up until all its wordings were heard', async () => {
    const first = await interview('Vos', 'stroef, ver, moe', 'niets delen');
    await stage.say('andere leerling');
    const second = await interview('Vos', 'stroef, ver, moe', 'niets delen');
    expect(second.length).toBeGreaterThan(15);
    const nl = loadTexts().language('nl');
    for (const what of new Set(second.map((one) => one.what))) {
      const heard = [...first, ...second].filter((one) => one.what === what).map((one) => one.text);
      const there = nl.variants(keyIn(what.startsWith('P-') ? 'probes' : 'interview', what) as VariantKey);
      expect([what, new Set(heard).size]).toEqual([what, Math.min(heard.length, there)]);
    }
  });

  it('begins with nothing of the first, and its record says what was asked in each', async () => {
    await interview('Vos', 'stroef, ver, moe', 'niets delen');
    const [alias] = (await stage.say('andere leerling')).concat(await stage.say('beginnen')).slice(-1);
    expect(alias?.text).toContain('Bedenk weer een schuilnaam');
    const asked = (await stage.say('Ster')).map((m) => m.text).join('\n');
    expect(asked).toContain('Stel dat je het contact tussen jou en Ster in drie losse woorden moet vangen.');
    expect(asked).not.toContain('Vos.');
    const all = (await stage.say('mijn gegevens')).map((m) => m.text).join('\n');
    expect(all).toContain('Vraag: Welke drie woorden passen bij de relatie tussen jou en Vos?');
  });

  it('is laid beside the first for the coach when both are shared; the teacher is told beforehand', async () => {
    await interview('Vos', 'stroef, ver, moe', 'gekozen zinnen');
    await stage.say('andere leerling');
    stage.toCoach.length = 0;
    await interview('Ster', 'open, warm, druk', 'gekozen zinnen');
    const pair = stage.toCoach.at(-1);
    expect(pair?.label.kind).toBe('profile');
    expect(pair?.text).toContain('Vos: stroef, ver, moe');
    expect(pair?.text).toContain('Ster: open, warm, druk');
    expect(pair?.text).toContain('Verschillen kunnen aan het kind liggen');
    // Taken back with the profile that it came with.
    stage.changes.length = 0;
    await stage.say('intrekken');
    expect(stage.changes.length).toBeGreaterThanOrEqual(2);
  });

  it('is not laid beside what was not shared', async () => {
    await interview('Vos', 'stroef, ver, moe', 'niets delen');
    await stage.say('andere leerling');
    await interview('Ster', 'open, warm, druk', 'gekozen zinnen');
    expect(stage.toCoach.map((m) => m.text).join('\n')).not.toContain('Vos');
  });
});

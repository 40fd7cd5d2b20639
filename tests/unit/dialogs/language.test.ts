/** Another language halfway: what waits for the teacher comes again in it, and whatever stands still goes on standing still. */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Outgoing } from '../../../dialogs/ports.ts';
import { loadTexts } from '../../../locales/index.ts';
import { openStage, type Stage } from '../../support/stage.ts';

const texts = loadTexts();
const en = texts.language('en');
const de = texts.language('de');

let stage: Stage;
beforeEach(async () => {
  stage = await openStage({ lang: 'nl-NL' });
  await stage.send({ kind: 'arrived', installed: true });
  for (const text of ['beginnen', 'Vos', 'warm, stroef, ver']) await stage.say(text);
});
afterEach(() => stage.close());

const last = (said: readonly Outgoing[]): Outgoing => said.at(-1) as Outgoing;
const answers = async (): Promise<unknown> =>
  (await stage.look()).answers.map(({ step, probe, text, lang }) => ({ step, probe, text, lang }));

/** The command in the language of now, and what must come in the new one. */
async function switched(command: string, into: string, text: string): Promise<Outgoing> {
  const before = await answers();
  const message = last(await stage.say(command));
  expect(message.lang).toBe(into);
  expect(message.text).toContain(text);
  expect(await answers()).toEqual(before);
  return message;
}

describe('the question comes again, and the answers stay', () => {
  it('at a question', async () => {
    const word = { word: 'warm' };
    const message = await switched('engels', en.tag, en.variant('interview:q2_word1', 0, word));
    expect(message.label).toMatchObject({ step: 'q2_word1', kind: 'question' });
    expect(message.suggestions?.[0]).toEqual({ title: 'Skip', say: 'skip' });
    await switched('german', de.tag, de.variant('interview:q2_word1', 0, word));
  });

  it('at a follow-up, which asks for the same feeling in the same wording', async () => {
    const asked = last(await stage.say('Gisteren gooide hij zijn schrift weg en ik zette hem op de gang.'));
    expect(asked.label.probe).toBe('P-BEH');
    const message = await switched('engels', en.tag, en.variant('probes:P-BEH', 0));
    expect(message.label).toMatchObject({
      step: 'q2_word1',
      kind: 'probe',
      probe: 'P-BEH',
      holder: 'teacher',
    });
    await switched('german', de.tag, de.variant('probes:P-BEH', 0));
  });

  it('in the review, where what was taken out stays out', async () => {
    await stage.say('Gisteren leunde hij tegen me aan. Ik was blij. Hij voelde zich veilig, denk ik.');
    for (let i = 0; i < 7; i += 1) await stage.say('overslaan');
    await stage.say('weg 1');
    const message = await switched('engels', en.tag, en.t('interview:r1_review'));
    expect(message.label).toMatchObject({ step: 'r1_review', kind: 'review' });
    expect(message.text).toContain(en.t('review:removed', { n: 1 }));
    await switched('german', de.tag, de.t('interview:r1_review'));
  });

  it('in a pause, which is over with that: the answer counts', async () => {
    await stage.say('pauze');
    await switched('engels', en.tag, en.variant('interview:q2_word1', 0, { word: 'warm' }));
    const said = last(await stage.say('Yesterday he threw his book and I sent him out.'));
    expect(said.label).toMatchObject({ kind: 'probe', probe: 'P-BEH' });
  });
});

describe('the listener hears in the language of the moment', () => {
  it('an English feeling while English is spoken, a German one while German is', async () => {
    await stage.say('engels');
    const own = last(await stage.say('Yesterday he threw his book. I was angry with him.'));
    expect(own.label).toMatchObject({ kind: 'probe', holder: 'child' });
    await stage.say('german');
    const done = last(await stage.say('Er hat sich geschämt, weil alle schauten.'));
    expect(done.label).toMatchObject({ step: 'q2_word2', kind: 'question' });
    expect(((await answers()) as { lang: string }[]).map(({ lang }) => lang)).toEqual(
      expect.arrayContaining(['nl', 'en', 'de']),
    );
  });
});

describe('what stands still goes on standing still', () => {
  it('a stopped conversation', async () => {
    await stage.say('stop');
    const message = await switched('engels', en.tag, en.t('notices:stoppedStill'));
    expect(message.label.kind).toBe('notice');
  });

  it('the question whether to erase: a yes answers what is read', async () => {
    await stage.say('wis alles');
    await switched('engels', en.tag, en.t('notices:eraseConfirm', { coach: 'Noor' }));
    expect(last(await stage.say('no')).text).toBe(en.t('notices:eraseCancelled'));
  });

  it('the question whether it is about safety', async () => {
    await stage.say('Hij heeft blauwe plekken en is bang om naar huis te gaan.');
    const message = await switched('engels', en.tag, en.t('safety:ask.S1'));
    expect(message.label.choices?.map(({ id }) => id)).toEqual(['safetyYes', 'safetyNo']);
  });

  it('a card about safety', async () => {
    await stage.say('Hij heeft blauwe plekken en is bang om naar huis te gaan.');
    await stage.say('ja');
    const message = await switched('engels', en.tag, en.t('notices:paused'));
    expect(message.label).toMatchObject({ kind: 'notice' });
    expect(message.label.choices?.map(({ id }) => id)).toEqual(['resume']);
  });

  it('a card about thoughts of suicide, which comes again', async () => {
    await stage.say('Ik wil dood.');
    await switched('engels', en.tag, en.t('safety:title.S5'));
  });
});

it('names the people of a Flemish school in Flemish', async () => {
  const flemish = await openStage({
    lang: 'nl-BE',
    school: {
      languages: { default: 'nl-BE', offered: ['nl-BE', 'nl', 'en'] },
      safety: { contacts: { country: 'be', names: {}, numbers: {} }, marker: true },
    },
  });
  try {
    await flemish.send({ kind: 'arrived', installed: true });
    const card = last(await flemish.say('hulp nodig'));
    expect(card.text).toContain('de zorgcoördinator van de school of het CLB');
    expect(card.text).not.toMatch(/\b(?:the|or)\b/u);
  } finally {
    await flemish.close();
  }
});

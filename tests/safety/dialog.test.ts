/** What a card leaves behind: nothing in the profile after a yes, everything after a no; one word to the coach, or none. */
import { afterEach, describe, expect, it } from '@jest/globals';
import { schoolContactsSchema } from '../../locales/contacts.ts';
import { openStage, type Stage, type StageOptions } from '../support/stage.ts';

let stage: Stage;
afterEach(() => stage.close());

async function begin(school: StageOptions['school'] = {}): Promise<void> {
  stage = await openStage({ lang: 'nl-NL', school });
  await stage.send({ kind: 'arrived', installed: true });
  for (const text of ['beginnen', 'Vos', 'botsing, vertrouwen, afstand']) await stage.say(text);
}

const DANGER = 'Maandag kwam Vos binnen met blauwe plekken op zijn armen. Ik schrok en hij was bang.';

async function toReview(): Promise<string> {
  let said = await stage.say('verder');
  for (let i = 0; i < 14 && said.at(-1)?.label.step !== 'r1_review'; i++) said = await stage.say('overslaan');
  expect(said.at(-1)?.label.step).toBe('r1_review');
  return said.map((m) => m.text).join('\n');
}

describe('a card', () => {
  it('after a yes the sentence is in no review, preview or profile, and no follow-up asks about it', async () => {
    await begin();
    await stage.say(DANGER);
    const shown = await stage.say('ja');
    expect(shown.map((m) => m.label.choices?.map((c) => c.id))).toEqual([['stop', 'later']]);
    const next = await stage.say('verder');
    expect(next.map((m) => [m.label.step, m.label.kind])).toEqual([['q2_word2', 'question']]);
    const review = await toReview();
    expect(review).not.toContain('blauwe plekken');
    const preview = [...(await stage.say('klaar')), ...(await stage.say('niets'))];
    await stage.say('alles delen');
    const everything = [...preview, ...stage.toCoach].map((m) => JSON.stringify(m)).join('\n');
    expect(everything).not.toContain('blauwe plekken');
  });

  it('after a no it is a sentence like any other', async () => {
    await begin();
    await stage.say(DANGER);
    const went = await stage.say('nee');
    expect(went.at(-1)?.label.kind).not.toBe('notice');
    expect(stage.toCoach).toEqual([]);
    expect(await toReview()).toContain('Maandag kwam Vos binnen met blauwe plekken op zijn armen.');
  });

  it.each([
    ['S1', DANGER, 1],
    ['S2', 'Vos vertelde me dat de conciërge aan haar borsten heeft gezeten.', 0],
    ['S5', 'Ik wil dood.', 1],
  ])('%s tells the coach, in words that say nothing of it: %s', async (_, text, times) => {
    await begin();
    await stage.say(text);
    await stage.say('ja');
    expect(stage.toCoach).toHaveLength(times);
    for (const message of stage.toCoach) expect(JSON.stringify(message)).not.toMatch(/S\d|Vos|dood|plekken/u);
  });

  it('a school that leaves the marker out tells the coach nothing, and tells the teacher so', async () => {
    await begin({ safety: { contacts: schoolContactsSchema.parse({ country: 'be' }), marker: false } });
    await stage.say(DANGER);
    const shown = await stage.say('ja');
    expect(shown[0]?.text).toContain('1712');
    expect(stage.toCoach).toEqual([]);
  });

  it('thoughts of suicide of the teacher alone bring no line about a pupil', async () => {
    await begin();
    const own = await stage.say('Ik wil niet meer leven.');
    expect(own[0]?.text).not.toContain('alleen en waarschuw');
    expect(own[0]?.text).toContain('0800-0113');
  });

  it('a word of somebody who never began is heard too', async () => {
    stage = await openStage({ lang: 'nl-NL' });
    const said = await stage.say('ik wil dood');
    expect(said[0]?.text).toContain('0800-0113');
  });
});

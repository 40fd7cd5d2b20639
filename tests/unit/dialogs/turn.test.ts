/** What a turn does with presses, repeats and things that are no answer; through the real store. */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Outgoing } from '../../../dialogs/ports.ts';
import { openStage, type Stage } from '../../support/stage.ts';

let stage: Stage;
beforeEach(async () => {
  stage = await openStage({ lang: 'nl-NL' });
});
afterEach(() => stage.close());

const steps = (said: readonly Outgoing[]): string[] => said.map((m) => `${m.label.step} ${m.label.kind}`);

function buttonsOf(said: readonly Outgoing[]): string[] {
  const actions = (said.at(-1)?.card?.['actions'] ?? []) as { data: { klankbord: string } }[];
  return actions.map((a) => a.data.klankbord);
}

const press = (token: string, key?: string): Promise<readonly Outgoing[]> =>
  stage.send({ kind: 'button', token, values: {} }, key);

describe('a button', () => {
  it('has one effect, also when it is sent again under another id', async () => {
    const consent = await stage.send({ kind: 'arrived', installed: true });
    const [start = ''] = buttonsOf(consent);
    expect(steps(await press(start))).toEqual(['c4_alias question']);
    expect(await press(start)).toEqual([]);
    expect(steps(await stage.say('Vos'))).toEqual(['c5_frame notice', 'q1_words question']);
    expect(await press(start)).toEqual([]);
  });

  it('gives the same replies again when the same activity comes again', async () => {
    const consent = await stage.send({ kind: 'arrived', installed: true });
    const [start = ''] = buttonsOf(consent);
    const first = await press(start, 'one activity');
    expect(await press(start, 'one activity')).toEqual(first);
  });

  it('of an earlier question gets a kind word and changes nothing', async () => {
    const consent = await stage.send({ kind: 'arrived', installed: true });
    const [start = '', more = ''] = buttonsOf(consent);
    await press(start);
    await stage.say('Vos');
    const said = await press(more);
    expect(steps(said)).toEqual(['q1_words notice']);
    expect(steps(await stage.say('voortgang'))).toEqual(['q1_words notice']);
    expect(steps(await press('nobody-gave-this-0'))).toEqual(['q1_words notice']);
    expect(steps(await press(''))).toEqual(['q1_words notice']);
  });

  it('to erase, pressed after the teacher went on, erases nothing', async () => {
    await stage.send({ kind: 'arrived', installed: true });
    for (const text of ['beginnen', 'Vos', 'stroef, warm, open']) await stage.say(text);
    const [yes = ''] = buttonsOf(await stage.say('wis alles'));
    await stage.say('Gisteren gooide hij zijn schrift weg en ik zette hem op de gang.');
    expect(steps(await press(yes))).toEqual(['q2_word1 notice']);
    expect((await stage.say('wijzig antwoord'))[0]?.text).toContain('stroef, warm, open');
  });
});

describe('a message', () => {
  it('of 20,000 characters is an answer, kept whole', async () => {
    await stage.send({ kind: 'arrived', installed: true });
    for (const text of ['beginnen', 'Vos', 'stroef, warm, open']) await stage.say(text);
    const long = 'Gisteren bij rekenen was ik boos en hij was bang. '.repeat(400);
    const said = await stage.say(long);
    expect(said[0]?.text).toContain('helemaal bewaard');
    expect(steps(said)).toEqual(['q2_word2 question']);
  });

  it('that is only a greeting does not count as an answer before the interview has begun', async () => {
    expect(steps(await stage.say('hallo'))).toEqual([
      'c1_bot notice',
      'c2_data notice',
      'c3_consent question',
    ]);
    expect(steps(await stage.say('hoi'))).toEqual(['c3_consent question']);
  });

  it('with an impossible alias is asked again, and never becomes one', async () => {
    await stage.send({ kind: 'arrived', installed: true });
    await stage.say('beginnen');
    for (const text of ['Jan de Vries uit groep vijf', 'jan@school.nl', '06-12345678', '']) {
      expect(steps(await stage.say(text))).toEqual(['c4_alias question']);
    }
    expect((await stage.say('“Vos”'))[0]?.text).toContain('Vos');
  });
});

describe('coming back', () => {
  it('opening the page again greets only once and shows where we were', async () => {
    await stage.send({ kind: 'arrived', installed: true });
    expect(await stage.send({ kind: 'arrived', installed: false })).toEqual([]);
    await stage.say('beginnen');
    expect(steps(await stage.send({ kind: 'arrived', installed: true }))).toEqual(['c4_alias question']);
  });
});

describe('the way to the coach', () => {
  it('is told once when it waits, and once when it has arrived', async () => {
    await stage.send({ kind: 'arrived', installed: true });
    const news = (state: 'waiting' | 'delivered', reason = 'no_app') =>
      stage.send({ kind: 'delivery', interviewId: 'x', state, reason });
    expect(await news('delivered')).toEqual([]);
    expect(await news('waiting')).toHaveLength(1);
    expect(await news('waiting')).toEqual([]);
    expect(await news('delivered')).toHaveLength(1);
    expect(await news('delivered')).toEqual([]);
  });
});

describe('an answer that also changes what the questions repeat', () => {
  it('given anew: the interview goes on where it was, not back to its beginning', async () => {
    await stage.send({ kind: 'arrived', installed: true });
    for (const text of ['beginnen', 'Vos', 'stroef, warm, open']) await stage.say(text);
    await stage.say('wijzig 1');
    expect(steps(await stage.say('stroef, warm, afstandelijk'))).toEqual(['q2_word1 question']);
    await stage.say('terug');
    expect(steps(await stage.say('terug'))).toEqual(['c4_alias question']);
    const said = await stage.say('Uil');
    expect(said.map(({ label }) => label.step)).not.toContain('c3_consent');
    expect(said.at(-1)?.text).toContain('Uil');
  });
});

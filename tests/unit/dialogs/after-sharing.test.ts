/** After sharing: who may do what, what happens when both act at once, and what disturbs nobody. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Outgoing } from '../../../dialogs/ports.ts';
import { openStage, SCHOOL, type Stage } from '../../support/stage.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const INTERVIEW = [
  'beginnen',
  'Vos',
  'botsing, vertrouwen, afstand',
  'Gisteren liep hij weg. Ik werd boos op hem. Hij was bang.',
  ...Array.from({ length: 7 }, () => 'overslaan'),
  'klaar',
  'niets',
  'gekozen zinnen',
  'prima',
];
const OTHER = { id: '00000000-0000-4000-8000-0000000000ff', role: 'coach' } as const;
const BART = { id: '00000000-0000-4000-8000-0000000000ba', role: 'teacher' } as const;

interface Action {
  readonly title: string;
  readonly data: { readonly klankbord: string };
}
const actions = (message: Outgoing | undefined): Action[] => (message?.card?.['actions'] ?? []) as Action[];
const tokenOf = (message: Outgoing | undefined, nth: number): string =>
  actions(message)[nth]?.data.klankbord ?? 'none';
const said = (messages: readonly Outgoing[]): string => messages.map(({ text }) => text).join('\n');

describe('after sharing', () => {
  let stage: Stage;
  let card: Outgoing | undefined;

  const open = async (options: Partial<Parameters<typeof openStage>[0]> = {}) => {
    stage = await openStage({ lang: 'nl-NL', names: { teacher: 'Anne' }, ...options });
    await stage.send({ kind: 'arrived', installed: true });
    for (const text of INTERVIEW) await stage.say(text);
    card = stage.toCoach.find(({ label }) => label.kind === 'profile');
    expect(actions(card)).toHaveLength(3);
    stage.toCoach.length = 0;
    await coach('hallo');
  };
  beforeEach(() => open());
  afterEach(() => stage.close());

  const coach = async (text: string) =>
    said(await stage.sendAsCoach({ kind: 'text', text, sources: [text] }));
  const coachPresses = async (token: string, values = {}) =>
    said(await stage.sendAsCoach({ kind: 'button', token, values }));
  const press = async (token: string, values = {}) =>
    said(await stage.send({ kind: 'button', token, values }));
  const propose = async (text = 'do 3 dec 15:30') => {
    await coach('plannen');
    await coach(text);
    return stage.toTeacher.splice(0).at(-1);
  };
  const toTeacher = () => said(stage.toTeacher.splice(0));
  const toCoach = () => said(stage.toCoach.splice(0));
  const plan = async () => {
    await coach('leren: elke dag vragen naar zijn hond');
    return toTeacher();
  };

  describe('what is not one’s own is not to be had', () => {
    test('another coach has an empty desk, and this coach’s buttons are nothing to them', async () => {
      const other = await stage.sendAs(OTHER, { kind: 'text', text: 'wie wacht op mij', sources: ['x'] });
      expect(said(other)).toContain('Er wacht nu niemand');
      for (let nth = 0; nth < actions(card).length; nth += 1) {
        const got = await stage.sendAs(OTHER, { kind: 'button', token: tokenOf(card, nth), values: {} });
        expect(said(got)).toMatch(/^Dit is er niet meer/u);
      }
      for (const text of ['open 1', 'do 3 dec 15:30', 'leren: iets'])
        expect(said(await stage.sendAs(OTHER, { kind: 'text', text, sources: [text] }))).not.toContain('Vos');
      expect(toTeacher()).toBe('');
    });

    test('a teacher cannot press the coach’s buttons, nor the coach the teacher’s', async () => {
      for (let nth = 0; nth < actions(card).length; nth += 1)
        expect(await press(tokenOf(card, nth))).toContain('eerder bericht');
      const offer = await propose();
      expect(await coachPresses(tokenOf(offer, 0))).toMatch(/^Dit is er niet meer/u);
      const bart = await stage.sendAs(BART, { kind: 'button', token: tokenOf(offer, 0), values: {} });
      expect(said(bart)).not.toContain('Afgesproken');
      expect(await coach('wie wacht op mij')).toContain('momenten voorgesteld');
    });

    test('a made-up button, or one of another place on the card, does nothing', async () => {
      const token = tokenOf(card, 0).replace(/-\d+$/u, '');
      for (const forged of [`${token}-9`, `${token}--1`, `${token}-x`, token, 'open', '__proto__-0', ''])
        expect(await coachPresses(forged)).toMatch(/^Dit is er niet meer/u);
    });

    test('what was taken back is gone from the desk, with its buttons and what was arranged', async () => {
      const offer = await propose();
      await press(tokenOf(offer, 0));
      await stage.say('intrekken');
      expect(await coachPresses(tokenOf(card, 0))).toMatch(/^Dit is er niet meer/u);
      expect(await coach('wie wacht op mij')).toContain('Er wacht nu niemand');
      stage.toTeacher.length = 0;
      stage.toCoach.length = 0;
      await stage.pass(14 * DAY);
      expect(toTeacher() + toCoach()).toBe('');
      expect(await press(tokenOf(offer, 0))).not.toContain('Afgesproken');
    });

    test('after erasing everything nothing follows, not even a reminder; the coach does not wait for the talk', async () => {
      await press(tokenOf(await propose(), 0));
      await plan();
      await stage.say('wis alles');
      stage.toCoach.length = 0;
      await stage.say('ja');
      expect(toCoach()).toBe('Anne heeft het gesprek over Vos afgezegd.');
      stage.toTeacher.length = 0;
      stage.toCoach.length = 0;
      await stage.pass(60 * DAY);
      expect(toTeacher() + toCoach()).toBe('');
    });
  });

  describe('the talk', () => {
    test('both are reminded the day before and an hour before; who would rather not is not', async () => {
      await press(tokenOf(await propose(), 0));
      stage.toCoach.length = 0;
      await coach('geen herinneringen');
      await stage.pass(11 * DAY);
      const told = toTeacher();
      expect(told).toContain('Ter herinnering: op donderdag 3 december om 15:30 praat je met Noor over Vos.');
      expect(told).toContain('Ter herinnering: om 15:30 praat je met Noor');
      expect(toCoach()).not.toContain('Ter herinnering');
    });

    test('in the quiet hours nobody is told anything: reminders come before them, news after', async () => {
      await stage.close();
      await open({ school: { quietHours: { from: '17:00', to: '08:00', days: ['sat', 'sun'] } } });
      const at: string[] = [];
      const watch = async (hours: number) => {
        for (let n = 0; n < hours; n += 1) {
          await stage.pass(HOUR);
          if (stage.toTeacher.length > 0) at.push(toTeacher().slice(0, 60));
          else if (n % 24 === 0) at.push('·');
        }
      };
      // Monday 16:00; a talk next Monday at half past eight.
      await coach('ma 30 nov 8:30');
      const offer = stage.toTeacher.splice(0).at(-1);
      await press(tokenOf(offer, 0));
      await stage.pass(2 * HOUR);
      // It is after five: what the coach proposes now is for tomorrow morning.
      await coach('afzeggen');
      expect(toTeacher()).toBe('');
      await stage.pass(14 * HOUR);
      expect(toTeacher()).toContain('afgezegd');
      await coach('ma 30 nov 8:30');
      await press(tokenOf(stage.toTeacher.splice(0).at(-1), 0));
      await watch(24 * 6);
      const reminders = at.filter((line) => line.startsWith('Ter herinnering'));
      expect(reminders).toHaveLength(2);
      expect(reminders[0]).toContain('maandag 30 november');
    });

    test('a moment that has passed, or is not offered any more, cannot be picked', async () => {
      const first = await propose('do 26 nov 15:30');
      const second = await propose('vr 27 nov 15:30');
      expect(await press(tokenOf(first, 0))).toContain('niet meer te kiezen');
      await stage.pass(7 * DAY);
      expect(await press(tokenOf(second, 0))).toContain('al voorbij');
    });

    test('the coach moves it: the teacher chooses anew; the teacher calls it off: the coach knows', async () => {
      await press(tokenOf(await propose(), 0));
      expect(await coach('verzetten')).toContain('Nu staat het gesprek op donderdag 3 december om 15:30');
      const offer = await propose('vr 4 dec 9:00');
      expect(await press(tokenOf(offer, 0))).toContain('vrijdag 4 december om 09:00');
      stage.toCoach.length = 0;
      expect(await stage.say('afzeggen').then(said)).toContain('afgezegd');
      expect(toCoach()).toContain('Anne heeft het gesprek over Vos afgezegd');
      stage.toTeacher.length = 0;
      await stage.pass(20 * DAY);
      expect(toTeacher()).toBe('');
    });

    test('a restart forgets nothing', async () => {
      await press(tokenOf(await propose(), 0));
      await stage.restart();
      await stage.pass(11 * DAY);
      expect(toTeacher().match(/Ter herinnering/gu)).toHaveLength(2);
    });
  });

  describe('the plan', () => {
    test('either writes it, the other is told; who had not seen the newest does not overwrite it', async () => {
      expect(await plan()).toContain('Noor heeft het plan rond Vos opgeschreven');
      const [form] = await stage.say('plan');
      stage.toCoach.length = 0;
      await coach('reageren: eerst naast hem gaan zitten');
      const stale = await stage.send({
        kind: 'button',
        token: tokenOf(form, 0),
        values: { learn: 'mijn eigen tekst' },
      });
      expect(said(stale)).toContain('intussen aangepast');
      expect(said(stale)).toContain('eerst naast hem gaan zitten');
      // What was written is not lost: it stands in the fields.
      expect(JSON.stringify(stale[0]?.card)).toContain('mijn eigen tekst');
      expect(await press(tokenOf(stale[0], 0), { learn: 'mijn eigen tekst' })).toContain('bewaard');
      expect(toCoach()).toContain('Anne heeft het plan rond Vos aangepast');
    });

    test('how it goes is asked after one, three and six weeks, once each', async () => {
      await plan();
      const asked: string[] = [];
      for (let day = 0; day < 60; day += 1) {
        await stage.pass(DAY);
        const told = toTeacher();
        if (told !== '') asked.push(`${day + 1}: ${told.split(' ').slice(0, 3).join(' ')}`);
      }
      expect(asked).toEqual(['7: Een week geleden', '21: Drie weken geleden', '42: Zes weken geleden']);
    });

    test('an answer is the teacher’s until the teacher says otherwise', async () => {
      await plan();
      await stage.pass(8 * DAY);
      stage.toCoach.length = 0;
      await stage.say('Het gaat heel anders tussen ons.');
      expect(toCoach()).toBe('');
      await coach('wie wacht op mij');
      expect(said(await stage.say('blijft bij mij'))).toContain('Het blijft bij jou');
      await stage.pass(DAY);
      expect(toCoach()).not.toContain('heel anders');
      await stage.pass(13 * DAY);
      await stage.say('We lachen vaker.');
      await stage.say('mag lezen');
      expect(toCoach()).toContain('We lachen vaker.');
    });

    test('stop is stop', async () => {
      await plan();
      await stage.pass(8 * DAY);
      stage.toTeacher.length = 0;
      expect(said(await stage.say('niet meer vragen'))).toContain('ik vraag er niet meer naar');
      await stage.pass(60 * DAY);
      expect(toTeacher()).toBe('');
    });

    test('an interview about another pupil is not disturbed: the question waits until it is over', async () => {
      await plan();
      for (const text of ['nieuw gesprek', 'beginnen', 'Anker', 'warm, druk, ver']) await stage.say(text);
      await stage.pass(10 * DAY);
      expect(toTeacher()).toBe('');
      // What is typed is an answer to the question of the interview.
      const [next] = await stage.say('Gisteren lachten we samen. Ik was blij en zij was trots.');
      expect(next?.label.step).toBe('q2_word2');
      for (const text of [
        ...Array.from({ length: 7 }, () => 'overslaan'),
        'klaar',
        'niets',
        'nu niets delen',
        'prima',
      ])
        await stage.say(text);
      await stage.pass(2 * DAY);
      expect(toTeacher()).toContain('Een week geleden');
      expect(said(await stage.say('Het lukt beter.'))).toContain('Mag Noor dit lezen?');
    });

    test('somebody in need is heard here too', async () => {
      await plan();
      await stage.pass(8 * DAY);
      const got = await stage.say('Hij vertelde dat zijn vader hem thuis slaat.');
      expect(said(got)).toContain('Mag Noor dit lezen?');
      expect(got.at(-1)?.label.choices?.map(({ id }) => id)).toEqual(['safetyYes', 'safetyNo']);
    });
  });

  test('during an interview a word for the talk is an answer, unless it can be nothing else', async () => {
    await propose();
    for (const text of ['nieuw gesprek', 'beginnen', 'Anker', 'warm, druk, ver']) await stage.say(text);
    const [after] = await stage.say('plan');
    expect(after?.text).not.toContain('plan rond Vos');
    expect(said(await stage.say('moment 1'))).toContain('Afgesproken');
  });

  test('the teacher sees how far it is: on its way, and why not', async () => {
    const status = async () => said(await stage.say('voortgang'));
    expect(await status()).toContain('Bezorgd op');
    await coachPresses(tokenOf(card, 0));
    expect(await status()).toContain('Noor heeft het geopend');
    await coachPresses(tokenOf(card, 2));
    expect(await status()).toContain('laten weten dat het is ontvangen');
  });

  test('the card names the coach of the moment of sharing, also when somebody else is coach later', () => {
    expect(card?.text).toContain(`uitleg door ${SCHOOL.coach.name}`);
  });
});

/** Thinking on one's own: nothing of it reaches the coach, the interview beside it stays as it was, and erased is erased. */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Outgoing } from '../../../dialogs/ports.ts';
import { openStage, type Stage } from '../../support/stage.ts';

const DAY = 86_400_000;
let stage: Stage;
beforeEach(async () => {
  stage = await openStage({ lang: 'nl-NL' });
  await stage.send({ kind: 'arrived', installed: true });
});
afterEach(() => stage.close());

const steps = (said: readonly Outgoing[]): string[] => said.map((m) => `${m.label.step} ${m.label.kind}`);
async function say(...texts: string[]): Promise<readonly Outgoing[]> {
  let said: readonly Outgoing[] = [];
  for (const text of texts) said = await stage.say(text);
  return said;
}
const exported = async (): Promise<string> =>
  (await stage.say('mijn gegevens')).map((m) => m.text).join('\n');

describe('a reflection', () => {
  it('tells the coach nothing, not even that a safety card was shown; the interview does', async () => {
    const worn = 'Ik kan niet meer. Ik ben op, elke ochtend huil ik in de auto.';
    await say('nadenken', worn, 'ja');
    expect((await exported()).includes('Kaart met contacten getoond')).toBe(true);
    expect(stage.toCoach).toEqual([]);
    await say('stop', 'bewaren', 'beginnen', 'Vos', 'stroef, warm, open');
    stage.wait(2 * 3_600_000);
    await say(worn, 'ja');
    expect(stage.toCoach).toHaveLength(1);
    expect(stage.toCoach[0]?.label.kind).toBe('notice');
  });

  it('cannot be shared, shown or taken back, and a new interview waits for its end', async () => {
    await say('nadenken', 'Hij ziet me lachen.');
    for (const word of ['delen', 'profiel', 'intrekken', 'nieuw gesprek'])
      expect(steps(await say(word))).toEqual(['m2_safe notice']);
    expect(stage.toCoach).toEqual([]);
  });

  it('leaves the interview as it was: what was typed during the pause still waits there', async () => {
    await say('beginnen', 'Vos', 'stroef, warm, open', 'pauze', 'Gisteren viel hij van de trap.');
    await say('nadenken', 'Hij ziet me lachen.', 'stop', 'bewaren');
    const [again] = await say('verder');
    expect(again?.label.step).toBe('q2_word1');
    expect(again?.text).toContain('Je schreef: ‘Gisteren viel hij van de trap’.');
    expect((await say('zo laten'))[0]?.label.step).toBe('q2_word1');
    const all = await exported();
    expect(all).toContain('Antwoord: Hij ziet me lachen.');
    expect(all).toContain('Antwoord: Gisteren viel hij van de trap.');
  });

  it('goes on after a restart, and is changed by an edit in Teams', async () => {
    await say('nadenken');
    await stage.send({ kind: 'text', text: 'Hij vindt me streng.', sources: ['teams-1'] });
    await stage.restart();
    expect(
      steps(await stage.send({ kind: 'edited', source: 'teams-1', text: 'Hij vindt me lief.' })),
    ).toEqual(['m2_safe notice']);
    const back = await say('overslaan', 'overslaan');
    expect(back.map((m) => m.text).join('\n')).toContain('“Hij vindt me lief.”');
    expect(back.map((m) => m.text).join('\n')).not.toContain('streng');
  });

  it('that is erased is gone; the interview is not', async () => {
    await say('beginnen', 'Vos', 'stroef, warm, open', 'pauze', 'nadenken', 'Een geheim.', 'stop');
    await say('wissen');
    const all = await exported();
    expect(all).not.toContain('Een geheim.');
    expect(all).toContain('stroef, warm, open');
  });

  it('goes with everything else, and by itself when its time is over', async () => {
    await say('nadenken', 'Een geheim.', 'stop', 'bewaren');
    expect(await exported()).toContain('Een geheim.');
    stage.wait(31 * DAY);
    await stage.store.sweep(Date.UTC(2026, 10, 23) + 32 * DAY, { drafts: 30 * DAY, profiles: 365 * DAY });
    expect(await exported()).not.toContain('Een geheim.');
    await say('nadenken', 'Nog een geheim.', 'stop', 'bewaren', 'wis alles', 'ja');
    expect(await exported()).toBe('Ik bewaar geen antwoorden van je.');
  });

  it('does not count as an interview', async () => {
    await say('nadenken', 'Een geheim.', 'overslaan', 'stop', 'bewaren');
    const counts = await stage.store.inTurn(
      stage.store.laneOf({
        tenantId: '00000000-0000-4000-8000-000000000001',
        conversationId: 'teacher-chat',
        serviceUrl: 'http://127.0.0.1:9/',
        botId: 'bot',
        userId: 'teacher',
        aadObjectId: '00000000-0000-4000-8000-0000000000ac',
        locale: 'nl-NL',
      }),
      {},
      (turn) => turn.scene().counts!(),
    );
    expect(counts).toMatchObject({ started: 1, finished: 0, skips: {} });
  });

  it('is begun by its own word only: in the middle of a question the interview goes first', async () => {
    await say('beginnen', 'Vos');
    expect(steps(await say('nadenken'))).toEqual(['q1_words notice']);
    expect(steps(await say('stroef, warm, open'))).toEqual(['q2_word1 question']);
    await say('wis alles');
    expect(steps(await say('nadenken'))).toEqual(['q2_word1 notice']);
    expect((await say('nee'))[0]?.text).toBe('Er is niets gewist. Alles staat er nog.');
  });
});

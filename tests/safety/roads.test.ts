/** Every road by which words come in is listened to, for safety and for who it is about: not only answers. */
import { afterEach, describe, expect, it } from '@jest/globals';
import { loadPack } from '../../locales/listening.ts';
import { listen, LONGEST } from '../../machines/listening/listen.ts';
import { callsFor, concernsOf, NO_SAFETY } from '../../machines/safety.ts';
import { openStage, type Stage } from '../support/stage.ts';

let stage: Stage;
afterEach(() => stage.close());

const DANGER = 'ik wil dood';
const MAIL = 'sanne.devries@voorbeeld.nl';
const isCard = (said: readonly { text: string }[]) => said.some((m) => m.text.includes('0800-0113'));
const all = (said: readonly object[]) => JSON.stringify(said);

async function begin(steps: readonly string[]): Promise<void> {
  stage = await openStage({ lang: 'nl-NL' });
  await stage.send({ kind: 'arrived', installed: true });
  for (const text of steps) await stage.say(text);
}

const text = (words: string, source: string) => ({ kind: 'text', text: words, sources: [source] }) as const;

async function toReview(): Promise<void> {
  await begin(['beginnen', 'Vos', 'botsing, vertrouwen, afstand']);
  await stage.say('Dinsdag botste het weer, ik was boos en hij was bang.');
  let said = await stage.say('overslaan');
  for (let i = 0; i < 14 && said.at(-1)?.label.step !== 'r1_review'; i++) said = await stage.say('overslaan');
  expect(said.at(-1)?.label.step).toBe('r1_review');
}

describe('a sentence that is about safety is heard', () => {
  it('given as the nickname, and is no nickname', async () => {
    await begin(['beginnen']);
    expect(isCard(await stage.say(DANGER))).toBe(true);
    await stage.say('verder');
    expect(all(await stage.say('Vos'))).not.toContain(DANGER);
  });

  it('given as one of the words, and is no word', async () => {
    await begin(['beginnen', 'Vos']);
    expect(isCard(await stage.say(`druk, ${DANGER}, lief`))).toBe(true);
    expect(all(await stage.say('verder'))).not.toContain(DANGER);
  });

  it('put in place of a sentence in the review, and is not in the profile', async () => {
    await toReview();
    expect(isCard(await stage.say(`1: ${DANGER}`))).toBe(true);
    await stage.say('verder');
    const rest = [
      ...(await stage.say('klaar')),
      ...(await stage.say('niets')),
      ...(await stage.say('alles delen')),
    ];
    expect(all([...rest, ...stage.toCoach])).not.toContain(DANGER);
  });

  it('said in a pause', async () => {
    await begin(['beginnen', 'Vos', 'botsing, vertrouwen, afstand', 'pauze']);
    expect(isCard(await stage.say(DANGER))).toBe(true);
  });

  it('written into a message in Teams: an answer, the words, the nickname', async () => {
    await begin(['beginnen']);
    await stage.send(text('Vos', 'm1'));
    await stage.send(text('botsing, vertrouwen, afstand', 'm2'));
    await stage.send(text('Dinsdag botste het weer, ik was boos en hij was bang.', 'm3'));
    for (const source of ['m1', 'm2', 'm3']) {
      expect(isCard(await stage.send({ kind: 'edited', source, text: `${DANGER} ${source}` }))).toBe(true);
      await stage.say('verder');
    }
    const now = all([...(await stage.say('herhaal')), ...(await stage.say('overzicht'))]);
    expect(now).not.toContain(`${DANGER} m1`);
    expect(now).not.toContain(`${DANGER} m2`);
  });

  it('at the end of a very long text', async () => {
    await begin([]);
    const long = `${'Hij pakte zijn boek en ging zitten. '.repeat(Math.ceil((2 * LONGEST) / 36))}Ik wil dood.`;
    const heard = listen(long, loadPack('nl'), { question: 'event' });
    const concerns = concernsOf(long, heard);
    expect(callsFor(concerns, NO_SAFETY)).toBe('S5');
    expect(concerns.map((c) => c.sentence.trim())).toEqual(['Ik wil dood.']);
  });
});

describe('what tells who somebody is is not kept unasked', () => {
  it('as the nickname: another one is asked for', async () => {
    await begin(['beginnen']);
    const said = await stage.say('Jan Vries');
    expect(said.at(-1)?.label.step).toBe('c4_alias');
    expect(all(await stage.say('Vos'))).not.toContain('Vries');
  });

  it('among the words: masked when the teacher wants it', async () => {
    await begin(['beginnen', 'Vos']);
    const asked = await stage.say(`druk, ${MAIL}, lief`);
    expect(asked.at(-1)?.label.choices?.map((c) => c.id)).toEqual(['mask', 'leaveAsIs']);
    const next = await stage.say('afschermen');
    expect(all([...next, ...(await stage.say('herhaal'))])).not.toContain(MAIL);
    expect(next.at(-1)?.label).toMatchObject({ step: 'q1_words', kind: 'probe' });
  });

  it('said in a pause: asked at once, and the pause goes on', async () => {
    await begin(['beginnen', 'Vos', 'botsing, vertrouwen, afstand', 'pauze']);
    const asked = await stage.say(`Ik mailde ${MAIL} en was boos.`);
    expect(asked.at(-1)?.label.choices?.map((c) => c.id)).toEqual(['mask', 'leaveAsIs']);
    const held = await stage.say('afschermen');
    expect(held.at(-1)?.label.choices?.map((c) => c.id)).toContain('resume');
    expect(all(held)).not.toContain(MAIL);
    expect(all(await stage.say('verder'))).not.toContain(MAIL);
  });

  it('written into an answer in Teams, or into a sentence in the review: masked, and said', async () => {
    await begin(['beginnen', 'Vos', 'botsing, vertrouwen, afstand']);
    await stage.send(text('Dinsdag botste het, ik was boos en hij was bang.', 'tuesday'));
    const edited = await stage.send({
      kind: 'edited',
      source: 'tuesday',
      text: `Dinsdag botste het, ik was boos en hij was bang. Zie ${MAIL}.`,
    });
    expect(edited.map((m) => m.text).join(' ')).toContain('afgeschermd');
    let said = await stage.say('overslaan');
    for (let i = 0; i < 14 && said.at(-1)?.label.step !== 'r1_review'; i++)
      said = await stage.say('overslaan');
    const changed = await stage.say(`1: Bel 06-12345678 want ik was boos.`);
    expect(changed.map((m) => m.text).join(' ')).toContain('afgeschermd');
    const rest = [
      ...said,
      ...(await stage.say('klaar')),
      ...(await stage.say('niets')),
      ...(await stage.say('alles delen')),
    ];
    expect(all([...rest, ...stage.toCoach])).not.toMatch(/voorbeeld\.nl|12345678/u);
  });
});

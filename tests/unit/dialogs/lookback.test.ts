/** Then and now: who sees it, what becomes of it, and that nothing is needed but the words. */
import { afterEach, describe, expect, it } from '@jest/globals';
import type { Outgoing, SchoolView } from '../../../dialogs/ports.ts';
import { openStage, type Stage } from '../../support/stage.ts';

const DAY = 86_400_000;
const START = Date.UTC(2026, 10, 23, 15);
let stage: Stage;
afterEach(() => stage.close());

async function say(...texts: string[]): Promise<readonly Outgoing[]> {
  let said: readonly Outgoing[] = [];
  for (const text of texts) said = await stage.say(text);
  return said;
}
const skips = (n: number): string[] => Array.from({ length: n }, () => 'overslaan');
const steps = (said: readonly Outgoing[]): string[] => said.map((m) => `${m.label.step} ${m.label.kind}`);

/** An interview to its end, in which nothing but the three words is told. */
async function interview(choice: string, school: Partial<SchoolView> = {}): Promise<void> {
  stage = await openStage({ lang: 'nl-NL', school });
  await stage.send({ kind: 'arrived', installed: true });
  await say('beginnen', 'Vos');
  if (school.sliders) await say('3 7 5 - 6 2');
  await say('stroef, ver, moe', ...skips(8), 'klaar', 'niets', choice, 'prima');
  stage.toCoach.length = 0;
}

describe('looking back', () => {
  it('shows both times to the teacher alone when nothing was shared, and asks nothing about the coach', async () => {
    await interview('niets delen');
    const said = await say('terugkijken', 'open, warm');
    expect(steps(said)).toEqual(['b3_show review']);
    expect(said[0]?.text).toContain('Toen, 23 november 2026: stroef, ver, moe');
    expect(said[0]?.text).toContain('Nu, 23 november 2026: open, warm');
    expect(stage.toCoach).toEqual([]);
    expect(steps(await say('profiel'))).toEqual(['r5_end notice']);
  });

  it('reaches the coach only when the teacher says so, and is taken back with the profile', async () => {
    await interview('gekozen zinnen');
    await say('terugkijken', 'open, warm', 'blijft bij mij');
    expect(stage.toCoach).toEqual([]);
    await say('terugkijken', 'open, warm', 'laat zien');
    expect(stage.toCoach.map((m) => m.label.kind)).toEqual(['profile']);
    expect(stage.toCoach[0]?.text).toContain('open, warm');
    stage.changes.length = 0;
    await say('intrekken');
    // The profile is replaced by a word; what was shown afterwards is deleted.
    expect(stage.changes.map(({ act }) => act).sort()).toEqual(['delete', 'update']);
  });

  it('needs no answers of then: they have had their time, the words and numbers have not', async () => {
    await interview('gekozen zinnen', { sliders: true });
    stage.wait(42 * DAY);
    await stage.store.sweep(START + 42 * DAY, { drafts: 30 * DAY, profiles: 365 * DAY });
    expect((await say('mijn gegevens')).map((m) => m.text).join('\n')).not.toContain('"answer"');
    await say('terugkijken', 'open, warm');
    const [both] = await say('7 7 6 5 - 4');
    expect(both?.text).toContain('stroef, ver, moe');
    expect(both?.text).toContain('Ik voelde me verbonden met Vos. Toen 3, nu 7.');
    expect(both?.text).toContain('Ik ergerde me aan Vos. Toen niet ingevuld, nu 5.');
    expect(both?.text).toContain('Niet gevalideerd; verschillen kunnen toeval zijn.');
  });

  it('asks about the six sentences only where the school has them, and takes no other numbers', async () => {
    await interview('niets delen');
    expect(steps(await say('terugkijken'))).toEqual(['b1_words notice', 'b1_words question']);
    await say('stop');
    await stage.close();
    await interview('niets delen', { sliders: true });
    await say('terugkijken', 'open');
    for (const typed of ['11 2 3 4 5 6', '1 2 3', '- - - - - -', 'een twee drie vier vijf zes'])
      expect(steps(await say(typed))).toEqual(['b2_sliders question']);
    expect(steps(await say('0 10 - 4 5 6'))).toEqual(['b3_show review']);
  });

  it('keeps a changed message, also when it is numbers', async () => {
    await interview('niets delen', { sliders: true });
    await say('terugkijken');
    await stage.send({ kind: 'text', text: 'open', sources: ['w'] });
    await stage.send({ kind: 'edited', source: 'w', text: 'open, warm' });
    const both = (await say('1 2 3 4 5 6')).at(-1)?.text ?? '';
    expect(both).toContain('open, warm');
    expect(both).toContain('Toen 2, nu 6.');
  });

  it('comes after the interview, and is not begun in the middle of one', async () => {
    stage = await openStage({ lang: 'nl-NL' });
    await stage.send({ kind: 'arrived', installed: true });
    await say('beginnen', 'Vos', 'stroef, ver, moe');
    expect(steps(await say('terugkijken'))).toEqual(['q2_word1 notice']);
    expect(steps(await say('Gisteren viel hij van de trap.'))[0]).toContain('q2_word1');
  });
});

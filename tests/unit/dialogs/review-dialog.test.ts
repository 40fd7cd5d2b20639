/** The review in a dialog: the same decisions as in the chat, whatever happens meanwhile. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Interview, Outgoing } from '../../../dialogs/ports.ts';
import type { Answer } from '../../../machines/journal.ts';
import { openDialog, openerOf, readDialog, sendDialog, type Opened } from '../../support/dialog.ts';
import { talkUntil } from '../../support/interview.ts';
import { openStage, type Stage } from '../../support/stage.ts';

const LANE = {
  tenantId: '00000000-0000-4000-8000-000000000001',
  conversationId: 'teacher-chat',
} as Parameters<Stage['store']['laneOf']>[0];

let stage: Stage;

/** The interview as it is stored, with its answers. */
async function stored(on = stage): Promise<{ interview: Interview; answers: readonly Answer[] }> {
  return on.store.inTurn(on.store.laneOf(LANE), {}, async (turn) => {
    const scene = turn.scene();
    if (!scene.interview) throw new Error('no interview');
    return { interview: scene.interview, answers: await scene.answers() };
  });
}

async function openAtReview(dialogs: boolean): Promise<{ stage: Stage; said: readonly Outgoing[] }> {
  const on = await openStage({ lang: 'nl-NL', school: { dialogs } });
  let said: readonly Outgoing[] = [];
  await talkUntil(
    {
      ask: async (text) => {
        said = await on.say(text);
        return said.map(({ label }) => ({ type: 'message', channelData: { klankbord: label } }));
      },
    },
    'r1_review',
  );
  return { stage: on, said };
}

describe('the review in a dialog', () => {
  let opener: string;
  let said: readonly Outgoing[];
  const open = (): Promise<Opened> => openDialog(stage, opener);
  /** The text of the nth sentence, as the dialog has it. */
  const nth = (dialog: Opened, n: number): string => dialog.values[`text${n}`] ?? '';

  beforeEach(async () => {
    ({ stage, said } = await openAtReview(true));
    opener = openerOf(said.at(-1)?.card);
  });
  afterEach(() => stage.close());

  test('opens from one button in the chat, with twenty sentences on one card', async () => {
    expect(said).toHaveLength(1);
    const dialog = await open();
    expect(dialog.title).toBe('Jouw zinnen');
    const sentences = Object.keys(dialog.values).filter((id) => id.startsWith('keep'));
    expect(sentences.length).toBeGreaterThanOrEqual(20);
    expect(dialog.text).toContain('Plezier en warmte');
    expect(dialog.text).toContain('Is er nog iets belangrijks dat ik niet heb gevraagd?');
    expect(dialog.buttons).toEqual(['Verder']);
    expect(Buffer.byteLength(JSON.stringify(dialog.card))).toBeLessThan(25 * 1024);
  });

  test('goes from the sentences to what the coach would see, to sharing', async () => {
    const dialog = await open();
    const [out, other] = [nth(dialog, 2), nth(dialog, 3)];
    const answer = await sendDialog(stage, dialog, 'Verder', {
      keep2: 'false',
      text3: 'Zo is het beter gezegd.',
      added: 'Hij komt graag naar school.',
    });
    const preview = readDialog(answer);
    expect(preview.text).toContain('precies zoals Noor ze te zien krijgt.');
    expect(preview.text).toContain('Zo is het beter gezegd.');
    expect(preview.text).toContain('Hij komt graag naar school.');
    expect(preview.text).not.toContain(out);
    expect(preview.text).not.toContain(other);
    expect(stage.toCoach).toEqual([]);
    expect(await sendDialog(stage, preview, 'Alleen mijn gekozen zinnen')).toBeNull();
    const shared = JSON.stringify((await stored()).interview.shared);
    expect(shared).toContain('Zo is het beter gezegd.');
    expect(shared).not.toContain(out);
    expect(stage.toCoach.length).toBeGreaterThan(0);
    // Afterwards there is nothing to review.
    await stage.send({ kind: 'dialogOpen', token: opener });
    expect(stage.answer()).toMatchObject({ message: expect.stringContaining('al gedeeld') });
  });

  test('gives the same as the cards in the chat and as typing', async () => {
    const chat = await openAtReview(false);
    const typed = await openAtReview(false);
    try {
      const before = await open();
      // In the dialog.
      const preview = readDialog(
        await sendDialog(stage, before, 'Verder', {
          keep2: 'false',
          text12: 'Anders gezegd.',
          added: 'Hij lacht veel.',
        }),
      );
      await sendDialog(stage, preview, 'Ook mijn andere antwoorden');
      await stage.say('prima');
      // With the cards; a wording can only be typed there.
      const press = async (from: readonly Outgoing[], title: string, values: Record<string, string> = {}) => {
        const actions = from.flatMap(
          ({ card }) => (card?.['actions'] ?? []) as { title: string; data: { klankbord: string } }[],
        );
        const token = actions.find((action) => action.title === title)?.data.klankbord;
        if (token === undefined) throw new Error(`no button "${title}"`);
        return chat.stage.send({ kind: 'button', token, values });
      };
      await chat.stage.say('12: Anders gezegd.');
      let shown = await press(chat.said, 'Volgende pagina', { keep1: 'true', keep2: 'false' });
      while (shown.at(-1)?.label.choices?.some(({ id }) => id === 'reviewNext'))
        shown = await press(shown, 'Volgende pagina');
      await press(shown, 'Klaar');
      shown = await chat.stage.say('Hij lacht veel.');
      await press(shown, 'Ook mijn andere antwoorden');
      await chat.stage.say('prima');
      // By typing.
      for (const text of ['weg 2', '12: Anders gezegd.', 'klaar', 'Hij lacht veel.', 'alles delen', 'prima'])
        await typed.stage.say(text);

      const results = [];
      for (const one of [stage, chat.stage, typed.stage]) {
        const { interview, answers } = await stored(one);
        const { id: _, startedAt: _at, shared, ...rest } = interview;
        results.push({
          ...rest,
          profile: (shared as { profile: unknown }).profile,
          answers: answers.map(({ sources: _sources, ...answer }) => answer),
        });
      }
      expect(Object.keys(results[0]!.marks)).toHaveLength(2);
      expect(results[1]).toEqual(results[0]);
      expect(results[2]).toEqual(results[0]);
    } finally {
      await chat.stage.close();
      await typed.stage.close();
    }
  });

  test('keeps what was typed in the chat while it was open, and what was decided in it', async () => {
    const dialog = await open();
    await stage.say('3: In de chat veranderd.');
    await stage.say('weg 4');
    await stage.say('weg 5');
    const answer = await sendDialog(stage, dialog, 'Verder', {
      keep2: 'false',
      text5: 'Anders in het venster.',
    });
    const preview = readDialog(answer);
    expect(preview.text).toContain('In de chat veranderd.');
    for (const n of [2, 3, 4, 5]) expect(preview.text).not.toContain(nth(dialog, n));
    // Left out is left out, also with new words.
    expect(preview.text).not.toContain('Anders in het venster.');
  });

  test('decides nothing about a sentence that is another one by now', async () => {
    const dialog = await open();
    const { answers } = await stored();
    const found = answers.find(({ step }) => step === 'q3_click');
    const [source = ''] = found?.sources ?? [];
    await stage.send({
      kind: 'edited',
      source,
      text: 'Hij gaf me een tekening. Ik was blij met hem. Hij was trots.',
    });
    const all = Object.fromEntries(
      Object.keys(dialog.values).flatMap((id) => (id.startsWith('keep') ? [[id, 'false']] : [])),
    );
    const again = readDialog(await sendDialog(stage, dialog, 'Verder', all));
    expect(again.text).toContain('Er is in de chat iets veranderd');
    expect(again.text).toContain('Ik was blij met hem.');
    const kept = Object.keys(again.values).filter((id) => again.values[id] === 'true');
    expect(kept.map((id) => nth(again, Number(id.slice(4))))).toEqual(
      expect.arrayContaining(['Ik was blij met hem.']),
    );
    expect(Object.values((await stored()).interview.marks).length).toBeGreaterThan(10);
  });

  test('is not lost when the chat has gone back to a question', async () => {
    const dialog = await open();
    await stage.say('verander 4');
    const answer = await sendDialog(stage, dialog, 'Verder', { keep2: 'false' });
    expect(answer).toMatchObject({ message: expect.stringContaining('Kijk in de chat') });
    expect(Object.values((await stored()).interview.marks)).toEqual([{ state: 'removed' }]);
  });

  test('shares only what was seen: a change in the chat meanwhile is shown first', async () => {
    const preview = readDialog(await sendDialog(stage, await open(), 'Verder'));
    await stage.say('weg 2');
    const answer = readDialog(await sendDialog(stage, preview, 'Alleen mijn gekozen zinnen'));
    expect(answer.text).toContain('Er is nog niets gedeeld.');
    expect((await stored()).interview.status).toBe('open');
    await sendDialog(stage, answer, 'Alleen mijn gekozen zinnen');
    expect((await stored()).interview.status).toBe('shared');
  });

  test('has one effect, however often it is sent', async () => {
    const dialog = await open();
    const first = readDialog(await sendDialog(stage, dialog, 'Verder', { keep2: 'false' }));
    await stage.say('houd 2');
    // The same press under another id: the answer shows how things stand, and undoes nothing.
    const second = readDialog(await sendDialog(stage, dialog, 'Verder', { keep2: 'false' }));
    expect(second.text).toContain(nth(dialog, 2));
    expect(first.text).not.toContain(nth(dialog, 2));
    const before = stage.toCoach.length;
    await sendDialog(stage, second, 'Alleen mijn gekozen zinnen');
    const sent = stage.toCoach.length;
    expect(sent).toBeGreaterThan(before);
    const again = await sendDialog(stage, second, 'Alleen mijn gekozen zinnen');
    expect(again).toMatchObject({ message: expect.stringContaining('al gedeeld') });
    expect(stage.toCoach.length).toBe(sent);
  });

  test('can be left and opened again; "not yet" shares nothing', async () => {
    const preview = readDialog(await sendDialog(stage, await open(), 'Verder', { keep1: 'false' }));
    const back = readDialog(await sendDialog(stage, preview, 'Terug naar je zinnen'));
    expect(back.values['keep1']).toBe('false');
    const again = await open();
    expect(again.text).toContain('precies zoals Noor ze te zien krijgt.');
    const sentences = readDialog(await sendDialog(stage, again, 'Terug naar je zinnen'));
    const later = await sendDialog(stage, sentences, 'Verder', { keep1: 'true', added: 'Toch nog iets.' });
    expect(readDialog(later).text).toContain('Toch nog iets.');
    expect(await sendDialog(stage, readDialog(later), 'Nu niets delen')).toBeNull();
    expect(stage.toCoach).toEqual([]);
    await stage.say('prima');
    expect((await stored()).interview.status).toBe('kept');
  });

  test('a change to the chat is a change of place only: what is pending is asked there', async () => {
    const shown = await stage.send({ kind: 'button', token: opener, values: {} });
    expect(shown.at(-1)?.text).toContain('1. Maandag liep hij de klas uit');
    expect(shown.at(-1)?.label.choices?.map(({ id }) => id)).toContain('reviewNext');
    // The dialog stays open to whoever wants it.
    expect((await open()).buttons).toEqual(['Verder']);
  });

  test('words that may be about safety are heard, and not written into the profile', async () => {
    const dialog = await open();
    const answer = await sendDialog(stage, dialog, 'Verder', {
      text2: 'Ik denk dat hij thuis geslagen wordt.',
    });
    expect(answer).toMatchObject({ message: expect.stringContaining('In de chat staat eerst een vraag') });
    expect(JSON.stringify((await stored()).interview.marks)).not.toContain('geslagen');
    await stage.send({ kind: 'dialogOpen', token: opener });
    expect(stage.answer()).toMatchObject({ message: expect.stringContaining('eerst een vraag') });
  });

  test('a name in what is added waits for the teacher, as in the chat', async () => {
    const answer = await sendDialog(stage, await open(), 'Verder', {
      added: 'Zijn moeder Petra de Vries belt me elke dag op 06-12345678.',
    });
    expect(answer).toMatchObject({ message: expect.stringContaining('eerst een vraag') });
    expect((await stored()).interview.held?.text).toContain('Petra');
  });

  test('is over when everything was erased, or another interview began', async () => {
    const dialog = await open();
    await stage.say('wis alles');
    await stage.say('ja');
    expect(await sendDialog(stage, dialog, 'Verder')).toMatchObject({
      message: expect.stringContaining('verlopen'),
    });
    await stage.send({ kind: 'dialogOpen', token: opener });
    expect(stage.answer()).toMatchObject({ message: expect.stringContaining('verlopen') });
  });
});

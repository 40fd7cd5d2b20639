/** The settings in a dialog: the same changes as in the chat, for whoever is an admin at that moment. */
import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { openDialog, openerOf, readDialog, sendDialog, type Opened } from '../../support/dialog.ts';
import { openStage, type Stage } from '../../support/stage.ts';

const FILE = readFileSync(new URL('../../transcripts/school.yaml', import.meta.url), 'utf8');

let stage: Stage;
let menu: Opened;
let opener: string;

const newest = (of = stage): string => of.settings()?.versions().at(-1)?.yaml ?? '';
const go = async (from: Opened, button: string, values: Record<string, string> = {}): Promise<Opened> =>
  readDialog(await sendDialog(stage, from, button, values));

beforeEach(async () => {
  stage = await openStage({ lang: 'nl-NL', file: FILE, school: { dialogs: true } });
  await stage.say('hoi');
  const said = await stage.say('instellingen');
  opener = openerOf(said.at(-1)?.card);
  menu = await openDialog(stage, opener);
});
afterEach(() => stage.close());

describe('the settings in a dialog', () => {
  test('change the same as what is typed', async () => {
    const typed = await openStage({ lang: 'nl-NL', file: FILE });
    try {
      for (const text of ['hoi', 'instellingen', 'talen', 'nl, de', 'menu', 'contact', 'persoon: juf Els'])
        await typed.say(text);
      for (const text of ['menu', 'vragen', 'P-BEH', '2: Hoe was dat voor jou, van binnen?', 'publiceren'])
        await typed.say(text);
      await go(await go(menu, 'Talen'), 'Versturen', { offered: 'nl,de', first: 'nl' });
      menu = await openDialog(stage, opener);
      await go(await go(menu, 'Contact'), 'Versturen', { person: 'juf Els' });
      menu = await openDialog(stage, opener);
      const question = await go(await go(menu, 'Vragen'), 'Versturen', { prompt: 'P-BEH' });
      const draft = await go(question, 'Versturen', { n: '2', text: 'Hoe was dat voor jou, van binnen?' });
      expect((await go(draft, 'Publiceren')).text).toContain('Bewaard als versie 4');
      expect(newest()).toBe(newest(typed));
    } finally {
      await typed.close();
    }
  });

  test('leave the chat where it was', async () => {
    await stage.say('vragen');
    await go(menu, 'Talen');
    expect((await stage.say('P-BEH')).at(-1)?.text).toContain('Dit vraagt Klankbord nu');
  });

  test('take nothing back that somebody else has changed since the dialog was opened', async () => {
    const coaches = await go(menu, 'Coaches');
    await stage.say('contact');
    await stage.say('persoon: juf Els');
    const answer = await sendDialog(stage, coaches, 'Versturen', { name0: 'Bo' });
    expect(answer).toMatchObject({ message: expect.stringContaining('verlopen') });
    expect(newest()).toContain('juf Els');
    expect(newest()).not.toContain('name: Bo');
    const again = await go(await openDialog(stage, opener), 'Coaches');
    await go(again, 'Versturen', { name0: 'Bo' });
    expect(newest()).toContain('name: Bo');
    expect(newest()).toContain('juf Els');
  });

  test('are closed to whoever is no admin any more, with a dialog still open', async () => {
    const contacts = await go(menu, 'Contact');
    await stage.rewrite(FILE.replace('0000000000ac', '0000000000ff'));
    const before = newest();
    expect(await sendDialog(stage, contacts, 'Versturen', { person: 'x' })).toMatchObject({
      message: expect.stringContaining('verlopen'),
    });
    await stage.send({ kind: 'dialogOpen', token: opener });
    expect(stage.answer()).toMatchObject({ message: expect.stringContaining('verlopen') });
    expect(newest()).toBe(before);
  });

  test('save once, however often it is sent; what does not fit comes in the chat; done closes', async () => {
    const address = await go(menu, 'Aanspreekvorm');
    await sendDialog(stage, address, 'U');
    const count = stage.settings()?.versions().length;
    expect(readDialog(await sendDialog(stage, address, 'U')).text).toContain('Aanspreekvorm: u');
    expect(stage.settings()?.versions().length).toBe(count);
    menu = await openDialog(stage, opener);
    expect(await sendDialog(stage, menu, 'Exporteren')).toMatchObject({
      message: expect.stringContaining('staat in de chat'),
    });
    menu = await openDialog(stage, opener);
    expect(await sendDialog(stage, menu, 'Klaar')).toBeNull();
  });
});

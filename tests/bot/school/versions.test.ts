/** Versions of the settings: a good file becomes one, a bad file none; an interview keeps the texts it began with; a round trip changes nothing. */
import { afterEach, describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import type { Outgoing } from '../../../dialogs/ports.ts';
import { checkSchoolFile } from '../../../bot/school/check.ts';
import { languageOf } from '../../../bot/school.ts';
import { countsOf, type InterviewFacts } from '../../../bot/store/counts.ts';
import { openStage, type Stage } from '../../support/stage.ts';

const FILE = readFileSync(new URL('../../transcripts/school.yaml', import.meta.url), 'utf8');
const OWN = FILE.replace(
  'prompts: {}',
  'prompts:\n  nl:\n    q1_words: Welke drie woorden noemt een vlieg op de muur bij {{alias}} en jou?',
);
const withPrompt = (text: string) =>
  OWN.replace(/q1_words: .*/u, `q1_words: "${text}"`).replace('prompts:', 'prompts: # eigen');

let stage: Stage | null = null;
afterEach(async () => {
  await stage?.close();
  stage = null;
});
const open = async (file: string): Promise<Stage> => (stage = await openStage({ lang: 'nl-NL', file }));
const saidBy = (messages: readonly Outgoing[]) => messages.map(({ text }) => text).join('\n');
async function exportOf(on: Stage): Promise<string> {
  await on.say('instellingen');
  const [, ...parts] = await on.say('exporteren');
  await on.say('klaar');
  return `${parts.map(({ text }) => text).join('\n')}\n`;
}

describe('the school file beside a running bot', () => {
  test('becomes a version when it is new and good, and only then', async () => {
    const on = await open(FILE);
    const numbers = () =>
      on
        .settings()
        ?.versions()
        .map(({ number, source }) => `${number} ${source}`);
    expect(numbers()).toEqual(['1 file']);
    await on.rewrite(OWN);
    expect(numbers()).toEqual(['1 file', '2 file']);
    await on.rewrite(OWN);
    expect(numbers()).toHaveLength(2);
    await on.rewrite('board: [');
    expect(numbers()).toHaveLength(2);
    expect(on.settings()?.trouble()).toMatchObject([{ line: 1, code: 'yaml' }]);
    expect(saidBy(await on.send({ kind: 'arrived', installed: true }))).toContain(
      'schoolbestand op de server klopt niet',
    );
    await on.rewrite(OWN);
    expect(on.settings()?.trouble()).toEqual([]);
  });

  test('is not taken in again after a restart, so that what was changed in the chat stays', async () => {
    const on = await open(FILE);
    await on.say('hallo');
    await on.say('instellingen');
    await on.say('aanspreekvorm');
    await on.say('u');
    expect(on.settings()?.view().address).toBe('formal');
    await on.restart();
    expect(on.settings()?.view().address).toBe('formal');
    expect(on.settings()?.versions()).toMatchObject([
      { source: 'file' },
      { source: 'chat', what: { key: 'address' } },
    ]);
  });
});

describe('an interview', () => {
  test('keeps the texts of the version it began with; the next one has the new', async () => {
    const on = await open(OWN);
    await on.send({ kind: 'arrived', installed: true });
    await on.say('beginnen');
    await on.rewrite(withPrompt('Welke drie woorden schrijf je op een kaartje over {{alias}} en jou?'));
    expect(saidBy(await on.say('Vos'))).toContain('een vlieg op de muur bij Vos en jou');
    await on.restart();
    expect(saidBy(await on.say('herhaal'))).toContain('een vlieg op de muur bij Vos en jou');
    await on.say('stop');
    await on.say('wis alles');
    await on.say('ja, alles wissen');
    await on.say('nieuw gesprek');
    await on.say('beginnen');
    expect(saidBy(await on.say('Anker'))).toContain('op een kaartje over Anker en jou');
  });

  test('has the coach of today, whatever it began with', async () => {
    const on = await open(FILE);
    await on.send({ kind: 'arrived', installed: true });
    await on.rewrite(FILE.replace('name: Noor', 'name: Ans'));
    expect(on.settings()?.viewOf('klank', 1).coach.name).toBe('Ans');
  });

  test('keeps its form of address when the school changes it', async () => {
    const on = await open(FILE);
    await on.send({ kind: 'arrived', installed: true });
    await on.rewrite(`${FILE}address: formal\n`);
    expect(saidBy(await on.say('herhaal'))).toMatch(/\bje\b/iu);
    expect(on.settings()?.viewOf('klank', 1).voices?.['nl']?.address).toBe('informal');
    expect(on.settings()?.viewOf('klank').voices?.['nl']?.address).toBe('formal');
  });
});

describe('export and import', () => {
  test('give the same thing: what was exported, imported, exports the same', async () => {
    const on = await open(`# van ons\n${OWN}`);
    await on.say('hallo');
    const first = await exportOf(on);
    expect(first).toBe(`# van ons\n${OWN}`);
    await on.say('instellingen');
    await on.say('talen');
    await on.say('nl, en, de');
    const changed = await exportOf(on);
    expect(changed).toContain('# van ons');
    expect(checkSchoolFile(changed, languageOf()).errors).toEqual([]);
    await on.say('instellingen');
    await on.say('ongedaan');
    expect(await exportOf(on)).toBe(first);
    await on.say('instellingen');
    await on.say('importeren');
    expect(saidBy(await on.say(changed))).toContain('Bewaard als versie');
    expect(await exportOf(on)).toBe(changed);
    await on.say('instellingen');
    await on.say('importeren');
    expect(saidBy(await on.say(changed))).toContain('Er verandert niets');
  });

  test('a file with mistakes is refused with every line, and nothing changes', async () => {
    const on = await open(FILE);
    await on.say('hallo');
    await on.say('instellingen');
    await on.say('importeren');
    const said = saidBy(await on.say('board: {}\nschools: []\ncolour: blue\n'));
    expect(said).toContain('regel 2, schools: noem minstens één school.');
    expect(said).toContain('regel 3, colour');
    expect(on.settings()?.versions()).toHaveLength(1);
  });
});

describe('who may', () => {
  test('somebody who is no admin is answered as a teacher', async () => {
    const on = await open(FILE.replace('0000000000ac', '0000000000ad'));
    await on.send({ kind: 'arrived', installed: true });
    await on.say('beginnen');
    expect(saidBy(await on.say('instellingen'))).not.toContain('Versie');
    expect(on.settings()?.versions()).toHaveLength(1);
  });

  test('an admin sets languages, coach, contact and person; undo goes back step by step', async () => {
    const on = await open(FILE);
    await on.say('hallo');
    const does = async (...lines: string[]) => {
      await on.say('instellingen');
      let said = '';
      for (const line of lines) said = saidBy(await on.say(line));
      return said;
    };
    expect(await does('talen', 'teams, nl, nl-be')).toContain('versie 2');
    expect(on.settings()?.view().languages).toEqual({ default: null, offered: ['nl', 'nl-BE'] });
    expect(await does('coaches', '1, Ans, ans@school.nl')).toContain('object-id uit Microsoft Entra');
    expect(await does('coaches', '1, Ans, 00000000-0000-4000-8000-00000000c0ad')).toContain('versie 3');
    expect(await does('contact', 'land: be')).toContain('versie 4');
    expect(await does('contact', 'persoon: mevrouw De Wit')).toContain('versie 5');
    expect(on.settings()?.view()).toMatchObject({ country: 'be', person: 'mevrouw De Wit' });
    expect(on.settings()?.schools.coachOf('klank')?.name).toBe('Ans');
    await does('ongedaan', 'ongedaan', 'ongedaan');
    expect(on.settings()?.view()).toMatchObject({ country: 'nl', person: null });
    expect(on.settings()?.schools.coachOf('klank')?.name).toBe('Noor');
    expect(await does('aantallen')).toContain('vijf leerkrachten');
    expect(await does('voorbeeld')).toContain('npm run preview');
  });
});

describe('counts', () => {
  const one = (person: string, more: Partial<InterviewFacts> = {}): InterviewFacts => ({
    ...{ person, status: 'shared', startedAt: 0, updatedAt: 30 * 60_000, answers: [] },
    ...more,
  });

  test('tell how it goes, and nothing of what was said', () => {
    const answers: InterviewFacts['answers'] = [
      { step: 'q4_off', probe: null, kind: 'answered', heard: { teacher: 'none', child: 'none' } },
      { step: 'q4_off', probe: 'P-OWN', kind: 'answered', heard: { teacher: 'expressed', child: 'none' } },
      { step: 'q4_off', probe: 'P-CHILD', kind: 'said', heard: null },
      { step: 'q4_off', probe: 'P-EVENT', kind: 'answered', heard: { teacher: 'expressed', child: 'none' } },
      { step: 'q5_hard', probe: null, kind: 'skipped', heard: null },
    ];
    expect(
      countsOf([one('a', { answers }), one('a', { status: 'open' }), one('b', { updatedAt: 10 * 60_000 })]),
    ).toEqual({
      teachers: 2,
      started: 3,
      finished: 2,
      medianMinutes: 20,
      asked: 2,
      brought: 1,
      redundant: 1,
      skips: { q5_hard: 1 },
    });
  });

  test('are there without a single interview', () => {
    expect(countsOf([])).toMatchObject({ teachers: 0, medianMinutes: null });
  });
});

/** Interviews of every released version load, go on where they were, and come to their end with every answer; also when their snapshot is of no use. */
import { describe, expect, test } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import type { Outgoing } from '../../dialogs/ports.ts';
import { MACHINE_VERSION } from '../../machines/interview.ts';
import { fromStored } from '../../machines/course.ts';
import { keyOf } from '../../machines/journal.ts';
import { openStage, type Stage } from '../support/stage.ts';
import type { Recorded } from './recorded.ts';

const here = new URL('.', import.meta.url);
const releases = readdirSync(here).filter((name) => name.endsWith('.json'));
const read = (name: string) => JSON.parse(readFileSync(new URL(name, here), 'utf8')) as Recorded[];

/** What a teacher says to whatever is asked, until the end. */
const WORD = 'Dit hoort er ook bij: ik was er blij van, en hij was volgens mij trots.';
const CHOICES = ['start', 'resume', 'reviewDone', 'shareKept', 'stateTouched'];

async function toTheEnd(stage: Stage, lang: string): Promise<Outgoing[]> {
  const heard: Outgoing[] = [];
  const again = lang === 'en' ? 'continue' : 'verder';
  let last: readonly Outgoing[] = await stage.say(again);
  for (let turn = 0; turn < 60; turn += 1) {
    heard.push(...last);
    const asked = last.filter(({ label }) => label.kind !== 'notice').at(-1) ?? last.at(-1);
    if (heard.some(({ label }) => label.step === 'r5_end')) return heard;
    const choices = asked?.label.choices ?? [];
    const choice = choices.find(({ id }) => CHOICES.includes(id));
    const free = asked && /^(q|o)\d|c4|r2/.test(asked.label.step) && asked.label.kind !== 'notice';
    last = await stage.say(
      free ? (asked.label.step === 'q1_words' ? 'warm, druk, ver' : WORD) : (choice?.say ?? again),
    );
  }
  throw new Error(`No end after: ${heard.at(-1)?.text}`);
}

test('there are recorded interviews', () => expect(releases.length).toBeGreaterThan(0));

describe.each(releases)('%s', (release) => {
  const records = read(release);

  test.each(records.map((record) => [record.name, record] as const))('%s goes on', async (_, record) => {
    const stage = await openStage({ lang: record.locale });
    try {
      await stage.seed(record);
      const repeat = await stage.say(record.locale.startsWith('en') ? 'repeat' : 'herhaal');
      if (record.open && record.interview.status === 'open')
        expect(repeat.at(-1)?.label).toMatchObject({
          step: record.open.step,
          ...(record.open.probe ? { probe: record.open.probe } : {}),
        });
      if (record.interview.status === 'shared') {
        expect((await stage.look()).interview).toEqual(record.interview);
        return;
      }
      const heard = await toTheEnd(stage, record.locale.slice(0, 2));
      expect(heard.some(({ label }) => label.step === 'r5_end')).toBe(true);
      const { interview, answers } = await stage.look();
      expect(interview?.status).toBe('shared');
      expect(interview?.definition).toEqual(record.interview.definition);
      // Every answer of then is there, letter by letter; what was open again was given anew.
      const now = new Map(answers.map((answer) => [keyOf(answer), answer]));
      for (const answer of record.answers)
        if (!answer.reopened) expect(now.get(keyOf(answer))?.text).toBe(answer.text);
      expect(stage.toCoach.filter(({ label }) => label.kind === 'profile').length).toBeGreaterThan(0);
    } finally {
      await stage.close();
    }
  });

  test.each([
    ['of another version', (snapshot: object) => ({ ...snapshot, version: MACHINE_VERSION + 1 })],
    ['broken', () => ({ machine: 'interview', value: 7 })],
    ['gone', () => null],
  ])('a snapshot that is %s is made again from the answers', async (_, spoil) => {
    for (const record of records.filter(({ open, interview }) => open && interview.status === 'open')) {
      const snapshot = spoil(record.interview.snapshot as object);
      expect(fromStored(record.interview.definition, snapshot)).toBeNull();
      const stage = await openStage({ lang: record.locale });
      try {
        await stage.seed({ ...record, interview: { ...record.interview, snapshot } });
        const [, ...rest] = [
          null,
          ...(await stage.say(record.locale.startsWith('en') ? 'repeat' : 'herhaal')),
        ];
        expect(rest.at(-1)?.label).toMatchObject({
          step: record.open!.step,
          ...(record.open!.probe ? { probe: record.open!.probe } : {}),
        });
        expect((await stage.look()).answers).toEqual(record.answers);
      } finally {
        await stage.close();
      }
    }
  });
});

/**
 * At a release: `node tests/versions/record.ts` keeps interviews of this version as `tests/versions/<version>.json`, for good.
 * Golden conversations are played, and what is in the store is written down at several places on the way.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fromStored, pendingOf } from '../../machines/course.ts';
import { openStage } from '../support/stage.ts';
import { actsOf, createPlayer, localeOf } from '../support/transcript.ts';
import type { Recorded } from './recorded.ts';

/** Of which conversation, after how many lines. */
const PLACES: readonly (readonly [string, readonly number[]])[] = [
  ['juf-anne.nl', [3, 4, 5, 6, 14, 19, 22, 23, 24, 25]],
  ['juf-anne.en', [5, 17, 24]],
  ['alleen-gedrag.nl', [6, 9]],
  ['terug-en-wijzigen.nl', [6, 8, 10]],
  ['pauze.nl', [6, 9, 14, 18]],
];

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  version: string;
};
const target = new URL(`./${version}.json`, import.meta.url);
if (existsSync(target) && !process.argv.includes('--again'))
  throw new Error(
    `${version} was recorded before; what was released does not change (--again before a release)`,
  );

const records: Recorded[] = [];
for (const [name, places] of PLACES) {
  const source = readFileSync(new URL(`../transcripts/${name}.txt`, import.meta.url), 'utf8');
  const locale = localeOf(source);
  const stage = await openStage({ lang: locale });
  const player = createPlayer(stage);
  try {
    for (const [i, act] of actsOf(source).entries()) {
      await player.act(act);
      if (!places.includes(i + 1)) continue;
      const { conversation, interview, answers } = await stage.look();
      if (!interview) throw new Error(`${name} has no interview after line ${i + 1}`);
      const snapshot = fromStored(interview.definition, interview.snapshot);
      const ask = snapshot && pendingOf(snapshot);
      const { language, greeted, interviewId, memory } = conversation;
      records.push({
        ...{ name: `${name} ${i + 1}`, locale },
        conversation: { language, locale: conversation.locale, greeted, interviewId, memory },
        ...{ interview, answers },
        open: ask ? { step: ask.step, probe: ask.probe } : null,
      });
    }
  } finally {
    await stage.close();
  }
}
writeFileSync(target, `[\n${records.map((record) => JSON.stringify(record)).join(',\n')}\n]\n`);
process.stdout.write(`${records.length} interviews of ${version}\n`);

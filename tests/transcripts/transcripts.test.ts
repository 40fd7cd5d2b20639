/** Every golden conversation comes out as it stands in its file. `UPDATE_TRANSCRIPTS=1` writes them anew; read the difference. */
import { describe, expect, it } from '@jest/globals';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { play } from '../support/transcript.ts';

const HERE = import.meta.dirname;
const files = readdirSync(HERE).filter((name) => name.endsWith('.txt'));

describe('golden conversations', () => {
  it('are there in Dutch and in English', () => {
    const scenarios = (lang: string) => files.filter((f) => f.endsWith(`.${lang}.txt`)).map((f) => f.split('.')[0]);
    expect(scenarios('nl').length).toBeGreaterThanOrEqual(7);
    expect(scenarios('en')).toEqual(scenarios('nl'));
  });

  it.each(files)('%s', async (name) => {
    const path = join(HERE, name);
    const source = readFileSync(path, 'utf8');
    const played = await play(source);
    if (process.env['UPDATE_TRANSCRIPTS'] === '1') writeFileSync(path, played);
    else expect(played).toBe(source);
  });
});

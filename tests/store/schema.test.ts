/** The schema of each engine, as a file that is looked at when it changes (UPDATE_GOLDEN=1 writes it). */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { currentVersion, migrate, SCHEMA_VERSION } from '../../bot/store/migrations.ts';
import { openEngine, openStore } from '../../bot/store/store.ts';
import { KEY } from './people.ts';
import { engines, type TestPlace } from './places.ts';

describe.each(engines)('the schema on $title', (engine) => {
  let place: TestPlace;
  beforeEach(async () => {
    place = await engine.create();
  });
  afterEach(() => place.dispose());

  test('is the one in the golden file', async () => {
    const opened = await openEngine(place.place, 'tool');
    expect(await currentVersion(opened)).toBe(0);
    await migrate(opened, Date.now);
    expect(await currentVersion(opened)).toBe(SCHEMA_VERSION);
    const schema = await opened.describe();
    await opened.close();
    const file = new URL(`./schema.${engine.title.toLowerCase()}.txt`, import.meta.url);
    if (process.env['UPDATE_GOLDEN'] || !existsSync(file)) writeFileSync(file, schema);
    expect(schema).toBe(readFileSync(file, 'utf8'));
  });

  test('of a newer program is refused with one sentence, and not touched', async () => {
    await (await openStore(place.place, { key: KEY, now: Date.now })).close();
    await place.sql(`insert into schema_version (version, applied_at) values (99, 0)`);
    await expect(openStore(place.place, { key: KEY, now: Date.now })).rejects.toMatchObject({
      code: 'schema_newer',
      message: expect.stringMatching(/newer version.*schema 99/),
    });
  });
});

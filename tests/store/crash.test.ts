/** Processes that are killed, and processes that start at once. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { setTimeout as pause } from 'node:timers/promises';
import { createInbox } from '../../bot/inbox.ts';
import { SCHEMA_VERSION } from '../../bot/store/migrations.ts';
import { openStore } from '../../bot/store/store.ts';
import type { Store } from '../../bot/store/types.ts';
import { echo, KEY, reference, TEACHER } from './people.ts';
import { engines, type TestPlace } from './places.ts';
import { start, type Child } from './processes.ts';

const KILLS = 5;
const anne = reference('anne');

describe.each(engines)('$title and processes that die', (engine) => {
  let place: TestPlace;
  let children: Child[];
  beforeEach(async () => {
    place = await engine.create();
    children = [];
  });
  afterEach(async () => {
    await Promise.all(children.map((child) => child.kill()));
    await place.dispose();
  });
  const run: typeof start = (orders, prefix) => {
    const child = start(orders, prefix);
    children.push(child);
    return child;
  };
  const answersOf = (store: Store) =>
    store.inTurn(store.laneOf(anne), {}, async (turn) =>
      (await turn.scene().answers()).map((one) => one.text),
    );

  test('killed at any moment: every acknowledged answer is there once, in order, with its reply', async () => {
    let acknowledged = -1;
    for (let kill = 0; kill < KILLS; kill += 1) {
      // Teams sends the last ones again: the bot may have died before it answered.
      const child = run({ place: place.place, do: 'talk', from: Math.max(0, acknowledged - 1), to: 100_000 });
      await child.line((line) => Number(line) > acknowledged);
      // A moment that has nothing to do with what the process is doing.
      await pause(20 + ((kill * 37) % 90));
      await child.kill();
      expect(child.lines.filter((line) => /refused|failed/.test(line))).toEqual([]);
      acknowledged = Math.max(...child.lines.map(Number).filter((n) => !Number.isNaN(n)));
    }
    const store = await openStore(place.place, { key: KEY, now: Date.now });
    const answers = await answersOf(store);
    expect(answers.length).toBeGreaterThan(acknowledged);
    // At most the one that was under way is there without an acknowledgement.
    expect(answers.length).toBeLessThanOrEqual(acknowledged + 2);
    expect(answers).toEqual(answers.map((_, n) => `w${n}`));
    const replies = await place.sql(`select count(*) as n from outbox`);
    expect(Number(replies[0]!['n'])).toBe(answers.length);
    await store.close();
  });

  test('killed between the pieces of a thought: they become one answer in the next process', async () => {
    const child = run({ place: place.place, do: 'talk', from: 0, to: 3, quietMs: 60_000 });
    await child.line((line) => line === '2');
    await child.kill();
    const store = await openStore(place.place, { key: KEY, now: Date.now });
    const later = { now: () => Date.now() + 61_000, newId: () => 'one' };
    const inbox = createInbox({
      store,
      takeTurn: echo,
      world: later,
      quietMs: 60_000,
      placeOf: () => TEACHER,
    });
    await inbox.drain();
    expect(await answersOf(store)).toEqual(['w0\nw1\nw2']);
    await store.close();
  });

  test('twenty processes make the schema at once', async () => {
    const all = Array.from({ length: 20 }, () => run({ place: place.place, do: 'migrate' }));
    expect(await Promise.all(all.map((child) => child.ended))).toEqual(all.map(() => 0));
    expect(await place.sql('select version from schema_version')).toEqual(
      Array.from({ length: SCHEMA_VERSION }, (_, i) => ({ version: i + 1 })),
    );
    expect(await place.sql('select count(*) as n from installation')).toMatchObject([
      { n: engine.title === 'SQLite' ? 2 : '2' },
    ]);
  });
});

/** What a turn costs: counted, so that it does not creep up, and does not grow with the interview. */
import { describe, expect, test } from '@jest/globals';
import { createInbox } from '../../bot/inbox.ts';
import type { Engine } from '../../bot/store/engine.ts';
import { openEngine, openStoreOn } from '../../bot/store/store.ts';
import { clock, echo, item, KEY, reference, TEACHER, text } from './people.ts';
import { engines } from './places.ts';

interface Cost {
  /** Statements, without begin and commit. */
  statements: number;
  /** Times that the program waits for the database: reads that are begun together count once, the commit once. */
  trips: number;
  /** Characters of the values that are written. */
  written: number;
}

function counting(engine: Engine): { engine: Engine; cost: Cost } {
  const cost: Cost = { statements: 0, trips: 0, written: 0 };
  const counted = Object.create(engine) as Engine;
  counted.transaction = (work) => {
    cost.trips += 1;
    return engine.transaction((tx) => {
      let open = 0;
      return work({
        read: async (query) => {
          cost.statements += 1;
          if (open === 0) cost.trips += 1;
          open += 1;
          try {
            return await tx.read(query);
          } finally {
            open -= 1;
          }
        },
        write: (query) => {
          cost.statements += 1;
          cost.written += query.values.reduce<number>(
            (sum, value) => sum + `${value as string | number | null}`.length,
            0,
          );
          tx.write(query);
        },
      });
    });
  };
  // Everything else is the engine's own.
  for (const name of ['read', 'claiming', 'close', 'describe', 'scrub', 'backup'] as const) {
    Object.defineProperty(counted, name, {
      value: (engine[name] as (...args: never[]) => unknown).bind(engine),
    });
  }
  return { engine: counted, cost };
}

describe.each(engines)('a turn on $title', (kind) => {
  test('takes two round trips, six statements at most, and costs the same at the end of a long interview', async () => {
    const place = await kind.create();
    const { engine, cost } = counting(await openEngine(place.place, 'bot'));
    const store = await openStoreOn(engine, { key: KEY, now: Date.now });
    const inbox = createInbox({ store, takeTurn: echo, world: clock(), quietMs: 0, placeOf: () => TEACHER });
    const costOf = async (n: number): Promise<Cost> => {
      Object.assign(cost, { statements: 0, trips: 0, written: 0 });
      const words = `${n}`.padStart(200, '.');
      await inbox.receive(reference('anne'), item(`${n}`.padStart(5, '0'), text(words)), {
        wantsReplies: false,
      });
      return { ...cost };
    };
    await costOf(0);
    const early = await costOf(1);
    for (let n = 2; n < 120; n += 1) await costOf(n);
    const late = await costOf(120);
    expect(early.trips).toBe(2);
    expect(early.statements).toBeLessThanOrEqual(6);
    expect({ ...late, written: 0 }).toEqual({ ...early, written: 0 });
    // Only the numbers in it have become longer.
    expect(late.written).toBeLessThanOrEqual(early.written + 50);
    await store.close();
    await place.dispose();
    if (process.env['SHOW_COST']) process.stdout.write(`${kind.title} ${JSON.stringify({ early, late })}\n`);
  });
});

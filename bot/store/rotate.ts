/**
 * A new master key: every data key is wrapped again, in small transactions beside running bots. What was done stays done, so it can be
 * killed and run again. Nothing of what teachers said is opened: only the keys are.
 */
import { ConfigError } from '../errors.ts';
import { once, type Engine } from './engine.ts';
import { idOfWrapped, type Keyring } from './seal.ts';

const BATCH = 200;
const LOOKUP = 'lookup_key';
const RETIRED = 'retired_keys';
const INSTALLATION = 'installation';

export interface KeyStatus {
  /** Id of the key that wraps; what it is an id of cannot be found out from it. */
  readonly current: string;
  /** Number of data keys by the id of the master key that wraps them. */
  readonly counts: Readonly<Record<string, number>>;
  /** Data keys that none of our keys opens. */
  readonly unknown: number;
}

export async function keyStatus(engine: Engine, keyring: Keyring): Promise<KeyStatus> {
  const { db } = engine;
  const current = keyring.current;
  const rows = await engine.read(
    once(
      db
        .selectFrom('data_key')
        .select((e) => ['key_id', e.fn.countAll<number>().as('count')])
        .groupBy('key_id'),
    ),
  );
  const counts: Record<string, number> = {};
  for (const { key_id, count } of rows) counts[key_id] = Number(count);
  const [lookup] = await engine.read(
    once(db.selectFrom('installation').select('value').where('name', '=', LOOKUP)),
  );
  if (lookup) {
    const id = idOfWrapped(lookup.value);
    counts[id] = (counts[id] ?? 0) + 1;
  }
  const unknown = Object.entries(counts)
    .filter(([id]) => !keyring.known.includes(id))
    .reduce((sum, [, count]) => sum + count, 0);
  return { current, counts, unknown };
}

export interface RotateOptions {
  readonly batch?: number;
  /** Called after each transaction with the number of data keys wrapped again so far. */
  readonly onBatch?: (done: number) => void | Promise<void>;
}

/** Wraps everything under the current key. Returns how many. Throws ConfigError when one was wrapped by a key that is not given. */
export async function rewrapAll(
  engine: Engine,
  keyring: Keyring,
  options: RotateOptions = {},
): Promise<number> {
  const { db } = engine;
  let done = 0;
  const [lookup] = await engine.read(
    once(db.selectFrom('installation').select('value').where('name', '=', LOOKUP)),
  );
  if (lookup) {
    const row = { id: INSTALLATION, key_id: idOfWrapped(lookup.value), wrapped: lookup.value };
    const again = keyring.rewrap(row);
    if (again) {
      await engine.transaction(async (tx) =>
        tx.write(
          once(
            db
              .updateTable('installation')
              .set({ value: again.wrapped })
              .where('name', '=', LOOKUP)
              .where('value', '=', lookup.value),
          ),
        ),
      );
      await options.onBatch?.(++done);
    }
  }
  for (;;) {
    const count = await engine.transaction(async (tx) => {
      const rows = await tx.read(
        once(
          db
            .selectFrom('data_key')
            .selectAll()
            .where('key_id', '!=', keyring.current)
            .orderBy('id')
            .limit(options.batch ?? BATCH),
        ),
      );
      for (const row of rows) {
        const again = keyring.rewrap(row);
        // As it was read, or not at all: what was erased meanwhile stays erased, what another did is done.
        if (again)
          tx.write(
            once(
              db
                .updateTable('data_key')
                .set({ key_id: again.key_id, wrapped: again.wrapped })
                .where('id', '=', row.id)
                .where('wrapped', '=', row.wrapped),
            ),
          );
      }
      return rows.length;
    });
    if (count === 0) return done;
    done += count;
    await options.onBatch?.(done);
  }
}

/** From now on a bot that would wrap with one of these keys does not start. */
export async function retire(engine: Engine, ids: readonly string[]): Promise<void> {
  const { db } = engine;
  await engine.transaction(async (tx) => {
    const [row] = await tx.read(
      once(db.selectFrom('installation').select('value').where('name', '=', RETIRED)),
    );
    const value = [...new Set([...(row?.value.split(' ') ?? []), ...ids])].join(' ');
    tx.write(
      once(
        db
          .insertInto('installation')
          .values({ name: RETIRED, value })
          .onConflict((conflict) => conflict.column('name').doUpdateSet({ value })),
      ),
    );
  });
}

/** Throws ConfigError when the key that wraps was replaced by another one. */
export function refuseRetired(
  rows: readonly { readonly name: string; readonly value: string }[],
  keyring: Keyring,
): void {
  const retired = rows.find((row) => row.name === RETIRED)?.value.split(' ') ?? [];
  if (retired.includes(keyring.current))
    throw new ConfigError('key_retired', 'This key was replaced by another one and may not be used again.');
}

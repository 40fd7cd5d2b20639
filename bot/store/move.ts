/** Copies everything from one store into an empty one (SQLite to PostgreSQL), checks it, and only then commits. Sealed values stay sealed: no key is needed. */
import { createHash } from 'node:crypto';
import { ConfigError, Corrupt } from '../errors.ts';
import { once, type Engine, type Tx } from './engine.ts';
import { migrate } from './migrations.ts';
import type { Tables } from './tables.ts';

/** The tables that are copied, and what identifies a row. `schema_version` and `lease` belong to the place, not to the data. */
const MOVED = {
  installation: ['name'],
  data_key: ['id'],
  conversation: ['id'],
  interview: ['id'],
  answer: ['interview_id', 'answer_key'],
  handover: ['interview_id', 'coach'],
  settings: ['number'],
  inbox: ['conversation_id', 'id'],
  outbox: ['position'],
  audit: ['id'],
} as const satisfies Partial<Record<keyof Tables, readonly string[]>>;
type Moved = keyof typeof MOVED;
const TABLES = Object.keys(MOVED) as readonly Moved[];

const PAGE = 500;
/** What is known of a place only, and is not copied. */
const MOVED_AT = 'moved_at';

type Row = Readonly<Record<string, unknown>>;
/** Number of rows and the sum of their hashes, which does not depend on the order. */
export interface Count {
  readonly rows: number;
  readonly sum: string;
}
export interface MoveReport {
  /** False: everything was there already. */
  readonly copied: boolean;
  readonly tables: Readonly<Record<string, Count>>;
}

/**
 * Can be run again after a failure: nothing is kept of an unfinished copy.
 * Throws ConfigError when the target holds anything else, Corrupt when the copy does not equal the original.
 */
export async function move(source: Engine, target: Engine, now: () => number): Promise<MoveReport> {
  await migrate(source, now);
  await migrate(target, now);
  // The source is held for the whole copy, so that nobody adds to it meanwhile.
  const report = await source.transaction((from) =>
    target.transaction(async (to) => {
      for (const statement of target.migrating) to.write({ sql: statement, values: [] });
      const own = await storeId(source, from);
      const theirs = await storeId(target, to);
      if (own === null)
        throw new ConfigError('move_nothing', 'There is nothing to move in this data folder yet.');
      if (theirs !== null && theirs !== own) {
        throw new ConfigError(
          'move_foreign',
          'The target is in use by another installation of Klankbord. Choose an empty database.',
        );
      }
      const before = await countAll(source, from);
      if (theirs === own) {
        if (equal(before, await countAll(target, to))) return { copied: false, tables: before };
        throw new ConfigError(
          'move_used',
          'These data were moved to the target earlier, and since then one of the two was used. Nothing was changed. Go on with the target (DATABASE_URL), or choose an empty database.',
        );
      }
      for (const table of TABLES) {
        for await (const rows of pages(source, from, table)) {
          to.write(once(target.db.insertInto(table).values(rows as never)));
        }
      }
      if (target.renumber !== null) to.write({ sql: target.renumber, values: [] });
      if (!equal(before, await countAll(target, to))) {
        throw new Corrupt('move_differs', 'The copy does not equal the original; nothing was kept of it.');
      }
      return { copied: true, tables: before };
    }),
  );
  await source.transaction(async (tx) =>
    tx.write(
      once(
        source.db
          .insertInto('installation')
          .values({ name: MOVED_AT, value: String(now()) })
          .onConflict((conflict) => conflict.column('name').doNothing()),
      ),
    ),
  );
  return report;
}

async function storeId({ db }: Engine, tx: Tx): Promise<string | null> {
  const [row] = await tx.read(
    once(db.selectFrom('installation').select('value').where('name', '=', 'store_id')),
  );
  return row?.value ?? null;
}

async function* pages({ db }: Engine, tx: Tx, table: Moved): AsyncGenerator<readonly Row[]> {
  for (let offset = 0; ; offset += PAGE) {
    let query = db.selectFrom(table).selectAll();
    for (const column of MOVED[table]) query = query.orderBy(column as never);
    const rows = (await tx.read(once(query.limit(PAGE).offset(offset)))) as readonly Row[];
    const kept = rows.filter((row) => table !== 'installation' || row['name'] !== MOVED_AT);
    if (kept.length > 0) yield kept;
    if (rows.length < PAGE) return;
  }
}

async function countAll(engine: Engine, tx: Tx): Promise<Record<Moved, Count>> {
  const counts: [Moved, Count][] = [];
  for (const table of TABLES) counts.push([table, await count(engine, tx, table)]);
  return Object.fromEntries(counts) as Record<Moved, Count>;
}

async function count(engine: Engine, tx: Tx, table: Moved): Promise<Count> {
  let rows = 0;
  // Engines sort text differently; a sum of hashes does not mind.
  let sum = 0n;
  for await (const page of pages(engine, tx, table)) {
    for (const row of page) {
      rows += 1;
      const text = JSON.stringify(Object.entries(row).sort(([a], [b]) => (a < b ? -1 : 1)));
      sum = BigInt.asUintN(256, sum + BigInt(`0x${createHash('sha256').update(text).digest('hex')}`));
    }
  }
  return { rows, sum: sum.toString(16).padStart(64, '0') };
}

function equal(a: Record<Moved, Count>, b: Record<Moved, Count>): boolean {
  return TABLES.every((table) => a[table].rows === b[table].rows && a[table].sum === b[table].sum);
}

/**
 * What the store needs of a database. Kysely builds and types every statement; an engine runs it.
 * sqlite.ts and postgres.ts are the only files that know a dialect.
 */
import type { CompiledQuery, Kysely, Transaction } from 'kysely';
import type { Tables } from './tables.ts';

/** A statement with its values, ready to run. */
export interface Bound<R> {
  readonly sql: string;
  readonly values: readonly unknown[];
  /** Set for statements that are used again and again: the engine keeps them prepared under this name. */
  readonly name?: string;
  /** Only for the type of its rows. */
  readonly rows?: R;
}

/** One transaction. Whatever `work` throws rolls it back. */
export interface Tx {
  /** Runs the filed writes, then this; the rows of this. Reads that are begun together (Promise.all) share one round trip. */
  read<R>(query: Bound<R>): Promise<R[]>;
  /** Files a statement; it travels with the next read or with the commit. */
  write(query: Bound<unknown>): void;
}

export interface Engine {
  /** For people: `SQLite`, `PostgreSQL`. */
  readonly title: string;
  /** True when only one bot at a time can have the store open: whatever an earlier one held, it holds no more. */
  readonly single: boolean;
  /** Builds statements; cannot run any. */
  readonly db: Kysely<Tables>;
  /** Runs one statement that reads, outside a transaction. */
  read<R>(query: Bound<R>): Promise<R[]>;
  transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  /** A statement that locks the row of a conversation; null where a transaction is alone anyway. */
  readonly lockRow: ((db: Kysely<Tables>, lane: string) => Compilable<unknown>) | null;
  /** Makes a select of `outbox as o` lock its rows and pass over those that somebody else has locked. */
  claiming<Q>(query: Q): Q;
  /** Makes a select of this table (by its alias) lock its rows until the end of the transaction. */
  locking<Q>(query: Q, alias: string): Q;
  /** Must run first in a transaction that changes the schema, so that others wait. Also creates the table of versions. */
  readonly migrating: readonly string[];
  /** SQL type of a column that numbers its rows. */
  readonly numbering: string;
  /** After rows were copied with their numbers: go on counting behind them. */
  readonly renumber: string | null;
  /** The schema as text, in a stable order. */
  describe(): Promise<string>;
  /** Leaves nothing of what was deleted in the files, as far as the engine can. */
  scrub(): Promise<void>;
  /** Copies everything into a new file while the store is in use. */
  backup(path: string): Promise<void>;
  close(): Promise<void>;
}

export interface Compilable<R> {
  compile(): CompiledQuery<R>;
}

/** Runs a statement that is rarely needed. */
export function once<R>(query: Compilable<R>): Bound<R> {
  const { sql, parameters } = query.compile();
  return { sql, values: parameters };
}

class Slot {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}

const names = new Map<string, string>();

/** Builds a statement once and gives a function that fills in its values: building costs more than running it. */
export function prepare<P extends object, R>(build: (values: P) => Compilable<R>): (values: P) => Bound<R> {
  const slots = new Proxy({}, { get: (_, name) => new Slot(String(name)) });
  const { sql, parameters } = build(slots as P).compile();
  const name = names.get(sql) ?? `klankbord_${names.size + 1}`;
  names.set(sql, name);
  return (values) => ({
    name,
    sql,
    values: parameters.map((parameter) =>
      parameter instanceof Slot ? (values as Record<string, unknown>)[parameter.name] : parameter,
    ),
  });
}

export type Builder = Kysely<Tables> | Transaction<Tables>;

/** The row as a plain object with exactly these columns: what `prepare` hands us has no enumerable properties. */
export function columns<R extends object, const K extends readonly (keyof R)[]>(
  row: R,
  names: K,
): Pick<R, K[number]> {
  return Object.fromEntries(names.map((name) => [name, row[name]])) as Pick<R, K[number]>;
}

/**
 * SQLite in the data folder: one file, one writer at a time, every commit on the disk before it is acknowledged.
 *
 * A transaction begins IMMEDIATE, so that what it read cannot be overtaken by another process (SQLITE_BUSY_SNAPSHOT) and two
 * processes cannot wait for each other. Inside this process transactions queue; between processes the later one waits without
 * blocking the event loop.
 */
import Database from 'better-sqlite3';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { DummyDriver, Kysely, SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler } from 'kysely';
import { AppError, ConfigError, Corrupt, RetryLater, StoreBusy, systemCode } from '../errors.ts';
import type { Bound, Engine, Tx } from './engine.ts';
import { createPrivate, syncFile } from './files.ts';
import type { Tables } from './tables.ts';

export const DATA_FILE = 'klankbord.db';
const LOCK_FILE = 'bot.lock';
/** How long a transaction waits for another process, in ms: less than the 15 s after which Teams gives up on a turn. */
const WAIT_MS = 10_000;
/** How long SQLite itself may wait, in ms; the event loop stands still meanwhile. */
const BLOCK_MS = 5;

/** Holds the folder for one bot. The lock belongs to the process: it is gone when the process is, however it ended. */
function lockFolder(dataDir: string): Database.Database {
  const lock = new Database(join(dataDir, LOCK_FILE), { timeout: 0 });
  try {
    lock.exec('begin exclusive');
    return lock;
  } catch (error) {
    lock.close();
    if (systemCode(error).startsWith('SQLITE_BUSY')) {
      throw new ConfigError(
        'folder_in_use',
        `Another bot is running on the data folder ${dataDir}. Stop it first, or give this one a folder of its own (KLANKBORD_DATA).`,
      );
    }
    throw translate(error);
  }
}

function connect(file: string): Database.Database {
  const db = new Database(file, { timeout: WAIT_MS });
  try {
    if (db.pragma('journal_mode', { simple: true }) !== 'wal') db.pragma('journal_mode = wal');
    // Said explicitly: better-sqlite3 is compiled so that WAL does not sync commits unless it is asked to.
    db.pragma('synchronous = full');
    db.pragma('fullfsync = on');
    // What is deleted is overwritten, so that a data key that was erased is not found in the free pages.
    db.pragma('secure_delete = on');
    // From here on waiting is done by `patiently`: SQLite's own waiting would stop the whole process.
    db.pragma(`busy_timeout = ${BLOCK_MS}`);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

export async function openSqlite(dataDir: string, options: { readonly bot: boolean }): Promise<Engine> {
  const file = join(dataDir, DATA_FILE);
  let lock: Database.Database | null = null;
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    // Created by us, so that nobody else on the machine may read it; SQLite gives its other files the same mode.
    for (const path of [file, join(dataDir, LOCK_FILE)]) createPrivate(path);
    if (options.bot) lock = lockFolder(dataDir);
    return new SqliteEngine(file, await patiently(() => connect(file)), lock);
  } catch (error) {
    lock?.close();
    throw translate(error);
  }
}

/** A transaction that waits for its turn. `work` gives how to answer once it is committed. */
interface Asked {
  readonly work: (tx: Tx) => Promise<() => void>;
  readonly reject: (error: unknown) => void;
}

const statement = (name: string, sql: string): Bound<never> => ({ name, sql, values: [] });
const BEGIN = statement('begin', 'begin immediate');
const COMMIT = statement('commit', 'commit');
const SAVE = statement('save', 'savepoint one');
const KEEP = statement('keep', 'release one');
const UNDO = statement('undo', 'rollback to one');

class SqliteEngine implements Engine {
  readonly title = 'SQLite';
  readonly single = true;
  readonly db = new Kysely<Tables>({
    dialect: {
      createAdapter: () => new SqliteAdapter(),
      createDriver: () => new DummyDriver(),
      createIntrospector: (db) => new SqliteIntrospector(db),
      createQueryCompiler: () => new SqliteQueryCompiler(),
    },
  });
  readonly lockRow = null;
  readonly migrating = [
    'create table if not exists schema_version (version integer primary key, applied_at integer not null)',
  ];
  readonly numbering = 'integer primary key autoincrement';
  readonly renumber = null;

  readonly #file: string;
  readonly #lock: Database.Database | null;
  /** Null after an input/output error: opened again for the next transaction. */
  #connection: Database.Database | null;
  #statements = new Map<string, Database.Statement>();
  #queue: Promise<unknown> = Promise.resolve();
  #asked: Asked[] = [];
  #closed = false;

  constructor(file: string, connection: Database.Database, lock: Database.Database | null) {
    this.#file = file;
    this.#connection = connection;
    this.#lock = lock;
  }

  claiming<Q>(query: Q): Q {
    return query;
  }

  /** A transaction is alone anyway. */
  locking<Q>(query: Q): Q {
    return query;
  }

  read<R>(query: Bound<R>): Promise<R[]> {
    return this.#alone((db) => patiently(() => this.#run(db, query)));
  }

  transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#asked.push({
        work: async (tx) => {
          const result = await work(tx);
          return () => resolve(result);
        },
        reject,
      });
      // After everything that has arrived by now was read, so that it shares one commit, and with it one sync of the disk.
      if (this.#asked.length === 1) setImmediate(() => void this.#commitTogether(this.#asked.splice(0)));
    });
  }

  /** Transactions one after another, each undone by itself when it fails, and one commit: nobody is answered before it. */
  async #commitTogether(asked: readonly Asked[]): Promise<void> {
    if (asked.length === 0) return;
    const done: { readonly answer: () => void; readonly reject: (error: unknown) => void }[] = [];
    let begun = 0;
    await this.#alone(async (db) => {
      await patiently(() => this.#run(db, BEGIN));
      try {
        for (const { work, reject } of asked) {
          begun += 1;
          try {
            const answer = await (asked.length === 1 ? this.#work(db, work) : this.#apart(db, work));
            done.push({ answer, reject });
          } catch (error) {
            const problem = translate(error);
            reject(problem);
            // It was alone, and there is nothing else to keep.
            if (asked.length === 1) throw problem;
            // The disk is full or fails: then SQLite has undone everything, or cannot be trusted with the rest.
            if (!db.inTransaction || isAway(problem)) throw problem;
          }
        }
        this.#run(db, COMMIT);
      } catch (error) {
        if (db.inTransaction) db.exec('rollback');
        throw error;
      }
    }).then(
      () => done.forEach(({ answer }) => answer()),
      (error: unknown) => {
        for (const { reject } of [...done, ...asked.slice(begun)]) reject(error);
      },
    );
  }

  /** Undone by itself when it fails. */
  async #apart<R>(db: Database.Database, work: (tx: Tx) => Promise<R>): Promise<R> {
    this.#run(db, SAVE);
    try {
      const result = await this.#work(db, work);
      this.#run(db, KEEP);
      return result;
    } catch (error) {
      if (db.inTransaction) for (const statement of [UNDO, KEEP]) this.#run(db, statement);
      throw error;
    }
  }

  async #work<R>(db: Database.Database, work: (tx: Tx) => Promise<R>): Promise<R> {
    const filed: Bound<unknown>[] = [];
    /** The first statement that failed: nothing is kept after it, also when nobody waited for its answer. */
    let failed: { readonly error: unknown } | null = null;
    const run = <Row>(query: Bound<Row>): Row[] => {
      try {
        return this.#run(db, query);
      } catch (error) {
        failed ??= { error };
        throw error;
      }
    };
    const flush = () => {
      for (const query of filed.splice(0)) run(query);
    };
    const demandNothingFailed = () => {
      if (failed) throw failed.error;
    };
    const result = await work({
      read: async (query) => {
        flush();
        return run(query);
      },
      write: (query) => void filed.push(query),
    });
    flush();
    demandNothingFailed();
    return result;
  }

  async describe(): Promise<string> {
    const rows = await this.read<{ sql: string }>({
      sql: `select sql from sqlite_master where sql is not null and name not like 'sqlite%' order by name`,
      values: [],
    });
    return rows.map((row) => `${row.sql};\n`).join('');
  }

  /** Empties the write-ahead log, which still holds pages as they were. Another process that reads may prevent it: then the next one does it. */
  async scrub(): Promise<void> {
    await this.#alone(async (db) => db.pragma('wal_checkpoint(truncate)'));
  }

  async backup(path: string): Promise<void> {
    if (existsSync(path)) throw new ConfigError('backup_exists', `There is already a file ${path}.`);
    const part = `${path}.part`;
    rmSync(part, { force: true });
    // A connection of its own: it reads one consistent state and disturbs nobody who writes.
    const reader = new Database(this.#file, { readonly: true, timeout: WAIT_MS });
    try {
      createPrivate(part);
      reader.prepare('vacuum into ?').run(part);
      syncFile(part);
      renameSync(part, path);
      syncFile(path);
    } catch (error) {
      rmSync(part, { force: true });
      throw translate(error);
    } finally {
      reader.close();
    }
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    if (this.#asked.length > 0) await this.#commitTogether(this.#asked.splice(0));
    this.#closed = true;
    await this.#queue.catch(() => undefined);
    this.#connection?.close();
    this.#lock?.close();
  }

  #alone<T>(work: (db: Database.Database) => Promise<T>): Promise<T> {
    if (this.#closed) return Promise.reject(new RetryLater('store_closed', 'The store is closed.'));
    const run = this.#queue.then(async () => {
      try {
        this.#connection ??= connect(this.#file);
        return await work(this.#connection);
      } catch (error) {
        const problem = translate(error);
        if (isAway(problem)) this.#disconnect();
        throw problem;
      }
    });
    this.#queue = run.catch(() => undefined);
    return run;
  }

  #disconnect(): void {
    this.#statements.clear();
    try {
      this.#connection?.close();
    } catch {
      // Nothing to save: what was acknowledged is on the disk, the rest was rolled back.
    }
    this.#connection = null;
  }

  #run<R>(db: Database.Database, { sql, values, name }: Bound<R>): R[] {
    let statement = name === undefined ? undefined : this.#statements.get(sql);
    if (!statement) {
      statement = db.prepare(sql);
      if (name !== undefined) this.#statements.set(sql, statement);
    }
    if (statement.reader) return statement.all(...values) as R[];
    statement.run(...values);
    return [];
  }
}

/** Tries again while another process holds the database, without blocking this one. */
async function patiently<T>(attempt: () => T): Promise<T> {
  const until = performance.now() + WAIT_MS;
  for (let wait = 1; ; wait = Math.min(2 * wait, 50)) {
    try {
      return attempt();
    } catch (error) {
      if (!systemCode(error).startsWith('SQLITE_BUSY') || performance.now() > until) throw error;
      await pause(wait);
    }
  }
}

const AWAY = /^SQLITE_(FULL|IOERR|READONLY|CANTOPEN|PROTOCOL|NOLFS|PERM|AUTH)/;

function isAway(problem: unknown): boolean {
  return problem instanceof AppError && problem.code === 'store_unavailable';
}

function translate(error: unknown): unknown {
  if (error instanceof AppError) return error;
  const code = systemCode(error);
  if (/^SQLITE_(BUSY|LOCKED)/.test(code)) {
    return new StoreBusy('store_busy', 'Another process holds the database.', { cause: error });
  }
  if (AWAY.test(code)) {
    return new RetryLater('store_unavailable', `The database cannot be used (${code}).`, { cause: error });
  }
  if (/^SQLITE_(CORRUPT|NOTADB)/.test(code)) {
    return new Corrupt('store_damaged', `The database file is damaged (${code}).`, { cause: error });
  }
  if (/^E(ACCES|PERM|ROFS|NOSPC|IO|NOTDIR|NOENT|EXIST)$/.test(code)) {
    return new RetryLater('store_unavailable', `The data folder cannot be used (${code}).`, { cause: error });
  }
  return error;
}

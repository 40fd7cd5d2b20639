/** Places to store in, on every engine that answers: SQLite always, PostgreSQL when DATABASE_URL or the local server does. */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import type { StorePlace } from '../../bot/store/store.ts';

const DATABASE_URL = process.env['DATABASE_URL'] || 'postgres://postgres@127.0.0.1:5432/test';

export interface TestPlace {
  readonly place: StorePlace;
  /** Runs SQL behind the store's back. */
  sql(text: string, values?: readonly unknown[]): Promise<Record<string, unknown>[]>;
  /** Breaks every connection of the store (PostgreSQL). */
  cut(): Promise<void>;
  dispose(): Promise<void>;
}

export interface TestEngine {
  readonly title: 'SQLite' | 'PostgreSQL';
  create(): Promise<TestPlace>;
}

export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), 'klankbord-test-'));
}

const sqlite: TestEngine = {
  title: 'SQLite',
  async create() {
    const { default: Database } = await import('better-sqlite3');
    const dataDir = temporaryFolder();
    return {
      place: { dataDir },
      async sql(text, values = []) {
        const db = new Database(join(dataDir, 'klankbord.db'));
        try {
          const statement = db.prepare(text);
          if (statement.reader) return statement.all(...values) as Record<string, unknown>[];
          statement.run(...values);
          return [];
        } finally {
          db.close();
        }
      },
      async cut() {},
      async dispose() {
        rmSync(dataDir, { recursive: true, force: true });
      },
    };
  },
};

const postgres: TestEngine = {
  title: 'PostgreSQL',
  async create() {
    const schema = `kb_${process.pid}_${randomBytes(4).toString('hex')}`;
    const client = new pg.Client({ connectionString: DATABASE_URL });
    await client.connect();
    await client.query(`create schema ${schema}; set search_path = ${schema}`);
    const url = new URL(DATABASE_URL);
    url.searchParams.set('options', `-csearch_path=${schema}`);
    url.searchParams.set('application_name', schema);
    return {
      place: { databaseUrl: url.href },
      async cut() {
        await client.query(
          'select pg_terminate_backend(pid) from pg_stat_activity where application_name = $1',
          [schema],
        );
      },
      async sql(text, values = []) {
        let n = 0;
        return (
          await client.query<Record<string, unknown>>(
            text.replace(/\?/g, () => `$${++n}`),
            [...values],
          )
        ).rows;
      },
      async dispose() {
        await client.query(`set client_min_messages = warning; drop schema ${schema} cascade`);
        await client.end();
      },
    };
  },
};

async function postgresAnswers(): Promise<boolean> {
  const client = new pg.Client({ connectionString: DATABASE_URL, connectionTimeoutMillis: 2_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.end();
    return true;
  } catch (error) {
    // Asked for by name and not there: that is a mistake, not a reason to test less.
    if (process.env['DATABASE_URL']) throw error;
    return false;
  }
}

export const engines: readonly TestEngine[] = (await postgresAnswers()) ? [sqlite, postgres] : [sqlite];
export const postgresOnly = engines.filter((engine) => engine.title === 'PostgreSQL');

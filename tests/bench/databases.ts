/** Databases of the bench's own on the PostgreSQL server at hand; dropped at the end. */
import { createRequire } from 'node:module';
import type PG from 'pg';
import { cpuOf, memoryOf, pin } from './measure.ts';

const pg = createRequire(import.meta.url)('pg') as typeof PG;
const SERVER = process.env['BENCH_POSTGRES'] ?? 'postgres://postgres@127.0.0.1:5432/postgres';

export class Databases {
  readonly #client: PG.Client;
  readonly #made: string[] = [];
  /** CPU of backends that were seen last, so that one that ends is not forgotten at once. */
  version = '';

  private constructor(client: PG.Client) {
    this.#client = client;
  }

  /** Null when there is no server. */
  static async open(): Promise<Databases | null> {
    const client = new pg.Client({ connectionString: SERVER, connectionTimeoutMillis: 3_000 });
    try {
      await client.connect();
    } catch {
      return null;
    }
    client.on('error', () => undefined);
    const databases = new Databases(client);
    const { rows } = await client.query<{ server_version: string }>('show server_version');
    databases.version = rows[0]?.server_version ?? '';
    return databases;
  }

  async create(name: string): Promise<{ url: string; name: string }> {
    const full = `klankbord_bench_${process.pid}_${name}`;
    await this.#client.query(`create database ${full}`);
    this.#made.push(full);
    const url = new URL(SERVER);
    url.pathname = `/${full}`;
    return { url: url.href, name: full };
  }

  async backends(name: string): Promise<number[]> {
    const { rows } = await this.#client.query<{ pid: number }>(
      `select pid from pg_stat_activity where datname = $1 and backend_type = 'client backend'`,
      [name],
    );
    return rows.map((row) => row.pid);
  }

  /** CPU by backend, in µs. */
  async cpu(name: string, cores: string): Promise<Map<number, number>> {
    const pids = await this.backends(name);
    for (const pid of pids) pin(pid, cores);
    return new Map(pids.map((pid) => [pid, cpuOf(pid)]));
  }

  async memory(name: string): Promise<number> {
    return (await this.backends(name)).reduce((sum, pid) => sum + memoryOf(pid, true), 0);
  }

  async bytes(name: string): Promise<number> {
    const { rows } = await this.#client.query<{ bytes: string }>('select pg_database_size($1) as bytes', [
      name,
    ]);
    return Number(rows[0]?.bytes);
  }

  async drop(): Promise<void> {
    for (const name of this.#made.splice(0)) await this.#client.query(`drop database ${name} with (force)`);
    await this.#client.end();
  }
}

/** The least that botbuilder's Storage asks for, on PostgreSQL: a row per key, its value as JSON, upserted. */
import pg from 'pg';
import type { Storage, StoreItems } from 'botbuilder';

export async function postgresStorage(url: string): Promise<Storage> {
  const pool = new pg.Pool({ connectionString: url, max: 10 });
  await pool.query('create table if not exists state (key text primary key, value text not null)');
  return {
    async read(keys) {
      const { rows } = await pool.query({
        name: 'read',
        text: 'select key, value from state where key = any($1)',
        values: [keys],
      });
      return Object.fromEntries(
        (rows as { key: string; value: string }[]).map(({ key, value }) => [key, JSON.parse(value)]),
      ) as StoreItems;
    },
    async write(changes) {
      for (const [key, value] of Object.entries(changes))
        await pool.query({
          name: 'write',
          text: 'insert into state (key, value) values ($1, $2) on conflict (key) do update set value = excluded.value',
          values: [key, JSON.stringify(value)],
        });
    },
    async delete(keys) {
      await pool.query({ name: 'delete', text: 'delete from state where key = any($1)', values: [keys] });
    },
  };
}

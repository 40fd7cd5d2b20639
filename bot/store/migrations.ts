/** The schema, step by step. A released step is never changed: a new one is added at the end. */
import { sql } from 'kysely';
import { ConfigError } from '../errors.ts';
import { once, type Compilable, type Engine } from './engine.ts';

type Step = (engine: Engine) => readonly Compilable<unknown>[];

/** Step n leads from version n-1 to version n. */
const STEPS: readonly Step[] = [
  ({ db: { schema }, numbering }) => [
    schema
      .createTable('installation')
      .addColumn('name', 'text', (col) => col.primaryKey())
      .addColumn('value', 'text', (col) => col.notNull()),
    schema
      .createTable('lease')
      .addColumn('name', 'text', (col) => col.primaryKey())
      .addColumn('due_at', 'bigint', (col) => col.notNull()),
    schema
      .createTable('data_key')
      .addColumn('id', 'text', (col) => col.primaryKey())
      .addColumn('key_id', 'text', (col) => col.notNull())
      .addColumn('wrapped', 'text', (col) => col.notNull()),
    schema
      .createTable('conversation')
      .addColumn('id', 'text', (col) => col.primaryKey())
      .addColumn('person', 'text')
      .addColumn('role', 'text', (col) => col.notNull())
      .addColumn('school_id', 'text', (col) => col.notNull())
      .addColumn('language', 'text')
      .addColumn('locale', 'text')
      .addColumn('greeted', 'integer', (col) => col.notNull())
      .addColumn('interview_id', 'text')
      .addColumn('memory', 'text', (col) => col.notNull())
      .addColumn('reference', 'text', (col) => col.notNull())
      .addColumn('due_at', 'bigint')
      .addColumn('erased_at', 'bigint')
      .addColumn('updated_at', 'bigint', (col) => col.notNull()),
    schema.createIndex('conversation_person').on('conversation').column('person'),
    // The small indexes below hold only the few rows that are waiting for something; a literal makes them usable.
    schema
      .createIndex('conversation_due')
      .on('conversation')
      .column('due_at')
      .where(sql.ref('due_at'), 'is not', null),
    schema
      .createTable('interview')
      .addColumn('id', 'text', (col) => col.primaryKey())
      .addColumn('conversation_id', 'text', (col) => col.notNull())
      .addColumn('definition', 'text', (col) => col.notNull())
      .addColumn('status', 'text', (col) => col.notNull())
      .addColumn('body', 'text', (col) => col.notNull())
      .addColumn('shared', 'text')
      .addColumn('started_at', 'bigint', (col) => col.notNull())
      .addColumn('updated_at', 'bigint', (col) => col.notNull()),
    schema.createIndex('interview_conversation').on('interview').column('conversation_id'),
    schema
      .createTable('answer')
      .addColumn('interview_id', 'text', (col) => col.notNull())
      .addColumn('answer_key', 'text', (col) => col.notNull())
      .addColumn('seq', 'integer', (col) => col.notNull())
      .addColumn('kind', 'text', (col) => col.notNull())
      .addColumn('reopened', 'integer', (col) => col.notNull())
      .addColumn('lang', 'text', (col) => col.notNull())
      .addColumn('wording', 'text', (col) => col.notNull())
      .addColumn('content', 'text', (col) => col.notNull())
      .addPrimaryKeyConstraint('answer_pkey', ['interview_id', 'answer_key']),
    schema
      .createTable('inbox')
      .addColumn('conversation_id', 'text', (col) => col.notNull())
      .addColumn('id', 'text', (col) => col.notNull())
      .addColumn('state', 'text', (col) => col.notNull())
      .addColumn('arrival', 'integer', (col) => col.notNull())
      .addColumn('alone', 'integer', (col) => col.notNull())
      .addColumn('attempts', 'integer', (col) => col.notNull())
      .addColumn('reason', 'text')
      .addColumn('sent_at', 'bigint', (col) => col.notNull())
      .addColumn('received_at', 'bigint', (col) => col.notNull())
      .addColumn('content', 'text')
      .addPrimaryKeyConstraint('inbox_pkey', ['conversation_id', 'id']),
    schema
      .createIndex('inbox_open')
      .on('inbox')
      .column('conversation_id')
      .where(sql.ref('content'), 'is not', null),
    schema
      .createTable('outbox')
      .addColumn('position', sql.raw(numbering))
      .addColumn('conversation_id', 'text', (col) => col.notNull())
      .addColumn('destination', 'text', (col) => col.notNull())
      .addColumn('key_owner', 'text', (col) => col.notNull())
      .addColumn('item_id', 'text')
      .addColumn('state', 'text', (col) => col.notNull())
      .addColumn('due_at', 'bigint', (col) => col.notNull())
      .addColumn('claimed_until', 'bigint')
      .addColumn('attempts', 'integer', (col) => col.notNull())
      .addColumn('interrupted', 'integer', (col) => col.notNull())
      .addColumn('reason', 'text')
      .addColumn('activity_id', 'text')
      .addColumn('created_at', 'bigint', (col) => col.notNull())
      .addColumn('settled_at', 'bigint')
      .addColumn('message', 'text'),
    schema.createIndex('outbox_conversation').on('outbox').column('conversation_id'),
    schema
      .createIndex('outbox_open')
      .on('outbox')
      .columns(['destination', 'position'])
      .where(sql.ref('settled_at'), 'is', null),
  ],
  ({ db: { schema } }) => [
    schema
      .createTable('settings')
      .addColumn('number', 'integer', (col) => col.primaryKey())
      .addColumn('made_at', 'bigint', (col) => col.notNull())
      .addColumn('body', 'text', (col) => col.notNull()),
  ],
  ({ db: { schema } }) => [
    schema
      .createTable('audit')
      .addColumn('id', 'text', (col) => col.primaryKey())
      .addColumn('at', 'bigint', (col) => col.notNull())
      .addColumn('act', 'text', (col) => col.notNull())
      .addColumn('detail', 'text')
      .addColumn('school_id', 'text', (col) => col.notNull())
      .addColumn('conversation_id', 'text'),
    schema.alterTable('conversation').addColumn('left_at', 'bigint'),
    schema.alterTable('outbox').addColumn('act', 'text'),
    schema.alterTable('outbox').addColumn('earlier', 'bigint'),
  ],
  ({ db: { schema } }) => [
    schema
      .createTable('handover')
      .addColumn('interview_id', 'text', (col) => col.notNull())
      .addColumn('coach', 'text', (col) => col.notNull())
      .addColumn('conversation_id', 'text', (col) => col.notNull())
      .addColumn('body', 'text', (col) => col.notNull())
      .addColumn('due_at', 'bigint')
      .addColumn('shared_at', 'bigint', (col) => col.notNull())
      .addColumn('updated_at', 'bigint', (col) => col.notNull())
      .addPrimaryKeyConstraint('handover_pkey', ['interview_id', 'coach']),
    schema.createIndex('handover_coach').on('handover').column('coach'),
    schema.createIndex('handover_conversation').on('handover').column('conversation_id'),
    schema
      .createIndex('handover_due')
      .on('handover')
      .column('due_at')
      .where(sql.ref('due_at'), 'is not', null),
  ],
];

export const SCHEMA_VERSION = STEPS.length;

/**
 * Brings the database to the version of this program; any number of processes may do so at once.
 * Throws ConfigError when a newer program has been here.
 */
export async function migrate(engine: Engine, now: () => number): Promise<void> {
  if ((await currentVersion(engine)) === SCHEMA_VERSION) return;
  await engine.transaction(async (tx) => {
    for (const statement of engine.migrating) tx.write({ sql: statement, values: [] });
    const version = await tx
      .read(once(engine.db.selectFrom('schema_version').select('version')))
      .then((rows) => Math.max(0, ...rows.map((row) => row.version)));
    refuseNewer(version);
    for (const [index, step] of STEPS.entries()) {
      if (index < version) continue;
      for (const statement of step(engine)) tx.write(once(statement));
      tx.write(
        once(engine.db.insertInto('schema_version').values({ version: index + 1, applied_at: now() })),
      );
    }
  });
}

/** The version of the database; 0 when it is empty. Throws ConfigError when it is newer than this program. */
export async function currentVersion(engine: Engine): Promise<number> {
  try {
    const rows = await engine.read(once(engine.db.selectFrom('schema_version').select('version')));
    const version = Math.max(0, ...rows.map((row) => row.version));
    refuseNewer(version);
    return version;
  } catch (error) {
    if (/no such table|does not exist/.test(String(error))) return 0;
    throw error;
  }
}

function refuseNewer(version: number): void {
  if (version <= SCHEMA_VERSION) return;
  throw new ConfigError(
    'schema_newer',
    `These data were written by a newer version of Klankbord (schema ${version}, this program knows ${SCHEMA_VERSION}). Start the newer version, or restore a backup from before the update.`,
  );
}

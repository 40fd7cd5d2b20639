/** What has had its time: deleted once an hour, by whichever replica asks first. And what an operator may count. */
import { once, type Bound, type Engine } from './engine.ts';
import { currentVersion } from './migrations.ts';
import type { StoreStatus } from './types.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** Teams may send an activity again; after this time it no longer does. */
const INBOX_KEYS_MS = 30 * DAY;
/** A repeated request gets its replies again within this time. */
const SENT_CONTENT_MS = 7 * DAY;
/** Rows without content, for the operator's numbers. */
const SENT_ROWS_MS = 30 * DAY;
/** The last message to somebody who had everything erased needs their address this long. */
const FAREWELL_MS = DAY;

export async function sweep(engine: Engine, now: number): Promise<boolean> {
  const { db } = engine;
  const mine = await engine.transaction(async (tx) => {
    tx.write(
      once(
        db
          .insertInto('lease')
          .values({ name: 'sweep', due_at: 0 })
          .onConflict((conflict) => conflict.column('name').doNothing()),
      ),
    );
    const taken = await tx.read(
      once(
        db
          .updateTable('lease')
          .set({ due_at: now + HOUR })
          .where('name', '=', 'sweep')
          .where('due_at', '<=', now)
          .returning('name'),
      ),
    );
    if (taken.length > 0) for (const statement of statements(engine, now)) tx.write(statement);
    return taken.length > 0;
  });
  if (!mine) return false;
  // By itself, so that it never holds messages while it waits for a conversation.
  await engine.transaction(async (tx) => {
    // The row first: it is the lock of the conversation, and whoever has just come back has it and is no longer erased.
    for (const { id } of await tx.read(leavers(engine, now))) {
      tx.write(once(db.deleteFrom('data_key').where('id', '=', id)));
      tx.write(once(db.deleteFrom('outbox').where('conversation_id', '=', id)));
    }
  });
  return true;
}

/** Everything of them was erased, and their last message has left. */
function leavers({ db }: Engine, now: number): Bound<{ id: string }> {
  return once(
    db
      .deleteFrom('conversation')
      .where('erased_at', '<', now - FAREWELL_MS)
      .where((eb) =>
        eb.not(
          eb.exists(
            eb
              .selectFrom('outbox')
              .select('outbox.position')
              .whereRef('outbox.conversation_id', '=', 'conversation.id')
              .where('outbox.settled_at', 'is', null),
          ),
        ),
      )
      .returning('id'),
  );
}

function statements({ db }: Engine, now: number): Bound<unknown>[] {
  return [
    once(
      db
        .deleteFrom('inbox')
        .where('state', '=', 'processed')
        .where('received_at', '<', now - INBOX_KEYS_MS),
    ),
    once(
      db
        .updateTable('outbox')
        .set({ message: null })
        .where('message', 'is not', null)
        .where('settled_at', '<', now - SENT_CONTENT_MS),
    ),
    once(db.deleteFrom('outbox').where('settled_at', '<', now - SENT_ROWS_MS)),
  ];
}

export async function readStatus(engine: Engine): Promise<StoreStatus> {
  const { db, title } = engine;
  const schema = await currentVersion(engine);
  const count = async (table: 'interview' | 'inbox' | 'outbox', column: 'status' | 'state') => {
    const rows = await engine.read(
      once(
        db
          .selectFrom(table)
          .select((eb) => [eb.ref(column as never).as('name'), eb.fn.countAll<number>().as('many')])
          .groupBy(column as never),
      ),
    );
    return Object.fromEntries(rows.map(({ name, many }) => [String(name), many]));
  };
  const [conversations] = await engine.read(
    once(db.selectFrom('conversation').select((eb) => eb.fn.countAll<number>().as('many'))),
  );
  const [oldest] = await engine.read(
    once(
      db
        .selectFrom('inbox')
        .select((eb) => eb.fn.min<number | null>('received_at').as('since'))
        .where('state', '=', 'waiting'),
    ),
  );
  return {
    engine: title,
    schema,
    conversations: conversations?.many ?? 0,
    interviews: await count('interview', 'status'),
    inbox: await count('inbox', 'state'),
    outbox: await count('outbox', 'state'),
    waitingSince: oldest?.since ?? null,
  };
}

/** What has had its time: deleted once an hour, by whichever replica asks first. And what an operator may count. */
import { once, type Bound, type Engine } from './engine.ts';
import { currentVersion } from './migrations.ts';
import { expire, USUAL, type Retention } from './retention.ts';
import type { StoreStatus } from './types.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** Teams may send an activity again; after this time it no longer does. */
export const INBOX_KEYS_MS = 30 * DAY;
/** A repeated request gets its replies again within this time. */
export const SENT_CONTENT_MS = 7 * DAY;
/** Rows without content, for the operator's numbers. */
export const SENT_ROWS_MS = 30 * DAY;
/** The last message to somebody who had everything erased needs their address this long. */
export const FAREWELL_MS = DAY;

export async function sweep(engine: Engine, now: number, retention: Retention = USUAL): Promise<boolean> {
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
    return taken.length > 0;
  });
  if (!mine) return false;
  for await (const some of inSmallParts(engine, now))
    await engine.transaction(async (tx) => some.forEach((statement) => tx.write(statement)));
  // By itself, so that it never holds messages while it waits for a conversation.
  await engine.transaction(async (tx) => {
    // The row first: it is the lock of the conversation, and whoever has just come back has it and is no longer erased.
    for (const { id } of await tx.read(leavers(engine, now))) {
      tx.write(once(db.deleteFrom('data_key').where('id', '=', id)));
      tx.write(once(db.deleteFrom('outbox').where('conversation_id', '=', id)));
    }
  });
  await expire(engine, now, retention);
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

/** So many conversations, or messages, at a time: whoever wants to answer a teacher meanwhile waits for one part only. */
const PART = { conversations: 200, messages: 1_000 };

/** What is old, a stretch of each table at a time, along its key: it needs no index of its own, which every turn would pay for. */
async function* inSmallParts(engine: Engine, now: number): AsyncGenerator<Bound<unknown>[]> {
  const { db } = engine;
  const oldItems = db
    .deleteFrom('inbox')
    .where('state', '=', 'processed')
    .where('received_at', '<', now - INBOX_KEYS_MS);
  for (let after: string | null = ''; after !== null;) {
    const from: string = after;
    const next = db.selectFrom('conversation').select('id').where('id', '>', from).orderBy('id');
    const [last] = await engine.read(once(next.offset(PART.conversations - 1).limit(1)));
    const to = last?.id ?? null;
    const stretch = oldItems.where('conversation_id', '>', from);
    yield [once(to === null ? stretch : stretch.where('conversation_id', '<=', to))];
    after = to;
  }
  const ends = db
    .selectFrom('outbox')
    .select((eb) => [
      eb.fn.min<number | null>('position').as('first'),
      eb.fn.max<number | null>('position').as('last'),
    ]);
  const [{ first, last } = { first: null, last: null }] = await engine.read(once(ends));
  for (let from = first ?? 1; from <= (last ?? 0); from += PART.messages) {
    const to = from + PART.messages;
    yield [
      once(
        db
          .updateTable('outbox')
          .set({ message: null })
          .where('position', '>=', from)
          .where('position', '<', to)
          .where('message', 'is not', null)
          .where('settled_at', '<', now - SENT_CONTENT_MS),
      ),
      once(
        db
          .deleteFrom('outbox')
          .where('position', '>=', from)
          .where('position', '<', to)
          .where('settled_at', '<', now - SENT_ROWS_MS)
          // What a coach got can be taken back as long as it is shared: its name at the channel stays with the interview.
          .whereRef('destination', '=', 'conversation_id'),
      ),
    ];
  }
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

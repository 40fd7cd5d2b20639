/** Messages that could not be dealt with and were set aside with their content: what an operator can do about them. */
import { AGAIN } from './items.ts';
import { once, type Engine } from './engine.ts';
import type { SetAside } from './types.ts';

/** What was set aside, oldest first, without content. */
export async function listSetAside(engine: Engine): Promise<readonly SetAside[]> {
  const rows = await engine.read(
    once(
      engine.db
        .selectFrom('inbox')
        .select(['id', 'conversation_id', 'received_at', 'reason'])
        .where('state', '=', 'quarantined')
        .where('content', 'is not', null)
        .orderBy('received_at'),
    ),
  );
  return rows.map((row) => ({
    ...{ id: row.id, lane: row.conversation_id, receivedAt: row.received_at, reason: row.reason },
  }));
}

/**
 * Puts back one, or all for null: a running bot takes them up at its next look. How many were put back.
 * In the transaction of each conversation's row, so that no turn is in between.
 */
export async function putBack(engine: Engine, id: string | null, now: number): Promise<number> {
  const items = (await listSetAside(engine)).filter((item) => id === null || item.id === id);
  const { db, lockRow } = engine;
  for (const { id: item, lane } of items) {
    await engine.transaction(async (tx) => {
      if (lockRow) await tx.read(once(lockRow(db, lane)));
      tx.write(
        once(
          db
            .updateTable('inbox')
            .set({ state: 'waiting', alone: AGAIN, attempts: 0 })
            .where('conversation_id', '=', lane)
            .where('id', '=', item)
            .where('state', '=', 'quarantined'),
        ),
      );
      tx.write(once(db.updateTable('conversation').set({ due_at: now }).where('id', '=', lane)));
    });
  }
  return items.length;
}

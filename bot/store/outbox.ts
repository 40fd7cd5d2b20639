/** Messages on their way out: claimed by one sender at a time, settled when the channel has answered. */
import type { Outgoing } from '../../dialogs/ports.ts';
import { Corrupt } from '../errors.ts';
import { messagePlace } from './records.ts';
import { runTurn, type TurnTools } from './turn.ts';
import type { OutboxItem, OutboxState, Reference, Store } from './types.ts';

/** States in which a message still waits for something. */
const OPEN: readonly OutboxState[] = ['pending', 'blocked'];

export function createOutbox(
  tools: TurnTools,
): Pick<Store, 'claim' | 'settle' | 'renew' | 'unblock' | 'keepReference'> {
  const { engine, queries, keyring, lookup, now } = tools;
  type Row = Awaited<ReturnType<typeof readClaimed>>[number];

  const readClaimed = (read: (position: number) => Promise<ClaimedRow[]>, positions: readonly number[]) =>
    Promise.all(positions.map(read)).then((rows) => rows.flat());
  type ClaimedRow = NonNullable<ReturnType<typeof queries.claimed>['rows']>;

  const open = (row: Row): OutboxItem => {
    const origin = keyring
      .open(row.conversation_id, row.origin_key)
      .open(`conversation/${row.conversation_id}/reference`, row.origin ?? '') as Reference;
    const here = row.destination === row.conversation_id;
    const { person_lane: lane, person_key: key, person_reference: reference } = row;
    return {
      id: String(row.position),
      state: row.state as OutboxState,
      message: keyring
        .open(row.key_owner, row.key)
        .open(messagePlace(row.key_owner, row.destination), row.message ?? '') as Outgoing,
      lane: row.conversation_id,
      reference: here
        ? origin
        : lane === null || key === null || reference === null
          ? null
          : (keyring.open(lane, key).open(`conversation/${lane}/reference`, reference) as Reference),
      origin,
      attempts: row.attempts,
      interrupted: row.interrupted === 1,
      reason: row.reason,
    };
  };

  const settle: Store['settle'] = async (id, { state, reason, dueAt, activityId }) => {
    await engine.transaction(async (tx) =>
      tx.write(
        queries.settle({
          position: Number(id),
          state,
          reason: reason ?? null,
          due_at: dueAt ?? now(),
          activity_id: activityId ?? null,
          settled_at: OPEN.includes(state) ? null : now(),
        }),
      ),
    );
  };

  return {
    async claim(at, until, limit) {
      // Most of the time there is nothing: found out without a transaction, so without waiting for a writer.
      if ((await engine.read(queries.claimable({ now: at, limit: 1 }))).length === 0) return [];
      const rows = await engine.transaction(async (tx) => {
        const free = await tx.read(queries.claimable({ now: at, limit }));
        for (const { position, claimed_until } of free) {
          // A claim that was never settled: its sender died or hung, and the message may have arrived.
          tx.write(queries.claim({ position, until, interrupted: claimed_until === null ? 0 : 1 }));
        }
        return readClaimed(
          (position) => tx.read(queries.claimed({ position })),
          free.map((row) => row.position),
        );
      });
      const items: OutboxItem[] = [];
      for (const row of rows) {
        try {
          items.push(open(row));
        } catch (error) {
          if (!(error instanceof Corrupt)) throw error;
          // One damaged record must not hold up everybody else's messages. It stays, for a person to look at.
          await settle(String(row.position), { state: 'blocked', reason: 'unreadable' });
        }
      }
      return items;
    },

    settle,

    async renew(ids, until) {
      await engine.transaction(async (tx) => {
        // In one order everywhere, so that two senders never wait for each other.
        for (const position of ids.map(Number).sort((a, b) => a - b))
          tx.write(queries.renew({ position, until }));
      });
    },

    async unblock(coach) {
      const destination = lookup.hash('person', coach.toLowerCase());
      await engine.transaction(async (tx) => tx.write(queries.unblock({ destination, now: now() })));
    },

    async keepReference(reference, place) {
      const lane = lookup.hash('lane', reference.tenantId, reference.conversationId);
      await engine.transaction((tx) =>
        runTurn(tools, tx, lane, { from: { reference, place } }, async () => undefined),
      );
    },
  };
}

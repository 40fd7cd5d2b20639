/** Messages on their way out: claimed by one sender at a time, settled when the channel has answered. */
import type { Outgoing } from '../../dialogs/ports.ts';
import { Corrupt } from '../errors.ts';
import { messagePlace } from './records.ts';
import { runTurn, type TurnTools } from './turn.ts';
import { together } from './together.ts';
import type { Tx } from './engine.ts';
import type { OutboxItem, OutboxState, Reference, Settlement, Store } from './types.ts';

/**
 * How long a settlement waits for others, to share the sync of the disk. A process that is killed within this time sends a message
 * that did arrive once more; the answer of the channel itself takes many times as long, with the same risk.
 */
const SETTLE_MS = 10;
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
      earlier:
        row.act === 'update' || row.act === 'delete'
          ? { act: row.act, activityId: row.activity_id ?? row.earlier_id }
          : null,
      attempts: row.attempts,
      interrupted: row.interrupted === 1,
      reason: row.reason,
    };
  };

  const settleNow = async (id: string, { state, reason, dueAt, activityId }: Settlement, tx: Tx) => {
    const position = Number(id);
    tx.write(
      queries.settle({
        position,
        state,
        reason: reason ?? null,
        due_at: dueAt ?? now(),
        activity_id: activityId ?? null,
        settled_at: OPEN.includes(state) ? null : now(),
      }),
    );
    return (await tx.read(queries.more({ position }))).length > 0;
  };
  const settle = together<[string, Settlement], boolean>(SETTLE_MS, (settlements) =>
    engine.transaction((tx) =>
      Promise.all(
        settlements
          // In one order everywhere, so that two senders never wait for each other.
          .map((one, nth) => ({ one, nth }))
          .sort((a, b) => Number(a.one[0]) - Number(b.one[0]))
          .map(async ({ one, nth }) => ({ nth, more: await settleNow(...one, tx) })),
      ).then((answers) => answers.sort((a, b) => a.nth - b.nth).map(({ more }) => more)),
    ),
  );

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
          await settle([String(row.position), { state: 'blocked', reason: 'unreadable' }]);
        }
      }
      return items;
    },

    settle: (id, result) => settle([id, result]),

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

/** The statements about messages that were filed: sending them, and taking them back. */
import { sql } from 'kysely';
import { columns, prepare, type Engine } from './engine.ts';

export function outboxQueries(engine: Engine) {
  const { db } = engine;
  return {
    /** What was filed for a coach under one key, in whatever conversation of theirs, and not taken back yet. */
    filedFor: prepare(({ lane, owner, coach }: { lane: string; owner: string; coach: string }) =>
      db
        .selectFrom('outbox')
        .select(['position', 'destination', 'claimed_until', 'settled_at', 'message'])
        .where('conversation_id', '=', lane)
        .where('key_owner', '=', owner)
        .where((eb) =>
          eb.or([
            eb('destination', '=', coach),
            eb('destination', 'in', eb.selectFrom('conversation').select('id').where('person', '=', coach)),
          ]),
        )
        .where('act', 'is', null)
        .where((eb) => eb.or([eb('reason', 'is', null), eb('reason', '!=', 'withdrawn')]))
        .orderBy('position'),
    ),
    /** Ids at the channel of the messages that somebody has seen in this conversation. */
    seenHere: prepare(({ lane }: { lane: string }) =>
      db
        .selectFrom('outbox')
        .select(['activity_id', 'key_owner'])
        .where('conversation_id', '=', lane)
        .where('destination', '=', lane)
        .where('state', '=', sql.lit('sent'))
        .where('act', 'is', null)
        .where('activity_id', 'is not', null)
        .orderBy('position'),
    ),
    takeBack: prepare(({ position, now }: { position: number; now: number }) =>
      db
        .updateTable('outbox')
        .set({ state: 'failed', reason: 'withdrawn', settled_at: now, message: null })
        .where('position', '=', position),
    ),
    /** One that is on its way just now keeps its words until it has arrived; the one behind it takes them back. */
    markTaken: prepare(({ position }: { position: number }) =>
      db
        .updateTable('outbox')
        .set((eb) => ({
          reason: 'withdrawn',
          message: eb.case().when('settled_at', 'is', null).then(eb.ref('message')).else(null).end(),
        }))
        .where('position', '=', position),
    ),
    /** Of every destination only the first unsent message, when it is due and nobody has claimed it. */
    claimable: prepare(({ now, limit }: { now: number; limit: number }) =>
      engine.claiming(
        db
          .selectFrom('outbox as o')
          .select(['o.position', 'o.claimed_until'])
          .where('o.settled_at', 'is', null)
          .where('o.state', '=', sql.lit('pending'))
          .where('o.due_at', '<=', now)
          .where((eb) => eb.or([eb('o.claimed_until', 'is', null), eb('o.claimed_until', '<=', now)]))
          .where((eb) =>
            eb.not(
              eb.exists(
                eb
                  .selectFrom('outbox as earlier')
                  .select('earlier.position')
                  .where('earlier.settled_at', 'is', null)
                  .where('earlier.state', '=', sql.lit('pending'))
                  .whereRef('earlier.destination', '=', 'o.destination')
                  .whereRef('earlier.position', '<', 'o.position'),
              ),
            ),
          )
          // The plus keeps the planner from walking through all that was ever sent, in this order, to find the few that wait.
          .orderBy(sql`+${sql.ref('o.position')}`)
          .limit(limit),
      ),
    ),
    claim: prepare(
      ({ position, until, interrupted }: { position: number; until: number; interrupted: number }) =>
        db
          .updateTable('outbox')
          .set((eb) => ({ claimed_until: until, attempts: eb('attempts', '+', 1), interrupted }))
          .where('position', '=', position),
    ),
    claimed: prepare(({ position }: { position: number }) =>
      db
        .selectFrom('outbox as o')
        .leftJoin('data_key as k', 'k.id', 'o.key_owner')
        .leftJoin('conversation as c', 'c.id', 'o.conversation_id')
        .leftJoin('data_key as ck', 'ck.id', 'c.id')
        .leftJoin('conversation as p', (join) =>
          join.on((eb) =>
            eb.or([eb('p.person', '=', eb.ref('o.destination')), eb('p.id', '=', eb.ref('o.destination'))]),
          ),
        )
        .leftJoin('data_key as pk', 'pk.id', 'p.id')
        .leftJoin('outbox as e', 'e.position', 'o.earlier')
        .select([
          'o.position',
          'o.conversation_id',
          'o.destination',
          'o.key_owner',
          'o.state',
          'o.attempts',
          'o.interrupted',
          'o.reason',
          'o.message',
          'o.act',
          'o.activity_id',
          'e.activity_id as earlier_id',
          'k.wrapped as key',
          'c.reference as origin',
          'ck.wrapped as origin_key',
          'p.id as person_lane',
          'p.reference as person_reference',
          'pk.wrapped as person_key',
        ])
        .where('o.position', '=', position)
        .orderBy('p.updated_at', 'desc')
        .limit(1),
    ),
    renew: prepare(({ position, until }: { position: number; until: number }) =>
      db
        .updateTable('outbox')
        .set({ claimed_until: until })
        .where('position', '=', position)
        .where('claimed_until', 'is not', null),
    ),
    /** Whoever claimed these is gone: the claims have ended, and the next one knows that there was one. */
    endClaims: prepare(({ ended }: { ended: number }) =>
      db
        .updateTable('outbox')
        .set({ claimed_until: ended })
        .where('settled_at', 'is', null)
        .where('claimed_until', 'is not', null),
    ),
    settle: prepare(
      (row: {
        position: number;
        state: string;
        reason: string | null;
        due_at: number;
        activity_id: string | null;
        settled_at: number | null;
      }) =>
        db
          .updateTable('outbox')
          .set({ claimed_until: null, interrupted: 0 })
          .set(columns(row, ['state', 'reason', 'due_at', 'activity_id', 'settled_at']))
          .where('position', '=', row.position),
    ),
    /** Whether something else waits for the same destination. */
    more: prepare(({ position }: { position: number }) =>
      db
        .selectFrom('outbox as o')
        .innerJoin('outbox as other', 'other.destination', 'o.destination')
        .select('other.position')
        .where('o.position', '=', position)
        .where('other.settled_at', 'is', null)
        .where('other.state', '=', sql.lit('pending'))
        .whereRef('other.position', '<>', 'o.position')
        .limit(1),
    ),
    unblock: prepare(({ destination, now }: { destination: string; now: number }) =>
      db
        .updateTable('outbox')
        .set({ state: 'pending', due_at: now })
        .where('destination', '=', destination)
        .where('settled_at', 'is', null)
        .where('state', '=', sql.lit('blocked')),
    ),
  };
}

/** The statements of a turn, built once per store. Columns are named, never `*`: a newer program may have added some. */
import { sql } from 'kysely';
import { columns, prepare, type Engine } from './engine.ts';
import { outboxQueries } from './outbox-queries.ts';
import type { Tables } from './tables.ts';

type Row<T extends keyof Tables> = Tables[T];

export type Queries = ReturnType<typeof createQueries>;

export function createQueries(engine: Engine) {
  const { db, lockRow } = engine;
  /** In one order everywhere, so that two turns never wait for each other. */
  const handovers = () =>
    db
      .selectFrom('handover as h')
      .innerJoin('interview as i', 'i.id', 'h.interview_id')
      .innerJoin('data_key as k', 'k.id', 'i.id')
      .select(['h.interview_id', 'h.coach', 'h.conversation_id', 'h.body', 'i.shared', 'k.wrapped as key'])
      .where('i.status', '=', sql.lit('shared'))
      .orderBy('h.interview_id');
  return {
    ...outboxQueries(engine),

    /** Waits until nobody else has this conversation; null where the transaction does so by itself. */
    lock: lockRow && prepare<{ lane: string }, unknown>(({ lane }) => lockRow(db, lane)),

    /** The conversation with its interview and both keys. */
    load: prepare(({ lane, item }: { lane: string; item: string }) =>
      db
        .selectFrom('conversation as c')
        .leftJoin('data_key as ck', 'ck.id', 'c.id')
        .leftJoin('interview as i', 'i.id', 'c.interview_id')
        .leftJoin('data_key as ik', 'ik.id', 'i.id')
        .select((eb) =>
          // An older message on its way out: what is said now has to wait for it.
          eb
            .selectFrom('outbox as o')
            .select('o.position')
            .whereRef('o.destination', '=', 'c.id')
            .where('o.settled_at', 'is', null)
            .where('o.state', '=', sql.lit('pending'))
            .limit(1)
            .as('queued'),
        )
        .select((eb) =>
          // The item that opens this turn was stored before.
          eb
            .selectFrom('inbox as x')
            .select('x.received_at')
            .whereRef('x.conversation_id', '=', 'c.id')
            .where('x.id', '=', item)
            .as('seen'),
        )
        .select([
          'c.id',
          'c.person',
          'c.role',
          'c.school_id',
          'c.language',
          'c.locale',
          'c.greeted',
          'c.interview_id',
          'c.memory',
          'c.reference',
          'c.due_at',
          'c.erased_at',
          'c.left_at',
          'ck.wrapped as key',
          'i.id as i_id',
          'i.definition as i_definition',
          'i.status as i_status',
          'i.body as i_body',
          'i.shared as i_shared',
          'i.started_at as i_started_at',
          'ik.wrapped as i_key',
        ])
        .where('c.id', '=', lane),
    ),
    waiting: prepare(({ lane }: { lane: string }) =>
      db
        .selectFrom('inbox')
        .select(['id', 'arrival', 'alone', 'attempts', 'sent_at', 'received_at', 'content'])
        .where('conversation_id', '=', lane)
        .where('content', 'is not', null)
        .where('state', '=', sql.lit('waiting')),
    ),
    answers: prepare(({ interview }: { interview: string }) =>
      db
        .selectFrom('answer')
        .select(['answer_key', 'seq', 'kind', 'reopened', 'lang', 'wording', 'content'])
        .where('interview_id', '=', interview)
        .orderBy('seq'),
    ),
    filed: prepare(({ interview }: { interview: string }) =>
      db.selectFrom('answer').select(['answer_key', 'seq']).where('interview_id', '=', interview),
    ),
    replies: prepare(({ lane, item }: { lane: string; item: string }) =>
      db
        .selectFrom('outbox as o')
        .innerJoin('data_key as k', 'k.id', 'o.key_owner')
        .select(['o.act', 'o.message', 'o.key_owner', 'k.wrapped as key'])
        .where('o.conversation_id', '=', lane)
        .where('o.item_id', '=', item)
        .where('o.destination', '=', lane)
        .where('o.message', 'is not', null)
        .orderBy('o.position'),
    ),

    addConversation: prepare((row: Row<'conversation'>) =>
      db
        .insertInto('conversation')
        .values(columns(row, CONVERSATION))
        .onConflict((conflict) => conflict.column('id').doNothing()),
    ),
    saveConversation: prepare((row: Row<'conversation'>) =>
      db
        .updateTable('conversation')
        .set(columns(row, CONVERSATION.slice(1) as readonly (keyof Row<'conversation'>)[]))
        .where('id', '=', row.id),
    ),
    key: prepare(({ id }: { id: string }) =>
      db.selectFrom('data_key').select('wrapped').where('id', '=', id),
    ),
    addKey: prepare((row: Row<'data_key'>) =>
      db
        .insertInto('data_key')
        .values(columns(row, ['id', 'key_id', 'wrapped']))
        .onConflict((conflict) => conflict.column('id').doNothing()),
    ),
    replaceKey: prepare((row: Row<'data_key'>) =>
      db
        .updateTable('data_key')
        .set(columns(row, ['key_id', 'wrapped']))
        .where('id', '=', row.id),
    ),
    saveInterview: prepare((row: Row<'interview'>) =>
      db
        .insertInto('interview')
        .values(columns(row, INTERVIEW))
        .onConflict((conflict) =>
          conflict.column('id').doUpdateSet((eb) => ({
            definition: eb.ref('excluded.definition'),
            status: eb.ref('excluded.status'),
            body: eb.ref('excluded.body'),
            shared: eb.ref('excluded.shared'),
            updated_at: eb.ref('excluded.updated_at'),
          })),
        ),
    ),
    putAnswer: prepare((row: Row<'answer'>) =>
      db
        .insertInto('answer')
        .values(columns(row, ANSWER))
        .onConflict((conflict) =>
          conflict.columns(['interview_id', 'answer_key']).doUpdateSet((eb) => ({
            seq: eb.ref('excluded.seq'),
            kind: eb.ref('excluded.kind'),
            reopened: eb.ref('excluded.reopened'),
            lang: eb.ref('excluded.lang'),
            wording: eb.ref('excluded.wording'),
            content: eb.ref('excluded.content'),
          })),
        ),
    ),
    dropAnswer: prepare((key: { interview_id: string; answer_key: string }) =>
      db
        .deleteFrom('answer')
        .where('interview_id', '=', key.interview_id)
        .where('answer_key', '=', key.answer_key),
    ),
    addItem: prepare((row: Row<'inbox'>) => db.insertInto('inbox').values(columns(row, INBOX))),
    saveItem: prepare((row: Row<'inbox'>) =>
      db
        .updateTable('inbox')
        .set(columns(row, ['state', 'alone', 'attempts', 'reason', 'content']))
        .where('conversation_id', '=', row.conversation_id)
        .where('id', '=', row.id),
    ),
    file: prepare((row: Omit<Row<'outbox'>, 'position'>) =>
      db.insertInto('outbox').values(columns(row, OUTBOX)).returning('position'),
    ),

    audit: prepare((row: Row<'audit'>) =>
      db
        .insertInto('audit')
        .values(columns(row, ['id', 'at', 'act', 'detail', 'school_id', 'conversation_id'])),
    ),
    handoversOfCoach: prepare(({ coach }: { coach: string }) =>
      engine.locking(handovers().where('h.coach', '=', coach), 'h'),
    ),
    handoversOfTeacher: prepare(({ lane }: { lane: string }) =>
      engine.locking(handovers().where('h.conversation_id', '=', lane), 'h'),
    ),
    addHandover: prepare((row: Row<'handover'>) => db.insertInto('handover').values(columns(row, HANDOVER))),
    saveHandover: prepare((row: Omit<Row<'handover'>, 'conversation_id' | 'shared_at'>) =>
      db
        .updateTable('handover')
        .set(columns(row, ['body', 'due_at', 'updated_at']))
        .where('interview_id', '=', row.interview_id)
        .where('coach', '=', row.coach),
    ),
    dropHandover: prepare(({ interview }: { interview: string }) =>
      db.deleteFrom('handover').where('interview_id', '=', interview).returning('coach'),
    ),
    dueHandovers: prepare(({ now, limit }: { now: number; limit: number }) =>
      db
        .selectFrom('handover')
        .select(['interview_id', 'coach', 'conversation_id', 'due_at'])
        .where('due_at', 'is not', null)
        .where('due_at', '<=', now)
        .orderBy('due_at')
        .limit(limit),
    ),
    /** The interviews of a conversation besides the one at hand. */
    others: prepare(({ lane, interview }: { lane: string; interview: string }) =>
      db
        .selectFrom('interview as i')
        .leftJoin('data_key as ik', 'ik.id', 'i.id')
        .select([
          'i.id as i_id',
          'i.definition as i_definition',
          'i.status as i_status',
          'i.body as i_body',
          'i.shared as i_shared',
          'i.started_at as i_started_at',
          'ik.wrapped as i_key',
        ])
        .where('i.conversation_id', '=', lane)
        .where('i.id', '!=', interview)
        .orderBy('i.started_at'),
    ),

    due: prepare(({ now, limit }: { now: number; limit: number }) =>
      db
        .selectFrom('conversation')
        .select('id')
        .where('due_at', 'is not', null)
        .where('due_at', '<=', now)
        .orderBy('due_at')
        .limit(limit),
    ),
  };
}

const CONVERSATION = [
  'id',
  'person',
  'role',
  'school_id',
  'language',
  'locale',
  'greeted',
  'interview_id',
  'memory',
  'reference',
  'due_at',
  'erased_at',
  'left_at',
  'updated_at',
] as const;
const INTERVIEW = [
  'id',
  'conversation_id',
  'definition',
  'status',
  'body',
  'shared',
  'started_at',
  'updated_at',
] as const;
const HANDOVER = [
  'interview_id',
  'coach',
  'conversation_id',
  'body',
  'due_at',
  'shared_at',
  'updated_at',
] as const;
const ANSWER = [
  'interview_id',
  'answer_key',
  'seq',
  'kind',
  'reopened',
  'lang',
  'wording',
  'content',
] as const;
const INBOX = [
  'conversation_id',
  'id',
  'state',
  'arrival',
  'alone',
  'attempts',
  'reason',
  'sent_at',
  'received_at',
  'content',
] as const;
const OUTBOX = [
  'conversation_id',
  'destination',
  'key_owner',
  'item_id',
  'state',
  'due_at',
  'claimed_until',
  'attempts',
  'interrupted',
  'reason',
  'activity_id',
  'created_at',
  'settled_at',
  'message',
  'act',
  'earlier',
] as const;

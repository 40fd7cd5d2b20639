/** The statements that delete what a conversation or its interviews have left behind. */
import type { SelectQueryBuilder } from 'kysely';
import { once, type Bound, type Engine } from './engine.ts';
import type { Tables } from './tables.ts';

/** A select of ids of interviews. */
type Interviews = SelectQueryBuilder<Tables, 'interview', { id: string }> | readonly string[];

/** Deletes everything of some interviews of a conversation, keys first; all of them when `interview` is null. */
export function eraseInterviews(engine: Engine, lane: string, interview: string | null): Bound<unknown>[] {
  const { db } = engine;
  const ids = () => {
    const own = db.selectFrom('interview').select('id').where('conversation_id', '=', lane);
    return interview === null ? own : own.where('id', '=', interview);
  };
  return [
    ...forgetLists(engine, ids()),
    // First: it waits for a coach who is at it just now, and so the others find what that turn filed.
    once(db.deleteFrom('handover').where('interview_id', 'in', ids())),
    once(db.deleteFrom('data_key').where('id', 'in', ids())),
    once(db.deleteFrom('answer').where('interview_id', 'in', ids())),
    once(db.deleteFrom('outbox').where('conversation_id', '=', lane).where('key_owner', 'in', ids())),
    once(
      db
        .updateTable('inbox')
        .set({ content: null, state: 'processed' })
        .where('conversation_id', '=', lane)
        .where('state', '=', 'quarantined'),
    ),
    // Last, because the others ask it which interviews are meant.
    interview === null
      ? once(db.deleteFrom('interview').where('conversation_id', '=', lane))
      : once(db.deleteFrom('interview').where('conversation_id', '=', lane).where('id', '=', interview)),
  ];
}

/** A coach's list names what was shared with them: its words go when one of it goes. */
export function forgetLists({ db }: Engine, interviews: Interviews): Bound<unknown>[] {
  return [
    once(
      db
        .updateTable('outbox')
        .set({ message: null })
        .where('settled_at', 'is not', null)
        .whereRef('key_owner', '=', 'conversation_id')
        .where('conversation_id', 'in', (eb) =>
          eb
            .selectFrom('conversation as c')
            .innerJoin('handover as h', 'h.coach', 'c.person')
            .select('c.id')
            .where('h.interview_id', 'in', interviews),
        ),
    ),
  ];
}

/** Deletes the messages of a conversation, whoever they go to. */
export function eraseMessages({ db }: Engine, lane: string): Bound<unknown> {
  return once(db.deleteFrom('outbox').where('conversation_id', '=', lane));
}

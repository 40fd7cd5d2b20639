/**
 * What was written has its time. Answers that were not shared go so many days after the last word; a shared profile is kept as long as the
 * school says, its answers no longer than others. Whoever takes the app away has a week to come back: that can happen by accident.
 * One conversation at a time, under its lock, and looked at again there: somebody who is writing just now keeps everything.
 */
import { randomUUID } from 'node:crypto';
import { once, type Engine, type Tx } from './engine.ts';
import { eraseInterviews, eraseMessages } from './erasing.ts';

const DAY = 86_400_000;
export const GRACE_AFTER_LEAVING_MS = 7 * DAY;
/** However long a school would like it. */
export const LONGEST_MS = 365 * DAY;
/** In one go; what is left has its turn an hour later. */
const AT_ONCE = 500;

/** In ms. */
export interface Retention {
  /** After the last activity: everything that was not shared, and the answers behind what was. */
  readonly drafts: number;
  /** After sharing. */
  readonly profiles: number;
}

export const USUAL: Retention = { drafts: 30 * DAY, profiles: LONGEST_MS };

type Act = 'draft_expired' | 'answers_expired' | 'profile_expired' | 'left';

export async function expire(engine: Engine, now: number, retention: Retention): Promise<void> {
  const drafts = now - Math.min(retention.drafts, LONGEST_MS);
  const profiles = now - Math.min(Math.max(retention.profiles, retention.drafts), LONGEST_MS);
  await eraseLeavers(engine, now);
  for (const { id, lane } of await old(engine, drafts, false)) {
    await underLock(engine, lane, async (tx) => {
      if (await isOld(engine, tx, id, drafts)) eraseOne(engine, tx, { lane, id, now, act: 'draft_expired' });
    });
  }
  for (const { id, lane } of await old(engine, profiles, true)) {
    await underLock(engine, lane, async (tx) => {
      if (await isOld(engine, tx, id, profiles))
        eraseOne(engine, tx, { lane, id, now, act: 'profile_expired' });
    });
  }
  for (const { id, lane } of await oldAnswers(engine, drafts)) {
    await underLock(engine, lane, async (tx) => {
      if (!(await isOld(engine, tx, id, drafts))) return;
      tx.write(once(engine.db.deleteFrom('answer').where('interview_id', '=', id)));
      audit(engine, tx, 'answers_expired', lane, now);
    });
  }
}

/** Interviews that nobody touched since then. */
function old(engine: Engine, before: number, shared: boolean): Promise<{ id: string; lane: string }[]> {
  return engine.read(
    once(
      engine.db
        .selectFrom('interview')
        .select(['id', 'conversation_id as lane'])
        .where('status', shared ? '=' : '!=', 'shared')
        .where('updated_at', '<', before)
        .limit(AT_ONCE),
    ),
  );
}

function oldAnswers(engine: Engine, before: number): Promise<{ id: string; lane: string }[]> {
  return engine.read(
    once(
      engine.db
        .selectFrom('interview')
        .select(['id', 'conversation_id as lane'])
        .where('status', '=', 'shared')
        .where('updated_at', '<', before)
        .where('id', 'in', (eb) => eb.selectFrom('answer').select('interview_id'))
        .limit(AT_ONCE),
    ),
  );
}

async function isOld({ db }: Engine, tx: Tx, id: string, before: number): Promise<boolean> {
  const rows = await tx.read(
    once(db.selectFrom('interview').select('id').where('id', '=', id).where('updated_at', '<', before)),
  );
  return rows.length > 0;
}

function eraseOne(
  engine: Engine,
  tx: Tx,
  { lane, id, now, act }: { lane: string; id: string; now: number; act: Act },
): void {
  const { db } = engine;
  for (const statement of eraseInterviews(engine, lane, id)) tx.write(statement);
  tx.write(
    once(
      db
        .updateTable('conversation')
        .set({ interview_id: null })
        .where('id', '=', lane)
        .where('interview_id', '=', id),
    ),
  );
  audit(engine, tx, act, lane, now);
}

/** Took the app away a week ago and did not come back: nothing of them is kept. */
async function eraseLeavers(engine: Engine, now: number): Promise<void> {
  const { db } = engine;
  const before = now - GRACE_AFTER_LEAVING_MS;
  const gone = await engine.read(
    once(db.selectFrom('conversation').select('id').where('left_at', '<', before).limit(AT_ONCE)),
  );
  for (const { id } of gone) {
    await underLock(engine, id, async (tx) => {
      const still = await tx.read(
        once(db.selectFrom('conversation').select('id').where('id', '=', id).where('left_at', '<', before)),
      );
      if (still.length === 0) return;
      audit(engine, tx, 'left', id, now);
      for (const statement of eraseInterviews(engine, id, null)) tx.write(statement);
      tx.write(eraseMessages(engine, id));
      tx.write(once(db.deleteFrom('inbox').where('conversation_id', '=', id)));
      tx.write(once(db.deleteFrom('data_key').where('id', '=', id)));
      tx.write(once(db.deleteFrom('conversation').where('id', '=', id)));
    });
  }
}

/** Without content: what was done, when, at which school. */
function audit({ db }: Engine, tx: Tx, act: Act, lane: string, now: number): void {
  tx.write(
    once(
      db
        .insertInto('audit')
        .columns(['id', 'at', 'act', 'detail', 'school_id', 'conversation_id'])
        .expression((eb) =>
          eb
            .selectFrom('conversation')
            .select((row) => [
              row.val(randomUUID()).as('id'),
              row.val(now).as('at'),
              row.val(act).as('act'),
              row.val(null).as('detail'),
              'conversation.school_id',
              'conversation.id as conversation_id',
            ])
            .where('conversation.id', '=', lane),
        ),
    ),
  );
}

async function underLock(engine: Engine, lane: string, work: (tx: Tx) => Promise<void>): Promise<void> {
  await engine.transaction(async (tx) => {
    if (engine.lockRow) await tx.read(once(engine.lockRow(engine.db, lane)));
    await work(tx);
  });
}

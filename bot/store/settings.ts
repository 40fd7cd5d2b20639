/** Versions of the school's settings: added, never changed, sealed like everything that names people. And what a school may count. */
import { asideOf, type Definition } from '../../machines/definition.ts';
import { once, type Engine, type Tx } from './engine.ts';
import type { Queries } from './queries.ts';
import type { InterviewFacts } from './counts.ts';
import { openAnswer } from './records.ts';
import type { DataKey, Keyring } from './seal.ts';
import type { NewSettings, SettingsVersion } from '../../dialogs/ports.ts';

const OWNER = 'settings';

interface Tools {
  readonly engine: Engine;
  readonly queries: Queries;
  readonly keyring: Keyring;
  readonly now: () => number;
}

type Body = NewSettings;
const placeOf = (number: number): string => `settings/${number}/body`;

function list({ engine }: Tools) {
  return once(engine.db.selectFrom('settings').select(['number', 'made_at', 'body']).orderBy('number'));
}

function open(
  key: DataKey,
  row: { readonly number: number; readonly made_at: number; readonly body: string },
): SettingsVersion {
  return { ...(key.open(placeOf(row.number), row.body) as Body), number: row.number, at: row.made_at };
}

/** All versions, oldest first. */
export async function readSettings(tools: Tools): Promise<readonly SettingsVersion[]> {
  const rows = await tools.engine.read(list(tools));
  if (rows.length === 0) return [];
  const [stored] = await tools.engine.read(tools.queries.key({ id: OWNER }));
  const key = tools.keyring.open(OWNER, stored?.wrapped ?? null);
  return rows.map((row) => open(key, row));
}

/** Files one more version in this transaction; of two at the same time the later one fails, and is tried again by whoever asked. */
export async function fileSettings(tools: Tools, tx: Tx, added: NewSettings): Promise<number> {
  const rows = await tx.read(list(tools));
  const number = (rows.at(-1)?.number ?? 0) + 1;
  const key = await keyFor(tools, tx);
  tx.write(
    once(
      tools.engine.db
        .insertInto('settings')
        .values({ number, made_at: tools.now(), body: key.seal(placeOf(number), added satisfies Body) }),
    ),
  );
  return number;
}

async function keyFor({ queries, keyring }: Tools, tx: Tx): Promise<DataKey> {
  const [stored] = await tx.read(queries.key({ id: OWNER }));
  if (stored) return keyring.open(OWNER, stored.wrapped);
  tx.write(queries.addKey(keyring.create(OWNER).row));
  // Whoever was first wins.
  const [made] = await tx.read(queries.key({ id: OWNER }));
  return keyring.open(OWNER, made?.wrapped ?? null);
}

/**
 * Adds what the school file says now, unless that is what the file said before; several replicas may read it at once.
 * Gives whether there is a new version.
 */
export async function addFromFile(tools: Tools, added: NewSettings): Promise<boolean> {
  for (let tries = 3; ; tries -= 1) {
    const said = (await readSettings(tools)).findLast(({ source }) => source === 'file');
    if (said && said.yaml === added.yaml) return false;
    try {
      await tools.engine.transaction((tx) => fileSettings(tools, tx, added));
      return true;
    } catch (error) {
      if (tries === 0) throw error;
    }
  }
}

/** What is known of the interviews of a school, without a word of them: for counts. */
export async function readInterviewFacts(
  tools: Tools,
  tx: Tx,
  schoolId: string,
): Promise<readonly InterviewFacts[]> {
  const { engine, keyring } = tools;
  const rows = await tx.read(
    once(
      engine.db
        .selectFrom('interview as i')
        .innerJoin('conversation as c', 'c.id', 'i.conversation_id')
        .innerJoin('data_key as k', 'k.id', 'i.id')
        .leftJoin('answer as a', 'a.interview_id', 'i.id')
        .select([
          'i.id',
          'i.definition',
          'i.status',
          'i.started_at',
          'i.updated_at',
          'c.id as lane',
          'c.person',
          'k.wrapped',
          'a.answer_key',
          'a.seq',
          'a.kind',
          'a.reopened',
          'a.lang',
          'a.wording',
          'a.content',
        ])
        .where('c.school_id', '=', schoolId),
    ),
  );
  const found = new Map<string, InterviewFacts & { answers: InterviewFacts['answers'][number][] }>();
  for (const row of rows) {
    const { id, status, started_at, updated_at, lane, person, answer_key, content } = row;
    // What a teacher thinks over alone is no interview, and nobody counts it.
    if (asideOf(JSON.parse(row.definition) as Definition)) continue;
    let facts = found.get(id);
    if (!facts) {
      facts = { person: person ?? lane, status, startedAt: started_at, updatedAt: updated_at, answers: [] };
      found.set(id, facts);
    }
    if (answer_key === null || content === null) continue;
    const { seq, kind, reopened, lang, wording } = row;
    const answer = openAnswer(keyring.open(id, row.wrapped), id, {
      ...{ answer_key, content, seq: seq ?? 0, kind: kind ?? '', reopened: reopened ?? 0 },
      ...{ lang: lang ?? '', wording: wording ?? '' },
    });
    const { step, probe, heard } = answer;
    facts.answers.push({
      step,
      probe,
      kind: answer.kind,
      heard: heard && { teacher: heard.teacher, child: heard.child },
    });
  }
  return [...found.values()];
}

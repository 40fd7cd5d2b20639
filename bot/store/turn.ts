/** One conversation under its lock: what it was, what a message makes of it, and what of that is written at the end. */
import { isDeepStrictEqual } from 'node:util';
import type { Conversation, Interview, Outcome, Outgoing, Role, Scene } from '../../dialogs/ports.ts';
import { keyOf, type Answer } from '../../machines/journal.ts';
import { Corrupt, GiveUp } from '../errors.ts';
import type { Engine, Tx } from './engine.ts';
import { eraseInterviews, eraseMessages, type Queries } from './queries.ts';
import type { DataKey, Keyring, Lookup } from './seal.ts';
import type { Tables } from './tables.ts';
import type { Opening, Place, Reference, Turn, Waiting } from './types.ts';

export interface TurnTools {
  readonly engine: Engine;
  readonly queries: Queries;
  readonly keyring: Keyring;
  readonly lookup: Lookup;
  readonly now: () => number;
}

/** What is sealed of an interview beside the shared profile, and of an answer: all that has no column of its own, so that a new field is kept too. */
type Body = Omit<Interview, 'id' | 'definition' | 'status' | 'shared' | 'startedAt'>;
type Content = Omit<Answer, 'step' | 'probe' | 'seq' | 'kind' | 'reopened' | 'lang' | 'wording'>;

interface Item {
  waiting: Waiting;
  state: Tables['inbox']['state'];
  reason: string | null;
  /** `new`: not in the database yet. `changed`: to be updated. */
  row: 'new' | 'changed' | 'same';
}

/** An interview as it is stored, with what was read from it. */
interface Held {
  readonly key: DataKey;
  /** Null when the stored form cannot be opened; `problem` says so as soon as somebody asks. */
  readonly interview: Interview | null;
  readonly problem: Corrupt | null;
  /** As it stands in the row, to be written again unopened when it did not change. */
  readonly sealedShared: string | null;
}

async function load(tx: Tx, { queries }: TurnTools, lane: string, item: string | null) {
  const [locked, conversations, waiting, seen] = await Promise.all([
    queries.lock && tx.read(queries.lock({ lane })),
    tx.read(queries.load({ lane })),
    tx.read(queries.waiting({ lane })),
    item === null ? [] : tx.read(queries.seen({ lane, id: item })),
  ]);
  // A row that is there now but was not when it should have been locked: made in between by somebody else, so not ours yet.
  const ours = locked === null || locked.length > 0;
  return { row: ours ? conversations[0] : undefined, waiting, seen: seen.length > 0 };
}

type Row = NonNullable<Awaited<ReturnType<typeof load>>['row']>;

/** Locks the conversation (creating it when it is new), lets `work` have its turn, and writes what changed. */
export async function runTurn<T>(
  tools: TurnTools,
  tx: Tx,
  lane: string,
  { from, item }: Opening,
  work: (turn: Turn) => Promise<T>,
): Promise<{ readonly result: T; readonly erased: boolean }> {
  const itemId = item ? tools.lookup.hash('item', lane, item.key) : null;
  let loaded = await load(tx, tools, lane, itemId);
  if (!loaded.row && from) {
    addConversation(tools, tx, lane, from.reference, from.place);
    // Read again: another replica may have been first.
    loaded = await load(tx, tools, lane, itemId);
  }
  if (!loaded.row) throw new GiveUp('lane_gone', 'There is no such conversation (any more).');
  const turn = new StoredTurn(tools, tx, loaded.row, itemId, !loaded.seen);
  if (from) turn.greet(from.reference, from.place);
  for (const row of loaded.waiting) turn.remember(row);
  if (item && itemId !== null && !loaded.seen) turn.accept(itemId, item);
  const result = await work(turn);
  turn.finish();
  return { result, erased: turn.erased };
}

function addConversation(tools: TurnTools, tx: Tx, lane: string, reference: Reference, place: Place): void {
  const { key, row } = tools.keyring.create(lane);
  tx.write(
    tools.queries.addConversation({
      id: lane,
      person: personOf(tools, reference),
      role: place.role,
      school_id: place.schoolId,
      language: null,
      locale: reference.locale,
      greeted: 0,
      interview_id: null,
      memory: key.seal(`conversation/${lane}/memory`, {}),
      reference: key.seal(`conversation/${lane}/reference`, reference),
      due_at: null,
      erased_at: null,
      updated_at: tools.now(),
    }),
  );
  tx.write(tools.queries.addKey(row));
}

function personOf({ lookup }: TurnTools, { aadObjectId }: Reference): string | null {
  return aadObjectId === null ? null : lookup.hash('person', aadObjectId.toLowerCase());
}

class StoredTurn implements Turn {
  readonly itemId: string | null;
  readonly accepted: boolean;
  /** Something was deleted for good. */
  erased = false;
  readonly #tools: TurnTools;
  readonly #tx: Tx;
  readonly #lane: string;
  readonly #items = new Map<string, Item>();
  readonly #replies: Outgoing[] = [];
  #row: Row;
  #key: DataKey;
  #changed = false;
  #memory: Conversation['memory'];
  #reference: Reference;
  #held: Held | null;
  #lastProcessed: string | null = null;
  #scene: Scene | null = null;

  constructor(tools: TurnTools, tx: Tx, row: Row, itemId: string | null, unseen: boolean) {
    this.#tools = tools;
    this.#tx = tx;
    this.#lane = row.id;
    this.#row = row;
    this.itemId = itemId;
    this.accepted = itemId !== null && unseen;
    if (row.key === null)
      throw new Corrupt('store_unreadable', `The key of conversation ${row.id} is missing`);
    this.#key = tools.keyring.open(row.id, row.key);
    this.#memory = this.#key.open(`conversation/${row.id}/memory`, row.memory) as Conversation['memory'];
    this.#reference = this.#key.open(`conversation/${row.id}/reference`, row.reference) as Reference;
    this.#held = hold(tools, row);
  }

  /** What the channel and the school file say now wins over what was stored. */
  greet(reference: Reference, place: Place): void {
    const person = personOf(this.#tools, reference) ?? this.#row.person;
    const locale = reference.locale ?? this.#row.locale;
    const aadObjectId = reference.aadObjectId ?? this.#reference.aadObjectId;
    this.#change({ person, locale, role: place.role, school_id: place.schoolId });
    const name = reference.name ?? this.#reference.name;
    const latest = { ...reference, aadObjectId, ...(name === undefined ? {} : { name }) };
    if (isDeepStrictEqual(latest, this.#reference)) return;
    this.#reference = latest;
    this.#change({ reference: this.#key.seal(`conversation/${this.#lane}/reference`, latest) });
  }

  remember(row: {
    id: string;
    arrival: number;
    alone: number;
    attempts: number;
    sent_at: number;
    received_at: number;
    content: string | null;
  }): void {
    const place = `inbox/${this.#lane}/${row.id}/content`;
    this.#items.set(row.id, {
      state: 'waiting',
      reason: null,
      row: 'same',
      waiting: {
        id: row.id,
        incoming: this.#key.open(place, row.content ?? '') as Waiting['incoming'],
        sentAt: row.sent_at,
        receivedAt: row.received_at,
        arrival: row.arrival,
        alone: row.alone === 1,
        attempts: row.attempts,
      },
    });
  }

  accept(id: string, item: NonNullable<Opening['item']>): void {
    const { incoming, sentAt, receivedAt } = item;
    const arrival = 1 + Math.max(0, ...[...this.#items.values()].map((other) => other.waiting.arrival));
    const waiting = { id, incoming, sentAt, receivedAt, arrival, alone: false, attempts: 0 };
    this.#items.set(id, { state: 'waiting', reason: null, row: 'new', waiting });
    // Whoever writes again after everything was erased begins anew.
    this.#change({ erased_at: null });
  }

  scene(): Scene {
    if (this.#scene) return this.#scene;
    if (this.#held?.problem) throw this.#held.problem;
    const row = this.#row;
    const held = this.#held;
    let answers: Promise<readonly Answer[]> | null = null;
    this.#scene = {
      conversation: {
        id: row.id,
        role: row.role as Role,
        schoolId: row.school_id,
        language: row.language,
        locale: row.locale,
        greeted: row.greeted === 1,
        interviewId: row.interview_id,
        name: this.#reference.name ?? null,
        memory: this.#memory,
      },
      interview: held?.interview ?? null,
      answers: () => (answers ??= this.#answers(held)),
    };
    return this.#scene;
  }

  async #answers(held: Held | null): Promise<readonly Answer[]> {
    if (!held?.interview) return [];
    const { id } = held.interview;
    const rows = await this.#tx.read(this.#tools.queries.answers({ interview: id }));
    return rows.map((row) => {
      const [step, probe] = row.answer_key.split('/');
      const content = held.key.open(`answer/${id}/${row.answer_key}/content`, row.content) as Content;
      const { seq, kind, lang, wording } = row;
      return {
        step,
        probe: probe ?? null,
        seq,
        kind,
        ...content,
        reopened: row.reopened === 1,
        lang,
        wording,
      } as Answer;
    });
  }

  waiting(): readonly Waiting[] {
    return [...this.#items.values()]
      .filter((item) => item.state === 'waiting')
      .map((item) => item.waiting)
      .sort((a, b) => a.arrival - b.arrival);
  }

  mark(id: string, { incoming, alone, failed }: Parameters<Turn['mark']>[1]): void {
    const item = this.#item(id);
    item.waiting = {
      ...item.waiting,
      ...(incoming && { incoming }),
      ...(alone && { alone }),
      ...(failed !== undefined && { attempts: item.waiting.attempts + 1 }),
    };
    if (failed !== undefined) item.reason = failed;
  }

  processed(ids: readonly string[]): void {
    for (const id of ids) {
      this.#item(id).state = 'processed';
      this.#lastProcessed = id;
    }
  }

  quarantine(id: string, reason: string): void {
    const item = this.#item(id);
    item.state = 'quarantined';
    item.reason = reason;
  }

  #item(id: string): Item {
    const item = this.#items.get(id);
    if (!item) throw new GiveUp('item_gone', 'There is no such item waiting.');
    if (item.row === 'same') item.row = 'changed';
    return item;
  }

  get due(): number | null {
    return this.#row.due_at;
  }

  dueAt(at: number | null): void {
    this.#change({ due_at: at });
  }

  async save(outcome: Outcome, { inline }: { readonly inline: boolean }): Promise<void> {
    if (outcome.erase) this.#erase(outcome.erase);
    const patch = outcome.conversation ?? {};
    this.#change({
      ...(patch.role !== undefined && { role: patch.role }),
      ...(patch.schoolId !== undefined && { school_id: patch.schoolId }),
      ...(patch.language !== undefined && { language: patch.language }),
      ...(patch.locale !== undefined && { locale: patch.locale }),
      ...(patch.greeted !== undefined && { greeted: patch.greeted ? 1 : 0 }),
      ...(patch.interviewId !== undefined && { interview_id: patch.interviewId }),
    });
    if (patch.memory && !isDeepStrictEqual(patch.memory, this.#memory)) {
      this.#memory = patch.memory;
      this.#change({ memory: this.#key.seal(`conversation/${this.#lane}/memory`, patch.memory) });
    }
    if (outcome.interview) {
      await this.#saveInterview(outcome.interview);
      // Unless the outcome says otherwise, it is the one that this conversation is about.
      if (patch.interviewId === undefined) this.#change({ interview_id: outcome.interview.id });
    }
    this.#saveAnswers(outcome);
    for (const message of outcome.outgoing) this.#file(message, inline && message.to === 'here');
    this.#scene = null;
    if (this.#row.interview_id !== (this.#held?.interview?.id ?? null)) await this.#otherInterview();
  }

  async #saveInterview(interview: Interview): Promise<void> {
    const { queries, now } = this.#tools;
    const { id, definition, status, shared, startedAt, ...body } = interview;
    const held = this.#held?.interview?.id === id ? this.#held : null;
    const key = held ? held.key : await this.#keyFor(id);
    const sealedShared =
      held && isDeepStrictEqual(shared, held.interview?.shared)
        ? held.sealedShared
        : key.seal(`interview/${id}/shared`, shared);
    this.#tx.write(
      queries.saveInterview({
        id,
        conversation_id: this.#lane,
        definition: JSON.stringify(definition),
        status,
        body: key.seal(`interview/${id}/body`, body satisfies Body),
        shared: sealedShared,
        started_at: startedAt,
        updated_at: now(),
      }),
    );
    this.#held = { key, interview, problem: null, sealedShared };
  }

  /** The key of an interview that is not the one at hand: new, or there already when this person went back to an earlier interview. */
  async #keyFor(interview: string): Promise<DataKey> {
    const { queries, keyring } = this.#tools;
    const [stored] = await this.#tx.read(queries.key({ id: interview }));
    if (stored) return keyring.open(interview, stored.wrapped);
    const { key, row } = keyring.create(interview);
    this.#tx.write(queries.addKey(row));
    return key;
  }

  #saveAnswers({ put = [], drop = [] }: Outcome): void {
    if (put.length + drop.length === 0) return;
    const held = this.#held;
    if (!held?.interview) throw new GiveUp('no_interview', 'Answers were given without an interview.');
    const { id } = held.interview;
    for (const key of drop) {
      this.#tx.write(this.#tools.queries.dropAnswer({ interview_id: id, answer_key: keyOf(key) }));
    }
    for (const { step, probe, seq, kind, reopened, lang, wording, ...content } of put) {
      const answer_key = keyOf({ step, probe });
      this.#tx.write(
        this.#tools.queries.putAnswer({
          interview_id: id,
          answer_key,
          seq,
          kind,
          reopened: reopened ? 1 : 0,
          lang,
          wording,
          content: held.key.seal(`answer/${id}/${answer_key}/content`, content satisfies Content),
        }),
      );
    }
  }

  #file(message: Outgoing, inline: boolean): void {
    const { queries, lookup, now } = this.#tools;
    const owner = this.#held?.interview ? this.#held.interview.id : this.#lane;
    const key = this.#held?.interview ? this.#held.key : this.#key;
    const destination =
      message.to === 'here' ? this.#lane : lookup.hash('person', message.to.coach.toLowerCase());
    if (message.to === 'here') this.#replies.push(message);
    this.#tx.write(
      queries.file({
        conversation_id: this.#lane,
        destination,
        key_owner: owner,
        item_id: this.itemId ?? this.#lastProcessed,
        state: inline ? 'inline' : 'pending',
        due_at: now(),
        claimed_until: null,
        attempts: 0,
        interrupted: 0,
        reason: null,
        activity_id: null,
        created_at: now(),
        settled_at: inline ? now() : null,
        message: key.seal(messagePlace(owner, destination), message),
      }),
    );
  }

  /** Deletes at once; what the rest of the outcome saves comes after. Messages that came in later stay: they are a new beginning. */
  #erase(what: 'interview' | 'person'): void {
    const { engine, queries, keyring, now } = this.#tools;
    const interview = this.#row.interview_id;
    this.erased = true;
    if (what === 'person' || interview !== null) {
      for (const statement of eraseInterviews(engine, this.#lane, what === 'person' ? null : interview)) {
        this.#tx.write(statement);
      }
    }
    this.#held = null;
    this.#replies.length = 0;
    this.#change({ interview_id: null });
    if (what === 'interview') return;
    this.#tx.write(eraseMessages(engine, this.#lane));
    // A new key, so that whatever an old page or backup still holds of this conversation stays closed; the reference is kept to say goodbye.
    const { key, row } = keyring.create(this.#lane);
    this.#tx.write(queries.replaceKey(row));
    this.#key = key;
    this.#memory = {};
    for (const item of this.#items.values()) if (item.row === 'same') item.row = 'changed';
    this.#change({
      language: null,
      greeted: 0,
      erased_at: now(),
      memory: key.seal(`conversation/${this.#lane}/memory`, {}),
      reference: key.seal(`conversation/${this.#lane}/reference`, this.#reference),
    });
  }

  /** The conversation went on to another interview of this person. */
  async #otherInterview(): Promise<void> {
    const id = this.#row.interview_id;
    this.finishConversation();
    const [row] = id === null ? [] : await this.#tx.read(this.#tools.queries.load({ lane: this.#lane }));
    this.#held = row ? hold(this.#tools, row) : null;
    this.#scene = null;
  }

  async replies(): Promise<readonly Outgoing[]> {
    if (this.itemId === null || this.#replies.length > 0) return [...this.#replies];
    const rows = await this.#tx.read(this.#tools.queries.replies({ lane: this.#lane, item: this.itemId }));
    return rows.map((row) => {
      const key = this.#tools.keyring.open(row.key_owner, row.key);
      return key.open(messagePlace(row.key_owner, this.#lane), row.message ?? '') as Outgoing;
    });
  }

  #change(fields: Partial<Row>): void {
    for (const [name, value] of Object.entries(fields)) {
      if (this.#row[name as keyof Row] === value) continue;
      this.#row = { ...this.#row, [name]: value };
      this.#changed = true;
      this.#scene = null;
    }
  }

  finishConversation(): void {
    if (!this.#changed) return;
    const { id, person, role, school_id, language, locale, greeted, interview_id } = this.#row;
    const { memory, reference, due_at, erased_at } = this.#row;
    this.#tx.write(
      this.#tools.queries.saveConversation({
        ...{ id, person, role, school_id, language, locale, greeted, interview_id },
        ...{ memory, reference, due_at, erased_at, updated_at: this.#tools.now() },
      }),
    );
    this.#changed = false;
  }

  finish(): void {
    for (const { waiting, state, reason, row } of this.#items.values()) {
      if (row === 'same') continue;
      const { id, arrival, alone, attempts, sentAt, receivedAt, incoming } = waiting;
      const place = `inbox/${this.#lane}/${id}/content`;
      const save = row === 'new' ? this.#tools.queries.addItem : this.#tools.queries.saveItem;
      this.#tx.write(
        save({
          conversation_id: this.#lane,
          id,
          state,
          arrival,
          alone: alone ? 1 : 0,
          attempts,
          reason,
          sent_at: sentAt,
          received_at: receivedAt,
          content: state === 'processed' ? null : this.#key.seal(place, incoming),
        }),
      );
    }
    this.finishConversation();
  }
}

/** A message is bound to where it goes, so that nobody can turn a profile round to somebody else. */
export function messagePlace(owner: string, destination: string): string {
  return `outbox/${owner}/${destination}/message`;
}

/** Opens the interview of a conversation. What cannot be opened is not lost and not replaced: it is reported when it is asked for. */
function hold({ keyring }: TurnTools, row: Row): Held | null {
  const { i_id: id, i_definition, i_body, i_shared } = row;
  if (id === null) return null;
  try {
    if (row.i_key === null) throw new Corrupt('store_unreadable', `The key of interview ${id} is missing`);
    const key = keyring.open(id, row.i_key);
    const interview: Interview = {
      id,
      definition: JSON.parse(i_definition ?? '') as Interview['definition'],
      ...(key.open(`interview/${id}/body`, i_body ?? '') as Body),
      status: row.i_status as Interview['status'],
      shared: i_shared === null ? null : key.open(`interview/${id}/shared`, i_shared),
      startedAt: row.i_started_at ?? 0,
    };
    return { key, interview, problem: null, sealedShared: i_shared };
  } catch (error) {
    const problem =
      error instanceof Corrupt ? error : new Corrupt('store_unreadable', `Interview ${id}`, { cause: error });
    return { key: undefined as never, interview: null, problem, sealedShared: null };
  }
}

/** One conversation under its lock: what it was, what a message makes of it, and what of that is written at the end. */
import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type {
  Act,
  Conversation,
  Filed,
  Interview,
  InvokeAnswer,
  Outcome,
  Outgoing,
  Role,
  Scene,
} from '../../dialogs/ports.ts';
import { keyFrom, keyOf, type Answer } from '../../machines/journal.ts';
import { GiveUp } from '../errors.ts';
import type { Engine, Tx } from './engine.ts';
import { eraseInterviews, eraseMessages, forgetLists } from './erasing.ts';
import type { Queries } from './queries.ts';
import { Items, type ItemRow } from './items.ts';
import { messagePlace, openAnswer, openInterview, sealAnswer, sealInterview, type Held } from './records.ts';
import type { DataKey, Keyring, Lookup } from './seal.ts';
import { countsOf } from './counts.ts';
import { Handovers, type Whose } from './handovers.ts';
import { fileSettings, readInterviewFacts } from './settings.ts';
import type { Tables } from './tables.ts';
import type { Opening, OutboxItem, Place, Reference, Turn, Waiting } from './types.ts';

export interface TurnTools {
  readonly engine: Engine;
  readonly queries: Queries;
  readonly keyring: Keyring;
  readonly lookup: Lookup;
  readonly now: () => number;
}

async function load(tx: Tx, { queries }: TurnTools, lane: string, item: string | null) {
  const [locked, [row]] = await Promise.all([
    queries.lock && tx.read(queries.lock({ lane })),
    tx.read(queries.load({ lane, item: item ?? '' })),
  ]);
  // A row that is there now but was not when it should have been locked: made in between by somebody else, so not ours yet.
  if (!row || locked?.length === 0) return null;
  // A lane where something waits is due at some time.
  const waiting = row.due_at === null ? [] : await tx.read(queries.waiting({ lane }));
  return { row, waiting, seen: row.seen !== null };
}

type Row = NonNullable<Awaited<ReturnType<typeof load>>>['row'];

/** Locks the conversation (creating it when it is new), lets `work` have its turn, and writes what changed. */
export async function runTurn<T>(
  tools: TurnTools,
  tx: Tx,
  lane: string,
  { from, item, handOver }: Opening,
  work: (turn: Turn) => Promise<T>,
): Promise<{
  readonly result: T;
  readonly erased: boolean;
  /** What is handed over; to be asked for after the commit. */
  readonly handedOver: () => Promise<readonly OutboxItem[]>;
}> {
  const itemId = item ? tools.lookup.hash('item', lane, item.key) : null;
  let loaded = await load(tx, tools, lane, itemId);
  if (!loaded && from) {
    addConversation(tools, tx, lane, from.reference, from.place);
    // Read again: another replica may have been first.
    loaded = await load(tx, tools, lane, itemId);
  }
  if (!loaded) throw new GiveUp('lane_gone', 'There is no such conversation (any more).');
  const claimed = handOver && loaded.row.queued === null ? handOver.until : null;
  const turn = new StoredTurn(tools, tx, loaded.row, itemId, !loaded.seen, claimed);
  if (from) turn.greet(from.reference, from.place);
  for (const row of loaded.waiting) turn.remember(row);
  if (item && itemId !== null && !loaded.seen) turn.accept(itemId, item);
  const result = await work(turn);
  turn.finish();
  return { result, erased: turn.erased, handedOver: () => turn.handedOver() };
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
      left_at: null,
      updated_at: tools.now(),
    }),
  );
  tx.write(tools.queries.addKey(row));
}

function personOf({ lookup }: TurnTools, { aadObjectId }: Reference): string | null {
  return aadObjectId === null ? null : lookup.hash('person', aadObjectId.toLowerCase());
}

type About = Pick<Tables['outbox'], 'act' | 'earlier' | 'activity_id'>;
/** What a message is filed under: the conversation and the key it goes with, and where to. */
interface Where {
  readonly lane: string;
  readonly owner: string;
  readonly key: DataKey;
  readonly destination: string;
}
const ITSELF: About = { act: null, earlier: null, activity_id: null };
const ANSWER: About = { act: 'answer', earlier: null, activity_id: null };
/** What is filed to delete a message says nothing itself. */
const GONE: Outgoing = { to: 'here', label: { step: 'c1_bot', kind: 'notice' }, lang: 'nl', text: '' };

class StoredTurn implements Turn {
  readonly itemId: string | null;
  readonly accepted: boolean;
  /** Something was deleted for good. */
  erased = false;
  readonly #tools: TurnTools;
  readonly #tx: Tx;
  readonly #lane: string;
  readonly #items: Items;
  readonly #replies: Outgoing[] = [];
  #answer: InvokeAnswer | undefined;
  #row: Row;
  #key: DataKey;
  #changed = false;
  #memory: Conversation['memory'];
  #reference: Reference;
  #held: Held | null;
  #lastProcessed: string | null = null;
  #scene: Scene | null = null;
  readonly #handovers: Handovers;
  /** Until when the messages `here` are claimed; null: they are for whoever comes. */
  readonly #claimedUntil: number | null;
  #handed: { message: Outgoing; owner: string; filed: Promise<{ position: number }[]> }[] = [];

  constructor(
    tools: TurnTools,
    tx: Tx,
    row: Row,
    itemId: string | null,
    unseen: boolean,
    claimedUntil: number | null,
  ) {
    this.#claimedUntil = claimedUntil;
    this.#tools = tools;
    this.#tx = tx;
    this.#lane = row.id;
    this.#items = new Items(row.id);
    this.#handovers = new Handovers(tools, tx);
    this.#row = row;
    this.itemId = itemId;
    this.accepted = itemId !== null && unseen;
    this.#key = tools.keyring.open(row.id, row.key);
    this.#memory = this.#key.open(`conversation/${row.id}/memory`, row.memory) as Conversation['memory'];
    this.#reference = this.#key.open(`conversation/${row.id}/reference`, row.reference) as Reference;
    this.#held = openInterview(tools.keyring, row);
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

  remember(row: ItemRow): void {
    this.#items.remember(this.#key, row);
  }

  accept(id: string, item: NonNullable<Opening['item']>): void {
    this.#items.add(id, item);
    // Whoever writes again after everything was erased begins anew.
    this.#change({ erased_at: null });
    const { kind } = item.incoming;
    // News of our own does not mean that somebody is back.
    if (kind !== 'delivery' && kind !== 'due' && kind !== 'uploaded')
      this.#change({ left_at: kind === 'left' ? this.#tools.now() : null });
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
        directoryId: this.#reference.aadObjectId,
        memory: this.#memory,
      },
      interview: held?.interview ?? null,
      answers: () => (answers ??= this.#answers(held)),
      filed: () => this.#answersFiled(held),
      others: () => this.#others(),
      handovers: () => this.#handovers.list(this.#whose),
      counts: async () => countsOf(await readInterviewFacts(this.#tools, this.#tx, row.school_id)),
    };
    return this.#scene;
  }

  get #whose(): Whose {
    return { role: this.#row.role, person: this.#row.person, lane: this.#lane };
  }

  async #answers(held: Held | null): Promise<readonly Answer[]> {
    if (!held?.interview) return [];
    const { id } = held.interview;
    const rows = await this.#tx.read(this.#tools.queries.answers({ interview: id }));
    return rows.map((row) => openAnswer(held.key, id, row));
  }

  async #answersFiled(held: Held | null): Promise<readonly Filed[]> {
    if (!held?.interview) return [];
    const rows = await this.#tx.read(this.#tools.queries.filed({ interview: held.interview.id }));
    return rows.map(({ answer_key, seq }) => ({ ...keyFrom(answer_key), seq }));
  }

  async #others(): ReturnType<NonNullable<Scene['others']>> {
    const { queries, keyring } = this.#tools;
    const interview = this.#held?.interview?.id ?? '';
    const found: { interview: Interview; answers: readonly Answer[] }[] = [];
    for (const row of await this.#tx.read(queries.others({ lane: this.#lane, interview }))) {
      const held = openInterview(keyring, row);
      if (held?.interview) found.push({ interview: held.interview, answers: await this.#answers(held) });
    }
    return found;
  }

  waiting(): readonly Waiting[] {
    return this.#items.waiting();
  }

  mark(id: string, change: Parameters<Turn['mark']>[1]): void {
    this.#items.mark(id, change);
  }

  processed(ids: readonly string[]): void {
    for (const id of ids) this.#items.end(id, 'processed', null);
    this.#lastProcessed = ids.at(-1) ?? this.#lastProcessed;
  }

  quarantine(id: string, reason: string): void {
    this.#items.end(id, 'quarantined', reason);
  }

  get due(): number | null {
    return this.#row.due_at;
  }

  dueAt(at: number | null): void {
    this.#change({ due_at: at });
  }

  async save(outcome: Outcome, { inline }: { readonly inline: boolean }): Promise<void> {
    const shown = outcome.erase ? await this.#shownHere(outcome.erase) : [];
    if (outcome.withdraw) await this.#withdraw(outcome.withdraw);
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
    const held = this.#held;
    const own = held?.interview ? { interviewId: held.interview.id, key: held.key } : null;
    if (outcome.handovers) await this.#handovers.save(this.#whose, outcome.handovers, own);
    if (outcome.settings) await fileSettings(this.#tools, this.#tx, outcome.settings);
    for (const message of outcome.outgoing) await this.#fileWhereItBelongs(message, inline);
    if (outcome.answer !== undefined) this.#fileAnswer(outcome.answer);
    // After what is said: who asked for it reads that first.
    for (const id of [...shown, ...(outcome.remove ?? [])])
      this.#file(GONE, false, { act: 'delete', earlier: null, activity_id: id });
    for (const act of outcome.audit ?? []) this.#audit(act);
    this.#scene = null;
    if (this.#row.interview_id !== (this.#held?.interview?.id ?? null)) await this.#otherInterview();
  }

  async #saveInterview(interview: Interview): Promise<void> {
    const { queries, now } = this.#tools;
    const before = this.#held?.interview?.id === interview.id ? this.#held : null;
    const key = before ? before.key : await this.#keyFor(interview.id);
    const { held, row } = sealInterview(key, interview, before, { lane: this.#lane, now: now() });
    this.#tx.write(queries.saveInterview(row));
    this.#held = held;
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
    for (const answer of put) {
      this.#tx.write(this.#tools.queries.putAnswer(sealAnswer(held.key, id, answer)));
    }
  }

  /** The coach's messages of this interview: those not sent never go, the others are replaced or deleted where they arrived. */
  async #withdraw({ coach, instead, interviewId }: NonNullable<Outcome['withdraw']>): Promise<void> {
    const { queries, lookup } = this.#tools;
    const held = await this.#heldOf(interviewId);
    if (!held?.interview) return;
    const owner = held.interview.id;
    // Whoever is coach now, it is taken back from everybody who had it. What came of it goes too.
    for (const statement of forgetLists(this.#tools.engine, [owner])) this.#tx.write(statement);
    const hashes = await this.#tx.read(queries.dropHandover({ interview: owner }));
    const coaches = new Set([lookup.hash('person', coach.toLowerCase()), ...hashes.map((one) => one.coach)]);
    this.#handovers.forget();
    for (const one of coaches) await this.#withdrawFrom(held, one, { coach, instead });
  }

  /** An interview of this conversation, the one at hand when none is named. */
  async #heldOf(interview: string | undefined): Promise<Held | null> {
    const { queries, keyring } = this.#tools;
    const own = this.#held?.interview?.id ?? '';
    if (interview === undefined || interview === own) return this.#held;
    const rows = await this.#tx.read(queries.others({ lane: this.#lane, interview: own }));
    const row = rows.find(({ i_id }) => i_id === interview);
    return row ? openInterview(keyring, row) : null;
  }

  async #withdrawFrom(
    held: Held,
    coach: string,
    { coach: to, instead }: NonNullable<Outcome['withdraw']>,
  ): Promise<void> {
    const { queries, now } = this.#tools;
    if (!held.interview) return;
    const owner = held.interview.id;
    const rows = await this.#tx.read(queries.filedFor({ lane: this.#lane, owner, coach }));
    let told = false;
    for (const { position, destination, claimed_until, settled_at, message } of rows) {
      const place = messagePlace(owner, destination);
      // Content that had its time cannot be told apart any more; then everything of this interview goes.
      const sent = message === null ? null : (held.key.open(place, message) as Outgoing);
      if (sent && sent.label.kind !== 'profile' && sent.about === undefined) continue;
      if (settled_at === null && claimed_until === null) {
        this.#tx.write(queries.takeBack({ position, now: now() }));
        continue;
      }
      this.#tx.write(queries.markTaken({ position }));
      const label = { step: 'coach', kind: 'notice' } as const;
      const note: Outgoing = { to: { coach: to }, label, lang: sent?.lang ?? 'nl', text: instead };
      // In order behind the message itself, so that one on its way just now is reached too.
      const act = told ? 'delete' : 'update';
      const where = { lane: this.#lane, owner, key: held.key, destination };
      this.#file(note, false, { act, earlier: position, activity_id: null }, where);
      told = true;
    }
  }

  /** Of one interview: what was said during it. */
  async #shownHere(what: 'interview' | 'person'): Promise<string[]> {
    const rows = await this.#tx.read(this.#tools.queries.seenHere({ lane: this.#lane }));
    const meant = what === 'person' ? rows : rows.filter((r) => r.key_owner === this.#row.interview_id);
    return meant.flatMap(({ activity_id }) => (activity_id === null ? [] : [activity_id]));
  }

  #audit(act: Act): void {
    const { queries, now } = this.#tools;
    const detail = 'detail' in act ? act.detail : null;
    // Whose chat a safety card was shown in is not kept.
    const conversation_id = act.act === 'card_shown' ? null : this.#lane;
    const { school_id } = this.#row;
    const row = { id: randomUUID(), at: now(), act: act.act, detail, school_id, conversation_id };
    this.#tx.write(queries.audit(row));
  }

  /** `about`: what is to become of an earlier message, instead of a message of its own. */
  /** What repeats a teacher's words is sealed and erased with their interview, in whose ever chat it is shown. */
  async #fileWhereItBelongs(message: Outgoing, inline: boolean): Promise<void> {
    const { about, to } = message;
    if (about === undefined || about === this.#held?.interview?.id)
      return this.#file(message, inline && to === 'here' && !message.upload);
    const found = await this.#handovers.belonging(this.#whose, about);
    if (!found)
      throw new GiveUp('no_handover', 'A message is about something that is not there for this person.');
    const where = {
      lane: found.lane,
      owner: about,
      key: found.key,
      destination: this.#destinationOf(message),
    };
    this.#file(message, inline && to === 'here' && found.lane === this.#lane, ITSELF, where);
  }

  #destinationOf({ to }: Outgoing): string {
    return to === 'here' ? this.#lane : this.#tools.lookup.hash('person', to.coach.toLowerCase());
  }

  #file(message: Outgoing, inline: boolean, about: About = ITSELF, where: Where = this.#here(message)): void {
    const { queries, now } = this.#tools;
    const { lane, owner, key, destination } = where;
    const own = about === ITSELF;
    // What is kept with somebody else's conversation is not found again with this one's replies.
    if (message.to === 'here' && own && lane === this.#lane && !message.upload) this.#replies.push(message);
    const claimed = inline || message.to !== 'here' || !own ? null : this.#claimedUntil;
    const statement = queries.file({
      conversation_id: lane,
      destination,
      key_owner: owner,
      item_id: this.itemId ?? this.#lastProcessed,
      state: inline ? 'inline' : 'pending',
      due_at: Math.max(now(), message.notBefore ?? 0),
      claimed_until: claimed,
      attempts: claimed === null ? 0 : 1,
      interrupted: 0,
      reason: null,
      ...about,
      created_at: now(),
      settled_at: inline ? now() : null,
      message: key.seal(messagePlace(owner, destination), message),
    });
    if (claimed === null) return this.#tx.write(statement);
    // Its number is not waited for: it travels with the commit, which fails when this does.
    const filed = this.#tx.read(statement);
    filed.catch(() => undefined);
    this.#handed.push({ message, owner, filed });
  }

  /** With the interview of this turn, or with the conversation when there is none. */
  #here(message: Outgoing): Where {
    const held = this.#held?.interview ? this.#held : null;
    return {
      lane: this.#lane,
      owner: held?.interview?.id ?? this.#lane,
      key: held ? held.key : this.#key,
      destination: this.#destinationOf(message),
    };
  }

  /** Never under way by itself: the HTTP answer carries it. */
  #fileAnswer(answer: InvokeAnswer): void {
    const owner = this.#held?.interview ? this.#held.interview.id : this.#lane;
    const key = this.#held?.interview ? this.#held.key : this.#key;
    const at = this.#tools.now();
    this.#answer = answer;
    if (answer && 'dialog' in answer && answer.dialog.unkept) return;
    this.#tx.write(
      this.#tools.queries.file({
        ...{ conversation_id: this.#lane, destination: this.#lane, key_owner: owner },
        ...{ item_id: this.itemId ?? this.#lastProcessed, state: 'inline', ...ANSWER },
        ...{ due_at: at, created_at: at, settled_at: at, claimed_until: null },
        ...{ attempts: 0, interrupted: 0, reason: null },
        message: key.seal(messagePlace(owner, this.#lane), answer),
      }),
    );
  }

  async handedOver(): Promise<readonly OutboxItem[]> {
    const rows = await Promise.all(this.#handed.map(({ filed }) => filed));
    return this.#handed.map(({ message }, nth) => ({
      ...{ id: String(rows[nth]![0]!.position), state: 'pending', message, lane: this.#lane },
      ...{ reference: this.#reference, origin: this.#reference },
      ...{ attempts: 1, interrupted: false, reason: null, earlier: null },
    }));
  }

  /** Deletes at once; what the rest of the outcome saves comes after. Messages that came in later stay: they are a new beginning. */
  #erase(what: 'interview' | 'person'): void {
    const { engine, queries, keyring, now } = this.#tools;
    const interview = this.#row.interview_id;
    this.erased = true;
    this.#handovers.forget();
    if (what === 'person' || interview !== null) {
      for (const statement of eraseInterviews(engine, this.#lane, what === 'person' ? null : interview)) {
        this.#tx.write(statement);
      }
    }
    this.#held = null;
    this.#replies.length = 0;
    this.#answer = undefined;
    this.#handed = this.#handed.filter(({ owner }) => what === 'interview' && owner !== interview);
    this.#change({ interview_id: null });
    if (what === 'interview') return;
    this.#tx.write(eraseMessages(engine, this.#lane));
    // A new key, so that whatever an old page or backup still holds of this conversation stays closed; the reference is kept to say goodbye.
    const { key, row } = keyring.create(this.#lane);
    this.#tx.write(queries.replaceKey(row));
    this.#key = key;
    this.#memory = {};
    this.#items.sealAgain();
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
    const [row] =
      id === null ? [] : await this.#tx.read(this.#tools.queries.load({ lane: this.#lane, item: '' }));
    this.#held = row ? openInterview(this.#tools.keyring, row) : null;
    this.#scene = null;
  }

  async replies(): Promise<readonly Outgoing[]> {
    if (this.itemId === null || this.#replies.length > 0) return [...this.#replies];
    const filed = await this.#filed(this.itemId);
    // A document is put elsewhere, not said.
    return filed.flatMap(({ act, content }) =>
      act === null && !(content as Outgoing).upload ? [content as Outgoing] : [],
    );
  }

  async answer(): Promise<InvokeAnswer | undefined> {
    if (this.itemId === null || this.#answer !== undefined) return this.#answer;
    const filed = await this.#filed(this.itemId);
    return filed.findLast(({ act }) => act === 'answer')?.content as InvokeAnswer | undefined;
  }

  /** What an item led to, here. */
  async #filed(item: string): Promise<{ readonly act: string | null; readonly content: unknown }[]> {
    const rows = await this.#tx.read(this.#tools.queries.replies({ lane: this.#lane, item }));
    return rows.map(({ act, key_owner, key, message }) => ({
      act,
      content: this.#tools.keyring
        .open(key_owner, key)
        .open(messagePlace(key_owner, this.#lane), message ?? ''),
    }));
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
    const { memory, reference, due_at, erased_at, left_at } = this.#row;
    this.#tx.write(
      this.#tools.queries.saveConversation({
        ...{ id, person, role, school_id, language, locale, greeted, interview_id },
        ...{ memory, reference, due_at, erased_at, left_at, updated_at: this.#tools.now() },
      }),
    );
    this.#changed = false;
  }

  finish(): void {
    // Whoever looks for what waits goes by when the lane is due.
    if (this.#row.due_at === null && this.#items.waiting().length > 0) this.dueAt(this.#tools.now());
    for (const { isNew, row } of this.#items.rows(this.#key)) {
      const { addItem, saveItem } = this.#tools.queries;
      this.#tx.write(isNew ? addItem(row) : saveItem(row));
    }
    this.finishConversation();
  }
}

/**
 * The durable inbox: a message is acknowledged when it is on the disk, has one effect however often it is sent, and those of one
 * conversation have their effects in order.
 *
 * Typed text waits for the quiet time, so that a thought sent in pieces becomes one answer; everything else is answered at once.
 * What fails (a bug, a damaged record) is tried again a few times, then set aside with its content: never deleted, never in the way.
 */
import { isInvoke } from './activity.ts';
import type {
  Conversation,
  Incoming,
  InvokeAnswer,
  Outcome,
  Outgoing,
  Scene,
  World,
} from '../dialogs/ports.ts';
import { AppError, codeOf, ConfigError, GiveUp, RetryLater } from './errors.ts';
import { createAlarm } from './alarm.ts';
import { piecesOf } from './pieces.ts';
import type {
  InboxItem,
  Opening,
  OutboxItem,
  Place,
  Reference,
  Store,
  Turn,
  Waiting,
} from './store/types.ts';

export type TakeTurn = (scene: Scene, incoming: Incoming, world: World) => Promise<Outcome>;

export interface InboxOptions {
  readonly store: Store;
  readonly takeTurn: TakeTurn;
  readonly world: World;
  /** How long typed text waits for its rest, in ms; 0: not at all. */
  readonly quietMs: number | ((conversation: Conversation) => number);
  /** Role and school of whoever writes, by the school file. */
  readonly placeOf: (reference: Reference) => Place;
  /** Text that is not an answer (a command, a word of a button, the first hello) and is answered without waiting. */
  readonly bypasses?: (incoming: Incoming, scene: Scene) => boolean;
  /** Something was committed that has messages to send, besides those that were handed over. */
  readonly onCommitted?: (lane: string) => void;
  /** Takes the messages of a turn as soon as it is committed, claimed for `claimMs`; without it they wait in the store. */
  readonly handOver?: { readonly claimMs: number; readonly take: (items: readonly OutboxItem[]) => void };
  /** A message was set aside: for the operator's log. No content. */
  readonly onQuarantined?: (lane: string, reason: string) => void;
  /** What to tell somebody whose message was set aside. */
  readonly explain?: (scene: Scene, world: World) => Promise<Outcome>;
  /** The storage or a lane is in trouble while nobody waits for an answer: for the operator's log. */
  readonly onTrouble?: (error: unknown) => void;
  /** How often other replicas' leftovers are looked for, in ms. */
  readonly pollMs?: number;
}

export interface Received {
  /** Messages for the HTTP answer, when it carries them. */
  readonly replies: readonly Outgoing[];
  /** The answer to an invoke; undefined as long as it is waiting. */
  readonly answer?: InvokeAnswer | undefined;
  /** False: it was here before. */
  readonly accepted: boolean;
  /** True: it is kept until the rest of the thought has come, or until it can be answered. */
  readonly waiting: boolean;
}

export interface Inbox {
  /** Resolves when the item is durable. Rejects with RetryLater when it could not be kept: the sender must send it again. */
  receive(
    reference: Reference,
    item: InboxItem,
    options: { readonly wantsReplies: boolean },
  ): Promise<Received>;
  /**
   * Puts a message of our own into a lane; of several with one `key` only the first has an effect.
   * Does nothing when the conversation is gone.
   */
  internal(lane: string, incoming: Incoming, key?: string): Promise<void>;
  /** Answers everything whose quiet time or back-off is over. Also called by the timer. */
  drain(): Promise<void>;
  start(): void;
  /** Ends the timer and waits for what is under way. */
  stop(): Promise<void>;
}

/** Tries before a message is set aside, and the waits between them in ms: a person is waiting for an answer. */
const BACK_OFF_MS = [500, 1_000, 2_000, 4_000];
const LANES_AT_ONCE = 4;
const LANES_PER_LOOK = 100;
const POLL_MS = 1_000;
/** How long a lane that could not be drained is left alone, in ms. */
const TROUBLE_MS = { away: 1_000, broken: 60_000 };

/** A piece could not be answered; the transaction is rolled back and repeated with this knowledge. */
class PieceFailed extends Error {
  readonly id: string;
  constructor(id: string, cause: unknown) {
    super('A message could not be answered', { cause });
    this.id = id;
  }
}

/** What happened in one transaction, to be acted on when it is committed. */
interface Notes {
  /** Messages that were filed for delivery to send. */
  filed: number;
  /** Those of them that it has been given. */
  handed: number;
  dueAt: number | null;
  readonly quarantined: string[];
  /** The piece that was answered last: to blame when the commit fails for a reason of its own. */
  last: string | null;
}

export function createInbox(options: InboxOptions): Inbox {
  const { store, takeTurn, world, placeOf, bypasses = () => false, explain } = options;
  const running = new Set<Promise<unknown>>();
  /** Lanes that cannot be drained now, and until when they are left alone: they must not keep the others waiting. */
  const troubled = new Map<string, number>();
  const alarm = createAlarm({
    now: () => world.now(),
    everyMs: options.pollMs ?? POLL_MS,
    ring: () => tracked(drain()).catch((error: unknown) => options.onTrouble?.(error)),
  });
  /** What was due and put into its lane, and until when it is not looked at again. */
  const filed = new Map<string, number>();

  /** One transaction in a lane; repeated when a message in it cannot be answered, until what can be answered is. */
  async function inLane(
    lane: string,
    opening: Opening,
    wantsReplies: boolean,
    asked: Incoming | null = null,
  ): Promise<Received> {
    const failed = new Map<string, string>();
    for (;;) {
      const notes: Notes = { filed: 0, handed: 0, dueAt: null, quarantined: [], last: null };
      const handOver = options.handOver && {
        until: world.now() + options.handOver.claimMs,
        take: (items: readonly OutboxItem[]) => {
          notes.handed = items.length;
          if (items.length > 0) options.handOver?.take(items);
        },
      };
      try {
        const received = await store.inTurn(lane, { ...opening, ...(handOver && { handOver }) }, (turn) =>
          asked?.kind === 'dialogOpen'
            ? show(turn, asked, notes)
            : decide(turn, wantsReplies, failed, notes, asked),
        );
        if (notes.dueAt !== null) alarm.at(notes.dueAt);
        if (notes.filed > notes.handed) options.onCommitted?.(lane);
        for (const reason of notes.quarantined) options.onQuarantined?.(lane, reason);
        return received;
      } catch (error) {
        const culprit = blame(error, notes);
        if (culprit === null || failed.has(culprit.id)) throw error;
        failed.set(culprit.id, codeOf(culprit.cause));
      }
    }
  }

  /** Shows a dialog. Nobody acts by it: it is stored nowhere, and cuts no thought in two that waits for its rest. */
  async function show(turn: Turn, asked: Incoming, notes: Notes): Promise<Received> {
    const { answer, ...outcome } = await takeTurn(turn.scene(), asked, world);
    await turn.save(outcome, { inline: false });
    notes.filed += outcome.outgoing.length;
    return { replies: [], answer, accepted: true, waiting: false };
  }

  /** What the new item (if any) means for what is waiting. */
  async function decide(
    turn: Turn,
    wantsReplies: boolean,
    failed: ReadonlyMap<string, string>,
    notes: Notes,
    asked: Incoming | null,
  ): Promise<Received> {
    const item = turn.waiting().find(({ id }) => id === turn.itemId);
    const received = async (): Promise<Received> => ({
      replies: wantsReplies ? await turn.replies() : [],
      ...(asked && isInvoke(asked) ? { answer: await turn.answer() } : {}),
      accepted: turn.accepted,
      waiting: turn.waiting().some(({ id }) => id === turn.itemId),
    });
    // It has had its effect, or will have it in its time: whoever asks for the replies gets those of the first time.
    if (turn.itemId !== null && !item) {
      const first = await received();
      // What was shown then is not kept: it is shown anew. Its token has been used, so it does nothing twice.
      return asked?.kind === 'dialogSent' && first.answer === undefined ? show(turn, asked, notes) : first;
    }
    if (turn.itemId !== null && !turn.accepted && !wantsReplies) return received();
    // Nothing new, and somebody else was here first.
    if (turn.itemId === null && (turn.due === null || turn.due > world.now())) return received();

    if (item && turn.accepted) {
      const pause = waitFor(turn, item, wantsReplies, failed);
      if (pause !== null) {
        notes.dueAt = turn.waiting().length > 0 ? Math.max(pause, turn.due ?? 0) : null;
        turn.dueAt(notes.dueAt);
        return received();
      }
      turn.mark(item.id, { alone: true });
    }
    notes.dueAt = await answer(turn, wantsReplies, failed, notes);
    turn.dueAt(notes.dueAt);
    return received();
  }

  /** Until when a new item waits with the others (epoch ms); null: it is to be answered now. */
  function waitFor(
    turn: Turn,
    item: Waiting,
    wantsReplies: boolean,
    failed: ReadonlyMap<string, string>,
  ): number | null {
    const { incoming } = item;
    const others = turn.waiting().filter(({ id }) => id !== item.id);
    if (incoming.kind === 'edited' || incoming.kind === 'deleted') {
      const fragment = others.find(
        (other) => other.incoming.kind === 'text' && other.incoming.sources.includes(incoming.source),
      );
      if (!fragment || fragment.incoming.kind !== 'text') return null;
      // Not an answer yet: what is waiting is corrected, and nobody need know.
      turn.processed([item.id]);
      if (incoming.kind === 'deleted') turn.processed([fragment.id]);
      else turn.mark(fragment.id, { incoming: { ...fragment.incoming, text: incoming.text } });
      return world.now();
    }
    const isNews = incoming.kind === 'delivery' || incoming.kind === 'due' || incoming.kind === 'uploaded';
    if (isNews && others.length > 0) {
      // News of our own does not cut a thought in two.
      turn.mark(item.id, { alone: true });
      return world.now();
    }
    if (incoming.kind !== 'text' || wantsReplies || failed.has(item.id)) return null;
    try {
      const scene = turn.scene();
      const { quietMs } = options;
      const quiet = typeof quietMs === 'number' ? quietMs : quietMs(scene.conversation);
      return quiet <= 0 || bypasses(incoming, scene) ? null : world.now() + quiet;
    } catch (error) {
      throw asFailure(item.id, error);
    }
  }

  /** Answers what is waiting, in order. Returns when the lane is due again; null when nothing is left. */
  async function answer(
    turn: Turn,
    inline: boolean,
    failed: ReadonlyMap<string, string>,
    notes: Notes,
  ): Promise<number | null> {
    const save = async (outcome: Outcome) => {
      await turn.save(outcome, { inline });
      notes.filed += outcome.outgoing.filter(
        ({ to, about }) => !inline || to !== 'here' || about !== undefined,
      ).length;
    };
    for (const { ids, attempts, incoming } of piecesOf(turn.waiting())) {
      const id = ids[0]!;
      const reason = failed.get(id);
      if (reason === undefined) {
        try {
          turn.processed(ids);
          await save(await takeTurn(turn.scene(), incoming, world));
          notes.last = id;
        } catch (error) {
          throw asFailure(id, error);
        }
        continue;
      }
      for (const one of ids) turn.mark(one, { failed: reason });
      const wait = BACK_OFF_MS[attempts];
      // Those behind it wait too: answers keep their order. It is a matter of seconds.
      if (wait !== undefined) return world.now() + wait;
      for (const one of ids) turn.quarantine(one, reason);
      notes.quarantined.push(reason);
      if (explain) {
        // The message is safe; that it cannot be explained is no reason to hold up the next one.
        const outcome = await explain(turn.scene(), world).catch(() => null);
        if (outcome) await save(outcome);
      }
    }
    return null;
  }

  /** Nothing is lost with a dialog that could not be shown: whoever wants to see it asks again. */
  function unshown(error: unknown): Received {
    if (error instanceof RetryLater) throw error;
    options.onTrouble?.(error);
    return { replies: [], accepted: true, waiting: true };
  }

  /** What has to follow on a shared interview by now is put into the teacher's lane, once across replicas. */
  async function fileDue(): Promise<void> {
    const now = world.now();
    for (const [key, until] of filed) if (until <= now) filed.delete(key);
    for (const { lane, interviewId, key } of await store.dueHandovers(now, LANES_PER_LOOK + filed.size)) {
      if (filed.has(key)) continue;
      // One that cannot be done now is not looked at again at once: it must not keep the others waiting.
      filed.set(key, now + TROUBLE_MS.broken);
      await internal(lane, { kind: 'due', interviewId }, key).catch((error: unknown) =>
        options.onTrouble?.(error),
      );
    }
  }

  async function internal(lane: string, incoming: Incoming, key: string): Promise<void> {
    const now = world.now();
    const item: InboxItem = { key: `internal ${key}`, incoming, sentAt: now, receivedAt: now };
    try {
      await tracked(inLane(lane, { item }, false));
    } catch (error) {
      if (!(error instanceof GiveUp)) throw error;
    }
  }

  async function drain(): Promise<void> {
    await fileDue();
    for (;;) {
      const now = world.now();
      for (const [lane, until] of troubled) if (until <= now) troubled.delete(lane);
      const lanes = (await store.dueLanes(now, LANES_PER_LOOK + troubled.size)).filter(
        (lane) => !troubled.has(lane),
      );
      if (lanes.length === 0) return;
      const workers = Array.from({ length: LANES_AT_ONCE }, async () => {
        for (let lane = lanes.shift(); lane !== undefined; lane = lanes.shift()) {
          try {
            await inLane(lane, {}, false);
          } catch (error) {
            troubled.set(lane, now + (error instanceof RetryLater ? TROUBLE_MS.away : TROUBLE_MS.broken));
            options.onTrouble?.(error);
          }
        }
      });
      await Promise.all(workers);
    }
  }

  function tracked<T>(work: Promise<T>): Promise<T> {
    const done = work.then(
      () => undefined,
      () => undefined,
    );
    running.add(done);
    void done.then(() => running.delete(done));
    return work;
  }

  return {
    receive(reference, item, { wantsReplies }) {
      const { incoming } = item;
      const from = { reference, place: placeOf(reference) };
      const opening = incoming.kind === 'dialogOpen' ? { from } : { from, item };
      const received = tracked(inLane(store.laneOf(reference), opening, wantsReplies, incoming));
      return incoming.kind === 'dialogOpen' ? received.catch(unshown) : received;
    },
    internal: (lane, incoming, key = world.newId()) => internal(lane, incoming, key),
    drain: () => tracked(drain()),
    start: () => alarm.start(),
    async stop() {
      alarm.stop();
      while (running.size > 0) await Promise.all(running);
    },
  };
}

/** Storage that is away and settings that are wrong are nobody's fault in particular: they pass, and nothing is counted against a message. */
function asFailure(id: string, error: unknown): unknown {
  return error instanceof RetryLater || error instanceof ConfigError ? error : new PieceFailed(id, error);
}

/** Which message made the transaction fail, if it was one. */
function blame(error: unknown, { last }: Notes): { readonly id: string; readonly cause: unknown } | null {
  if (error instanceof PieceFailed) return { id: error.id, cause: error.cause };
  // The database refused what was to be written, and not because it is away: it would refuse it for ever.
  return error instanceof AppError || last === null ? null : { id: last, cause: error };
}

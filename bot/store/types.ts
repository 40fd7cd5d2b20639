/** The door of the store. One contract, two engines (SQLite, PostgreSQL); tests/store runs on both. */
import type { Incoming, Outcome, Outgoing, Scene } from '../../dialogs/ports.ts';

/** Where a conversation is and who is in it, as the channel told us last. Sealed at rest. */
export interface Reference {
  readonly tenantId: string;
  readonly conversationId: string;
  readonly serviceUrl: string;
  readonly botId: string;
  readonly userId: string;
  readonly aadObjectId: string | null;
  readonly locale: string | null;
}

/** One activity, ready to be stored. */
export interface InboxItem {
  /** Unique within tenant and conversation: activity id and type. */
  readonly key: string;
  readonly incoming: Incoming;
  /** Epoch ms by the channel's clock; orders fragments. */
  readonly sentAt: number;
  /** Epoch ms by our clock. */
  readonly receivedAt: number;
}

/**
 * pending: to be sent at `dueAt`. sent: the channel said yes. ambiguous: it may have arrived (timeout, 5xx, reset).
 * blocked: cannot go until something changes (coach without the app, blocked by the user). failed: given up.
 * inline: handed over in the HTTP answer itself (expectReplies).
 */
export type OutboxState = 'pending' | 'sent' | 'ambiguous' | 'blocked' | 'failed' | 'inline';

export interface OutboxItem {
  readonly id: string;
  readonly state: OutboxState;
  readonly message: Outgoing;
  /** Conversation of the turn that wrote it: the teacher's, also when it goes to the coach. */
  readonly lane: string;
  /** Where it goes; null when the coach has no conversation with the bot yet. */
  readonly reference: Reference | null;
  /** Reference of `lane`: its service address and tenant serve to create a conversation for the coach. */
  readonly origin: Reference;
  readonly attempts: number;
  /** Why it is not sent, as a stable code (`no_app`, `throttled`, …); texts for people are in locales/. */
  readonly reason: string | null;
}

export interface Settlement {
  readonly state: OutboxState;
  readonly reason?: string;
  /** Epoch ms of the next attempt, for `pending`. */
  readonly dueAt?: number;
  /** Id the channel gave the message. */
  readonly activityId?: string;
}

/** One conversation, locked, inside one transaction. Throwing rolls everything back. */
export interface Turn {
  /** Creates the conversation when it is new; keeps the latest reference. */
  scene(reference: Reference, defaults: { role: 'teacher' | 'coach'; schoolId: string }): Promise<Scene>;
  /** False when this key was stored before: the activity has had its effect. */
  accept(item: InboxItem): Promise<boolean>;
  /** Accepted items not yet processed, fragments in order of `sentAt`, then arrival. */
  waiting(): Promise<readonly InboxItem[]>;
  /** Marks items as processed; their content is deleted, their keys stay for deduplication. */
  processed(keys: readonly string[]): Promise<void>;
  /** Postpones the drain of what is waiting: the lane is due at this time (epoch ms), or never (null). */
  dueAt(at: number | null): Promise<void>;
  /** Saves what a turn changed and files its messages in the outbox; `inline` when the HTTP answer carries them. Returns the ids in order. */
  save(
    outcome: Outcome,
    options: { source: string; inline: boolean; now: number },
  ): Promise<readonly string[]>;
  /** Messages that the item with this key led to, for a repeated request that expects its replies in the body. */
  repliesTo(key: string): Promise<readonly Outgoing[]>;
}

export interface Store {
  /** Runs `work` alone in its lane, in one transaction; across processes too. */
  inTurn<T>(lane: string, work: (turn: Turn) => Promise<T>): Promise<T>;
  /** Lanes with something waiting whose time has come, oldest first. */
  dueLanes(now: number, limit: number): Promise<readonly string[]>;
  /** Claims messages to send: per destination only the first unsent one, so that order is kept. The claim ends by itself at `until`. */
  claim(now: number, until: number, limit: number): Promise<readonly OutboxItem[]>;
  settle(id: string, result: Settlement): Promise<void>;
  /** Blocked messages for this coach become pending again (the coach has come). */
  unblock(coach: string): Promise<void>;
  /** Keeps the conversation that was created for a coach. */
  keepReference(reference: Reference, defaults: { role: 'coach'; schoolId: string }): Promise<void>;
  /** Resolves when the store answers; rejects when it cannot be used. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

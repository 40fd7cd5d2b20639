/** The door of the store. One contract, two engines (SQLite, PostgreSQL); tests/store runs on both. */
import type {
  Incoming,
  InvokeAnswer,
  NewSettings,
  Outcome,
  Outgoing,
  Role,
  Scene,
  SettingsVersion,
} from '../../dialogs/ports.ts';
import type { Retention } from './retention.ts';

/** Where a conversation is and who is in it, as the channel told us last. Sealed at rest. */
export interface Reference {
  readonly tenantId: string;
  readonly conversationId: string;
  readonly serviceUrl: string;
  readonly botId: string;
  readonly userId: string;
  readonly aadObjectId: string | null;
  /** Name the person goes by in Teams; the coach has to know who shares. Absent when the channel sent none. */
  readonly name?: string;
  readonly locale: string | null;
}

/** What the school file says about the person who writes; it wins over what was stored. */
export interface Place {
  readonly role: Role;
  readonly schoolId: string;
}

/** One activity, ready to be stored. */
export interface InboxItem {
  /** Unique within the conversation: activity id and type, and for an edit also what tells it from an earlier edit. */
  readonly key: string;
  readonly incoming: Incoming;
  /** Epoch ms by the channel's clock; orders fragments. */
  readonly sentAt: number;
  /** Epoch ms by our clock. */
  readonly receivedAt: number;
}

/** An accepted item that has not had its effect yet. */
export interface Waiting {
  readonly id: string;
  readonly incoming: Incoming;
  readonly sentAt: number;
  readonly receivedAt: number;
  /** Order of arrival in this conversation. */
  readonly arrival: number;
  /** True: a message by itself, never joined with its neighbours. */
  readonly alone: boolean;
  /** True: it was set aside before, and an operator has put it back. */
  readonly again: boolean;
  /** Times that it was tried in vain. */
  readonly attempts: number;
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
  /** Claims so far, this one included. */
  readonly attempts: number;
  /** An earlier claim ended without `settle` (the process died or hung): the message may have arrived. */
  readonly interrupted: boolean;
  /** Not a message of its own: an earlier one is to read like this, or to go. `activityId` is null when the channel never named it. */
  readonly earlier: { readonly act: 'update' | 'delete'; readonly activityId: string | null } | null;
  /** Why it was not sent before, as a stable code (`no_app`, `throttled`, …); texts for people are in locales/. */
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

/** How a turn begins; everything in it happens in the same transaction. */
export interface Opening {
  /** What the channel said: creates the conversation when it is new, keeps the latest. Without it the conversation must exist. */
  readonly from?: { readonly reference: Reference; readonly place: Place };
  /** Accepts this item: unless it was stored before, it is then among `waiting()`. */
  readonly item?: InboxItem;
  /**
   * The messages `here` are claimed until then (epoch ms) by the turn itself, and given to `take` when it is committed: nobody has
   * to look for them. Not those behind which older ones wait.
   */
  readonly handOver?: { readonly until: number; readonly take: (items: readonly OutboxItem[]) => void };
}

/** One conversation, locked, inside one transaction. Throwing rolls everything back. */
export interface Turn {
  /** The conversation as it is now, with what this turn saved before. Throws Corrupt when the interview cannot be read. */
  scene(): Scene;
  /** Id of the item of the opening; null without one. */
  readonly itemId: string | null;
  /** False when the item of the opening was stored before: it has had its effect, or is waiting for it. */
  readonly accepted: boolean;
  /** Accepted items that have not had their effect, by arrival. */
  waiting(): readonly Waiting[];
  /** Marks a waiting item: `alone`, a changed text, one more failed attempt with its reason. */
  mark(
    id: string,
    change: { readonly incoming?: Incoming; readonly alone?: true; readonly failed?: string },
  ): void;
  /** These had their effect: their content is deleted, their keys stay for deduplication. */
  processed(ids: readonly string[]): void;
  /** Sets an item aside for a person to look at, with its content: the lane goes on without it. */
  quarantine(id: string, reason: string): void;
  /** When the lane is due (epoch ms); null: never. */
  readonly due: number | null;
  /** Sets when the lane is due. */
  dueAt(at: number | null): void;
  /** Saves what a message changed and files its messages in the outbox; `inline` when the HTTP answer carries those to `here`. */
  save(outcome: Outcome, options: { readonly inline: boolean }): Promise<void>;
  /** Messages `here` that the item of the opening led to, in order; also from an earlier request. */
  replies(): Promise<readonly Outgoing[]>;
  /** The answer that the item of the opening got; also from an earlier request. Undefined when it has none (yet). */
  answer(): Promise<InvokeAnswer | undefined>;
}

/** A message that was set aside, without its content. */
export interface SetAside {
  readonly id: string;
  /** Keyed hash of the conversation. */
  readonly lane: string;
  /** Epoch ms. */
  readonly receivedAt: number;
  /** Why, as a stable code. */
  readonly reason: string | null;
}

/** What an operator may see: numbers, never content. */
export interface StoreStatus {
  readonly engine: string;
  readonly schema: number;
  readonly conversations: number;
  readonly interviews: Readonly<Record<string, number>>;
  readonly inbox: Readonly<Record<string, number>>;
  readonly outbox: Readonly<Record<string, number>>;
  /** Epoch ms since when the oldest unprocessed message has been waiting; null when none is. */
  readonly waitingSince: number | null;
}

export interface Store {
  /** Id of the conversation: a keyed hash, so that the stored id tells nobody who it is. */
  laneOf(reference: Reference): string;
  /** Runs `work` alone in its lane, in one transaction; across processes too. Rejects with GiveUp `lane_gone` when the lane does not exist. */
  inTurn<T>(lane: string, opening: Opening, work: (turn: Turn) => Promise<T>): Promise<T>;
  /** Lanes with something waiting whose time has come, oldest first. */
  dueLanes(now: number, limit: number): Promise<readonly string[]>;
  /** Interviews of which something is to follow now, with their conversation; within the hour, `key` is the same until it has happened. */
  dueHandovers(
    now: number,
    limit: number,
  ): Promise<readonly { readonly lane: string; readonly interviewId: string; readonly key: string }[]>;
  /** Claims messages to send: per destination only the first unsent one, so that order is kept. The claim ends by itself at `until`. */
  claim(now: number, until: number, limit: number): Promise<readonly OutboxItem[]>;
  /** Resolves, when it is on the disk, with whether another message waits for the same destination. */
  settle(id: string, result: Settlement): Promise<boolean>;
  /** Their sender is still at it: these claims end at `until` instead. */
  renew(ids: readonly string[], until: number): Promise<void>;
  /** Blocked messages for this coach (directory id) become pending again (the coach has come). */
  unblock(coach: string): Promise<void>;
  /** Keeps the conversation that was created for a coach. */
  keepReference(reference: Reference, place: Place): Promise<void>;
  /** Versions of the school's settings, oldest first. */
  settings(): Promise<readonly SettingsVersion[]>;
  /** Adds what the school file says, unless it said so before. */
  addFromFile(added: NewSettings): Promise<boolean>;
  /** Deletes what is past its time; cheap, and runs once an hour however many replicas ask. True when it was this one's turn. */
  sweep(now: number, retention?: Retention): Promise<boolean>;
  /** Copies the store into a new file while it is in use (SQLite only). */
  backup(path: string): Promise<void>;
  status(): Promise<StoreStatus>;
  /** Resolves when the store answers; rejects when it cannot be used. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

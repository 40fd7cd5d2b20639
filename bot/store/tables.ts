/** The tables as both engines know them: TEXT, integers (epoch ms, counters, 0/1). `sealed` columns hold what seal.ts made. */
import type { Generated } from 'kysely';

/** Base64 of seal.ts; unreadable without its data key. */
type Sealed = string;

export interface Tables {
  schema_version: { version: number; applied_at: number };
  /** One row per name: `store_id` (plain), `lookup_key` (wrapped), `moved_at`. */
  installation: { name: string; value: string };
  /** Next time that a job may run, so that one of many replicas runs it. */
  lease: { name: string; due_at: number };
  /** The key of a conversation or an interview (`id` is theirs), wrapped by the master key `key_id`. */
  data_key: { id: string; key_id: string; wrapped: string };
  conversation: {
    /** Keyed hash of tenant and conversation id. */
    id: string;
    /** Keyed hash of the directory id; null when the channel gave none. */
    person: string | null;
    role: string;
    school_id: string;
    language: string | null;
    locale: string | null;
    greeted: number;
    interview_id: string | null;
    memory: Sealed;
    reference: Sealed;
    /** Something is waiting in the inbox until then; null: nothing is. */
    due_at: number | null;
    /** When everything of this person was erased; the row goes when its last message has left. */
    erased_at: number | null;
    updated_at: number;
    /** When this person took the app away; null once they are back. */
    left_at: number | null;
  };
  interview: {
    id: string;
    conversation_id: string;
    definition: string;
    status: string;
    /** Snapshot, names and marks. */
    body: Sealed;
    shared: Sealed | null;
    started_at: number;
    updated_at: number;
  };
  answer: {
    interview_id: string;
    answer_key: string;
    seq: number;
    kind: string;
    reopened: number;
    lang: string;
    wording: string;
    /** Text, heard, words, sources. */
    content: Sealed;
  };
  /** What became of a shared interview, for each coach it was shared with. */
  handover: {
    interview_id: string;
    /** Keyed hash of the coach's directory id. */
    coach: string;
    /** Conversation of the teacher. */
    conversation_id: string;
    /** By the interview's key. */
    body: Sealed;
    /** When something is to happen; null: nothing is. */
    due_at: number | null;
    shared_at: number;
    updated_at: number;
  };
  /** Acts about somebody's data, without content. `conversation_id` is null where whose it was is nobody's business. */
  audit: {
    id: string;
    at: number;
    act: string;
    detail: string | null;
    school_id: string;
    conversation_id: string | null;
  };
  /** Versions of the school's settings; never changed. */
  settings: { number: number; made_at: number; body: Sealed };
  inbox: {
    conversation_id: string;
    /** Keyed hash of the item's key. */
    id: string;
    state: 'waiting' | 'processed' | 'quarantined';
    arrival: number;
    /** 1: never joined with its neighbours. 2: the same, and put back by an operator after it was set aside. */
    alone: number;
    attempts: number;
    reason: string | null;
    sent_at: number;
    received_at: number;
    /** Null once processed. */
    content: Sealed | null;
  };
  outbox: {
    position: Generated<number>;
    /** Conversation of the turn that wrote it. */
    conversation_id: string;
    /** Conversation id, or for the coach the keyed hash of the directory id: messages to one destination keep their order. */
    destination: string;
    /** Whose data key sealed the message: the interview's, or the conversation's when there was none. */
    key_owner: string;
    /** The inbox item it answers. */
    item_id: string | null;
    state: string;
    due_at: number;
    claimed_until: number | null;
    attempts: number;
    interrupted: number;
    reason: string | null;
    activity_id: string | null;
    created_at: number;
    settled_at: number | null;
    /** Null once its time is over. */
    message: Sealed | null;
    /** `update` or `delete`: what is to become of an earlier message. `answer`: the answer to an invoke. Null for a message of its own. */
    act: string | null;
    /** Position of that earlier message; null when its id at the channel stands in `activity_id`. */
    earlier: number | null;
  };
}

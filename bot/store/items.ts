/** The inbox items of one conversation during a turn. */
import { GiveUp } from '../errors.ts';
import type { DataKey } from './seal.ts';
import type { Tables } from './tables.ts';
import type { InboxItem, Turn, Waiting } from './types.ts';

export type ItemRow = Omit<Tables['inbox'], 'conversation_id' | 'state' | 'reason'>;

/** `alone` of a message that an operator has put back. */
export const AGAIN = 2;

interface Item {
  waiting: Waiting;
  state: Tables['inbox']['state'];
  reason: string | null;
  /** `new`: not in the database yet. `changed`: to be updated. */
  row: 'new' | 'changed' | 'same';
}

export class Items {
  readonly #lane: string;
  readonly #items = new Map<string, Item>();

  constructor(lane: string) {
    this.#lane = lane;
  }

  #place(id: string): string {
    return `inbox/${this.#lane}/${id}/content`;
  }

  /** One that was waiting before. */
  remember(key: DataKey, { id, arrival, alone, attempts, sent_at, received_at, content }: ItemRow): void {
    const incoming = key.open(this.#place(id), content ?? '') as Waiting['incoming'];
    this.#items.set(id, {
      ...{ state: 'waiting', reason: null, row: 'same' },
      waiting: {
        ...{ id, incoming, sentAt: sent_at, receivedAt: received_at },
        ...{ arrival, alone: alone > 0, again: alone === AGAIN, attempts },
      },
    });
  }

  /** A new one, behind the others. */
  add(id: string, { incoming, sentAt, receivedAt }: InboxItem): void {
    const arrival = 1 + Math.max(0, ...[...this.#items.values()].map((other) => other.waiting.arrival));
    const waiting = { id, incoming, sentAt, receivedAt, arrival, alone: false, again: false, attempts: 0 };
    this.#items.set(id, { state: 'waiting', reason: null, row: 'new', waiting });
  }

  waiting(): readonly Waiting[] {
    return [...this.#items.values()]
      .filter((item) => item.state === 'waiting')
      .map((item) => item.waiting)
      .sort((a, b) => a.arrival - b.arrival);
  }

  mark(id: string, { incoming, alone, failed }: Parameters<Turn['mark']>[1]): void {
    const item = this.#touch(id);
    item.waiting = {
      ...item.waiting,
      ...(incoming && { incoming }),
      ...(alone && { alone }),
      ...(failed !== undefined && { attempts: item.waiting.attempts + 1 }),
    };
    if (failed !== undefined) item.reason = failed;
  }

  end(id: string, state: 'processed' | 'quarantined', reason: string | null): void {
    Object.assign(this.#touch(id), { state, reason });
  }

  /** The conversation got a new key: what goes on waiting is sealed with it. */
  sealAgain(): void {
    for (const id of this.#items.keys()) this.#touch(id);
  }

  #touch(id: string): Item {
    const item = this.#items.get(id);
    if (!item) throw new GiveUp('item_gone', 'There is no such item waiting.');
    if (item.row === 'same') item.row = 'changed';
    return item;
  }

  /** What is to be written. The content of what had its effect is not: often it never touches the disk. */
  *rows(key: DataKey): Generator<{ readonly isNew: boolean; readonly row: Tables['inbox'] }> {
    for (const { waiting, state, reason, row } of this.#items.values()) {
      if (row === 'same') continue;
      const { id, arrival, attempts, sentAt, receivedAt, incoming } = waiting;
      const alone = waiting.again ? AGAIN : Number(waiting.alone);
      yield {
        isNew: row === 'new',
        row: {
          ...{ conversation_id: this.#lane, id, state, arrival, alone, attempts, reason },
          ...{ sent_at: sentAt, received_at: receivedAt },
          content: state === 'processed' ? null : key.seal(this.#place(id), incoming),
        },
      };
    }
  }
}

/**
 * The inbound half of Teams: it posts activities to whichever replica is next, sends again what got no 2xx (same id), and now and
 * then sends twice what was taken: at once, a little later, or much later.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Fleet } from './fleet.ts';
import { between, type Random } from './random.ts';

/** Teams gives up on an answer after this time. */
const ANSWER_WITHIN_MS = 15_000;
const TRY_FOR_MS = 120_000;
const LATE_COPY_MS = 20_000;

export interface MailOptions {
  readonly fleet: Fleet;
  readonly serviceUrl: string;
  readonly random: Random;
  /** Share of activities that Teams sends once more although they were taken. */
  readonly copies: number;
}

/** Somebody in Teams. */
export interface Sender {
  readonly aadObjectId: string;
  readonly conversationId: string;
  readonly tenantId: string;
}

export interface Posted {
  readonly id: string;
  /** Epoch ms; null when Teams gave up without a 2xx. */
  readonly ackedAt: number | null;
}

export class Mail {
  readonly #options: MailOptions;
  readonly #copies = new Set<Promise<void>>();
  posted = 0;
  resent = 0;
  copied = 0;
  pressedAgain = 0;
  /** Longest wait for a 2xx, in ms, of a request that got one. */
  slowest = 0;
  readonly refused: string[] = [];
  #over = false;

  constructor(options: MailOptions) {
    this.#options = options;
  }

  /** Posts one activity until it is taken; `tries`: Teams gives up after so many. */
  async post(from: Sender, fields: Record<string, unknown>, tries = Infinity): Promise<Posted> {
    const id = typeof fields['id'] === 'string' ? fields['id'] : randomUUID();
    const activity = { ...this.#envelope(from), ...fields, id };
    this.posted += 1;
    const ackedAt = await this.#deliver(activity, tries);
    const { random, copies } = this.#options;
    if (ackedAt !== null && random() < copies) this.#copyLater(activity);
    return { id, ackedAt };
  }

  /** No more copies; resolves when those under way have been sent. */
  async finish(): Promise<void> {
    this.#over = true;
    await Promise.all(this.#copies);
  }

  #copyLater(activity: Record<string, unknown>): void {
    const { random } = this.#options;
    const press = activity['value'] !== undefined;
    // A press comes back under a new id and with a new time; everything else as it was.
    const again = press && random() < 0.7 ? { id: randomUUID(), timestamp: new Date().toISOString() } : {};
    if ('id' in again) this.pressedAgain += 1;
    else this.copied += 1;
    const wait = random() < 0.5 ? 0 : between(random, 0, random() < 0.7 ? 1_500 : LATE_COPY_MS);
    const work: Promise<void> = this.#wait(wait)
      .then(() => this.#deliver({ ...activity, ...again }, 5))
      .then(() => void this.#copies.delete(work));
    this.#copies.add(work);
  }

  async #wait(ms: number): Promise<void> {
    for (const until = Date.now() + ms; Date.now() < until && !this.#over;) await pause(Math.min(100, ms));
  }

  async #deliver(activity: object, tries: number): Promise<number | null> {
    const { fleet, random } = this.#options;
    const body = JSON.stringify(activity);
    const until = Date.now() + TRY_FOR_MS;
    for (let attempt = 1; attempt <= tries && Date.now() < until; attempt += 1) {
      if (attempt > 1) {
        this.resent += 1;
        await pause(between(random, 100, 400));
      }
      const since = Date.now();
      const status = await fetch(`${fleet.next()}/api/messages`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
        signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
      })
        .then(async (answer) => {
          await answer.arrayBuffer();
          return answer.status;
        })
        .catch(() => 0);
      if (status >= 200 && status < 300) {
        this.slowest = Math.max(this.slowest, Date.now() - since);
        return Date.now();
      }
      if (status >= 400 && status < 500) {
        this.refused.push(`${status}`);
        return null;
      }
    }
    return null;
  }

  #envelope({ aadObjectId, conversationId, tenantId }: Sender): Record<string, unknown> {
    return {
      type: 'message',
      timestamp: new Date().toISOString(),
      channelId: 'msteams',
      serviceUrl: this.#options.serviceUrl,
      locale: 'nl-NL',
      from: { id: `29:${aadObjectId}`, name: 'A', aadObjectId },
      recipient: { id: '28:klankbord', name: 'Klankbord' },
      conversation: { id: conversationId, conversationType: 'personal', tenantId },
      channelData: { tenant: { id: tenantId } },
    };
  }
}

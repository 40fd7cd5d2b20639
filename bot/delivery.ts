/**
 * Sends what the turns have left in the outbox, in order per conversation, after the commit. What the channel says is turned
 * into a state that a person can understand; what cannot be sent now waits in the store, so a restart loses nothing.
 *
 * A message that may have arrived is not sent again: a question shown twice confuses, and the next input of the teacher heals it.
 * Messages to a coach are repeated until the channel says yes: a profile that was shared must arrive.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { Connector, Delivered } from './connector.ts';
import { codeOf } from './errors.ts';
import { createLimiter } from './limits.ts';
import type { Log } from './log.ts';
import { renderOutgoing } from './render.ts';
import type { OutboxItem, Place, Reference, Settlement, Store } from './store/types.ts';
import type { Incoming } from '../dialogs/ports.ts';

const IN_FLIGHT = 32;
/** Claimed at a time: looking for what waits costs more the more of it there is. */
const CLAIM_MANY = 256;
/** How long the messages of a sender that died wait for another one; who is alive renews its claims well before. */
export const CLAIM_MS = 15_000;
const RENEW_MS = 5_000;
const POLL_MS = 1_000;
const TYPING_AFTER_MS = 600;
const GIVE_UP_AFTER = 50;
/** From this attempt on, the teacher is told that the profile is still on its way. */
const TELL_AFTER = 3;

export interface DeliveryOptions {
  readonly store: Pick<Store, 'claim' | 'settle' | 'renew' | 'unblock' | 'keepReference'>;
  readonly connector: Connector;
  /** School of a coach, by directory id. */
  readonly placeOf: (coach: string) => Place;
  /** News for the conversation the message came from; of several with one key only the first has an effect. */
  readonly tell: (
    lane: string,
    news: Extract<Incoming, { kind: 'delivery' }>,
    key: string,
  ) => Promise<unknown>;
  /** What has become of a message that asks for a document to be put somewhere; without it none is. */
  readonly documents?: { put(item: OutboxItem): Promise<Settlement> };
  readonly log: Log;
  /** Epoch ms. */
  readonly now: () => number;
  /** 0 up to 1: spreads retries. */
  readonly random: () => number;
}

export interface Delivery {
  /** There is something to send, filed by this conversation; returns at once. */
  kick(lane?: string): void;
  /** Sends messages of one conversation that its turn has claimed for CLAIM_MS, in this order; returns at once. */
  take(items: readonly OutboxItem[]): void;
  /** A coach has come: what was waiting for them goes out. */
  unblock(coach: string): Promise<void>;
  /** Shows that the bot has heard, unless it answers within a moment anyway. Best effort. */
  typing(reference: Reference): void;
  start(): void;
  /** Resolves when nothing is under way; for tests. */
  idle(): Promise<void>;
  /** Takes no new messages and waits for those under way. */
  stop(): Promise<void>;
}

export function createDelivery(options: DeliveryOptions): Delivery {
  const { store, connector, log, now, random } = options;
  const limiter = createLimiter(now);
  const underWay = new Set<Promise<void>>();
  /** Messages that are ours to send now. */
  const claimed = new Set<string>();
  /** Messages that were handed over and wait for room. */
  const handed: (readonly OutboxItem[])[] = [];
  /** Conversations of which something may wait behind what is under way. */
  const behind = new Set<string>();
  const sentAt = new Map<string, number>();
  let timer: NodeJS.Timeout | null = null;
  let renewing: NodeJS.Timeout | null = null;
  let stopped = false;
  let pumping: Promise<void> | null = null;
  let again = false;
  /** The last look found as much as there was room for. */
  let full = false;

  function pump(): void {
    again = true;
    pumping ??= claimAll().finally(() => (pumping = null));
  }

  async function claimAll(): Promise<void> {
    while (again && !stopped) {
      again = false;
      if (underWay.size >= IN_FLIGHT) {
        full = true;
        return;
      }
      let items: readonly OutboxItem[];
      try {
        items = await store.claim(now(), now() + CLAIM_MS, CLAIM_MANY);
      } catch (error) {
        log.error('outbox_unreadable', { code: codeOf(error) });
        return;
      }
      for (const item of items) {
        behind.delete(item.lane);
        take([item]);
      }
      // There may be more than could be claimed.
      if (items.length === CLAIM_MANY) full = true;
    }
  }

  function take(items: readonly OutboxItem[]): void {
    for (const { id } of items) claimed.add(id);
    if (underWay.size < IN_FLIGHT) begin(items);
    else handed.push(items);
  }

  /** Messages of one destination, in their order. */
  function begin(items: readonly OutboxItem[]): void {
    const { lane, id } = items[0]!;
    let more = true;
    const work: Promise<void> = deliverInOrder(items)
      .then((rest) => void (more = rest))
      .catch((error: unknown) => log.error('delivery_failed', { item: id, code: codeOf(error), error }))
      .finally(() => {
        underWay.delete(work);
        for (const item of items) claimed.delete(item.id);
        if (stopped) return;
        const next = handed.shift();
        if (next) begin(next);
        // The next message for the same destination can go now, or one that there was no room for.
        if (!more && !behind.has(lane) && !(full && !next)) return;
        behind.delete(lane);
        full = false;
        pump();
      });
    underWay.add(work);
  }

  /** Whether something waits behind these. One that cannot go yet holds up those after it. */
  async function deliverInOrder(items: readonly OutboxItem[]): Promise<boolean> {
    const settled: Promise<Settled>[] = [];
    let open = true;
    for (const item of items) {
      if (!open) {
        settled.push(release(item));
        continue;
      }
      if (item.message.upload) {
        const settlement = (await options.documents?.put(item)) ?? {
          state: 'failed' as const,
          reason: 'no_upload',
        };
        const { state } = settlement;
        open = state !== 'pending';
        settled.push(store.settle(item.id, settlement).then((rest) => ({ state, more: rest })));
        continue;
      }
      const activity = renderOutgoing(item.message);
      const result: Delivered = activity
        ? await deliver(item, activity)
        : { kind: 'failed', reason: 'too_big' };
      const one = settle(item, result);
      // Heard below, when the others are on their way.
      one.catch(() => undefined);
      // What arrived is written down while the next one is on its way.
      if (result.kind !== 'sent') open = (await one).state !== 'pending';
      settled.push(one);
    }
    return (await Promise.all(settled)).at(-1)?.more ?? false;
  }

  /** For whoever claims it, when those before it have gone. */
  async function release(item: OutboxItem): Promise<Settled> {
    const more = await store.settle(item.id, { state: 'pending', dueAt: now() });
    return { state: 'pending', more };
  }

  async function renew(): Promise<void> {
    if (claimed.size === 0) return;
    // When this fails, the worst is that somebody else sends a message once more.
    await store
      .renew([...claimed], now() + CLAIM_MS)
      .catch((error: unknown) => log.warn('claims_not_renewed', { code: codeOf(error) }));
  }

  async function deliver(item: OutboxItem, activity: object): Promise<Delivered> {
    // A process died while it was sending this. Once more does little harm, and silence would: somebody is waiting for it. But a
    // message that ends processes is not to end them all.
    if (item.interrupted && item.attempts > 3) return { kind: 'ambiguous', reason: 'interrupted' };
    const { reference } = item;
    if (item.earlier) return change(item.earlier, reference, activity);
    if (!reference) return sendToNewCoach(item, activity);
    const result = await send(reference, activity);
    // The chat that was kept is gone; the coach may still be reachable in a new one.
    const gone = result.kind === 'blocked' && result.reason === 'not_found' && coachOf(item) !== null;
    return gone ? sendToNewCoach(item, activity) : result;
  }

  async function send(reference: Reference, activity: object): Promise<Delivered> {
    for (let ms = limiter.take(reference.tenantId, reference.conversationId); ms > 0;) {
      if (ms > 5_000) return { kind: 'throttled', reason: 'throttled', retryAfterMs: ms };
      await pause(ms);
      ms = limiter.take(reference.tenantId, reference.conversationId);
    }
    sentAt.set(reference.conversationId, now());
    return connector.sendToConversation(reference.serviceUrl, reference.conversationId, {
      ...addressed(reference),
      ...activity,
    });
  }

  /** An earlier message gets other words, or goes. Doing it twice does no harm. */
  async function change(
    { act, activityId }: NonNullable<OutboxItem['earlier']>,
    reference: Reference | null,
    activity: object,
  ): Promise<Delivered> {
    // Never arrived, or the channel never said under which name: there is nothing that can be reached.
    if (!reference || activityId === null) return { kind: 'failed', reason: 'no_activity' };
    const { serviceUrl, conversationId, tenantId } = reference;
    const ms = limiter.take(tenantId, conversationId);
    if (ms > 5_000) return { kind: 'throttled', reason: 'throttled', retryAfterMs: ms };
    if (ms > 0) await pause(ms);
    const words = { ...addressed(reference), ...activity, id: activityId };
    const result =
      act === 'delete'
        ? await connector.deleteActivity(serviceUrl, conversationId, activityId)
        : await connector.updateActivity(serviceUrl, conversationId, activityId, words);
    // Whether it was done is not known: once more is safe. What cannot be done now is not waited for.
    if (result.kind === 'ambiguous') return { kind: 'unsent', reason: 'unreachable' };
    return result.kind === 'blocked' ? { kind: 'failed', reason: result.reason } : result;
  }

  /** For a coach who never wrote to the bot: a conversation begun from where the teacher's conversation lives. */
  async function sendToNewCoach(item: OutboxItem, activity: object): Promise<Delivered> {
    const coach = coachOf(item);
    if (!coach) return { kind: 'failed', reason: 'no_reference' };
    const { tenantId, serviceUrl, botId } = item.origin;
    const made = await connector.createConversation(serviceUrl, {
      isGroup: false,
      bot: { id: botId },
      members: [{ id: coach }],
      tenantId,
      channelData: { tenant: { id: tenantId } },
    });
    // Asking again gives the same conversation, so whatever happened, nothing was sent yet.
    if (made.kind === 'ambiguous') return { kind: 'unsent', reason: 'unreachable' };
    if (made.kind !== 'sent') return made;
    if (made.id === null) return { kind: 'failed', reason: 'no_conversation_id' };
    const reference: Reference = {
      tenantId,
      conversationId: made.id,
      serviceUrl,
      botId,
      userId: coach,
      aadObjectId: coach,
      locale: null,
    };
    const result = await send(reference, activity);
    // Kept only when it works: the Playground makes conversations with people that it does not know.
    if (result.kind === 'sent') await store.keepReference(reference, options.placeOf(coach));
    return result;
  }

  async function settle(item: OutboxItem, result: Delivered): Promise<Settled> {
    const { earlier } = item;
    const settlement = {
      ...toSettlement(item, result),
      ...(earlier?.activityId ? { activityId: earlier.activityId } : {}),
    };
    const delivered = settlement.state === 'sent';
    const news = delivered ? 'delivered' : 'waiting';
    // Three vain attempts take some ten seconds: before that, there is nothing to tell.
    const worthTelling = settlement.state !== 'pending' || item.attempts >= TELL_AFTER;
    const tell = async () => {
      const { interviewId } = item.message;
      if (item.earlier || !coachOf(item) || interviewId === undefined || !worthTelling) return;
      const { reason = '' } = settlement;
      await options.tell(
        item.lane,
        { kind: 'delivery', interviewId, state: news, reason },
        `${item.id} ${news}`,
      );
    };
    // What waits is told before it is settled: after a crash in between it is tried, and told, again; the key makes it once.
    if (!delivered) await tell();
    const more = await store.settle(item.id, settlement);
    if (delivered) await tell();
    const facts = { item: item.id, attempts: item.attempts, code: settlement.reason ?? settlement.state };
    if (delivered) log.debug('sent', facts);
    else log.warn(`not_sent_${settlement.state}`, facts);
    return { state: settlement.state, more };
  }

  function toSettlement(item: OutboxItem, result: Delivered): Settlement {
    const later = (ms: number): Settlement => {
      const reason = 'reason' in result ? result.reason : 'unknown';
      if (item.attempts >= GIVE_UP_AFTER && !coachOf(item)) return { state: 'failed', reason };
      return { state: 'pending', reason, dueAt: now() + Math.ceil(ms) };
    };
    switch (result.kind) {
      case 'sent':
        return { state: 'sent', ...(result.id === null ? {} : { activityId: result.id }) };
      case 'throttled':
        return later(result.retryAfterMs ?? backOff(item.attempts, 1_000, 300_000));
      case 'retry':
        return later(backOff(item.attempts, 250, 60_000));
      case 'unsent':
        return later(backOff(item.attempts, 1_000, 300_000));
      case 'ambiguous':
        return coachOf(item)
          ? later(backOff(item.attempts, 5_000, 900_000))
          : { state: 'ambiguous', reason: result.reason };
      case 'blocked':
        return { state: 'blocked', reason: result.reason };
      case 'failed':
        return { state: 'failed', reason: result.reason };
    }
  }

  /** Doubles each time, with half of it by chance, so that many that failed together do not come back together. */
  function backOff(attempts: number, first: number, most: number): number {
    const full = Math.min(first * 2 ** Math.min(attempts - 1, 20), most);
    return full / 2 + (full / 2) * random();
  }

  return {
    kick(lane) {
      if (lane !== undefined) behind.add(lane);
      pump();
    },
    take,
    async unblock(coach) {
      await store.unblock(coach);
      pump();
    },
    typing(reference) {
      const asked = now();
      const wait = setTimeout(() => {
        const answered = (sentAt.get(reference.conversationId) ?? 0) >= asked;
        if (stopped || answered || limiter.take(reference.tenantId, reference.conversationId) > 0) return;
        const { serviceUrl, conversationId } = reference;
        const work: Promise<void> = connector
          .sendToConversation(serviceUrl, conversationId, { ...addressed(reference), type: 'typing' })
          .then((result) => log.debug('typing', { code: result.kind }))
          .finally(() => underWay.delete(work));
        underWay.add(work);
      }, TYPING_AFTER_MS);
      wait.unref();
    },
    start() {
      timer = setInterval(() => {
        const old = now() - 60_000;
        for (const [conversation, at] of sentAt) if (at < old) sentAt.delete(conversation);
        behind.clear();
        pump();
      }, POLL_MS);
      // Also while stopping: what is under way is still ours.
      renewing = setInterval(() => void renew(), RENEW_MS);
      pump();
    },
    async idle() {
      while (pumping || underWay.size > 0) await Promise.allSettled([pumping, ...underWay]);
    },
    async stop() {
      stopped = true;
      if (timer) clearInterval(timer);
      // Claimed by us, and nobody else would send them before that has run out.
      await Promise.allSettled(handed.splice(0).flat().map(release));
      await Promise.allSettled([pumping, ...underWay]);
      if (renewing) clearInterval(renewing);
    },
  };
}

interface Settled {
  readonly state: Settlement['state'];
  /** Something waits behind it. */
  readonly more: boolean;
}

function coachOf(item: OutboxItem): string | null {
  return item.message.to === 'here' ? null : item.message.to.coach;
}

function addressed(reference: Reference): object {
  return {
    channelId: 'msteams',
    from: { id: reference.botId },
    recipient: { id: reference.userId },
    conversation: {
      id: reference.conversationId,
      conversationType: 'personal',
      tenantId: reference.tenantId,
    },
  };
}

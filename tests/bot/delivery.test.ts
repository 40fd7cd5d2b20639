import { beforeEach, describe, expect, test } from '@jest/globals';
import type { Connector, Delivered } from '../../bot/connector.ts';
import { createDelivery, type Delivery } from '../../bot/delivery.ts';
import { createLimiter } from '../../bot/limits.ts';
import { createLog } from '../../bot/log.ts';
import type { OutboxItem, Reference, Settlement } from '../../bot/store/types.ts';
import type { Incoming, Outgoing } from '../../dialogs/ports.ts';

type Sent = { conversation: string; text: string };
type Outcome = Delivered | (() => Delivered);
const ok: Delivered = { kind: 'sent', id: 'm' };

const reference = (id: string): Reference => ({
  tenantId: 't',
  conversationId: id,
  serviceUrl: 'https://smba.trafficmanager.net/emea',
  botId: '28:bot',
  userId: `29:${id}`,
  aadObjectId: id,
  locale: null,
});

/** An outbox in memory with the rules of the real one: per destination only the first that is pending, due and unclaimed. */
class FakeOutbox {
  items: (OutboxItem & { dueAt: number; claimed: boolean })[] = [];
  kept: Reference[] = [];
  now = 1_000_000;

  add(message: Partial<Outgoing>, place: Partial<OutboxItem> = {}): void {
    const id = String(this.items.length + 1);
    this.items.push({
      id,
      state: 'pending',
      message: {
        to: 'here',
        label: { step: 'coach', kind: 'notice' },
        lang: 'nl',
        text: `bericht ${id}`,
        ...message,
      },
      lane: 'lane-teacher',
      reference: reference('teacher'),
      origin: reference('teacher'),
      earlier: null,
      attempts: 0,
      interrupted: false,
      reason: null,
      ...place,
      dueAt: this.now,
      claimed: false,
    });
  }
  profile(place: Partial<OutboxItem> = {}): void {
    this.add({ to: { coach: 'coach' }, interviewId: 'i1', text: 'profiel' }, { reference: null, ...place });
  }
  destination(item: OutboxItem): string {
    return item.message.to === 'here' ? item.lane : item.message.to.coach;
  }
  claim = async (now: number, _until: number, limit: number): Promise<readonly OutboxItem[]> => {
    const first = this.items.filter(
      (item, index) =>
        item.state === 'pending' &&
        !this.items
          .slice(0, index)
          .some((e) => e.state === 'pending' && this.destination(e) === this.destination(item)),
    );
    const free = first.filter((item) => item.dueAt <= now && !item.claimed).slice(0, limit);
    for (const item of free) Object.assign(item, { claimed: true, attempts: item.attempts + 1 });
    return free.map((item) => ({ ...item }));
  };
  settle = async (id: string, { state, reason, dueAt }: Settlement): Promise<boolean> => {
    const item = this.items.find((one) => one.id === id);
    if (!item) return false;
    Object.assign(item, { state, reason: reason ?? null, dueAt: dueAt ?? this.now, claimed: false });
    return this.items.some(
      (other) =>
        other !== item && other.state === 'pending' && this.destination(other) === this.destination(item),
    );
  };
  /** As a turn does that hands its messages over. */
  handOver(): readonly OutboxItem[] {
    const items = this.items.filter((item) => item.state === 'pending' && !item.claimed);
    for (const item of items) Object.assign(item, { claimed: true, attempts: 1 });
    return items.map((item) => ({ ...item }));
  }
  renewed: (readonly string[])[] = [];
  renew = async (ids: readonly string[]): Promise<void> => void this.renewed.push(ids);
  unblock = async (coach: string): Promise<void> => {
    for (const item of this.items)
      if (this.destination(item) === coach && item.state === 'blocked')
        Object.assign(item, { state: 'pending', dueAt: this.now, reference: reference('coach-chat') });
  };
  keepReference = async (kept: Reference): Promise<void> => void this.kept.push(kept);
  states(): string[] {
    return this.items.map(({ state, reason }) => (reason === null ? state : `${state} ${reason}`));
  }
}

let outbox: FakeOutbox;
let sent: Sent[];
let news: [Extract<Incoming, { kind: 'delivery' }>, string][];
let answers: Outcome[];
let creations: Outcome[];
let delivery: Delivery;

beforeEach(() => {
  [outbox, sent, news, answers, creations] = [new FakeOutbox(), [], [], [], []];
  const next = (from: Outcome[]) => {
    const answer = from.shift() ?? ok;
    return typeof answer === 'function' ? answer() : answer;
  };
  const connector = {
    sendToConversation: async (
      _url: string,
      conversation: string,
      activity: { text?: string; type?: string },
    ) => {
      sent.push({ conversation, text: activity.text ?? activity.type ?? '' });
      return next(answers);
    },
    createConversation: async () =>
      creations.length > 0 ? next(creations) : { kind: 'sent', id: 'new-chat' },
  } as unknown as Connector;
  delivery = createDelivery({
    store: outbox,
    connector,
    placeOf: () => ({ role: 'coach', schoolId: 's' }),
    tell: async (_lane, item, key) => void news.push([item, key]),
    log: createLog({ level: 'silent' }),
    now: () => outbox.now,
    random: () => 1,
  });
});

async function run(): Promise<void> {
  delivery.kick();
  await delivery.idle();
}
const later = async (ms: number) => {
  outbox.now += ms;
  await run();
};

describe('delivery', () => {
  test('sends in order per conversation, and conversations beside each other', async () => {
    for (let n = 0; n < 3; n += 1) {
      outbox.add({});
      outbox.add({}, { lane: 'other', reference: reference('other') });
    }
    await run();
    expect(sent.filter((one) => one.conversation === 'teacher').map((one) => one.text)).toEqual([
      'bericht 1',
      'bericht 3',
      'bericht 5',
    ]);
    expect(outbox.states()).toEqual(Array(6).fill('sent'));
  });

  test('waits as long as the channel asks, and keeps the order meanwhile', async () => {
    outbox.add({});
    outbox.add({});
    answers = [{ kind: 'throttled', reason: 'throttled', retryAfterMs: 3_000 }];
    await run();
    expect(outbox.states()).toEqual(['pending throttled', 'pending']);
    await later(2_999);
    expect(sent).toHaveLength(1);
    await later(1);
    expect(sent.map((one) => one.text)).toEqual(['bericht 1', 'bericht 1', 'bericht 2']);
  });

  test('tries again with growing waits what was surely not taken', async () => {
    outbox.add({});
    answers = Array<Delivered>(4).fill({ kind: 'retry', reason: 'precondition' });
    const waits: number[] = [];
    await run();
    for (let n = 0; n < 4; n += 1) {
      waits.push((outbox.items[0]?.dueAt ?? 0) - outbox.now);
      await later(waits.at(-1) ?? 0);
    }
    expect(waits).toEqual([250, 500, 1_000, 2_000]);
    expect(outbox.states()).toEqual(['sent']);
  });

  test('does not send a question again that may have arrived, and goes on with the next', async () => {
    outbox.add({});
    outbox.add({});
    answers = [{ kind: 'ambiguous', reason: 'timeout' }];
    await run();
    await later(3_600_000);
    expect(sent.map((one) => one.text)).toEqual(['bericht 1', 'bericht 2']);
    expect(outbox.states()).toEqual(['ambiguous timeout', 'sent']);
  });

  test('repeats a profile until the channel says yes, and tells the teacher once that it waits and once that it arrived', async () => {
    outbox.profile({ reference: reference('coach-chat') });
    answers = Array<Delivered>(5).fill({ kind: 'ambiguous', reason: 'http_502' });
    await run();
    for (let n = 0; n < 8; n += 1) await later(900_000);
    expect(outbox.states()).toEqual(['sent']);
    expect(sent).toHaveLength(6);
    const keys = new Set(news.map(([, key]) => key));
    expect([...keys]).toEqual(['1 waiting', '1 delivered']);
    expect(news.map(([item]) => item.state)).toEqual(['waiting', 'waiting', 'waiting', 'delivered']);
    expect(news[0]?.[0]).toEqual({
      kind: 'delivery',
      interviewId: 'i1',
      state: 'waiting',
      reason: 'http_502',
    });
  });

  test('begins a conversation with a coach who never wrote, and keeps it', async () => {
    outbox.profile();
    await run();
    expect(sent).toEqual([{ conversation: 'new-chat', text: 'profiel' }]);
    expect(outbox.kept).toEqual([
      { ...reference('teacher'), conversationId: 'new-chat', userId: 'coach', aadObjectId: 'coach' },
    ]);
    expect(news.map(([item]) => item.state)).toEqual(['delivered']);
  });

  test('waits for a coach without the app, tells the teacher, and sends when the coach comes', async () => {
    outbox.profile();
    creations = [{ kind: 'blocked', reason: 'no_app' }];
    await run();
    expect(outbox.states()).toEqual(['blocked no_app']);
    expect(news.map(([item]) => [item.state, item.reason])).toEqual([['waiting', 'no_app']]);
    await later(86_400_000);
    expect(sent).toEqual([]);
    await delivery.unblock('coach');
    await delivery.idle();
    expect(sent).toEqual([{ conversation: 'coach-chat', text: 'profiel' }]);
    expect(news.map(([item]) => item.state)).toEqual(['waiting', 'delivered']);
  });

  test('does not keep a conversation in which nothing can be said', async () => {
    outbox.profile();
    answers = [{ kind: 'blocked', reason: 'no_app' }];
    await run();
    expect(outbox.kept).toEqual([]);
    expect(outbox.states()).toEqual(['blocked no_app']);
  });

  test('looks for a coach again whose chat is gone', async () => {
    outbox.profile({ reference: reference('old-chat') });
    answers = [{ kind: 'blocked', reason: 'not_found' }];
    await run();
    expect(sent.map((one) => one.conversation)).toEqual(['old-chat', 'new-chat']);
    expect(outbox.states()).toEqual(['sent']);
  });

  test('asks again for the conversation when that got no clear answer', async () => {
    outbox.profile();
    creations = [{ kind: 'ambiguous', reason: 'timeout' }];
    await run();
    expect(outbox.states()).toEqual(['pending unreachable']);
    await later(1_000);
    expect(outbox.states()).toEqual(['sent']);
  });

  test('gives up what can never be sent', async () => {
    outbox.add({ text: 'x'.repeat(30_000) });
    outbox.add({});
    answers = [{ kind: 'failed', reason: 'http_400' }];
    await run();
    expect(outbox.states()).toEqual(['failed too_big', 'failed http_400']);
  });

  test('sends in their order the messages that a turn hands over', async () => {
    for (let n = 0; n < 3; n += 1) outbox.add({});
    delivery.take(outbox.handOver());
    await delivery.idle();
    expect(sent.map((one) => one.text)).toEqual(['bericht 1', 'bericht 2', 'bericht 3']);
    expect(outbox.states()).toEqual(['sent', 'sent', 'sent']);
  });

  test('lets go of what was handed over behind a message that has to wait', async () => {
    for (let n = 0; n < 3; n += 1) outbox.add({});
    answers = [ok, { kind: 'retry', reason: 'precondition' }];
    delivery.take(outbox.handOver());
    await delivery.idle();
    expect(outbox.states()).toEqual(['sent', 'pending precondition', 'pending']);
    expect(sent).toHaveLength(2);
    await later(60_000);
    expect(sent.map((one) => one.text)).toEqual(['bericht 1', 'bericht 2', 'bericht 2', 'bericht 3']);
    expect(outbox.states()).toEqual(['sent', 'sent', 'sent']);
  });

  test('sends what waited behind a message that was handed over', async () => {
    outbox.add({});
    const handed = outbox.handOver();
    outbox.add({});
    delivery.take(handed);
    delivery.kick('lane-teacher');
    await delivery.idle();
    expect(sent.map((one) => one.text)).toEqual(['bericht 1', 'bericht 2']);
  });

  test('gives back what was handed over and not begun with when it stops', async () => {
    for (let n = 0; n < 40; n += 1)
      outbox.add({}, { lane: `lane ${n}`, reference: { ...reference(`c${n}`), tenantId: `t${n}` } });
    for (const item of outbox.handOver()) delivery.take([item]);
    await delivery.stop();
    const states = outbox.states();
    expect(states.filter((state) => state === 'sent')).toHaveLength(32);
    expect(states.filter((state) => state === 'pending')).toHaveLength(8);
    expect(outbox.items.some((item) => item.claimed)).toBe(false);
  });

  test('sends what an earlier process had begun with', async () => {
    outbox.add({}, { interrupted: true, attempts: 1 });
    outbox.add({}, { interrupted: true, attempts: 4, lane: 'other', reference: reference('other') });
    await run();
    expect(outbox.states()).toEqual(['sent', 'ambiguous interrupted']);
  });

  test('shows that it is typing when no answer comes, and not when one has come', async () => {
    delivery.typing(reference('teacher'));
    delivery.typing(reference('other'));
    outbox.add({});
    outbox.now += 1;
    await run();
    await new Promise((done) => setTimeout(done, 800));
    await delivery.idle();
    expect(sent).toEqual([
      { conversation: 'teacher', text: 'bericht 1' },
      { conversation: 'other', text: 'typing' },
    ]);
  });

  test('stays below the limits of the channel', () => {
    let now = 0;
    const limiter = createLimiter(() => now);
    const inOneSecond = Array.from({ length: 10 }, () => limiter.take('t', 'c')).filter(
      (ms) => ms === 0,
    ).length;
    expect(inOneSecond).toBeLessThan(7);
    let taken = inOneSecond;
    for (now = 0; now < 30_000; now += 50) if (limiter.take('t', 'c') === 0) taken += 1;
    expect(taken).toBeLessThan(60);
    now += 60_000;
    const tenant = Array.from({ length: 60 }, (_, n) => limiter.take('t', `c${n}`)).filter(
      (ms) => ms === 0,
    ).length;
    expect(tenant).toBeLessThan(30);
    expect(limiter.take('another', 'c')).toBe(0);
  });

  test('takes nothing new when it stops, and finishes what is under way', async () => {
    outbox.add({});
    outbox.add({});
    delivery.kick();
    await delivery.stop();
    expect(outbox.items.every((item) => !item.claimed)).toBe(true);
    const before = sent.length;
    await run();
    expect(sent).toHaveLength(before);
  });
});

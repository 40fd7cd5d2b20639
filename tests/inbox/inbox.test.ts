/** What the inbox promises, on every engine: kept before it is acknowledged, one effect, in order. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { RetryLater } from '../../bot/errors.ts';
import { createInbox, type Inbox, type InboxOptions } from '../../bot/inbox.ts';
import { listSetAside, putBack } from '../../bot/store/set-aside.ts';
import { openEngine, openStore } from '../../bot/store/store.ts';
import type { InboxItem, Store } from '../../bot/store/types.ts';
import type { Incoming } from '../../dialogs/ports.ts';
import { clock, echo, item, KEY, message, reference, TEACHER, text, type Clock } from '../store/people.ts';
import { engines, postgresOnly, type TestPlace } from '../store/places.ts';

const anne = reference('anne');
const QUIET = 4_000;

describe.each(engines)('the inbox on $title', (engine) => {
  let place: TestPlace;
  let store: Store;
  let time: Clock;
  let inbox: Inbox;
  let committed: string[];

  const open = () => openStore(place.place, { key: KEY, now: () => time.at });
  const create = (changes: Partial<InboxOptions> = {}) =>
    createInbox({
      store,
      takeTurn: echo,
      world: time,
      quietMs: QUIET,
      placeOf: () => TEACHER,
      bypasses: (incoming) => incoming.kind === 'text' && incoming.text === 'help',
      onCommitted: (lane) => committed.push(lane),
      ...changes,
    });

  beforeEach(async () => {
    time = clock();
    committed = [];
    place = await engine.create();
    store = await open();
    inbox = create();
  });
  afterEach(async () => {
    await inbox.stop();
    await store.close();
    await place.dispose();
  });

  const send = (what: InboxItem, wantsReplies = false, from = anne) =>
    inbox.receive(from, what, { wantsReplies });
  const say = (words: string, at = time.at) => send(item(words, text(words), at));
  const press: Incoming = { kind: 'button', token: 't1', values: {} };
  /** Everything that goes to this person, in order. */
  const heard = async () => {
    const texts: string[] = [];
    for (;;) {
      const claimed = await store.claim(time.at, time.at + 1, 9);
      if (claimed.length === 0) return texts;
      for (const one of claimed) {
        texts.push(one.message.text);
        await store.settle(one.id, { state: 'sent' });
      }
    }
  };
  const answers = () =>
    store.inTurn(store.laneOf(anne), {}, async (turn) =>
      (await turn.scene().answers()).map((one) => one.text),
    );

  describe('the quiet time', () => {
    test('pieces of a thought become one answer, in the order in which they were sent', async () => {
      expect(await say('second', 2)).toEqual({ replies: [], accepted: true, waiting: true });
      time.at += QUIET - 1;
      await say('third', 3);
      await say('first', 1);
      time.at += QUIET - 1;
      await inbox.drain();
      expect(await heard()).toEqual([]);
      time.at += 1;
      await inbox.drain();
      await inbox.drain();
      expect(await heard()).toEqual(['1: first\nsecond\nthird']);
      expect(committed).toEqual([store.laneOf(anne)]);
      const [answer] = await store.inTurn(store.laneOf(anne), {}, (turn) => turn.scene().answers());
      expect(answer!.sources).toEqual(['first', 'second', 'third']);
    });

    test('pieces of one text carry their own texts', async () => {
      const seen: Incoming[] = [];
      inbox = create({
        takeTurn: (scene, incoming, world) => (seen.push(incoming), echo(scene, incoming, world)),
      });
      await say('a');
      await say('b');
      time.at += QUIET;
      await inbox.drain();
      expect(seen).toEqual([{ kind: 'text', text: 'a\nb', sources: ['a', 'b'], pieces: ['a', 'b'] }]);
    });

    test('a button, a command and an edit answer what waits first, each by itself', async () => {
      await say('a');
      await say('b');
      expect(await send(item('press', press))).toMatchObject({ accepted: true, waiting: false });
      await say('c');
      await say('help');
      await say('d');
      await send(item('edit', { kind: 'edited', source: 'long ago', text: 'x' }));
      expect(await heard()).toEqual(['1: a\nb', 'saw button', '2: c', '3: help', '4: d', 'saw edited']);
      expect(await store.dueLanes(time.at + 99 * QUIET, 9)).toEqual([]);
    });

    test('a dialog is shown as often as it is asked for, is kept nowhere and cuts no thought in two', async () => {
      let shown = 0;
      inbox = create({
        takeTurn: async (scene, incoming, world) =>
          incoming.kind === 'dialogOpen'
            ? { answer: { message: `shown ${(shown += 1)}` }, outgoing: [] }
            : echo(scene, incoming, world),
      });
      const open = item('open', { kind: 'dialogOpen', token: 't' });
      await say('a');
      expect(await send(open)).toMatchObject({ answer: { message: 'shown 1' }, waiting: false });
      expect(await send(open)).toMatchObject({ answer: { message: 'shown 2' } });
      await say('b');
      time.at += QUIET;
      await inbox.drain();
      expect(await heard()).toEqual(['1: a\nb']);
      expect(await store.status()).toMatchObject({ inbox: { processed: 2 }, outbox: { sent: 1 } });
    });

    test('a dialog that is sent has one effect, and its answer is given again, also by another process', async () => {
      const sent = item('sent', { kind: 'dialogSent', token: 't', values: {} });
      let turns = 0;
      const takeTurn: InboxOptions['takeTurn'] = async () => {
        turns += 1;
        return { answer: { message: `answer ${turns}` }, outgoing: [message('said')] };
      };
      inbox = create({ takeTurn });
      await say('a');
      expect(await send(sent)).toMatchObject({
        answer: { message: 'answer 2' },
        accepted: true,
        replies: [],
      });
      await inbox.stop();
      await store.close();
      store = await open();
      inbox = create({ takeTurn });
      expect(await send(sent)).toMatchObject({ answer: { message: 'answer 2' }, accepted: false });
      // The answer is no message: it is neither sent nor among the replies.
      expect(await heard()).toEqual(['said', 'said']);
      expect((await send(sent, true)).replies.map(({ text }) => text)).toEqual(['said', 'said']);
      expect(turns).toBe(2);
      const closes = create({ takeTurn: async () => ({ answer: null, outgoing: [] }) });
      const other = item('other', { kind: 'dialogSent', token: 't', values: {} });
      expect(await closes.receive(anne, other, { wantsReplies: false })).toMatchObject({ answer: null });
      expect(await closes.receive(anne, other, { wantsReplies: false })).toMatchObject({ answer: null });
      await closes.stop();
    });

    test('what a dialog showed of somebody else is not kept, and is shown anew when it is sent again', async () => {
      const dialog = { title: 't', card: { text: 'of somebody else' }, size: 'large', unkept: true } as const;
      inbox = create({ takeTurn: async () => ({ answer: { dialog }, outgoing: [] }) });
      const sent = item('sent', { kind: 'dialogSent', token: 't', values: {} });
      expect(await send(sent)).toMatchObject({ answer: { dialog }, accepted: true });
      expect(await store.status()).toMatchObject({ outbox: {} });
      expect(await send(sent)).toMatchObject({ answer: { dialog } });
    });

    test('a dialog that cannot be shown is forgotten; what was sent with one is tried again', async () => {
      let broken = true;
      const trouble: unknown[] = [];
      inbox = create({
        onTrouble: (error) => trouble.push(error),
        takeTurn: async () => {
          if (broken) throw new Error('broken on purpose');
          return { answer: { message: 'taken' }, outgoing: [] };
        },
      });
      const unshown = await send(item('open', { kind: 'dialogOpen', token: 't' }));
      expect(unshown).toMatchObject({ waiting: true });
      expect(unshown.answer).toBeUndefined();
      expect(trouble).toHaveLength(1);
      const sent = item('sent', { kind: 'dialogSent', token: 't', values: { text: 'kept' } });
      const failed = await send(sent);
      expect([failed.waiting, failed.answer]).toEqual([true, undefined]);
      broken = false;
      time.at += QUIET;
      await inbox.drain();
      expect(await send(sent)).toMatchObject({ answer: { message: 'taken' }, waiting: false });
    });

    test('an edit of a waiting piece changes it, a deletion withdraws it, and nothing is said', async () => {
      await say('a');
      await say('b');
      await say('c');
      await send(item('edit', { kind: 'edited', source: 'b', text: 'B' }));
      await send(item('delete', { kind: 'deleted', source: 'a' }));
      time.at += QUIET;
      await inbox.drain();
      expect(await heard()).toEqual(['1: B\nc']);
    });

    test('a thought that is withdrawn altogether leaves nothing', async () => {
      await say('a');
      await send(item('delete', { kind: 'deleted', source: 'a' }));
      expect(await store.dueLanes(time.at + 99 * QUIET, 9)).toEqual([]);
      expect(await store.status()).toMatchObject({ inbox: { processed: 2 }, outbox: {} });
    });

    test('without a quiet time every message is answered at once', async () => {
      inbox = create({ quietMs: () => 0 });
      await say('a');
      await say('b');
      expect(await heard()).toEqual(['1: a', '2: b']);
    });

    test('what was waiting when the process ended is answered by the next one', async () => {
      await say('a');
      await inbox.stop();
      await store.close();
      store = await open();
      inbox = create();
      await say('b');
      time.at += QUIET;
      await inbox.drain();
      expect(await heard()).toEqual(['1: a\nb']);
    });

    test('the timer finds what is due by itself, and stop waits for it', async () => {
      time.at = Date.now();
      time.now = Date.now;
      let finish = () => {};
      const begun = new Promise<void>((begin) => {
        inbox = create({
          quietMs: 20,
          pollMs: 50,
          takeTurn: async (scene, incoming, world) => {
            begin();
            await new Promise<void>((resolve) => (finish = resolve));
            return echo(scene, incoming, world);
          },
        });
      });
      inbox.start();
      await say('a');
      await begun;
      const stopped = inbox.stop();
      finish();
      await stopped;
      time.at = Date.now();
      expect(await heard()).toEqual(['1: a']);
    });

    test('a thought is answered when its quiet time is over, not at the next look for what others left', async () => {
      time.at = Date.now();
      time.now = Date.now;
      let answered = 0;
      const takeTurn: typeof echo = (...turn) => {
        answered = Date.now();
        return echo(...turn);
      };
      inbox = create({ quietMs: 700, pollMs: 500, takeTurn });
      inbox.start();
      await say('a');
      const sent = Date.now();
      // The look at 500 ms finds nothing; the one after it would come 300 ms too late.
      while (answered === 0 && Date.now() - sent < 5_000) await new Promise((go) => setTimeout(go, 10));
      await inbox.stop();
      expect(answered - sent).toBeGreaterThan(600);
      expect(answered - sent).toBeLessThan(920);
    });
  });

  describe('the same message again', () => {
    test('has no second effect, however much later', async () => {
      await send(item('one', press));
      time.at += 29 * 24 * 3_600_000;
      expect(await send(item('one', press))).toEqual({ replies: [], accepted: false, waiting: false });
      expect(await heard()).toEqual(['saw button']);
    });

    test('gets its replies again when the HTTP answer carries them', async () => {
      const first = await send(item('a'), true);
      expect(first.replies).toMatchObject([{ text: '1: a' }]);
      expect(await send(item('a'), true)).toEqual({ ...first, accepted: false });
      expect(await heard()).toEqual([]);
      expect(committed).toEqual([]);
    });

    test('does not hurry a piece that is waiting', async () => {
      await say('a');
      time.at += QUIET - 1;
      expect(await say('a')).toEqual({ replies: [], accepted: false, waiting: true });
      expect(await heard()).toEqual([]);
      time.at += 1;
      await inbox.drain();
      expect(await heard()).toEqual(['1: a']);
    });

    test('fifty times at once has one effect', async () => {
      inbox = create({ quietMs: 0 });
      const results = await Promise.all(Array.from({ length: 50 }, () => say('a')));
      expect(results.filter((one) => one.accepted)).toHaveLength(1);
      expect(await answers()).toEqual(['a']);
    });
  });

  test('replies for the HTTP answer include those to what was waiting', async () => {
    await say('a');
    const { replies } = await send(item('b'), true);
    expect(replies.map((one) => one.text)).toEqual(['1: a', '2: b']);
    expect((await send(item('b'), true)).replies).toEqual(replies);
  });

  describe('messages of our own', () => {
    const news: Incoming = { kind: 'delivery', interviewId: 'one', state: 'delivered', reason: '' };

    test('reach the conversation once per key, and do not cut a thought in two', async () => {
      await say('a');
      await inbox.internal(store.laneOf(anne), news, 'outbox 7');
      await inbox.internal(store.laneOf(anne), news, 'outbox 7');
      await say('b');
      expect(await heard()).toEqual([]);
      time.at += QUIET;
      await inbox.drain();
      expect((await heard()).sort()).toEqual(['1: a', '2: b', 'news delivered']);
      await inbox.internal(store.laneOf(anne), news);
      expect(await heard()).toEqual(['news delivered']);
    });

    test('do nothing where nobody is any more', async () => {
      await expect(inbox.internal('nobody', news)).resolves.toBeUndefined();
    });
  });

  describe('a message that cannot be answered', () => {
    const BAD = 'bad';
    let cured: boolean;
    let quarantined: string[];
    beforeEach(() => {
      cured = false;
      quarantined = [];
      inbox = create({
        quietMs: 0,
        takeTurn: async (scene, incoming, world) => {
          if (!cured && incoming.kind === 'text' && incoming.text.includes(BAD)) throw new TypeError('a bug');
          return echo(scene, incoming, world);
        },
        onQuarantined: (_, reason) => quarantined.push(reason),
        explain: async () => ({ outgoing: [message('sorry')] }),
      });
    });

    test('is kept and tried again, and those behind it wait their turn', async () => {
      await say('before');
      expect(await say(BAD)).toEqual({ replies: [], accepted: true, waiting: true });
      expect(await say('after')).toMatchObject({ waiting: true });
      expect(await heard()).toEqual(['1: before']);
      cured = true;
      time.at += 60_000;
      await inbox.drain();
      expect(await heard()).toEqual(['2: bad', '3: after']);
    });

    test('is set aside with its content after some attempts; the others go on', async () => {
      await say(BAD);
      await say('after');
      for (let n = 0; n < 9; n += 1) {
        time.at += 5_000;
        await inbox.drain();
      }
      expect(await heard()).toEqual(['sorry', '1: after']);
      expect(quarantined).toEqual(['unexpected_TypeError']);
      const [row] = await place.sql(
        `select state, reason, attempts, content from inbox where content is not null`,
      );
      expect(row).toMatchObject({ state: 'quarantined', reason: 'unexpected_TypeError', attempts: 5 });
      // And never again in the way.
      await say('later');
      expect(await heard()).toEqual(['2: later']);
    });

    test('put back by an operator it returns to its writer, who may be elsewhere by then', async () => {
      await say(BAD);
      for (let n = 0; n < 9; n += 1) {
        time.at += 5_000;
        await inbox.drain();
      }
      await say('after');
      expect(await heard()).toEqual(['sorry', '1: after']);
      const engine = await openEngine(place.place, 'tool');
      const [row] = await listSetAside(engine);
      expect(row).toMatchObject({ lane: store.laneOf(anne), reason: 'unexpected_TypeError' });
      expect(await putBack(engine, 'another', time.at)).toBe(0);
      expect(await putBack(engine, row!.id, time.at)).toBe(1);
      expect(await putBack(engine, null, time.at)).toBe(0);
      await engine.close();
      await inbox.drain();
      expect(await heard()).toEqual(['saw returned']);
      expect(await store.status()).toMatchObject({ inbox: { processed: 2 } });
      await inbox.drain();
      expect(await heard()).toEqual([]);
    });

    test('what was answered before it in the same breath stays answered', async () => {
      const before = inbox;
      inbox = create({
        takeTurn: async (scene, incoming, world) => {
          if (incoming.kind === 'button') throw new TypeError('a bug');
          return echo(scene, incoming, world);
        },
      });
      await say('a');
      await send(item('press', press));
      expect(await heard()).toEqual(['1: a']);
      expect(await store.status()).toMatchObject({ inbox: { processed: 1, waiting: 1 } });
      await before.stop();
    });

    test('an outcome that cannot be stored is treated like one that cannot be made', async () => {
      inbox = create({
        quietMs: 0,
        takeTurn: async (scene, incoming, world) => {
          const outcome = await echo(scene, incoming, world);
          // A row that the database refuses, found out only when it is written.
          const broken = { ...outcome.put![0]!, seq: null as unknown as number };
          return incoming.kind === 'text' && incoming.text === BAD ? { ...outcome, put: [broken] } : outcome;
        },
      });
      expect(await say(BAD)).toMatchObject({ accepted: true, waiting: true });
      for (let n = 0; n < 9; n += 1) {
        time.at += 5_000;
        await inbox.drain();
      }
      await say('after');
      expect(await heard()).toEqual(['1: after']);
    });

    test('new pieces are not joined with one that failed', async () => {
      inbox = create({
        takeTurn: async (scene, incoming, world) => {
          if (!cured && incoming.kind === 'text' && incoming.text.includes(BAD)) throw new TypeError('a bug');
          return echo(scene, incoming, world);
        },
      });
      await say(BAD);
      await say('rest');
      time.at += QUIET;
      await inbox.drain();
      await say('new');
      cured = true;
      time.at += QUIET;
      await inbox.drain();
      expect(await heard()).toEqual(['1: bad\nrest', '2: new']);
    });
  });

  describe('when the storage is away', () => {
    test('a message is refused, not half kept, and the next attempt succeeds', async () => {
      let away = true;
      inbox = create({
        quietMs: 0,
        takeTurn: async (scene, incoming, world) => {
          if (away) throw new RetryLater('store_unavailable', 'test');
          return echo(scene, incoming, world);
        },
      });
      await expect(say('a')).rejects.toBeInstanceOf(RetryLater);
      expect(await store.status()).toMatchObject({ inbox: {} });
      away = false;
      expect(await say('a')).toMatchObject({ accepted: true });
      expect(await heard()).toEqual(['1: a']);
    });

    test('one lane in trouble does not stop the others', async () => {
      const trouble: unknown[] = [];
      inbox = create({ onTrouble: (error) => trouble.push(error) });
      await say('a');
      await send(item('b'), false, reference('bart'));
      await place.sql(`update conversation set memory = 'x' where id = ?`, [store.laneOf(anne)]);
      time.at += QUIET;
      await inbox.drain();
      await inbox.drain();
      expect(await heard()).toEqual(['1: b']);
      expect(trouble).toMatchObject([{ code: 'store_unreadable' }]);
    });
  });
});

describe.each(postgresOnly)('two replicas on $title', (engine) => {
  let place: TestPlace;
  let time: Clock;
  let stores: Store[];
  beforeEach(async () => {
    time = clock();
    place = await engine.create();
    stores = await Promise.all([1, 2].map(() => openStore(place.place, { key: KEY, now: () => time.at })));
  });
  afterEach(async () => {
    for (const store of stores) await store.close();
    await place.dispose();
  });
  const create = (store: Store, changes: Partial<InboxOptions> = {}) =>
    createInbox({ store, takeTurn: echo, world: time, quietMs: 0, placeOf: () => TEACHER, ...changes });

  test('fifty messages in one lane from both: each once, none lost', async () => {
    const order: string[] = [];
    const [left, right] = stores.map((store) =>
      create(store, {
        takeTurn: async (scene, incoming, world) => {
          if (incoming.kind === 'text') order.push(incoming.text);
          return echo(scene, incoming, world);
        },
      }),
    ) as [Inbox, Inbox];
    const words = Array.from({ length: 50 }, (_, n) => `word ${n}`);
    await Promise.all(
      words.flatMap((word, n) => [
        (n % 2 ? left : right).receive(anne, item(word), { wantsReplies: false }),
        // Teams sends some of them again, to the other replica.
        ...(n % 5 ? [] : [(n % 2 ? right : left).receive(anne, item(word), { wantsReplies: false })]),
      ]),
    );
    const store = stores[0]!;
    const answers = await store.inTurn(store.laneOf(anne), {}, (turn) => turn.scene().answers());
    expect(answers.map((one) => one.text)).toEqual(order);
    expect([...order].sort()).toEqual([...words].sort());
  });

  // Both replicas find no conversation and make one: the second must wait for the first, and see what it did.
  test('the first messages of a conversation, all at once: none is lost', async () => {
    const inboxes = stores.map((store) => create(store));
    const people = Array.from({ length: 25 }, (_, n) => reference(`new-${n}`));
    const words = ['a', 'b', 'c', 'd'];
    await Promise.all(
      people.flatMap((from) =>
        words.map((word, n) => inboxes[n % 2]!.receive(from, item(word), { wantsReplies: false })),
      ),
    );
    for (const from of people) {
      const lane = stores[0]!.laneOf(from);
      const answers = await stores[0]!.inTurn(lane, {}, (turn) => turn.scene().answers());
      expect(answers.map((one) => one.text).sort()).toEqual(words);
    }
  });

  test('a piece that is due is answered once, whoever looks', async () => {
    const inboxes = stores.map((store) => create(store, { quietMs: QUIET }));
    for (let n = 0; n < 10; n += 1) {
      await inboxes[n % 2]!.receive(reference(`p${n}`), item('a'), { wantsReplies: false });
    }
    time.at += QUIET;
    await Promise.all(inboxes.map((inbox) => inbox.drain()));
    expect(await stores[0]!.status()).toMatchObject({ inbox: { processed: 10 }, outbox: { pending: 10 } });
  });

  test('a connection that breaks in the middle of a turn: refused, then recovered', async () => {
    let cut = true;
    const inbox = create(stores[0]!, {
      takeTurn: async (scene, incoming, world) => {
        if (cut) await place.cut();
        cut = false;
        return echo(scene, incoming, world);
      },
    });
    await expect(inbox.receive(anne, item('a'), { wantsReplies: true })).rejects.toBeInstanceOf(RetryLater);
    const { replies } = await inbox.receive(anne, item('a'), { wantsReplies: true });
    expect(replies).toMatchObject([{ text: '1: a' }]);
  });

  test('a database that cannot be reached is a reason to try later', async () => {
    const url = 'postgres://nobody@127.0.0.1:9/none';
    await expect(openStore({ databaseUrl: url }, { key: KEY, now: Date.now })).rejects.toMatchObject({
      code: 'store_unavailable',
    });
  });
});

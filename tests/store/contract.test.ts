/** What the store promises, on every engine. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Corrupt, GiveUp } from '../../bot/errors.ts';
import { openStore, type StoreOptions } from '../../bot/store/store.ts';
import type { OutboxItem, Store, Turn } from '../../bot/store/types.ts';
import { engines, type TestPlace } from './places.ts';
import { answer, clock, COACH, interview, item, KEY, message, reference, TEACHER, text } from './people.ts';

const anne = reference('anne');
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

describe.each(engines)('the store on $title', (engine) => {
  let place: TestPlace;
  let store: Store;
  let time: ReturnType<typeof clock>;

  const open = (changes: Partial<StoreOptions> = {}) =>
    openStore(place.place, { key: KEY, now: () => time.at, ...changes });

  beforeEach(async () => {
    time = clock();
    place = await engine.create();
    store = await open();
  });
  afterEach(async () => {
    await store.close();
    await place.dispose();
  });

  const turn = <T>(work: (turn: Turn) => Promise<T>, from = anne, key?: string) =>
    store.inTurn(
      store.laneOf(from),
      { from: { reference: from, place: TEACHER }, ...(key !== undefined && { item: item(key) }) },
      work,
    );
  const look = (from = anne) => turn(async (t) => ({ ...t.scene(), list: await t.scene().answers() }), from);
  const save = (outcome: Parameters<Turn['save']>[0], from = anne, inline = false) =>
    turn((t) => t.save(outcome, { inline }), from);

  test('a conversation begins with what the channel and the school file say', async () => {
    expect(await look()).toMatchObject({
      conversation: {
        id: store.laneOf(anne),
        role: 'teacher',
        schoolId: 'de-linde',
        language: null,
        locale: 'nl-NL',
        greeted: false,
        interviewId: null,
        memory: {},
      },
      interview: null,
      list: [],
    });
  });

  test('what a turn saves is there in the next one, also after a restart', async () => {
    const kept = interview('one', {
      snapshot: { state: { deep: ['er', 'is'] } },
      names: { alias: 'Vosje 🦊', words: ['druk', 'lief', 'slim'] },
      marks: { q1: { state: 'changed', text: 'anders' } },
      shared: { quotes: ['zo'] },
    });
    const first = answer(1, 'Hij liep weg.\u0000\ud83d', { pieces: ['Hij', 'liep weg.'], words: ['boos'] });
    await save({
      conversation: { language: 'en', greeted: true, memory: { asked: 3 } },
      interview: kept,
      put: [first, answer(2, '', { kind: 'skipped', reopened: true, probe: null })],
      outgoing: [],
    });
    await store.close();
    store = await open();
    const { conversation, interview: found, list } = await look();
    expect(conversation).toMatchObject({
      language: 'en',
      greeted: true,
      memory: { asked: 3 },
      interviewId: 'one',
    });
    expect(found).toEqual(kept);
    expect(list).toEqual([first, answer(2, '', { kind: 'skipped', reopened: true, probe: null })]);
  });

  test('an answer with the same key is replaced, a dropped one is gone', async () => {
    await save({ interview: interview('one'), put: [answer(1, 'a'), answer(2, 'b')], outgoing: [] });
    await save({ put: [answer(1, 'c')], drop: [answer(2, 'b')], outgoing: [] });
    expect((await look()).list).toEqual([answer(1, 'c')]);
  });

  test('a turn that fails leaves nothing behind', async () => {
    await save({ interview: interview('one'), outgoing: [] });
    const failing = turn(
      async (t) => {
        await t.save({ put: [answer(1, 'a')], outgoing: [message('x')] }, { inline: false });
        t.processed([t.itemId!]);
        expect(await t.scene().answers()).toHaveLength(1);
        throw new GiveUp('test', 'no');
      },
      anne,
      'one',
    );
    await expect(failing).rejects.toThrow('no');
    expect((await look()).list).toEqual([]);
    expect(await store.claim(time.at, time.at + 1, 9)).toEqual([]);
    expect(await turn(async (t) => t.accepted, anne, 'one')).toBe(true);
  });

  test('of turns that come at the same time the one that fails is undone, and the others stay', async () => {
    const people = ['anne', 'bart', 'carla', 'daan'].map((name) => reference(name));
    const done = await Promise.allSettled(
      people.map((from, nth) =>
        turn(async (t) => {
          await t.save(
            { conversation: { greeted: true }, outgoing: [message(`for ${nth}`)] },
            { inline: false },
          );
          if (nth === 1) throw new Error('not this one');
          return nth;
        }, from),
      ),
    );
    expect(done.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled']);
    const greeted = [];
    for (const from of people) greeted.push((await look(from)).conversation.greeted);
    expect(greeted).toEqual([true, false, true, true]);
    const sent = await store.claim(time.at, time.at + 1, 9);
    expect(sent.map((one) => one.message.text).sort()).toEqual(['for 0', 'for 2', 'for 3']);
  });

  test('what was begun before the store is closed is kept', async () => {
    const waiting = turn((t) => t.save({ conversation: { greeted: true }, outgoing: [] }, { inline: false }));
    await new Promise<void>((resolve) => process.nextTick(resolve));
    await Promise.all([waiting, store.close()]);
    store = await open();
    expect((await look()).conversation.greeted).toBe(true);
  });

  test('within a turn the second message sees what the first one did', async () => {
    await turn(async (t) => {
      await t.save({ interview: interview('one'), put: [answer(1, 'a')], outgoing: [] }, { inline: false });
      expect(t.scene().conversation.interviewId).toBe('one');
      expect(await t.scene().answers()).toEqual([answer(1, 'a')]);
      await t.save({ conversation: { interviewId: null }, outgoing: [] }, { inline: false });
      expect(t.scene().interview).toBeNull();
      await t.save({ conversation: { interviewId: 'one' }, outgoing: [] }, { inline: false });
      expect(t.scene().interview).toEqual(interview('one'));
      await t.save({ interview: interview('two'), put: [answer(1, 'b')], outgoing: [] }, { inline: false });
      expect(await t.scene().answers()).toEqual([answer(1, 'b')]);
      await t.save({ interview: interview('one', { status: 'kept' }), outgoing: [] }, { inline: false });
      expect(await t.scene().answers()).toEqual([answer(1, 'a')]);
    });
    expect((await look()).interview).toEqual(interview('one', { status: 'kept' }));
    await save({ conversation: { interviewId: null }, interview: interview('one'), outgoing: [] });
    expect((await look()).interview).toBeNull();
  });

  test('the school file decides on role and school, the channel on the latest address', async () => {
    await look();
    const moved = { ...anne, serviceUrl: 'https://smba.example/new/', locale: null, aadObjectId: null };
    await store.inTurn(
      store.laneOf(anne),
      { from: { reference: moved, place: { role: 'coach', schoolId: 'beuk' } } },
      async (t) => {
        expect(t.scene().conversation).toMatchObject({ role: 'coach', schoolId: 'beuk', locale: 'nl-NL' });
        await t.save({ outgoing: [message('x')] }, { inline: false });
      },
    );
    const [sent] = await store.claim(time.at, time.at + 1, 1);
    expect(sent!.reference).toEqual({ ...moved, aadObjectId: 'directory-anne' });
  });

  test('a lane that does not exist is said to be gone', async () => {
    await expect(store.inTurn('nobody', {}, async () => 1)).rejects.toMatchObject({ code: 'lane_gone' });
  });

  describe('inbox items', () => {
    test('the same item is accepted once, in its own conversation', async () => {
      expect(await turn(async (t) => t.accepted, anne, 'one')).toBe(true);
      expect(await turn(async (t) => t.accepted, anne, 'one')).toBe(false);
      expect(await turn(async (t) => t.accepted, reference('bart'), 'one')).toBe(true);
    });

    test('what is not processed waits, in order of arrival, with what is known of it', async () => {
      await turn(async (t) => t.dueAt(5_000), anne, 'one');
      await turn(async (t) => t.mark(t.itemId!, { alone: true }), anne, 'two');
      await turn(
        async (t) => {
          const [first] = t.waiting();
          t.mark(first!.id, { incoming: text('changed'), failed: 'unexpected_Error' });
        },
        anne,
        'three',
      );
      await turn(async (t) => {
        expect(t.due).toBe(5_000);
        expect(t.waiting()).toMatchObject([
          { incoming: text('changed'), alone: false, attempts: 1 },
          { incoming: text('two'), alone: true, attempts: 0 },
          { incoming: text('three'), sentAt: 1_000, receivedAt: 1_000 },
        ]);
        t.processed([t.waiting()[1]!.id]);
        t.quarantine(t.waiting()[0]!.id, 'unexpected_Error');
      });
      expect(await turn(async (t) => t.waiting().map((one) => one.incoming))).toEqual([text('three')]);
      expect(await store.status()).toMatchObject({
        inbox: { waiting: 1, processed: 1, quarantined: 1 },
        waitingSince: 1_000,
      });
      const rows = await place.sql(`select state, content from inbox order by arrival`);
      expect(rows.map((row) => [row['state'], row['content'] !== null])).toEqual([
        ['quarantined', true],
        ['processed', false],
        ['waiting', true],
      ]);
    });

    test('lanes that are due are found, oldest first', async () => {
      for (const [name, at] of Object.entries({ anne: 30, bart: 10, cees: 20, dirk: 40 })) {
        await turn(async (t) => t.dueAt(at), reference(name));
      }
      await turn(async (t) => t.dueAt(null), reference('cees'));
      expect(await store.dueLanes(30, 9)).toEqual(
        ['bart', 'anne'].map((name) => store.laneOf(reference(name))),
      );
      expect(await store.dueLanes(30, 1)).toHaveLength(1);
    });
  });

  describe('outbox', () => {
    const claim = (limit = 9) => store.claim(time.at, time.at + 1_000, limit);

    test('of each conversation the first unsent message, then the next', async () => {
      await save({ outgoing: [message('a1'), message('a2')] });
      await save({ outgoing: [message('b1')] }, reference('bart'));
      const first = await claim();
      expect(first.map((one) => one.message.text)).toEqual(['a1', 'b1']);
      expect(first[0]).toMatchObject({
        lane: store.laneOf(anne),
        reference: anne,
        origin: anne,
        attempts: 1,
        interrupted: false,
        reason: null,
        state: 'pending',
      });
      expect(await claim()).toEqual([]);
      await store.settle(first[0]!.id, { state: 'sent', activityId: 'x' });
      expect((await claim()).map((one) => one.message.text)).toEqual(['a2']);
    });

    test('a turn hands over what it says, claimed; not behind an older message', async () => {
      const taken: OutboxItem[][] = [];
      const handOver = {
        until: time.at + 1_000,
        take: (items: readonly OutboxItem[]) => void taken.push([...items]),
      };
      const lane = store.laneOf(anne);
      const say = (...texts: string[]) =>
        store.inTurn(lane, { from: { reference: anne, place: TEACHER }, handOver }, (turn) =>
          turn.save({ outgoing: texts.map((one) => message(one)) }, { inline: false }),
        );
      await say('a1', 'a2');
      expect(taken[0]).toMatchObject([
        { message: { text: 'a1' }, lane, reference: anne, origin: anne, attempts: 1, interrupted: false },
        { message: { text: 'a2' }, lane, attempts: 1, interrupted: false },
      ]);
      await say('a3');
      expect(taken[1]).toEqual([]);
      expect(await claim()).toEqual([]);
      const [first, second] = taken[0]!;
      const both = [first!, second!].map(({ id }) => store.settle(id, { state: 'sent' }));
      expect((await Promise.all(both)).at(-1)).toBe(true);
      expect(await claim()).toMatchObject([{ message: { text: 'a3' }, attempts: 1 }]);
    });

    test('what was handed over to a process that died is sent by the next one', async () => {
      await store.inTurn(
        store.laneOf(anne),
        {
          from: { reference: anne, place: TEACHER },
          handOver: { until: time.at + 1_000, take: () => undefined },
        },
        (turn) => turn.save({ outgoing: [message('a1'), message('a2')] }, { inline: false }),
      );
      expect(await claim()).toEqual([]);
      time.at += 1_000;
      expect(await claim()).toMatchObject([{ message: { text: 'a1' }, attempts: 2, interrupted: true }]);
    });

    test('a message that is put off holds back the ones behind it', async () => {
      await save({ outgoing: [message('a1'), message('a2')] });
      const [first] = await claim();
      await store.settle(first!.id, { state: 'pending', dueAt: time.at + 500, reason: 'throttled' });
      expect(await claim()).toEqual([]);
      time.at += 500;
      expect(await claim()).toMatchObject([
        { message: { text: 'a1' }, attempts: 2, interrupted: false, reason: 'throttled' },
      ]);
    });

    test('a claim that is never settled ends by itself, and is known to have been interrupted', async () => {
      await save({ outgoing: [message('a1')] });
      await claim();
      time.at += 999;
      expect(await claim()).toEqual([]);
      time.at += 1;
      expect(await claim()).toMatchObject([{ attempts: 2, interrupted: true }]);
    });

    test('a claim that is renewed goes on', async () => {
      await save({ outgoing: [message('a1')] });
      const [mine] = await claim();
      await store.renew([mine!.id], time.at + 5_000);
      time.at += 4_999;
      expect(await claim()).toEqual([]);
      await store.settle(mine!.id, { state: 'sent' });
      // Too late: it is not claimed any more.
      await store.renew([mine!.id], time.at + 5_000);
      time.at += 10_000;
      expect(await claim()).toEqual([]);
    });

    test('what a killed bot had claimed is free at once where there can be only one bot', async () => {
      await save({ outgoing: [message('a1')] });
      await claim();
      await store.close();
      store = await open();
      const free = (await claim()).map(({ interrupted }) => interrupted);
      expect(free).toEqual(engine.title === 'SQLite' ? [true] : []);
    });

    test('a claim that is renewed goes on; a settled message is not claimed again by it', async () => {
      await save({ outgoing: [message('a1')] });
      const [first] = await claim();
      time.at += 900;
      await store.renew([first!.id], time.at + 1_000);
      time.at += 900;
      expect(await claim()).toEqual([]);
      await store.settle(first!.id, { state: 'pending', dueAt: time.at });
      await store.renew([first!.id], time.at + 1_000);
      expect(await claim()).toMatchObject([{ attempts: 2, interrupted: false }]);
    });

    test.each(['ambiguous', 'failed', 'sent'] as const)('%s: the next one may go', async (state) => {
      await save({ outgoing: [message('a1'), message('a2')] });
      const [first] = await claim();
      await store.settle(first!.id, { state, reason: 'timeout' });
      expect((await claim()).map((one) => one.message.text)).toEqual(['a2']);
    });

    test('a message to a coach goes to the conversation of the coach once there is one', async () => {
      const toCoach = message('profile', { coach: 'Directory-COACH' });
      await save({ interview: interview('one'), outgoing: [toCoach] });
      const [waiting] = await claim();
      expect(waiting).toMatchObject({ message: toCoach, reference: null, origin: anne });
      await store.settle(waiting!.id, { state: 'blocked', reason: 'no_app' });
      expect(await claim()).toEqual([]);
      const coach = reference('coach');
      await store.keepReference(coach, COACH);
      await store.unblock('directory-coach');
      expect(await claim()).toMatchObject([{ message: toCoach, reference: coach, reason: 'no_app' }]);
      expect((await look(coach)).conversation.role).toBe('teacher');
    });

    test('messages to one coach keep their order, whoever they come from', async () => {
      await save({ outgoing: [message('from anne', { coach: 'c' })] });
      await save({ outgoing: [message('from bart', { coach: 'c' })] }, reference('bart'));
      const [first, ...none] = await claim();
      expect(none).toEqual([]);
      await store.settle(first!.id, { state: 'sent' });
      expect((await claim()).map((one) => one.message.text)).toEqual(['from bart']);
    });

    test('what the HTTP answer carried is not sent, and is found again for the same item', async () => {
      const replies = await turn(
        async (t) => {
          t.processed([t.itemId!]);
          await t.save(
            {
              interview: interview('one'),
              outgoing: [message('a'), message('p', { coach: 'c' }), message('b')],
            },
            { inline: true },
          );
          return t.replies();
        },
        anne,
        'one',
      );
      expect(replies).toEqual([message('a'), message('b')]);
      expect((await claim()).map((one) => one.message.text)).toEqual(['p']);
      expect(await turn((t) => t.replies(), anne, 'one')).toEqual(replies);
      expect(await turn((t) => t.replies(), anne, 'two')).toEqual([]);
    });
  });

  describe('erasing', () => {
    beforeEach(async () => {
      await save({
        conversation: { language: 'nl', greeted: true, memory: { some: 1 } },
        interview: interview('one'),
        put: [answer(1, 'a')],
        outgoing: [message('q'), message('p', { coach: 'c' })],
      });
      await turn(async (t) => t.quarantine(t.itemId!, 'bug'), anne, 'stuck');
    });
    const rows = async (table: string) =>
      Number((await place.sql(`select count(*) as n from ${table}`))[0]!['n']);

    test('an interview: answers, messages, content and key are gone, the goodbye is sent', async () => {
      await save({ erase: 'interview', conversation: { memory: {} }, outgoing: [message('bye')] });
      expect(await look()).toMatchObject({
        interview: null,
        list: [],
        conversation: { interviewId: null, language: 'nl', greeted: true },
      });
      expect(await rows('answer')).toBe(0);
      expect(await rows('interview')).toBe(0);
      expect(await place.sql(`select id from data_key`)).toEqual([{ id: store.laneOf(anne) }]);
      expect(await place.sql(`select content from inbox`)).toEqual([{ content: null }]);
      expect((await store.claim(time.at, time.at + 1, 9)).map((one) => one.message.text)).toEqual(['bye']);
    });

    test('an earlier interview of the same person stays', async () => {
      await save({ interview: interview('two'), put: [answer(1, 'b')], outgoing: [] });
      await save({ erase: 'interview', outgoing: [] });
      await save({ conversation: { interviewId: 'one' }, outgoing: [] });
      expect((await look()).list).toEqual([answer(1, 'a')]);
    });

    test('a person: all interviews and the memory are gone, and in a day the conversation', async () => {
      await save({ interview: interview('two'), put: [answer(1, 'b')], outgoing: [message('q2')] });
      const [before] = await place.sql(`select wrapped from data_key where id = ?`, [store.laneOf(anne)]);
      await turn(async () => undefined, anne, 'later');
      await save({ erase: 'person', outgoing: [message('bye')] });
      const [after] = await place.sql(`select wrapped from data_key where id = ?`, [store.laneOf(anne)]);
      expect(after).not.toEqual(before);
      expect(await rows('data_key')).toBe(1);
      expect(await rows('answer')).toBe(0);
      expect(await turn(async (t) => t.waiting().map((one) => one.incoming))).toEqual([text('later')]);
      await turn(async (t) => t.processed(t.waiting().map((one) => one.id)));
      expect((await look()).conversation).toMatchObject({ language: null, greeted: false, memory: {} });
      const [bye, ...none] = await store.claim(time.at, time.at + 1, 9);
      expect(none).toEqual([]);
      expect(bye).toMatchObject({ message: message('bye'), reference: anne });

      expect(await store.sweep(time.at + 2 * DAY)).toBe(true);
      expect(await rows('conversation')).toBe(1);
      await store.settle(bye!.id, { state: 'sent' });
      expect(await store.sweep(time.at + 2 * DAY + HOUR)).toBe(true);
      expect(await rows('conversation')).toBe(0);
      expect(await rows('data_key')).toBe(0);
      expect(await rows('outbox')).toBe(0);
    });

    test('whoever writes again after that begins anew and is not swept away', async () => {
      await save({ erase: 'person', outgoing: [] });
      await turn(async (t) => t.processed([t.itemId!]), anne, 'again');
      await store.sweep(time.at + 2 * DAY);
      expect(await rows('conversation')).toBe(1);
    });
  });

  test('sweeping: old keys and old content go, once an hour for all replicas together', async () => {
    await turn(
      async (t) => {
        t.processed([t.itemId!]);
        await t.save({ outgoing: [message('a')] }, { inline: true });
      },
      anne,
      'one',
    );
    await turn(async () => undefined, anne, 'waiting');
    const at = time.at + 8 * DAY;
    expect(await Promise.all([store.sweep(at), store.sweep(at), store.sweep(at)])).toEqual(
      expect.arrayContaining([true, false, false]),
    );
    expect(await store.sweep(at + HOUR - 1)).toBe(false);
    expect(await turn(async (t) => [t.accepted, await t.replies()], anne, 'one')).toEqual([false, []]);
    await store.sweep(time.at + 31 * DAY);
    expect(await store.status()).toMatchObject({ inbox: { waiting: 1 }, outbox: {} });
  });

  test('sweeping reaches all of a big store, part by part', async () => {
    const many = Array.from({ length: 450 }, (_, nth) => reference(`teacher-${nth}`));
    const come = (key: string) =>
      Promise.all(
        many.map((from) =>
          turn(
            async (t) => {
              if (t.accepted) t.processed(t.waiting().map(({ id }) => id));
              await t.save({ outgoing: [message('1'), message('2'), message('3')] }, { inline: true });
              return t.accepted;
            },
            from,
            key,
          ),
        ),
      );
    expect((await come('hello')).every((accepted) => accepted)).toBe(true);
    time.at += 31 * DAY;
    await store.sweep(time.at);
    expect(await store.status()).toMatchObject({ conversations: 450, inbox: {}, outbox: {} });
    // What is forgotten would be taken for new; so the keys are kept longer than anybody sends again.
    expect((await come('hello')).every((accepted) => accepted)).toBe(true);
  });

  describe('sealing', () => {
    test('another key is refused with one sentence; a former key still opens', async () => {
      await save({ interview: interview('one'), put: [answer(1, 'a')], outgoing: [] });
      await store.close();
      const other = Buffer.alloc(32, 9);
      await expect(open({ key: other })).rejects.toMatchObject({ code: 'key_unknown' });
      store = await open({ key: other, formerKeys: [KEY] });
      expect((await look()).list).toEqual([answer(1, 'a')]);
    });

    test('a damaged interview is reported, not replaced, and the others go on', async () => {
      await save({ interview: interview('one'), outgoing: [] });
      await save({ interview: interview('two'), outgoing: [] }, reference('bart'));
      const [row] = await place.sql(`select body from interview where id = 'one'`);
      const body = String(row!['body']);
      const flipped = `${body.slice(0, 40)}${body[40] === 'A' ? 'B' : 'A'}${body.slice(41)}`;
      await place.sql(`update interview set body = ? where id = 'one'`, [flipped]);
      await expect(turn(async (t) => t.scene())).rejects.toBeInstanceOf(Corrupt);
      expect(await turn(async (t) => t.accepted, anne, 'kept all the same')).toBe(true);
      expect((await look(reference('bart'))).interview).toEqual(interview('two'));
    });

    test('a damaged message is set aside, and the others go out', async () => {
      await save({ outgoing: [message('a1'), message('a2')] });
      await save({ interview: interview('two'), outgoing: [message('b1')] }, reference('bart'));
      await save({ outgoing: [message('c1')] }, reference('cees'));
      await place.sql(`update outbox set message = 'AAAA' where position = 1`);
      await place.sql(`delete from data_key where id = 'two'`);
      const texts = async () => (await store.claim(time.at, time.at + 1, 9)).map((one) => one.message.text);
      expect(await texts()).toEqual(['c1']);
      expect(await texts()).toEqual(['a2']);
      expect(await store.status()).toMatchObject({ outbox: { blocked: 2, pending: 2 } });
    });

    test('a sealed value does not open in another place', async () => {
      await save({ interview: interview('one'), put: [answer(1, 'a'), answer(2, 'b')], outgoing: [] });
      const [row] = await place.sql(`select content from answer where seq = 1`);
      await place.sql(`update answer set content = ? where seq = 2`, [row!['content']]);
      await expect(look()).rejects.toBeInstanceOf(Corrupt);
    });
  });

  test('the status is numbers only, and a ping is answered', async () => {
    await save({ interview: interview('one'), outgoing: [message('a')] });
    expect(await store.status()).toEqual({
      engine: engine.title,
      schema: 4,
      conversations: 1,
      interviews: { open: 1 },
      inbox: {},
      outbox: { pending: 1 },
      waitingSince: null,
    });
    await expect(store.ping()).resolves.toBeUndefined();
  });
});

/** What follows on a shared interview: who may read and write it, two at once, and that it goes with the interview. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { openStore } from '../../bot/store/store.ts';
import type { Place, Reference, Store, Turn } from '../../bot/store/types.ts';
import type { Outcome } from '../../dialogs/ports.ts';
import { createInbox, type TakeTurn } from '../../bot/inbox.ts';
import { handOver, takeDue, withTimers, type Handover } from '../../machines/handover.ts';
import { engines, type TestPlace } from './places.ts';
import { clock, COACH, interview, KEY, message, reference, TEACHER } from './people.ts';

const anne = reference('anne');
const bart = reference('bart');
const noor = reference('noor');
const other = reference('other');
const idOf = (person: Reference): string => person.aadObjectId ?? '';

function record(interviewId: string, changes: Partial<Handover> = {}): Handover {
  return {
    ...handOver({
      interviewId,
      coach: { id: idOf(noor), name: 'Noor' },
      teacher: 'Anne',
      alias: 'Vosje',
      sharedAt: 1_000,
      languages: {},
    }),
    ...changes,
  };
}

describe.each(engines)('what follows on sharing, on $title', (engine) => {
  let place: TestPlace;
  let stores: Store[];
  let time: ReturnType<typeof clock>;

  beforeEach(async () => {
    time = clock();
    place = await engine.create();
    stores = [await openStore(place.place, { key: KEY, now: () => time.at })];
  });
  afterEach(async () => {
    for (const store of stores) await store.close();
    await place.dispose();
  });

  const turn = <T>(
    person: Reference,
    as: Place,
    work: (turn: Turn) => Promise<T>,
    store = stores[0]!,
  ): Promise<T> => store.inTurn(store.laneOf(person), { from: { reference: person, place: as } }, work);
  const save = (person: Reference, as: Place, outcome: Partial<Outcome>) =>
    turn(person, as, (t) => t.save({ outgoing: [], ...outcome }, { inline: false }));
  const share = (person: Reference, id: string, changes: Partial<Handover> = {}) =>
    save(person, TEACHER, {
      interview: interview(id, { status: 'shared', shared: { words: `geheim van ${id}` } }),
      handovers: [record(id, changes)],
      outgoing: [
        { ...message('het profiel', { coach: idOf(noor) }), label: { step: 'coach', kind: 'profile' } },
      ],
    });
  const seenBy = (person: Reference, as: Place) =>
    turn(person, as, async (t) =>
      ((await t.scene().handovers?.()) ?? []).map(({ handover, shared }) => [handover.interviewId, shared()]),
    );
  const rows = async (table: string) =>
    Number((await place.sql(`select count(*) as many from ${table}`))[0]?.['many']);
  const send = async () => {
    const sent = [];
    for (;;) {
      const some = await stores[0]!.claim(time.at, time.at + 1000, 20);
      if (some.length === 0) return sent;
      for (const one of some) {
        sent.push({ to: one.reference?.userId ?? null, text: one.message.text, ...one.earlier });
        await stores[0]!.settle(one.id, { state: 'sent', activityId: `at-${one.id}` });
      }
    }
  };

  test('is seen by the teacher and by this coach, by nobody else', async () => {
    await share(anne, 'one');
    await share(bart, 'two', { sharedAt: 900 });
    expect(await seenBy(noor, COACH)).toEqual([
      ['two', { words: 'geheim van two' }],
      ['one', { words: 'geheim van one' }],
    ]);
    expect(await seenBy(anne, TEACHER)).toEqual([['one', { words: 'geheim van one' }]]);
    expect(await seenBy(other, COACH)).toEqual([]);
    // Whoever is coach no longer sees what they once were given.
    expect(await seenBy(noor, TEACHER)).toEqual([]);
  });

  test('is sealed: the tables hold no word of it', async () => {
    await share(anne, 'one');
    const [row] = await place.sql('select * from handover');
    expect(JSON.stringify(row)).not.toMatch(/Vosje|Anne|Noor/u);
  });

  test('can be written by either side, and by nobody who may not read it', async () => {
    await share(anne, 'one');
    await save(noor, COACH, { handovers: [record('one', { receivedAt: 5 })] });
    await turn(anne, TEACHER, async (t) => {
      const [found] = (await t.scene().handovers?.()) ?? [];
      expect(found?.handover.receivedAt).toBe(5);
      await t.save({ outgoing: [], handovers: [record('one', { receivedAt: 6 })] }, { inline: false });
      expect((await t.scene().handovers?.())?.[0]?.handover.receivedAt).toBe(6);
    });
    for (const stranger of [other, bart]) {
      await expect(save(stranger, COACH, { handovers: [record('one')] })).rejects.toMatchObject({
        code: 'no_handover',
      });
    }
    await expect(save(other, COACH, { outgoing: [{ ...message('x'), about: 'one' }] })).rejects.toMatchObject(
      { code: 'no_handover' },
    );
  });

  test('two at once, on two replicas: neither change is lost', async () => {
    await share(anne, 'one');
    if (engine.title === 'PostgreSQL')
      stores.push(await openStore(place.place, { key: KEY, now: () => time.at }));
    const add = (person: Reference, as: Place, store: Store) =>
      turn(
        person,
        as,
        async (t) => {
          const [found] = (await t.scene().handovers?.()) ?? [];
          const handover = found!.handover;
          const receivedAt = (handover.receivedAt ?? 0) + 1;
          await t.save({ outgoing: [], handovers: [{ ...handover, receivedAt }] }, { inline: false });
        },
        store,
      );
    await Promise.all(
      Array.from({ length: 10 }, (_, i) => [
        add(anne, TEACHER, stores[i % stores.length]!),
        add(noor, COACH, stores[(i + 1) % stores.length]!),
      ]).flat(),
    );
    await turn(noor, COACH, async (t) => {
      expect((await t.scene().handovers?.())?.[0]?.handover.receivedAt).toBe(20);
    });
  });

  test('what is due is found with its conversation, until it was dealt with', async () => {
    const store = stores[0]!;
    await share(anne, 'one');
    expect(await store.dueHandovers(time.at, 10)).toEqual([]);
    await save(noor, COACH, { handovers: [withTimers(record('one'), [], [{ at: 50, what: 'offer' }])] });
    const [due] = await store.dueHandovers(50, 10);
    expect(due).toMatchObject({ lane: store.laneOf(anne), interviewId: 'one' });
    expect(await store.dueHandovers(49, 10)).toEqual([]);
    await save(anne, TEACHER, { handovers: [withTimers(record('one'), [], [{ at: 90, what: 'offer' }])] });
    const [later] = await store.dueHandovers(90, 10);
    expect(later?.key).not.toBe(due?.key);
  });

  test('what repeats a profile in the coach’s chat goes there, and is taken back with it', async () => {
    await turn(noor, COACH, async () => undefined);
    await share(anne, 'one');
    await send();
    await save(noor, COACH, { outgoing: [{ ...message('een zin'), about: 'one' }, message('iets anders')] });
    expect(await send()).toEqual([
      { to: noor.userId, text: 'een zin' },
      { to: noor.userId, text: 'iets anders' },
    ]);
    await save(anne, TEACHER, {
      interview: interview('one', { status: 'kept', shared: null }),
      withdraw: { coach: idOf(noor), instead: 'ingetrokken' },
    });
    expect((await send()).map(({ text, ...rest }) => [rest, text])).toEqual([
      [{ to: noor.userId, act: 'update', activityId: expect.any(String) }, 'ingetrokken'],
      [{ to: noor.userId, act: 'delete', activityId: expect.any(String) }, 'ingetrokken'],
    ]);
    expect(await seenBy(noor, COACH)).toEqual([]);
    expect(await rows('handover')).toBe(0);
  });

  test('is taken back from whoever had it, also when somebody else is coach by now', async () => {
    await turn(noor, COACH, async () => undefined);
    await share(anne, 'one');
    await send();
    await save(anne, TEACHER, {
      interview: interview('one', { status: 'kept', shared: null }),
      withdraw: { coach: idOf(other), instead: 'ingetrokken' },
    });
    expect(await send()).toEqual([
      { to: noor.userId, text: 'ingetrokken', act: 'update', activityId: expect.any(String) },
    ]);
  });

  test.each(['interview', 'person'] as const)(
    'erasing the %s erases it, with what is on its way',
    async (erase) => {
      await turn(noor, COACH, async () => undefined);
      await share(anne, 'one');
      await send();
      await save(noor, COACH, {
        handovers: [withTimers(record('one'), [], [{ at: 50, what: 'offer' }])],
        outgoing: [{ ...message('een zin'), about: 'one' }],
      });
      await save(anne, TEACHER, { erase });
      expect(await rows('handover')).toBe(0);
      expect(await stores[0]!.dueHandovers(1e15, 10)).toEqual([]);
      expect(await send()).toEqual([]);
      expect(await seenBy(noor, COACH)).toEqual([]);
    },
  );

  test.each(['withdraw', 'erase'] as const)(
    'a list of the coach forgets its words after: %s',
    async (how) => {
      await share(anne, 'one');
      await save(noor, COACH, { outgoing: [message('1. Vosje, van Anne')] });
      await send();
      const kept = async () =>
        Number(
          (await place.sql('select count(*) as many from outbox where message is not null'))[0]?.['many'],
        );
      const before = await kept();
      expect(before).toBeGreaterThan(0);
      await save(
        anne,
        TEACHER,
        how === 'erase'
          ? { erase: 'person' }
          : {
              interview: interview('one', { status: 'kept', shared: null }),
              withdraw: { coach: idOf(noor), instead: 'ingetrokken' },
            },
      );
      const left = await place.sql(
        'select destination, conversation_id, act from outbox where message is not null',
      );
      expect(left.filter(({ act }) => act === null)).toEqual([]);
    },
  );

  test('what is due happens once, however many replicas look', async () => {
    if (engine.title === 'PostgreSQL')
      stores.push(await openStore(place.place, { key: KEY, now: () => time.at }));
    await share(anne, 'one');
    await save(noor, COACH, {
      handovers: [withTimers(record('one'), [], [{ at: time.at + 50, what: 'offer' }])],
    });
    await send();
    time.at += 100;
    const takeTurn: TakeTurn = async (scene, incoming) => {
      const [found] = (await scene.handovers?.()) ?? [];
      if (incoming.kind !== 'due' || !found) return { outgoing: [] };
      const { due, rest } = takeDue(found.handover, time.at);
      return { handovers: [rest], outgoing: due.map(({ what }) => ({ ...message(what), about: 'one' })) };
    };
    const inboxes = [...stores, ...stores].map((store) =>
      createInbox({ store, takeTurn, world: time, quietMs: 0, placeOf: () => TEACHER }),
    );
    await Promise.all(inboxes.map((inbox) => inbox.drain()));
    await Promise.all(inboxes.map((inbox) => inbox.drain()));
    expect((await send()).map(({ text }) => text)).toEqual(['offer']);
    expect(await stores[0]!.dueHandovers(1e15, 10)).toEqual([]);
    await Promise.all(inboxes.map((inbox) => inbox.stop()));
  });

  test('goes when the profile has had its time, and when the teacher stays away', async () => {
    const DAY = 86_400_000;
    await share(anne, 'one');
    await share(bart, 'two');
    const left = { kind: 'left' } as const;
    await stores[0]!.inTurn(
      stores[0]!.laneOf(bart),
      { item: { key: 'left', incoming: left, sentAt: time.at, receivedAt: time.at } },
      async (t) => t.processed(t.waiting().map(({ id }) => id)),
    );
    time.at += 8 * DAY;
    await stores[0]!.sweep(time.at, { drafts: 30 * DAY, profiles: 90 * DAY });
    expect((await seenBy(noor, COACH)).map(([id]) => id)).toEqual(['one']);
    time.at += 90 * DAY;
    await stores[0]!.sweep(time.at, { drafts: 30 * DAY, profiles: 90 * DAY });
    expect(await rows('handover')).toBe(0);
  });
});

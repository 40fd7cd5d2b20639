/** Taking back, erasing, and what has had its time: on every engine, and each leaves a line of record without a word of content. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { openStore } from '../../bot/store/store.ts';
import type { Store, Turn } from '../../bot/store/types.ts';
import type { Incoming } from '../../dialogs/ports.ts';
import { engines, type TestPlace } from './places.ts';
import { answer, clock, interview, item, KEY, message, reference, TEACHER } from './people.ts';

const anne = reference('anne');
const noor = reference('noor');
const COACH_ID = noor.aadObjectId ?? '';
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const SCHOOL = { drafts: 30 * DAY, profiles: 90 * DAY };

describe.each(engines)('rights and time on $title', (engine) => {
  let place: TestPlace;
  let store: Store;
  let time: ReturnType<typeof clock>;
  let items = 0;

  beforeEach(async () => {
    time = clock();
    place = await engine.create();
    store = await openStore(place.place, { key: KEY, now: () => time.at });
  });
  afterEach(async () => {
    await store.close();
    await place.dispose();
  });

  const turn = <T>(work: (turn: Turn) => Promise<T>, incoming?: Incoming) =>
    store.inTurn(
      store.laneOf(anne),
      {
        from: { reference: anne, place: TEACHER },
        ...(incoming ? { item: item(`own-${(items += 1)}`, incoming, time.at) } : {}),
      },
      work,
    );
  const save = (outcome: Parameters<Turn['save']>[0]) => turn((t) => t.save(outcome, { inline: false }));
  const send = async (activityId: (id: string) => string | undefined = (id) => `sent-${id}`) => {
    const claimed = [];
    for (;;) {
      const some = await store.claim(time.at, time.at + 1000, 20);
      if (some.length === 0) return claimed;
      for (const one of some) {
        claimed.push(one);
        const id = activityId(one.id);
        await store.settle(one.id, { state: 'sent', ...(id === undefined ? {} : { activityId: id }) });
      }
    }
  };
  const rows = async (table: string) =>
    Number((await place.sql(`select count(*) as many from ${table}`))[0]?.['many']);
  const acts = async () =>
    (await place.sql('select act, conversation_id from audit order by at, act')).map((r) => r['act']);

  const profile = (text: string) => ({
    ...message(text, { coach: COACH_ID }),
    label: { step: 'coach', kind: 'profile' } as const,
  });
  const share = () =>
    save({
      interview: interview('one', { status: 'shared', shared: { profile: 'geheim' } }),
      put: [answer(1, 'een geheim antwoord')],
      outgoing: [message('dank je'), profile('geheim deel 1'), profile('geheim deel 2')],
    });
  const withdraw = () =>
    save({
      interview: interview('one', { status: 'kept', shared: null }),
      withdraw: { coach: COACH_ID, instead: 'ingetrokken' },
      audit: [{ act: 'withdrawn' }],
      outgoing: [],
    });

  test('what was not sent yet never goes', async () => {
    await share();
    await withdraw();
    const out = await send();
    expect(out.map((o) => [o.message.text, o.earlier])).toEqual([['dank je', null]]);
    expect(await acts()).toEqual(['withdrawn']);
  });

  test('what arrived is replaced and deleted, once, also after its content had its time', async () => {
    await store.keepReference(noor, { role: 'coach', schoolId: 'de-linde' });
    await share();
    await send();
    time.at += 40 * DAY;
    await store.sweep(time.at, { ...SCHOOL, drafts: 60 * DAY });
    await withdraw();
    const out = await send();
    expect(out.map(({ earlier }) => earlier)).toEqual([
      { act: 'update', activityId: expect.stringContaining('sent-') },
      { act: 'delete', activityId: expect.stringContaining('sent-') },
    ]);
    expect(out[0]).toMatchObject({ message: { text: 'ingetrokken' }, reference: noor });
    await withdraw();
    expect(await send()).toEqual([]);
  });

  test('one that is on its way just now is taken back as soon as it has arrived', async () => {
    await store.keepReference(noor, { role: 'coach', schoolId: 'de-linde' });
    await share();
    const claimed = await store.claim(time.at, time.at + 1000, 20);
    const first = claimed.find((c) => c.message.text === 'geheim deel 1');
    await withdraw();
    await store.settle(first!.id, { state: 'sent', activityId: 'late' });
    await store.settle(claimed.find((c) => c !== first)!.id, { state: 'sent', activityId: 'x' });
    const out = await send();
    expect(out.map(({ earlier }) => earlier)).toEqual([{ act: 'update', activityId: 'late' }]);
  });

  test('erasing everything deletes the messages of the bot, after the last word', async () => {
    await save({ interview: interview('one'), outgoing: [message('een'), message('twee')] });
    await send();
    await save({ erase: 'person', audit: [{ act: 'erased' }], outgoing: [message('gewist')] });
    const out = await send();
    expect(out.map((o) => [o.message.text, o.earlier?.act ?? null])).toEqual([
      ['gewist', null],
      ['', 'delete'],
      ['', 'delete'],
    ]);
    expect(await rows('answer')).toBe(0);
    expect(await acts()).toEqual(['erased']);
  });

  test('erasing one interview deletes what the bot said during it, and nothing else', async () => {
    await save({ interview: interview('one'), put: [answer(1, 'eerste')], outgoing: [message('een')] });
    await save({ interview: interview('two'), put: [answer(1, 'tweede')], outgoing: [message('twee')] });
    await send((id) => `at-${id}`);
    const told = (await place.sql('select position from outbox order by position')).map((r) => r['position']);
    await save({
      erase: 'interview',
      conversation: { interviewId: 'one' },
      audit: [{ act: 'erased' }],
      outgoing: [message('gewist')],
    });
    const out = await send();
    expect(out.map((o) => [o.message.text, o.earlier])).toEqual([
      ['gewist', null],
      ['', { act: 'delete', activityId: `at-${String(told[1])}` }],
    ]);
    const scene = await turn(async (t) => [t.scene().interview?.id, await t.scene().others?.()]);
    expect(scene).toEqual(['one', []]);
    expect(await rows('answer')).toBe(1);
  });

  test('a draft goes after the time of the school, counted from the last word; a year at most', async () => {
    await save({ interview: interview('one'), put: [answer(1, 'geheim')], outgoing: [] });
    await store.sweep((time.at += 29 * DAY), SCHOOL);
    expect(await rows('answer')).toBe(1);
    await save({ interview: interview('one', { names: { alias: 'Ster', words: [] } }), outgoing: [] });
    await store.sweep((time.at += 29 * DAY), SCHOOL);
    expect(await rows('answer')).toBe(1);
    await store.sweep((time.at += 2 * DAY), SCHOOL);
    expect([await rows('answer'), await rows('interview'), await rows('conversation')]).toEqual([0, 0, 1]);
    expect(await turn(async (t) => t.scene().interview)).toBeNull();
    expect(await acts()).toEqual(['draft_expired']);

    await save({ interview: interview('two'), put: [answer(1, 'geheim')], outgoing: [] });
    await store.sweep((time.at += 366 * DAY), { drafts: 9999 * DAY, profiles: 9999 * DAY });
    expect(await rows('answer')).toBe(0);
  });

  test('of what was shared the answers go like others, the profile when the school says so', async () => {
    await share();
    await store.sweep((time.at += 31 * DAY), SCHOOL);
    expect([await rows('answer'), await rows('interview')]).toEqual([0, 1]);
    await store.sweep((time.at += 60 * DAY), SCHOOL);
    expect([await rows('interview'), await rows('data_key')]).toEqual([0, 1]);
    expect(await acts()).toEqual(['answers_expired', 'profile_expired']);
  });

  test('who took the app away by accident finds everything within a week; who stays away is forgotten', async () => {
    await save({ interview: interview('one'), put: [answer(1, 'geheim')], outgoing: [] });
    const come = (incoming: Incoming) => turn(async (t) => t.processed([t.itemId ?? '']), incoming);
    await come({ kind: 'left' });
    await store.sweep((time.at += 6 * DAY), SCHOOL);
    await come({ kind: 'arrived', installed: true });
    await store.sweep((time.at += 3 * DAY), SCHOOL);
    expect(await rows('answer')).toBe(1);
    await come({ kind: 'left' });
    await store.close();
    store = await openStore(place.place, { key: KEY, now: () => time.at });
    time.at += 8 * DAY;
    // Of many replicas one does it.
    const ran = await Promise.all([1, 2, 3].map(() => store.sweep(time.at, SCHOOL)));
    expect(ran.filter(Boolean)).toHaveLength(1);
    for (const table of ['answer', 'interview', 'conversation', 'data_key', 'inbox', 'outbox'])
      expect([table, await rows(table)]).toEqual([table, 0]);
    expect(await acts()).toEqual(['left']);
  });

  test('a card is on record without whose chat it was in', async () => {
    await save({ interview: interview('one'), audit: [{ act: 'card_shown', detail: 'S4' }], outgoing: [] });
    expect(await place.sql('select act, detail, school_id, conversation_id from audit')).toEqual([
      { act: 'card_shown', detail: 'S4', school_id: 'de-linde', conversation_id: null },
    ]);
  });

  test('earlier interviews are there to be exported', async () => {
    await save({ interview: interview('one'), put: [answer(1, 'eerste')], outgoing: [] });
    time.at += DAY;
    await save({ interview: interview('two'), put: [answer(1, 'tweede')], outgoing: [] });
    const others = await turn(async (t) => (await t.scene().others?.()) ?? []);
    expect(others.map((o) => [o.interview.id, o.answers.map((a) => a.text)])).toEqual([['one', ['eerste']]]);
  });
});

/** Sealing, keys, and proof that nothing of what a teacher said can be read in the files. */
import { describe, expect, test } from '@jest/globals';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Corrupt } from '../../bot/errors.ts';
import { localKey, parseKeys, readKeyFile } from '../../bot/store/key.ts';
import { DataKey, Keyring, Lookup } from '../../bot/store/seal.ts';
import { openStore } from '../../bot/store/store.ts';
import { answer, clock, interview, item, KEY, message, reference, TEACHER, text } from './people.ts';
import { engines, temporaryFolder } from './places.ts';

const OTHER = Buffer.alloc(32, 8);

describe('a sealed value', () => {
  const { key } = new Keyring(KEY).create('one');
  const sealed = key.seal('answer/one/q1/content', { text: 'Hij liep weg' });

  test('opens in its place only, with its key only', () => {
    expect(key.open('answer/one/q1/content', sealed)).toEqual({ text: 'Hij liep weg' });
    expect(() => key.open('answer/one/q2/content', sealed)).toThrow(Corrupt);
    expect(() => new DataKey(OTHER).open('answer/one/q1/content', sealed)).toThrow(Corrupt);
  });

  test('is different each time, although the value is the same', () => {
    expect(key.seal('answer/one/q1/content', { text: 'Hij liep weg' })).not.toBe(sealed);
  });

  test('with any one bit flipped, or cut short anywhere, does not open', () => {
    const raw = Buffer.from(sealed, 'base64');
    for (let bit = 0; bit < raw.length * 8; bit += 1) {
      const flipped = Buffer.from(raw);
      flipped[bit >> 3]! ^= 1 << (bit & 7);
      expect(() => key.open('answer/one/q1/content', flipped.toString('base64'))).toThrow(Corrupt);
    }
    for (let length = 0; length < raw.length; length += 1) {
      const cut = raw.subarray(0, length).toString('base64');
      expect(() => key.open('answer/one/q1/content', cut)).toThrow(Corrupt);
    }
  });
});

describe('the master key', () => {
  test('is known by its id in each record, and can be replaced by wrapping again', () => {
    const { row, key } = new Keyring(OTHER).create('one');
    const sealed = key.seal('x', 1);
    const both = new Keyring(KEY, [OTHER]);
    const again = both.rewrap(row)!;
    expect(again.key_id).toBe(both.current);
    expect(both.rewrap(again)).toBeNull();
    expect(new Keyring(KEY).open('one', again.wrapped).open('x', sealed)).toBe(1);
    expect(() => new Keyring(KEY).open('one', row.wrapped)).toThrow('another key');
    expect(() => both.open('two', again.wrapped)).toThrow(Corrupt);
  });

  test('has 32 bytes; anything else is refused without showing it', () => {
    expect(parseKeys(` ${KEY.toString('base64')}\n`, 'KLANKBORD_KEY')).toEqual([KEY]);
    const two = `${KEY.toString('base64')}, ${OTHER.toString('base64')}`;
    expect(parseKeys(two, 'KLANKBORD_KEY')).toEqual([KEY, OTHER]);
    for (const wrong of ['', 'secret!', Buffer.alloc(31).toString('base64'), `${KEY.toString('base64')}!`]) {
      expect(() => parseKeys(wrong, 'KLANKBORD_KEY')).toThrow(/^KLANKBORD_KEY must hold 32 random bytes/);
    }
    expect(() => new Keyring(Buffer.alloc(16))).toThrow('32 bytes');
  });

  test('of a local installation is made once, for its owner only', () => {
    const folder = join(temporaryFolder(), 'data');
    const made = localKey(folder);
    expect(made).toHaveLength(32);
    expect(localKey(folder)).toEqual(made);
    expect(statSync(join(folder, 'local.key')).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toEqual(['local.key']);
    expect(localKey(join(folder, 'other'))).not.toEqual(made);
    expect(() => readKeyFile(join(folder, 'none'))).toThrow('cannot be read');
  });

  test('look-ups find the same again and do not show what they stand for', () => {
    const lookup = new Lookup(KEY);
    expect(lookup.hash('lane', 'a', 'b')).toBe(lookup.hash('lane', 'a', 'b'));
    const others = [
      lookup.hash('lane', 'ab', ''),
      lookup.hash('person', 'a', 'b'),
      new Lookup(OTHER).hash('lane', 'a', 'b'),
    ];
    expect(new Set([lookup.hash('lane', 'a', 'b'), ...others]).size).toBe(4);
  });
});

/** Every way in which a sentence may stand in a file. */
function traces(canary: string): Buffer[] {
  const plain = Buffer.from(canary);
  const shifted = [0, 1, 2].map((n) =>
    Buffer.from(
      Buffer.concat([Buffer.alloc(n), plain])
        .toString('base64')
        .slice(n === 0 ? 0 : 4, -4),
    ),
  );
  return [plain, Buffer.from(canary, 'utf16le'), Buffer.from(plain.toString('hex')), ...shifted];
}

const found = (haystack: Buffer, canary: string) => traces(canary).some((trace) => haystack.includes(trace));

describe.each(engines)('nothing can be read in $title', (engine) => {
  test('of any text, name or address', async () => {
    const place = await engine.create();
    const time = clock();
    const store = await openStore(place.place, { key: KEY, now: () => time.at });
    const planted: string[] = [];
    const canary = (where: string) => {
      const words = `Kanarie in ${where}: hij liep weg en ik was boos`;
      planted.push(words);
      return words;
    };
    const anne = reference('anne', {
      tenantId: canary('tenant'),
      conversationId: canary('conversation'),
      serviceUrl: canary('service'),
      userId: canary('user'),
      aadObjectId: canary('directory'),
    });
    const from = { reference: anne, place: TEACHER };
    await store.inTurn(
      store.laneOf(anne),
      { from, item: item(canary('key'), text(canary('inbox'))) },
      async (turn) => {
        turn.dueAt(5);
        await turn.save(
          {
            conversation: { memory: { last: canary('memory') } },
            interview: interview('one', {
              snapshot: { slot: canary('snapshot') },
              names: { alias: canary('alias'), words: [canary('word')] },
              marks: { q: { state: 'changed', text: canary('mark') } },
              shared: { quote: canary('shared') },
            }),
            put: [
              answer(1, canary('answer'), {
                sources: [canary('source')],
                words: [canary('chosen')],
                pieces: [canary('piece')],
              }),
            ],
            outgoing: [message(canary('outbox')), message(canary('profile'), { coach: canary('coach') })],
          },
          { inline: false },
        );
      },
    );
    await store.inTurn(
      store.laneOf(anne),
      { from, item: item('stuck', text(canary('quarantine'))) },
      async (turn) => turn.quarantine(turn.itemId!, 'bug'),
    );
    // The search itself must find what is there.
    await place.sql(`insert into lease (name, due_at) values (?, 0)`, [`plain as day: ${planted[0]}!`]);

    const readAll = async () => {
      if ('dataDir' in place.place) {
        const folder = place.place.dataDir;
        return Buffer.concat(readdirSync(folder).map((name) => readFileSync(join(folder, name))));
      }
      const tables = await place.sql(
        `select table_name from information_schema.tables where table_schema = current_schema()`,
      );
      const rows = [];
      for (const row of tables) rows.push(await place.sql(`select * from ${String(row['table_name'])}`));
      return Buffer.from(JSON.stringify(rows));
    };
    const before = await readAll();
    expect(planted.filter((words) => found(before, words))).toEqual([planted[0]]);
    await place.sql(`delete from lease where name like 'plain%'`);

    // After an erasure not even the keys are left, in no page and no log.
    const [key] = await place.sql(`select wrapped from data_key where id = 'one'`);
    const wrapped = Buffer.from(String(key!['wrapped']));
    expect((await readAll()).includes(wrapped)).toBe(true);
    await store.inTurn(store.laneOf(anne), { from }, (turn) =>
      turn.save({ erase: 'person', outgoing: [] }, { inline: false }),
    );
    expect((await readAll()).includes(wrapped)).toBe(false);
    await store.close();
    await place.dispose();
  });
});

test('the search for planted sentences finds them in every shape', () => {
  const words = 'Kanarie: hij liep weg';
  const folder = temporaryFolder();
  for (const shape of [words, `x${words}y`]) {
    for (const encoding of ['utf8', 'utf16le'] as const) {
      writeFileSync(join(folder, 'f'), Buffer.from(shape, encoding));
      expect(found(readFileSync(join(folder, 'f')), words)).toBe(true);
    }
    expect(found(Buffer.from(Buffer.from(shape).toString('base64')), words)).toBe(true);
    expect(found(Buffer.from(Buffer.from(shape).toString('hex')), words)).toBe(true);
  }
  expect(found(Buffer.from('iets anders'), words)).toBe(false);
});

/** Opens the store: engine, schema, keys. */
import { randomBytes } from 'node:crypto';
import { ConfigError } from '../errors.ts';
import { once, type Engine } from './engine.ts';
import { currentVersion, migrate } from './migrations.ts';
import { createOutbox } from './outbox.ts';
import { createQueries } from './queries.ts';
import { refuseRetired } from './rotate.ts';
import { Keyring, Lookup } from './seal.ts';
import { addFromFile, readSettings } from './settings.ts';
import { openSqlite } from './sqlite.ts';
import { openPostgres } from './postgres.ts';
import { readStatus, sweep } from './sweep.ts';
import { runTurn, type TurnTools } from './turn.ts';
import type { Store } from './types.ts';

const HOUR_MS = 3_600_000;

/** `dataDir`: SQLite in this folder. `databaseUrl`: PostgreSQL. */
export type StorePlace = { readonly dataDir: string } | { readonly databaseUrl: string };

export interface StoreOptions {
  /** The master key, 32 bytes (key.ts). */
  readonly key: Buffer;
  /** Master keys of before, which still open what they sealed. */
  readonly formerKeys?: readonly Buffer[];
  /** The keys as they are now, when they changed (key.ts): a running bot follows a rotation. */
  readonly keysAgain?: () => readonly Buffer[] | null;
  /** Epoch ms. */
  readonly now: () => number;
  /** `bot` (default) holds the data folder, so that a second bot is refused; a `tool` works beside it. */
  readonly as?: 'bot' | 'tool';
}

export function openEngine(place: StorePlace, as: 'bot' | 'tool'): Promise<Engine> {
  return 'dataDir' in place
    ? openSqlite(place.dataDir, { bot: as === 'bot' })
    : openPostgres(place.databaseUrl);
}

/**
 * Opens the store and brings its schema to the version of this program.
 * Throws ConfigError (wrong key, folder in use, newer schema, moved away) or RetryLater (cannot be reached now).
 */
export async function openStore(place: StorePlace, options: StoreOptions): Promise<Store> {
  return openStoreOn(await openEngine(place, options.as ?? 'bot'), options);
}

/** The same on an engine that is open already; closes it when it fails. */
export async function openStoreOn(engine: Engine, options: StoreOptions): Promise<Store> {
  try {
    await migrate(engine, options.now);
    const keyring = new Keyring(options.key, options.formerKeys, options.keysAgain);
    const as = options.as ?? 'bot';
    const lookup = await openInstallation(engine, keyring, as);
    const queries = createQueries(engine);
    // What a bot that was killed had under way is sent now, not when its claims run out.
    if (as === 'bot' && engine.single)
      await engine.transaction(async (tx) => tx.write(queries.endClaims({ ended: options.now() })));
    return createStore({ engine, keyring, lookup, queries, now: options.now });
  } catch (error) {
    await engine.close();
    throw error;
  }
}

function createStore(tools: TurnTools): Store {
  const { engine, queries, lookup } = tools;
  const oneByOne = createQueues();
  return {
    laneOf: ({ tenantId, conversationId }) => lookup.hash('lane', tenantId, conversationId),
    async inTurn(lane, opening, work) {
      const { result, erased, handedOver } = await oneByOne(lane, () =>
        engine.transaction((tx) => runTurn(tools, tx, lane, opening, work)),
      );
      if (opening.handOver) opening.handOver.take(await handedOver());
      // It is deleted already; this clears what the files still hold of it, and may be late without harm.
      if (erased) await engine.scrub().catch(() => undefined);
      return result;
    },
    dueLanes: async (now, limit) => (await engine.read(queries.due({ now, limit }))).map((row) => row.id),
    async dueHandovers(now, limit) {
      const rows = await engine.read(queries.dueHandovers({ now, limit }));
      return rows.map(({ interview_id: interviewId, coach, conversation_id: lane, due_at }) => ({
        lane,
        interviewId,
        // What could not be done is tried again an hour later; what was done is not due any more.
        key: `due ${interviewId} ${coach} ${due_at} ${Math.floor(now / HOUR_MS)}`,
      }));
    },
    ...createOutbox(tools),
    settings: () => readSettings(tools),
    addFromFile: (added) => addFromFile(tools, added),
    sweep: (now, retention) => sweep(engine, now, retention),
    backup: (path) => engine.backup(path),
    status: () => readStatus(engine),
    async ping() {
      await currentVersion(engine);
    },
    close: () => engine.close(),
  };
}

/** Work of one lane queues here, without a connection: a burst in one conversation must not use up those of all others. */
function createQueues() {
  const last = new Map<string, Promise<unknown>>();
  return <T>(lane: string, work: () => Promise<T>): Promise<T> => {
    const run = (last.get(lane) ?? Promise.resolve()).then(work);
    const over = run.then(
      () => undefined,
      () => undefined,
    );
    last.set(lane, over);
    void over.then(() => last.get(lane) === over && last.delete(lane));
    return run;
  };
}

/** Reads the key of the look-ups, which is random per installation; makes it when the store is new. */
async function openInstallation(engine: Engine, keyring: Keyring, as: 'bot' | 'tool'): Promise<Lookup> {
  const { db } = engine;
  const read = () => engine.read(once(db.selectFrom('installation').select(['name', 'value'])));
  let rows = await read();
  if (!rows.some((row) => row.name === 'lookup_key')) {
    const values = [
      { name: 'store_id', value: randomBytes(12).toString('base64url') },
      { name: 'lookup_key', value: keyring.wrap('installation', randomBytes(32)).wrapped },
    ];
    await engine.transaction(async (tx) => {
      // Whoever is first wins; the others read what is there.
      tx.write(
        once(
          db
            .insertInto('installation')
            .values(values)
            .onConflict((conflict) => conflict.column('name').doNothing()),
        ),
      );
    });
    rows = await read();
  }
  refuseRetired(rows, keyring);
  const valueOf = (name: string) => rows.find((row) => row.name === name)?.value;
  const movedAt = valueOf('moved_at');
  if (as === 'bot' && movedAt !== undefined) {
    const day = new Date(Number(movedAt)).toISOString().slice(0, 10);
    throw new ConfigError(
      'store_moved',
      `This data folder was moved to PostgreSQL on ${day}. Set DATABASE_URL, so that no answer goes to the old place.`,
    );
  }
  return new Lookup(keyring.unwrap('installation', valueOf('lookup_key') ?? ''));
}

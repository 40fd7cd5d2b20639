/**
 * For operators, beside running bots: `npm run keys -- status | rotate`. Gives the store a new master key (docs/operations.md).
 * Exit codes: 0 done, 1 could not be done, 2 not understood.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { loadConfig, operatorLanguage, readDotEnv } from './config.ts';
import { AppError, ConfigError } from './errors.ts';
import { operatorTexts, sentence } from './operator.ts';
import { addKey, dropFormerKeys, openKeys, type Keys } from './store/key.ts';
import { migrate } from './store/migrations.ts';
import { keyStatus, retire, rewrapAll } from './store/rotate.ts';
import { Keyring } from './store/seal.ts';
import type { Engine } from './store/engine.ts';
import { openEngine } from './store/store.ts';

/** Longer than a turn of a running bot can take that looked at the key file before it changed. */
const SETTLE_MS = 35_000;
const say = operatorTexts(operatorLanguage());
const told = { folder: '', file: '' };

const print = (line: string): void => void process.stdout.write(`${line}\n`);

async function run([command, ...rest]: readonly string[]): Promise<number> {
  // For whoever knows that no bot is running.
  const alone = rest.length === 1 && rest[0] === '--no-bots';
  if (!['status', 'rotate'].includes(command ?? '') || (rest.length > 0 && !alone)) {
    process.stderr.write(`${say('keys.usage')}\n`);
    return 2;
  }
  readDotEnv();
  const config = loadConfig();
  told.folder = config.databaseUrl ? 'DATABASE_URL' : config.dataFolder;
  const source = { ...config, key: config.key?.reveal() ?? null };
  const keys = openKeys(source);
  told.file = keys.file ?? '';
  const engine = await openEngine(
    config.databaseUrl ? { databaseUrl: config.databaseUrl.reveal() } : { dataDir: config.dataFolder },
    'tool',
  );
  try {
    await migrate(engine, Date.now);
    if (command === 'status') await showStatus(engine, ringOf(keys));
    else await rotate(engine, keys, alone ? 0 : SETTLE_MS);
    return 0;
  } finally {
    await engine.close();
  }
}

const ringOf = ({ keys, again }: Keys): Keyring => new Keyring(keys[0]!, keys.slice(1), again);

async function showStatus(engine: Engine, ring: Keyring): Promise<void> {
  const { current, counts, unknown } = await keyStatus(engine, ring);
  for (const [id, count] of Object.entries(counts).sort())
    print(
      say(id === current ? 'keys.current' : ring.known.includes(id) ? 'keys.former' : 'keys.unknown', {
        id,
        count,
      }),
    );
  const busy = Object.keys(counts).some((id) => id !== current);
  print(say(unknown > 0 ? 'keys.missing' : busy ? 'keys.underWay' : 'keys.settled', { count: unknown }));
}

async function rotate(engine: Engine, given: Keys, settleMs: number): Promise<void> {
  const before = ringOf(given);
  // First make sure that what is there can be opened: a new key in front of a wrong one would help nobody.
  if ((await keyStatus(engine, before)).unknown > 0)
    throw new ConfigError('key_unknown', 'This data was sealed with another key than the one that is set.');
  if (given.file === null && given.keys.length === 1)
    throw new ConfigError(
      'key_new_missing',
      'KLANKBORD_KEY holds one key; a rotation needs the new one before it.',
    );
  const keys = given.file === null ? given.keys : addKey(given.file);
  const ring = new Keyring(keys[0]!, keys.slice(1));
  print(say('keys.wrapping', { id: ring.current }));
  let done = await rewrapAll(engine, ring, { onBatch: (n) => print(say('keys.progress', { count: n })) });
  if (settleMs > 0) {
    print(say('keys.settling', { seconds: Math.round(settleMs / 1000) }));
    await pause(settleMs);
  }
  done += await rewrapAll(engine, ring);
  await retire(
    engine,
    ring.known.filter((id) => id !== ring.current),
  );
  const former = given.file === null ? null : dropFormerKeys(given.file);
  print(say('keys.done', { count: done, id: ring.current }));
  print(
    given.file === null
      ? say('keys.dropOld')
      : say('keys.keepFormer', { file: former ?? `${given.file}.former` }),
  );
}

try {
  process.exitCode = await run(process.argv.slice(2));
} catch (error) {
  // Only what we wrote ourselves: a message of a driver may quote the connection string.
  const line =
    error instanceof AppError
      ? sentence(error, say, told)
      : say('failed.unexpected', { code: error instanceof Error ? error.name : '?' });
  process.stderr.write(`${line}\n`);
  process.exitCode = 1;
}

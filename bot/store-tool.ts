/**
 * For operators, beside a running bot or without one: `npm run store -- status | migrate | backup FILE | move --to URL | set-aside | retry ID|all`.
 * Works on DATABASE_URL when it is set, otherwise on the data folder. Needs no key: what is sealed stays sealed.
 * Exit codes: 0 done, 1 could not be done, 2 not understood.
 */
import { parseArgs } from 'node:util';
import { loadConfig, operatorLanguage, readDotEnv } from './config.ts';
import { AppError } from './errors.ts';
import { operatorTexts, sentence } from './operator.ts';
import { listSetAside, putBack } from './store/set-aside.ts';
import { currentVersion, migrate, SCHEMA_VERSION } from './store/migrations.ts';
import { move } from './store/move.ts';
import type { Engine } from './store/engine.ts';
import { openEngine, type StorePlace } from './store/store.ts';
import { readStatus } from './store/sweep.ts';

const say = operatorTexts(operatorLanguage());
/** What a sentence about a mistake may name. */
const told = { folder: '', file: '' };

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

async function run(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: { to: { type: 'string' } },
    allowPositionals: true,
  });
  const [command, file] = positionals;
  readDotEnv();
  const config = loadConfig();
  told.folder = config.databaseUrl ? 'DATABASE_URL' : config.dataFolder;
  told.file = file ?? '';
  const folder: StorePlace = { dataDir: config.dataFolder };
  const place: StorePlace = config.databaseUrl ? { databaseUrl: config.databaseUrl.reveal() } : folder;

  if (command === 'move') {
    const url = values.to ?? config.databaseUrl?.reveal();
    if (url === undefined) return usage();
    // As a bot: the folder must not be in use while it is copied.
    const source = await openEngine(folder, 'bot');
    try {
      const target = await openEngine({ databaseUrl: url }, 'tool');
      try {
        const { copied, tables } = await move(source, target, Date.now);
        for (const [table, { rows, sum }] of Object.entries(tables)) {
          print(`${table.padEnd(14)}${String(rows).padStart(8)}  ${sum.slice(0, 16)}`);
        }
        print(say(copied ? 'store.moved' : 'store.movedBefore'));
        print(say('store.moveNext'));
        return 0;
      } finally {
        await target.close();
      }
    } finally {
      await source.close();
    }
  }

  const complete = command !== undefined && (!['backup', 'retry'].includes(command) || file !== undefined);
  if (!complete || !['status', 'migrate', 'backup', 'set-aside', 'retry'].includes(command)) return usage();
  const engine = await openEngine(place, 'tool');
  try {
    if (command === 'backup') {
      await engine.backup(file!);
      print(say('store.backedUp', { file: file! }));
      return 0;
    }
    if (command === 'migrate') {
      const before = await currentVersion(engine);
      await migrate(engine, Date.now);
      const versions = { before, after: SCHEMA_VERSION };
      print(say(before === SCHEMA_VERSION ? 'store.upToDate' : 'store.migrated', versions));
      return 0;
    }
    if ((await currentVersion(engine)) === 0) print(say('store.empty'));
    else if (command === 'set-aside') await showSetAside(engine);
    else if (command === 'retry') return await retry(engine, file!);
    else print(JSON.stringify(await readStatus(engine), null, 2));
    return 0;
  } finally {
    await engine.close();
  }
}

async function showSetAside(engine: Engine): Promise<void> {
  const items = await listSetAside(engine);
  for (const { id, lane, receivedAt, reason } of items)
    print(`${id}  ${new Date(receivedAt).toISOString()}  ${lane.slice(0, 12)}  ${reason ?? ''}`);
  print(say(items.length === 0 ? 'store.noneSetAside' : 'store.setAside', { count: items.length }));
}

async function retry(engine: Engine, id: string): Promise<number> {
  const count = await putBack(engine, id === 'all' ? null : id, Date.now());
  print(say(count === 0 ? 'store.noSuchItem' : 'store.putBack', { count }));
  return count === 0 ? 1 : 0;
}

function usage(): number {
  process.stderr.write(`${say('store.usage')}\n`);
  return 2;
}

try {
  process.exitCode = await run(process.argv.slice(2));
} catch (error) {
  // Only what we wrote ourselves: a message of a driver may quote the connection string.
  if (error instanceof AppError) {
    process.stderr.write(`${sentence(error, say, told)}\n`);
  } else if (error instanceof TypeError && 'code' in error) process.exitCode = usage();
  else
    process.stderr.write(
      `${say('failed.unexpected', { code: error instanceof Error ? error.name : '?' })}\n`,
    );
  process.exitCode ??= 1;
}

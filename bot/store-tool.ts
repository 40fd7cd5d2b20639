/**
 * For operators, beside a running bot or without one: `npm run store -- status | migrate | backup FILE | move --to URL`.
 * Works on DATABASE_URL when it is set, otherwise on the data folder. Needs no key: what is sealed stays sealed.
 * Exit codes: 0 done, 1 could not be done, 2 not understood.
 */
import { parseArgs } from 'node:util';
import { loadConfig, readDotEnv } from './config.ts';
import { AppError } from './errors.ts';
import { currentVersion, migrate, SCHEMA_VERSION } from './store/migrations.ts';
import { move } from './store/move.ts';
import { openEngine, type StorePlace } from './store/store.ts';
import { readStatus } from './store/sweep.ts';

const USAGE = `npm run store -- status            what is stored, as numbers
npm run store -- migrate           bring the schema to this version (the bot does so by itself when it starts)
npm run store -- backup FILE       copy the embedded store into a new file, also while the bot runs
npm run store -- move --to URL     copy the embedded store into an empty PostgreSQL database; stop the bot first
`;

function say(line: string): void {
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
          say(`${table.padEnd(14)}${String(rows).padStart(8)} rows  ${sum.slice(0, 16)}`);
        }
        say(copied ? 'Copied and checked.' : 'Everything was there already; checked.');
        say('Set DATABASE_URL for the bot from now on; it refuses to start on the old folder.');
        return 0;
      } finally {
        await target.close();
      }
    } finally {
      await source.close();
    }
  }

  if (!['status', 'migrate', 'backup'].includes(command ?? '') || (command === 'backup' && !file))
    return usage();
  const engine = await openEngine(place, 'tool');
  try {
    if (command === 'backup') {
      await engine.backup(file!);
      say(`Copied to ${file}. Keep it as safe as the data, and the key in another place.`);
      return 0;
    }
    if (command === 'migrate') {
      const before = await currentVersion(engine);
      await migrate(engine, Date.now);
      say(
        before === SCHEMA_VERSION
          ? `Up to date: schema ${before}.`
          : `Schema ${before} -> ${SCHEMA_VERSION}.`,
      );
      return 0;
    }
    if ((await currentVersion(engine)) === 0) say('Nothing is stored yet.');
    else say(JSON.stringify(await readStatus(engine), null, 2));
    return 0;
  } finally {
    await engine.close();
  }
}

function usage(): number {
  process.stderr.write(USAGE);
  return 2;
}

try {
  process.exitCode = await run(process.argv.slice(2));
} catch (error) {
  // Only what we wrote ourselves: a message of a driver may quote the connection string.
  if (error instanceof AppError) process.stderr.write(`${error.message}\n`);
  else if (error instanceof TypeError && 'code' in error) process.exitCode = usage();
  else process.stderr.write(`It did not work (${error instanceof Error ? error.name : 'unknown'}).\n`);
  process.exitCode ??= 1;
}

/**
 * Where the master keys come from: the environment (passed in by config), a key file, or, in local mode, the data folder itself.
 * The first key wraps, the others only open what they wrapped before. A file is looked at again when it changes, so that a running
 * bot follows a rotation.
 */
import { randomBytes } from 'node:crypto';
import {
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { ConfigError, RetryLater, systemCode } from '../errors.ts';
import { syncFile } from './files.ts';

const KEY_BYTES = 32;
const LOCAL_KEY_FILE = 'local.key';

/** Keys of 32 bytes in base64, separated by spaces, commas or lines. `from` names the setting for the message; no value is shown. */
export function parseKeys(text: string, from: string): Buffer[] {
  const parts = text.split(/[\s,]+/).filter((part) => part !== '');
  const keys = parts.map((part) => Buffer.from(part, 'base64'));
  const good = keys.every((key, i) => key.length === KEY_BYTES && /^[A-Za-z0-9+/_-]+={0,2}$/.test(parts[i]!));
  if (keys.length === 0 || !good) {
    throw new ConfigError(
      'key_invalid',
      `${from} must hold 32 random bytes in base64: openssl rand -base64 32`,
    );
  }
  return keys;
}

/** Reads a key file: a key a line, the one that wraps first. */
export function readKeyFile(path: string): Buffer[] {
  try {
    return parseKeys(readFileSync(path, 'utf8'), `The key file ${path}`);
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    throw new ConfigError('key_unreadable', `The key file ${path} cannot be read.`, { cause: error });
  }
}

export interface Keys {
  readonly keys: readonly Buffer[];
  /** The keys as they are now; null when nothing changed since the last time, or the file cannot be read just now. */
  readonly again: () => readonly Buffer[] | null;
  /** The file they stand in; null when they come from the environment. */
  readonly file: string | null;
}

/** The keys of this installation. `key`: from the environment. Without key or file: the folder's own, made on first use. */
export function openKeys(from: {
  readonly key: string | null;
  readonly keyFile: string | null;
  readonly dataFolder: string;
}): Keys {
  if (from.keyFile === null && from.key !== null)
    return { keys: parseKeys(from.key, 'KLANKBORD_KEY'), again: () => null, file: null };
  if (from.keyFile === null) localKey(from.dataFolder);
  return followFile(from.keyFile ?? join(from.dataFolder, LOCAL_KEY_FILE));
}

function followFile(file: string): Keys {
  const look = (): string => {
    const { mtimeMs, ino, size } = statSync(file);
    return `${mtimeMs} ${ino} ${size}`;
  };
  const keys = readKeyFile(file);
  let seen = look();
  const again = (): readonly Buffer[] | null => {
    try {
      const now = look();
      if (now === seen) return null;
      const changed = readKeyFile(file);
      seen = now;
      return changed;
    } catch {
      // Away for a moment, or half written by hand: what we have still opens everything it opened before.
      return null;
    }
  };
  return { keys, again, file };
}

/**
 * Makes the key of a local installation on first use, beside the data and readable by its owner only. It keeps the data from being
 * read in passing, not from somebody who has the whole folder: a school sets KLANKBORD_KEY instead.
 */
export function localKey(dataDir: string): Buffer {
  const path = join(dataDir, LOCAL_KEY_FILE);
  if (!existsSync(path)) makeKey(dataDir, path);
  return readKeyFile(path)[0]!;
}

function makeKey(dataDir: string, path: string): void {
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    // Of several processes that start at once exactly one succeeds, and nobody sees half a key.
    writeOnce(path, [randomBytes(KEY_BYTES)]);
  } catch (error) {
    throw new RetryLater('store_unavailable', `The data folder cannot be used (${systemCode(error)}).`, {
      cause: error,
    });
  }
}

const asText = (keys: readonly Buffer[]): string => keys.map((key) => `${key.toString('base64')}\n`).join('');

function draftOf(path: string, keys: readonly Buffer[]): string {
  const draft = `${path}.${randomBytes(6).toString('hex')}`;
  writeFileSync(draft, asText(keys), { flag: 'wx', mode: 0o600 });
  syncFile(draft);
  return draft;
}

/** Writes the file whole or not at all, and never over one that exists: then it stays as it is. */
function writeOnce(path: string, keys: readonly Buffer[]): void {
  const draft = draftOf(path, keys);
  try {
    linkSync(draft, path);
    syncFile(path);
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

function replace(path: string, keys: readonly Buffer[]): void {
  renameSync(draftOf(path, keys), path);
  syncFile(path);
}

/**
 * Puts a new key in front of the one in the file, unless a rotation is under way there already. Can be killed anywhere and run again,
 * by several at a time: all end up with the same new key. Throws ConfigError when the file cannot be written.
 */
export function addKey(file: string): readonly Buffer[] {
  const next = `${file}.next`;
  try {
    const [old, ...rest] = readKeyFile(file);
    if (rest.length === 0) {
      writeOnce(next, [randomBytes(KEY_BYTES), old!]);
      // Somebody else may have finished this step since we looked: then theirs is the key.
      if (readKeyFile(file).length === 1) replace(file, readKeyFile(next));
    }
    rmSync(next, { force: true });
    return readKeyFile(file);
  } catch (error) {
    if (error instanceof ConfigError && !existsSync(next)) throw error;
    throw new ConfigError('key_file_fixed', 'The key file cannot be written.', { cause: error });
  }
}

/** Leaves only the first key in the file; what was in it before is kept as `<file>.former`, for the backups made with it. */
export function dropFormerKeys(file: string): string | null {
  const keys = readKeyFile(file);
  if (keys.length === 1) return null;
  const former = `${file}.former`;
  const known = existsSync(former) ? readKeyFile(former) : [];
  const all = [...keys.slice(1), ...known];
  replace(
    former,
    all.filter((key, i) => all.findIndex((other) => other.equals(key)) === i),
  );
  replace(file, keys.slice(0, 1));
  return former;
}

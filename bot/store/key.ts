/** Where the master key comes from: the environment (passed in by config), a key file, or, in local mode, the data folder itself. */
import { randomBytes } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError, RetryLater, systemCode } from '../errors.ts';
import { syncFile } from './files.ts';

const KEY_BYTES = 32;
const LOCAL_KEY_FILE = 'local.key';

/** 32 bytes in base64. `from` names the setting for the message; the value is never shown. */
export function parseKey(text: string, from: string): Buffer {
  const trimmed = text.trim();
  const key = Buffer.from(trimmed, 'base64');
  if (key.length !== KEY_BYTES || !/^[A-Za-z0-9+/_-]+={0,2}$/.test(trimmed)) {
    throw new ConfigError(
      'key_invalid',
      `${from} must hold 32 random bytes in base64: openssl rand -base64 32`,
    );
  }
  return key;
}

/** Reads a key file: one line of base64. */
export function readKeyFile(path: string): Buffer {
  try {
    return parseKey(readFileSync(path, 'utf8'), `The key file ${path}`);
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    throw new ConfigError('key_unreadable', `The key file ${path} cannot be read.`, { cause: error });
  }
}

/**
 * The key of a local installation, made on first use beside the data and readable by its owner only. It keeps the data from being read
 * in passing, not from somebody who has the whole folder: a school sets KLANKBORD_KEY instead.
 */
export function localKey(dataDir: string): Buffer {
  const path = join(dataDir, LOCAL_KEY_FILE);
  if (!existsSync(path)) makeKey(dataDir, path);
  return readKeyFile(path);
}

function makeKey(dataDir: string, path: string): void {
  const draft = `${path}.${randomBytes(6).toString('hex')}`;
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    writeFileSync(draft, `${randomBytes(KEY_BYTES).toString('base64')}\n`, { flag: 'wx', mode: 0o600 });
    syncFile(draft);
    // Of several processes that start at once exactly one succeeds, and nobody sees half a key.
    linkSync(draft, path);
    syncFile(path);
  } catch (error) {
    const code = systemCode(error);
    if (code !== 'EEXIST')
      throw new RetryLater('store_unavailable', `The data folder cannot be used (${code}).`, {
        cause: error,
      });
  } finally {
    if (existsSync(draft)) rmSync(draft);
  }
}

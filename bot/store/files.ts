/** Files that must be there after a power cut, and that only their owner may read. */
import { closeSync, fsyncSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { systemCode } from '../errors.ts';

/**
 * Makes an empty file unless it exists. Never opens one that exists: closing it again would drop every lock that this process
 * holds on it, SQLite's among them.
 */
export function createPrivate(path: string): void {
  try {
    closeSync(openSync(path, 'wx', 0o600));
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') throw error;
  }
}

/** Resolves when the content and the name of the file are on the disk. */
export function syncFile(path: string): void {
  sync(path, 'r+');
  try {
    sync(dirname(path), 'r');
  } catch (error) {
    // Windows has no such thing as syncing a folder.
    if (!/^E(PERM|ISDIR|ACCES|INVAL)$/.test(systemCode(error))) throw error;
  }
}

function sync(path: string, flags: string): void {
  const handle = openSync(path, flags);
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

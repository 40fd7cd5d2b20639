/**
 * Sealing at rest: AES-256-GCM with a data key per conversation and per interview, wrapped by the school's master key.
 * A sealed value is bound to its table, row and column (associated data), so it cannot be moved elsewhere unnoticed.
 *
 * Value:       base64( version 1 | nonce 12 | ciphertext | tag 16 )
 * Wrapped key: base64( version 1 | id of the master key 8 | nonce 12 | ciphertext 32 | tag 16 )
 */
import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  createSecretKey,
  randomBytes,
  type KeyObject,
} from 'node:crypto';
import { ConfigError, Corrupt } from '../errors.ts';

const VERSION = 1;
const ALGORITHM = 'aes-256-gcm';
export const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const KEY_ID_BYTES = 8;

/** Where a value lives, e.g. `answer/<interview>/q1_words/content`. */
type Place = string;

function encrypt(key: KeyObject, place: Place, head: Buffer, plain: Buffer): string {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(ALGORITHM, key, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(Buffer.concat([head, Buffer.from(place)]));
  return Buffer.concat([head, nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]).toString(
    'base64',
  );
}

function decrypt(key: KeyObject, place: Place, headBytes: number, raw: Buffer): Buffer {
  const head = raw.subarray(0, headBytes);
  const nonce = raw.subarray(headBytes, headBytes + NONCE_BYTES);
  const body = raw.subarray(headBytes + NONCE_BYTES, raw.length - TAG_BYTES);
  const decipher = createDecipheriv(ALGORITHM, key, nonce, { authTagLength: TAG_BYTES });
  decipher.setAAD(Buffer.concat([head, Buffer.from(place)]));
  decipher.setAuthTag(raw.subarray(raw.length - TAG_BYTES));
  return Buffer.concat([decipher.update(body), decipher.final()]);
}

/** Seals and opens the values of one conversation or one interview. */
export class DataKey {
  // A key object, not the bytes: twice as fast in each call.
  readonly #key: KeyObject;

  constructor(key: Buffer) {
    this.#key = createSecretKey(key);
  }

  /** Any JSON value. */
  seal(place: Place, value: unknown): string {
    return encrypt(this.#key, place, Buffer.of(VERSION), Buffer.from(JSON.stringify(value)));
  }

  /** Throws Corrupt when the value was damaged, moved, or sealed by another key. */
  open(place: Place, sealed: string): unknown {
    const raw = Buffer.from(sealed, 'base64');
    try {
      if (raw[0] !== VERSION) throw new RangeError('version');
      return JSON.parse(decrypt(this.#key, place, 1, raw).toString());
    } catch (cause) {
      throw new Corrupt('store_unreadable', `A stored value cannot be opened: ${place}`, { cause });
    }
  }
}

/** A data key as it is stored. */
export interface WrappedKey {
  readonly id: string;
  readonly key_id: string;
  readonly wrapped: string;
}

/** The master keys: the first one wraps, all of them unwrap (so that a key can be replaced while the bot runs). */
export class Keyring {
  readonly #keys = new Map<string, KeyObject>();
  readonly #again: () => readonly Buffer[] | null;
  #current = '';

  /** `again`: the keys as they are now, the current one first, or null when nothing changed; asked before a key is needed. */
  constructor(
    current: Buffer,
    former: readonly Buffer[] = [],
    again: () => readonly Buffer[] | null = () => null,
  ) {
    this.#again = again;
    this.#take([current, ...former]);
  }

  #take(keys: readonly Buffer[]): void {
    for (const key of keys) {
      if (key.length !== KEY_BYTES) {
        throw new ConfigError('key_length', `A key of the store has ${KEY_BYTES} bytes.`);
      }
    }
    this.#keys.clear();
    for (const key of keys) this.#keys.set(keyId(key), createSecretKey(key));
    this.#current = keyId(keys[0]!);
  }

  #look(): void {
    const keys = this.#again();
    if (keys) this.#take(keys);
  }

  /** Id of the key that wraps new data keys. */
  get current(): string {
    this.#look();
    return this.#current;
  }

  /** Ids of all keys that open something. */
  get known(): readonly string[] {
    return [...this.#keys.keys()];
  }

  /** Makes a data key; `id` is the conversation or interview it belongs to. */
  create(id: string): { readonly key: DataKey; readonly row: WrappedKey } {
    const raw = randomBytes(KEY_BYTES);
    return { key: new DataKey(raw), row: this.wrap(id, raw) };
  }

  wrap(id: string, raw: Buffer): WrappedKey {
    this.#look();
    const master = this.#keys.get(this.#current)!;
    const head = Buffer.concat([Buffer.of(VERSION), Buffer.from(this.#current, 'hex')]);
    return { id, key_id: this.#current, wrapped: encrypt(master, `data_key/${id}`, head, raw) };
  }

  /** Throws as `unwrap` does; a key that is missing is damage too. */
  open(id: string, wrapped: string | null): DataKey {
    if (wrapped === null) throw new Corrupt('store_unreadable', `A data key is missing: ${id}`);
    return new DataKey(this.unwrap(id, wrapped));
  }

  /** Throws ConfigError when the master key is not among ours, Corrupt when the record is damaged. */
  unwrap(id: string, wrapped: string): Buffer {
    const raw = Buffer.from(wrapped, 'base64');
    if (raw[0] !== VERSION) throw new Corrupt('store_unreadable', `A data key cannot be read: ${id}`);
    const master = this.#master(idOfWrapped(wrapped));
    if (!master) {
      throw new ConfigError('key_unknown', 'This data was sealed with another key than the one that is set.');
    }
    try {
      return decrypt(master, `data_key/${id}`, 1 + KEY_ID_BYTES, raw);
    } catch (cause) {
      throw new Corrupt('store_unreadable', `A data key cannot be opened: ${id}`, { cause });
    }
  }

  #master(id: string): KeyObject | undefined {
    if (!this.#keys.has(id)) this.#look();
    return this.#keys.get(id);
  }

  /** The same data key under the current master key; null when it is already. For the rotation of the master key. */
  rewrap(row: WrappedKey): WrappedKey | null {
    return row.key_id === this.current ? null : this.wrap(row.id, this.unwrap(row.id, row.wrapped));
  }
}

/** Id of the master key that wrapped this. */
export function idOfWrapped(wrapped: string): string {
  return Buffer.from(wrapped, 'base64')
    .subarray(1, 1 + KEY_ID_BYTES)
    .toString('hex');
}

export function keyId(key: Buffer): string {
  return createHash('sha256')
    .update('klankbord master key\n')
    .update(key)
    .digest('hex')
    .slice(0, 2 * KEY_ID_BYTES);
}

const LOOKUP_BYTES = 18;

/** Keyed hashes for what must be found again but not read: 144 bits, base64url. */
export class Lookup {
  readonly #key: KeyObject;

  constructor(key: Buffer) {
    this.#key = createSecretKey(key);
  }

  hash(kind: 'lane' | 'person' | 'item', ...parts: readonly string[]): string {
    const digest = createHmac('sha256', this.#key)
      .update(JSON.stringify([kind, ...parts]))
      .digest();
    return digest.subarray(0, LOOKUP_BYTES).toString('base64url');
  }
}

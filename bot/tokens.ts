/**
 * Remembers tokens that were verified: the channel sends the same one for an hour, and checking its signature again costs more than
 * the rest of the door. What is remembered is a digest of the token, and only what a full check has let in.
 */
import { createHash } from 'node:crypto';

/** A key that the channel takes back is noticed within this time, as if the token had never been seen. */
const KEEP_MS = 300_000;
const MOST = 256;

export interface Tokens<T> {
  /** What the full check gave for exactly this; null when it must be done (again). */
  find(parts: readonly string[]): T | null;
  /** `expires` in epoch ms, from the verified claims; not remembered when it has none. */
  keep(parts: readonly string[], expires: number, verified: T): void;
}

/** `now` in epoch ms. */
export function createTokens<T>(now: () => number): Tokens<T> {
  const known = new Map<string, { readonly until: number; readonly verified: T }>();
  const digest = (parts: readonly string[]) =>
    createHash('sha256').update(JSON.stringify(parts)).digest('base64');
  return {
    find(parts) {
      const name = digest(parts);
      const one = known.get(name);
      if (!one) return null;
      if (one.until > now()) return one.verified;
      known.delete(name);
      return null;
    },
    keep(parts, expires, verified) {
      const until = Math.min(expires, now() + KEEP_MS);
      // Without an expiry this is NaN, and nothing is kept.
      if (!(until > now())) return;
      // The oldest goes: a flood of tokens costs what it would cost without this.
      if (known.size >= MOST) known.delete(known.keys().next().value!);
      known.set(digest(parts), { until, verified });
    },
  };
}

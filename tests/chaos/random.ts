/** Chance that can be repeated: everything random in a storm comes from its seed and a name. */
import { createHash } from 'node:crypto';

/** 0 up to 1. */
export type Random = () => number;

/** A source of chance of its own for each name, so that one actor's draws do not shift another's. */
export function seeded(...names: readonly (string | number)[]): Random {
  let state = createHash('sha256').update(names.join('\u0000')).digest().readUInt32LE(0);
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let x = Math.imul(state ^ (state >>> 15), state | 1);
    x = (x + Math.imul(x ^ (x >>> 7), x | 61)) ^ x;
    return ((x ^ (x >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export function pick<T>(random: Random, from: readonly T[]): T {
  return from[Math.floor(random() * from.length)]!;
}

export function between(random: Random, low: number, high: number): number {
  return low + (high - low) * random();
}

const LETTERS = 'bcdfghjklmnpqrstvwxz';

/** A word of consonants that no person types: it marks one fragment of one answer, and survives whatever reads words. */
export function markFor(...names: readonly (string | number)[]): string {
  const digest = createHash('sha256').update(names.join('\u0000')).digest();
  return `zq${[...digest.subarray(0, 9)].map((byte) => LETTERS[byte % LETTERS.length]).join('')}`;
}

export const MARK = /zq[bcdfghjklmnpqrstvwxz]{9}/g;

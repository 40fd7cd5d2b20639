/** Kills, one after the other, while the teachers talk; and keeps the teachers talking as long as there is something left to kill. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Fleet } from './fleet.ts';
import { POINTS, type Point } from './points.ts';
import { between, pick, type Random } from './random.ts';

/** A named point that nobody comes by within this time is given up: killed at random then. */
const PATIENCE_MS = 4_000;
/** Longest that a teacher waits for the storm. */
const MOST_PACE_MS = 600_000;
const SHARE_AT_POINTS = 0.7;
const SHARE_AT_START = 0.08;

export interface StormOptions {
  readonly fleet: Fleet;
  readonly random: Random;
  readonly kills: number;
  readonly until: number;
}

export interface Kills {
  total: number;
  random: number;
  whileStarting: number;
  points: Partial<Record<Point, number>>;
}

export class Storm {
  readonly #options: StormOptions;
  readonly kills: Kills = { total: 0, random: 0, whileStarting: 0, points: {} };
  /** The teachers are done: there is nothing left to disturb. */
  over = false;
  #end: () => void = () => undefined;
  readonly #ended = new Promise<void>((resolve) => (this.#end = resolve));

  constructor(options: StormOptions) {
    this.#options = options;
  }

  get done(): number {
    return this.kills.total;
  }

  /** Resolves when the last kill is over. */
  ended(): Promise<void> {
    return this.#ended;
  }

  /** Lets a teacher who is further than the storm wait for it. */
  async pace(share: number): Promise<void> {
    const { kills, random, until } = this.#options;
    const from = Date.now();
    const target = Math.min(share, 1) * kills;
    while (this.done < target && this.done < kills && Date.now() < Math.min(until, from + MOST_PACE_MS))
      await pause(between(random, 50, 300));
  }

  async run(): Promise<void> {
    const { fleet, random, kills, until } = this.#options;
    // Every point has its turn.
    const points = Array.from({ length: kills }, (_, i) => POINTS[i % POINTS.length]!);
    for (let i = 0; i < kills && !this.over && Date.now() < until; i += 1) {
      const which = i % fleet.size;
      const starting = random() < SHARE_AT_START;
      if (!starting) {
        await fleet.ready(which);
        await pause(between(random, 0, 800));
      } else await pause(between(random, 0, 300));
      const point = pick(random, points);
      const order =
        !starting && random() < SHARE_AT_POINTS ? { point, nth: pick(random, [1, 1, 2, 3]) } : null;
      const reached = await fleet.kill(which, order, PATIENCE_MS);
      this.kills.total += 1;
      if (reached) this.kills.points[point] = (this.kills.points[point] ?? 0) + 1;
      else if (starting) this.kills.whileStarting += 1;
      else this.kills.random += 1;
    }
    for (let which = 0; which < fleet.size; which += 1) await fleet.ready(which);
    this.#end();
  }
}

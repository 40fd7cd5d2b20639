/** A timer that rings at moments that are known, and every so often for what others have left. */

export interface Alarm {
  /** Also rings at this moment (epoch ms), once it is started. */
  at(moment: number): void;
  start(): void;
  /** Rings no more; what is under way goes on. */
  stop(): void;
}

export interface AlarmOptions {
  readonly now: () => number;
  /** Longest time between the end of one ring and the next, in ms. */
  readonly everyMs: number;
  /** Must not reject. */
  readonly ring: () => Promise<unknown>;
}

export function createAlarm({ now, everyMs, ring }: AlarmOptions): Alarm {
  let timer: NodeJS.Timeout | null = null;
  let timerAt = Infinity;
  const moments = new Set<number>();
  let lookAt = Infinity;
  let started = false;

  function set(): void {
    const at = Math.min(lookAt, ...moments);
    if (!started || at >= timerAt) return;
    if (timer) clearTimeout(timer);
    timerAt = at;
    timer = setTimeout(() => void wake(), Math.max(0, at - now()));
  }

  async function wake(): Promise<void> {
    timer = null;
    timerAt = Infinity;
    const reached = now();
    for (const moment of moments) if (moment <= reached) moments.delete(moment);
    await ring();
    lookAt = now() + everyMs;
    set();
  }

  return {
    at(moment) {
      if (started) moments.add(moment);
      set();
    },
    start() {
      if (started) return;
      started = true;
      lookAt = now();
      set();
    },
    stop() {
      started = false;
      if (timer) clearTimeout(timer);
      timer = null;
      timerAt = Infinity;
    },
  };
}

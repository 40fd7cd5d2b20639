/**
 * Keeps sending below what the channel allows: 7 messages in a second and 60 in half a minute for one conversation, 30 in a
 * second for one tenant. A margin is left, because other replicas and clocks count too; what slips through is answered by 429.
 */
const RULES = {
  conversation: [
    { count: 6, ms: 1_000 },
    { count: 54, ms: 30_000 },
  ],
  tenant: [{ count: 27, ms: 1_000 }],
} as const;

export interface Limiter {
  /** Takes a place for one message now; returns 0, or the ms to wait before asking again. */
  take(tenantId: string, conversationId: string): number;
}

export function createLimiter(now: () => number): Limiter {
  const taken = new Map<string, number[]>();
  let cleanedAt = 0;

  function wait(key: string, rules: readonly { count: number; ms: number }[], at: number): number {
    const times = taken.get(key) ?? [];
    return Math.max(
      0,
      ...rules.map(({ count, ms }) => {
        const nth = times[times.length - count];
        return nth === undefined ? 0 : nth + ms - at;
      }),
    );
  }

  function note(key: string, at: number): void {
    const times = (taken.get(key) ?? []).filter((time) => time > at - 30_000);
    taken.set(key, [...times, at]);
  }

  return {
    take(tenantId, conversationId) {
      const at = now();
      if (at - cleanedAt > 60_000) {
        for (const [key, times] of taken) if ((times.at(-1) ?? 0) < at - 30_000) taken.delete(key);
        cleanedAt = at;
      }
      const [conversation, tenant] = [`c ${tenantId} ${conversationId}`, `t ${tenantId}`];
      const ms = Math.max(wait(conversation, RULES.conversation, at), wait(tenant, RULES.tenant, at));
      if (ms > 0) return ms;
      note(conversation, at);
      note(tenant, at);
      return 0;
    },
  };
}

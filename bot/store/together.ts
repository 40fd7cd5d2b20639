/** Does together what is asked for at about the same time: one transaction, one sync of the disk, for all of it. */
import { setTimeout as pause } from 'node:timers/promises';

const AT_MOST = 64;

/**
 * `work` answers a list of requests in their order; there is one at a time, begun `waitMs` after its first request. When `work`
 * fails with several, each is done by itself, so that one that cannot be done does not take the others with it.
 */
export function together<Q, A>(
  waitMs: number,
  work: (requests: readonly Q[]) => Promise<readonly A[]>,
): (request: Q) => Promise<A> {
  interface Waiting {
    readonly request: Q;
    readonly resolve: (answer: A) => void;
    readonly reject: (error: unknown) => void;
  }
  const waiting: Waiting[] = [];
  let busy = false;

  async function answer(those: readonly Waiting[]): Promise<void> {
    try {
      const answers = await work(those.map(({ request }) => request));
      those.forEach(({ resolve }, nth) => resolve(answers[nth]!));
    } catch (error) {
      if (those.length === 1) those[0]!.reject(error);
      else for (const one of those) await answer([one]);
    }
  }

  async function run(): Promise<void> {
    busy = true;
    while (waiting.length > 0) {
      await pause(waitMs);
      await answer(waiting.splice(0, AT_MOST));
    }
    busy = false;
  }

  return (request) =>
    new Promise((resolve, reject) => {
      waiting.push({ request, resolve, reject });
      if (!busy) void run();
    });
}

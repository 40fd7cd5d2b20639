/** The factories of the product with named points around what they do, and with the planted mistake if one is asked for. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import { createConnector as realConnector } from '../../bot/connector.ts';
import { createInbox as realInbox } from '../../bot/inbox.ts';
import type { Engine } from '../../bot/store/engine.ts';
import { openPostgres as realPostgres } from '../../bot/store/postgres.ts';
import { openSqlite as realSqlite } from '../../bot/store/sqlite.ts';
import { openStore as realStore } from '../../bot/store/store.ts';
import type { Store } from '../../bot/store/types.ts';
import { PLANT_VARIABLE, type Order, type Point } from './points.ts';

const plant = process.env[PLANT_VARIABLE] ?? '';
/** What a transaction is for, so that its commit has a name. */
const zone = new AsyncLocalStorage<'commit' | 'claim' | 'mark'>();
/** So much too early is the planted acknowledgement. */
const ACKED_BEFORE_MS = 250;
let order: { point: Point; left: number } | null = null;

process.on('message', ({ point, nth }: Order) => (order = { point, left: nth }));
// The line to the parent must not keep alive what wants to end.
process.channel?.unref();

function reach(point: Point): void {
  if (order?.point !== point || (order.left -= 1) > 0) return;
  process.kill(process.pid, 'SIGKILL');
  // The signal is on its way; nothing more may happen here.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10_000);
}

function watched(engine: Engine): Engine {
  const transaction = engine.transaction.bind(engine);
  engine.transaction = async (work) => {
    const name = zone.getStore();
    if (!name) return transaction(work);
    const result = await transaction(async (tx) => {
      const done = await work(tx);
      reach(`before-${name}`);
      return done;
    });
    reach(`after-${name}`);
    return result;
  };
  return engine;
}

export async function openSqlite(...from: Parameters<typeof realSqlite>): Promise<Engine> {
  return watched(await realSqlite(...from));
}

export async function openPostgres(...from: Parameters<typeof realPostgres>): Promise<Engine> {
  return watched(await realPostgres(...from));
}

export async function openStore(...from: Parameters<typeof realStore>): Promise<Store> {
  const store = await realStore(...from);
  return {
    ...store,
    async inTurn(lane, opening, work) {
      const { item } = opening;
      const mine =
        plant === 'no-dedupe' && item
          ? { ...opening, item: { ...item, key: `${item.key} ${randomUUID()}` } }
          : opening;
      if (item) reach('before-inbox');
      const result = await zone.run('commit', () => store.inTurn(lane, mine, work));
      if (item) reach('after-inbox');
      return result;
    },
    claim: (...claim) => zone.run('claim', () => store.claim(...claim)),
    settle: (...settle) => zone.run('mark', () => store.settle(...settle)),
  };
}

export function createConnector(...from: Parameters<typeof realConnector>): ReturnType<typeof realConnector> {
  const connector = realConnector(...from);
  return {
    ...connector,
    async sendToConversation(...call) {
      reach('before-post');
      const result = await connector.sendToConversation(...call);
      reach('after-post');
      return result;
    },
  };
}

export function createInbox(...from: Parameters<typeof realInbox>): ReturnType<typeof realInbox> {
  const inbox = realInbox(...from);
  if (plant !== 'ack-before-commit') return inbox;
  return {
    ...inbox,
    async receive(...item) {
      setTimeout(() => void inbox.receive(...item).catch(() => undefined), ACKED_BEFORE_MS);
      return { replies: [], accepted: true, waiting: false };
    },
  };
}

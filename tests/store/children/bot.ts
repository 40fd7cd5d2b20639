/**
 * A process of its own, to be killed: node bot.ts '{"place":…,"do":"migrate|hold|talk|write"…}'
 * Says on stdout what was acknowledged, one line each, written without a buffer in between.
 */
import { writeSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { createInbox } from '../../../bot/inbox.ts';
import { openStore, type StorePlace } from '../../../bot/store/store.ts';
import { AppError } from '../../../bot/errors.ts';
import { echo, item, KEY, reference, TEACHER, text } from '../people.ts';

export interface Orders {
  readonly place: StorePlace;
  /** migrate: open and leave. hold: be the bot. talk: receive `from`…`to` and acknowledge. write: write beside the bot. */
  readonly do: 'migrate' | 'hold' | 'talk' | 'write';
  readonly from?: number;
  readonly to?: number;
  readonly quietMs?: number;
}

const say = (line: string) => writeSync(1, `${line}\n`);
const orders = JSON.parse(process.argv[2]!) as Orders;
const as = orders.do === 'hold' || orders.do === 'talk' ? 'bot' : 'tool';

try {
  const store = await openStore(orders.place, { key: KEY, now: Date.now, as });
  say('open');
  let ids = 0;
  const world = { now: Date.now, newId: () => `id${process.pid}x${(ids += 1)}` };
  const inbox = createInbox({
    ...{ store, takeTurn: echo, world, quietMs: orders.quietMs ?? 0 },
    placeOf: () => TEACHER,
  });
  if (orders.do === 'hold') await new Promise((resolve) => process.stdin.once('end', resolve).resume());
  for (let n = orders.from ?? 0; n < (orders.to ?? 0);) {
    try {
      if (orders.do === 'write') {
        await store.keepReference(
          reference(`w${n % 7}`, { serviceUrl: `https://smba.example/${n}/` }),
          TEACHER,
        );
      } else {
        const word = `w${n}`;
        await inbox.receive(reference('anne'), item(word, text(word), n), { wantsReplies: false });
      }
      say(String(n));
      n += 1;
    } catch (error) {
      say(`refused ${error instanceof AppError ? error.code : String(error)}`);
      await pause(20);
    }
  }
  if (orders.do === 'talk') await new Promise((resolve) => process.stdin.once('end', resolve).resume());
  await store.close();
  say('closed');
} catch (error) {
  say(`failed ${error instanceof AppError ? error.code : String(error)}`);
  process.exitCode = 1;
}

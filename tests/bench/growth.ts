/** `npm run bench -- growth`: what becomes dearer when an interview is long, when many are parked, when much waits to be sent. */
import { createRequire } from 'node:module';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { openStore } from '../../bot/store/store.ts';
import { Connector, Crowd } from './load.ts';
import { median } from './measure.ts';
import { park, template, type Template } from './parked.ts';
import { KINDS, spent, start, type System } from './systems.ts';

const ROUNDS = 5;
const TEACHERS = 1_000;
const SQLITE = KINDS.find(({ id }) => id === 'd')!;
const DAY = 86_400_000;
const say = (line: string) => void process.stdout.write(`${line}\n`);

export interface GrowthOptions {
  readonly connector: Connector;
  /** Parked interviews of the biggest store. */
  readonly most: number;
  /** Parts to measure: interview, outbox, parked. */
  readonly only?: readonly string[] | undefined;
}

export async function growth({ connector, most, only }: GrowthOptions): Promise<void> {
  const parked = await template();
  const parts: Record<string, () => Promise<object>> = {
    interview: () => longInterview(connector),
    outbox: () => drain(connector, parked),
    parked: () => manyParked(connector, parked, most),
  };
  const results: Record<string, object> = {};
  for (const [name, part] of Object.entries(parts))
    if (only?.includes(name) ?? true) results[name] = await part();
  say(JSON.stringify(results));
}

/** µs of CPU per turn while `work` has so many turns. */
async function cost(system: System, turns: number, work: () => Promise<unknown>): Promise<number> {
  const before = await system.cpu();
  await work();
  return spent(before, await system.cpu()).own / turns;
}

/** The same two turns (go back, answer again) early and late in an interview, in turns. */
async function longInterview(connector: Connector): Promise<object> {
  const system = await start(SQLITE, { auth: null, databases: null, questions: 0 });
  const target = { bots: system.bots, authorization: () => null };
  const open = (name: string) => new Crowd(name, 150, connector, target);
  const [early, late] = [open('early'), open('late')];
  /** Two turns. */
  const again = async (crowd: Crowd, quick: boolean) =>
    crowd.everybody(async (teacher) => {
      await (quick ? crowd.quickTurn(teacher, 'terug') : crowd.turn(teacher, undefined, 'terug'));
      await (quick ? crowd.quickTurn(teacher) : crowd.turn(teacher));
    });
  try {
    for (const crowd of [early, late])
      for (let n = 0; n < 5; n += 1) await crowd.everybody((teacher) => crowd.quickTurn(teacher));
    for (let n = 5; n < 195; n += 2) await again(late, true);
    const samples = { early: [] as number[], late: [] as number[] };
    for (let round = 0; round < ROUNDS; round += 1) {
      // Nobody types six messages within a second.
      await pause(1_000);
      samples.early.push(await cost(system, 300, () => again(early, false)));
      samples.late.push(await cost(system, 300, () => again(late, false)));
    }
    const [turn5, turn200] = [median(samples.early), median(samples.late)];
    say(
      `turn 5: ${turn5.toFixed(0)} µs · turn 200: ${turn200.toFixed(0)} µs · ${(turn200 / turn5).toFixed(2)} ×`,
    );
    return { turn5, turn200, ratio: turn200 / turn5 };
  } finally {
    early.close();
    late.close();
    await system.dispose();
  }
}

/** Messages that wait when the bot starts: how fast they leave. */
async function drain(connector: Connector, parked: Template): Promise<object> {
  const folder = mkdtempSync(join(tmpdir(), 'klankbord-bench-drain-'));
  const many = 5_000;
  await park(folder, parked, 'drain', [0, many], connector.serviceUrl, true);
  const before = connector.messages;
  const begun = performance.now();
  const system = await start(SQLITE, { auth: null, databases: null, questions: 0, dataFolder: folder });
  let first = 0;
  try {
    while (connector.messages < before + many && performance.now() < begun + 60_000) {
      if (first === 0 && connector.messages > before) first = performance.now();
      await pause(5);
    }
    const seconds = (performance.now() - first) / 1000;
    const sent = connector.messages - before;
    say(`outbox: ${sent} of ${many} waiting messages left at ${(sent / seconds).toFixed(0)}/s`);
    return { sent, perSecond: sent / seconds };
  } finally {
    await system.dispose();
  }
}

/** Bots on folders with more and more parked interviews; all up at the same time, measured in turns. */
async function manyParked(connector: Connector, parked: Template, most: number): Promise<object[]> {
  const sizes = [TEACHERS, 10_000, 100_000].filter((size) => size <= most);
  const running: {
    size: number;
    folder: string;
    system: System;
    crowd: Crowd;
    started: number;
    cpu: number[];
  }[] = [];
  const results: object[] = [];
  try {
    for (const size of sizes) {
      const name = `parked${size}`;
      const folder = mkdtempSync(join(tmpdir(), `klankbord-bench-${size}-`));
      const began = performance.now();
      await park(folder, parked, name, [0, size], connector.serviceUrl);
      say(`${size} parked in ${((performance.now() - began) / 1000).toFixed(0)} s`);
      const begun = performance.now();
      const system = await start(SQLITE, { auth: null, databases: null, questions: 0, dataFolder: folder });
      const started = performance.now() - begun;
      // As many teachers come back in each, from all over the store.
      const who = Array.from({ length: TEACHERS }, (_, nth) => Math.floor((nth * size) / TEACHERS));
      const target = { bots: system.bots, authorization: () => null };
      const crowd = new Crowd(name, who, connector, target, parked.question.label);
      running.push({ size, folder, system, crowd, started, cpu: [] });
      await crowd.saturate(4, 16);
    }
    for (let round = 0; round < ROUNDS; round += 1)
      for (const one of running) {
        const before = await one.system.cpu();
        const { turns } = await one.crowd.saturate(2, 16);
        one.cpu.push(spent(before, await one.system.cpu()).own / turns);
      }
    for (const { size, folder, system, crowd, started, cpu } of running) {
      const { own: rss } = await system.memory();
      crowd.close();
      await system.stop();
      const bytes = statSync(join(folder, 'klankbord.db')).size;
      const result = { size, cpuPerTurn: median(cpu), rss, started, bytesPerInterview: bytes / size };
      results.push(result);
      say(
        `${String(size).padStart(7)} parked: turn ${result.cpuPerTurn.toFixed(0)} µs · RSS ${(rss / 1e6).toFixed(0)} MB · ` +
          `start ${started.toFixed(0)} ms · ${result.bytesPerInterview.toFixed(0)} bytes each`,
      );
    }
    const last = running.at(-1);
    if (last) results.push(await sweeping(last.folder, last.size));
    return results;
  } finally {
    for (const { system, folder } of running) {
      await system.dispose();
      rmSync(folder, { recursive: true, force: true });
    }
  }
}

/** Everything has become old: how long it takes to delete it, and how long nobody else gets a word in. */
async function sweeping(folder: string, size: number): Promise<object> {
  const Database = createRequire(import.meta.url)('better-sqlite3') as typeof import('better-sqlite3');
  const db = new Database(join(folder, 'klankbord.db'));
  db.exec(`update inbox set received_at = received_at - ${31 * DAY};
           update outbox set settled_at = settled_at - ${31 * DAY}, created_at = created_at - ${31 * DAY};
           update lease set due_at = 0`);
  const { rows } = db
    .prepare('select (select count(*) from inbox) + (select count(*) from outbox) as rows')
    .get() as {
    rows: number;
  };
  db.close();
  const store = await openStore({ dataDir: folder }, { key: Buffer.alloc(32, 7), now: Date.now });
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const begun = performance.now();
  await store.sweep(Date.now());
  const ms = performance.now() - begun;
  delay.disable();
  const again = performance.now();
  await openLease(store);
  const idle = performance.now() - again;
  await store.close();
  const stall = delay.max / 1e6;
  say(
    `sweep of ${rows} old rows (${size} interviews): ${ms.toFixed(0)} ms, longest stall ${stall.toFixed(0)} ms; ` +
      `with nothing to do ${idle.toFixed(0)} ms`,
  );
  return { sweptRows: rows, ms, stall, idle };
}

/** An hour later. */
function openLease(store: Awaited<ReturnType<typeof openStore>>): Promise<boolean> {
  return store.sweep(Date.now() + 3_700_000);
}

/** `npm run bench -- start`: from nothing to the first answer, on an empty data folder and on one that was used before. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Connector, Crowd } from './load.ts';
import { median } from './measure.ts';
import { KINDS, start } from './systems.ts';

const ROUNDS = 7;

export async function coldStart({ connector }: { connector: Connector }): Promise<void> {
  const kind = KINDS.find(({ id }) => id === 'd')!;
  const echo = KINDS.find(({ id }) => id === 'a')!;
  const samples = { empty: [] as number[], used: [] as number[], echo: [] as number[] };
  /** ms from the start of the process to the first answer at the connector. */
  const first = async (name: string, folder: string, which = kind): Promise<number> => {
    const begun = performance.now();
    const options = { auth: null, databases: null, questions: 0, dataFolder: folder };
    const system = await start(which, options);
    const crowd = new Crowd(name, 1, connector, { bots: system.bots, authorization: () => null });
    try {
      await crowd.turn(crowd.teachers[0]!, undefined, 'hallo');
      return performance.now() - begun;
    } finally {
      crowd.close();
      await system.stop();
    }
  };
  for (let round = 0; round < ROUNDS; round += 1) {
    const folder = mkdtempSync(join(tmpdir(), 'klankbord-bench-start-'));
    samples.empty.push(await first(`empty${round}`, folder));
    samples.used.push(await first(`used${round}`, folder));
    samples.echo.push(await first(`echo${round}`, folder, echo));
    rmSync(folder, { recursive: true, force: true });
  }
  const result = Object.fromEntries(
    Object.entries(samples).map(([name, all]) => [name, Math.round(median(all))]),
  );
  process.stdout.write(
    `first answer after: ${result['empty']} ms on an empty folder, ${result['used']} ms on a used one; ` +
      `botbuilder's echo bot ${result['echo']} ms\n${JSON.stringify({ start: result })}\n`,
  );
}

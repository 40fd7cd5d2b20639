/** The real server processes: started, killed, started again. */
import { spawn, type ChildProcess } from 'node:child_process';
import { createServer, type AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Order } from './points.ts';

const READY_WITHIN_MS = 30_000;
const STOP_WITHIN_MS = 40_000;

export interface FleetOptions {
  readonly count: number;
  readonly environment: Readonly<Record<string, string>>;
}

interface Replica {
  readonly address: string;
  readonly port: number;
  child: ChildProcess;
  ended: Promise<void>;
  killing: boolean;
  errors: string;
}

export class Fleet {
  readonly #environment: FleetOptions['environment'];
  readonly #replicas: Replica[] = [];
  /** ms from the start of a process until it answers. */
  readonly starts: number[] = [];
  /** What a process said that ended although nobody killed it. */
  readonly crashes: string[] = [];
  #turn = 0;

  private constructor(environment: FleetOptions['environment']) {
    this.#environment = environment;
  }

  static async open({ count, environment }: FleetOptions): Promise<Fleet> {
    const fleet = new Fleet(environment);
    for (let i = 0; i < count; i += 1) {
      const port = await freePort();
      const address = `http://127.0.0.1:${port}`;
      fleet.#replicas.push({ address, port, ...fleet.#spawn(port), killing: false, errors: '' });
    }
    await Promise.all(fleet.#replicas.map((replica) => fleet.#ready(replica)));
    return fleet;
  }

  get size(): number {
    return this.#replicas.length;
  }

  /** The next replica in turn, as a load balancer without health checks would choose it. */
  next(): string {
    this.#turn += 1;
    return this.#replicas[this.#turn % this.#replicas.length]!.address;
  }

  /**
   * Kills a replica with -9: at a named point, or right away; at the latest after `patienceMs`. Starts it again.
   * True when the named point was reached.
   */
  async kill(which: number, order: Order | null, patienceMs: number): Promise<boolean> {
    const replica = this.#replicas[which]!;
    const { child, ended } = replica;
    replica.killing = true;
    let late = order === null;
    const timer = setTimeout(
      () => {
        late = true;
        child.kill('SIGKILL');
      },
      order === null ? 0 : patienceMs,
    );
    if (order) child.send(order, () => undefined);
    await ended;
    clearTimeout(timer);
    this.#restart(replica);
    return !late;
  }

  /** Resolves when the replica answers. */
  async ready(which: number): Promise<void> {
    await this.#ready(this.#replicas[which]!);
  }

  /** Asks all to stop in order; gives their exit codes (null: had to be killed). */
  async stop(): Promise<(number | null)[]> {
    return Promise.all(
      this.#replicas.map(async (replica) => {
        replica.killing = true;
        const { child, ended } = replica;
        child.kill('SIGTERM');
        const timer = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS);
        await ended;
        clearTimeout(timer);
        return child.exitCode;
      }),
    );
  }

  #spawn(port: number): Pick<Replica, 'child' | 'ended'> {
    const file = (path: string) => fileURLToPath(new URL(path, import.meta.url));
    const child = spawn(
      process.execPath,
      ['--disable-warning=ExperimentalWarning', '--import', file('preload.ts'), 'main.ts'],
      {
        // By its bare name: whoever else on this machine looks for servers of their own must not find ours.
        cwd: file('../../bot'),
        env: { ...process.env, ...this.#environment, PORT: String(port) },
        stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      },
    );
    child.on('error', () => undefined);
    const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
    child.stderr?.on('data', (part: Buffer) => {
      const replica = this.#replicas.find((one) => one.port === port);
      if (replica) replica.errors = (replica.errors + part.toString()).slice(-2_000);
    });
    void ended.then(() => {
      const replica = this.#replicas.find((one) => one.child === child);
      if (!replica || replica.killing) return;
      this.crashes.push(`exit ${child.exitCode ?? child.signalCode}: ${replica.errors}`);
      if (this.crashes.length < 20) this.#restart(replica);
    });
    return { child, ended };
  }

  #restart(replica: Replica): void {
    Object.assign(replica, this.#spawn(replica.port), { killing: false, errors: '' });
  }

  async #ready(replica: Replica): Promise<void> {
    const since = Date.now();
    while (Date.now() - since < READY_WITHIN_MS) {
      const answer = await fetch(`${replica.address}/readyz`).catch(() => null);
      await answer?.arrayBuffer().catch(() => undefined);
      if (answer?.ok) {
        this.starts.push(Date.now() - since);
        return;
      }
      await pause(25);
    }
    throw new Error(`the server does not become ready: ${replica.errors}`);
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

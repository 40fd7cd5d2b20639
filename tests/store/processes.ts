/** Real processes for tests that kill them. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Orders } from './children/bot.ts';

const SCRIPT = fileURLToPath(new URL('./children/bot.ts', import.meta.url));

export interface Child {
  readonly process: ChildProcess;
  readonly lines: readonly string[];
  /** Resolves with the first line that passes; rejects when the process ends before. */
  line(passes: (line: string) => boolean): Promise<string>;
  /** Resolves when it has ended, with its exit code. */
  readonly ended: Promise<number | null>;
  kill(): Promise<void>;
}

/** `prefix`: a command that runs the process, e.g. strace. */
export function start(orders: Orders, prefix: readonly string[] = []): Child {
  const [command = process.execPath, ...args] = [...prefix, process.execPath, SCRIPT, JSON.stringify(orders)];
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines: string[] = [];
  const waiting = new Set<() => void>();
  const wake = () => [...waiting].forEach((look) => look());
  let rest = '';
  let over = false;
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    const parts = (rest + chunk).split('\n');
    rest = parts.pop()!;
    lines.push(...parts);
    wake();
  });
  const ended = once(child, 'close').then(([code]) => {
    over = true;
    wake();
    return code as number | null;
  });
  return {
    process: child,
    lines,
    ended,
    line: (passes) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const found = lines.find(passes);
          if (found === undefined && !over) return;
          waiting.delete(look);
          if (found === undefined)
            reject(new Error(`The process ended, after: ${lines.slice(-3).join(' | ')}`));
          else resolve(found);
        };
        waiting.add(look);
        look();
      }),
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

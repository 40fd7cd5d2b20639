/** What processes cost, read from /proc: CPU time of all threads, memory. And medians. */
import { readFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';

const TICK_US = 1e6 / Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));

/** µs of CPU (user and system, all threads) since the process began; 0 when it is gone. */
export function cpuOf(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) * TICK_US;
  } catch {
    return 0;
  }
}

/** Bytes in memory; `anonymous`: without pages shared with others (shared buffers of PostgreSQL). */
export function memoryOf(pid: number, anonymous = false): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const line = new RegExp(`^${anonymous ? 'RssAnon' : 'VmRSS'}:\\s+(\\d+) kB`, 'm').exec(status);
    return Number(line?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  if (sorted.length === 0) return NaN;
  return sorted.length % 2 === 1 ? sorted[Math.floor(middle)]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** Of sorted values. */
export function quantile(sorted: readonly number[], q: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? NaN;
}

let canPin: boolean | null = null;

/** Whether processes can be bound to cores here. */
export function pinning(): boolean {
  try {
    canPin ??= execFileSync('taskset', ['-c', '0', 'true']).length === 0;
  } catch {
    canPin = false;
  }
  return canPin;
}

/** Binds a running process, all its threads; quietly not where that is not allowed (backends of another user). */
export function pin(pid: number, cores: string): boolean {
  try {
    execFileSync('taskset', ['-a', '-p', '-c', cores, String(pid)], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

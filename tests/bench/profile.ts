/**
 * `npm run bench -- profile [--only d] [--seconds 5]`: a CPU profile of one system under load, and where its time goes by package
 * and by function. The profile itself stays in a temporary folder, for the DevTools.
 */
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

interface Profile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
    readonly children?: readonly number[];
  }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

export function profileFolder(): { folder: string; nodeOptions: readonly string[] } {
  const folder = mkdtempSync(join(tmpdir(), 'klankbord-profile-'));
  const profiler = fileURLToPath(new URL('./profiler.ts', import.meta.url));
  return { folder, nodeOptions: ['--import', profiler] };
}

/** Where the time went: own time by place, and by function with what it calls. Idle time is left out. */
export function report(folder: string): string {
  const file = readdirSync(folder).find((name) => name.endsWith('.cpuprofile'));
  if (!file) throw new Error('there is no profile');
  const profile = JSON.parse(readFileSync(join(folder, file), 'utf8')) as Profile;
  const own = new Map<number, number>();
  profile.samples.forEach((id, nth) => own.set(id, (own.get(id) ?? 0) + (profile.timeDeltas[nth] ?? 0)));
  const nodes = new Map(profile.nodes.map((node) => [node.id, node]));
  const places = new Map<string, number>();
  const functions = new Map<string, number>();
  const withCalls = new Map<string, number>();
  let busy = 0;
  const total = (id: number, above: ReadonlySet<string>): number => {
    const node = nodes.get(id)!;
    const { functionName, url, lineNumber } = node.callFrame;
    if (/^\((idle|program)\)$/.test(functionName) && !node.children) {
      if (functionName === '(program)') busy += own.get(id) ?? 0;
      return 0;
    }
    const name = `${functionName || '(anonymous)'} ${shorten(url)}:${lineNumber + 1}`;
    const here = own.get(id) ?? 0;
    busy += here;
    add(places, functionName === '(garbage collector)' ? '(garbage collector)' : placeOf(url), here);
    add(functions, name, here);
    const below = new Set([...above, name]);
    const sum = here + (node.children ?? []).reduce((all, child) => all + total(child, below), 0);
    if (!above.has(name)) add(withCalls, name, sum);
    return sum;
  };
  total(profile.nodes[0]!.id, new Set());
  const top = (map: Map<string, number>, many: number) =>
    [...map]
      .sort((a, b) => b[1] - a[1])
      .slice(0, many)
      .map(([name, us]) => `${((100 * us) / busy).toFixed(1).padStart(6)} %  ${name}`)
      .join('\n');
  return [
    `profile: ${join(folder, file)}`,
    `by place\n${top(places, 25)}`,
    `by function\n${top(functions, 40)}`,
    `with what it calls\n${top(withCalls, 90)}`,
  ].join('\n\n');
}

function add(map: Map<string, number>, name: string, value: number): void {
  map.set(name, (map.get(name) ?? 0) + value);
}

function shorten(url: string): string {
  const modules = url.lastIndexOf('node_modules/');
  if (modules >= 0) return url.slice(modules + 'node_modules/'.length);
  return url.replace(/^.*\/(bot|dialogs|machines|locales|tests)\//, '$1/');
}

function placeOf(url: string): string {
  const short = shorten(url);
  if (url.startsWith('node:')) return 'node';
  if (url === '') return '(native)';
  if (url.includes('node_modules/'))
    return short
      .split('/')
      .slice(0, short.startsWith('@') ? 2 : 1)
      .join('/');
  return short.split('/').slice(0, 2).join('/');
}

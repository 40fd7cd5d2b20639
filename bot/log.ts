/**
 * JSON lines. What may be logged is listed here: there is no field for text, names or aliases, so none can slip in.
 * Ids of people and conversations are hashed with a key of this installation: two lines about one person can be
 * put together, but nobody can be looked up.
 */
import { createHmac, randomBytes } from 'node:crypto';
import type { LogLevel } from './config.ts';

/** What a log line may carry. */
export interface Facts {
  /** A stable word for what went wrong or why. */
  readonly code?: string;
  /** HTTP status. */
  readonly status?: number;
  readonly method?: string;
  /** Kind of activity, as a word of the protocol. */
  readonly activity?: string;
  readonly mode?: string;
  readonly port?: number;
  readonly count?: number;
  readonly attempts?: number;
  readonly ms?: number;
  /** Raw ids; they are hashed before they are written. */
  readonly conversation?: string;
  readonly person?: string;
  readonly item?: string;
  /** Class and code of an error; its message may quote people and is left out. */
  readonly error?: unknown;
}

export interface Log {
  debug(event: string, facts?: Facts): void;
  info(event: string, facts?: Facts): void;
  warn(event: string, facts?: Facts): void;
  error(event: string, facts?: Facts): void;
}

const LEVELS: readonly LogLevel[] = ['debug', 'info', 'warn', 'error', 'silent'];
const WORDS = new Set(['code', 'method', 'activity', 'mode']);
const NUMBERS = new Set(['status', 'port', 'count', 'attempts', 'ms']);
const IDS = new Set(['conversation', 'person', 'item']);
// Codes are ours; a longer or stranger word comes from outside and is not repeated.
const WORD = /^[\w./:-]{1,64}$/;

export interface LogOptions {
  readonly level: LogLevel;
  /** Of this installation; without one, hashes can be compared within one run only. */
  readonly key?: string | Buffer;
  readonly write?: (line: string) => void;
  readonly now?: () => Date;
}

export function createLog(options: LogOptions): Log {
  const { level, key = randomBytes(32), now = () => new Date() } = options;
  const write = options.write ?? ((line) => void process.stderr.write(`${line}\n`));
  const from = LEVELS.indexOf(level);

  const line = (at: LogLevel) => (event: string, facts?: Facts) => {
    if (LEVELS.indexOf(at) < from) return;
    const entry: Record<string, string | number> = { at: now().toISOString(), level: at, event: word(event) };
    // Callers may hand over an object with more in it than its type says: only listed fields pass.
    for (const [name, value] of Object.entries(facts ?? {})) {
      if (WORDS.has(name) && typeof value === 'string') entry[name] = word(value);
      else if (NUMBERS.has(name) && typeof value === 'number') entry[name] = value;
      else if (IDS.has(name) && typeof value === 'string') entry[name] = hash(value);
      else if (name === 'error') Object.assign(entry, describe(value));
    }
    write(JSON.stringify(entry));
  };
  const hash = (id: string) => createHmac('sha256', key).update(id).digest('base64url').slice(0, 16);
  return { debug: line('debug'), info: line('info'), warn: line('warn'), error: line('error') };
}

/** Turns what libraries print into one line without content: they print tokens, keys and bodies. */
export function muteConsole(log: Log): void {
  const quiet = (level: 'debug' | 'warn') => () => log[level]('library_said_something');
  Object.assign(console, { log: quiet('debug'), info: quiet('debug'), debug: quiet('debug') });
  Object.assign(console, { warn: quiet('warn'), error: quiet('warn'), trace: quiet('debug') });
}

function word(value: string): string {
  return WORD.test(value) ? value : '?';
}

function describe(error: unknown): Record<string, string> {
  if (!(error instanceof Error)) return { error: typeof error };
  const { code } = error as { code?: unknown };
  const where =
    /at (?:async )?(?:\S+ )?\(?(?:file:\/\/)?\S*?((?:bot|dialogs|machines|locales)\/[\w/-]+\.ts:\d+)/.exec(
      error.stack?.slice(error.stack.indexOf('\n    at ')) ?? '',
    );
  return {
    error: word(error.name),
    ...(typeof code === 'string' ? { errorCode: word(code) } : {}),
    ...(where?.[1] ? { where: where[1] } : {}),
  };
}

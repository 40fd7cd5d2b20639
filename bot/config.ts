/**
 * The only reader of the environment. Every mistake is reported at once, by name and remedy, never by value:
 * a value may be a secret, and logs are read by many.
 */
import { existsSync, readFileSync } from 'node:fs';
import { inspect } from 'node:util';
import { z } from 'zod';
import { EnvironmentError, type Problem } from './errors.ts';

/** A value that must not be printed: only `reveal()` shows it. */
export class Secret {
  readonly #value: string;
  constructor(value: string) {
    this.#value = value;
  }
  reveal(): string {
    return this.#value;
  }
  toString(): string {
    return '***';
  }
  toJSON(): string {
    return '***';
  }
  [inspect.custom](): string {
    return '***';
  }
}

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

/** The bot's identity in Microsoft Entra. */
export interface AppIdentity {
  readonly id: string;
  readonly type: 'SingleTenant' | 'UserAssignedMsi' | 'MultiTenant';
  readonly tenantId: string;
  /** null with a managed identity. */
  readonly password: Secret | null;
}

export interface Config {
  readonly mode: 'local' | 'teams';
  readonly host: string;
  readonly port: number;
  /** Port of GET /metrics on the same host; null: no metrics. */
  readonly metricsPort: number | null;
  /** Folder for the embedded database, the key of this installation and the Playground's settings. */
  readonly dataFolder: string;
  /** PostgreSQL; null for the embedded store. */
  readonly databaseUrl: Secret | null;
  /** null in local mode: the example file is used. */
  readonly schoolFile: string | null;
  /** Whether local mode opens the two chat pages. */
  readonly playground: boolean;
  /** Overrides the school's quiet time; null leaves it to the school file. */
  readonly quietSeconds: number | null;
  /** Base64 of the 32 bytes that wrap the data keys, former ones behind it; null in local mode without one: the store makes its own. */
  readonly key: Secret | null;
  /** The file the key came from, to be looked at again during a rotation; null without one. */
  readonly keyFile: string | null;
  readonly logLevel: LogLevel;
  /** null in local mode: no token is asked and none is sent. */
  readonly app: AppIdentity | null;
  /** Language of what the program says to whoever starts it. */
  readonly operatorLanguage: string;
}

const LOOPBACK = new Set(['127.0.0.1', '::1', 'localhost']);
const APP_TYPES: Readonly<Record<string, AppIdentity['type']>> = {
  singletenant: 'SingleTenant',
  userassignedmsi: 'UserAssignedMsi',
  multitenant: 'MultiTenant',
};

/** Whether a host name or address can be reached from this machine only. */
export function isLoopback(host: string): boolean {
  return LOOPBACK.has(host.replace(/^\[|\]$/g, '').toLowerCase()) || /^127\.\d+\.\d+\.\d+$/.test(host);
}

const GUID = z.guid();
// The message of an issue is the key of its remedy in locales/<lang>/operator.json under `config`.
const schema = z.object({
  PORT: z
    .string()
    .regex(/^\d+$/, 'port')
    .transform(Number)
    .pipe(z.number().max(65_535, 'port'))
    .default(3978),
  KLANKBORD_METRICS_PORT: z
    .string()
    .regex(/^\d+$/, 'port')
    .transform(Number)
    .pipe(z.number().max(65_535, 'port'))
    .optional(),
  HOST: z
    .string()
    .regex(/^[\w.:[\]-]+$/, 'host')
    .optional(),
  KLANKBORD_MODE: z.enum(['local', 'teams'], { error: 'mode' }).default('local'),
  KLANKBORD_DATA: z.string().default('./.data'),
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, 'databaseUrl')
    .transform((url) => new Secret(url))
    .optional(),
  SCHOOL_FILE: z.string().refine(existsSync, 'schoolFile').optional(),
  KLANKBORD_PLAYGROUND: z.enum(['0', '1'], { error: 'playground' }).default('1'),
  KLANKBORD_QUIET_SECONDS: z
    .string()
    .regex(/^\d+(\.\d+)?$/, 'quietSeconds')
    .transform(Number)
    .pipe(z.number().max(60, 'quietSeconds'))
    .optional(),
  KLANKBORD_KEY: z
    .string()
    .refine(isKey, 'key')
    .transform((key) => new Secret(key))
    .optional(),
  KLANKBORD_KEY_FILE: z.string().refine(existsSync, 'keyFile').optional(),
  KLANKBORD_LOG: z.enum(['debug', 'info', 'warn', 'error', 'silent'], { error: 'log' }).optional(),
  MicrosoftAppId: GUID.or(z.literal('')).optional(),
  MicrosoftAppType: z
    .string()
    .transform((type) => APP_TYPES[type.trim().toLowerCase()] ?? 'unknown')
    .optional(),
  MicrosoftAppTenantId: GUID.optional(),
  MicrosoftAppPassword: z
    .string()
    .transform((password) => new Secret(password))
    .optional(),
});

/** Takes over what stands in `.env` beside where the program is started, if there is one; the environment itself wins. */
export function readDotEnv(): void {
  if (existsSync('.env')) process.loadEnvFile('.env');
}

/**
 * Reads the environment into a frozen Config.
 * @throws EnvironmentError with every problem found.
 */
export function loadConfig(env: Readonly<Record<string, string | undefined>> = process.env): Config {
  // An empty or blank value counts as unset: a compose file with `PORT=` must not start on port 0.
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value?.trim()));
  const parsed = schema.safeParse(given);
  const problems: Problem[] = parsed.success
    ? []
    : parsed.error.issues.map((issue) => {
        const name = String(issue.path[0]);
        return { name, code: name.startsWith('MicrosoftApp') ? 'guid' : issue.message };
      });
  const say = (name: string, code: string) => void problems.push({ name, code });
  const values: Partial<z.infer<typeof schema>> = parsed.success ? parsed.data : valid(given);
  const mode = values.KLANKBORD_MODE ?? 'local';

  const key = readKey(values, say);
  const app = mode === 'teams' ? readApp(values, given, say) : null;
  if (mode === 'teams') {
    if (!given['SCHOOL_FILE']) say('SCHOOL_FILE', 'schoolFileMissing');
    if (!given['KLANKBORD_KEY'] && !given['KLANKBORD_KEY_FILE']) say('KLANKBORD_KEY', 'keyMissing');
  } else {
    if (values.HOST !== undefined && !isLoopback(values.HOST)) say('HOST', 'hostLocal');
    // Somebody who sets an app id means to be protected: better no start than an open door.
    if (given['MicrosoftAppId']) say('KLANKBORD_MODE', 'modeWithApp');
  }
  if (problems.length > 0 || !parsed.success) throw new EnvironmentError(problems);

  const data = parsed.data;
  return Object.freeze({
    mode,
    host: data.HOST?.replace(/^\[|\]$/g, '') ?? (mode === 'local' ? '127.0.0.1' : '0.0.0.0'),
    port: data.PORT,
    metricsPort: data.KLANKBORD_METRICS_PORT ?? null,
    dataFolder: data.KLANKBORD_DATA,
    databaseUrl: data.DATABASE_URL ?? null,
    schoolFile: data.SCHOOL_FILE ?? null,
    playground: mode === 'local' && data.KLANKBORD_PLAYGROUND === '1',
    quietSeconds: data.KLANKBORD_QUIET_SECONDS ?? null,
    key,
    keyFile: data.KLANKBORD_KEY_FILE ?? null,
    // On a screen with sentences for a person, lines of JSON are kept to what matters.
    logLevel: data.KLANKBORD_LOG ?? (mode === 'local' ? 'warn' : 'info'),
    app,
    operatorLanguage: operatorLanguage(env),
  });
}

/** The language for whoever starts the program, from the machine's own settings: `nl` or `en`. */
export function operatorLanguage(env: Readonly<Record<string, string | undefined>> = process.env): string {
  const locale =
    env['LC_ALL'] || env['LC_MESSAGES'] || env['LANG'] || Intl.DateTimeFormat().resolvedOptions().locale;
  return /^nl/i.test(locale) ? 'nl' : 'en';
}

type Changes = Readonly<Record<string, string | undefined>>;

/** The environment for a second process of ours: this one's, with changes (undefined removes). */
export function ownEnvironment(changes: Changes): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries({ ...process.env, ...changes }).filter(([, value]) => value !== undefined),
  );
}

/** The environment for somebody else's program: it gets no secret of ours. */
export function foreignEnvironment(changes: Changes): NodeJS.ProcessEnv {
  const secrets = ['DATABASE_URL', 'KLANKBORD_KEY', 'KLANKBORD_KEY_FILE', 'MicrosoftAppPassword'];
  return ownEnvironment({ ...Object.fromEntries(secrets.map((name) => [name, undefined])), ...changes });
}

type Say = (name: string, code: string) => void;

function readKey(values: Partial<z.infer<typeof schema>>, say: Say): Secret | null {
  if (values.KLANKBORD_KEY && values.KLANKBORD_KEY_FILE) say('KLANKBORD_KEY_FILE', 'keyTwice');
  if (values.KLANKBORD_KEY) return values.KLANKBORD_KEY;
  if (!values.KLANKBORD_KEY_FILE) return null;
  try {
    const key = readFileSync(values.KLANKBORD_KEY_FILE, 'utf8').trim();
    if (isKey(key)) return new Secret(key);
  } catch {
    // An unreadable file and a file without a key have the same remedy.
  }
  say('KLANKBORD_KEY_FILE', 'keyFile');
  return null;
}

function readApp(
  values: Partial<z.infer<typeof schema>>,
  given: Readonly<Record<string, unknown>>,
  say: Say,
): AppIdentity | null {
  const type = values.MicrosoftAppType;
  const password = values.MicrosoftAppPassword ?? null;
  if (!given['MicrosoftAppId']) say('MicrosoftAppId', 'appIdMissing');
  // botbuilder takes an unknown type for MultiTenant, and MultiTenant without id for "no authentication".
  if (type === undefined || type === 'unknown') say('MicrosoftAppType', 'appType');
  if (!given['MicrosoftAppTenantId']) say('MicrosoftAppTenantId', 'tenantMissing');
  if (type === 'UserAssignedMsi' && password) say('MicrosoftAppPassword', 'passwordWithMsi');
  if ((type === 'SingleTenant' || type === 'MultiTenant') && !password)
    say('MicrosoftAppPassword', 'passwordMissing');
  if (!values.MicrosoftAppId || !values.MicrosoftAppTenantId || !type || type === 'unknown') return null;
  return { id: values.MicrosoftAppId, type, tenantId: values.MicrosoftAppTenantId, password };
}

/** The variables that are right by themselves, so that the checks across variables can run beside the mistakes. */
function valid(given: Readonly<Record<string, unknown>>): Partial<z.infer<typeof schema>> {
  const shape = schema.shape as Record<string, z.ZodType>;
  const entries = Object.entries(shape).flatMap(([name, type]) => {
    const one = type.safeParse(given[name]);
    return one.success && one.data !== undefined ? [[name, one.data] as const] : [];
  });
  return Object.fromEntries(entries);
}

function isKey(value: string): boolean {
  const keys = value.trim().split(/[\s,]+/);
  return keys.every((key) => /^[A-Za-z0-9+/_-]{43}=?$/.test(key) && Buffer.from(key, 'base64').length === 32);
}

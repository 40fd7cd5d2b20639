/**
 * The package that a Teams administrator uploads: manifest, texts per language, icons. Built from appPackage/, locales/ and the
 * settings; the same input gives the same bytes, so that what was reviewed is what is uploaded.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { zipSync, type Zippable } from 'fflate';
import { z } from 'zod';
import { EnvironmentError, type Problem } from './errors.ts';
import type { Texts } from '../locales/index.ts';

const SOURCES = new URL('../appPackage/', import.meta.url);
const LOCALES = new URL('../locales/', import.meta.url);
const ICONS = ['color.png', 'outline.png'] as const;
/** Language of the manifest itself: what somebody sees whose language is not among ours. */
const DEFAULT = 'nl';

/** The commands in Teams' menu, in this order. Ten, as older tenants take; the chat's own help names them all. */
export const MENU = [
  ...(['help', 'pause', 'resume', 'back', 'change'] as const),
  ...(['language', 'stop', 'erase', 'share', 'profile'] as const),
];

export interface PackageSettings {
  readonly BOT_ID: string;
  readonly TEAMS_APP_ID: string;
  readonly APP_VERSION: string;
  readonly DEVELOPER: string;
  readonly WEBSITE_URL: string;
  readonly PRIVACY_URL: string;
  readonly TERMS_URL: string;
}

const guid = z
  .guid('guid')
  .refine((id) => !/^0{8}-/.test(id), 'guidExample')
  .transform((id) => id.toLowerCase());
// A tenant shows these addresses to everybody: they must exist for the teacher, not for whoever tried this out.
const address = z
  .string('urlMissing')
  .max(2048, 'url')
  .refine((url) => URL.canParse(url) && new URL(url).protocol === 'https:', 'url')
  .refine((url) => !URL.canParse(url) || !isPlaceholder(new URL(url)), 'urlExample');

const schema = z.object({
  MicrosoftAppId: z.string('appIdMissing').pipe(guid),
  KLANKBORD_APP_ID: guid.optional(),
  KLANKBORD_APP_VERSION: z
    .string()
    .regex(/^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)$/, 'version')
    .optional(),
  KLANKBORD_DEVELOPER: z.string('developerMissing').trim().max(32, 'developerLong'),
  KLANKBORD_WEBSITE_URL: address,
  KLANKBORD_PRIVACY_URL: address,
  KLANKBORD_TERMS_URL: address,
});

/**
 * Reads what the package needs. The names that the Agents Toolkit writes (BOT_ID, TEAMS_APP_ID) are understood as well.
 * @throws EnvironmentError with every problem; codes are keys of operator.json, `package`.
 */
export function readPackageSettings(env: Readonly<Record<string, string | undefined>>): PackageSettings {
  const named = {
    ...env,
    MicrosoftAppId: env['MicrosoftAppId']?.trim() ? env['MicrosoftAppId'] : env['BOT_ID'],
    KLANKBORD_APP_ID: env['KLANKBORD_APP_ID']?.trim() ? env['KLANKBORD_APP_ID'] : env['TEAMS_APP_ID'],
  };
  const given = Object.fromEntries(Object.entries(named).filter(([, value]) => value?.trim()));
  const parsed = schema.safeParse(given);
  if (!parsed.success) {
    const problems = new Map<string, Problem>();
    for (const issue of parsed.error.issues) {
      const name = String(issue.path[0]);
      if (!problems.has(name)) problems.set(name, { name, code: issue.message });
    }
    throw new EnvironmentError([...problems.values()]);
  }
  const data = parsed.data;
  return {
    BOT_ID: data.MicrosoftAppId,
    // One bot, one app: a school that has no reason for an id of its own needs not think one up.
    TEAMS_APP_ID: data.KLANKBORD_APP_ID ?? data.MicrosoftAppId,
    APP_VERSION: data.KLANKBORD_APP_VERSION ?? ownVersion(),
    DEVELOPER: data.KLANKBORD_DEVELOPER,
    WEBSITE_URL: data.KLANKBORD_WEBSITE_URL,
    PRIVACY_URL: data.KLANKBORD_PRIVACY_URL,
    TERMS_URL: data.KLANKBORD_TERMS_URL,
  };
}

function isPlaceholder({ hostname }: URL): boolean {
  return /(^|\.)(example\.(com|org|net)|localhost|invalid|test)$/.test(hostname) || /^[\d.[]/.test(hostname);
}

function ownVersion(): string {
  const file = new URL('../package.json', import.meta.url);
  return z.object({ version: z.string() }).parse(JSON.parse(readFileSync(file, 'utf8'))).version;
}

const appSchema = z.strictObject({
  name: z.strictObject({ short: z.string(), full: z.string() }),
  description: z.strictObject({ short: z.string(), full: z.string() }),
  commands: z.strictObject(Object.fromEntries(MENU.map((id) => [id, z.string()]))),
});
/** What a region says differently from its language. */
const regionSchema = z.strictObject({
  name: appSchema.shape.name.partial().optional(),
  description: appSchema.shape.description.partial().optional(),
  commands: z.partialRecord(z.enum(MENU), z.string()).optional(),
});
type AppTexts = z.infer<typeof appSchema>;

export interface AppLanguage {
  readonly tag: string;
  readonly texts: AppTexts;
  /** As they are typed in the chat. */
  readonly titles: readonly string[];
}

/** Every language that has texts for the app, its regions after it; the default language first. */
export function appLanguages(texts: Texts): AppLanguage[] {
  return texts.codes
    .filter((code) => existsSync(new URL(`${code}/app.json`, LOCALES)))
    .flatMap((code) => {
      const language = texts.language(code);
      const read = (name: string): unknown =>
        JSON.parse(readFileSync(new URL(`${code}/${name}`, LOCALES), 'utf8')) as unknown;
      const base = appSchema.parse(read('app.json'));
      const titles = MENU.map((id) => language.commands()[id]?.[0] ?? '');
      const regions = readdirSync(new URL(`${code}/`, LOCALES))
        .flatMap((file) => /^app\.(\w+-\w+)\.json$/.exec(file)?.[1] ?? [])
        .sort();
      return [
        { tag: language.tag, texts: base, titles },
        ...regions.map((tag) => {
          const own = regionSchema.parse(read(`app.${tag}.json`));
          const merged = {
            name: { ...base.name, ...own.name },
            description: { ...base.description, ...own.description },
            commands: { ...base.commands, ...own.commands },
          };
          return { tag, texts: appSchema.parse(merged), titles };
        }),
      ];
    });
}

interface Template {
  readonly $schema: string;
  readonly bots: readonly object[];
}

/** Everything in the package by its name, in the order of the zip. */
export function packageFiles(settings: PackageSettings, texts: Texts): Map<string, Uint8Array> {
  const languages = appLanguages(texts);
  const main = languages.find(({ tag }) => tag === DEFAULT) ?? languages[0];
  if (!main) throw new Error('no language has texts for the app');
  const others = languages.filter((language) => language !== main);
  const source = readFileSync(new URL('manifest.json', SOURCES), 'utf8');
  const template = JSON.parse(source, (_key, value: unknown) =>
    typeof value === 'string'
      ? value.replace(/^\$\{\{(\w+)\}\}$/, (_, name) => valueOf(settings, String(name)))
      : value,
  ) as Template;
  const manifest = {
    ...template,
    localizationInfo: {
      defaultLanguageTag: main.tag,
      additionalLanguages: others.map(({ tag }) => ({ languageTag: tag.toLowerCase(), file: `${tag}.json` })),
    },
    name: main.texts.name,
    description: main.texts.description,
    bots: template.bots.map((bot) => ({ ...bot, commandLists: [commandList(main)] })),
  };
  return new Map<string, Uint8Array>([
    ['manifest.json', json(manifest)],
    ...ICONS.map((name) => [name, new Uint8Array(readFileSync(new URL(name, SOURCES)))] as const),
    ...others.map(
      (language) => [`${language.tag}.json`, json(localisation(language, manifest.$schema))] as const,
    ),
  ]);
}

function commandList({ titles, texts }: AppLanguage): object {
  const commands = MENU.map((id, nth) => ({ title: titles[nth], description: texts.commands[id] }));
  return { scopes: ['personal'], commands };
}

function localisation({ titles, texts }: AppLanguage, schemaOfManifest: string): object {
  const at = (nth: number, part: string) => `bots[0].commandLists[0].commands[${nth}].${part}`;
  return {
    $schema: schemaOfManifest.replace('MicrosoftTeams.schema', 'MicrosoftTeams.Localization.schema'),
    'name.short': texts.name.short,
    'name.full': texts.name.full,
    'description.short': texts.description.short,
    'description.full': texts.description.full,
    ...Object.fromEntries(
      MENU.flatMap((id, nth) => [
        [at(nth, 'title'), titles[nth]],
        [at(nth, 'description'), texts.commands[id]],
      ]),
    ),
  };
}

function valueOf(settings: PackageSettings, name: string): string {
  const value = (settings as unknown as Record<string, string>)[name];
  if (value === undefined) throw new Error(`appPackage/manifest.json: there is no setting ${name}`);
  return value;
}

function json(value: object): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify(value, null, 2)}\n`);
}

/** The zip: fixed order and date, compressed by a library of its own so that it does not depend on Node's zlib. */
export function zipPackage(files: ReadonlyMap<string, Uint8Array>): Uint8Array {
  // The format keeps local time without a zone: this is the same four bytes everywhere.
  const mtime = new Date(2020, 0, 1);
  const entries: Zippable = Object.fromEntries(
    [...files].map(([name, bytes]) => [name, [bytes, { mtime, level: name.endsWith('.png') ? 0 : 9 }]]),
  );
  return zipSync(entries);
}

interface Validator {
  validateAgainstSchema(manifest: unknown, schema: unknown): Promise<string[]>;
}

/**
 * What Microsoft's own schemas, as they come with their package for developers, find wrong; empty when nothing. Asks nobody on the
 * network. Another schema version can be named, to see whether a newer one would still take the manifest.
 */
export async function schemaProblems(
  files: ReadonlyMap<string, Uint8Array>,
  version?: string,
): Promise<string[]> {
  const require = createRequire(import.meta.url);
  const { AppManifestUtils } = require('@microsoft/app-manifest') as { AppManifestUtils: Validator };
  const problems: string[] = [];
  for (const [name, bytes] of files) {
    if (!name.endsWith('.json')) continue;
    const document = JSON.parse(new TextDecoder().decode(bytes)) as Record<string, unknown>;
    const [, own = '', file = ''] = /\/(v[\d.]+)\/([\w.]+)$/.exec(String(document['$schema'])) ?? [];
    const folder = `@microsoft/app-manifest/build/json-schemas/teams/${version ?? own}`;
    const asked = version === undefined ? document : inVersion(document, version);
    const found = await AppManifestUtils.validateAgainstSchema(asked, readable(require(`${folder}/${file}`)));
    problems.push(...found.map((problem) => `${name}: ${problem.trim()}`));
  }
  return problems;
}

/** Some patterns for parts that we do not have are no valid expressions, and the validator stops at them. */
function readable(schema: unknown): object {
  const { patternProperties, ...rest } = schema as { patternProperties?: Record<string, unknown> };
  const valid = Object.entries(patternProperties ?? {}).filter(([pattern]) => {
    try {
      return new RegExp(pattern, 'u') instanceof RegExp;
    } catch {
      return false;
    }
  });
  return { ...rest, ...(patternProperties ? { patternProperties: Object.fromEntries(valid) } : {}) };
}

function inVersion(document: Record<string, unknown>, version: string): object {
  const $schema = String(document['$schema']).replace(/v[\d.]+(?=\/[\w.]+$)/, version);
  return 'manifestVersion' in document
    ? { ...document, $schema, manifestVersion: version.slice(1) }
    : { ...document, $schema };
}

/**
 * Everything a person reads. A language is a folder; Dutch is the reference that the others are held against.
 * A missing text, parameter or language is an error here, never a key shown to a teacher.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { createInstance, type i18n } from 'i18next';
import { z } from 'zod';

const HERE = new URL('.', import.meta.url);
const REFERENCE = 'nl';
const NAMESPACES = ['interview', 'probes', 'acks', 'notices', 'review', 'profile', 'coach'] as const;
type Namespace = (typeof NAMESPACES)[number];

const phrases = z.array(z.string().min(1)).min(1);
const metaSchema = z.object({
  name: z.string(),
  tag: z.string(),
  /** Locales this language answers to. */
  negotiates: z.array(z.string()),
  /** Words that join a list ("en", "and"). */
  joiners: phrases,
});
const commandsSchema = z.object({ languages: z.record(z.string(), phrases) }).catchall(phrases);
const choicesSchema = z.record(z.string(), z.object({ title: z.string(), say: phrases }));
const feelingsSchema = z.record(z.string(), z.string());

export interface ChoiceText {
  readonly title: string;
  /** Words that can be typed instead; the first is the canonical one. */
  readonly say: readonly string[];
}

type Params = Readonly<Record<string, string | number>>;

/** The texts of one language. */
export interface Language {
  readonly code: string;
  /** Its own name for itself. */
  readonly name: string;
  /** BCP 47 tag for outgoing activities. */
  readonly tag: string;
  /** One text, e.g. `notices:paused`. Throws when the key or a parameter is missing. */
  t(key: string, params?: Params): string;
  /** The nth wording of a key that has several; starts again after the last. */
  variant(key: string, nth: number, params?: Params): string;
  variants(key: string): number;
  commands(): Readonly<Record<string, readonly string[]>>;
  /** Words by which a speaker of this language names each language. */
  languages(): Readonly<Record<string, readonly string[]>>;
  /** Words that join a list. */
  joiners(): readonly string[];
  choice(id: string): ChoiceText;
  /** The feeling words by id, in the order of the language. */
  feelings(): Readonly<Record<string, string>>;
}

export interface Texts {
  readonly codes: readonly string[];
  language(code: string): Language;
  has(code: string): boolean;
  /** The language of a locale such as `nl-BE`; null when we do not have it. */
  negotiate(locale: string | null): string | null;
}

function readJson(code: string, file: string): unknown {
  return JSON.parse(readFileSync(new URL(`${code}/${file}.json`, HERE), 'utf8')) as unknown;
}

function openLanguage(instance: i18n, code: string): Language {
  const meta = metaSchema.parse(readJson(code, 'meta'));
  const { languages, ...commands } = commandsSchema.parse(readJson(code, 'commands'));
  const choices = choicesSchema.parse(readJson(code, 'choices'));
  const feelings = feelingsSchema.parse(readJson(code, 'feelings'));
  const translate = instance.getFixedT(code);
  const countOf = (key: string): number => {
    const found: unknown = instance.getResource(code, ...splitKey(key));
    return Array.isArray(found) ? found.length : 0;
  };
  const t = (key: string, params: Params = {}): string => {
    const text: unknown = translate(key, params);
    if (typeof text !== 'string') throw new Error(`locales/${code}: ${key} is not one text`);
    return text;
  };
  return {
    code,
    name: meta.name,
    tag: meta.tag,
    t,
    variants: countOf,
    variant: (key, nth, params) => {
      const count = countOf(key);
      if (count === 0) throw new Error(`locales/${code}: ${key} has no wordings`);
      return t(`${key}.${nth % count}`, params);
    },
    commands: () => commands,
    languages: () => languages,
    joiners: () => meta.joiners,
    choice: (id) => {
      const choice = choices[id];
      if (!choice) throw new Error(`locales/${code}/choices.json: ${id} is missing`);
      return choice;
    },
    feelings: () => feelings,
  };
}

function splitKey(key: string): [string, string] {
  const colon = key.indexOf(':');
  return [key.slice(0, colon), key.slice(colon + 1)];
}

/** Loads every language folder. Throws on a folder that is not complete enough to be used. */
export function loadTexts(): Texts {
  const codes = readdirSync(HERE, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && hasTexts(entry.name))
    .map((entry) => entry.name)
    .sort((a, b) => Number(b === REFERENCE) - Number(a === REFERENCE) || a.localeCompare(b));
  const instance = createInstance();
  void instance.init({
    initAsync: false,
    lng: REFERENCE,
    fallbackLng: false,
    ns: [...NAMESPACES],
    resources: Object.fromEntries(
      codes.map((code) => [
        code,
        Object.fromEntries(NAMESPACES.map((ns: Namespace) => [ns, readJson(code, ns) as object])),
      ]),
    ),
    // Nothing is HTML here; escaping is done where a text becomes a card.
    interpolation: { escapeValue: false },
    saveMissing: true,
    missingKeyHandler: (languages, ns, key) => {
      throw new Error(`locales/${languages.join()}: ${ns}:${key} is missing`);
    },
    missingInterpolationHandler: (text: string, match: RegExpExecArray) => {
      throw new Error(`locales: no value for ${match[0]} in "${text}"`);
    },
  });
  const open = new Map(codes.map((code) => [code, openLanguage(instance, code)]));
  const negotiable = new Map(
    codes.flatMap((code) =>
      metaSchema.parse(readJson(code, 'meta')).negotiates.map((tag) => [tag, code] as const),
    ),
  );
  return {
    codes,
    has: (code) => open.has(code),
    language: (code) => {
      const language = open.get(code);
      if (!language) throw new Error(`locales/${code} does not exist`);
      return language;
    },
    negotiate: (locale) => {
      const tag = (locale ?? '').toLowerCase();
      return negotiable.get(tag) ?? negotiable.get(tag.split(/[-_]/u)[0] ?? '') ?? null;
    },
  };
}

function hasTexts(folder: string): boolean {
  try {
    return readdirSync(new URL(`${folder}/`, HERE)).includes('interview.json');
  } catch {
    return false;
  }
}

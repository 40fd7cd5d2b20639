/**
 * Everything a person reads. A language is a folder; Dutch is the reference that the others are held against.
 * A missing text, parameter or language is an error here, never a key shown to a teacher.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createInstance, type i18n } from 'i18next';
import { z } from 'zod';
import type { AfterId, ChoiceId, Group, KeyOf, Namespace, TextKey, VariantKey } from './keys.ts';
import { loadLinter, type LinterLists } from './linter.ts';

export type {
  AfterId,
  ChoiceId,
  Group,
  KeyOf,
  Namespace,
  TextKey,
  Under,
  VariantKey,
  VariantOf,
} from './keys.ts';

const HERE = new URL('.', import.meta.url);
const REFERENCE = 'nl';
const NAMESPACES = [
  'interview',
  'probes',
  'acks',
  'reflection',
  'lookback',
  'sliders',
  'second',
  'notices',
  'review',
  'profile',
  'coach',
  'admin',
  'safety',
  'rights',
  'document',
  'dialogs',
  'desk',
  'meeting',
  'plan',
] as const satisfies readonly Namespace[];

const phrases = z.array(z.string().min(1)).min(1);
const metaSchema = z.object({
  name: z.string(),
  tag: z.string(),
  /** Locales this language answers to. */
  negotiates: z.array(z.string()),
  /** Words that join a list ("en", "and"). */
  joiners: phrases,
});
/** Who has read a language: nobody signs for a school but a school. */
const statusSchema = z.object({ complete: z.boolean(), signedBy: z.array(z.string()) });
/** A thin layer over another language: only what differs. */
const layerSchema = metaSchema.partial().extend({ base: z.string(), name: z.string(), tag: z.string() });
const commandsSchema = z.object({ languages: z.record(z.string(), phrases) }).catchall(phrases);
const choicesSchema = z.record(z.string(), z.object({ title: z.string(), say: phrases }));
/** What can be typed or pressed after sharing, and the words around a date. */
const afterSchema = z.object({
  words: choicesSchema,
  time: z.object({ fillers: phrases, today: phrases, tomorrow: phrases, joiners: phrases }),
});
export type TimeWords = z.infer<typeof afterSchema>['time'];
const feelingsSchema = z.record(z.string(), z.string());
/** Per term its words; per word its forms, as placeholders of the texts. The first word is the usual one. */
const termsSchema = z.record(z.string(), z.record(z.string(), z.record(z.string(), z.string())));
type Terms = z.infer<typeof termsSchema>;

export const TERMS = ['teacher', 'pupil', 'coach'] as const;
export type Term = (typeof TERMS)[number];
export type Address = 'informal' | 'formal';

/** How a school wants to be spoken for in one language. Never changed once made: a version of the settings has its own. */
export interface Voice {
  readonly address: Address;
  /** The school's words, by term; the usual ones where absent. */
  readonly terms: Readonly<Partial<Record<Term, string>>>;
  /** Own wordings by key, e.g. `interview:q4_off.0`; they stand as written, whatever the form of address. */
  readonly own: Readonly<Record<string, string>>;
}

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
  /** The language whose listener and word lists it shares: its own code, or that of the language it is a layer over. */
  readonly base: string;
  /** Whether it has texts for the formal form of address. */
  readonly hasFormal: boolean;
  readonly review: { readonly complete: boolean; readonly signedBy: readonly string[] };
  /** The same language in a school's voice. */
  with(voice: Voice): Language;
  /** Words a school can choose from for a term, with the forms they take in the texts. */
  terms(): Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, string>>>>>>;
  /** Word lists for judging a school's own questions; null when there are none. */
  linter(): LinterLists | null;
  /** One text, e.g. `notices:paused`. Throws when the key or a parameter is missing. */
  t(key: TextKey, params?: Params): string;
  /** The nth wording of a key that has several; starts again after the last. */
  variant(key: VariantKey, nth: number, params?: Params): string;
  variants(key: VariantKey): number;
  commands(): Readonly<Record<string, readonly string[]>>;
  /** Words by which a speaker of this language names each language. */
  languages(): Readonly<Record<string, readonly string[]>>;
  /** Words that join a list. */
  joiners(): readonly string[];
  choice(id: ChoiceId): ChoiceText;
  /** What can be typed or pressed after sharing, by id. */
  after(): Readonly<Record<AfterId, ChoiceText>>;
  /** Words around a date. */
  time(): TimeWords;
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

function isThere(code: string, file: string): boolean {
  return existsSync(new URL(`${code}/${file}.json`, HERE));
}

/** The texts of a formal form of address are a layer of their own, under a private subtag: `nl-x-formal`. */
const FORMAL = '-x-formal';

/** Where a text is looked for, nearest first. Formal beats regional: a regional text in the wrong form of address would be worse. */
function chainOf(code: string, address: Address): string[] {
  const base = baseOf(code);
  const codes = base === code ? [code] : [code, base];
  return address === 'formal' ? [...codes.map((c) => c + FORMAL), ...codes] : codes;
}

function baseOf(code: string): string {
  return isThere(code, 'interview') ? code : layerSchema.parse(readJson(code, 'meta')).base;
}

function openLanguage(instance: i18n, code: string): Language {
  const base = baseOf(code);
  const meta = metaSchema.parse({
    ...(readJson(base, 'meta') as object),
    ...(readJson(code, 'meta') as object),
  });
  const { languages, ...commands } = commandsSchema.parse(readJson(base, 'commands'));
  const choices = choicesSchema.parse(readJson(base, 'choices'));
  const after = afterSchema.parse(readJson(base, 'after'));
  const feelings = feelingsSchema.parse(readJson(base, 'feelings'));
  const terms = termsSchema.parse(readJson(base, 'terms'));
  const review = statusSchema.parse(readJson(code, 'status'));
  const named = Object.entries(feelings).flatMap(([id, word]) => (UNFELT.has(id) ? [] : [word]));
  const inVoices = new WeakMap<Voice, Language>();
  /** Wordings by key: looking them up takes longer than the text itself. */
  const counts = new Map<string, number>();

  const inVoice = (voice: Voice): Language => {
    const known = inVoices.get(voice);
    if (known) return known;
    const chain = chainOf(code, voice.address);
    const translate = instance.getFixedT(chain[0] ?? code);
    const words = formsOf(terms, voice.terms);
    const countOf = (key: string): number => {
      let count = counts.get(key);
      if (count === undefined) {
        // Every layer has as many wordings as the language under it.
        const found: unknown = instance.getResource(base, ...splitKey(key));
        count = Array.isArray(found) ? found.length : 0;
        counts.set(key, count);
      }
      return count;
    };
    const t = (key: string, params: Params = {}): string => {
      const values = { ...words, ...params };
      const own = voice.own[key];
      if (own !== undefined) return instance.services.interpolator.interpolate(own, values, code, {});
      const text: unknown = translate(key, values);
      if (typeof text !== 'string') throw new Error(`locales/${code}: ${key} is not one text`);
      return text;
    };
    const language: Language = {
      code,
      base,
      name: meta.name,
      tag: meta.tag,
      review,
      hasFormal: isThere(base, 'formal'),
      with: inVoice,
      terms: () => terms,
      linter: () => loadLinter(base, named),
      t,
      variants: countOf,
      variant: (key, nth, params) => {
        const count = countOf(key);
        if (count === 0) throw new Error(`locales/${code}: ${key} has no wordings`);
        return t(nthOf(key, nth % count), params);
      },
      commands: () => commands,
      languages: () => languages,
      joiners: () => meta.joiners,
      choice: (id) => {
        const choice = choices[id];
        if (!choice) throw new Error(`locales/${code}/choices.json: ${id} is missing`);
        return choice;
      },
      after: () => after.words as Record<AfterId, ChoiceText>,
      time: () => after.time,
      feelings: () => feelings,
    };
    inVoices.set(voice, language);
    return language;
  };
  return inVoice(PLAIN);
}

const PLAIN: Voice = { address: 'informal', terms: {}, own: {} };
/** Choices beside the feeling words that name no feeling. */
const UNFELT = new Set(['else', 'nothing']);

/** The forms of the chosen words, ready to be filled in. */
function formsOf(terms: Terms, chosen: Voice['terms']): Record<string, string> {
  return Object.assign(
    {},
    ...Object.entries(terms).map(
      ([term, words]) => words[chosen[term as Term] ?? ''] ?? Object.values(words)[0] ?? {},
    ),
  ) as Record<string, string>;
}

/** A key with its namespace; without one it is of this one. */
export function wholeKey<N extends Namespace>(namespace: N, key: KeyOf<N> | TextKey): TextKey {
  return key.includes(':') ? (key as TextKey) : keyIn(namespace, key);
}

/** The key of a text that data names, such as a mistake by its code: the group is checked by the compiler, the id when it is looked up. */
export function keyIn(group: Group | Namespace, id: string): TextKey {
  return `${group}${group.includes(':') ? '.' : ':'}${id}` as TextKey;
}

/** A union of every wording of every key is more than the compiler can hold; each of them is a text. */
const nthOf = (key: string, nth: number): TextKey => `${key}.${nth}` as TextKey;

function splitKey(key: string): [string, string] {
  const colon = key.indexOf(':');
  return [key.slice(0, colon), key.slice(colon + 1)];
}

/** All layers as i18next keeps them: every language, its formal texts, the thin layers over it. */
function resourcesOf(codes: readonly string[]): Record<string, Record<string, object>> {
  const found: Record<string, Record<string, object>> = {};
  for (const code of codes) {
    found[code] = isThere(code, 'interview')
      ? Object.fromEntries(NAMESPACES.map((ns: Namespace) => [ns, readJson(code, ns) as object]))
      : (readJson(code, 'layer') as Record<string, object>);
    if (isThere(code, 'formal')) found[code + FORMAL] = readJson(code, 'formal') as Record<string, object>;
  }
  return found;
}

/** Loads every language folder. Throws on a folder that is not complete enough to be used. */
export function loadTexts(): Texts {
  const codes = readdirSync(HERE, { withFileTypes: true })
    .filter(
      (entry) => entry.isDirectory() && (isThere(entry.name, 'interview') || isThere(entry.name, 'layer')),
    )
    .map((entry) => entry.name)
    .sort((a, b) => Number(b === REFERENCE) - Number(a === REFERENCE) || a.localeCompare(b));
  const instance = createInstance();
  const fallbacks = codes.flatMap((code) =>
    (['informal', 'formal'] as const).map((address): [string, string[]] => {
      const [first = code, ...rest] = chainOf(code, address);
      return [first, rest];
    }),
  );
  void instance.init({
    initAsync: false,
    lng: REFERENCE,
    load: 'currentOnly',
    fallbackLng: { ...Object.fromEntries(fallbacks), default: [] },
    ns: [...NAMESPACES],
    resources: resourcesOf(codes),
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
    codes.flatMap((code) => {
      const { negotiates = [] } = metaSchema.partial().parse(readJson(code, 'meta'));
      return negotiates.map((tag) => [tag, code] as const);
    }),
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

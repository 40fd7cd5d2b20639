/** Whom a safety card points to: a preset per country, in which a school may change names and numbers but leave nothing out. */
import { readdirSync, readFileSync } from 'node:fs';
import { z } from 'zod';

const HERE = new URL('contacts/', import.meta.url);

/** Services that have a number. */
export const SERVICES = ['emergency', 'childProtection', 'crisis', 'staffAbuse'] as const;
/** People of the school, and services, that have a name. */
const NAMED = [
  'childProtection',
  'crisis',
  'staffAbuse',
  'safetyContact',
  'confidant',
  'doctor',
  'board',
] as const;

const text = z.string('text').trim().min(1, 'text').max(120, 'text');
const number = z
  .string('text')
  .trim()
  .regex(/^\+?\d[\d -]{1,18}\d$/u, 'phoneNumber');
const each = <K extends string, T extends z.ZodType>(keys: readonly K[], type: T) =>
  z.strictObject(Object.fromEntries(keys.map((key) => [key, type])) as Record<K, T>);

const presetSchema = z.strictObject({
  country: z.string().regex(/^[a-z]{2}$/u),
  numbers: each(SERVICES, z.array(number).min(1)),
  /** Where one can chat instead of calling. */
  crisisSite: text,
  /** Per language: the names, and a line of this country's own on the cards S1 and S2. */
  names: z.record(z.string(), each([...NAMED, 'S1', 'S2'], text)),
});
type Preset = z.infer<typeof presetSchema>;

const changes = <K extends string, T extends z.ZodType>(keys: readonly K[], type: T) =>
  each(keys, type).partial();

/** What stands under `contacts` in the school file. Error messages are codes for the operator's texts. */
export const schoolContactsSchema = z.strictObject(
  {
    country: z.enum(countries() as [string, ...string[]], { error: 'country' }).default('nl'),
    /** Somebody a teacher can turn to in person, besides the coach. */
    person: text.optional(),
    names: changes(NAMED, text).default({}),
    numbers: changes(SERVICES, z.array(number, 'list').min(1, 'list')).default({}),
  },
  'section',
);
export type SchoolContacts = z.infer<typeof schoolContactsSchema>;

const presets = new Map<string, Preset>();

/** The countries there is a preset for. */
export function countries(): string[] {
  return readdirSync(HERE)
    .filter((file) => file.endsWith('.json'))
    .map((file) => file.slice(0, -'.json'.length))
    .sort();
}

/** Throws when the preset lacks anything a card needs. */
export function presetOf(country: string): Preset {
  const known = presets.get(country);
  if (known) return known;
  const preset = presetSchema.parse(JSON.parse(readFileSync(new URL(`${country}.json`, HERE), 'utf8')));
  presets.set(country, preset);
  return preset;
}

export type ContactTexts = Readonly<
  Record<(typeof SERVICES)[number] | (typeof NAMED)[number] | 'crisisSite' | 'S1' | 'S2', string>
>;

/** Everything a card fills in, in one language: services with their numbers, people by name. A layer has the names of its `base`. */
export function contactTexts(
  school: SchoolContacts,
  { base, tag }: { readonly base: string; readonly tag: string },
): ContactTexts {
  const preset = presetOf(school.country);
  const own = preset.names[base] ?? preset.names['en'];
  if (!own) throw new Error(`locales/contacts/${school.country}.json has no names for ${base}`);
  const names = { ...own, ...defined(school.names) };
  const list = new Intl.ListFormat(tag, { type: 'disjunction' });
  const numbers = (service: (typeof SERVICES)[number]): string =>
    list.format(school.numbers[service] ?? preset.numbers[service]);
  const withNumber = (service: Exclude<(typeof SERVICES)[number], 'emergency'>): string =>
    `${names[service]}: ${numbers(service)}`;
  return {
    ...names,
    emergency: numbers('emergency'),
    childProtection: withNumber('childProtection'),
    crisis: withNumber('crisis'),
    staffAbuse: withNumber('staffAbuse'),
    crisisSite: preset.crisisSite,
  };
}

function defined<T extends object>(values: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as never;
}

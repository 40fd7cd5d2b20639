/** Language packs from disk: every JSON file of locales/<lang>/listening/ together is one pack. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { compilePack, type Pack } from '../machines/listening/pack.ts';

const HERE = new URL('.', import.meta.url);
const packs = new Map<string, Pack>();

type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

/** Objects are joined key by key, lists and word lists put behind one another. */
function join(a: Json | undefined, b: Json, path: string): Json {
  if (a === undefined) return b;
  if (Array.isArray(a) && Array.isArray(b)) return [...a, ...b];
  if (typeof a === 'string' && typeof b === 'string') return `${a} ${b}`;
  if (typeof a === 'string' && Array.isArray(b)) return [a, ...b];
  if (Array.isArray(a) && typeof b === 'string') return [...a, b];
  if (isObject(a) && isObject(b)) {
    const out = { ...a };
    for (const [key, value] of Object.entries(b)) out[key] = join(out[key], value, `${path}.${key}`);
    return out;
  }
  throw new Error(`Two files of this language pack disagree on ${path}.`);
}

const isObject = (value: Json): value is { [key: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The languages that can be listened to. */
export function listeningLanguages(): string[] {
  return readdirSync(HERE, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(new URL(`${entry.name}/listening/`, HERE)))
    .map((entry) => entry.name)
    .filter((name) => readdirSync(new URL(`${name}/listening/`, HERE)).some((file) => file.endsWith('.json')))
    .sort();
}

export function loadPack(lang: string): Pack {
  const known = packs.get(lang);
  if (known) return known;
  if (!listeningLanguages().includes(lang))
    throw new Error(
      `There is no listening pack for "${lang}". There is one for: ${listeningLanguages().join(', ')}.`,
    );
  const folder = new URL(`${lang}/listening/`, HERE);
  let data: Json | undefined;
  for (const file of readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .sort()) {
    let part: Json;
    try {
      part = JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as Json;
    } catch (error) {
      throw new Error(`locales/${lang}/listening/${file} is no JSON: ${(error as Error).message}`, {
        cause: error,
      });
    }
    data = join(data, part, lang);
  }
  const pack = compilePack(data);
  packs.set(lang, pack);
  return pack;
}

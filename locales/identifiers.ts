/** What the search for identifying words must know of a language: `listening/`'s neighbour, `identifiers.json` of its folder. */
import { readFileSync } from 'node:fs';
import { z } from 'zod';

const words = z.array(z.string().regex(/^[\p{Ll}\p{M}'’ -]+$/u));
const schema = z.strictObject({
  months: words.min(12),
  particles: words,
  born: words.min(1),
  articles: words,
  notNames: words,
  capitalsAreNames: z.boolean(),
  firstNames: words,
});

const loaded = new Map<string, z.infer<typeof schema>>();

/** `code`: a folder of locales/. Throws when it has none. */
export function identifierWords(code: string): z.infer<typeof schema> {
  const known = loaded.get(code);
  if (known) return known;
  const file = new URL(`${code}/identifiers.json`, import.meta.url);
  const read = schema.parse(JSON.parse(readFileSync(file, 'utf8')));
  loaded.set(code, read);
  return read;
}

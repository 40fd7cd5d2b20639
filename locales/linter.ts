/** The prompt linter's word lists of a language, together with the feelings the listener knows and those a teacher can choose from. */
import { existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';

const HERE = new URL('.', import.meta.url);
const list = z.array(z.string().min(1));
const schema = z.strictObject({
  imperatives: list,
  feelings: list,
  exempt: z.record(z.string(), list),
  closed: list,
  why: list,
  suggestive: list,
  evaluative: list,
  traits: list,
  hard: list,
  pronouns: list,
  informal: list,
  formal: list,
});
/** machines/prompt-linter.ts says what each list is for. */
export type LinterLists = z.infer<typeof schema>;

const loaded = new Map<string, LinterLists | null>();

/** Groups of the listener's feelings whose words name a feeling, whatever they stand beside. */
const LISTENED = ['states', 'verbs', 'moves', 'nouns'] as const;
const listenerSchema = z.object({
  feelings: z.partialRecord(z.enum(LISTENED), z.record(z.string(), z.unknown())).catch({}),
});

/** Null for a language that has no lists. A thin layer over another language has that language's. */
export function loadLinter(code: string, feelings: readonly string[] = []): LinterLists | null {
  const known = loaded.get(code);
  if (known !== undefined) return known;
  const read = (file: string): unknown =>
    JSON.parse(readFileSync(new URL(`${code}/${file}`, HERE), 'utf8')) as unknown;
  let words: LinterLists | null = null;
  if (existsSync(new URL(`${code}/linter.json`, HERE))) {
    const own = schema.parse(read('linter.json'));
    const listened = existsSync(new URL(`${code}/listening/feelings.json`, HERE))
      ? wordsOf(read('listening/feelings.json'))
      : [];
    // What stands in our own questions, or nearly everywhere, names no feeling by itself.
    const harmless = new Set(own.exempt['*'] ?? []);
    const all = [...own.feelings, ...feelings, ...listened]
      .map((w) => w.toLowerCase())
      .filter((w) => !harmless.has(w));
    words = { ...own, feelings: [...new Set(all)] };
  }
  loaded.set(code, words);
  return words;
}

function wordsOf(pack: unknown): string[] {
  const parsed = listenerSchema.safeParse(pack);
  if (!parsed.success) return [];
  return Object.values(parsed.data.feelings)
    .flatMap((group) => Object.values(group ?? {}))
    .flatMap((entry) => (typeof entry === 'string' ? entry.split(/\s+/u) : []))
    .filter((word) => /^\p{L}{3,}$/u.test(word));
}

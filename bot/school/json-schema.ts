/**
 * The school file's shape as JSON Schema, so that editors complete and check it: `node bot/school/json-schema.ts` writes
 * school.schema.json; a test keeps the two equal.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { countries } from '../../locales/contacts.ts';
import { loadTexts, TERMS } from '../../locales/index.ts';
import { OPTIONAL_QUESTIONS, schoolSchema } from './schema.ts';

interface Node {
  description?: string;
  properties?: Record<string, Node>;
  items?: Node;
  additionalProperties?: Node | boolean;
  propertyNames?: Node;
  default?: unknown;
  [key: string]: unknown;
}

const FILE = new URL('../../school.schema.json', import.meta.url);

export function schoolJsonSchema(): string {
  const schema = z.toJSONSchema(schoolSchema, { io: 'input', unrepresentable: 'any' }) as Node;
  const said = ['en', 'nl', 'de'].map(
    (lang) =>
      JSON.parse(
        readFileSync(new URL(`../../locales/${lang}/school-schema.json`, import.meta.url), 'utf8'),
      ) as Record<string, string>,
  );
  describe(schema, '', said);
  complete(schema);
  return `${JSON.stringify({ title: 'Klankbord: school.yaml', ...schema }, null, 2)}\n`;
}

/** Says at each setting what it is for; the path leaves out the numbers of a list. */
function describe(node: Node, path: string, said: readonly Record<string, string>[]): void {
  const texts = said.flatMap((texts) => texts[path] ?? []);
  if (texts.length > 0) node.description = texts.join('\n');
  if (node.items) describe(node.items, path === '' ? '' : `${path}.`, said);
  for (const [key, inner] of Object.entries(node.properties ?? {})) {
    describe(inner, path === '' ? key : `${path.replace(/\.$/u, '')}.${key}`, said);
  }
}

/** What an editor can offer while somebody types. */
function complete(schema: Node): void {
  const texts = loadTexts();
  const of = (...path: string[]): Node | undefined =>
    path.reduce<Node | undefined>((node, key) => node?.properties?.[key], schema);
  const languages = { enum: [...texts.codes].sort() };
  const offered = of('languages', 'offered');
  if (offered?.items) offered.items = { ...languages };
  const standard = of('languages', 'default');
  if (standard) Object.assign(standard, languages);
  const optional = of('optional');
  if (optional?.items) optional.items = { enum: OPTIONAL_QUESTIONS };
  const country = of('contacts', 'country');
  if (country) country['enum'] = countries();
  for (const name of ['terms', 'prompts']) {
    const block = of(name);
    if (block) block.propertyNames = { ...languages };
  }
  const terms = of('terms')?.additionalProperties;
  for (const term of TERMS) {
    const node = typeof terms === 'object' ? terms.properties?.[term] : undefined;
    const words = texts.codes.flatMap((code) => Object.keys(texts.language(code).terms()[term] ?? {}));
    if (node) node['examples'] = [...new Set(words)];
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(FILE, schoolJsonSchema());

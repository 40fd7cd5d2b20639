/**
 * Dutch as nobody writes it: every letter of ours has a sign on it and every text is 40 % longer, placeholders as they are. Whatever
 * is read in plain letters then did not come from locales/; what does not fit in a longer language is seen too.
 */
import { readdirSync, readFileSync } from 'node:fs';
import type { Language, Texts, Voice } from '../../locales/index.ts';

const PLAIN = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';
const SIGNED = [...'ȧƀċḋėƒġḣïĵķŀṁñȯṗɋṙṡṫüṽẇẋẏżȦɃĊḊĖƑĠḢÏĴĶĿṀÑȮṖɊṘṠṪÜṼẆẊẎŻ'];
const FILL = ' ɋẋżɋẋ';
/** What an admin types is compared with these. */
const TYPED = /^admin:chat\.(?:words|address)\./u;

/** One text in pseudo language. */
export function pseudo(text: string): string {
  const signed = text
    .split(/(\{\{\w+\}\})/u)
    .map((part) =>
      part.startsWith('{{') ? part : [...part].map((c) => SIGNED[PLAIN.indexOf(c)] ?? c).join(''),
    )
    .join('');
  return signed + FILL.repeat(Math.ceil((0.4 * text.length) / FILL.length));
}

function* leaves(tree: unknown, path: string): Generator<[string, string]> {
  if (typeof tree === 'string') yield [path, tree];
  else if (typeof tree === 'object' && tree !== null)
    for (const [key, inner] of Object.entries(tree))
      yield* leaves(inner, path.endsWith(':') ? `${path}${key}` : `${path}.${key}`);
}

function pseudoOf(code: string): Record<string, string> {
  const folder = new URL(`../../locales/${code}/`, import.meta.url);
  const files = readdirSync(folder).filter((file) => file.endsWith('.json'));
  return Object.fromEntries(
    files.flatMap((file) =>
      [...leaves(JSON.parse(readFileSync(new URL(file, folder), 'utf8')), `${file.slice(0, -5)}:`)]
        .filter(([key]) => !TYPED.test(key))
        .map(([key, text]): [string, string] => [key, pseudo(text)]),
    ),
  );
}

/** All languages as they are, but this one in its pseudo form. What can be typed stays what it is. */
export function pseudoTexts(texts: Texts, code: string): Texts {
  const own = pseudoOf(code);
  // In every language the title of the table has the title of its first column in it ("Wat er per moment is verteld").
  own['profile:grid.title'] = `${own['profile:grid.title']} ${own['profile:grid.moment']}`;
  const titled = <T extends { readonly title: string }>(choice: T): T => ({
    ...choice,
    title: pseudo(choice.title),
  });
  const known = new WeakMap<Voice, Language>();
  const wrap = (plain: Language): Language => {
    const after = Object.fromEntries(Object.entries(plain.after()).map(([id, way]) => [id, titled(way)]));
    const language: Language = {
      ...plain,
      choice: (id) => titled(plain.choice(id)),
      after: () => after as ReturnType<Language['after']>,
      with: (voice) => {
        const made = known.get(voice) ?? wrap(plain.with({ ...voice, own: { ...own, ...voice.own } }));
        known.set(voice, made);
        return made;
      },
    };
    return language;
  };
  const language = wrap(texts.language(code).with({ address: 'informal', terms: {}, own }));
  return { ...texts, language: (asked) => (asked === code ? language : texts.language(asked)) };
}

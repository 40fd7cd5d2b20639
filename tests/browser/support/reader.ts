/** Reads what is asked from the words on the screen alone, as a person does; the texts say which question has which words. */
import { readFileSync } from 'node:fs';

export interface Asked {
  /** `q4_off`, or the kind of follow-up (`P-CHILD`). */
  readonly id: string;
  readonly at: number;
}

/** Said before a question, and asking nothing. */
const ONLY_SAID = ['c1_bot', 'c2_data', 'c3_more', 'c5_frame'];

const escaped = (text: string): string => text.replace(/[.*+?^$()|[\]\\]/gu, '\\$&');

/** What a language asks. Gives what was asked last in a text; null when nothing was. */
export function reader(lang: string): (heard: string) => Asked | null {
  const read = (file: string) =>
    JSON.parse(
      readFileSync(new URL(`../../../locales/${lang}/${file}.json`, import.meta.url), 'utf8'),
    ) as Record<string, string | readonly string[]>;
  const patterns = Object.entries({ ...read('interview'), ...read('probes') })
    .filter(([key]) => !ONLY_SAID.includes(key))
    .flatMap(([key, texts]) =>
      [texts].flat().map((text) => {
        const words = escaped(text.replace(/\s+/gu, ' ')).replace(/\{\{\w+\}\}/gu, '.{1,80}?');
        const id = /^(?:P-[A-Z]+|[a-z]\d_[a-z]+\d?)/u.exec(key)?.[0] ?? key;
        return { id, pattern: new RegExp(words, 'u'), length: text.length };
      }),
    );
  return (heard) => {
    const found = patterns.flatMap(({ id, pattern, length }) => {
      const at = pattern.exec(heard)?.index;
      return at === undefined ? [] : [{ id, at, length }];
    });
    return found.sort((a, b) => b.at - a.at || b.length - a.length)[0] ?? null;
  };
}

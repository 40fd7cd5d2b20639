/** The first question asks for three words; teachers write a list, a line, or a whole sentence. */

const MOST_WORDS = 3;
const LONGEST_ITEM_WORDS = 3;
const LONGEST_ITEM_CHARS = 40;
const SEPARATORS = /[,;\n\r/|•·+&]+/u;
const NUMBERING = /^(?:[-*–]|\(?\d{1,2}[.):])\s*/u;
const EDGES = /^["'“”‘’(\s]+|["'“”‘’).!?…\s]+$/gu;

/**
 * The words in an answer, as typed, at most three; empty when it is a sentence rather than words.
 * `joiners`: words of the language that join a list ("en", "and").
 */
export function readWords(text: string, joiners: readonly string[]): string[] {
  const joined = new Set(joiners);
  const parts = text.split(SEPARATORS).flatMap((part) => {
    const items: string[][] = [[]];
    for (const word of part.replace(NUMBERING, '').split(/\s+/u)) {
      if (joined.has(word.toLowerCase())) items.push([]);
      else if (word !== '') items.at(-1)?.push(word);
    }
    return items
      .map((words) => words.join(' ').replace(NUMBERING, '').replace(EDGES, ''))
      .filter((w) => w !== '');
  });
  const only = parts[0];
  // Three bare words in a row are a list too; two may belong together ("soms warm").
  const found = parts.length === 1 && only?.split(/\s+/u).length === MOST_WORDS ? only.split(/\s+/u) : parts;
  const isItem = (item: string): boolean =>
    item.length <= LONGEST_ITEM_CHARS && item.split(/\s+/u).length <= LONGEST_ITEM_WORDS;
  return found.every(isItem) ? [...new Set(found)].slice(0, MOST_WORDS) : [];
}

/** The three words after the follow-up: new words come first, words that were there fill up. */
export function mergeWords(earlier: readonly string[], later: readonly string[]): string[] {
  return [...new Set([...later, ...earlier])].slice(0, MOST_WORDS);
}

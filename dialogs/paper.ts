/** A document before it is a file: what it says, in order. bot/document.ts makes Word of it. */

export type Block =
  /** Level 1 begins a part of the document. `newPage`: it stands at the top of a page of its own. */
  | { readonly kind: 'heading'; readonly level: 1 | 2 | 3; readonly text: string; readonly newPage?: true }
  /** `lead`: stands out; `soft`: small print. A newline in the text begins a new line. */
  | { readonly kind: 'paragraph'; readonly text: string; readonly tone?: 'lead' | 'soft' }
  /** Words of somebody: `mark` before them, where they come from after them. */
  | { readonly kind: 'quote'; readonly mark: string; readonly text: string; readonly source: string }
  /** `numbered` lists count from 1 again each time. */
  | { readonly kind: 'list'; readonly numbered?: true; readonly items: readonly string[] }
  /** The first row names the columns, the first cell of a row names the row. `title` and `description` are read aloud, not shown. */
  | {
      readonly kind: 'table';
      readonly title: string;
      readonly description: string;
      /** Shares of the width of the page. */
      readonly widths: readonly number[];
      readonly rows: readonly (readonly string[])[];
    };

export interface Paper {
  readonly title: string;
  /** BCP 47. */
  readonly tag: string;
  /** At the top of every page. */
  readonly header: string;
  /** At the foot of every page; PAGE and PAGES stand where the numbers come. */
  readonly footer: string;
  readonly blocks: readonly Block[];
}

/** Where the number of the page, and of all pages, comes in a footer: signs that no text has. */
export const PAGE = '\u0001';
export const PAGES = '\u0002';

const MARK = /[\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c\ufff9-\ufffb\ufeff\ufdd0-\ufdef]/gu;

/**
 * Text for a document: without what no document may hold (XML knows no control characters, no halves of characters) and without what
 * turns the direction of the words around it. Tabs become spaces, newlines stay.
 */
export function plain(text: string): string {
  return (
    text
      .toWellFormed()
      .replace(/\r\n?|[\u0085\u2028\u2029]/gu, '\n')
      .replace(/\t/gu, ' ')
      // eslint-disable-next-line no-control-regex -- they are what is removed
      .replace(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/gu, '')
      .replace(MARK, '')
      // The last two places of every plane are no characters.
      .replace(/[^]/gu, (c) => (((c.codePointAt(0) ?? 0) & 0xfffe) === 0xfffe ? '' : c))
  );
}

/** A name for a file that every system takes: letters, digits and hyphens. */
export function fileName(words: string, date: string): string {
  const safe = words
    .normalize('NFD')
    .replace(/[^A-Za-z0-9 -]/gu, '')
    .trim()
    .replace(/[ -]+/gu, '-')
    .toLowerCase();
  return `${safe === '' ? 'klankbord' : safe}-${date}.docx`;
}

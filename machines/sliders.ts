/** Six sentences about the last week, each from 0 to 10: not validated, never added up, only shown beside each other. */

export const SLIDERS = ['near', 'clash', 'fun', 'annoyed', 'lost', 'support'] as const;
export type SliderId = (typeof SLIDERS)[number];

export const HIGHEST = 10;

/** One place per sentence, in the order of SLIDERS; null where nothing was filled in. */
export type SliderValues = readonly (number | null)[];

const BLANK = /^[-–—x?]$/iu;

function valueOf(text: string): number | null {
  return /^\d{1,2}$/u.test(text) && Number(text) <= HIGHEST ? Number(text) : null;
}

/** Six numbers in a row as typed, a dash for one that is left open; null when the text is something else. */
export function readSliders(text: string): SliderValues | null {
  const parts = text.split(/[\s,;/]+/u).filter((part) => part !== '');
  const readable = parts.every((part) => BLANK.test(part) || valueOf(part) !== null);
  const values = parts.map(valueOf);
  return parts.length === SLIDERS.length && readable && values.some((v) => v !== null) ? values : null;
}

/** As kept with an answer: a number, or nothing, per sentence. */
export function toWords(values: SliderValues): string[] {
  return values.map((value) => (value === null ? '' : String(value)));
}

export function fromWords(words: readonly string[]): SliderValues {
  return SLIDERS.map((_, i) => valueOf(words[i] ?? ''));
}

/**
 * Which sentences may be about somebody's safety, which card they call for, and what the teacher said about them.
 * The listener gives raw hits; here they become a decision. What is kept are prints of sentences, never the sentences.
 */
import type { Heard } from './listening/types.ts';

/**
 * S1 a child may be unsafe at home, S2 sexual offence by staff, S3 the teacher went too far, S4 the teacher is worn out,
 * S5 thoughts of suicide.
 */
export const CARDS = ['S1', 'S2', 'S3', 'S4', 'S5'] as const;
export type CardId = (typeof CARDS)[number];

/** When several are called for, the one that can least wait. */
const FIRST: readonly CardId[] = ['S5', 'S2', 'S1', 'S3', 'S4'];

/** Asked about before the card is shown; the other two are too grave to ask first. */
export function isAskedFirst(card: CardId): boolean {
  return card !== 'S2' && card !== 'S5';
}

/** What is kept of it with the interview. No texts. */
export interface Safety {
  /** A card that waits for "is that right?"; the questions wait with it. */
  readonly open: { readonly card: CardId; readonly prints: readonly string[] } | null;
  /** Sentences that are not about safety, says the teacher: they may be used, and are not asked about again. */
  readonly cleared: readonly string[];
  /** Sentences that are: they stay out of everything, and are not asked about again. */
  readonly confirmed: readonly string[];
  /** Cards that were shown, and when (epoch ms). */
  readonly shown: readonly { readonly card: CardId; readonly at: number }[];
  /** The card that was shown last, as long as the teacher has not gone on: a text in the meantime gets it again. */
  readonly pinned: CardId | null;
}

export const NO_SAFETY: Safety = { open: null, cleared: [], confirmed: [], shown: [], pinned: null };

/** A sentence in which something was heard. */
export interface Concern {
  readonly card: CardId;
  readonly print: string;
  readonly sentence: string;
}

const isCard = (id: string | undefined): id is CardId => (CARDS as readonly string[]).includes(id ?? '');

/** The sentences of a text that may be about safety, each with its gravest card. */
export function concernsOf(text: string, heard: Heard | null): Concern[] {
  const hits = (heard?.signals ?? []).filter((s) => s.kind === 'safety' && isCard(s.detail));
  if (!heard || hits.length === 0) return [];
  const spans = heard.sentences.length > 0 ? heard.sentences : [{ start: 0, end: text.length }];
  return spans.flatMap((span) => {
    const cards = hits.filter((s) => s.start < span.end && s.end > span.start).map((s) => s.detail as CardId);
    const card = FIRST.find((id) => cards.includes(id));
    if (!card) return [];
    const sentence = text.slice(span.start, span.end);
    return [{ card, print: printOf(sentence), sentence }];
  });
}

/** The card that these sentences call for now; null when the teacher has answered for all of them. */
export function callsFor(concerns: readonly Concern[], safety: Safety): CardId | null {
  const cards = unanswered(concerns, safety).map((c) => c.card);
  return FIRST.find((id) => cards.includes(id)) ?? null;
}

export function unanswered(concerns: readonly Concern[], safety: Safety): Concern[] {
  return concerns.filter((c) => !safety.cleared.includes(c.print) && !safety.confirmed.includes(c.print));
}

/**
 * A print of a sentence: the same for the same words, whatever the capitals, marks and spaces; 53 bits, so that two sentences of one
 * interview do not share one. It cannot be read back, and it is sealed like everything else of the interview.
 */
export function printOf(sentence: string): string {
  const words =
    sentence
      .normalize('NFKC')
      .toLowerCase()
      .match(/[\p{L}\p{M}\p{N}]+/gu) ?? [];
  let a = 0xdeadbeef;
  let b = 0x41c6ce57;
  for (const char of words.join(' ')) {
    const code = char.codePointAt(0) ?? 0;
    a = Math.imul(a ^ code, 2654435761);
    b = Math.imul(b ^ code, 1597334677);
  }
  a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909);
  b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909);
  return (4294967296 * (2097151 & b) + (a >>> 0)).toString(36);
}

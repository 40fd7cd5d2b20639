/** What a teacher can type at any time. A command is a whole message; a command word inside a sentence is part of an answer. */
import type { Language } from '../locales/index.ts';

export const COMMANDS = [
  'help',
  'contacts',
  'pause',
  'resume',
  'back',
  'repeat',
  'skip',
  'change',
  'progress',
  'language',
  'stop',
  'erase',
  'export',
  'withdraw',
  'share',
  'profile',
  'document',
  'again',
  'reflect',
  'lookBack',
  'yes',
  'no',
] as const;
export type CommandId = (typeof COMMANDS)[number];

export type Command =
  | { readonly id: CommandId }
  | { readonly id: 'changeNumber'; readonly n: number }
  | { readonly id: 'speak'; readonly lang: string };

/** A decision about one sentence, typed during the review. */
export type ReviewCommand =
  | { readonly id: 'reviewRemove' | 'reviewKeep'; readonly n: number }
  | { readonly id: 'reviewChange'; readonly n: number; readonly text: string };

const LONGEST_COMMAND = 60;

/** The message as compared: lower case, without a leading slash, closing marks and surrounding quotes. */
export function normalise(text: string): string {
  return text
    .normalize('NFC')
    .toLowerCase()
    .replace(/\s+/gu, ' ')
    .trim()
    .replace(/^\//u, '')
    .replace(/^["'“‘]+|["'”’.!?…]+$/gu, '')
    .trim();
}

interface Compiled {
  readonly phrases: ReadonlyMap<string, Command>;
  readonly changeNumber: readonly Pattern[];
  readonly review: readonly { readonly id: ReviewCommand['id']; readonly pattern: Pattern }[];
}

const compiled = new WeakMap<Language, Compiled>();

function compile(language: Language): Compiled {
  const known = compiled.get(language);
  if (known) return known;
  const commands = language.commands();
  const phrases = new Map<string, Command>();
  for (const [lang, names] of Object.entries(language.languages())) {
    for (const name of names) phrases.set(normalise(name), { id: 'speak', lang });
  }
  for (const id of COMMANDS) for (const phrase of commands[id] ?? []) phrases.set(normalise(phrase), { id });
  const review = (['reviewChange', 'reviewRemove', 'reviewKeep'] as const).flatMap((id) =>
    (commands[id] ?? []).map((source) => ({ id, pattern: pattern(source) })),
  );
  const made = { phrases, changeNumber: (commands['changeNumber'] ?? []).map(pattern), review };
  compiled.set(language, made);
  return made;
}

type Pattern = RegExp;

/** `verander {{n}}: {{text}}` as a regular expression; without nested repetition, so that no message can make it slow. */
function pattern(source: string): Pattern {
  const escaped = source
    .replace(/[.*+?^$()|[\]\\]/gu, '\\$&')
    .replace(/\s+/gu, '\\s+')
    .replace('{{n}}', '(?<n>\\d{1,3})')
    .replace(/(?:\\s\+)?\{\{text\}\}/u, '\\s*(?<text>[^]+)');
  return new RegExp(`^${escaped}$`, 'iu');
}

export function readCommand(text: string, language: Language): Command | null {
  if (text.length > LONGEST_COMMAND) return null;
  const message = normalise(text);
  const { phrases, changeNumber } = compile(language);
  const phrase = phrases.get(message);
  if (phrase) return phrase;
  for (const p of changeNumber) {
    const n = p.exec(message)?.groups?.['n'];
    if (n !== undefined) return { id: 'changeNumber', n: Number(n) };
  }
  return null;
}

export function readReviewCommand(text: string, language: Language): ReviewCommand | null {
  const message = text.normalize('NFC').trim();
  for (const { id, pattern: p } of compile(language).review) {
    const groups = p.exec(id === 'reviewChange' ? message : normalise(message))?.groups;
    const n = Number(groups?.['n']);
    if (!groups || !Number.isInteger(n)) continue;
    const changed = groups['text']?.trim();
    if (id === 'reviewChange') {
      if (changed) return { id, n, text: changed };
    } else return { id, n };
  }
  return null;
}

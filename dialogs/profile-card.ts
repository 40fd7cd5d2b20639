/** The relationship profile as the coach sees it, and as the teacher sees it before sharing: the same words, the same order. */
import type { Language } from '../locales/index.ts';
import { CELLS, type CellState, type Profile, type Quote } from '../machines/profile.ts';
import type { QuestionId } from '../machines/definition.ts';
import { excerpt } from './asking.ts';
import { card, heading, paragraph, table, type Card, type Element } from './cards.ts';

export interface ProfileView {
  readonly profile: Profile;
  readonly coach: string;
  /** Already written out in the reader's language. */
  readonly date: string;
}

/** Provenance as a mark that also reads well without colour. */
export const MARKS: Readonly<Record<CellState, string>> = {
  spontaneous: '●',
  afterQuestion: '○',
  chosen: '◇',
  notDiscussed: '–',
};

export function momentLabel(language: Language, profile: Profile, step: QuestionId | 'r2_add'): string {
  if (step === 'r2_add') return language.t('profile:aspects.added');
  const word = profile.words.find((w) => w.step === step)?.word;
  return language.t(`profile:moments.${step}`, { word: word ?? '', alias: profile.alias });
}

function quoteLine(language: Language, profile: Profile, quote: Quote): string {
  return `${MARKS[quote.provenance]} “${quote.text}” (${momentLabel(language, profile, quote.step)})`;
}

function legend(language: Language): string {
  return (Object.keys(MARKS) as CellState[])
    .map((state) => language.t(`profile:legend.${state}`))
    .join('   ');
}

/** A part of the profile: a title and its lines, for the card and for the text alike. */
interface Section {
  readonly title: string;
  readonly lines: readonly string[];
}

function sectionsOf(language: Language, { profile }: ProfileView): Section[] {
  const sections: Section[] = [];
  // A sentence stands under its first aspect only: the reader meets each once.
  const shown = new Set<string>();
  const moments = profile.aspects.find((a) => a.id === 'words')?.quotes ?? [];
  const wordLines = profile.words.flatMap(({ word, step }) => {
    const told = moments.filter((q) => q.step === step);
    told.forEach((q) => shown.add(q.id));
    const words = told.map((q) => `${MARKS[q.provenance]} “${q.text}”`).join(' ');
    return words === '' ? word : `${word}: ${words}`;
  });
  if (wordLines.length > 0) sections.push({ title: language.t('profile:wordsTitle'), lines: wordLines });
  for (const { id, quotes } of profile.aspects) {
    const fresh = quotes.filter((q) => !shown.has(q.id));
    fresh.forEach((q) => shown.add(q.id));
    if (fresh.length === 0) continue;
    sections.push({
      title: language.t(`profile:aspects.${id}`, { alias: profile.alias }),
      lines: fresh.map((q) => quoteLine(language, profile, q)),
    });
  }
  if (profile.littleTold.length > 0) {
    sections.push({
      title: language.t('profile:aspects.littleTold'),
      lines: [...new Set(profile.littleTold.map((l) => l.step))].map((step) =>
        language.t('profile:littleToldItem', {
          moment: momentLabel(language, profile, step),
          list: profile.littleTold
            .filter((l) => l.step === step)
            .map((l) => language.t(`profile:grid.${l.cell}`, { alias: profile.alias }))
            .join(', '),
        }),
      ),
    });
  }
  if (profile.others.length > 0) {
    sections.push({
      title: language.t('profile:aspects.others'),
      lines: profile.others.map((q) => quoteLine(language, profile, q)),
    });
  }
  return sections;
}

function gridTable(language: Language, profile: Profile): Element {
  const column = (cell: (typeof CELLS)[number]): string =>
    language.t(`profile:grid.${cell}`, { alias: profile.alias });
  return table(
    [
      [
        { text: language.t('profile:grid.moment'), header: true },
        ...CELLS.map((cell) => ({ text: column(cell), header: true })),
      ],
      ...profile.grid.map(({ step, cells }) => [
        { text: momentLabel(language, profile, step) },
        ...CELLS.map((cell) => ({ mark: MARKS[cells[cell]] })),
      ]),
    ],
    [2, 1, 1, 1, 1],
  );
}

function gridText(language: Language, profile: Profile): string[] {
  return profile.grid.map(({ step, cells }) => {
    const told = CELLS.map(
      (cell) =>
        `${language.t(`profile:grid.${cell}`, { alias: profile.alias })}: ${language.t(`profile:states.${cells[cell]}`)}`,
    );
    return `${momentLabel(language, profile, step)} — ${told.join('; ')}`;
  });
}

/** A piece of the profile that stays together: as elements of a card, and as text. */
export interface Block {
  readonly elements: readonly Element[];
  readonly text: string;
}

/** Room for one message in bytes: the channel takes 25 KB, and the words go along a second time as text. */
const MOST_PER_PART = 21_000;
const LONGEST_LINE = 2_000;

const encoder = new TextEncoder();
const bytes = (text: string): number => encoder.encode(text).length;

/** A very long sentence goes in several paragraphs: nothing is cut off. */
function inPieces(line: string): string[] {
  if (line.length <= LONGEST_LINE) return [line];
  const at = line.lastIndexOf(' ', LONGEST_LINE);
  const cut = at > LONGEST_LINE / 2 ? at : LONGEST_LINE;
  return [line.slice(0, cut), ...inPieces(line.slice(cut).trimStart())];
}

function sectionBlocks({ title, lines }: Section): Block[] {
  return lines.flatMap(inPieces).map((line, i) => ({
    elements: [...(i === 0 ? [heading(title)] : []), ...paragraph(line, { spacing: 'small' })],
    text: `${i === 0 ? `\n${title}\n` : ''}- ${line}`,
  }));
}

function blocksOf(language: Language, view: ProfileView, lead: readonly string[]): Block[] {
  const { profile, coach, date } = view;
  const title = language.t('profile:title');
  const [aliasLabel, dateLabel] = [language.t('profile:aliasLabel'), language.t('profile:dateLabel')];
  const header = language.t('profile:header', { coach });
  const blocks: Block[] = [
    {
      elements: [
        ...lead.flatMap((line) => paragraph(line)),
        heading(title, 'large'),
        ...paragraph(`${aliasLabel}: ${profile.alias}   ${dateLabel}: ${date}`, { weight: 'bolder' }),
        ...paragraph(header, { size: 'small', subtle: true }),
      ],
      text: [...lead, title, `${aliasLabel}: ${profile.alias}. ${dateLabel}: ${date}.`, header].join('\n'),
    },
  ];
  if (profile.summary.length > 0) {
    const quotes = profile.summary.map((quote) => `“${excerpt(quote.text)}”`);
    const summaryTitle = language.t('profile:summaryTitle');
    blocks.push({
      elements: [heading(summaryTitle), ...quotes.flatMap((quote) => paragraph(quote, { italic: true }))],
      text: `\n${[summaryTitle, ...quotes].join('\n')}`,
    });
  }
  const [words, ...rest] = sectionsOf(language, view);
  if (words) blocks.push(...sectionBlocks(words));
  if (profile.grid.length > 0) blocks.push(gridBlock(language, profile));
  return [...blocks, ...rest.flatMap(sectionBlocks)];
}

/** What was told of each moment, as a table of marks, and in words. */
export function gridBlock(language: Language, profile: Profile): Block {
  const title = language.t('profile:grid.title');
  const note = language.t('profile:legend.note');
  return {
    elements: [
      heading(title),
      gridTable(language, profile),
      ...paragraph(legend(language), { size: 'small', subtle: true }),
      ...paragraph(note, { size: 'small', subtle: true }),
    ],
    text: `\n${[title, ...gridText(language, profile), note].join('\n')}`,
  };
}

export interface Part {
  readonly text: string;
  readonly card: Card;
}

/** Fills one message after another: each stays below what the channel takes. */
function pack(language: Language, blocks: readonly Block[], fallback: string): Part[] {
  const parts: Block[][] = [[]];
  let size = 0;
  for (const block of blocks) {
    const more = bytes(JSON.stringify(block.elements)) + bytes(block.text);
    if (size > 0 && size + more > MOST_PER_PART) {
      parts.push([]);
      size = 0;
    }
    parts.at(-1)?.push(block);
    size += more;
  }
  return parts.map((own) => {
    const texts = own.map((b) => b.text).filter((t) => t !== '');
    const body = own.flatMap((b) => b.elements);
    return { text: texts.join('\n').trim(), card: card(body, [], language.tag, fallback) };
  });
}

/** The profile as it is sent: one message as a rule, more when very much was told. `lead`: sentences before it. */
export function profileParts(language: Language, view: ProfileView, lead: readonly string[]): Part[] {
  return pack(language, blocksOf(language, view, lead), language.t('profile:title'));
}

/** The other answers, beside the preview of the profile. */
export function othersParts(language: Language, lines: readonly string[]): Part[] {
  if (lines.length === 0) return [];
  const title = language.t('review:othersTitle');
  const note = language.t('review:othersNote');
  const head: Block = {
    elements: [heading(title), ...paragraph(note, { subtle: true })],
    text: `${title}\n${note}`,
  };
  const list = lines.flatMap(inPieces).map((line) => ({ elements: paragraph(line), text: line }));
  return pack(language, [head, ...list], title);
}

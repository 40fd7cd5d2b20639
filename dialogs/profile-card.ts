/** The relationship profile as the coach sees it, and as the teacher sees it before sharing: the same words, the same order. */
import type { Language } from '../locales/index.ts';
import { CELLS, type CellState, type Profile, type Quote } from '../machines/profile.ts';
import type { QuestionId } from '../machines/definition.ts';
import { card, heading, paragraph, table, type Button, type Card, type Element } from './cards.ts';

export interface ProfileView {
  readonly profile: Profile;
  readonly coach: string;
  /** Already written out in the reader's language. */
  readonly date: string;
}

/** Provenance as a mark that also reads well without colour. */
const MARKS: Readonly<Record<CellState, string>> = {
  spontaneous: '●',
  afterQuestion: '○',
  chosen: '◇',
  notDiscussed: '–',
};

function momentLabel(language: Language, profile: Profile, step: QuestionId | 'r2_add'): string {
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
    .concat(language.t('profile:legend.note'))
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
        ...CELLS.map((cell) => ({ text: MARKS[cells[cell]] })),
      ]),
    ],
    [3, 1, 1, 1, 1],
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

/** The whole profile in plain text. */
export function profileText(language: Language, view: ProfileView): string {
  const { profile, coach, date } = view;
  const parts = [
    language.t('profile:title'),
    `${language.t('profile:aliasLabel')}: ${profile.alias}. ${language.t('profile:dateLabel')}: ${date}.`,
    language.t('profile:header', { coach }),
    ...sectionsOf(language, view).map(({ title, lines }) =>
      [title, ...lines.map((l) => `- ${l}`)].join('\n'),
    ),
  ];
  if (profile.grid.length > 0) {
    parts.push([language.t('profile:grid.title'), ...gridText(language, profile)].join('\n'));
  }
  return parts.join('\n\n');
}

/** The profile as a card. `lead`: sentences before it (why the reader gets this). */
export function profileCard(
  language: Language,
  view: ProfileView,
  { lead = [], buttons = [] }: { lead?: readonly string[]; buttons?: readonly Button[] } = {},
): Card {
  const { profile, coach, date } = view;
  const body: Element[] = [
    heading(language.t('profile:title'), 'large'),
    ...paragraph(
      `${language.t('profile:aliasLabel')}: ${profile.alias}   ${language.t('profile:dateLabel')}: ${date}`,
      { weight: 'bolder' },
    ),
    ...lead.flatMap((line) => paragraph(line)),
    ...paragraph(language.t('profile:header', { coach }), { size: 'small', subtle: true }),
  ];
  if (profile.summary.length > 0) {
    body.push(heading(language.t('profile:summaryTitle')));
    for (const quote of profile.summary) body.push(...paragraph(`“${quote.text}”`, { italic: true }));
  }
  const [words, ...rest] = sectionsOf(language, view);
  const section = ({ title, lines }: Section): Element[] => [
    heading(title),
    ...lines.flatMap((line) => paragraph(line, { spacing: 'small' })),
  ];
  if (words) body.push(...section(words));
  if (profile.grid.length > 0) {
    body.push(heading(language.t('profile:grid.title')), gridTable(language, profile));
    body.push(...paragraph(legend(language), { size: 'small', subtle: true }));
  }
  body.push(...rest.flatMap(section));
  return card(body, buttons, language.tag, language.t('profile:title'));
}

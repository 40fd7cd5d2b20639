/** Two pupils of one teacher beside each other, for the coach only: their words and what was told per moment. Nothing is compared. */
import type { Language } from '../locales/index.ts';
import type { QuestionId } from '../machines/definition.ts';
import { CELLS, type CellState, type Profile } from '../machines/profile.ts';
import { card, columns, heading, paragraph, table, type Card, type Element } from './cards.ts';
import { MARKS, momentLabel } from './profile-card.ts';
import type { Shared } from './review.ts';
import type { Talk } from './talk.ts';

/** What this teacher shared last about another pupil with the same coach, and did not take back; null when there is nothing. */
export async function otherPupil(talk: Talk): Promise<Profile | null> {
  const { id, names } = talk.open();
  const coach = talk.school.coach.aadObjectId;
  const other = (await talk.handovers())
    .filter(({ handover }) => handover.coach.id === coach && handover.interviewId !== id)
    .findLast(({ handover }) => handover.alias.toLowerCase() !== names.alias?.toLowerCase());
  return other ? (other.shared() as Shared).profile : null;
}

function cellsText(language: Language, profile: Profile, step: QuestionId): string {
  const row = profile.grid.find((one) => one.step === step);
  if (!row) return language.t('second:notAsked');
  return CELLS.map(
    (cell) =>
      `${language.t(`profile:grid.${cell}`, { alias: profile.alias })}: ${language.t(`profile:states.${row.cells[cell]}`)}`,
  ).join('; ');
}

function cellsMarks(profile: Profile, step: QuestionId): string {
  const row = profile.grid.find((one) => one.step === step);
  return row ? CELLS.map((cell) => MARKS[row.cells[cell]]).join(' ') : '–';
}

/** The card for the coach and the same as text; two profiles, the earlier one first. */
export function sideBySide(
  language: Language,
  pair: readonly [Profile, Profile],
): { card: Card; text: string } {
  const steps = [...new Set(pair.flatMap((profile) => profile.grid.map(({ step }) => step)))];
  const label = (step: QuestionId): string =>
    [...new Set(pair.map((profile) => momentLabel(language, profile, step)))].join(' / ');
  const title = language.t('second:title');
  const lead = language.t('second:lead', { first: pair[0].alias, last: pair[1].alias });
  const wordsOf = (profile: Profile): string[] => profile.words.map(({ word }) => word);
  const column = (profile: Profile): Element[] => [
    ...paragraph(profile.alias, { weight: 'bolder' }),
    ...wordsOf(profile).flatMap((word) => paragraph(word, { spacing: 'small' })),
  ];
  const order = language.t('second:order');
  const marks = (Object.keys(MARKS) as CellState[])
    .map((state) => language.t(`profile:legend.${state}`))
    .join('   ');
  const note = language.t('second:note');
  const text = [
    title,
    lead,
    ...pair.map((profile) => `${profile.alias}: ${wordsOf(profile).join(', ')}`),
    language.t('profile:grid.moment'),
    order,
    ...steps.flatMap((step) => [
      label(step),
      ...pair.map((profile) => `- ${profile.alias}: ${cellsText(language, profile, step)}`),
    ]),
    note,
  ].join('\n');
  const body = [
    heading(title),
    ...paragraph(lead),
    columns(pair.map(column)),
    table(
      [
        [
          { text: language.t('profile:grid.moment'), header: true },
          ...pair.map((profile) => ({ text: profile.alias, header: true })),
        ],
        ...steps.map((step) => [
          { text: label(step) },
          ...pair.map((profile) => ({ mark: cellsMarks(profile, step) })),
        ]),
      ],
      [2, 1, 1],
    ),
    ...paragraph(order, { size: 'small', subtle: true }),
    ...paragraph(marks, { size: 'small', subtle: true }),
    ...paragraph(note),
  ];
  return { text, card: card(body, [], language.tag, text) };
}

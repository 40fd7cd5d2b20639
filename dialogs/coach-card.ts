/** The coach's card: what was shared, at a glance. The teacher's words, the grid, and questions for the talk; no score, no judgement. */
import type { Language } from '../locales/index.ts';
import { coachQuestions, type Profile } from '../machines/profile.ts';
import { excerpt } from './asking.ts';
import { dayOf, way, whoOf, type Speech } from './beside.ts';
import { heading, labelled, paragraph, type Element } from './cards.ts';
import type { SchoolView } from './ports.ts';
import { documentButton } from './profile-document.ts';
import { profileButton } from './profile-dialog.ts';
import { gridBlock, MARKS, momentLabel } from './profile-card.ts';
import type { Handover } from '../machines/handover.ts';

const LONGEST_SENTENCE = 160;

/** The open questions for the talk, in words; for the coach only. */
export function questionLines(language: Language, profile: Profile): string[] {
  return coachQuestions(profile).map(({ id, count, total, step }) =>
    language.t(`desk:questions.${id}`, {
      count,
      total,
      alias: profile.alias,
      moment: step === null ? '' : momentLabel(language, profile, step),
    }),
  );
}

/** Each word with what was told of its moment. */
function wordLines(language: Language, profile: Profile): { word: string; told: string }[] {
  const quotes = profile.aspects.flatMap((aspect) => aspect.quotes);
  return profile.words.map(({ word, step }) => {
    const quote = quotes.find((q) => q.step === step && q.probe === null);
    const told = quote
      ? `${MARKS[quote.provenance]} “${excerpt(quote.text, LONGEST_SENTENCE)}”`
      : language.t('desk:wordWithout');
    return { word: `${word}:`, told };
  });
}

/** `school`: whether the whole profile opens in a dialog, and whether there is a document. */
export function coachCard(
  language: Language,
  handover: Handover,
  profile: Profile,
  school: Pick<SchoolView, 'dialogs' | 'documents'>,
): Speech {
  const { interviewId } = handover;
  const open = way(language, 'open');
  const document = language.t('document:button');
  const who = whoOf(handover, language);
  const { alias } = handover;
  const body: Element[] = [];
  const lines: string[] = [];
  const add = (text: string, elements: readonly Element[]): void => {
    lines.push(text);
    body.push(...elements);
  };
  const section = (title: string, texts: readonly string[], note?: string): void => {
    if (texts.length === 0) return;
    const small = note === undefined ? [] : [note];
    add([title, ...texts, ...small].join('\n'), [
      heading(title),
      ...texts.flatMap((text) => paragraph(text, { spacing: 'small' })),
      ...small.flatMap((text) => paragraph(text, { size: 'small', subtle: true })),
    ]);
  };
  const title = language.t('desk:cardTitle', { alias });
  const facts = language.t('desk:cardFacts', { who, date: dayOf(language, handover.sharedAt) });
  const header = language.t('desk:header', { coach: handover.coach.name });
  add(`${title}\n${facts}\n${header}`, [
    heading(title, 'large'),
    ...paragraph(facts, { weight: 'bolder', spacing: 'none' }),
    ...paragraph(header, { size: 'small', subtle: true, spacing: 'small' }),
  ]);
  const words = wordLines(language, profile);
  if (words.length > 0) {
    const name = language.t('desk:wordsTitle');
    add([name, ...words.map(({ word, told }) => `${word} ${told}`)].join('\n'), [
      heading(name),
      ...words.map(({ word, told }) => labelled(word, told)),
    ]);
  }
  if (profile.grid.length > 0) {
    const { text, elements } = gridBlock(language, profile);
    add(text.trim(), elements);
  }
  const summary = profile.summary.map(
    (quote) => `${MARKS[quote.provenance]} “${excerpt(quote.text, LONGEST_SENTENCE)}”`,
  );
  section(language.t('desk:summaryTitle'), summary);
  section(
    language.t('profile:coachQuestionsTitle'),
    questionLines(language, profile).map((text, i) => `${i + 1}. ${text}`),
    language.t('desk:questionsNote'),
  );
  return {
    lines,
    elements: body,
    bare: true,
    kind: 'profile',
    ways: [
      school.dialogs ? { ...open, button: profileButton(interviewId, open.title) } : open,
      way(language, 'propose'),
      way(language, 'received'),
      ...(school.documents === undefined
        ? []
        : [
            {
              act: 'document',
              title: document,
              say: language.commands()['document']?.[0] ?? document,
              button: documentButton(interviewId, document),
            },
          ]),
    ],
  };
}

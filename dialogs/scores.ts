/** Scores that a licensed coach enters by hand, under names of their own. They stay the coach's, and go when the interview goes. */
import type { Handover, Scores } from '../machines/handover.ts';
import { speak, way } from './beside.ts';
import { heading, paragraph, textInput } from './cards.ts';
import type { Talk } from './talk.ts';

const ROWS = [1, 2, 3, 4, 5, 6] as const;
const LONGEST_NAME = 60;
const LONGEST_NOTE = 1_000;

type Fields = Readonly<Record<string, string>>;

/** The card to enter or change them on. `instead`: what was filled in and could not be read. */
export function putScores(
  talk: Talk,
  handover: Handover,
  { before = [], instead }: { readonly before?: readonly string[]; readonly instead?: Fields } = {},
): Handover {
  return speak(talk, handover, 'coach', (language) => {
    const { alias, scores } = handover;
    const fields = instead ?? toFields(scores);
    const title = language.t('desk:scores.title', { alias });
    const how = language.t('desk:scores.how');
    return {
      lines: [...before, title, ...(scores ? [linesOf(scores).join('\n')] : []), how],
      bare: true,
      elements: [
        ...before.flatMap((line) => paragraph(line)),
        heading(title),
        ...paragraph(how, { size: 'small', subtle: true }),
        ...ROWS.map((n) =>
          textInput(`score${n}`, language.t('desk:scores.field', { n }), false, fields[`score${n}`] ?? ''),
        ),
        textInput('note', language.t('desk:scores.note'), true, fields['note'] ?? ''),
      ],
      ways: [way(language, 'saveScores')],
    };
  });
}

/** Keeps what was filled in; what cannot be read is asked again, and nothing of it is lost. */
export function saveScores(talk: Talk, handover: Handover, values: Fields): void {
  const { language } = talk;
  const rows: { name: string; score: number }[] = [];
  const wrong: string[] = [];
  for (const n of ROWS) {
    const text = (values[`score${n}`] ?? '').trim();
    if (text === '') continue;
    const [, name = '', score = ''] = /^(.*?\S)[\s:=]+([1-7])$/u.exec(text) ?? [];
    if (score === '' || name.length > LONGEST_NAME) wrong.push(text.slice(0, LONGEST_NAME));
    else rows.push({ name, score: Number(score) });
  }
  if (wrong.length > 0) {
    const before = [language.t('desk:scores.wrong', { list: wrong.map((text) => `‘${text}’`).join(', ') })];
    return talk.keep(putScores(talk, handover, { before, instead: values }));
  }
  const note = (values['note'] ?? '').trim().slice(0, LONGEST_NOTE);
  const scores = rows.length > 0 || note !== '' ? { rows, note } : undefined;
  const kept = { ...handover, scores };
  talk.keep(
    speak(talk, kept, 'coach', (own) => ({
      lines: scores
        ? [own.t('desk:scores.saved'), linesOf(scores).join('\n')]
        : [own.t('desk:scores.cleared')],
    })),
  );
}

const linesOf = ({ rows, note }: Scores): string[] => [
  ...rows.map(({ name, score }) => `${name}: ${score}`),
  ...(note === '' ? [] : [note]),
];

function toFields(scores: Scores | undefined): Fields {
  const rows = (scores?.rows ?? []).map(({ name, score }, i) => [`score${i + 1}`, `${name} ${score}`]);
  return { ...Object.fromEntries(rows), ...(scores?.note ? { note: scores.note } : {}) } as Fields;
}

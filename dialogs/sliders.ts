/** The six sentences from 0 to 10: how they are asked, read and shown. Two times beside each other, never as a score. */
import type { Language } from '../locales/index.ts';
import {
  fromWords,
  HIGHEST,
  readSliders,
  SLIDERS,
  toWords,
  type SliderId,
  type SliderValues,
} from '../machines/sliders.ts';
import type { Ask } from '../machines/slots.ts';
import { buttonsFor, choicesFor, labelOf, wording } from './asking.ts';
import { card, heading, paragraph, signs, singleChoice, type Element } from './cards.ts';
import type { Talk } from './talk.ts';
import type { Teacher } from './teacher.ts';

const inputOf = (id: SliderId): string => `slider_${id}`;

function statement(language: Language, id: SliderId, alias: string): string {
  return language.t(`sliders:items.${id}`, { alias });
}

/** Puts the six sentences; filled in as they were when they are asked again. */
export async function putSliders(
  talk: Talk,
  ask: Ask,
  before: readonly string[],
  instead?: string,
): Promise<void> {
  const { language } = talk;
  const earlier = (await talk.answers()).find((a) => a.step === ask.step);
  const values = fromWords(earlier?.words ?? []);
  const choices = choicesFor(talk, ask, earlier?.reopened ?? false);
  const intro = [...before, instead ?? wording(talk, ask, '')];
  const how = language.t('sliders:how');
  const lines = SLIDERS.map((id, i) => `${i + 1}. ${statement(language, id, talk.alias)}`);
  const numbers = Array.from({ length: HIGHEST + 1 }, (_, n) => String(n));
  const text = [...intro, lines.join('\n'), how].join('\n\n');
  const body = [
    ...intro.flatMap((line) => paragraph(line)),
    ...SLIDERS.map((id, i) =>
      singleChoice({
        id: inputOf(id),
        label: `${i + 1}. ${statement(language, id, talk.alias)}`,
        placeholder: language.t('sliders:placeholder'),
        choices: numbers,
        value: values[i] === null ? '' : String(values[i]),
      }),
    ),
    ...paragraph(how, { size: 'small', subtle: true }),
  ];
  talk.say({
    label: labelOf(talk, ask, choices),
    text,
    card: card(body, buttonsFor(talk, ask.step, choices), language.tag, text),
  });
}

/** What was filled in on the card; asks once more when that is nothing. */
export async function chooseSliders(
  teacher: Teacher,
  ask: Ask,
  values: Readonly<Record<string, string>>,
): Promise<void> {
  const chosen = fromWords(SLIDERS.map((id) => values[inputOf(id)] ?? ''));
  if (chosen.some((value) => value !== null)) return fileSliders(teacher, ask, chosen, []);
  await putSliders(teacher.talk, ask, [], teacher.talk.language.t('sliders:none'));
}

/** Six numbers typed in a row. */
export async function readTypedSliders(
  teacher: Teacher,
  ask: Ask,
  text: string,
  sources: readonly string[],
): Promise<void> {
  const typed = readSliders(text);
  if (typed) return fileSliders(teacher, ask, typed, sources);
  await putSliders(teacher.talk, ask, [], teacher.talk.language.t('sliders:unread'));
}

function fileSliders(
  teacher: Teacher,
  ask: Ask,
  values: SliderValues,
  sources: readonly string[],
): Promise<void> {
  // Kept with the interview as well: the answers have their time before one looks back.
  if (ask.step === 's1_sliders') teacher.talk.update({ sliders: values });
  return teacher.fileChoice(ask, toWords(values), sources);
}

/** One time on its own, sentence by sentence. */
export function sliderLines(language: Language, alias: string, values: SliderValues): string[] {
  return SLIDERS.map(
    (id, i) =>
      `${statement(language, id, alias)} ${language.t('sliders:one', { value: shown(language, values[i]) })}`,
  );
}

function shown(language: Language, value: number | null | undefined): string {
  return value == null ? language.t('sliders:open') : String(value);
}

/** A dot on a line from 0 to 10 for each time; one sign when both are at the same place. */
function dots(first: number | null | undefined, last: number | null | undefined): string {
  return Array.from({ length: HIGHEST + 1 }, (_, n) =>
    n === first && n === last ? '◉' : n === first ? '○' : n === last ? '●' : '·',
  ).join('');
}

/** Both times beside each other: as elements of a card, and as text. Nothing is computed from them. */
export function sliderPicture(
  language: Language,
  alias: string,
  first: SliderValues,
  last: SliderValues,
): { elements: Element[]; text: string } {
  const title = language.t('sliders:title');
  const rows = SLIDERS.map((id, i) => ({
    statement: statement(language, id, alias),
    both: language.t('sliders:both', { first: shown(language, first[i]), last: shown(language, last[i]) }),
    line: dots(first[i], last[i]),
  }));
  const note = language.t('sliders:note');
  return {
    elements: [
      heading(title),
      ...paragraph(language.t('sliders:legend'), { size: 'small', subtle: true }),
      ...rows.flatMap((row) => [
        ...paragraph(row.statement, { spacing: 'medium' }),
        signs(row.line),
        ...paragraph(row.both, { size: 'small', subtle: true, spacing: 'none' }),
      ]),
      ...paragraph(note, { spacing: 'medium' }),
    ],
    text: [title, ...rows.map((row) => `${row.statement} ${row.both}`), note].join('\n'),
  };
}

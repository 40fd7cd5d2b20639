/**
 * Adaptive Cards 1.5, as plain JSON. The one place where people's words enter a card: always as text runs, which know no Markdown,
 * with the macro braces broken, so that nothing a teacher types becomes a link, a mention or a date.
 */

export type Card = Readonly<Record<string, unknown>>;
export type Element = Readonly<Record<string, unknown>>;

export interface Button {
  readonly title: string;
  /** The opaque id the server gave this button. */
  readonly id: string;
  /** Opens a dialog, instead of saying something. */
  readonly opens?: true;
}

const ZERO_WIDTH_SPACE = '\u200b';
/** Bidirectional overrides can make a text read as something else; isolates and marks of real languages stay. */
const OVERRIDES = /[\u202a-\u202e\u2066-\u2069]/gu;
// eslint-disable-next-line no-control-regex -- control characters are what is removed
const CONTROLS = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/gu;

/** Text of a person, made harmless for a text run: no macros, no overrides, no control characters. */
export function plain(text: string): string {
  return text
    .replace(CONTROLS, '')
    .replace(OVERRIDES, '')
    .replace(/\{(?=\{)|\}(?=\})/gu, `$&${ZERO_WIDTH_SPACE}`);
}

interface TextStyle {
  readonly size?: 'small' | 'default' | 'medium' | 'large';
  readonly weight?: 'default' | 'bolder';
  readonly subtle?: boolean;
  readonly italic?: boolean;
  readonly spacing?: 'none' | 'small' | 'default' | 'medium' | 'large';
}

/** A paragraph of plain text; each line becomes a paragraph of its own. */
export function paragraph(text: string, style: TextStyle = {}): Element[] {
  const { spacing, subtle, ...run } = style;
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => ({
      type: 'RichTextBlock',
      ...(spacing ? { spacing } : {}),
      inlines: [{ type: 'TextRun', text: plain(line), ...run, ...(subtle ? { isSubtle: true } : {}) }],
    }));
}

/** A word that stands out, and what belongs to it. */
export function labelled(word: string, text: string): Element {
  return {
    type: 'RichTextBlock',
    spacing: 'small',
    inlines: [
      { type: 'TextRun', text: plain(word), weight: 'bolder' },
      { type: 'TextRun', text: plain(` ${text}`) },
    ],
  };
}

/** A heading of our own words only; screen readers announce it as one. */
export function heading(text: string, size: 'medium' | 'large' = 'medium'): Element {
  return { type: 'TextBlock', text: plain(text), size, weight: 'bolder', wrap: true, style: 'heading' };
}

export function submit({ title, id, opens }: Button): Element {
  const data = opens ? { msteams: { type: 'task/fetch' }, klankbord: id } : { klankbord: id };
  return { type: 'Action.Submit', title, data };
}

export function card(
  body: readonly Element[],
  buttons: readonly Button[],
  lang: string,
  fallback: string,
): Card {
  return {
    type: 'AdaptiveCard',
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    version: '1.5',
    lang,
    // What a client without cards shows, and what is read aloud first.
    fallbackText: plain(fallback),
    body,
    ...(buttons.length > 0 ? { actions: buttons.map(submit) } : {}),
  };
}

/** One sentence to decide about: a number, a check mark, the sentence. */
export function sentenceRow(n: number, text: string, label: string, kept: boolean): Element {
  return {
    type: 'ColumnSet',
    spacing: 'small',
    columns: [
      {
        type: 'Column',
        width: 'auto',
        items: [{ type: 'Input.Toggle', id: `keep${n}`, title: label, value: String(kept) }],
      },
      { type: 'Column', width: 'stretch', items: paragraph(text) },
    ],
  };
}

/** `mark`: a sign of our own, never a text of people. */
export type TableCell = { readonly text: string; readonly header?: boolean } | { readonly mark: string };

/** The same in a dialog: the sentence can be opened to change it. `value`: what stands in the field; null: it has none. */
export function sentenceField(
  n: number,
  text: string,
  labels: { readonly keep: string; readonly change: string },
  kept: boolean,
  value: string | null,
): Element {
  const toggle = { type: 'Input.Toggle', id: `keep${n}`, title: labels.keep, value: String(kept) };
  const opener = {
    type: 'Column',
    width: 'auto',
    items: [{ type: 'TextBlock', text: '✎', color: 'accent' }],
    selectAction: { type: 'Action.ToggleVisibility', title: labels.change, targetElements: [`text${n}`] },
  };
  return {
    type: 'Container',
    spacing: 'small',
    items: [
      {
        type: 'ColumnSet',
        columns: [
          { type: 'Column', width: 'auto', items: [toggle] },
          { type: 'Column', width: 'stretch', items: paragraph(text) },
          ...(value === null ? [] : [opener]),
        ],
      },
      ...(value === null ? [] : [{ ...textInput(`text${n}`, labels.change, true, value), isVisible: false }]),
    ],
  };
}

/** A table; the first row is its header. */
export function table(rows: readonly (readonly TableCell[])[], widths: readonly number[]): Element {
  return {
    type: 'Table',
    firstRowAsHeaders: true,
    showGridLines: true,
    columns: widths.map((width) => ({ width })),
    rows: rows.map((cells) => ({
      type: 'TableRow',
      cells: cells.map((cell) => ({
        type: 'TableCell',
        items:
          'mark' in cell
            ? [{ type: 'TextBlock', text: cell.mark, ...(cell.mark.length > 3 ? { wrap: true } : {}) }]
            : paragraph(cell.text, cell.header ? { weight: 'bolder', size: 'small' } : { size: 'small' }),
      })),
    })),
  };
}

/** Columns of equal width beside each other. */
export function columns(items: readonly (readonly Element[])[]): Element {
  return {
    type: 'ColumnSet',
    columns: items.map((own) => ({ type: 'Column', width: 'stretch', items: own })),
  };
}

/** A line of signs of our own, each as wide as the next; what it shows stands beside it in words. */
export function signs(line: string): Element {
  return {
    type: 'RichTextBlock',
    spacing: 'none',
    inlines: [{ type: 'TextRun', text: line, fontType: 'Monospace', size: 'large' }],
  };
}

/** A list to choose one of, folded up. `value`: what is chosen already, or nothing. */
export function singleChoice({
  id,
  label,
  placeholder,
  choices,
  value,
}: {
  readonly id: string;
  readonly label: string;
  readonly placeholder: string;
  readonly choices: readonly string[];
  readonly value: string;
}): Element {
  return {
    type: 'Input.ChoiceSet',
    id,
    label: plain(label),
    placeholder,
    style: 'compact',
    choices: choices.map((c) => ({ title: c, value: c })),
    ...(value === '' ? {} : { value }),
  };
}

/** A day and a time to fill in, beside each other. */
export function momentInput(n: number, day: string, time: string): Element {
  const field = (type: string, id: string, label: string) => ({
    type: 'Column',
    width: 'stretch',
    items: [{ type, id: `${id}${n}`, label }],
  });
  return {
    type: 'ColumnSet',
    spacing: 'small',
    columns: [field('Input.Date', 'day', day), field('Input.Time', 'time', time)],
  };
}

/** A field to type in. */
export function textInput(id: string, label: string, isMultiline: boolean, value = ''): Element {
  const title = label.slice(0, 1).toUpperCase() + label.slice(1);
  return { type: 'Input.Text', id, label: title, isMultiline, ...(value === '' ? {} : { value }) };
}

/** A list to choose several of. */
export function choiceList(
  id: string,
  label: string,
  choices: readonly { id: string; title: string }[],
): Element {
  return {
    type: 'Input.ChoiceSet',
    id,
    label,
    isMultiSelect: true,
    style: 'expanded',
    choices: choices.map((c) => ({ title: plain(c.title), value: c.id })),
  };
}

/** A list to choose one of. */
export function choiceField(
  id: string,
  label: string,
  choices: readonly { id: string; title: string }[],
  value: string,
): Element {
  return {
    type: 'Input.ChoiceSet',
    id,
    label,
    style: 'compact',
    value,
    choices: choices.map((c) => ({ title: plain(c.title), value: c.id })),
  };
}

/** Something that is so or not. */
export function toggle(id: string, title: string, on: boolean): Element {
  return { type: 'Input.Toggle', id, title: plain(title), value: String(on), wrap: true };
}

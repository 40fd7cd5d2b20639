/** A strict check of a card, by what Teams takes (1.5) and by what we promise: no Markdown from people, six buttons, 25 KB. */

const ELEMENTS = new Set([
  'TextBlock',
  'RichTextBlock',
  'ColumnSet',
  'Column',
  'Container',
  'FactSet',
  'Table',
  'TableRow',
  'TableCell',
  'TextRun',
  'Image',
  'ActionSet',
  'Input.Toggle',
  'Input.ChoiceSet',
  'Input.Text',
  'Input.Date',
  'Input.Time',
  'Action.Submit',
  'Action.Execute',
  'Action.ToggleVisibility',
]);
const MOST_ACTIONS = 6;
const MOST_BYTES = 25 * 1024;

interface Node {
  readonly type?: string;
  readonly [key: string]: unknown;
}

/** What is wrong with this card, in sentences; empty when nothing is. */
export function cardProblems(card: Readonly<Record<string, unknown>>): string[] {
  const problems: string[] = [];
  const ids = new Set<string>();
  /** Of inputs and buttons: who does not see where they stand knows them by these alone. */
  const names = new Set<string>();
  if (card['type'] !== 'AdaptiveCard' || card['version'] !== '1.5') problems.push('not an Adaptive Card 1.5');
  if (typeof card['lang'] !== 'string') problems.push('no language');
  if (typeof card['fallbackText'] !== 'string' || card['fallbackText'] === '')
    problems.push('no fallback text');
  if (JSON.stringify(card).length > MOST_BYTES) problems.push('too big');
  const actions = (card['actions'] ?? []) as Node[];
  if (actions.length > MOST_ACTIONS) problems.push(`${actions.length} actions`);
  walk(card['body'], (node) => {
    const { type } = node;
    if (type !== undefined && !ELEMENTS.has(type)) problems.push(`unknown element ${type}`);
    if (type?.startsWith('Input.')) {
      const id = typeof node['id'] === 'string' ? node['id'] : '';
      if (id === '' || ids.has(id)) problems.push(`input id "${id}" is missing or not unique`);
      ids.add(id);
      const name = (node['label'] ?? node['title'] ?? '') as string;
      if (name === '') problems.push(`input ${id} has no label`);
      if (names.has(name)) problems.push(`two inputs are called "${name}"`);
      names.add(name);
    }
    if (type === 'TextBlock' && node['weight'] === 'bolder' && node['style'] !== 'heading')
      problems.push(`"${String(node['text'])}" looks like a heading and is none`);
    if (type === 'TextBlock' && String(node['text']).length > 3 && node['wrap'] !== true)
      problems.push(`"${String(node['text'])}" is cut off on a phone`);
    if (type === 'Table') problems.push(...tableProblems(node));
    if (type === 'Image' && !node['altText']) problems.push('an image without alt text');
    if (type === 'RichTextBlock' && !Array.isArray(node['inlines']))
      problems.push('a text block without runs');
    const text = node['text'];
    if (typeof text === 'string' && /\{\{|\}\}/u.test(text)) problems.push(`a macro in "${text}"`);
    // Markdown is alive in a TextBlock; ours hold our own titles only, which have none.
    if (type === 'TextBlock' && typeof text === 'string' && /[*_[\]<>`#]/u.test(text)) {
      problems.push(`Markdown in "${text}"`);
    }
  });
  for (const action of actions) {
    const data = action['data'] as Record<string, unknown> | undefined;
    const title = (action['title'] ?? '') as string;
    if (title === '' || names.has(title)) problems.push(`a button without a name of its own: "${title}"`);
    names.add(title);
    const { msteams, ...carried } = data ?? {};
    const asked = msteams === undefined || JSON.stringify(msteams) === '{"type":"task/fetch"}';
    if (action.type !== 'Action.Submit' || !asked || Object.keys(carried).join() !== 'klankbord') {
      problems.push('a button that carries more than its opaque id');
    }
  }
  return problems;
}

/** A table is read cell by cell with the title of its column: each column needs one, in words. */
function tableProblems(table: Node): string[] {
  const [head] = (table['rows'] ?? []) as Node[];
  const cells = (head?.['cells'] ?? []) as Node[];
  const untitled = cells.filter((cell) => wordsIn(cell['items']).join('').trim() === '');
  const problems = untitled.length > 0 ? ['a table column without a title'] : [];
  return table['firstRowAsHeaders'] === true ? problems : [...problems, 'a table without a header row'];
}

/** Every text of people and every title in an element, in reading order. */
export function wordsIn(value: unknown): string[] {
  const words: string[] = [];
  walk(value, ({ type, text }) => {
    if ((type === 'TextRun' || type === 'TextBlock') && typeof text === 'string') words.push(text);
  });
  return words;
}

/** Signs of our own, whose meaning the text has in words. */
const MARKS = /[●○◇◉·–]/gu;
/** What the signs mean: the text has no signs, and so nothing to explain. */
const isLegend = (text: string): boolean => new Set(text.match(MARKS)).size > 2;
const bare = (text: string): string =>
  text
    .replace(MARKS, '')
    .replace(/[.\u200b\u2060]/gu, '')
    .replace(/\s+/gu, ' ')
    .trim();

/** What the card says and its text equivalent does not, in sentences: the text is all that some people get. */
export function textProblems(card: Readonly<Record<string, unknown>>, text: string): string[] {
  const equivalent = bare(text).toLowerCase();
  return wordsIn(card['body'])
    .filter((words) => !isLegend(words))
    .map(bare)
    .filter((words) => !equivalent.includes(words.toLowerCase()))
    .map((words) => `not in the text equivalent: "${words}"`);
}

function walk(value: unknown, visit: (node: Node) => void): void {
  if (Array.isArray(value)) for (const item of value) walk(item, visit);
  else if (typeof value === 'object' && value !== null) {
    visit(value as Node);
    for (const item of Object.values(value)) walk(item, visit);
  }
}

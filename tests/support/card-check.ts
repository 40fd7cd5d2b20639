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
  'Action.Submit',
  'Action.Execute',
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
      if (!node['label'] && !node['title']) problems.push(`input ${id} has no label`);
    }
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
    if (action.type !== 'Action.Submit' || Object.keys(data ?? {}).join() !== 'klankbord') {
      problems.push('a button that carries more than its opaque id');
    }
  }
  return problems;
}

function walk(value: unknown, visit: (node: Node) => void): void {
  if (Array.isArray(value)) for (const item of value) walk(item, visit);
  else if (typeof value === 'object' && value !== null) {
    visit(value as Node);
    for (const item of Object.values(value)) walk(item, visit);
  }
}

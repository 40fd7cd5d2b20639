/** What a dialog shows and sends, for tests on a stage. */
import type { InvokeAnswer } from '../../dialogs/ports.ts';
import { cardProblems, wordsIn } from './card-check.ts';
import type { Stage } from './stage.ts';

interface Action {
  readonly title: string;
  readonly data: { readonly klankbord: string; readonly msteams?: { readonly type: string } };
}
interface Input {
  readonly type?: string;
  readonly id?: string;
  readonly value?: string;
}

export interface Opened {
  readonly title: string;
  readonly card: Readonly<Record<string, unknown>>;
  /** Every word on it, one element a line. */
  readonly text: string;
  /** What the client sends for its fields when nothing is touched. */
  readonly values: Readonly<Record<string, string>>;
  /** Titles of the buttons. */
  readonly buttons: readonly string[];
  token(button: string): string;
}

/** Reads a dialog; throws when it is none, or its card is not good. */
export function readDialog(answer: InvokeAnswer | undefined): Opened {
  if (!answer || !('dialog' in answer)) throw new Error(`no dialog: ${JSON.stringify(answer)}`);
  const { title, card } = answer.dialog;
  const problems = cardProblems(card);
  if (problems.length > 0) throw new Error(`the dialog "${title}": ${problems.join('; ')}`);
  if (Buffer.byteLength(JSON.stringify(card)) > 25 * 1024)
    throw new Error(`the dialog "${title}" is too big`);
  // What does not fit under a card stands at the end of it.
  const body = card['body'] as { readonly type: string; readonly actions?: readonly Action[] }[];
  const inside = body.flatMap(({ type, actions = [] }) => (type === 'ActionSet' ? actions : []));
  const actions = [...inside, ...((card['actions'] ?? []) as Action[])];
  return {
    title,
    card,
    text: wordsIn(card['body']).join('\n'),
    values: Object.fromEntries(inputsIn(card['body']).map(({ id, value }) => [id ?? '', value ?? ''])),
    buttons: actions.map((action) => action.title),
    token(button) {
      const action = actions.find((one) => one.title === button);
      if (!action) throw new Error(`no button "${button}" among ${actions.map((a) => a.title).join(', ')}`);
      return action.data.klankbord;
    },
  };
}

function inputsIn(value: unknown): Input[] {
  if (Array.isArray(value)) return value.flatMap(inputsIn);
  if (typeof value !== 'object' || value === null) return [];
  const own = value as Input;
  return [...(own.type?.startsWith('Input.') ? [own] : []), ...Object.values(value).flatMap(inputsIn)];
}

/** The button of a chat card that opens a dialog. */
export function openerOf(card: Readonly<Record<string, unknown>> | undefined): string {
  const actions = (card?.['actions'] ?? []) as Action[];
  const opener = actions.find(({ data }) => data.msteams?.type === 'task/fetch');
  if (!opener) throw new Error('no button that opens a dialog');
  return opener.data.klankbord;
}

export async function openDialog(stage: Stage, token: string): Promise<Opened> {
  await stage.send({ kind: 'dialogOpen', token });
  return readDialog(stage.answer());
}

/** Sends a dialog as a client does: all its fields, with what was changed in them. */
export async function sendDialog(
  stage: Stage,
  from: Opened,
  button: string,
  changed: Readonly<Record<string, string>> = {},
): Promise<InvokeAnswer | undefined> {
  const values = { ...from.values, ...changed };
  await stage.send({ kind: 'dialogSent', token: from.token(button), values });
  return stage.answer();
}

/**
 * What goes out: a message of the conversation as an activity of the channel. Plain JSON; no botbuilder here.
 *
 * Beside a card, `text` is left empty: Teams and the Playground show both, one under the other. The words of the card travel in
 * `summary` (notifications), in the card's `speak` (screen readers) and in its `fallbackText` (clients that cannot show it).
 */
import type { InvokeAnswer, Label, Outgoing } from '../dialogs/ports.ts';

/** Most that a message may weigh, as UTF-8 bytes of its JSON; the channel refuses more than about four times this. */
export const MAX_PAYLOAD_BYTES = 25 * 1024;
const MAX_SUGGESTIONS = 6;
const CARD = 'application/vnd.microsoft.card.adaptive';

export interface OutboundActivity {
  readonly type: 'message';
  readonly locale: string;
  readonly textFormat?: 'plain';
  readonly text?: string;
  readonly summary?: string;
  readonly channelData: { readonly klankbord: Label };
  readonly attachments?: readonly Attachment[];
  readonly suggestedActions?: {
    readonly to: readonly string[];
    readonly actions: readonly { readonly type: 'imBack'; readonly title: string; readonly value: string }[];
  };
}

interface Attachment {
  readonly contentType: string;
  readonly content: object;
  readonly name?: string;
  readonly contentUrl?: string;
}

/** Renders a message; null when it is too big to be sent even without what only repeats its words. */
export function renderOutgoing(message: Outgoing): OutboundActivity | null {
  for (const activity of candidates(message)) {
    if (Buffer.byteLength(JSON.stringify(activity)) <= MAX_PAYLOAD_BYTES) return activity;
  }
  return null;
}

/** The full message first, then with less and less repetition. */
function* candidates(message: Outgoing): Generator<OutboundActivity> {
  const { text, card } = message;
  if (message.file) {
    yield { ...common(message), summary: text, ...fileCard(message.file, text) };
    return;
  }
  if (!card) {
    yield { ...common(message), textFormat: 'plain', text, ...suggestions(message) };
    return;
  }
  const short = text.length > 300 ? `${text.slice(0, 299)}…` : text;
  const weights = [
    { summary: text, words: { fallbackText: text, speak: text } },
    { summary: text, words: { fallbackText: text } },
    { summary: text, words: {} },
    { summary: short, words: {} },
  ];
  for (const { summary, words } of weights) {
    yield {
      ...common(message),
      summary,
      attachments: [{ contentType: CARD, content: { ...words, ...card } }],
    };
  }
}

/** The channel's own cards for files. An offer says its words itself; a file that arrived does not. */
function fileCard(
  file: NonNullable<Outgoing['file']>,
  text: string,
): Pick<OutboundActivity, 'text' | 'textFormat' | 'attachments'> {
  if ('offer' in file) {
    const { token, name, description, bytes } = file.offer;
    const context = { klankbord: token };
    const content = { description, sizeInBytes: bytes, acceptContext: context, declineContext: context };
    return {
      attachments: [{ contentType: 'application/vnd.microsoft.teams.card.file.consent', name, content }],
    };
  }
  const { name, url, id, type } = file.shown;
  const content = { uniqueId: id, fileType: type };
  return {
    textFormat: 'plain',
    text,
    attachments: [
      { contentType: 'application/vnd.microsoft.teams.card.file.info', contentUrl: url, name, content },
    ],
  };
}

/** The body of the HTTP answer to an invoke of this name. `answer`: what the conversation says to it; undefined: nothing. */
export function renderAnswer(name: string, answer: InvokeAnswer | undefined): object {
  switch (name) {
    // The protocol wants a body for card actions; an empty message changes nothing on the screen.
    case 'adaptiveCard/action':
      return { statusCode: 200, type: 'application/vnd.microsoft.activity.message', value: '' };
    case 'task/fetch':
    case 'task/submit':
      return renderDialog(answer ?? null);
    default:
      return {};
  }
}

function renderDialog(answer: InvokeAnswer): object {
  if (answer === null) return {};
  if ('message' in answer) return { task: { type: 'message', value: answer.message } };
  const { title, size, card } = answer.dialog;
  return {
    task: {
      type: 'continue',
      value: { title, height: size, width: size, card: { contentType: CARD, content: card } },
    },
  };
}

function common(message: Outgoing): Pick<OutboundActivity, 'type' | 'locale' | 'channelData'> {
  return { type: 'message', locale: message.lang, channelData: { klankbord: message.label } };
}

function suggestions(message: Outgoing): Pick<OutboundActivity, 'suggestedActions'> {
  const actions = (message.suggestions ?? [])
    .slice(0, MAX_SUGGESTIONS)
    .map(({ title, say }) => ({ type: 'imBack' as const, title, value: say }));
  return actions.length > 0 ? { suggestedActions: { to: [], actions } } : {};
}

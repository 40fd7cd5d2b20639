/**
 * A dialog (task module) of the channel: the buttons that open one, what stands in it, and the tokens it is sent with, which work
 * once. What a token may do is decided by what the conversation remembers, never by what was sent.
 */
import { wholeKey, type KeyOf, type TextKey } from '../locales/index.ts';
import { card, submit, type Element } from './cards.ts';
import type { DialogView } from './ports.ts';
import type { Talk } from './talk.ts';

/** What a dialog is about. */
export type Subject = 'profile' | 'review' | 'admin';

/** One that is on a screen: what its buttons stand for, by position, and what its subject has to know again. No texts of people. */
export interface OpenDialog {
  readonly token: string;
  readonly about: Subject;
  readonly ids: readonly string[];
  readonly state?: unknown;
}

export interface DialogMemory {
  /** Opaque ids of the buttons in the chat that open a dialog, newest last. */
  readonly buttons?: readonly { readonly token: string; readonly about: Subject }[];
  readonly open?: readonly OpenDialog[];
  /** Sent already: Teams may send the same again under another id. */
  readonly spent?: readonly Pick<OpenDialog, 'token' | 'about'>[];
}

/** A dialog that was sent: the button pressed, what was filled in, and what it remembered. */
export interface Sent {
  readonly id: string;
  readonly values: Readonly<Record<string, string>>;
  readonly state: unknown;
}

/** On a phone and on a desk, or when Teams asks twice: the newest few can be sent. */
const KEPT = 4;
const MOST_BUTTONS = 6;

/** The id of a button in the chat that opens a dialog. */
export function buttonTo(talk: Talk, about: Subject): string {
  const token = talk.world.newId();
  const { dialogs = {} } = talk.memory;
  const others = (dialogs.buttons ?? []).filter((button) => button.about !== about);
  const same = (dialogs.buttons ?? []).filter((button) => button.about === about).slice(1 - KEPT);
  talk.remember({ dialogs: { ...dialogs, buttons: [...others, ...same, { token, about }] } });
  return token;
}

/** What a button in the chat opens; null when it opens nothing (any more). */
export function openedBy(talk: Talk, token: string): Subject | null {
  return talk.memory.dialogs?.buttons?.find((button) => button.token === token)?.about ?? null;
}

export interface Shown {
  readonly about: Subject;
  /** In our own words. */
  readonly title: string;
  readonly body: readonly Element[];
  readonly buttons: readonly { readonly id: string; readonly title: string }[];
  readonly size?: DialogView['size'];
  readonly unkept?: true;
  readonly state?: unknown;
}

/** Shows this in the dialog, with buttons that work once. */
export function showDialog(talk: Talk, { about, title, body, buttons, state, ...form }: Shown): void {
  const token = talk.world.newId();
  const { dialogs = {} } = talk.memory;
  const ids = buttons.map(({ id }) => id);
  const open = [...(dialogs.open ?? []), { token, about, ids, ...(state === undefined ? {} : { state }) }];
  talk.remember({ dialogs: { ...dialogs, open: open.slice(-KEPT) } });
  const own = buttons.map((button, n) => ({ id: `${token}-${n}`, title: button.title }));
  const more = own.slice(0, -MOST_BUTTONS).map(submit);
  const whole = more.length > 0 ? [...body, { type: 'ActionSet', actions: more }] : body;
  const shown = card(whole, own.slice(-MOST_BUTTONS), talk.language.tag, title);
  talk.reply({ dialog: { title, size: 'large', ...form, card: shown } });
}

/** A sentence in place of the dialog. */
export function sayInDialog(
  talk: Talk,
  key: KeyOf<'dialogs'> | TextKey,
  params: Record<string, string | number> = {},
): void {
  talk.reply({ message: talk.language.t(wholeKey('dialogs', key), params) });
}

/** What was sent with this token: a dialog that is open, one that was sent before, or none that is known. Uses the token up. */
export function takeSent(
  talk: Talk,
  token: string,
): { readonly dialog: OpenDialog; readonly id: string } | { readonly spent: Subject } | null {
  const dash = token.lastIndexOf('-');
  const own = token.slice(0, dash);
  const { dialogs = {} } = talk.memory;
  const before = dialogs.spent?.find((dialog) => dialog.token === own);
  if (before) return { spent: before.about };
  const dialog = dialogs.open?.find((one) => one.token === own);
  const id = dialog?.ids[Number(token.slice(dash + 1))];
  if (!dialog || id === undefined) return null;
  const open = (dialogs.open ?? []).filter((one) => one !== dialog);
  const spent = [...(dialogs.spent ?? []), { token: own, about: dialog.about }].slice(-KEPT);
  talk.remember({ dialogs: { ...dialogs, open, spent } });
  return { dialog, id };
}

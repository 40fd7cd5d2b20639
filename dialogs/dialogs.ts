/**
 * Dialogs (task modules): opened by a button in the chat, answered in the same breath. What stands in one is sent with a token that
 * works once; what it may do is decided here, by what the conversation remembers, never by what was sent.
 */
import { card, type Element } from './cards.ts';
import type { DialogView, Invoke, SettingsPort } from './ports.ts';
import { isProfileButton, openProfile, turnProfile } from './profile-dialog.ts';
import type { Talk } from './talk.ts';
import type { Packs } from './teacher.ts';

/** What a dialog is about. */
export type Subject = 'profile';

/** One that is on a screen: what was shown in it, and what its buttons stand for, by position. No texts of people. */
export interface OpenDialog {
  readonly token: string;
  readonly about: Subject;
  readonly ids: readonly string[];
  /** What its sender has to know again; owned by the subject. */
  readonly state?: unknown;
}

export interface DialogMemory {
  /** Opaque ids of the buttons in the chat that open a dialog, newest last. */
  readonly buttons?: readonly { readonly token: string; readonly about: Subject }[];
  readonly open?: readonly OpenDialog[];
  /** Sent already: Teams may send the same again under another id. */
  readonly spent?: readonly Pick<OpenDialog, 'token' | 'about' | 'state'>[];
}

/** What a dialog needs besides the conversation. */
export interface Tools {
  readonly packs: Packs;
  readonly settings?: SettingsPort;
}

/** A dialog that was sent: the button pressed (null: sent before), what was filled in, and what it remembered. */
export interface Sent {
  readonly id: string | null;
  readonly values: Readonly<Record<string, string>>;
  readonly state: unknown;
}

/** On a phone and on a desk, or when Teams asks twice: the newest few can be sent. */
const KEPT = 4;

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
  talk.reply({ dialog: { title, size: 'large', ...form, card: card(body, own, talk.language.tag, title) } });
}

/** A sentence in place of the dialog. */
export function sayInDialog(talk: Talk, key: string, params: Record<string, string | number> = {}): void {
  talk.reply({ message: talk.language.t(key.includes(':') ? key : `dialogs:${key}`, params) });
}

/** Opens a dialog, or takes what was sent with one. */
export async function dialogTurn(talk: Talk, tools: Tools, incoming: Invoke): Promise<void> {
  if (incoming.kind === 'dialogOpen') {
    if (isProfileButton(incoming.token)) return openProfile(talk, incoming.token);
    return sayInDialog(talk, 'stale');
  }
  const dash = incoming.token.lastIndexOf('-');
  const token = incoming.token.slice(0, dash);
  const { dialogs = {} } = talk.memory;
  const open = dialogs.open?.find((dialog) => dialog.token === token);
  const again = dialogs.spent?.find((dialog) => dialog.token === token);
  const id = open?.ids[Number(incoming.token.slice(dash + 1))];
  if (open && id !== undefined) {
    const { about, state } = open;
    talk.remember({
      dialogs: {
        ...dialogs,
        open: (dialogs.open ?? []).filter((dialog) => dialog !== open),
        spent: [...(dialogs.spent ?? []), { token, about, state }].slice(-KEPT),
      },
    });
    return take(talk, tools, about, { id, values: incoming.values, state });
  }
  // Whoever sends it again sees what became of it.
  if (again) return take(talk, tools, again.about, { id: null, values: {}, state: again.state });
  return sayInDialog(talk, 'stale');
}

function take(talk: Talk, _tools: Tools, about: Subject, sent: Sent): Promise<void> {
  switch (about) {
    case 'profile':
      return turnProfile(talk, sent);
  }
}

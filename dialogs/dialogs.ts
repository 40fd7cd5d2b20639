/** The dialogs there are: who opens one or sends one is led to what it is about. */
import { openedBy, sayInDialog, takeSent, type Sent, type Subject } from './dialog.ts';
import { Admin } from './admin-desk.ts';
import { openAdmin, sendAdmin } from './admin-dialog.ts';
import type { Invoke, SettingsPort } from './ports.ts';
import { isProfileButton, openProfile, turnProfile } from './profile-dialog.ts';
import { openReview, sendReview } from './review-dialog.ts';
import type { Talk } from './talk.ts';
import { Teacher, type Packs } from './teacher.ts';

/** What a dialog needs besides the conversation. */
export interface Tools {
  readonly packs: Packs;
  readonly settings?: SettingsPort;
}

/** Opens a dialog, or takes what was sent with one; the answer is in `talk`. */
export async function dialogTurn(talk: Talk, tools: Tools, incoming: Invoke): Promise<void> {
  if (incoming.kind === 'dialogOpen') {
    if (isProfileButton(incoming.token)) return openProfile(talk, incoming.token);
    return open(talk, tools, openedBy(talk, incoming.token));
  }
  const taken = takeSent(talk, incoming.token);
  if (taken === null) return sayInDialog(talk, 'stale');
  // Whoever sends it once more sees how things stand.
  if ('spent' in taken) return open(talk, tools, taken.spent);
  const { dialog, id } = taken;
  return send(talk, tools, dialog.about, { id, values: incoming.values, state: dialog.state });
}

async function open(talk: Talk, tools: Tools, about: Subject | null): Promise<void> {
  switch (about) {
    case 'review':
      return openReview(new Teacher(talk, tools.packs));
    case 'admin': {
      const admin = adminOf(talk, tools);
      return admin ? openAdmin(admin) : sayInDialog(talk, 'stale');
    }
    default:
      return sayInDialog(talk, 'stale');
  }
}

/** For whoever is an admin now, whatever was so when the dialog was opened. */
function adminOf(talk: Talk, { packs, settings }: Tools): Admin | null {
  return settings?.isAdmin(talk.conversation.directoryId ?? null) ? new Admin(talk, settings, packs) : null;
}

async function send(talk: Talk, tools: Tools, about: Subject, sent: Sent): Promise<void> {
  switch (about) {
    case 'profile':
      return turnProfile(talk, sent);
    case 'review':
      return sendReview(new Teacher(talk, tools.packs), sent);
    case 'admin': {
      const admin = adminOf(talk, tools);
      return admin ? sendAdmin(admin, sent) : sayInDialog(talk, 'stale');
    }
  }
}

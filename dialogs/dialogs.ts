/** The dialogs there are: who opens one or sends one is led to what it is about. */
import { openedBy, sayInDialog, takeSent, type Sent, type Subject } from './dialog.ts';
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
    default:
      return sayInDialog(talk, 'stale');
  }
}

async function send(talk: Talk, tools: Tools, about: Subject, sent: Sent): Promise<void> {
  switch (about) {
    case 'profile':
      return turnProfile(talk, sent);
    case 'review':
      return sendReview(new Teacher(talk, tools.packs), sent);
    default:
      return sayInDialog(talk, 'stale');
  }
}

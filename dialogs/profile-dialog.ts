/**
 * The whole profile in a dialog, read from our own store each time it is opened: nothing of it stays in the coach's chat. Shown to the
 * coach with whom it was shared, as long as it is shared.
 */
import { showDialog, sayInDialog, type Sent } from './dialog.ts';
import type { Button } from './cards.ts';
import { offerDocument } from './documents.ts';
import type { Handover } from '../machines/handover.ts';
import { profileParts, type Part } from './profile-card.ts';
import { introduction, toView, type Shared } from './review.ts';
import type { Talk } from './talk.ts';

const OPENS = 'profile-';

/** The button that opens a profile for the coach; its id says nothing to anybody else. */
export function profileButton(interviewId: string, title: string): Button {
  return { id: `${OPENS}${interviewId}`, title, opens: true };
}

export const isProfileButton = (token: string): boolean => token.startsWith(OPENS);

/** Which interview a button of a profile belongs to. */
export const interviewOf = (token: string): string => token.slice(OPENS.length);

/** A profile that the person of this turn may read. */
export interface Readable {
  readonly handover: Handover;
  readonly shared: Shared;
}

/** The profile of an interview, when it is shared with the coach of this turn and was not taken back; else null. */
export async function readableProfile(talk: Talk, interviewId: string): Promise<Readable | null> {
  if (talk.conversation.role !== 'coach') return null;
  const found = (await talk.handovers()).find(({ handover }) => handover.interviewId === interviewId);
  return found ? { handover: found.handover, shared: found.shared() as Shared } : null;
}

/** The whole profile as messages with cards, each at most what the channel takes. */
export function profileCards(talk: Talk, { shared, handover }: Readable): Part[] {
  const { alias } = shared.profile;
  const lead = introduction(talk.language, alias, handover.teacher);
  return profileParts(talk.language, toView(talk, shared.profile, shared.at), [lead]);
}

/** Shows the whole profile in the dialog, a page at a time when very much was told. */
export function profileDialog(talk: Talk, profile: Readable, page = 0): void {
  const { language } = talk;
  const parts = profileCards(talk, profile);
  const at = Math.min(Math.max(0, page), parts.length - 1);
  const ids = [
    ...(at > 0 ? (['previous'] as const) : []),
    ...(at < parts.length - 1 ? (['next'] as const) : []),
    ...(talk.school.documents === undefined ? [] : (['document'] as const)),
    'close' as const,
  ];
  showDialog(talk, {
    about: 'profile',
    title: language.t('dialogs:profileTitle', { alias: profile.shared.profile.alias }),
    body: (parts[at]?.card['body'] ?? []) as Record<string, unknown>[],
    buttons: ids.map((id) => ({
      id,
      title: language.t(id === 'document' ? 'document:button' : `dialogs:${id}`),
    })),
    state: { interview: profile.handover.interviewId, page: at },
    unkept: true,
  });
}

export async function openProfile(talk: Talk, token: string): Promise<void> {
  const profile = await readableProfile(talk, interviewOf(token));
  if (!profile) return sayInDialog(talk, 'profileGone');
  const { handover } = profile;
  if (handover.openedAt === null) talk.keep({ ...handover, openedAt: talk.world.now() });
  profileDialog(talk, profile);
}

export async function turnProfile(talk: Talk, { id, state }: Sent): Promise<void> {
  const { interview, page } = state as { readonly interview: string; readonly page: number };
  if (id === 'close') return talk.reply(null);
  const profile = await readableProfile(talk, interview);
  if (!profile) return sayInDialog(talk, 'profileGone');
  if (id === 'document') {
    await offerDocument(talk, { kind: 'profile', interviewId: interview });
    return sayInDialog(talk, 'document:offered');
  }
  profileDialog(talk, profile, id === 'next' ? page + 1 : id === 'previous' ? page - 1 : page);
}

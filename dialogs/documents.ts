/**
 * A document is offered, accepted and handed over. In Teams the person agrees first and the file goes to their own OneDrive; where a
 * client cannot do that, there is a link on this machine that works once. What may be in it is decided when it is made, not before.
 */
import type { TextKey } from '../locales/index.ts';
import { card, paragraph } from './cards.ts';
import { questionLines } from './coach-card.ts';
import { readCommand } from './commands.ts';
import { fileName, type Paper } from './paper.ts';
import type { Incoming, Subject } from './ports.ts';
import { isDocumentButton, profilePaper, subjectOf } from './profile-document.ts';
import { scriptPaper } from './script-document.ts';
import { toView, type Shared } from './review.ts';
import type { Talk } from './talk.ts';

/** What this conversation was offered, newest last; each is answered once. No texts of people. */
export interface FileMemory {
  readonly offers?: readonly Offer[];
  /** Answered already: Teams may send the same again under another id. */
  readonly answered?: readonly string[];
}

interface Offer {
  readonly token: string;
  readonly subject: Subject;
  /** Epoch ms. */
  readonly until: number;
}

const KEPT = 6;
/** A card may wait in the chat until somebody has time; a link stands on a screen. */
const CARD_MS = 30 * 86_400_000;
const LINK_MS = 600_000;
/** What Teams shows before there is a file: about as big as one is. */
const USUAL_BYTES = 14_000;

/** Whether somebody asks for a document here: by a button, or a coach by typing; a teacher's commands are read elsewhere. */
export function asksForDocument({ conversation, greeted, language }: Talk, incoming: Incoming): boolean {
  if (incoming.kind === 'button') return isDocumentButton(incoming.token);
  const isCoach = conversation.role === 'coach' && greeted;
  return isCoach && incoming.kind === 'text' && readCommand(incoming.text, language)?.id === 'document';
}

/** Offers what was asked for; typed, it is the profile that was shared last. */
export async function offerAsked(talk: Talk, incoming: Incoming): Promise<void> {
  if (incoming.kind === 'button') return offerDocument(talk, subjectOf(incoming.token));
  const last = (await talk.handovers()).at(-1)?.handover;
  return offerDocument(talk, last ? { kind: 'profile', interviewId: last.interviewId } : null);
}

export interface Made {
  readonly paper: Paper;
  readonly name: string;
}

/** The document as the person of this turn may have it now; null when there is nothing (any more) that they may have. */
export async function documentOf(talk: Talk, subject: Subject): Promise<Made | null> {
  if (subject.kind === 'script') return talk.isAdmin ? scriptOf(talk) : null;
  const found = (await talk.handovers()).find(({ handover }) => handover.interviewId === subject.interviewId);
  if (!found) return null;
  const { handover } = found;
  const { profile, at } = found.shared() as Shared;
  const view = {
    ...toView(talk, profile, at),
    coach: handover.coach.name,
    questions: questionLines(talk.language, profile),
  };
  const copy = talk.conversation.role === 'coach' ? 'coach' : 'teacher';
  return { paper: profilePaper(talk.language, view, copy), name: nameOf(talk, 'document:fileWords', at) };
}

function scriptOf(talk: Talk): Made {
  const { language, school, contacts, world } = talk;
  const date = new Intl.DateTimeFormat(language.tag, { dateStyle: 'long', timeZone: 'Europe/Amsterdam' });
  const paper = scriptPaper(language, { school, contacts, date: date.format(world.now()) });
  return { paper, name: nameOf(talk, 'document:scriptWords', world.now()) };
}

/** Without anybody's name: the file may lie in a folder that others see. */
function nameOf(talk: Talk, words: TextKey, at: number): string {
  const date = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Amsterdam' }).format(at);
  return fileName(talk.language.t(words), date);
}

/** Offers the document, in the way that this school and this client know. */
export async function offerDocument(talk: Talk, subject: Subject | null): Promise<void> {
  const { language, world } = talk;
  const road = talk.school.documents;
  if (road === undefined) return talk.notice('document:off');
  if (subject === null) return talk.notice('document:nothing');
  const made = await documentOf(talk, subject);
  if (!made) return talk.notice('document:gone');
  const token = world.newId();
  const { files = {} } = talk.memory;
  const until = world.now() + (road === 'consent' ? CARD_MS : LINK_MS);
  const offers = [...open(talk), { token, subject, until }].slice(-KEPT);
  talk.remember({ files: { ...files, offers } });
  const label = { step: talk.step, kind: 'notice' } as const;
  if (road === 'consent') {
    const description = language.t(subject.kind === 'script' ? 'document:scriptConsent' : 'document:consent');
    const offer = { token, name: made.name, description, bytes: USUAL_BYTES };
    return talk.say({ label, text: description, file: { offer } });
  }
  const url = `${road.link}/${talk.conversation.id}/${token}`;
  const text = language.t('document:link');
  const action = { type: 'Action.OpenUrl', title: language.t('document:fetch'), url };
  talk.say({
    label,
    text: `${text}\n${url}`,
    card: { ...card(paragraph(text), [], language.tag, `${text} ${url}`), actions: [action] },
  });
}

const open = ({ memory, world }: Talk): readonly Offer[] =>
  (memory.files?.offers ?? []).filter(({ until }) => until > world.now());

/** The offer behind a token, which is used up by this; null when it was used before, is too old or never was. */
function take(talk: Talk, token: string): Subject | null {
  const offer = open(talk).find((one) => one.token === token);
  if (!offer) return null;
  const answered = [...(talk.memory.files?.answered ?? []), token].slice(-KEPT);
  talk.remember({ files: { offers: open(talk).filter((one) => one !== offer), answered } });
  return offer.subject;
}

/** The person said yes or no on the card. */
export async function answerOffer(
  talk: Talk,
  { token, accepted, message, upload }: Extract<Incoming, { kind: 'file' }>,
): Promise<void> {
  const subject = take(talk, token);
  if (!subject) {
    if (!talk.memory.files?.answered?.includes(token)) talk.notice('document:old');
    return;
  }
  if (!accepted || !upload) {
    talk.remove(message);
    return talk.notice(accepted ? 'document:failed' : 'document:declined');
  }
  if (!(await documentOf(talk, subject))) {
    talk.remove(message);
    return talk.notice('document:gone');
  }
  const label = { step: talk.step, kind: 'notice' } as const;
  talk.say({ label, text: '', upload: { subject, message, ...upload } });
}

/** How the upload ended: the file as Teams shows it, or why there is none. The card that asked goes. */
export function tellUpload(talk: Talk, news: Extract<Incoming, { kind: 'uploaded' }>): void {
  talk.remove(news.message);
  if (news.state !== 'done') return talk.notice(`document:${news.state}`);
  const label = { step: talk.step, kind: 'notice' } as const;
  talk.say({
    label,
    text: talk.language.t('document:done'),
    ...(news.file ? { file: { shown: news.file } } : {}),
  });
}

/** Somebody opened the link: the document, once. */
export async function fetchDocument(talk: Talk, token: string): Promise<Made | null> {
  if (typeof talk.school.documents !== 'object') return null;
  const subject = take(talk, token);
  return subject && documentOf(talk, subject);
}

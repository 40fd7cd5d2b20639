/** The door of dialogs/: one message in, everything that changes out. */
import type { Texts } from '../locales/index.ts';
import { fromStored, isErasureAsked, pendingOf } from '../machines/course.ts';
import { adminTurn, isForAdmin } from './admin.ts';
import { putOffer } from './asking.ts';
import { happenDue, isAfterwards, noteDelivery } from './afterwards.ts';
import { coachTurn } from './coach.ts';
import { readCommand } from './commands.ts';
import { deleteMessage, editMessage } from './edits.ts';
import { dialogTurn } from './dialogs.ts';
import {
  answerOffer,
  asksForDocument,
  documentOf,
  fetchDocument,
  offerAsked,
  tellUpload,
  type Made,
} from './documents.ts';
import type {
  ForFiles,
  Incoming,
  Invoke,
  InvokeAnswer,
  Outcome,
  Scene,
  SchoolView,
  SettingsPort,
  Subject,
  World,
} from './ports.ts';
import { unpin } from './safety.ts';
import { Talk } from './talk.ts';
import { isFreeText, Teacher, type Packs } from './teacher.ts';
import { readWaiting } from './waiting.ts';

export interface TurnsOptions {
  readonly texts: Texts;
  /** The language pack of the listener, by language. */
  readonly packs: Packs;
  /** The newest settings of a school; with the texts of a version when one is given. */
  readonly school: (schoolId: string, version?: number | null) => SchoolView;
  /** For admins; without it nobody is one. */
  readonly settings?: SettingsPort;
}

export interface Turns {
  readonly takeTurn: (scene: Scene, incoming: Incoming, world: World) => Promise<Outcome>;
  /** True when a text need not wait for the rest of a split message: it is a command, a button's word, or nothing to add to. */
  readonly bypasses: (incoming: Incoming, scene: Scene) => boolean;
  /** What to say when a message could not be dealt with and was set aside. */
  readonly explain: (scene: Scene, world: World) => Promise<Outcome>;
  /** The document as this person may have it now; null when there is none (any more). */
  readonly document: (scene: Scene, subject: Subject, world: World) => Promise<Made | null>;
  /** The document behind a link, and what that changes: it works once. */
  readonly fetchDocument: (
    scene: Scene,
    token: string,
    world: World,
  ) => Promise<{ readonly made: Made | null; readonly outcome: Outcome }>;
  /** What a dialog says while what was asked or sent cannot be dealt with. `locale`: of who waits for it. */
  readonly excuse: (locale: string | null) => InvokeAnswer;
}

/** For looking without touching. */
const STILL: World = { now: () => 0, newId: () => '' };

const BLOCKED = new Set([
  'no_app',
  'blocked_by_user',
  'disabled_by_admin',
  'not_in_roster',
  'forbidden',
  'not_found',
]);

export function createTurns({ texts, packs, school, settings }: TurnsOptions): Turns {
  const talkOf = (scene: Scene, world: World): Talk =>
    new Talk(
      scene,
      world,
      texts,
      (version) => school(scene.conversation.schoolId, version),
      settings?.isAdmin(scene.conversation.directoryId ?? null),
    );
  return {
    async takeTurn(scene, incoming, world) {
      const talk = talkOf(scene, world);
      if (incoming.kind === 'dialogOpen' || incoming.kind === 'dialogSent') {
        await dialogTurn(talk, { packs, ...(settings ? { settings } : {}) }, incoming);
        return talk.outcome();
      }
      if (incoming.kind === 'file') {
        await answerOffer(talk, incoming);
        return talk.outcome();
      }
      if (incoming.kind === 'uploaded') {
        tellUpload(talk, incoming);
        return talk.outcome();
      }
      if (asksForDocument(talk, incoming)) {
        await offerAsked(talk, incoming);
        return talk.outcome();
      }
      if (settings && (await adminTurn(talk, packs, settings, incoming))) return talk.outcome();
      if (scene.conversation.role === 'coach') await coachTurn(talk, incoming);
      else await teacherTurn(new Teacher(talk, packs), incoming);
      return talk.outcome();
    },
    async explain(scene, world) {
      const talk = talkOf(scene, world);
      talk.notice('failure');
      return { outgoing: talk.outgoing };
    },
    document: (scene, subject, world) => documentOf(talkOf(scene, world), subject),
    async fetchDocument(scene, token, world) {
      const talk = talkOf(scene, world);
      const made = await fetchDocument(talk, token);
      return { made, outcome: talk.outcome() };
    },
    excuse: (locale) => {
      const code = texts.negotiate(locale) ?? texts.codes[0] ?? 'nl';
      return { message: texts.language(code).t('dialogs:failed') };
    },
    bypasses(incoming, scene) {
      if (incoming.kind !== 'text') return true;
      const { conversation, interview } = scene;
      if (
        settings?.isAdmin(conversation.directoryId ?? null) &&
        isForAdmin(talkOf(scene, STILL), incoming.text)
      )
        return true;
      if (conversation.role === 'coach' || !interview) return true;
      const talk = talkOf(scene, STILL);
      if (readCommand(incoming.text, talk.language)) return true;
      const snapshot = fromStored(interview.definition, interview.snapshot);
      if (!snapshot) return true;
      const ask = pendingOf(snapshot);
      // An answer to how it goes can come in pieces too.
      if (!ask && talk.memory.checkIn?.waitsFor === 'answer') return isAfterwards(talk, incoming.text);
      const choice = new Teacher(talk, packs).typedChoice(ask, isErasureAsked(snapshot), incoming.text);
      return choice !== null || readWaiting(talk, incoming.text) !== null || !isFreeText(ask);
    },
  };
}

async function teacherTurn(teacher: Teacher, incoming: Exclude<Incoming, Invoke | ForFiles>): Promise<void> {
  const { talk } = teacher;
  switch (incoming.kind) {
    case 'text':
      return teacher.read(incoming);
    case 'button':
      return teacher.press(incoming.token, incoming.values);
    case 'arrived':
      if (!talk.greeted) return teacher.welcome();
      return incoming.installed ? returned(teacher) : undefined;
    case 'left':
      if (talk.interview?.status === 'open') await talk.happen({ type: 'PAUSED' });
      return;
    case 'edited':
      return editMessage(teacher, incoming.source, incoming.text);
    case 'deleted':
      return deleteMessage(teacher, incoming.source);
    case 'returned':
      return talk.notice('returned', { text: incoming.text });
    case 'unreadable':
      return talk.notice(UNREADABLE[incoming.what]);
    case 'delivery':
      return tellDelivery(teacher, incoming);
    case 'due':
      return happenDue(talk, incoming.interviewId);
  }
}

const UNREADABLE = {
  empty: 'unreadableEmpty',
  file: 'unreadableFile',
  voice: 'unreadableVoice',
  picture: 'unreadablePicture',
} as const;

/** The app was installed again, or the page opened again: show where we were. */
async function returned(teacher: Teacher): Promise<void> {
  const { talk } = teacher;
  if (!talk.interview) return teacher.offer('erased', ['startAgain']);
  const ask = pendingOf(await talk.snapshot());
  if (!ask) return talk.notice('closed');
  await talk.happen({ type: 'RESUMED' });
  unpin(talk);
  return teacher.perform([{ type: 'ask', ask }], { before: [talk.language.t('notices:welcomeBack')] });
}

/** News of the profile's way to the coach: told once when it waits, and then when it has arrived. */
async function tellDelivery(teacher: Teacher, news: Extract<Incoming, { kind: 'delivery' }>): Promise<void> {
  const { talk } = teacher;
  await noteDelivery(talk, news);
  const coach = talk.school.coach.name;
  if (news.state === 'delivered') {
    if (!talk.memory.toldWaiting) return;
    talk.remember({ toldWaiting: false });
    return talk.notice('shareDelivered', { coach });
  }
  if (talk.memory.toldWaiting) return;
  talk.remember({ toldWaiting: true });
  if (!BLOCKED.has(news.reason)) return talk.notice('shareWaiting', { coach });
  if (talk.aside) return talk.notice('shareBlocked', { coach });
  // Nobody to talk to yet: thinking it over alone can be a beginning.
  putOffer(talk, 'reflection:alone', ['reflect'], {}, [talk.language.t('notices:shareBlocked', { coach })]);
}

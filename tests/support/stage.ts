/**
 * A stage for conversations: the real turn, inbox, store and texts; only the channel and the clock are played.
 * What the bot says comes back as it would go out; what goes to the coach is kept apart.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInbox, type Inbox } from '../../bot/inbox.ts';
import { followTurns, openSettings, type Settings } from '../../bot/school/versions.ts';
import { openStore } from '../../bot/store/store.ts';
import type { OutboxItem, Reference, Store } from '../../bot/store/types.ts';
import type {
  Incoming,
  Interview,
  InvokeAnswer,
  Outcome,
  Outgoing,
  Scene,
  SchoolView,
} from '../../dialogs/ports.ts';
import type { Answer } from '../../machines/journal.ts';
import { createTurns } from '../../dialogs/turn.ts';
import { loadTexts, type Texts } from '../../locales/index.ts';
import { loadPack } from '../../locales/listening.ts';

export const SCHOOL: SchoolView = {
  id: 'klank',
  coach: { name: 'Noor', aadObjectId: '00000000-0000-4000-8000-00000000c0ac' },
  languages: { default: null, offered: ['nl', 'en', 'de'] },
  depth: 'standard',
  optional: [],
  contact: null,
};

const TEXTS = loadTexts();

export interface StageOptions {
  readonly lang: string;
  /** Play with a school file (its text) and its versions; the person on the stage may be one of its admins. */
  readonly file?: string;
  readonly school?: Partial<SchoolView>;
  readonly quietMs?: number;
  /** Other texts than those of locales/. */
  readonly texts?: Texts;
  /** Names that Teams knows them by. */
  readonly names?: { readonly teacher?: string; readonly coach?: string };
}

export interface Stage {
  readonly store: Store;
  readonly inbox: Inbox;
  /** Everything that goes to the coach, in order. */
  readonly toCoach: Outgoing[];
  /** What the teacher is told without having said something. */
  readonly toTeacher: Outgoing[];
  /** What is to become of messages that were sent before. */
  readonly changes: NonNullable<OutboxItem['earlier']>[];
  /** One message of the teacher; gives what the bot says to it. */
  send(incoming: Incoming, key?: string): Promise<readonly Outgoing[]>;
  say(text: string): Promise<readonly Outgoing[]>;
  /** What is in the store. */
  look(): Promise<Pick<Scene, 'conversation' | 'interview'> & { readonly answers: readonly Answer[] }>;
  /** Puts an interview into the store, as if it had taken place here. */
  seed(recorded: {
    readonly conversation: Outcome['conversation'];
    readonly interview: Interview;
    readonly answers: readonly Answer[];
  }): Promise<void>;
  /** What the last message was answered with, if it was a dialog that was opened or sent. */
  answer(): InvokeAnswer | undefined;
  /** One message of the coach, in the coach's own chat; gives everything that comes there. */
  sendAsCoach(incoming: Incoming, key?: string): Promise<readonly Outgoing[]>;
  /** Another person's message, by directory id: in a chat of their own, in a role of theirs. */
  sendAs(
    who: { readonly id: string; readonly role: 'teacher' | 'coach' },
    incoming: Incoming,
  ): Promise<readonly Outgoing[]>;
  /** Lets time pass, and what falls due in it happen; in ms. */
  pass(ms: number): Promise<void>;
  /** Closes and opens the store again, as a restart does. */
  restart(): Promise<void>;
  /** Writes the school file anew, as somebody does beside a running bot. */
  rewrite(file: string): Promise<void>;
  /** The versions so far; null without a school file. */
  settings(): Settings | null;
  /** Moves the clock, in ms. */
  wait(ms: number): void;
  close(): Promise<void>;
}

export async function openStage({
  lang,
  file,
  school = {},
  quietMs = 0,
  names = {},
  texts = TEXTS,
}: StageOptions): Promise<Stage> {
  const folder = mkdtempSync(join(tmpdir(), 'klankbord-stage-'));
  const key = Buffer.alloc(32, 7);
  const clock = { now: Date.UTC(2026, 10, 23, 15, 0, 0) };
  let ids = 0;
  const world = { now: () => clock.now, newId: () => `id${(ids += 1)}` };
  const view = { ...SCHOOL, ...school };
  const schoolFile = join(folder, 'school.yaml');
  if (file !== undefined) writeFileSync(schoolFile, file);
  let settings: Settings | null = null;
  let turns = createTurns({ texts, packs: loadPack, school: () => view });
  const reference: Reference = {
    tenantId: '00000000-0000-4000-8000-000000000001',
    conversationId: 'teacher-chat',
    serviceUrl: 'http://127.0.0.1:9/',
    botId: 'bot',
    userId: 'teacher',
    aadObjectId: '00000000-0000-4000-8000-0000000000ac',
    locale: lang,
    ...(names.teacher ? { name: names.teacher } : {}),
  };
  const coach: Reference = {
    ...reference,
    conversationId: 'coach-chat',
    userId: 'coach',
    aadObjectId: view.coach.aadObjectId,
    name: names.coach ?? view.coach.name,
  };
  const roles = new Map<string | null, 'teacher' | 'coach'>([[coach.aadObjectId, 'coach']]);
  const open = async (): Promise<{ store: Store; inbox: Inbox }> => {
    const opened = await openStore({ dataDir: folder }, { key, now: world.now });
    if (file !== undefined) {
      settings = await openSettings({ store: opened, file: schoolFile });
      const { viewOf } = settings;
      const schoolOf: typeof viewOf = (id, version) => ({ ...viewOf(id, version), ...school });
      turns = createTurns({ texts, packs: loadPack, school: schoolOf, settings });
    }
    const { store, takeTurn } = settings
      ? followTurns(settings, opened, turns.takeTurn)
      : { store: opened, takeTurn: turns.takeTurn };
    const inbox = createInbox({
      store,
      takeTurn,
      bypasses: turns.bypasses,
      world,
      quietMs,
      placeOf: ({ aadObjectId }) => ({
        role: roles.get(aadObjectId) ?? 'teacher',
        schoolId: settings?.schools.file.schools[0]?.id ?? view.id,
      }),
    });
    return { store, inbox };
  };
  let { store, inbox } = await open();
  let sent = 0;
  let last: InvokeAnswer | undefined;
  const toCoach: Outgoing[] = [];
  const changes: Stage['changes'] = [];
  const toTeacher: Outgoing[] = [];
  const others: Outgoing[] = [];
  const post = async (from: Reference, incoming: Incoming, given?: string) => {
    clock.now += 1000;
    const key = given ?? `message-${(sent += 1)}`;
    const item = { key, incoming, sentAt: clock.now, receivedAt: clock.now };
    const { replies, answer } = await inbox.receive(from, item, { wantsReplies: true });
    last = answer;
    await deliver();
    // What follows on it in another chat comes after what was said here.
    await inbox.drain();
    await deliver();
    return replies;
  };
  const deliver = async () => {
    // Per destination only the first unsent message can be claimed.
    for (;;) {
      const items = await store.claim(clock.now, clock.now + 1, 50);
      if (items.length === 0) break;
      for (const claimed of items) {
        if (claimed.earlier) changes.push(claimed.earlier);
        const { message, reference: to } = claimed;
        const coachs = message.to !== 'here' || to?.userId === 'coach';
        if (claimed.earlier?.act === 'delete') {
          // Nothing to read.
        } else if (coachs) toCoach.push(message);
        else if (to?.userId === 'teacher') toTeacher.push(message);
        else others.push(message);
        await store.settle(claimed.id, { state: 'sent', activityId: `sent-${claimed.id}` });
        const { interviewId } = message;
        if (message.to === 'here' || interviewId === undefined || claimed.earlier) continue;
        const news: Incoming = { kind: 'delivery', interviewId, state: 'delivered', reason: '' };
        await inbox.internal(claimed.lane, news, `${claimed.id} delivered`);
      }
    }
  };
  /** The first moment up to `end` at which something falls due, to the second; `end` when nothing does. */
  const nextDue = async (from: number, end: number): Promise<number> => {
    const isDue = async (at: number) => (await store.dueHandovers(at, 1)).length > 0;
    if (!(await isDue(end))) return end;
    let [before, after] = [from, end];
    while (after - before > 1000) {
      const middle = Math.floor((before + after) / 2);
      if (await isDue(middle)) after = middle;
      else before = middle;
    }
    return after;
  };
  const send: Stage['send'] = (incoming, given) => post(reference, incoming, given);

  return {
    get store() {
      return store;
    },
    get inbox() {
      return inbox;
    },
    toCoach,
    toTeacher,
    changes,
    send,
    answer: () => last,
    async sendAsCoach(incoming, given) {
      const before = toCoach.splice(0);
      const replies = await post(coach, incoming, given);
      const all = [...replies, ...toCoach.splice(0)];
      toCoach.push(...before);
      return all;
    },
    async sendAs({ id, role }, incoming) {
      roles.set(id, role);
      const from = { ...reference, conversationId: `chat-${id}`, userId: id, aadObjectId: id };
      const replies = await post(from, incoming);
      return [...replies, ...others.splice(0)];
    },
    async pass(ms) {
      const end = clock.now + ms;
      for (;;) {
        clock.now = await nextDue(clock.now, end);
        await inbox.drain();
        await deliver();
        if (clock.now >= end) return;
      }
    },
    say: (text) => send({ kind: 'text', text, sources: [`m${sent + 1}`] }),
    look: () =>
      store.inTurn(store.laneOf(reference), {}, async (turn) => {
        const scene = turn.scene();
        const { conversation, interview } = scene;
        return { conversation, interview, answers: await scene.answers() };
      }),
    async seed({ conversation, interview, answers }) {
      const place = { role: 'teacher', schoolId: view.id } as const;
      await store.inTurn(store.laneOf(reference), { from: { reference, place } }, (turn) =>
        turn.save(
          { ...(conversation && { conversation }), interview, put: answers, outgoing: [] },
          { inline: false },
        ),
      );
    },
    async restart() {
      await inbox.stop();
      await store.close();
      ({ store, inbox } = await open());
    },
    async rewrite(text) {
      writeFileSync(schoolFile, text);
      await settings?.reload();
    },
    settings: () => settings,
    wait(ms) {
      clock.now += ms;
    },
    async close() {
      await inbox.stop();
      await store.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

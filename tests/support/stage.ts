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
import { loadTexts } from '../../locales/index.ts';
import { loadPack } from '../../locales/listening.ts';

export const SCHOOL: SchoolView = {
  id: 'klank',
  coach: { name: 'Noor', aadObjectId: '00000000-0000-4000-8000-00000000c0ac' },
  languages: { default: null, offered: ['nl', 'en', 'de'] },
  depth: 'standard',
  optional: [],
  contact: null,
};

const texts = loadTexts();

export interface StageOptions {
  readonly lang: string;
  /** Play with a school file (its text) and its versions; the person on the stage may be one of its admins. */
  readonly file?: string;
  readonly school?: Partial<SchoolView>;
  readonly quietMs?: number;
}

export interface Stage {
  readonly store: Store;
  readonly inbox: Inbox;
  /** Everything that goes to the coach, in order. */
  readonly toCoach: Outgoing[];
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

export async function openStage({ lang, file, school = {}, quietMs = 0 }: StageOptions): Promise<Stage> {
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
  };
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
      placeOf: () => ({ role: 'teacher', schoolId: settings?.schools.file.schools[0]?.id ?? view.id }),
    });
    return { store, inbox };
  };
  let { store, inbox } = await open();
  let sent = 0;
  let last: InvokeAnswer | undefined;
  const toCoach: Outgoing[] = [];
  const changes: Stage['changes'] = [];
  const send: Stage['send'] = async (incoming, given) => {
    clock.now += 1000;
    const key = given ?? `message-${(sent += 1)}`;
    const item = { key, incoming, sentAt: clock.now, receivedAt: clock.now };
    const { replies, answer } = await inbox.receive(reference, item, { wantsReplies: true });
    last = answer;
    // Per destination only the first unsent message can be claimed.
    for (;;) {
      const items = await store.claim(clock.now, clock.now + 1, 50);
      if (items.length === 0) break;
      for (const claimed of items) {
        if (claimed.earlier) changes.push(claimed.earlier);
        if (claimed.message.to !== 'here' && claimed.earlier?.act !== 'delete') toCoach.push(claimed.message);
        await store.settle(claimed.id, { state: 'sent', activityId: `sent-${claimed.id}` });
      }
    }
    return replies;
  };
  return {
    get store() {
      return store;
    },
    get inbox() {
      return inbox;
    },
    toCoach,
    changes,
    send,
    answer: () => last,
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

/** One run: servers, connector, teachers and coaches, with a storm or without; gives what everybody saw and what the store holds. */
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { openStore } from '../../bot/store/store.ts';
import type { Reference, Store, StoreStatus } from '../../bot/store/types.ts';
import type { Interview } from '../../dialogs/ports.ts';
import type { Answer } from '../../machines/journal.ts';
import { engines, type TestPlace } from '../store/places.ts';
import { StormyConnector, type Arrived } from './connector.ts';
import { Fleet } from './fleet.ts';
import { Mail, type Sender } from './mail.ts';
import { PLANT_VARIABLE, type Plant } from './points.ts';
import { seeded } from './random.ts';
import { Storm, type Kills } from './storm.ts';
import { Teacher } from './teacher.ts';

export interface SimulationOptions {
  readonly seed: string;
  readonly store: 'sqlite' | 'postgres';
  readonly replicas: number;
  readonly teachers: number;
  readonly kills: number;
  readonly plant: Plant | null;
  /** False: a quiet day. No kills, no faults, no copies. */
  readonly stormy: boolean;
  readonly quietMs: number;
  /** Shorter interviews, for a quick look. */
  readonly brief: boolean;
  readonly depth: 'short' | 'standard' | 'thorough';
  /** Everything has to be over within this time. */
  readonly withinMs: number;
  readonly say: (line: string) => void;
}

/** What is left of one teacher's interview. */
export interface Outcome {
  readonly teacher: Teacher;
  readonly answers: readonly Answer[];
  readonly interview: Interview | null;
  /** Messages of the bot in the teacher's chat, as they arrived. */
  readonly seen: readonly Arrived[];
  /** Copies of the profile in the coach's chat. */
  readonly delivered: readonly Arrived[];
}

export interface Result {
  readonly outcomes: readonly Outcome[];
  readonly status: StoreStatus;
  readonly kills: Kills;
  readonly mail: Mail;
  readonly connector: StormyConnector;
  readonly fleet: Fleet;
  readonly exits: readonly (number | null)[];
  readonly settleMs: number;
  readonly seconds: number;
}

const TEACHERS_PER_SCHOOL = 10;
/** How long after the quiet time a teacher asks whether anybody is there. */
const SILENCE_MS = { stormy: 8_000, quiet: 4_000, brief: 3_000 };

interface Coach {
  readonly sender: Sender;
  /** Some have opened the chat before the first profile comes, some can be written to first, some come late. */
  readonly habit: 'early' | 'reachable' | 'late';
}

export async function simulate(options: SimulationOptions): Promise<Result> {
  const began = Date.now();
  const { seed, stormy, say } = options;
  const until = began + options.withinMs;
  const random = seeded(seed, stormy ? 'storm' : 'quiet');
  const engine = engines.find(({ title }) => title.toLowerCase().startsWith(options.store));
  if (!engine) throw new Error(`there is no ${options.store} to store in`);
  const place = await engine.create();
  const folder = mkdtempSync(join(tmpdir(), 'klankbord-chaos-'));
  const key = createHash('sha256').update(`key ${seed}`).digest();
  const senders = Array.from({ length: options.teachers }, (_, i) =>
    personOf(seed, 'teacher', i, schoolOf(i)),
  );
  const coaches = coachesFor(seed, schoolOf(options.teachers - 1) + 1);
  writeFileSync(join(folder, 'school.yaml'), schoolFile(options, senders, coaches));

  const connector = new StormyConnector({ random, faults: stormy ? 0.12 : 0, hangs: !options.brief });
  await connector.open();
  const opening = Date.now();
  const fleet = await Fleet.open({
    count: options.replicas,
    environment: environmentFor(options, place, folder, key),
  });
  say(`${options.replicas} server(s) up in ${Date.now() - opening} ms`);
  const { serviceUrl } = connector;
  const mail = new Mail({ fleet, serviceUrl, random: seeded(seed, 'mail'), copies: stormy ? 0.12 : 0 });
  const storm = new Storm({ fleet, random: seeded(seed, 'kills'), kills: options.kills, until });
  let store: Store | null = null;
  try {
    const profiles = new Map<string, Sender>();
    const coming = coaches.map((coach) => receiveCoach(coach, connector, mail, storm, profiles));
    const teachers = senders.map((sender, number) => {
      const teacher = new Teacher({
        ...{ seed, number, mail, sender, until, quietMs: options.quietMs },
        silenceMs: options.quietMs + SILENCE_MS[options.brief ? 'brief' : stormy ? 'stormy' : 'quiet'],
        pace: (share) => storm.pace(share),
        rough: stormy,
        brief: options.brief,
      });
      connector.follow(sender.conversationId, (activity) => teacher.read(activity));
      return teacher;
    });
    const storming = storm.run();
    const progress = setInterval(
      () =>
        say(`${storm.done}/${options.kills} kills, ${teachers.filter((t) => t.done).length} teachers done`),
      10_000,
    ).unref();
    await Promise.all(teachers.map((teacher) => teacher.run()));
    storm.over = true;
    await storming;
    connector.calmDown();
    await Promise.all(coming);
    // What is opened is an answer to a press: whoever saw nothing come presses again, and it is the same.
    for (const [token, sender] of profiles) await mail.post(sender, press(token));
    await mail.finish();
    clearInterval(progress);
    const kept = await openStore(place.place, { key, now: Date.now, as: 'tool' });
    store = kept;
    say('the storm is over; waiting until everything has settled');
    const settling = Date.now();
    await settle(kept, until);
    const settleMs = Date.now() - settling;
    const exits = await fleet.stop();
    const outcomes = await Promise.all(
      teachers.map((teacher, i) => outcomeOf(kept, connector, teacher, senders[i]!, coaches[schoolOf(i)]!)),
    );
    const status = await kept.status();
    const seconds = Math.round((Date.now() - began) / 1000);
    return { outcomes, status, kills: storm.kills, mail, connector, fleet, exits, settleMs, seconds };
  } finally {
    await fleet.stop();
    await store?.close();
    await connector.close();
    await place.dispose();
    rmSync(folder, { recursive: true, force: true });
  }
}

function environmentFor(
  { quietMs, plant, store }: SimulationOptions,
  { place }: TestPlace,
  folder: string,
  key: Buffer,
): Record<string, string> {
  return {
    KLANKBORD_MODE: 'local',
    KLANKBORD_PLAYGROUND: '0',
    KLANKBORD_LOG: 'silent',
    KLANKBORD_QUIET_SECONDS: String(quietMs / 1000),
    KLANKBORD_KEY: key.toString('base64'),
    KLANKBORD_KEY_FILE: '',
    KLANKBORD_DATA: 'dataDir' in place ? place.dataDir : folder,
    DATABASE_URL: store === 'postgres' && 'databaseUrl' in place ? place.databaseUrl : '',
    SCHOOL_FILE: join(folder, 'school.yaml'),
    MicrosoftAppId: '',
    HOST: '',
    [PLANT_VARIABLE]: plant ?? '',
  };
}

const schoolOf = (teacher: number): number => Math.floor(teacher / TEACHERS_PER_SCHOOL);

function personOf(seed: string, role: string, number: number, school: number): Sender {
  const guid = (...names: readonly (string | number)[]) => {
    const hex = createHash('sha256').update(names.join(' ')).digest('hex');
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
  };
  return {
    aadObjectId: guid(seed, role, number),
    conversationId: `a:${role}-${number}`,
    // A tenant of its own for every school: the limit per tenant is not what is tested here.
    tenantId: guid(seed, 'tenant', school),
  };
}

function coachesFor(seed: string, count: number): Coach[] {
  const habits = ['early', 'late', 'reachable'] as const;
  return Array.from({ length: count }, (_, i) => ({
    sender: personOf(seed, 'coach', i, i),
    habit: habits[i % habits.length]!,
  }));
}

function schoolFile(
  { depth }: SimulationOptions,
  teachers: readonly Sender[],
  coaches: readonly Coach[],
): string {
  const schools = coaches.map(({ sender }, i) => ({
    id: `school-${i}`,
    name: `School ${i}`,
    coach: { name: `Coach ${i}`, aadObjectId: sender.aadObjectId },
    teachers: teachers.filter((_, t) => schoolOf(t) === i).map(({ aadObjectId }) => aadObjectId),
  }));
  // JSON is YAML.
  return JSON.stringify({
    board: { name: 'Chaos' },
    schools,
    languages: { offered: ['nl', 'en'], default: 'nl' },
    depth,
  });
}

const press = (token: string) => ({ type: 'message', value: { klankbord: token } });

/** The first button of a card in the coach's chat: to open the whole profile. */
function openButton(activity: Arrived['activity']): string | null {
  if (activity.channelData?.klankbord?.kind !== 'profile') return null;
  const card = activity.attachments?.[0]?.content as
    { actions?: { data?: { klankbord?: string } }[] } | undefined;
  return card?.actions?.[0]?.data?.klankbord ?? null;
}

/** The coach reads, opens every profile that is shared, and opens the chat: at once, or when most of the interviews are over. */
async function receiveCoach(
  { sender, habit }: Coach,
  connector: StormyConnector,
  mail: Mail,
  storm: Storm,
  profiles: Map<string, Sender>,
): Promise<void> {
  connector.follow(sender.conversationId, (activity) => {
    const token = openButton(activity);
    if (token === null) return;
    profiles.set(token, sender);
    void mail.post(sender, press(token));
  });
  if (habit !== 'late') connector.reachable.set(sender.aadObjectId, sender.conversationId);
  if (habit === 'reachable') return;
  if (habit === 'late') {
    await storm.ended();
    connector.reachable.set(sender.aadObjectId, sender.conversationId);
  }
  await mail.post(sender, { type: 'installationUpdate', action: 'add' });
}

/** Waits until nothing is waiting any more, in or out. */
async function settle(store: Store, until: number): Promise<void> {
  for (let quiet = 0; quiet < 3 && Date.now() < until;) {
    const { inbox, outbox } = await store.status();
    const open = (inbox['waiting'] ?? 0) + (outbox['pending'] ?? 0) + (outbox['blocked'] ?? 0);
    quiet = open === 0 ? quiet + 1 : 0;
    await pause(250);
  }
}

async function outcomeOf(
  store: Store,
  connector: StormyConnector,
  teacher: Teacher,
  { tenantId, conversationId, aadObjectId }: Sender,
  coach: Coach,
): Promise<Outcome> {
  const reference: Reference = {
    ...{ tenantId, conversationId, aadObjectId, serviceUrl: '', botId: '', userId: '', locale: null },
  };
  const lane = store.laneOf(reference);
  const { interview, answers } = await store.inTurn(lane, {}, async (turn) => {
    const scene = turn.scene();
    return { interview: scene.interview, answers: await scene.answers() };
  });
  const signs = [teacher.script.alias, ...teacher.said.map(({ mark }) => mark)];
  const mine = ({ activity }: Arrived) => {
    const text = activity.channelData?.klankbord?.kind === 'profile' ? JSON.stringify(activity) : '';
    return signs.some((sign) => text.includes(sign));
  };
  return {
    teacher,
    answers,
    interview,
    seen: connector.messages(conversationId),
    delivered: connector.messages(coach.sender.conversationId).filter(mine),
  };
}

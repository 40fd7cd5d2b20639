/**
 * A client that knows only the public contract (the HTTP route and `channelData.klankbord`) has a whole interview with the real
 * program, in Dutch. Halfway the program is killed with -9 and started again on the same folder.
 */
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import {
  openFakeTeams,
  person,
  type FakeTeams,
  type Person,
  type WireActivity,
} from '../support/fake-teams.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** The coach of school.example.yaml. */
const COACH = '00000000-0000-0000-0000-0000000000c0';
const TEACHER = '00000000-0000-0000-0000-0000000000a1';

/** What the teacher says to each question; the sentences are told apart by their last words. */
const SAYS: Readonly<Record<string, string>> = {
  c4_alias: 'Vos',
  q1_words: 'wisselend, stekelig, hartelijk',
  q2_word1: 'Maandag liep hij de klas uit toen ik hem aansprak. Ik voelde me machteloos bij die open deur.',
  q2_word2: 'Bij rekenen duwde hij zijn schrift van tafel. Ik was boos over dat schrift op de grond.',
  q3_click: 'Hij hielp een kleuter met de veters. Ik was trots op hem bij die veters.',
  q4_off: 'Ik wilde stilte en hij bleef tikken met zijn pen. Ik werd ongeduldig van dat getik.',
  q5_hard: 'Hij schreeuwde door de gang dat hij niet meedeed. Ik schrok van dat geschreeuw.',
  q6_upset:
    'Na het voetballen zat hij te huilen achter de fietsen. Hij was verdrietig omdat hij niet mocht meedoen.',
  q7_view: 'Dat ik streng ben maar wel eerlijk ook.',
  q8_best: 'Dat hij zaterdag zwaaide op de markt. Ik was blij met die zwaai.',
};
const FEELINGS: Readonly<Record<string, string>> = {
  teacher: 'Ik voelde me er onzeker bij.',
  child: 'Hij was bang, denk ik.',
};
const CHOOSES: Readonly<Record<string, string>> = {
  c3_consent: 'start',
  r1_review: 'reviewDone',
  r2_add: 'addNothing',
  r3_share: 'shareKept',
  r4_state: 'stateFine',
};

let teams: FakeTeams;
let teacher: Person;
let coach: Person;
let folder: string;
let port: number;
let bot: ChildProcess | null = null;
let complaints = '';

async function startBot(): Promise<void> {
  complaints = '';
  const child = spawn(process.execPath, ['bot/main.ts'], {
    cwd: ROOT,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: {
      ...process.env,
      PORT: String(port),
      HOST: '',
      KLANKBORD_MODE: '',
      KLANKBORD_PLAYGROUND: '0',
      KLANKBORD_DATA: folder,
      KLANKBORD_QUIET_SECONDS: '0',
      SCHOOL_FILE: '',
      DATABASE_URL: '',
    },
  });
  bot = child;
  child.stderr.on('data', (part: Buffer) => (complaints += part.toString('utf8')));
  for (let waited = 0; waited < 20_000 && child.exitCode === null; waited += 100) {
    const ready = await fetch(`http://127.0.0.1:${port}/readyz`).then(
      (response) => response.ok,
      () => false,
    );
    if (ready) return;
    await pause(100);
  }
  throw new Error(`the bot does not start:\n${complaints}`);
}

async function endBot(signal: NodeJS.Signals): Promise<number | null> {
  const child = bot;
  bot = null;
  if (!child || child.exitCode !== null) return child?.exitCode ?? null;
  const gone = new Promise<number | null>((done) => child.once('exit', (code) => done(code)));
  child.kill(signal);
  return gone;
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'klankbord-e2e-'));
  const probe = createServer();
  await new Promise<void>((done) => probe.listen(0, '127.0.0.1', done));
  ({ port } = probe.address() as AddressInfo);
  await new Promise<void>((done) => probe.close(() => done()));
  teams = await openFakeTeams();
  teams.reachable.set(COACH, 'a:coach');
  teacher = person({ bot: `http://127.0.0.1:${port}`, serviceUrl: teams.serviceUrl, aadObjectId: TEACHER });
  coach = person({
    bot: `http://127.0.0.1:${port}`,
    serviceUrl: teams.serviceUrl,
    aadObjectId: COACH,
    conversationId: 'a:coach',
  });
});
afterEach(async () => {
  if (complaints !== '') process.stderr.write(`${complaints.slice(-4000)}\n`);
  await endBot('SIGKILL');
});
afterAll(async () => {
  await teams.close();
  rmSync(folder, { recursive: true, force: true });
});

const labelOf = (activity: WireActivity) => activity.channelData?.klankbord;
const wordsOf = (activity: WireActivity) => activity.text ?? activity.summary ?? '';

/** The next message to the teacher that waits for an answer, or says goodbye. */
function nextQuestion(): Promise<WireActivity> {
  return teams.next((activity, call) => {
    const label = labelOf(activity);
    if (call.conversationId !== teacher.conversationId || !label) return false;
    return label.kind !== 'notice'
      ? (label.choices?.length ?? 0) > 0 || label.step === 'c4_alias'
      : label.step === 'r5_end';
  });
}

function answerTo(question: WireActivity): string {
  const label = labelOf(question);
  if (!label) throw new Error('a message without a label');
  const chosen = label.choices?.find((choice) => choice.id === CHOOSES[label.step]);
  if (chosen && label.kind !== 'probe') return chosen.say;
  if (label.kind === 'probe') {
    const feeling = label.holder === undefined ? undefined : FEELINGS[label.holder];
    return feeling ?? label.choices?.find((choice) => choice.id === 'skip')?.say ?? 'overslaan';
  }
  const said = SAYS[label.step];
  if (said === undefined) throw new Error(`no answer to ${label.step}: ${wordsOf(question)}`);
  return said;
}

test('a whole interview, killed halfway, ends with one profile for the coach in the words that the teacher kept', async () => {
  await startBot();
  await teacher.install();
  const asked: string[] = [];
  let answered = '';
  for (
    let question = await nextQuestion(), turns = 0;
    turns < 120;
    question = await nextQuestion(), turns += 1
  ) {
    const { step = 'coach', kind, probe } = labelOf(question) ?? {};
    const key = kind === 'probe' ? `${step} ${probe}` : step;
    // A message that was on its way when the program was killed may come twice: no person answers it twice.
    if (key === answered) continue;
    answered = key;
    asked.push(key);
    if (step === 'r5_end') break;
    if (step === 'q5_hard' && kind === 'question') {
      // Everything is on the disk: what was said, what was asked, and what comes next.
      await endBot('SIGKILL');
      await startBot();
    }
    await teacher.say(answerTo(question));
    if (step === 'r4_state') break;
  }

  for (const step of Object.keys(SAYS)) expect(asked).toContain(step);
  expect(asked.filter((step) => step === 'q5_hard')).toHaveLength(1);
  expect(asked.filter((step) => step.startsWith('q') && !step.includes(' ')).at(-1)).toBe('q8_best');

  const isProfile = (activity: WireActivity) => labelOf(activity)?.kind === 'profile';
  const toCoach = (activity: WireActivity, call: { conversationId: string }) =>
    isProfile(activity) && call.conversationId === 'a:coach';
  const card = await teams.next(toCoach);
  const [open] = (card.attachments?.[0]?.content['actions'] ?? []) as { data: { klankbord: string } }[];
  await coach.press(open?.data.klankbord ?? '');
  await teams.next(toCoach);
  // Long enough for anything that would be sent twice.
  await pause(1_500);
  const preview = teams
    .messages(teacher.conversationId)
    .filter((one) => labelOf(one)?.step === 'r3_share' && labelOf(one)?.kind === 'review');
  // A long profile comes in several parts.
  const profile = teams.messages('a:coach').filter(isProfile).slice(1);
  const kept = Object.values(SAYS)
    .flatMap((said) => said.match(/[^.]+\./g) ?? [])
    .map((sentence) => sentence.trim())
    .filter((sentence) => wordsOf(profileOnly(preview)).includes(sentence));
  expect(kept.length).toBeGreaterThanOrEqual(5);
  for (const sentence of kept) {
    // The summary on top repeats three sentences on purpose.
    const words = profile
      .map(wordsOf)
      .join('\n')
      .replace(/In het kort\n[^]*?\n\n/u, '');
    expect(words.split(sentence)).toHaveLength(2);
    expect(
      JSON.stringify(profile.map((one) => one.attachments)).split(sentence).length,
    ).toBeGreaterThanOrEqual(2);
  }
  for (const part of profile) expect(part.attachments?.[0]?.content['version']).toBe('1.5');
  expect(await endBot('SIGTERM')).toBe(0);
  expect(complaints).not.toMatch(/error/i);
});

/** The preview begins with exactly what the coach will see. */
function profileOnly([first]: readonly WireActivity[]): WireActivity {
  return first ?? { type: 'none' };
}

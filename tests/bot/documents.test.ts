/** A document on its way, over HTTP: offered, accepted, put in somebody's OneDrive, shown; and everything that can go wrong with that. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { strFromU8, unzipSync } from 'fflate';
import { createDocuments } from '../../bot/documents.ts';
import { createLog } from '../../bot/log.ts';
import type { OutboxItem, Reference, Turn } from '../../bot/store/types.ts';
import { isOneDrive, type Uploaded } from '../../bot/upload.ts';
import { PROMPT_IDS } from '../../machines/prompt-linter.ts';
import { openFakeOneDrive, type FakeOneDrive } from '../support/fake-onedrive.ts';
import {
  openFakeTeams,
  person,
  type FakeTeams,
  type Person,
  type WireActivity,
} from '../support/fake-teams.ts';
import { talkUntil } from '../support/interview.ts';
import { COACH, openBot, type RunningBot } from '../support/running-bot.ts';

const CONSENT = 'application/vnd.microsoft.teams.card.file.consent';
const INFO = 'application/vnd.microsoft.teams.card.file.info';
const TENANT = '00000000-0000-0000-0000-0000000000aa';

interface Attachment {
  readonly contentType: string;
  readonly name?: string;
  readonly contentUrl?: string;
  readonly content: Record<string, unknown>;
}
const attachmentOf = (activity: WireActivity): Attachment | undefined =>
  (activity['attachments'] as Attachment[] | undefined)?.[0];
const typeOf = (activity: WireActivity) => attachmentOf(activity)?.contentType;

let teams: FakeTeams;
let drive: FakeOneDrive;
let bot: RunningBot;
let folder: string;
let teacher: Person;
let coach: Person;

const somebody = (aadObjectId: string = randomUUID(), conversationId?: string): Person =>
  person({
    ...{ bot: bot.address, serviceUrl: teams.serviceUrl, aadObjectId },
    ...(conversationId === undefined ? {} : { conversationId }),
  });
const open = (documents?: 'consent' | 'link') =>
  openBot({
    folder,
    ...(documents ? { documents } : {}),
    upload: { mayUpload: drive.mayUpload, timeoutMs: 1_000 },
  });

/** The interview that the teacher shared, by its id. */
async function interviewOf(who: Person): Promise<string> {
  const lane = bot.store.laneOf({ tenantId: TENANT, conversationId: who.conversationId } as Reference);
  return (await bot.store.inTurn(lane, {}, async (turn) => turn.scene().interview?.id)) ?? '';
}

/** Asks for the document; gives the card that asks for consent and the id the channel gave it. */
async function offered(who = coach): Promise<{ card: Attachment; id: string }> {
  await who.press(`document-${await interviewOf(teacher)}`);
  const activity = await teams.next((one) => typeOf(one) === CONSENT);
  const card = attachmentOf(activity);
  if (!card) throw new Error('no card');
  // The id that the fake gave the message; the newest.
  const sent = teams.calls.filter((call) => call.kind === 'send' && call.status < 300);
  return { card, id: `m${sent.length}` };
}

function answer(
  { card, id }: { card: Attachment; id: string },
  action: 'accept' | 'decline',
  fields: Record<string, unknown> = {},
) {
  const context = card.content[action === 'accept' ? 'acceptContext' : 'declineContext'];
  const uploadInfo = action === 'accept' ? { uploadInfo: drive.room() } : {};
  return {
    ...{
      type: 'invoke',
      name: 'fileConsent/invoke',
      id: `f:${randomUUID()}`,
      replyToId: id,
      text: undefined,
    },
    value: { type: 'fileUpload', action, context, ...uploadInfo },
    ...fields,
  };
}

const saidNext = (text: string) => teams.next((activity) => (activity.text ?? '').includes(text));
const filesUnder = (path: string): string[] =>
  readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));

beforeAll(async () => {
  teams = await openFakeTeams();
  teams.reachable.set(COACH, 'a:coach');
  drive = await openFakeOneDrive();
});
afterAll(async () => {
  await drive.close();
  await teams.close();
});
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'klankbord-documents-'));
  drive.puts.length = 0;
});
afterEach(async () => {
  await bot.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A profile that was shared with the coach. */
async function shared(documents?: 'consent' | 'link'): Promise<void> {
  bot = await open(documents);
  teacher = somebody();
  coach = somebody(COACH, 'a:coach');
  await coach.install();
  await talkUntil(teacher, 'r4_state');
  await teams.next((activity) => activity.channelData?.klankbord?.kind === 'profile');
}

describe('a document in Teams', () => {
  beforeEach(() => shared('consent'));

  test('is offered, goes to the coach’s OneDrive after a yes, and is shown; the card that asked goes', async () => {
    const offer = await offered();
    expect(offer.card).toMatchObject({
      name: expect.stringMatching(/^conceptprofiel-relatie-\d{4}-\d\d-\d\d\.docx$/u),
      content: {
        description: expect.stringContaining('Word-document'),
        sizeInBytes: expect.any(Number),
        acceptContext: { klankbord: expect.stringMatching(/^[\da-f]{32}$/u) },
      },
    });
    const yes = answer(offer, 'accept');
    expect(await coach.post(yes)).toEqual({ status: 200, body: {} });
    const info = await teams.next((activity) => typeOf(activity) === INFO);
    const room = yes.value.uploadInfo as { contentUrl: string; uniqueId: string; name: string };
    expect(attachmentOf(info)).toEqual({
      contentType: INFO,
      contentUrl: room.contentUrl,
      name: room.name,
      content: { uniqueId: room.uniqueId, fileType: 'docx' },
    });
    expect(info.text).toBe('Het document staat in jouw OneDrive.');
    const gone = await teams.nextCall((call) => call.kind === 'delete');
    expect(gone).toMatchObject({ conversationId: 'a:coach', activityId: offer.id });

    expect(drive.puts).toHaveLength(1);
    const [put] = drive.puts;
    const size = put!.bytes.length;
    expect(put!.headers).toMatchObject({
      'content-range': `bytes 0-${size - 1}/${size}`,
      'content-length': String(size),
    });
    expect(put!.headers.authorization).toBeUndefined();
    const body = strFromU8(unzipSync(put!.bytes)['word/document.xml']!);
    expect(body).toContain('Ik was trots op hem.');
    expect(body).toContain('Vos');
  });

  test('is asked for on the profile itself, and in the dialog that shows it', async () => {
    const interview = await interviewOf(teacher);
    const profile = teams.messages('a:coach').filter((one) => one.channelData?.klankbord?.kind === 'profile');
    expect(JSON.stringify(profile.at(-1))).toContain(`document-${interview}`);
    const task = await coach.dialog('task/fetch', { klankbord: `profile-${interview}` });
    if (task?.type !== 'continue') throw new Error('no dialog');
    const actions = task.value.card.content['actions'] as { title: string; data: Record<string, unknown> }[];
    const button = actions.find(({ title }) => title === 'Als Word-document');
    expect(await coach.dialog('task/submit', button?.data ?? {})).toMatchObject({
      value: expect.stringContaining('staat in de chat'),
    });
    expect(await teams.next((activity) => typeOf(activity) === CONSENT)).toBeTruthy();
  });

  test('of the whole script goes to an admin, and to nobody else', async () => {
    await coach.say('instellingen');
    await coach.say('voorbeeld');
    const activity = await teams.next((one) => typeOf(one) === CONSENT);
    const card = attachmentOf(activity)!;
    expect(card.name).toMatch(/^klankbord-alle-vragen-/u);
    await teacher.post(answer({ card, id: 'm1' }, 'accept'));
    await saidNext('is al beantwoord');
    expect(drive.puts).toEqual([]);
    await coach.post(answer({ card, id: 'm1' }, 'accept'));
    await teams.next((one) => typeOf(one) === INFO);
    const body = strFromU8(unzipSync(drive.puts[0]!.bytes)['word/document.xml']!);
    for (const id of PROMPT_IDS) expect([id, body.includes(id)]).toEqual([id, true]);
    expect(body).not.toMatch(/\{\{|undefined/u);
  });

  test('accepted twice goes once', async () => {
    const infos = () => teams.messages('a:coach').filter((activity) => typeOf(activity) === INFO).length;
    const before = infos();
    const offer = await offered();
    const yes = answer(offer, 'accept');
    await Promise.all([coach.post(yes), coach.post(yes), coach.post({ ...yes, id: `f:${randomUUID()}` })]);
    await teams.next((activity) => typeOf(activity) === INFO);
    await coach.post({ ...yes, id: `f:${randomUUID()}` });
    await coach.say('document');
    await teams.next((activity) => typeOf(activity) === CONSENT);
    expect(drive.puts).toHaveLength(1);
    expect(infos() - before).toBe(1);
  });

  test('declined is not made; the card goes, and so does the consent', async () => {
    const offer = await offered();
    await coach.post(answer(offer, 'decline'));
    await saidNext('dan maak ik geen document');
    expect(
      await teams.nextCall((call) => call.kind === 'delete' && call.activityId === offer.id),
    ).toBeTruthy();
    await coach.post(answer(offer, 'accept'));
    await coach.say('document');
    await teams.next((activity) => typeOf(activity) === CONSENT);
    expect(drive.puts).toEqual([]);
  });

  test('is refused kindly when the teacher has taken back what was shared', async () => {
    const offer = await offered();
    await teacher.ask('intrekken');
    await coach.post(answer(offer, 'accept'));
    await saidNext('wordt niet meer met jou gedeeld');
    await coach.press(`document-${await interviewOf(teacher)}`);
    await saidNext('wordt niet meer met jou gedeeld');
    expect(drive.puts).toEqual([]);
  });

  test('is for nobody else: not by the button, not by the token of somebody else’s card', async () => {
    const offer = await offered();
    const stranger = somebody();
    await stranger.post(answer(offer, 'accept'));
    await saidNext('is al beantwoord');
    await stranger.press(`document-${await interviewOf(teacher)}`);
    await saidNext('wordt niet meer met jou gedeeld');
    expect(drive.puts).toEqual([]);
  });

  test('comes to the teacher too, as a copy of their own', async () => {
    await teacher.say('word-document');
    const activity = await teams.next((one) => typeOf(one) === CONSENT);
    await teacher.post(answer({ card: attachmentOf(activity)!, id: 'm1' }, 'accept'));
    await drive.seen(1);
    await teams.next((one) => typeOf(one) === INFO);
    expect(strFromU8(unzipSync(drive.puts[0]!.bytes)['word/document.xml']!)).toContain(
      'Ik was trots op hem.',
    );
  });

  test.each([
    ['another host', 'https://evil.example/upload'],
    ['a look-alike', 'https://klank-my.sharepoint.com.evil.example/upload'],
    ['this machine', 'http://127.0.0.1:1/upload'],
    ['the cloud’s own data', 'http://169.254.169.254/latest/meta-data'],
    ['no address', 'file:///etc/passwd'],
  ])('never goes to %s', async (_what, uploadUrl) => {
    const offer = await offered();
    const yes = answer(offer, 'accept');
    await coach.post({ ...yes, value: { ...yes.value, uploadInfo: { ...drive.room(), uploadUrl } } });
    await saidNext('Het lukt nu niet');
    expect(drive.puts).toEqual([]);
  });

  test.each([
    ['a redirect', [302], 'Het lukt nu niet'],
    ['no', [403], 'Het lukt nu niet'],
    ['no room any more', [404], 'Het lukt nu niet'],
    ['later, then yes', [503, 429], 'Het document staat in jouw OneDrive'],
    ['silence, then no room any more', ['hang', 404], 'kon niet zien of het document is aangekomen'],
    ['taken but cut off', ['taken-then-reset'], 'kon niet zien of het document is aangekomen'],
  ] as const)('hears of %s, and so does the coach', async (_what, faults, word) => {
    const offer = await offered();
    drive.fail(...faults);
    await coach.post(answer(offer, 'accept'));
    await saidNext(word);
    expect(drive.puts.map(({ address }) => address).every((address) => drive.mayUpload(address))).toBe(true);
  });

  test.each([
    ['nothing', null],
    ['no context', { type: 'fileUpload', action: 'accept', uploadInfo: {} }],
    ['another act', { action: 'delete', context: { klankbord: 'x' } }],
    ['no room', { action: 'accept', context: { klankbord: 'x' }, uploadInfo: { uploadUrl: 7 } }],
  ])('asks nothing of an invoke with %s', async (_what, value) => {
    expect(await coach.post({ ...answer(await offered(), 'accept'), value })).toEqual({
      status: 200,
      body: {},
    });
    expect(drive.puts).toEqual([]);
  });

  test('lies nowhere on the disk, and the address for it in no file in the clear', async () => {
    const offer = await offered();
    await coach.post(answer(offer, 'accept'));
    await teams.next((activity) => typeOf(activity) === INFO);
    for (const file of filesUnder(folder)) {
      const bytes = readFileSync(file);
      expect([file, bytes.includes('tempauth'), bytes.includes('word/document.xml')]).toEqual([
        file,
        false,
        false,
      ]);
      expect(bytes.subarray(0, 2).toString('latin1')).not.toBe('PK');
    }
  });

  test('survives a restart between the yes and the end of the upload', async () => {
    const offer = await offered();
    // Nobody answers: the bot is closed while it waits, and has settled nothing.
    drive.fail('hang', 'hang', 'hang', 'hang');
    await coach.post(answer(offer, 'accept'));
    await drive.seen(1);
    await bot.close();
    drive.fail();
    bot = await open('consent');
    coach = somebody(COACH, 'a:coach');
    const word = await teams.next(
      (activity) => typeOf(activity) === INFO || (activity.text ?? '').includes('kon niet zien'),
      20_000,
    );
    expect(word).toBeTruthy();
    expect(drive.puts.length).toBeGreaterThan(1);
  }, 40_000);
});

describe('a document in local mode', () => {
  beforeEach(() => shared('link'));

  const linkIn = (activity: WireActivity): string => {
    const card = attachmentOf(activity)?.content as { actions?: { type: string; url: string }[] };
    expect(card.actions?.[0]?.type).toBe('Action.OpenUrl');
    return card.actions?.[0]?.url ?? '';
  };
  const link = async (): Promise<string> => {
    await coach.say('document');
    return linkIn(await teams.next((activity) => JSON.stringify(activity).includes('Action.OpenUrl')));
  };

  test('is given under a link, once, and to this machine’s own pages only', async () => {
    const url = await link();
    expect(url.startsWith(`${bot.address}/documents/`)).toBe(true);
    const elsewhere = await fetch(url, { headers: { 'sec-fetch-site': 'cross-site' } });
    expect(elsewhere.status).toBe(403);
    const first = await fetch(url);
    expect(first.status).toBe(200);
    expect(first.headers.get('content-disposition')).toMatch(
      /^attachment; filename="conceptprofiel-relatie-\d{4}-\d\d-\d\d\.docx"$/u,
    );
    expect(first.headers.get('cache-control')).toBe('no-store');
    const body = strFromU8(unzipSync(new Uint8Array(await first.arrayBuffer()))['word/document.xml']!);
    expect(body).toContain('Ik was trots op hem.');
    expect((await fetch(url)).status).toBe(404);
  });

  test('is not given under a made-up link, nor after it was taken back', async () => {
    const url = await link();
    for (const wrong of [
      `${url}x`,
      url.replace(/[^/]+$/u, 'a'.repeat(32)),
      url.replace('/documents/', '/documents/x'),
    ])
      expect((await fetch(wrong)).status).toBe(404);
    await teacher.ask('intrekken');
    expect((await fetch(url)).status).toBe(404);
  });

  test('still works after a restart', async () => {
    const url = new URL(await link());
    await bot.close();
    bot = await open('link');
    expect((await fetch(`${bot.address}${url.pathname}`)).status).toBe(200);
    expect((await fetch(`${bot.address}${url.pathname}`)).status).toBe(404);
  });
});

describe('the step of putting a document', () => {
  const news: [string, string, string][] = [];
  const item = (change: Partial<OutboxItem> = {}): OutboxItem => ({
    ...{ id: '7', state: 'pending', lane: 'coach', reference: null, origin: {} as Reference },
    ...{ attempts: 1, interrupted: false, earlier: null, reason: null, ...change },
    message: {
      ...{ to: 'here', label: { step: 'coach', kind: 'notice' }, lang: 'nl', text: '' },
      upload: {
        subject: { kind: 'profile', interviewId: 'i' },
        message: 'card',
        url: 'https://klank-my.sharepoint.com/x',
        file: { name: 'a.docx', url: 'https://klank-my.sharepoint.com/a', id: 'i', type: 'docx' },
      },
    },
  });
  const paper = { title: 'x', tag: 'nl', header: '', footer: '', blocks: [] };
  const documents = (upload: Uploaded, options: { made?: boolean; tell?: () => Promise<unknown> } = {}) => {
    news.length = 0;
    return createDocuments({
      store: { inTurn: (_lane, _opening, work) => work({ scene: () => ({}) } as Turn) },
      turns: {
        document: async () => (options.made === false ? null : { paper, name: 'a.docx' }),
        fetchDocument: async () => ({ made: null, outcome: { outgoing: [] } }),
      },
      world: { now: () => 1_000, newId: () => 'id' },
      upload: async () => upload,
      tell: options.tell ?? (async (lane, { state }, key) => void news.push([lane, state, key])),
      log: createLog({ level: 'silent' }),
    });
  };
  const done: Uploaded = { kind: 'done', reason: 'upload_201' };
  const closed: Uploaded = { kind: 'closed', reason: 'upload_404' };

  test('is not over before the word of it is stored: after a crash in between it is done, and said, again', async () => {
    const broken = documents(done, { tell: () => Promise.reject(new Error('killed')) });
    await expect(broken.put(item())).rejects.toThrow('killed');
    // The claim has ended by itself; the room was used by the first attempt.
    const after = await documents(closed).put(item({ attempts: 2, interrupted: true }));
    expect(after).toMatchObject({ state: 'failed' });
    expect(news).toEqual([['coach', 'unsure', '7 uploaded']]);
  });

  test('that was never tried and finds no room has failed', async () => {
    await documents(closed).put(item());
    expect(news).toEqual([['coach', 'failed', '7 uploaded']]);
  });

  test('waits longer each time, and then says so', async () => {
    const away: Uploaded = { kind: 'unsent', reason: 'upload_503' };
    const waits = [];
    for (const attempts of [1, 2, 3]) {
      const settlement = await documents(away).put(item({ attempts }));
      expect(news).toEqual([]);
      waits.push((settlement.dueAt ?? 0) - 1_000);
    }
    expect(waits).toEqual([1_000, 2_000, 4_000]);
    expect(await documents(away).put(item({ attempts: 4 }))).toEqual({
      state: 'failed',
      reason: 'upload_503',
    });
    expect(news).toEqual([['coach', 'failed', '7 uploaded']]);
  });

  test('sends nothing that is not shared any more', async () => {
    expect(await documents(done, { made: false }).put(item())).toMatchObject({ reason: 'not_shared' });
    expect(news).toEqual([['coach', 'gone', '7 uploaded']]);
  });
});

describe('where a school wants no documents', () => {
  beforeEach(() => shared());

  test('that is what is said', async () => {
    await coach.say('document');
    await saidNext('heeft documenten uitgezet');
    await coach.press(`document-${await interviewOf(teacher)}`);
    await saidNext('heeft documenten uitgezet');
  });
});

describe('the addresses of OneDrive', () => {
  test.each([
    ['https://klank-my.sharepoint.com/personal/a/_api/v2.0/drive/items/x/uploadSession?guid=1', true],
    ['https://klank-my.sharepoint.us/x', true],
    ['https://klank.sharepoint-mil.us/x', true],
    ['http://klank-my.sharepoint.com/x', false],
    ['https://klank-my.sharepoint.com:8443/x', false],
    ['https://user@klank-my.sharepoint.com/x', false],
    ['https://a.b.sharepoint.com/x', false],
    ['https://sharepoint.com/x', false],
    ['https://klank-my.sharepoint.com.evil.example/x', false],
    ['https://evil.example/#.sharepoint.com', false],
    ['https://klank-my.sharepoint.com@evil.example/', false],
    ['nonsense', false],
  ])('%s: %s', (address, fits) => {
    expect(isOneDrive(address)).toBe(fits);
  });
});

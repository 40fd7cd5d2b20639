/** The whole bot in this process, behind its real HTTP route, with its real store and delivery; dialogs can be switched on. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { isInvoke } from '../../bot/activity.ts';
import { createChannel, type ChannelOptions } from '../../bot/channel.ts';
import { createConnector } from '../../bot/connector.ts';
import { CLAIM_MS, createDelivery, type Delivery } from '../../bot/delivery.ts';
import { createDocuments, linked } from '../../bot/documents.ts';
import { createInbox } from '../../bot/inbox.ts';
import { createLog, type Log } from '../../bot/log.ts';
import { followTurns, openSettings, type Settings } from '../../bot/school/versions.ts';
import { openServer, type Server } from '../../bot/server.ts';
import { openStore } from '../../bot/store/store.ts';
import type { Place, Store } from '../../bot/store/types.ts';
import { createUpload, type UploadOptions } from '../../bot/upload.ts';
import type { Incoming } from '../../dialogs/ports.ts';
import { createTurns } from '../../dialogs/turn.ts';
import { loadTexts } from '../../locales/index.ts';
import { loadPack } from '../../locales/listening.ts';

const texts = loadTexts();
const EXAMPLE = readFileSync(new URL('../../school.example.yaml', import.meta.url), 'utf8');
/** The coach and the admin of the example school. */
export const COACH = '00000000-0000-0000-0000-0000000000c0';

export interface RunningBot {
  readonly address: string;
  readonly store: Store;
  readonly settings: Settings;
  /** Lets every turn with such a message fail from now on; null: none. */
  breakOn(kind: Incoming['kind'] | null): void;
  /** Answers what is due again. */
  drain(): Promise<void>;
  close(): Promise<void>;
}

export interface BotOptions {
  readonly dialogs?: boolean;
  /** How documents go: `consent` as in Teams, `link` as in local mode, none. */
  readonly documents?: 'consent' | 'link';
  /** Which addresses documents may be put at. */
  readonly upload?: UploadOptions;
  /** As in Teams, with an issuer of tokens that is not Microsoft's. */
  readonly teams?: {
    readonly appId: string;
    readonly tenantId: string;
    readonly issuer: NonNullable<ChannelOptions['issuer']>;
  };
  readonly log?: Log;
  /** The clock (epoch ms); the real one otherwise. */
  readonly now?: () => number;
  /** Where the store is; a folder of its own otherwise, which goes when the bot is closed. */
  readonly folder?: string;
}

export async function openBot(options: BotOptions = {}): Promise<RunningBot> {
  const { dialogs = true, documents: road, upload, now = Date.now } = options;
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'klankbord-bot-'));
  const file = join(folder, 'school.yaml');
  writeFileSync(file, EXAMPLE);
  const { teams } = options;
  const log = options.log ?? createLog({ level: 'error', write: () => undefined });
  const opened = await openStore({ dataDir: folder }, { key: Buffer.alloc(32, 3), now });
  const settings = await openSettings({ store: opened, file });
  const { schools } = settings;
  const lazily: { delivery: Delivery | null; server: Server | null } = { delivery: null, server: null };
  const world = { now, newId: () => randomBytes(16).toString('hex') };
  const turns = createTurns({
    texts,
    packs: loadPack,
    school: (id, version) => {
      const { documents: _none, ...view } = { ...settings.viewOf(id, version), dialogs };
      if (road === undefined) return view;
      const wanted = { ...view, documents: 'consent' as const };
      return road === 'link' ? linked(wanted, `http://127.0.0.1:${lazily.server?.port}`) : wanted;
    },
    settings,
  });
  let broken: Incoming['kind'] | null = null;
  const { store, takeTurn } = followTurns(settings, opened, async (scene, incoming, given) => {
    if (incoming.kind === broken) throw new Error('broken on purpose');
    return turns.takeTurn(scene, incoming, given);
  });
  const placeOf = (id: string | null): Place => ({
    role: schools.roleOf(id),
    schoolId: schools.schoolFor(id).id,
  });
  const inbox = createInbox({
    store,
    takeTurn,
    bypasses: turns.bypasses,
    world,
    quietMs: 0,
    placeOf: ({ aadObjectId }) => placeOf(aadObjectId),
    onCommitted: (lane) => lazily.delivery?.kick(lane),
    handOver: { claimMs: CLAIM_MS, take: (items) => lazily.delivery?.take(items) },
  });
  const channel = createChannel({
    mode: teams ? 'teams' : 'local',
    app: teams ? { id: teams.appId, type: 'SingleTenant', tenantId: teams.tenantId, password: null } : null,
    tenants: teams ? [teams.tenantId] : [],
    ...(teams ? { issuer: teams.issuer } : {}),
    log,
    receive: async (reference, item, wants) => {
      const { replies, waiting, answer } = await inbox.receive(reference, item, wants);
      const asked = isInvoke(item.incoming);
      return { replies, answer: waiting && asked ? turns.excuse(reference.locale) : answer };
    },
  });
  const connector = createConnector({ mayCall: channel.mayCall, token: channel.token });
  const documents = createDocuments({
    ...{ store, turns, world, upload: createUpload(upload), log },
    tell: (lane, news, once) => inbox.internal(lane, news, once),
  });
  const delivery = createDelivery({
    documents,
    ...{ store, connector, placeOf, log, now, random: Math.random },
    tell: (lane, news, once) => inbox.internal(lane, news, once),
  });
  lazily.delivery = delivery;
  const server = await openServer({
    ...{ host: '127.0.0.1', port: 0, local: !teams, accept: channel.accept, log, document: documents.fetch },
    ping: () => store.ping(),
  });
  lazily.server = server;
  inbox.start();
  delivery.start();
  return {
    address: `http://127.0.0.1:${server.port}`,
    store,
    settings,
    breakOn: (kind) => void (broken = kind),
    drain: () => inbox.drain(),
    async close() {
      await server.close();
      await inbox.stop();
      await delivery.stop();
      connector.close();
      await store.close();
      if (options.folder === undefined) rmSync(folder, { recursive: true, force: true });
    },
  };
}

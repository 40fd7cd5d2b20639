/**
 * Puts the program together: configuration, store, conversation, channel, delivery, door; and takes it apart again.
 *
 * Exit codes: 0 stopped on request; 1 something unexpected, starting again may help; 2 wrong settings, a person has to change
 * something first.
 */
import { createHmac, randomBytes } from 'node:crypto';
import { relative } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { isInvoke } from './activity.ts';
import { createChannel } from './channel.ts';
import { loadConfig, operatorLanguage, readDotEnv, type Config } from './config.ts';
import { createConnector } from './connector.ts';
import { CLAIM_MS, createDelivery, type Delivery } from './delivery.ts';
import { createDocuments, linked } from './documents.ts';
import { codeOf, ConfigError, GiveUp } from './errors.ts';
import { createInbox } from './inbox.ts';
import { createLog, muteConsole, type Log } from './log.ts';
import { createMetrics, serveMetrics, type Metrics } from './metrics.ts';
import { explain, operatorTexts, type Say } from './operator.ts';
import { openPlayground, type Playground } from './playground.ts';
import type { Schools } from './school.ts';
import { followTurns, openSettings, type Settings } from './school/versions.ts';
import { openServer, type Server } from './server.ts';
import { openKeys, type Keys } from './store/key.ts';
import { openStore } from './store/store.ts';
import type { Place, Reference } from './store/types.ts';
import { createUpload } from './upload.ts';
import { createTurns } from '../dialogs/turn.ts';
import type { World } from '../dialogs/ports.ts';
import { loadTexts, type Texts } from '../locales/index.ts';
import { loadPack } from '../locales/listening.ts';

const SWEEP_EVERY_MS = 600_000;
/** How often the school file and the versions of others are looked at. */
const LOOK_EVERY_MS = 10_000;
const DAY_MS = 86_400_000;
/** How long a load balancer is given to see that this replica is going. */
const NOTICE_MS = 3_000;
const STOP_WITHIN_MS = 25_000;

const print = (line: string) => void process.stdout.write(`${line}\n`);

interface Running {
  readonly server: Server;
  readonly schools: Schools;
  /** Stops in the order in which nothing is lost: readiness, requests, turns, messages, store. */
  stop(): Promise<void>;
}

async function start(
  config: Config,
  file: string,
  texts: Texts,
  log: Log,
  metrics: Metrics,
  keys: Keys,
): Promise<Running> {
  const world: World = { now: Date.now, newId: () => randomBytes(16).toString('hex') };
  const opened = await openStore(
    config.databaseUrl ? { databaseUrl: config.databaseUrl.reveal() } : { dataDir: config.dataFolder },
    { key: keys.keys[0]!, formerKeys: keys.keys.slice(1), keysAgain: keys.again, now: Date.now },
  );
  const settings = await openSettings({
    store: opened,
    file,
    onChange: (news) =>
      'refused' in news
        ? log.error('school_file_refused', { count: news.refused.length })
        : log.info('settings_changed'),
  }).catch(async (error: unknown) => {
    await opened.close();
    throw error;
  });
  const { schools } = settings;
  const lazily: { delivery: Delivery | null; server: Server | null } = { delivery: null, server: null };
  // The Playground shows none.
  const dialogs = config.mode === 'teams';
  const address = () => `http://${shownHost(config)}:${lazily.server?.port ?? config.port}`;
  const school: Settings['viewOf'] = (id, version) => {
    const view = { ...settings.viewOf(id, version), dialogs };
    return config.mode === 'local' ? linked(view, address()) : view;
  };
  const turns = createTurns({ texts, packs: loadPack, school, settings });
  const { store, takeTurn } = followTurns(settings, opened, (scene, incoming, given) =>
    turns.takeTurn(scene, incoming, given),
  );
  const placeOf = (aadObjectId: string | null): Place => ({
    role: schools.roleOf(aadObjectId),
    schoolId: schools.schoolFor(aadObjectId).id,
  });
  const quietMs = () => (config.quietSeconds ?? schools.file.quietSeconds) * 1000;
  const inbox = createInbox({
    store,
    takeTurn,
    bypasses: (incoming, scene) => turns.bypasses(incoming, scene),
    world,
    quietMs,
    placeOf: (reference) => placeOf(reference.aadObjectId),
    explain: turns.explain,
    onCommitted: (lane) => lazily.delivery?.kick(lane),
    handOver: { claimMs: CLAIM_MS, take: (items) => lazily.delivery?.take(items) },
    onQuarantined: (lane, code) => log.error('message_set_aside', { conversation: lane, code }),
    onTrouble: (error) => log.error('lane_in_trouble', { code: codeOf(error), error }),
  });
  const channel = createChannel({
    mode: config.mode,
    app: config.app,
    tenants: schools.file.tenants ?? (config.app ? [config.app.tenantId.toLowerCase()] : []),
    log,
    receive: async (reference, item, wants) => {
      const { replies, waiting, answer } = await inbox.receive(reference, item, wants);
      const asked = isInvoke(item.incoming);
      if (waiting && !asked) delivery.typing(reference);
      if (item.incoming.kind !== 'left') await welcomeCoach(reference);
      return { replies, answer: waiting && asked ? turns.excuse(reference.locale) : answer };
    },
  });
  const welcomeCoach = async ({ aadObjectId }: Reference) => {
    if (aadObjectId === null || schools.roleOf(aadObjectId) !== 'coach') return;
    // The activity is stored already: what waits for the coach can also go out at the next one.
    await delivery
      .unblock(aadObjectId)
      .catch((error: unknown) => log.warn('unblock_failed', { code: codeOf(error) }));
  };
  const connector = createConnector({ mayCall: channel.mayCall, token: channel.token });
  const documents = createDocuments({
    store,
    turns,
    world,
    upload: createUpload(),
    tell: (lane, news, once) => inbox.internal(lane, news, once),
    log,
  });
  const delivery = createDelivery({
    documents,
    store,
    connector,
    placeOf,
    tell: (lane, news, once) => inbox.internal(lane, news, once),
    log,
    now: Date.now,
    random: Math.random,
  });
  lazily.delivery = delivery;
  const sweep = () =>
    void store
      .sweep(Date.now(), {
        drafts: schools.file.retention.drafts * DAY_MS,
        profiles: schools.file.retention.profiles * DAY_MS,
      })
      .catch((error: unknown) => log.error('sweep_failed', { code: codeOf(error) }));

  let server: Server;
  try {
    server = await openServer({
      host: config.host,
      port: config.port,
      local: config.mode === 'local',
      accept: channel.accept,
      ...(config.mode === 'local' ? { document: documents.fetch } : {}),
      ping: () => store.ping(),
      log,
      answered: (status, ms) => metrics.answered(status, ms),
    });
    lazily.server = server;
  } catch (error) {
    await store.close();
    throw error;
  }
  const source = { status: () => store.status(), ready: () => server.ready(), now: Date.now };
  const monitored =
    config.metricsPort === null
      ? null
      : await serveMetrics({ host: config.host, port: config.metricsPort }, () => metrics.text(source)).catch(
          async (error: unknown) => {
            await server.close();
            await store.close();
            throw error;
          },
        );
  inbox.start();
  delivery.start();
  sweep();
  const sweeping = setInterval(sweep, SWEEP_EVERY_MS);
  // Another replica may have a new version, somebody may have changed the file; a signal says so at once.
  const look = () =>
    void settings
      .refresh()
      .then(() => settings.reload())
      .catch((error: unknown) => log.error('settings_failed', { code: codeOf(error) }));
  const looking = setInterval(look, LOOK_EVERY_MS);
  process.on('SIGHUP', look);
  return {
    server,
    schools,
    async stop() {
      server.drain();
      if (config.mode === 'teams') await pause(NOTICE_MS);
      await server.close();
      await monitored?.close();
      clearInterval(sweeping);
      clearInterval(looking);
      process.off('SIGHUP', look);
      await inbox.stop();
      await delivery.stop();
      connector.close();
      await store.close();
    },
  };
}

const shownHost = ({ host }: Config): string => (host.includes(':') ? `[${host}]` : host);

/** The two chat pages; the bot runs on without them when they do not open. */
async function openPages(
  config: Config,
  schools: Schools,
  address: string,
  log: Log,
  say: Say,
): Promise<Playground | null> {
  print(say('start.pagesWait'));
  try {
    const [school] = schools.file.schools;
    if (!school) return null;
    const pages = await openPlayground({
      endpoint: `${address}/api/messages`,
      dataFolder: config.dataFolder,
      coach: school.coach,
      say,
      log,
      print,
    });
    print(say('start.openPages'));
    print(say('start.teacherPage', { address: pages.teacher }));
    print(say('start.coachPage', { address: pages.coach }));
    return pages;
  } catch (error) {
    const reason = error instanceof GiveUp ? error.message : codeOf(error);
    print(say('start.noPages', { reason }));
    return null;
  }
}

async function main(): Promise<void> {
  readDotEnv();
  const say = operatorTexts(operatorLanguage());
  let config: Config | null = null;
  try {
    config = loadConfig();
    const texts = loadTexts();
    const example = fileURLToPath(new URL('../school.example.yaml', import.meta.url));
    const keys = openKeys({ ...config, key: config.key?.reveal() ?? null });
    const metrics = createMetrics();
    const log = metrics.counting(
      createLog({ level: config.logLevel, key: createHmac('sha256', keys.keys[0]!).update('log').digest() }),
    );
    muteConsole(log);
    const running = await start(config, config.schoolFile ?? example, texts, log, metrics, keys);

    const address = `http://${shownHost(config)}:${running.server.port}`;
    log.info('started', { mode: config.mode, port: running.server.port });
    print(say('start.listening', { address }));
    if (config.mode === 'local') {
      print(say('start.loopbackOnly'));
      if (config.schoolFile === null)
        print(say('start.exampleSchool', { file: relative(process.cwd(), example) }));
    }
    let pages: Promise<Playground | null> = Promise.resolve(null);
    stopOnSignals(running, () => pages, log, say);
    if (config.playground) pages = openPages(config, running.schools, address, log, say);
    await pages;
    if (config.mode === 'local') print(say('start.chatInstead'));
    print(say('start.stopHint'));
  } catch (error) {
    const { host = '', port = '', metricsPort, databaseUrl, dataFolder = '' } = config ?? {};
    const folder = databaseUrl ? 'DATABASE_URL' : dataFolder;
    process.stderr.write(
      `${explain(error, say, { host, port, metricsPort: metricsPort ?? '', folder }).join('\n')}\n`,
    );
    process.exit(error instanceof ConfigError ? 2 : 1);
  }
}

function stopOnSignals(running: Running, pages: () => Promise<Playground | null>, log: Log, say: Say): void {
  let stopping = false;
  const stop = (code: number) => {
    // Asked a second time, somebody is in a hurry; what is not finished is in the store.
    if (stopping) process.exit(code || 1);
    stopping = true;
    print(say('stop.stopping'));
    setTimeout(() => process.exit(1), STOP_WITHIN_MS).unref();
    Promise.all([running.stop(), pages().then((open) => open?.close())]).then(
      () => {
        print(say('stop.stopped'));
        process.exit(code);
      },
      (error: unknown) => {
        log.error('stop_failed', { code: codeOf(error), error });
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', () => stop(0));
  process.on('SIGINT', () => stop(0));
  process.on('uncaughtException', (error) => {
    log.error('crashed', { code: codeOf(error), error });
    stop(1);
  });
}

await main();

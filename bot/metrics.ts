/**
 * Numbers for a monitor (Prometheus), on a port of their own, which is not published: counts and durations, never a text, a name or an
 * id. What the store holds is the same on every replica; what happened is counted by each for itself.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { ConfigError } from './errors.ts';
import type { LogLevel } from './config.ts';
import type { Log } from './log.ts';
import type { StoreStatus } from './store/types.ts';

/** Counting reads the store; a monitor that asks often, or several of them, get what was counted a moment ago. */
const COUNTED_FOR_MS = 10_000;
const INBOX = ['waiting', 'quarantined', 'processed'];
const OUTBOX = ['pending', 'sent', 'ambiguous', 'blocked', 'failed', 'inline'];
const INTERVIEWS = ['open', 'shared', 'kept', 'stopped'];
/** Seconds; people notice from about two, Teams gives up at fifteen. */
const DURATIONS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 15];

export interface MetricsSource {
  status(): Promise<StoreStatus>;
  ready(): Promise<boolean>;
  now(): number;
}

export interface Metrics {
  /** A request with an activity was answered. */
  answered(status: number, ms: number): void;
  /** A log that counts its lines by name. */
  counting(log: Log): Log;
  /** What /metrics answers. */
  text(source: MetricsSource): Promise<string>;
}

export function createMetrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry, prefix: 'klankbord_' });
  const requests = new Counter({
    name: 'klankbord_requests_total',
    help: 'Activities that came in, by the HTTP status they were answered with',
    labelNames: ['status'],
    registers,
  });
  const durations = new Histogram({
    name: 'klankbord_turn_duration_seconds',
    help: 'From the arrival of an activity until it is answered (200: it is on the disk)',
    buckets: DURATIONS,
    registers,
  });
  const events = new Counter({
    name: 'klankbord_log_events_total',
    help: 'Log lines of level warn and error, by name; see the operator’s guide',
    labelNames: ['level', 'event'],
    registers,
  });
  const gauge = (name: string, help: string, labelNames: string[] = []) =>
    new Gauge({ name: `klankbord_${name}`, help, labelNames, registers });
  const ready = gauge('ready', '1 when this replica can take messages');
  const counted = gauge('store_counted', '1 when the numbers below could be read from the store');
  const conversations = gauge('conversations', 'Chats that the bot knows');
  const interviews = gauge('interviews', 'Interviews, by state', ['state']);
  const inbox = gauge('inbox_messages', 'Messages that came in, by state; quarantined: set aside', ['state']);
  const oldest = gauge(
    'inbox_oldest_waiting_seconds',
    'Age of the oldest message that waits; 0 when none does',
  );
  const outbox = gauge('outbox_messages', 'Messages to send, by state', ['state']);

  const fill = (into: Gauge, states: readonly string[], found: Readonly<Record<string, number>>) => {
    // Also what there is none of: a line that is missing looks like a monitor that is broken.
    for (const state of states) into.set({ state }, found[state] ?? 0);
  };
  let countedAt = -Infinity;

  return {
    answered(status, ms) {
      requests.inc({ status: String(status) });
      durations.observe(ms / 1000);
    },
    counting(log) {
      const count = (level: LogLevel, event: string) => events.inc({ level, event });
      return {
        debug: (event, facts) => log.debug(event, facts),
        info: (event, facts) => log.info(event, facts),
        warn: (event, facts) => {
          count('warn', event);
          log.warn(event, facts);
        },
        error: (event, facts) => {
          count('error', event);
          log.error(event, facts);
        },
      };
    },
    async text(source) {
      ready.set((await source.ready()) ? 1 : 0);
      const now = source.now();
      if (now - countedAt >= COUNTED_FOR_MS) {
        try {
          const status = await source.status();
          countedAt = now;
          counted.set(1);
          conversations.set(status.conversations);
          fill(interviews, INTERVIEWS, status.interviews);
          fill(inbox, INBOX, status.inbox);
          fill(outbox, OUTBOX, status.outbox);
          oldest.set(status.waitingSince === null ? 0 : Math.max(0, now - status.waitingSince) / 1000);
        } catch {
          counted.set(0);
        }
      }
      return registry.metrics();
    },
  };
}

export interface MetricsServer {
  readonly port: number;
  close(): Promise<void>;
}

/** Answers GET /metrics and nothing else. Rejects with ConfigError when the port is taken. */
export async function serveMetrics(
  address: { readonly host: string; readonly port: number },
  text: () => Promise<string>,
): Promise<MetricsServer> {
  const server = createServer((req, res) => {
    if (req.method !== 'GET' || req.url !== '/metrics') {
      res.writeHead(404);
      res.end();
      return;
    }
    text().then(
      (body) => {
        res.writeHead(200, {
          'content-type': 'text/plain; version=0.0.4; charset=utf-8',
          'cache-control': 'no-store',
        });
        res.end(body);
      },
      () => {
        res.writeHead(500);
        res.end();
      },
    );
  });
  Object.assign(server, { requestTimeout: 10_000, headersTimeout: 5_000 });
  await new Promise<void>((resolve, reject) => {
    server.once('error', () => reject(new ConfigError('metrics_port_taken', 'cannot listen for metrics')));
    server.listen(address.port, address.host, () => resolve());
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

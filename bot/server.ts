/**
 * The door: HTTP. Before anybody is asked who they are, a request must be a small, plain JSON activity.
 * restify's own body parser is left out: it takes 50 MB, unpacks gzip bombs and writes uploads to the disk, all before that.
 */
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import restify from 'restify';
import { activitySchema, isComplete, type InboundActivity } from './activity.ts';
import { isLoopback } from './config.ts';
import { WORD } from './document.ts';
import { codeOf, ConfigError, Refused, RetryLater } from './errors.ts';
import type { Log } from './log.ts';

export const MAX_BODY_BYTES = 256 * 1024;
export const MAX_DEPTH = 32;
const MAX_IN_FLIGHT = 512;
const BODY_TIMEOUT_MS = 10_000;
/** An oversized body is read to its end, and thrown away, up to here: who is cut off halfway never sees the 413. */
const MAX_DISCARD_BYTES = 64 * 1024 * 1024;

export interface ServerOptions {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** Local mode answers this machine only, also when a web page elsewhere makes a browser knock. */
  readonly local: boolean;
  readonly accept: (
    activity: InboundActivity,
    authorization: string,
  ) => Promise<{ status: number; body: unknown }>;
  /** The document behind a link, once; null when there is none. Absent: no such links, as in `teams` mode. */
  readonly document?: (
    conversation: string,
    token: string,
  ) => Promise<{ readonly name: string; readonly bytes: Uint8Array } | null>;
  /** Rejects when the store cannot be used. */
  readonly ping: () => Promise<void>;
  readonly log: Log;
  /** Told of every activity that was answered: HTTP status and ms. */
  readonly answered?: (status: number, ms: number) => void;
}

export interface Server {
  readonly port: number;
  /** What /readyz would say now. */
  ready(): Promise<boolean>;
  /** /readyz says no from here on, so that a load balancer looks elsewhere; what still comes is taken. */
  drain(): void;
  /** Stops listening, turns away what comes over open connections (503: Teams sends it again), and resolves when the rest is answered. */
  close(): Promise<void>;
}

/** Starts to listen. Rejects with ConfigError when the address is taken or not allowed. */
export async function openServer(options: ServerOptions): Promise<Server> {
  const { log } = options;
  let draining = false;
  let closing = false;
  let inFlight = 0;
  const server = restify.createServer({
    name: 'klankbord',
    // restify only needs something with these methods; its own log would print what comes in.
    log: silent as never,
  });

  server.get('/healthz', (_req, res, next) => {
    answer(res, 200, { status: 'ok' });
    next();
  });
  server.get('/readyz', async (_req, res) => {
    if (draining) return answer(res, 503, { status: 'draining' });
    await options.ping().then(
      () => answer(res, 200, { status: 'ready' }),
      () => answer(res, 503, { status: 'storage' }),
    );
  });
  const { document } = options;
  if (document && options.local)
    server.get('/documents/:conversation/:token', async (req, res) => {
      // Another page that this machine's browser shows must not be able to fetch it.
      if (!isLoopback(hostName(req)) || req.headers['sec-fetch-site'] === 'cross-site')
        return answer(res, 403, null);
      const { conversation = '', token = '' } = req.params as Record<string, string | undefined>;
      const known = /^[\w-]{1,128}$/;
      let made: Awaited<ReturnType<typeof document>>;
      try {
        made = known.test(conversation) && known.test(token) ? await document(conversation, token) : null;
      } catch (error) {
        log.error('document_not_given', { code: codeOf(error), error });
        return answer(res, 503, null);
      }
      if (!made) return answer(res, 404, null);
      res.writeHead(200, {
        'content-type': WORD,
        'content-length': made.bytes.length,
        'content-disposition': `attachment; filename="${made.name}"`,
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
      });
      res.end(Buffer.from(made.bytes));
    });
  server.post('/api/messages', async (req, res) => {
    inFlight += 1;
    const began = performance.now();
    try {
      if (closing) throw new RetryLater('closing', 'closing');
      if (inFlight > MAX_IN_FLIGHT) throw new RetryLater('too_busy', 'too busy');
      if (options.local && !isLoopback(hostName(req))) throw new Refused(403, 'host');
      const activity = parseActivity(await readBody(req));
      const { status, body } = await options.accept(activity, req.headers.authorization ?? '');
      answer(res, status, body);
    } catch (error) {
      const status = statusOf(error);
      if (error instanceof Refused) log.info('turned_away', { status, code: error.code });
      else log.error('not_taken', { status, code: codeOf(error), error });
      if (status === 503) res.setHeader('retry-after', '2');
      if (status === 413 || status === 408) res.setHeader('connection', 'close');
      answer(res, status, null);
    } finally {
      inFlight -= 1;
      options.answered?.(res.statusCode, performance.now() - began);
    }
  });
  // Unknown paths and methods: restify would echo what was asked.
  server.on(
    'restifyError',
    (_req: unknown, res: restify.Response, error: { statusCode?: number }, done: () => void) => {
      if (!res.headersSent) res.send(error.statusCode ?? 500);
      done();
    },
  );

  const http = server.server;
  Object.assign(http, { requestTimeout: 30_000, headersTimeout: 10_000, keepAliveTimeout: 65_000 });
  await new Promise<void>((resolve, reject) => {
    // On restify's server, which passes on what happens to Node's and dies of it when nobody listens.
    server.on('error', (error: NodeJS.ErrnoException) => {
      log.error('server_error', { error });
      reject(new ConfigError(error.code === 'EADDRINUSE' ? 'port_taken' : 'cannot_listen', 'cannot listen'));
    });
    server.listen(options.port, options.host, () => resolve());
  });
  return {
    port: (http.address() as AddressInfo).port,
    ready: async () =>
      !draining &&
      (await options.ping().then(
        () => true,
        () => false,
      )),
    drain: () => void (draining = true),
    close: () =>
      new Promise((resolve) => {
        closing = true;
        server.close(() => resolve());
        http.closeIdleConnections();
        // Whoever keeps a request open for longer than this would be cut off by the platform anyway.
        setTimeout(() => http.closeAllConnections(), 5_000).unref();
      }),
  };
}

/**
 * The body as text.
 * @throws Refused 415 for other than plain JSON, 413 when too big, 408 when it does not come, 400 when it is no UTF-8.
 */
async function readBody(req: IncomingMessage): Promise<string> {
  const [type = '', ...parameters] = (req.headers['content-type'] ?? '').toLowerCase().split(';');
  const charset = parameters.map((part) => part.trim()).find((part) => part.startsWith('charset='));
  const encoding = req.headers['content-encoding']?.toLowerCase() ?? 'identity';
  if (type.trim() !== 'application/json' || encoding !== 'identity') throw new Refused(415, 'media_type');
  if (charset !== undefined && !/^charset="?utf-?8"?$/.test(charset)) throw new Refused(415, 'charset');

  const parts: Buffer[] = [];
  let size = 0;
  const timer = setTimeout(() => req.destroy(), BODY_TIMEOUT_MS);
  try {
    for await (const part of req as AsyncIterable<Buffer>) {
      size += part.length;
      if (size <= MAX_BODY_BYTES) parts.push(part);
      else parts.length = 0;
      if (size > MAX_DISCARD_BYTES) break;
    }
  } catch {
    throw new Refused(408, 'body_aborted');
  } finally {
    clearTimeout(timer);
  }
  if (size > MAX_BODY_BYTES) throw new Refused(413, 'too_big');
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(parts));
  } catch {
    throw new Refused(400, 'utf8');
  }
}

/** Looked for first, because looking at every value costs several times the reading; a name can also be written in escapes. */
const MAY_HAVE_PROTO = /__proto__|\\u00(?:5[fF]|[67][0-9a-fA-F])/;

/** An own `__proto__` would become the prototype of whatever botbuilder copies it into. */
const withoutProto = (key: string, value: unknown) => (key === '__proto__' ? undefined : value);

/** @throws Refused 400 for anything that is not an activity. */
export function parseActivity(body: string): InboundActivity {
  if (depth(body) > MAX_DEPTH) throw new Refused(400, 'too_deep');
  let json: unknown;
  try {
    json = MAY_HAVE_PROTO.test(body) ? JSON.parse(body, withoutProto) : JSON.parse(body);
  } catch {
    throw new Refused(400, 'json');
  }
  const parsed = activitySchema.safeParse(json);
  if (!parsed.success || !isComplete(parsed.data)) throw new Refused(400, 'shape');
  return parsed.data;
}

/** How deep brackets nest, counted before parsing; strings are skipped. */
function depth(json: string): number {
  let deepest = 0;
  let now = 0;
  for (let at = 0; at < json.length; at += 1) {
    const char = json.charCodeAt(at);
    if (char === 0x22) {
      for (at += 1; at < json.length && json.charCodeAt(at) !== 0x22; at += 1) {
        if (json.charCodeAt(at) === 0x5c) at += 1;
      }
    } else if (char === 0x7b || char === 0x5b) deepest = Math.max(deepest, (now += 1));
    else if (char === 0x7d || char === 0x5d) now -= 1;
  }
  return deepest;
}

function statusOf(error: unknown): number {
  if (error instanceof Refused) return error.status;
  return error instanceof RetryLater ? 503 : 500;
}

function hostName(req: IncomingMessage): string {
  const url = `http://${req.headers.host ?? ''}`;
  return URL.canParse(url) ? new URL(url).hostname : '';
}

interface Answer {
  readonly headersSent: boolean;
  statusCode: number;
  setHeader(name: string, value: string): void;
  end(body?: string): void;
}

function answer(res: Answer, status: number, body: unknown): void {
  res.statusCode = status;
  res.setHeader('cache-control', 'no-store');
  res.setHeader('x-content-type-options', 'nosniff');
  if (body === null || body === undefined) return res.end();
  res.setHeader('content-type', 'application/json; charset=utf-8');
  res.end(JSON.stringify(body));
}

const nothing = () => false;
const silent: Record<string, unknown> = {
  trace: nothing,
  debug: nothing,
  info: nothing,
  warn: nothing,
  error: nothing,
  fatal: nothing,
  child: () => silent,
};

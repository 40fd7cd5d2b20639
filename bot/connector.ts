/**
 * The calls to the channel's connector. One attempt each, with a timeout and a ceiling on the answer: whether to try again is
 * for bot/delivery.ts to decide. (botbuilder's own client repeats a message up to four times and has no timeout.)
 */
import http from 'node:http';
import https from 'node:https';

/**
 * What became of a call.
 * `sent`: the channel said yes. `throttled`: not taken, wait. `retry`: not taken, try again soon. `unsent`: it never left.
 * `ambiguous`: it may have arrived. `blocked`: not possible until something changes. `failed`: never possible as it is.
 */
export type Delivered =
  | { readonly kind: 'sent'; readonly id: string | null }
  | { readonly kind: 'throttled'; readonly reason: 'throttled'; readonly retryAfterMs: number | null }
  | { readonly kind: 'retry'; readonly reason: 'precondition' }
  | { readonly kind: 'unsent'; readonly reason: UnsentReason }
  | { readonly kind: 'ambiguous'; readonly reason: string }
  | { readonly kind: 'blocked'; readonly reason: BlockedReason }
  | { readonly kind: 'failed'; readonly reason: string };

export type UnsentReason = 'unreachable' | 'no_token';
export type BlockedReason =
  | 'no_app'
  | 'blocked_by_user'
  | 'disabled_by_admin'
  | 'not_in_roster'
  | 'forbidden'
  | 'wrong_host'
  | 'not_found'
  | 'not_registered';

export interface Connector {
  sendToConversation(serviceUrl: string, conversationId: string, activity: object): Promise<Delivered>;
  replyToActivity(
    serviceUrl: string,
    conversationId: string,
    activityId: string,
    activity: object,
  ): Promise<Delivered>;
  updateActivity(
    serviceUrl: string,
    conversationId: string,
    activityId: string,
    activity: object,
  ): Promise<Delivered>;
  deleteActivity(serviceUrl: string, conversationId: string, activityId: string): Promise<Delivered>;
  /** `sent` carries the id of the conversation. */
  createConversation(serviceUrl: string, parameters: object): Promise<Delivered>;
  close(): void;
}

export interface ConnectorOptions {
  /** Whether a bearer token may be taken to this address; checked on every use, not only on receipt. */
  readonly mayCall: (serviceUrl: string) => boolean;
  /** Bearer token, or null in local mode. */
  readonly token: () => Promise<string | null>;
  readonly timeoutMs?: number;
}

const MAX_ANSWER_BYTES = 64 * 1024;

export function createConnector(options: ConnectorOptions): Connector {
  const { mayCall, token, timeoutMs = 10_000 } = options;
  // Teams closes idle connections without notice: a short idle time keeps resets on re-use rare.
  const settings = { keepAlive: true, maxSockets: 64, maxFreeSockets: 16, timeout: 20_000 };
  const agents = { 'http:': new http.Agent(settings), 'https:': new https.Agent(settings) };

  async function call(method: string, serviceUrl: string, path: string, body?: object): Promise<Delivered> {
    if (!mayCall(serviceUrl)) return { kind: 'failed', reason: 'service_url' };
    const url = new URL(`${serviceUrl.replace(/\/+$/, '')}/v3/conversations${path}`);
    let bearer: string | null;
    try {
      bearer = await token();
    } catch {
      return { kind: 'unsent', reason: 'no_token' };
    }
    const payload = body === undefined ? null : Buffer.from(JSON.stringify(body));
    return new Promise((resolve) => {
      const transport = url.protocol === 'https:' ? https : http;
      let connected = false;
      const req = transport.request(url, {
        method,
        agent: agents[url.protocol as 'http:' | 'https:'],
        headers: {
          accept: 'application/json',
          ...(payload ? { 'content-type': 'application/json', 'content-length': payload.length } : {}),
          ...(bearer === null ? {} : { authorization: `Bearer ${bearer}` }),
        },
      });
      const done = (result: Delivered) => {
        clearTimeout(timer);
        resolve(result);
        req.destroy();
      };
      // One clock for the whole call: a server that drips bytes must not hold a lane.
      const timer = setTimeout(() => done(lost('timeout')), timeoutMs);
      const lost = (reason: string): Delivered =>
        connected ? { kind: 'ambiguous', reason } : { kind: 'unsent', reason: 'unreachable' };
      req.on('socket', (socket) => {
        if (!socket.connecting) connected = true;
        else socket.once(url.protocol === 'https:' ? 'secureConnect' : 'connect', () => (connected = true));
      });
      req.on('error', () => done(lost('reset')));
      req.on('response', (res) => {
        const parts: Buffer[] = [];
        let size = 0;
        const status = res.statusCode ?? 0;
        const finish = () =>
          done(classify(status, res.headers['retry-after'], Buffer.concat(parts).toString('utf8')));
        res.on('data', (part: Buffer) => {
          size += part.length;
          // The status is known; what is too long to read changes nothing about it.
          if (size > MAX_ANSWER_BYTES) finish();
          else parts.push(part);
        });
        res.on('end', finish);
        res.on('error', finish);
        res.on('close', finish);
      });
      req.end(payload ?? undefined);
    });
  }

  const at = (conversationId: string, activityId?: string) =>
    `/${encodeURIComponent(conversationId)}/activities` +
    (activityId === undefined ? '' : `/${encodeURIComponent(activityId)}`);
  return {
    sendToConversation: (url, conversation, activity) => call('POST', url, at(conversation), activity),
    replyToActivity: (url, conversation, id, activity) => call('POST', url, at(conversation, id), activity),
    updateActivity: (url, conversation, id, activity) => call('PUT', url, at(conversation, id), activity),
    deleteActivity: (url, conversation, id) => call('DELETE', url, at(conversation, id)),
    createConversation: (url, parameters) => call('POST', url, '', parameters),
    close: () => {
      for (const agent of Object.values(agents)) agent.destroy();
    },
  };
}

const BLOCKED: Readonly<Record<string, BlockedReason>> = {
  forbiddenoperationexception: 'no_app',
  botnotinconversationroster: 'not_in_roster',
  conversationblockedbyuser: 'blocked_by_user',
  messagewritesblocked: 'blocked_by_user',
  botdisabledbyadmin: 'disabled_by_admin',
  notenoughpermissions: 'forbidden',
  invalidbotapihost: 'wrong_host',
  conversationnotfound: 'not_found',
  botnotregistered: 'not_registered',
  // The Agents Playground's word for somebody it does not know, with status 500.
  usernotfound: 'no_app',
};

/**
 * What an HTTP answer of the connector means. Only 429 and 412 say for certain that the message was not taken and may be
 * tried again; 408 and 5xx say nothing about it.
 */
export function classify(status: number, retryAfter: string | undefined, body: string): Delivered {
  const { id, code } = readAnswer(body);
  if (status >= 200 && status < 300) return { kind: 'sent', id };
  const blocked = BLOCKED[code.toLowerCase()];
  if (status === 429)
    return { kind: 'throttled', reason: 'throttled', retryAfterMs: readRetryAfter(retryAfter) };
  if (code.toLowerCase() === 'usernotfound') return { kind: 'blocked', reason: 'no_app' };
  if (status === 412) return { kind: 'retry', reason: 'precondition' };
  if (status === 408 || status >= 500 || status < 200) return { kind: 'ambiguous', reason: `http_${status}` };
  if (status === 401) return { kind: 'blocked', reason: 'not_registered' };
  if (status === 403) return { kind: 'blocked', reason: blocked ?? 'no_app' };
  if (status === 404 && code.toLowerCase() !== 'activitynotfound')
    return { kind: 'blocked', reason: blocked ?? 'not_found' };
  if (status === 404) return { kind: 'failed', reason: 'no_activity' };
  if (status === 413) return { kind: 'failed', reason: 'too_big' };
  return { kind: 'failed', reason: `http_${status}` };
}

function readAnswer(body: string): { id: string | null; code: string } {
  try {
    const { id, error, code } = JSON.parse(body) as {
      id?: unknown;
      error?: { code?: unknown };
      code?: unknown;
    };
    const word = error?.code ?? code;
    return {
      id: typeof id === 'string' && id !== '' ? id : null,
      code: typeof word === 'string' ? word : '',
    };
  } catch {
    return { id: null, code: '' };
  }
}

/** Seconds or an HTTP date; at most an hour, so that a strange header cannot stop a lane for good. */
function readRetryAfter(header: string | undefined): number | null {
  if (header === undefined) return null;
  const ms = /^\d+$/.test(header.trim()) ? Number(header) * 1000 : Date.parse(header) - Date.now();
  return Number.isFinite(ms) ? Math.min(Math.max(ms, 0), 3_600_000) : null;
}

/**
 * A Teams connector on loopback: it takes what the bot sends, hands it to the test, and can be told to fail.
 * `person(...)` is the other half: somebody in Teams, who types to the bot over HTTP as Teams would.
 */
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Label } from '../../dialogs/ports.ts';

/** An activity as it travels: only what tests look at is named. */
export interface WireActivity {
  type: string;
  id?: string;
  text?: string;
  summary?: string;
  locale?: string;
  textFormat?: string;
  replyToId?: string;
  channelData?: { klankbord?: Label };
  attachments?: { contentType: string; content: Record<string, unknown> }[];
  suggestedActions?: { actions: { type: string; title: string; value: string }[] };
  [name: string]: unknown;
}

/** One call of the bot to the connector. */
export interface Call {
  readonly kind: 'send' | 'reply' | 'update' | 'delete' | 'create';
  readonly conversationId: string;
  /** Of the activity that was replied to, updated or deleted. */
  readonly activityId: string | null;
  /** The body: an activity, or the parameters of a new conversation. */
  readonly activity: WireActivity;
  readonly authorization: string | null;
  readonly at: number;
  /** HTTP status that was answered; 0 when the connection was cut or left hanging. */
  readonly status: number;
}

/** What goes wrong with the next matching call. */
export interface Fault {
  /** Answer with this status … */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** … or do this instead. `accept-then-reset`: the message is taken, the answer is lost. */
  readonly how?: 'reset' | 'hang' | 'accept-then-reset' | 'accept-then-500' | 'endless';
  readonly when?: (call: Omit<Call, 'status'>) => boolean;
  /** How many calls it strikes; 1 by default. */
  readonly times?: number;
}

export interface FakeTeams {
  readonly serviceUrl: string;
  /** Every call, in order, refused ones too. */
  readonly calls: readonly Call[];
  /** Messages that were accepted (no typing), in order; of one conversation when it is named. */
  messages(conversationId?: string): readonly WireActivity[];
  /** The first accepted message that fits and was not handed out before; waits for it. Rejects after `ms` (10 s). */
  next(fits?: (activity: WireActivity, call: Call) => boolean, ms?: number): Promise<WireActivity>;
  /** The same for any call, also typing, updates and refused ones. */
  nextCall(fits: (call: Call) => boolean, ms?: number): Promise<Call>;
  fail(fault: Fault): void;
  /** Who can be written to first: directory id -> conversation id. Others get 403. */
  readonly reachable: Map<string, string>;
  close(): Promise<void>;
}

export async function openFakeTeams(): Promise<FakeTeams> {
  const calls: Call[] = [];
  const handedOut = new Set<Call>();
  const faults: { fault: Fault; left: number }[] = [];
  const waiting = new Set<() => void>();
  const reachable = new Map<string, string>();
  let ids = 0;

  const server = createServer((req, res) => {
    read(req).then(
      (body) => {
        const call = toCall(req, body);
        if (call === null) {
          res.statusCode = 404;
          res.end();
          return;
        }
        answer(call, res);
      },
      () => res.destroy(),
    );
  });

  function note(call: Omit<Call, 'status'>, status: number): void {
    calls.push({ ...call, status });
    for (const look of [...waiting]) look();
  }

  function answer(call: Omit<Call, 'status'>, res: ServerResponse): void {
    const struck = faults.find(({ fault, left }) => left > 0 && (fault.when?.(call) ?? true));
    if (struck) {
      struck.left -= 1;
      const { how, status = 500, headers = {}, body } = struck.fault;
      if (how === 'hang') return note(call, 0);
      if (how === 'reset') {
        note(call, 0);
        res.destroy();
        return;
      }
      if (how === 'accept-then-reset') {
        note(call, 200);
        res.destroy();
        return;
      }
      if (how === 'endless') {
        note(call, 0);
        res.writeHead(200, { 'content-type': 'application/json' });
        const timer = setInterval(() => res.write('x'.repeat(65_536)), 1);
        res.on('close', () => clearInterval(timer));
        return;
      }
      note(call, how === 'accept-then-500' ? 200 : status);
      send(res, how === 'accept-then-500' ? 500 : status, body ?? { error: { code: 'Fault' } }, headers);
      return;
    }
    if (call.kind === 'create') {
      const member = (call.activity['members'] as { id: string }[] | undefined)?.[0]?.id ?? '';
      const id = reachable.get(member);
      note(call, id === undefined ? 403 : 201);
      if (id === undefined) {
        const code = 'ForbiddenOperationException';
        return send(res, 403, { error: { code, message: 'App is not installed in personal scope' } });
      }
      return send(res, 201, { id });
    }
    ids += 1;
    note(call, call.kind === 'delete' ? 200 : 201);
    send(res, 201, { id: call.kind === 'update' ? call.activityId : `m${ids}` });
  }

  function waitFor(fits: (call: Call) => boolean, ms: number, what: string): Promise<Call> {
    return new Promise((resolve, reject) => {
      const look = () => {
        const found = calls.find((call) => !handedOut.has(call) && fits(call));
        if (!found) return;
        handedOut.add(found);
        waiting.delete(look);
        clearTimeout(timer);
        resolve(found);
      };
      const timer = setTimeout(() => {
        waiting.delete(look);
        const seen = calls.slice(-5).map((call) => `${call.kind} ${call.status} ${summary(call.activity)}`);
        reject(new Error(`fake Teams: no ${what} within ${ms} ms; last calls:\n${seen.join('\n')}`));
      }, ms);
      waiting.add(look);
      look();
    });
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    serviceUrl: `http://127.0.0.1:${port}/connector`,
    calls,
    messages: (conversationId) =>
      calls
        .filter((call) => isMessage(call) && (conversationId ?? call.conversationId) === call.conversationId)
        .map((call) => call.activity),
    next: (fits = () => true, ms = 10_000) =>
      waitFor((call) => isMessage(call) && fits(call.activity, call), ms, 'such message').then(
        (call) => call.activity,
      ),
    nextCall: (fits, ms = 10_000) => waitFor(fits, ms, 'such call'),
    fail: (fault) => void faults.push({ fault, left: fault.times ?? 1 }),
    reachable,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Somebody in Teams, in a 1:1 chat with the bot. */
export interface Person {
  readonly conversationId: string;
  readonly aadObjectId: string;
  /** Posts an activity of this person; the fields given override the usual ones. */
  post(fields: Record<string, unknown>): Promise<{ status: number; body: unknown }>;
  /** Types a message; the answers go to the fake connector. Returns the id of the message. */
  say(text: string): Promise<string>;
  /** Types a message and gets the answers in the body. */
  ask(text: string): Promise<WireActivity[]>;
  /** Presses a button of a card. */
  press(token: string, values?: Record<string, string>): Promise<void>;
  /** Asks for the dialog of a button, or sends one; gives what the client is told to show. `id`: of the activity. */
  dialog(
    name: 'task/fetch' | 'task/submit',
    data: Record<string, unknown>,
    id?: string,
  ): Promise<Task | null>;
  /** Opens the chat for the first time, as Teams reports it. */
  install(): Promise<void>;
}

/** What a dialog is to show: a card (`continue`) or a sentence (`message`); nothing: it closes. */
export type Task =
  | { readonly type: 'message'; readonly value: string }
  | {
      readonly type: 'continue';
      readonly value: {
        readonly title: string;
        readonly height: string;
        readonly width: string;
        readonly card: { readonly contentType: string; readonly content: Record<string, unknown> };
      };
    };

export interface PersonOptions {
  readonly name?: string;
  /** Address of the bot, e.g. http://127.0.0.1:3978 */
  readonly bot: string;
  readonly serviceUrl: string;
  readonly aadObjectId: string;
  readonly conversationId?: string;
  readonly tenantId?: string;
  readonly locale?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export function person(options: PersonOptions): Person {
  const conversationId = options.conversationId ?? `a:${options.aadObjectId}`;
  const tenantId = options.tenantId ?? '00000000-0000-0000-0000-0000000000aa';
  const post: Person['post'] = async (fields) => {
    const activity = {
      type: 'message',
      id: randomUUID(),
      timestamp: new Date().toISOString(),
      channelId: 'msteams',
      serviceUrl: options.serviceUrl,
      locale: options.locale ?? 'nl-NL',
      from: {
        id: `29:${options.aadObjectId}`,
        name: options.name ?? 'Anne',
        aadObjectId: options.aadObjectId,
      },
      recipient: { id: '28:klankbord', name: 'Klankbord' },
      conversation: { id: conversationId, conversationType: 'personal', tenantId },
      channelData: { tenant: { id: tenantId } },
      ...fields,
    };
    const response = await fetch(`${options.bot}/api/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...options.headers },
      body: JSON.stringify(activity),
    });
    const raw = await response.text();
    return { status: response.status, body: raw === '' ? null : (JSON.parse(raw) as unknown) };
  };
  const must = async (fields: Record<string, unknown>): Promise<unknown> => {
    const { status, body } = await post(fields);
    if (status !== 200) throw new Error(`the bot answered ${status} to ${JSON.stringify(fields)}`);
    return body;
  };
  return {
    conversationId,
    aadObjectId: options.aadObjectId,
    post,
    say: async (text) => {
      const id = randomUUID();
      await must({ text, id });
      return id;
    },
    ask: async (text) => {
      const body = (await must({ text, deliveryMode: 'expectReplies' })) as { activities: WireActivity[] };
      return body.activities.filter((activity) => activity.type === 'message');
    },
    press: async (token, values = {}) => void (await must({ value: { klankbord: token, ...values } })),
    dialog: async (name, data, id = randomUUID()) => {
      const value = { data, context: { theme: 'default' } };
      const body = (await must({ type: 'invoke', name, id, value, text: undefined })) as { task?: Task };
      return body.task ?? null;
    },
    install: async () => void (await must({ type: 'installationUpdate', action: 'add' })),
  };
}

function toCall(req: IncomingMessage, body: string): Omit<Call, 'status'> | null {
  const path = /^\/connector\/v3\/conversations(?:\/([^/]+)\/activities(?:\/([^/]+))?)?\/?$/.exec(
    new URL(req.url ?? '/', 'http://x').pathname,
  );
  if (!path) return null;
  const conversationId = decodeURIComponent(path[1] ?? '');
  const activityId = path[2] === undefined ? null : decodeURIComponent(path[2]);
  const verb = `${req.method} ${conversationId === '' ? 'new' : activityId === null ? 'all' : 'one'}`;
  const kinds: Record<string, Call['kind']> = {
    'POST new': 'create',
    'POST all': 'send',
    'POST one': 'reply',
    'PUT one': 'update',
    'DELETE one': 'delete',
  };
  const kind = kinds[verb];
  if (kind === undefined) return null;
  const activity = (body === '' ? { type: '' } : JSON.parse(body)) as WireActivity;
  const authorization = req.headers.authorization ?? null;
  return { kind, conversationId, activityId, activity, authorization, at: Date.now() };
}

function isMessage(call: Call): boolean {
  const sent = call.kind === 'send' || call.kind === 'reply';
  return sent && call.status >= 200 && call.status < 300 && call.activity.type === 'message';
}

function summary(activity: WireActivity): string {
  const label = activity.channelData?.klankbord;
  return `${activity.type} ${label ? `${label.step}/${label.kind}` : ''} ${(activity.text ?? '').slice(0, 60)}`;
}

async function read(req: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of req) parts.push(part as Buffer);
  return Buffer.concat(parts).toString('utf8');
}

function send(
  res: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  // Not chained: restify, once loaded, takes the return value away from every response of the process.
  res.writeHead(status, { 'content-type': 'application/json', ...headers });
  res.end(JSON.stringify(body));
}

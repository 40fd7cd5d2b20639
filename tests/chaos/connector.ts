/** The channel's connector, on loopback and in a bad mood: it takes what the bot sends and answers as badly as networks do. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { between, pick, type Random } from './random.ts';
import type { WireActivity } from '../support/fake-teams.ts';

/** What can happen to a call. The first group is certain (not taken), the second leaves the bot in the dark. */
const FAULTS = [
  'throttled-with-time',
  'throttled',
  'precondition',
  'refused-500',
  'refused-503',
  'cut-before',
  'hang-untaken',
  'taken-then-cut',
  'taken-then-500',
  'taken-then-504',
  'taken-then-hang',
  'slow-body',
  'slow',
] as const;
type Fault = (typeof FAULTS)[number];
/** Asking for a conversation is harmless to repeat, but in local mode a 5xx to it means "no such person". */
const FAULTS_OF_CREATE: readonly Fault[] = ['throttled-with-time', 'throttled', 'precondition', 'slow'];
const HANG_MS = 15_000;

export interface Arrived {
  readonly activity: WireActivity;
  readonly at: number;
}

export interface ConnectorOptions {
  readonly random: Random;
  /** Share of calls that go wrong, 0 to 1. */
  readonly faults: number;
  /** Whether calls may also hang until the bot gives up on them; each takes ten seconds. */
  readonly hangs: boolean;
}

export class StormyConnector {
  readonly #options: ConnectorOptions;
  readonly #people = new Map<string, (activity: WireActivity) => void>();
  readonly #messages = new Map<string, Arrived[]>();
  readonly #taken = new Map<string, number[]>();
  readonly #server = createServer((req, res) => void this.#answer(req, res).catch(() => res.destroy()));
  /** Directory id -> conversation; whoever is not in it has no app: 403. */
  readonly reachable = new Map<string, string>();
  readonly faults: Record<string, number> = {};
  calls = 0;
  /** Messages refused because a conversation got more than Teams allows: each process counts for itself, and forgets when it is killed. */
  tooFast = 0;
  #calm = false;
  #ids = 0;

  constructor(options: ConnectorOptions) {
    this.#options = options;
  }

  async open(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
  }

  get serviceUrl(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/teams/`;
  }

  /** Who reads this conversation. */
  follow(conversationId: string, read: (activity: WireActivity) => void): void {
    this.#people.set(conversationId, read);
  }

  messages(conversationId: string): readonly Arrived[] {
    return this.#messages.get(conversationId) ?? [];
  }

  /** No more faults. */
  calmDown(): void {
    this.#calm = true;
  }

  async close(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }

  async #answer(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const parts: Buffer[] = [];
    for await (const part of req) parts.push(part as Buffer);
    const body = JSON.parse(Buffer.concat(parts).toString('utf8')) as WireActivity;
    const path = /^\/teams\/v3\/conversations(?:\/([^/]+)\/activities)?$/.exec(req.url ?? '');
    if (!path || req.method !== 'POST') return send(res, 404, {});
    this.calls += 1;
    const conversation = path[1] === undefined ? null : decodeURIComponent(path[1]);
    const fault = this.#fault(conversation === null ? FAULTS_OF_CREATE : FAULTS);
    if (fault) this.faults[fault] = (this.faults[fault] ?? 0) + 1;
    const refuse = fault === null ? null : refusalOf(fault);
    if (refuse) return send(res, refuse.status, { error: { code: 'Storm' } }, refuse.headers);
    if (fault === 'cut-before') return void res.destroy();
    if (fault === 'hang-untaken') return hang(res);
    if (fault === 'slow') await wait(between(this.#options.random, 200, 2_000));

    const done = conversation === null ? this.#create(body) : this.#take(conversation, body);
    if (fault === 'taken-then-cut') return void res.destroy();
    if (fault === 'taken-then-hang') return hang(res);
    if (fault === 'taken-then-500' || fault === 'taken-then-504')
      return send(res, Number(fault.slice(-3)), { error: { code: 'Storm' } });
    if (fault === 'slow-body') return drip(res, done.status, JSON.stringify(done.body));
    send(res, done.status, done.body);
  }

  #fault(kinds: readonly Fault[]): Fault | null {
    const { random, faults, hangs } = this.#options;
    if (this.#calm || random() >= faults) return null;
    const fault = pick(random, kinds);
    return hangs || !fault.includes('hang') ? fault : 'slow';
  }

  #create(body: WireActivity): { status: number; body: object } {
    const [member] = (body['members'] ?? []) as { id: string }[];
    const id = this.reachable.get(member?.id ?? '');
    if (id === undefined) return { status: 403, body: { error: { code: 'ForbiddenOperationException' } } };
    return { status: 201, body: { id } };
  }

  #take(conversation: string, activity: WireActivity): { status: number; body: object } {
    const now = Date.now();
    const recent = (this.#taken.get(conversation) ?? []).filter((at) => at > now - 30_000);
    if (recent.filter((at) => at > now - 1_000).length >= 7 || recent.length >= 60) {
      this.tooFast += 1;
      return { status: 429, body: { error: { code: 'Throttled' } } };
    }
    this.#taken.set(conversation, [...recent, now]);
    this.#ids += 1;
    if (activity.type === 'message') {
      const all = this.#messages.get(conversation) ?? [];
      this.#messages.set(conversation, [...all, { activity, at: now }]);
      this.#people.get(conversation)?.(activity);
    }
    return { status: 201, body: { id: `bot-${this.#ids}` } };
  }
}

function refusalOf(fault: Fault): { status: number; headers?: Record<string, string> } | null {
  switch (fault) {
    case 'throttled-with-time':
      return { status: 429, headers: { 'retry-after': '1' } };
    case 'throttled':
      return { status: 429 };
    case 'precondition':
      return { status: 412 };
    case 'refused-500':
      return { status: 500 };
    case 'refused-503':
      return { status: 503 };
    default:
      return null;
  }
}

function send(res: ServerResponse, status: number, body: object, headers: Record<string, string> = {}): void {
  res.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}

/** Longer than anybody waits; then gone. */
function hang(res: ServerResponse): void {
  setTimeout(() => res.destroy(), HANG_MS).unref();
}

/** The answer comes, a few bytes at a time. */
function drip(res: ServerResponse, status: number, body: string): void {
  res.writeHead(status, { 'content-type': 'application/json' });
  let at = 0;
  const timer = setInterval(() => {
    res.write(body.slice(at, at + 4));
    at += 4;
    if (at < body.length && !res.destroyed) return;
    clearInterval(timer);
    res.end();
  }, 250);
}

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

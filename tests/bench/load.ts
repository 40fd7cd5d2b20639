/**
 * The other side of every system, the same for all: teachers who type, and the connector that takes the answers.
 * A turn lasts from the moment it was to be sent until the message that ends it arrives at the connector.
 */
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Label } from '../../dialogs/ports.ts';
import { endsTurn, reply } from './script.ts';

export interface Target {
  /** Address of the bot; several for replicas. */
  readonly bots: readonly string[];
  readonly authorization: () => string | null;
}

interface Teacher {
  readonly nth: number;
  readonly conversation: string;
  label: Label | null;
  turn: number;
  /** Ends the turn under way. */
  done: ((at: number) => void) | null;
}

export interface Round {
  readonly turns: number;
  readonly seconds: number;
  /** ms, sorted. */
  readonly latencies: readonly number[];
  readonly failed: number;
  readonly messages: number;
}

/** Where a teacher is; parked interviews are stored for the same. */
export function placeOf(name: string, nth: number) {
  return {
    tenantId: `tenant-${nth}`,
    conversationId: `a:${name}-${nth}`,
    userId: `29:${name}-${nth}`,
    aadObjectId: `00000000-0000-4000-8000-${nth.toString(16).padStart(12, '0')}`,
  };
}

const PATIENCE_MS = 10_000;

export class Connector {
  readonly #server: http.Server;
  readonly #heard = new Map<string, (activity: Record<string, unknown>) => void>();
  serviceUrl = '';
  messages = 0;

  constructor() {
    let ids = 0;
    this.#server = http.createServer((req, res) => {
      const parts: Buffer[] = [];
      req.on('data', (part: Buffer) => parts.push(part));
      req.on('end', () => {
        ids += 1;
        this.messages += 1;
        const conversation = decodeURIComponent((req.url ?? '').split('/')[4] ?? '');
        const body = `{"id":"m${ids}"}`;
        res.writeHead(201, { 'content-type': 'application/json', 'content-length': body.length });
        res.end(body);
        this.#heard.get(conversation)?.(
          JSON.parse(Buffer.concat(parts).toString()) as Record<string, unknown>,
        );
      });
    });
  }

  async open(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    this.#server.keepAliveTimeout = 120_000;
    this.serviceUrl = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/connector`;
  }

  hear(conversation: string, heard: (activity: Record<string, unknown>) => void): void {
    this.#heard.set(conversation, heard);
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}

export class Crowd {
  readonly #connector: Connector;
  readonly #target: Target;
  readonly #name: string;
  readonly #agent = new http.Agent({ keepAlive: true, maxSockets: 256 });
  readonly teachers: Teacher[];
  #next = 0;
  #ids = 0;

  /** `size`: how many teachers, or which; `label`: the question that waits for them. */
  constructor(
    name: string,
    size: number | readonly number[],
    connector: Connector,
    target: Target,
    label: Label | null = null,
  ) {
    this.#name = name;
    this.#connector = connector;
    this.#target = target;
    const numbers = typeof size === 'number' ? Array.from({ length: size }, (_, nth) => nth) : size;
    this.teachers = numbers.map((nth) => {
      const { conversationId: conversation } = placeOf(name, nth);
      const teacher: Teacher = { nth, conversation, label, turn: label ? 5 : 0, done: null };
      connector.hear(teacher.conversation, (activity) => {
        if (activity['type'] !== 'message') return;
        const label = (activity['channelData'] as { klankbord?: Label } | undefined)?.klankbord ?? null;
        if (!endsTurn(label)) return;
        teacher.label = label;
        teacher.done?.(performance.now());
      });
      return teacher;
    });
  }

  /** One turn; resolves with its latency in ms from `due` (performance.now()). */
  async turn(teacher: Teacher, due = performance.now(), text?: string): Promise<number> {
    const said = text ?? (teacher.turn === 0 ? 'hallo' : reply(teacher.label, teacher.nth, teacher.turn));
    teacher.turn += 1;
    const answered = new Promise<number>((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`no answer to "${said}" after ${JSON.stringify(teacher.label)}`)),
        PATIENCE_MS,
      );
      teacher.done = (at) => {
        clearTimeout(timer);
        teacher.done = null;
        resolve(at);
      };
    });
    const [at] = await Promise.all([answered, this.#post(teacher, said)]);
    return at - due;
  }

  /** The same with the answer in the body: nothing is delivered, and no channel slows it down. */
  async quickTurn(teacher: Teacher, text?: string): Promise<void> {
    const said = text ?? (teacher.turn === 0 ? 'hallo' : reply(teacher.label, teacher.nth, teacher.turn));
    teacher.turn += 1;
    const body = await this.#post(teacher, said, { deliveryMode: 'expectReplies' });
    const { activities } = JSON.parse(body) as { activities: { channelData?: { klankbord?: Label } }[] };
    for (const { channelData } of activities)
      if (channelData?.klankbord && endsTurn(channelData.klankbord)) teacher.label = channelData.klankbord;
  }

  /** The same for all teachers, so many at once. */
  async everybody(each: (teacher: Teacher) => Promise<unknown>, atOnce = 16): Promise<void> {
    const queue = [...this.teachers];
    await Promise.all(
      Array.from({ length: atOnce }, async () => {
        for (let teacher = queue.shift(); teacher; teacher = queue.shift()) await each(teacher);
      }),
    );
  }

  #post(teacher: Teacher, text: string, more: object = {}): Promise<string> {
    this.#ids += 1;
    const { tenantId: tenant, userId, aadObjectId } = placeOf(this.#name, teacher.nth);
    const body = JSON.stringify({
      type: 'message',
      id: `${this.#name}-${this.#ids}-${Date.now()}`,
      timestamp: new Date().toISOString(),
      localTimestamp: new Date().toISOString(),
      channelId: 'msteams',
      serviceUrl: this.#connector.serviceUrl,
      locale: 'nl-NL',
      text,
      textFormat: 'plain',
      from: { id: userId, name: 'Anne de Wit', aadObjectId },
      recipient: { id: '28:klankbord', name: 'Klankbord' },
      conversation: { id: teacher.conversation, conversationType: 'personal', tenantId: tenant },
      channelData: { tenant: { id: tenant } },
      entities: [{ locale: 'nl-NL', country: 'NL', platform: 'Windows', type: 'clientInfo' }],
      ...more,
    });
    const { bots, authorization } = this.#target;
    const token = authorization();
    return new Promise((resolve, reject) => {
      const req = http.request(
        `${bots[this.#ids % bots.length]!}/api/messages`,
        {
          method: 'POST',
          agent: this.#agent,
          headers: {
            'content-type': 'application/json; charset=utf-8',
            'content-length': Buffer.byteLength(body),
            ...(token === null ? {} : { authorization: token }),
          },
        },
        (res) => {
          const parts: Buffer[] = [];
          res.on('data', (part: Buffer) => parts.push(part));
          res.on('end', () => {
            if (res.statusCode === 200) resolve(Buffer.concat(parts).toString());
            else reject(new Error(`status ${res.statusCode}`));
          });
        },
      );
      req.on('error', reject);
      req.end(body);
    });
  }

  /** The teachers take turns, so that nobody types faster than a channel lets through. */
  #take(): Teacher | null {
    for (let tries = 0; tries < this.teachers.length; tries += 1) {
      const teacher = this.teachers[this.#next]!;
      this.#next = (this.#next + 1) % this.teachers.length;
      if (!teacher.done) return teacher;
    }
    return null;
  }

  /** As fast as it goes: so many teachers at a time, each waiting for the answer. */
  saturate(seconds: number, atOnce: number): Promise<Round> {
    return this.#round(async (until, count) => {
      await Promise.all(
        Array.from({ length: atOnce }, async () => {
          while (performance.now() < until()) await count(this.#take(), performance.now());
        }),
      );
    }, seconds);
  }

  /** An open loop: turns begin at a fixed rate whether or not the earlier ones were answered. */
  steadily(seconds: number, perSecond: number): Promise<Round> {
    return this.#round(async (until, count) => {
      const begun = performance.now();
      const open = new Set<Promise<void>>();
      for (let nth = 0; ; nth += 1) {
        const due = begun + (nth * 1000) / perSecond;
        if (due >= until()) break;
        for (let wait = due - performance.now(); wait > 0; wait = due - performance.now())
          await new Promise((resolve) => (wait > 2 ? setTimeout(resolve, wait - 1) : setImmediate(resolve)));
        const one: Promise<void> = count(this.#take(), due).finally(() => open.delete(one));
        open.add(one);
      }
      await Promise.all(open);
    }, seconds);
  }

  async #round(
    drive: (
      until: () => number,
      count: (teacher: Teacher | null, due: number) => Promise<void>,
    ) => Promise<void>,
    seconds: number,
  ): Promise<Round> {
    const latencies: number[] = [];
    const messages = this.#connector.messages;
    let failed = 0;
    const begun = performance.now();
    await drive(
      () => begun + seconds * 1000,
      async (teacher, due) => {
        if (!teacher) return void (failed += 1);
        try {
          latencies.push(await this.turn(teacher, due));
        } catch (error) {
          failed += 1;
          teacher.done = null;
          if (failed <= 3) process.stderr.write(`${this.#name}: ${(error as Error).message}\n`);
        }
      },
    );
    return {
      turns: latencies.length,
      seconds: (performance.now() - begun) / 1000,
      latencies: latencies.sort((a, b) => a - b),
      failed,
      messages: this.#connector.messages - messages,
    };
  }

  /** Every teacher has had so many turns of the interview, each another number, so that a round has turns of every kind. */
  async spread(most: number, atOnce = 16): Promise<void> {
    // Breadth first: nobody types several messages within a second, which the channel would slow down.
    for (let n = 0; n < most; n += 1) {
      const queue = this.teachers.filter(({ nth }) => nth % most >= n);
      await Promise.all(
        Array.from({ length: atOnce }, async () => {
          for (let teacher = queue.shift(); teacher; teacher = queue.shift()) await this.turn(teacher);
        }),
      );
    }
  }

  close(): void {
    this.#agent.destroy();
  }
}

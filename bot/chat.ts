/**
 * The same conversation in a terminal, over the same HTTP route: `npm run chat -- --lang nl`.
 * Talks to the bot on PORT; when none answers there, one is started for the time of the conversation.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { loadConfig, operatorLanguage, ownEnvironment, readDotEnv } from './config.ts';
import { ConfigError, GiveUp } from './errors.ts';
import { explain, operatorTexts, type Say } from './operator.ts';

const TENANT = '00000000-0000-0000-0000-0000000000aa';
const TEACHER = '00000000-0000-0000-0000-0000000000a2';
const CONVERSATION = 'terminal-teacher';
const START_WITHIN_MS = 30_000;

const replySchema = z.looseObject({
  type: z.string(),
  text: z.string().optional(),
  summary: z.string().optional(),
  channelData: z
    .looseObject({
      klankbord: z
        .looseObject({ choices: z.array(z.looseObject({ say: z.string() })).optional() })
        .optional(),
    })
    .optional(),
  suggestedActions: z.looseObject({ actions: z.array(z.looseObject({ value: z.unknown() })) }).optional(),
});
type Reply = z.infer<typeof replySchema>;

const print = (line: string) => void process.stdout.write(`${line}\n`);

/** What is shown of a message; returns the words that its buttons stand for. */
function show(reply: Reply, say: Say): string[] {
  if (reply.type !== 'message') return [];
  // Beside a card, its words are in the summary.
  print(`\n${reply.text ?? reply.summary ?? ''}`);
  const buttons = reply.suggestedActions?.actions.flatMap(({ value }) =>
    typeof value === 'string' ? [value] : [],
  );
  const words = reply.channelData?.klankbord?.choices?.map((choice) => choice.say) ?? buttons ?? [];
  if (words.length > 0) {
    print(`\n${say('chat.choices')}`);
    words.forEach((title, index) => print(say('chat.choice', { number: index + 1, title })));
  }
  return words;
}

/** Takes what the bot says outside its answers: news about the profile, and the profile itself on its way to the coach. */
async function openMailbox(onReply: (reply: Reply, toCoach: boolean) => void) {
  const server = createServer((req, res) => {
    void read(req).then((body) => {
      const path = decodeURIComponent(new URL(req.url ?? '/', 'http://x').pathname);
      const reply = replySchema.safeParse(body);
      if (reply.success) onReply(reply.data, !path.includes(CONVERSATION));
      res.writeHead(201, { 'content-type': 'application/json' });
      res.end(JSON.stringify({ id: path.endsWith('/conversations') ? 'terminal-coach' : randomUUID() }));
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return { server, serviceUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/terminal` };
}

async function read(req: IncomingMessage): Promise<unknown> {
  const parts: Buffer[] = [];
  for await (const part of req as AsyncIterable<Buffer>) parts.push(part);
  try {
    return JSON.parse(Buffer.concat(parts).toString('utf8')) as unknown;
  } catch {
    return null;
  }
}

async function isUp(address: string): Promise<boolean> {
  return fetch(`${address}/readyz`, { signal: AbortSignal.timeout(2_000) }).then(
    (response) => response.ok,
    () => false,
  );
}

/** Starts a bot without pages; its complaints are passed on when it does not come up. */
async function startBot(address: string, say: Say): Promise<ChildProcess> {
  const child = spawn(process.execPath, [fileURLToPath(new URL('main.ts', import.meta.url))], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: ownEnvironment({ KLANKBORD_PLAYGROUND: '0' }),
    // Ctrl+C in the terminal is for the conversation; the bot is stopped when that has ended.
    detached: true,
  });
  let complaints = '';
  child.stderr.on(
    'data',
    (part: Buffer) => (complaints = `${complaints}${part.toString('utf8')}`.slice(-4000)),
  );
  for (let waited = 0; waited < START_WITHIN_MS && child.exitCode === null; waited += 200) {
    if (await isUp(address)) return child;
    await pause(200);
  }
  child.kill();
  throw new GiveUp('bot_not_started', `${say('chat.noStart')}\n${complaints}`);
}

async function converse(address: string, lang: string, say: Say): Promise<void> {
  let words: string[] = [];
  const take = (replies: readonly Reply[]) => {
    for (const reply of replies) {
      const shown = show(reply, say);
      if (reply.type === 'message') words = shown;
    }
  };
  const mailbox = await openMailbox((reply, toCoach) => {
    if (toCoach && reply.type === 'message') {
      print(`\n${say('chat.toCoach')}`);
      show(reply, say);
    } else take([reply]);
  });
  const post = async (fields: Record<string, unknown>): Promise<void> => {
    const response = await fetch(`${address}/api/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        id: randomUUID(),
        timestamp: new Date().toISOString(),
        channelId: 'msteams',
        serviceUrl: mailbox.serviceUrl,
        deliveryMode: 'expectReplies',
        locale: lang,
        from: { id: '29:terminal-teacher', aadObjectId: TEACHER },
        recipient: { id: '28:klankbord' },
        conversation: { id: CONVERSATION, conversationType: 'personal', tenantId: TENANT },
        ...fields,
      }),
    });
    if (!response.ok) throw new GiveUp('bot_refuses', say('chat.unreachable'));
    const { activities = [] } = (await response.json()) as { activities?: unknown[] };
    take(activities.map((activity) => replySchema.parse(activity)));
  };

  print(say('chat.welcome'));
  await post({ type: 'installationUpdate', action: 'add' });
  // Opened only now: what a pipe sends before somebody listens would be lost.
  const input = createInterface({ input: process.stdin, output: process.stdout, prompt: say('chat.prompt') });
  let ended = false;
  input.on('SIGINT', () => input.close());
  input.on('close', () => (ended = true));
  try {
    input.prompt();
    for await (const line of input) {
      const chosen = /^\d{1,2}$/.test(line.trim()) ? words[Number(line) - 1] : undefined;
      const text = chosen ?? line;
      if (text.trim() !== '') await post({ type: 'message', text });
      if (!ended) input.prompt();
    }
  } finally {
    input.close();
    mailbox.server.close();
    mailbox.server.closeAllConnections();
  }
}

async function main(): Promise<number> {
  readDotEnv();
  const { values } = parseArgs({
    options: { lang: { type: 'string' }, help: { type: 'boolean' } },
    strict: false,
  });
  const lang = typeof values.lang === 'string' ? values.lang : operatorLanguage();
  const say = operatorTexts(lang);
  if (values.help || !/^[a-z]{2,3}(-\w+)?$/i.test(lang)) {
    print(say('chat.usage'));
    return values.help ? 0 : 2;
  }
  let bot: ChildProcess | null = null;
  try {
    const { port } = loadConfig();
    const address = `http://127.0.0.1:${port}`;
    if (!(await isUp(address))) {
      print(say('chat.starting', { port }));
      bot = await startBot(address, say);
    }
    await converse(address, lang, say);
    return 0;
  } catch (error) {
    // fetch() gives up with a TypeError when nobody listens any more.
    const text =
      error instanceof GiveUp ? error.message : error instanceof TypeError ? say('chat.unreachable') : null;
    process.stderr.write(`${text ?? explain(error, say, {}).join('\n')}\n`);
    return error instanceof ConfigError ? 2 : 1;
  } finally {
    if (bot && bot.exitCode === null) {
      const gone = new Promise((done) => bot?.once('exit', done));
      bot.kill('SIGTERM');
      await gone;
    }
  }
}

process.exitCode = await main();

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { request } from 'node:http';
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import type { InboundActivity } from '../../bot/activity.ts';
import { RetryLater } from '../../bot/errors.ts';
import { createLog } from '../../bot/log.ts';
import { MAX_BODY_BYTES, openServer, type Server } from '../../bot/server.ts';

const accepted: InboundActivity[] = [];
const logged: string[] = [];
let fail: Error | null = null;
let storeDown = false;
let server: Server;
let bot: string;

beforeAll(async () => {
  server = await openServer({
    host: '127.0.0.1',
    port: 0,
    local: true,
    accept: async (activity) => {
      if (fail) throw fail;
      accepted.push(activity);
      return { status: 200, body: null };
    },
    ping: () => (storeDown ? Promise.reject(new Error('secret connection string')) : Promise.resolve()),
    log: createLog({ level: 'debug', write: (line) => void logged.push(line) }),
  });
  bot = `http://127.0.0.1:${server.port}`;
});
afterAll(() => server.close());

async function knock(
  body: string | Uint8Array<ArrayBuffer>,
  headers: Record<string, string> = {},
): Promise<{ status: number; text: string }> {
  const response = await fetch(`${bot}/api/messages`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
  });
  return { status: response.status, text: await response.text() };
}

const who = { from: { id: '29:x' }, recipient: { id: '28:b' }, conversation: { id: 'c' } };
const whole = { type: 'message', id: '1', text: 'hoi', serviceUrl: 'http://127.0.0.1:1/', ...who };
const nested = (levels: number) => '{"type":"x","value":' + '['.repeat(levels) + ']'.repeat(levels) + '}';

describe('the door', () => {
  test.each<[string, string | Uint8Array<ArrayBuffer>, Record<string, string>, number]>([
    ['an empty object', '{}', {}, 400],
    ['nothing', '', {}, 400],
    ['null', 'null', {}, 400],
    ['a list', '[{"type":"message"}]', {}, 400],
    ['a number', '42', {}, 400],
    ['half a body', '{"type":"mess', {}, 400],
    ['a type that is no word', '{"type":{"$gt":""}}', {}, 400],
    ['a message without a sender', '{"type":"message","text":"x"}', {}, 400],
    ['a text that is a list', JSON.stringify({ ...whole, text: ['x'] }), {}, 400],
    ['a conversation that is a word', JSON.stringify({ ...whole, conversation: 'c' }), {}, 400],
    [
      'members that are no list',
      JSON.stringify({ ...whole, type: 'conversationUpdate', membersAdded: {} }),
      {},
      400,
    ],
    ['broken UTF-8', new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]), {}, 400],
    ['deep nesting', nested(100_000), {}, 400],
    ['nesting one too deep', nested(32), {}, 400],
    ['nesting just allowed', nested(31), {}, 200],
    ['brackets inside a text', JSON.stringify({ ...whole, text: '[{"'.repeat(500) }), {}, 200],
    ['text instead of JSON', JSON.stringify(whole), { 'content-type': 'text/plain' }, 415],
    ['no media type', JSON.stringify(whole), { 'content-type': '' }, 415],
    ['a form', 'a=1', { 'content-type': 'application/x-www-form-urlencoded' }, 415],
    ['an upload', '--x\r\n\r\n--x--', { 'content-type': 'multipart/form-data; boundary=x' }, 415],
    [
      'another character set',
      JSON.stringify(whole),
      { 'content-type': 'application/json; charset=utf-16' },
      415,
    ],
    [
      'its own character set',
      JSON.stringify(whole),
      { 'content-type': 'application/json; charset=UTF-8' },
      200,
    ],
    ['a gzip bomb', gzipSync(Buffer.alloc(5_000_000)), { 'content-encoding': 'gzip' }, 415],
    ['one byte too many', JSON.stringify({ type: 'x', text: 'a'.repeat(MAX_BODY_BYTES) }), {}, 413],
    ['50 megabytes', 'a'.repeat(50_000_000), {}, 413],
    ['20,000 characters', JSON.stringify({ ...whole, text: 'é'.repeat(20_000) }), {}, 200],
    ['an unknown type', '{"type":"something new"}', {}, 200],
  ])('answers %s without internals', async (_what, body, headers, status) => {
    const answer = await knock(body, headers);
    expect(answer).toEqual({ status, text: '' });
  });

  test('takes a body in pieces without a length, up to the same size', async () => {
    const send = (size: number) =>
      new Promise<number>((done, fail) => {
        const req = request(`${bot}/api/messages`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
        });
        req.on('response', (res) => done(res.resume().statusCode ?? 0));
        req.on('error', fail);
        req.write('{"type":"x","text":"');
        for (let left = size; left > 0; left -= 1000) req.write('a'.repeat(1000));
        req.end('"}');
      });
    expect(await send(200_000)).toBe(200);
    expect(await send(300_000)).toBe(413);
  });

  test('does not let a key of the body become a prototype', async () => {
    accepted.length = 0;
    await knock('{"type":"x","__proto__":{"polluted":true},"value":{"__proto__":{"polluted":true}}}');
    expect(Object.keys(accepted[0] ?? {})).toEqual(['type', 'value']);
    expect((accepted[0]?.value as { polluted?: unknown }).polluted).toBeUndefined();
    for (const name of [
      String.raw`\u005f_proto__`,
      String.raw`__pr\u006Fto__`,
      String.raw`__pro\u0074o\u005F_`,
    ]) {
      accepted.length = 0;
      await knock(`{"type":"x","${name}":{"polluted":true}}`);
      expect(Object.keys(accepted[0] ?? {})).toEqual(['type']);
    }
  });

  test('answers this machine only, also when a web page makes a browser knock', async () => {
    const knockAs = (host: string) =>
      new Promise<number>((done, fail) => {
        const req = request(`${bot}/api/messages`, {
          method: 'POST',
          headers: { host, 'content-type': 'application/json' },
        });
        req.on('response', (res) => done(res.resume().statusCode ?? 0));
        req.on('error', fail);
        req.end(JSON.stringify(whole));
      });
    expect(await knockAs('rebound.example:3978')).toBe(403);
    expect(await knockAs('127.0.0.1.example')).toBe(403);
    expect(await knockAs('localhost:3978')).toBe(200);
    expect(await knockAs('[::1]:3978')).toBe(200);
  });

  test('has no other surface and repeats nothing of what was asked', async () => {
    const paths = ['/', '/api', '/api/messages/', '/.env', '/%E0%A4%A', '/api/messages/../../etc/passwd'];
    for (const path of [...paths, '/<script>alert(1)</script>']) {
      const response = await fetch(`${bot}${path}`);
      expect(response.status).toBeGreaterThanOrEqual(400);
      expect(response.status).toBeLessThan(500);
      expect(await response.text()).toBe('');
    }
    for (const method of ['GET', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'])
      expect((await fetch(`${bot}/api/messages`, { method })).status).toBe(405);
  });

  test('survives raw nonsense on the wire', async () => {
    for (const bytes of [
      '\0\0\0\0',
      'POST /api/messages HTTP/1.1\r\ncontent-length: -1\r\n\r\n',
      'GET / HTTP/9.9\r\n\r\n',
    ]) {
      await new Promise<void>((done) => {
        const socket = connect(server.port, '127.0.0.1', () => socket.end(bytes));
        socket.on('error', () => done());
        socket.on('close', () => done());
        socket.resume();
      });
    }
    expect((await fetch(`${bot}/healthz`)).status).toBe(200);
  });

  test('answers 503 when it could not be kept, so that Teams sends it again, and 500 without a word otherwise', async () => {
    fail = new RetryLater('store_down', 'the secret database is away');
    expect(await knock(JSON.stringify(whole))).toEqual({ status: 503, text: '' });
    fail = new Error('secret internals of juf Anne');
    expect(await knock(JSON.stringify(whole))).toEqual({ status: 500, text: '' });
    fail = null;
    expect(await knock(JSON.stringify(whole))).toEqual({ status: 200, text: '' });
    expect(logged.join('\n')).not.toMatch(/secret|Anne|hoi/);
  });

  test('says so when its port is taken', async () => {
    const { port } = server;
    const log = createLog({ level: 'silent' });
    const options = { host: '127.0.0.1', local: true, accept: () => Promise.reject(new Error()), log };
    const second = openServer({ ...options, port, ping: async () => undefined });
    await expect(second).rejects.toMatchObject({ name: 'ConfigError', code: 'port_taken' });
    const elsewhere = openServer({ ...options, host: '192.0.2.1', port, ping: async () => undefined });
    await expect(elsewhere).rejects.toMatchObject({ code: 'cannot_listen' });
  });

  test('tells whether it lives and whether it is ready, and nothing more', async () => {
    const get = async (path: string) => {
      const response = await fetch(`${bot}${path}`);
      return [response.status, await response.json()];
    };
    expect(await get('/healthz')).toEqual([200, { status: 'ok' }]);
    expect(await get('/readyz')).toEqual([200, { status: 'ready' }]);
    storeDown = true;
    expect(await get('/readyz')).toEqual([503, { status: 'storage' }]);
    expect(await get('/healthz')).toEqual([200, { status: 'ok' }]);
    storeDown = false;
    server.drain();
    expect(await get('/readyz')).toEqual([503, { status: 'draining' }]);
    expect((await knock(JSON.stringify(whole))).status).toBe(200);
  });
});

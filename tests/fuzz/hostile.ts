/** Hostile requests, made from a seed: bodies, headers and tokens that nobody decent sends. Every text carries a canary. */
import { gzipSync } from 'node:zlib';
import { pick, type Random as Chance } from '../chaos/random.ts';

export const CANARY = 'Kanarie';

export interface Hostile {
  readonly what: string;
  readonly body: Buffer;
  readonly headers: Readonly<Record<string, string>>;
  readonly method?: string;
  readonly path?: string;
}

const ODD_TEXTS = [
  '',
  ' ',
  '\u0000',
  '\u202e\u2066',
  '\ud800',
  '<at>iedereen</at>',
  '{{DATE(2020-01-01T00:00:00Z)}}${x}',
  '"; drop table answer; --',
  '../../etc/passwd',
  'x'.repeat(20_001),
  '🙂'.repeat(3000),
  'é'.normalize('NFD').repeat(5000),
  'weg 1',
  'wis alles',
  'ja',
  '1: nieuw',
  'a'.repeat(200) + '!'.repeat(2000),
  '(((((((((('.repeat(900),
] as const;

function oddValue(chance: Chance, depth = 0): unknown {
  switch (Math.floor(chance() * 12)) {
    case 0:
      return null;
    case 1:
      return chance() * 1e308;
    case 2:
      return -1;
    case 3:
      return true;
    case 4:
      return depth > 3
        ? []
        : Array.from({ length: Math.floor(chance() * 6) }, () => oddValue(chance, depth + 1));
    case 5:
      return depth > 3
        ? {}
        : { [pick(chance, ['$gt', 'constructor', 'toString', '', 'a'])]: oddValue(chance, depth + 1) };
    case 6:
      return `${CANARY} ${'y'.repeat(Math.floor(chance() * 3000))}`;
    case 7:
      return Number.MAX_SAFE_INTEGER;
    case 8:
      return '2026-99-99T99:99:99Z';
    default:
      return `${CANARY} ${pick(chance, ODD_TEXTS)}`;
  }
}

/** An activity that is nearly right, with something wrong in some places. */
export function oddActivity(chance: Chance, base: Record<string, unknown>): Buffer {
  const activity: Record<string, unknown> = { ...base, text: `${CANARY} ${pick(chance, ODD_TEXTS)}` };
  activity['type'] = pick(chance, [
    'message',
    'message',
    'message',
    'invoke',
    'invoke',
    'messageUpdate',
    'messageDelete',
    'conversationUpdate',
    'installationUpdate',
    'event',
    'typing',
    'x'.repeat(300),
    '__proto__',
  ]);
  if (activity['type'] === 'invoke')
    activity['name'] = pick(chance, [
      'adaptiveCard/action',
      'task/fetch',
      'task/submit',
      'fileConsent/invoke',
      'nonsense',
      '',
      'signin/verifyState',
    ]);
  for (let n = Math.floor(chance() * 4); n > 0; n--) {
    const at = pick(chance, [
      'text',
      'id',
      'value',
      'channelData',
      'attachments',
      'entities',
      'timestamp',
      'locale',
      'membersAdded',
      'replyToId',
      'from',
      'recipient',
      'conversation',
      'serviceUrl',
      'name',
      'action',
      'channelId',
      'localTimestamp',
      'deliveryMode',
    ]);
    activity[at] = oddValue(chance);
  }
  if (chance() < 0.3)
    activity['value'] = { klankbord: oddValue(chance), data: oddValue(chance), action: oddValue(chance) };
  if (chance() < 0.1) activity['id'] = 'i'.repeat(Math.floor(chance() * 100_000));
  let text = JSON.stringify(activity);
  if (chance() < 0.15)
    text = text.replace('{', '{"__proto__":{"admin":true},"constructor":{"prototype":{"x":1}},');
  return Buffer.from(text);
}

const nested = (levels: number): Buffer =>
  Buffer.from(`{"type":"message","text":"${CANARY}","value":${'['.repeat(levels)}${']'.repeat(levels)}}`);

/** Anything at all at the door. `good`: an activity that would be accepted. */
export function hostileRequest(chance: Chance, base: Record<string, unknown>): Hostile {
  const json = { 'content-type': 'application/json' };
  const good = Buffer.from(JSON.stringify({ ...base, text: `${CANARY} hoi` }));
  const cut = (body: Buffer): Buffer => body.subarray(0, Math.floor(chance() * body.length));
  switch (Math.floor(chance() * 16)) {
    case 0:
      return { what: 'nested', body: nested(Math.floor(chance() * 100_000)), headers: json };
    case 1:
      return {
        what: 'gzip',
        body: gzipSync(Buffer.alloc(3_000_000)),
        headers: { ...json, 'content-encoding': 'gzip' },
      };
    case 2:
      return {
        what: 'multipart',
        body: Buffer.from(
          `--x\r\ncontent-disposition: form-data; name="f"; filename="../${CANARY}"\r\n\r\n${CANARY}\r\n--x--`,
        ),
        headers: { 'content-type': 'multipart/form-data; boundary=x' },
      };
    case 3:
      return { what: 'cut', body: cut(good), headers: json };
    case 4: {
      const body = Buffer.from(good);
      for (let n = 0; n < 5; n++) body[Math.floor(chance() * body.length)] = Math.floor(chance() * 256);
      return { what: 'flipped bytes', body, headers: json };
    }
    case 5:
      return {
        what: 'too big',
        body: Buffer.alloc(300_000 + Math.floor(chance() * 200_000), 0x61),
        headers: json,
      };
    case 6:
      return {
        what: 'odd header',
        body: good,
        headers: {
          ...json,
          [pick(chance, [
            'x-forwarded-for',
            'accept',
            'range',
            'if-match',
            'cookie',
            'x-http-method-override',
            'expect-ct',
          ])]: pick(chance, ['x'.repeat(3000), '() { :;}', '*/*;q=9e9', 'bytes=0-', CANARY]),
        },
      };
    case 7:
      return {
        what: 'method',
        body: good,
        headers: json,
        method: pick(chance, ['PUT', 'DELETE', 'PATCH', 'OPTIONS']),
      };
    case 8:
      return {
        what: 'path',
        body: good,
        headers: json,
        path: pick(chance, [
          '/api/messages/',
          '/api/messages/../x',
          '/api/messages%00',
          '/API/MESSAGES',
          `/${CANARY}`,
          '/%ff',
          '/api/messages?x=%',
          '//api/messages',
        ]),
      };
    case 9:
      return {
        what: 'media type',
        body: good,
        headers: {
          'content-type': pick(chance, [
            'text/json',
            'application/json; charset=utf-7',
            'application/xml',
            'x/y; '.repeat(300),
          ]),
        },
      };
    default:
      return { what: 'activity', body: oddActivity(chance, base), headers: json };
  }
}

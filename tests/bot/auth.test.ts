import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { createHmac } from 'node:crypto';
import { EmulatorValidation } from 'botframework-connector';
import { createChannel, mayCall, type ChannelOptions } from '../../bot/channel.ts';
import { createConnector } from '../../bot/connector.ts';
import { createLog } from '../../bot/log.ts';
import { openServer, type Server } from '../../bot/server.ts';
import { openFakeTeams, type FakeTeams } from '../support/fake-teams.ts';
import { openIssuer, type Issuer } from '../support/issuer.ts';

const APP = '11111111-2222-3333-4444-555555555555';
const TENANT = '99999999-8888-7777-6666-555555555555';
const ISSUER = 'https://api.botframework.com';

let issuer: Issuer;
let teams: FakeTeams;
let server: Server;
let channel: ReturnType<typeof createChannel>;
let heard: unknown[] = [];
const printed: string[] = [];

const credentials = {
  isValidAppId: async (id: string) => id === APP,
  isAuthenticationDisabled: async () => false,
  createCredentials: async () => ({
    signRequest: async (resource: { headers: { set(name: string, value: string): void } }) =>
      void resource.headers.set('authorization', 'Bearer outbound-token'),
  }),
} as unknown as NonNullable<ChannelOptions['issuer']>['credentials'];

async function openTeamsMode(
  from: Issuer,
): Promise<{ server: Server; channel: ReturnType<typeof createChannel> }> {
  const log = createLog({ level: 'debug', write: (line) => void printed.push(line) });
  const opened = createChannel({
    mode: 'teams',
    app: { id: APP, type: 'SingleTenant', tenantId: TENANT, password: null },
    tenants: [TENANT],
    receive: async (reference, item) => {
      heard.push([reference, item]);
      return { replies: [] };
    },
    log,
    issuer: {
      metadataUrl: from.metadataUrl,
      credentials,
      serviceHosts: [new URL(teams.serviceUrl).host],
    },
  });
  const options = { host: '127.0.0.1', port: 0, local: false, ping: async () => undefined, log };
  return { channel: opened, server: await openServer({ ...options, accept: opened.accept }) };
}

beforeAll(async () => {
  // botbuilder prints refused tokens and keys; main.ts mutes it too.
  for (const method of ['error', 'warn', 'log'] as const)
    jest.spyOn(console, method).mockImplementation(() => undefined);
  issuer = await openIssuer();
  teams = await openFakeTeams();
  ({ server, channel } = await openTeamsMode(issuer));
});
afterAll(async () => {
  await server.close();
  await teams.close();
  await issuer.close();
});
beforeEach(() => {
  heard = [];
});

const seconds = () => Math.floor(Date.now() / 1000);
const claims = (changes: Record<string, unknown> = {}) => ({
  iss: ISSUER,
  aud: APP,
  nbf: seconds() - 60,
  exp: seconds() + 3600,
  serviceurl: teams.serviceUrl,
  ...changes,
});
const activity = (changes: Record<string, unknown> = {}) => ({
  type: 'message',
  id: 'a1',
  text: 'hoi',
  channelId: 'msteams',
  serviceUrl: teams.serviceUrl,
  from: { id: '29:x', aadObjectId: 'aaaa' },
  recipient: { id: '28:bot' },
  conversation: { id: 'c1', conversationType: 'personal', tenantId: TENANT },
  channelData: { tenant: { id: TENANT } },
  ...changes,
});

async function post(token: string | null, body: object = activity(), to = server) {
  const response = await fetch(`http://127.0.0.1:${to.port}/api/messages`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token === null ? {} : { authorization: token }) },
    body: JSON.stringify(body),
  });
  return { status: response.status, text: await response.text() };
}
const bearer = (changes: Record<string, unknown> = {}, how?: Parameters<Issuer['sign']>[1]) =>
  `Bearer ${issuer.sign(claims(changes), how)}`;

async function isTurnedAway(answer: { status: number; text: string }, status: number): Promise<void> {
  expect(answer).toEqual({ status, text: '' });
  expect(heard).toEqual([]);
  expect(teams.calls).toEqual([]);
}

describe('who comes in', () => {
  test('the Teams channel, with its own token, for an allowed tenant', async () => {
    expect(await post(bearer())).toEqual({ status: 200, text: '' });
    expect(heard).toHaveLength(1);
    expect(await post(bearer({ exp: seconds() - 240 }))).toMatchObject({ status: 200 });
  });

  test.each<[string, () => string | null]>([
    ['no token', () => null],
    ['an empty token', () => ''],
    ['another scheme', () => `Basic ${Buffer.from('a:b').toString('base64')}`],
    ['garbage', () => 'Bearer garbage'],
    ['three garbage parts', () => 'Bearer aaaa.bbbb.cccc'],
    ['a very long token', () => `Bearer ${'a'.repeat(9000)}.${'b'.repeat(5000)}.c`],
    ['an expired token', () => bearer({ exp: seconds() - 3600 })],
    ['a token for later', () => bearer({ nbf: seconds() + 3600 })],
    ['another audience', () => bearer({ aud: '00000000-0000-0000-0000-000000000000' })],
    ['no audience', () => bearer({ aud: undefined })],
    ['a list of audiences', () => bearer({ aud: [APP, 'other'] })],
    ['another issuer', () => bearer({ iss: 'https://evil.example' })],
    ['no issuer', () => bearer({ iss: undefined })],
    [
      "the bot's own outbound token",
      () =>
        bearer({
          iss: `https://sts.windows.net/${TENANT}/`,
          aud: ISSUER,
          appid: APP,
          ver: '1.0',
          tid: TENANT,
        }),
    ],
    [
      'a token of Entra for the bot itself',
      () =>
        bearer({
          iss: `https://login.microsoftonline.com/${TENANT}/v2.0`,
          azp: APP,
          ver: '2.0',
          tid: TENANT,
        }),
    ],
    [
      'a token that looks like a skill',
      () => bearer({ ver: '1.0', appid: '22222222-2222-3333-4444-555555555555' }),
    ],
    ['a key that nobody published', () => bearer({}, { key: issuer.strangerKey })],
    ['an unknown key id', () => bearer({}, { header: { kid: 'key2' } })],
    ['no signature', () => bearer({}, { header: { alg: 'none' } }).replace(/\.[^.]*$/, '.')],
    [
      'the public key as a password',
      () => {
        const [head, body] = bearer({}, { header: { alg: 'HS256' } })
          .slice(7)
          .split('.');
        return `Bearer ${head}.${body}.${createHmac('sha256', 'public').update(`${head}.${body}`).digest('base64url')}`;
      },
    ],
    [
      'changed claims',
      () => {
        const [head, , tail] = bearer({ aud: 'other' }).slice(7).split('.');
        return `Bearer ${head}.${Buffer.from(JSON.stringify(claims())).toString('base64url')}.${tail}`;
      },
    ],
    [
      'a claim of another service address',
      () => bearer({ serviceurl: 'https://smba.trafficmanager.net/emea/' }),
    ],
    ['no claim of a service address', () => bearer({ serviceurl: undefined })],
  ])('not %s', async (_what, token) => {
    await isTurnedAway(await post(token()), 401);
  });

  test.each<[string, Record<string, unknown>]>([
    ['another channel', { channelId: 'webchat' }],
    ['no channel', { channelId: '' }],
    ['the channel that makes botbuilder call out', { channelId: 'AseChannel' }],
    ['the emulator', { channelId: 'emulator' }],
    ['no service address', { type: 'event', serviceUrl: '' }],
    ['another service address than the token says', { serviceUrl: 'https://smba.trafficmanager.net/emea/' }],
  ])('not with %s', async (_what, changes) => {
    await isTurnedAway(await post(bearer(), activity(changes)), 401);
  });

  test.each([
    'https://evil.example/',
    'https://smba.trafficmanager.net.evil.example/',
    'https://klankbord.trafficmanager.net/',
    'https://smba.trafficmanager.net:8443/',
    'https://user@smba.trafficmanager.net/',
    'http://smba.trafficmanager.net/emea/',
    'http://169.254.169.254/',
    'file:///etc/passwd',
  ])('not with a token for a foreign service address %s', async (serviceUrl) => {
    await isTurnedAway(await post(bearer({ serviceurl: serviceUrl }), activity({ serviceUrl })), 403);
  });

  test.each<[string, Record<string, unknown>]>([
    [
      'another tenant',
      { conversation: { id: 'c', conversationType: 'personal', tenantId: APP }, channelData: {} },
    ],
    ['two tenants at once', { channelData: { tenant: { id: APP } } }],
    ['no tenant', { conversation: { id: 'c', conversationType: 'personal' }, channelData: {} }],
  ])('not for %s', async (_what, changes) => {
    await isTurnedAway(await post(bearer(), activity(changes)), 403);
  });

  test('not in a group: nobody is heard there, and nothing is said', async () => {
    for (const conversationType of ['groupChat', 'channel', null]) {
      const conversation = { id: 'c', conversationType, tenantId: TENANT };
      await isTurnedAway(await post(bearer(), activity({ conversation })), 200);
    }
  });

  test('with a token that was seen before, which opens nothing else', async () => {
    const token = bearer();
    for (let n = 0; n < 3; n += 1) expect(await post(token)).toMatchObject({ status: 200 });
    expect(heard).toHaveLength(3);
    heard = [];
    const [head, body, signature = ''] = token.split('.');
    const forged = `${head}.${body}.${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`;
    await isTurnedAway(await post(forged), 401);
    const serviceUrl = `${teams.serviceUrl}/other`;
    await isTurnedAway(await post(token, activity({ serviceUrl })), 401);
    await isTurnedAway(await post(token, activity({ channelId: 'webchat' })), 401);
    await isTurnedAway(await post(token, activity({ channelData: { tenant: { id: APP } } })), 403);
  });

  test('and unverified tenants leave nothing behind in memory', async () => {
    const { issuer: list } = EmulatorValidation.ToBotFromEmulatorTokenValidationParameters;
    const before = list?.length;
    for (let n = 0; n < 20; n += 1) {
      await post(bearer({ tid: `tenant-${n}` }, { key: issuer.strangerKey }));
      await post(bearer({ tid: `tenant-${n}`, iss: 'https://x.example' }));
    }
    expect(list).toHaveLength(before ?? -1);
  });

  test('when the keys cannot be fetched, Teams is asked to send it again', async () => {
    const broken = await openIssuer();
    broken.breakDown();
    const other = await openTeamsMode(broken);
    const answer = await post(bearer(), activity(), other.server);
    await other.server.close();
    await broken.close();
    await isTurnedAway(answer, 503);
  });

  test('and neither tokens nor texts are logged', async () => {
    await post(bearer({}, { key: issuer.strangerKey }), activity({ text: 'geheim' }));
    expect(printed.length).toBeGreaterThan(0);
    expect(printed.join('\n')).not.toMatch(/geheim|hoi|eyJ|29:x/);
  });
});

describe('what goes out', () => {
  test('carries a token, and only to hosts of the list', async () => {
    const connector = createConnector({ mayCall: channel.mayCall, token: channel.token });
    expect(await connector.sendToConversation(teams.serviceUrl, 'c', { type: 'message' })).toMatchObject({
      kind: 'sent',
    });
    expect(teams.calls.at(-1)?.authorization).toBe('Bearer outbound-token');
    const foreign = await connector.sendToConversation('https://evil.example/', 'c', { type: 'message' });
    expect(foreign).toEqual({ kind: 'failed', reason: 'service_url' });
    connector.close();
  });

  test('in local mode stays on this machine', () => {
    for (const url of ['http://127.0.0.1:56150/_connector', 'http://localhost:1/', 'http://[::1]:1/'])
      expect(mayCall(url, 'local')).toBe(true);
    for (const url of [
      'http://127.0.0.1.evil.example/',
      'http://10.0.0.1/',
      'https://smba.trafficmanager.net/',
      'x',
      '',
    ])
      expect(mayCall(url, 'local')).toBe(false);
    for (const url of [
      'https://smba.trafficmanager.net/emea/',
      'https://smba.infra.gcc.teams.microsoft.com/gcc',
    ])
      expect(mayCall(url, 'teams')).toBe(true);
  });
});

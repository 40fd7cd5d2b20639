import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { classify, createConnector, type Connector } from '../../bot/connector.ts';
import { openFakeTeams, type FakeTeams, type Fault } from '../support/fake-teams.ts';

let teams: FakeTeams;
let connector: Connector;

beforeAll(async () => {
  teams = await openFakeTeams();
  connector = createConnector({ mayCall: () => true, token: async () => null, timeoutMs: 400 });
});
afterAll(async () => {
  connector.close();
  await teams.close();
});

const code = (word: string) => ({ error: { code: word, message: 'never repeated' } });

describe('a call to the connector', () => {
  test('sends, replies, updates, deletes and begins conversations', async () => {
    const { serviceUrl } = teams;
    teams.reachable.set('coach', 'a:coach');
    expect(await connector.sendToConversation(serviceUrl, 'a:1/x', { type: 'message', text: 'é' })).toEqual({
      kind: 'sent',
      id: 'm1',
    });
    expect(await connector.replyToActivity(serviceUrl, 'a:1', 'm0', { type: 'message' })).toMatchObject({
      kind: 'sent',
    });
    expect(await connector.updateActivity(`${serviceUrl}/`, 'a:1', 'm1', { type: 'message' })).toEqual({
      kind: 'sent',
      id: 'm1',
    });
    expect(await connector.deleteActivity(serviceUrl, 'a:1', 'm1')).toMatchObject({ kind: 'sent' });
    const members = [{ id: 'coach' }];
    expect(await connector.createConversation(serviceUrl, { members })).toEqual({
      kind: 'sent',
      id: 'a:coach',
    });
    expect(
      teams.calls.map(({ kind, conversationId, activityId }) => [kind, conversationId, activityId]),
    ).toEqual([
      ['send', 'a:1/x', null],
      ['reply', 'a:1', 'm0'],
      ['update', 'a:1', 'm1'],
      ['delete', 'a:1', 'm1'],
      ['create', '', null],
    ]);
    expect(teams.calls[0]?.activity.text).toBe('é');
    expect(teams.calls[0]?.authorization).toBeNull();
  });

  test.each<[string, Fault, object]>([
    [
      '429 with seconds',
      { status: 429, headers: { 'retry-after': '3' } },
      { kind: 'throttled', retryAfterMs: 3000 },
    ],
    ['429 without a time', { status: 429 }, { kind: 'throttled', retryAfterMs: null }],
    ['412', { status: 412 }, { kind: 'retry' }],
    ['408', { status: 408 }, { kind: 'ambiguous', reason: 'http_408' }],
    ['500', { status: 500 }, { kind: 'ambiguous', reason: 'http_500' }],
    ['502', { status: 502 }, { kind: 'ambiguous', reason: 'http_502' }],
    ['503 as a page', { status: 503, body: '<html>' }, { kind: 'ambiguous', reason: 'http_503' }],
    ['a cut connection', { how: 'reset' }, { kind: 'ambiguous', reason: 'reset' }],
    ['a message taken and no answer', { how: 'accept-then-reset' }, { kind: 'ambiguous', reason: 'reset' }],
    ['silence', { how: 'hang' }, { kind: 'ambiguous', reason: 'timeout' }],
    ['an answer without end', { how: 'endless' }, { kind: 'sent', id: null }],
    ['400', { status: 400 }, { kind: 'failed', reason: 'http_400' }],
    ['413', { status: 413 }, { kind: 'failed', reason: 'too_big' }],
    ['401', { status: 401, body: code('BotNotRegistered') }, { kind: 'blocked', reason: 'not_registered' }],
    [
      'no app',
      { status: 403, body: code('ForbiddenOperationException') },
      { kind: 'blocked', reason: 'no_app' },
    ],
    [
      'blocked',
      { status: 403, body: code('ConversationBlockedByUser') },
      { kind: 'blocked', reason: 'blocked_by_user' },
    ],
    [
      'writes blocked',
      { status: 403, body: code('MessageWritesBlocked') },
      { kind: 'blocked', reason: 'blocked_by_user' },
    ],
    [
      'disabled',
      { status: 403, body: code('BotDisabledByAdmin') },
      { kind: 'blocked', reason: 'disabled_by_admin' },
    ],
    [
      'not a member',
      { status: 403, body: code('BotNotInConversationRoster') },
      { kind: 'blocked', reason: 'not_in_roster' },
    ],
    [
      'no permission',
      { status: 403, body: code('NotEnoughPermissions') },
      { kind: 'blocked', reason: 'forbidden' },
    ],
    [
      'wrong host',
      { status: 403, body: code('InvalidBotApiHost') },
      { kind: 'blocked', reason: 'wrong_host' },
    ],
    ['another 403', { status: 403 }, { kind: 'blocked', reason: 'no_app' }],
    [
      'no conversation',
      { status: 404, body: code('ConversationNotFound') },
      { kind: 'blocked', reason: 'not_found' },
    ],
    [
      'no activity',
      { status: 404, body: code('ActivityNotFound') },
      { kind: 'failed', reason: 'no_activity' },
    ],
    [
      'a stranger in the Playground',
      { status: 500, body: code('UserNotFound') },
      { kind: 'blocked', reason: 'no_app' },
    ],
  ])('is made once and understood: %s', async (_what, fault, expected) => {
    const before = teams.calls.length;
    teams.fail(fault);
    expect(await connector.sendToConversation(teams.serviceUrl, 'c', { type: 'message' })).toMatchObject(
      expected,
    );
    expect(teams.calls.length - before).toBe(1);
  });

  test('that never left may be made again', async () => {
    const unused = createServer();
    await new Promise<void>((done) => unused.listen(0, '127.0.0.1', done));
    const { port } = unused.address() as AddressInfo;
    await new Promise<void>((done) => unused.close(() => done()));
    const result = await connector.sendToConversation(`http://127.0.0.1:${port}`, 'c', { type: 'message' });
    expect(result).toEqual({ kind: 'unsent', reason: 'unreachable' });
  });

  test('is not made without a token, or to an address that is not allowed', async () => {
    const before = teams.calls.length;
    const noToken = createConnector({
      mayCall: () => true,
      token: () => Promise.reject(new Error('entra is away')),
    });
    const noEntry = createConnector({ mayCall: () => false, token: async () => 'secret' });
    expect(await noToken.sendToConversation(teams.serviceUrl, 'c', {})).toEqual({
      kind: 'unsent',
      reason: 'no_token',
    });
    expect(await noEntry.sendToConversation(teams.serviceUrl, 'c', {})).toEqual({
      kind: 'failed',
      reason: 'service_url',
    });
    expect(teams.calls.length).toBe(before);
  });

  test('understands a date to wait for, and does not wait for ever', () => {
    const soon = new Date(Date.now() + 5_000).toUTCString();
    const wait = (header: string) => {
      const result = classify(429, header, '');
      return result.kind === 'throttled' ? result.retryAfterMs : undefined;
    };
    expect(wait(soon)).toBeGreaterThan(3_000);
    expect(wait(soon)).toBeLessThanOrEqual(5_000);
    expect(wait('99999999')).toBe(3_600_000);
    expect(wait('-1')).toBe(0);
    expect(wait('tomorrow')).toBeNull();
  });
});

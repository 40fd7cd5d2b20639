import { describe, expect, test } from '@jest/globals';
import { activitySchema, cleanText, readActivity } from '../../bot/activity.ts';
import type { Incoming } from '../../dialogs/ports.ts';

const NOW = Date.parse('2026-11-22T12:00:00Z');
const base = {
  type: 'message',
  id: 'm1',
  timestamp: '2026-11-22T11:59:59.250Z',
  serviceUrl: 'https://smba.trafficmanager.net/emea',
  locale: 'nl-BE',
  from: { id: '29:anne', aadObjectId: 'AAAA-BBBB' },
  recipient: { id: '28:bot' },
  conversation: { id: 'c', conversationType: 'personal', tenantId: 'TENANT' },
};
const read = (fields: object) => readActivity(activitySchema.parse({ ...base, ...fields }), NOW);
const incoming = (fields: object): Incoming | undefined => read(fields)?.item.incoming;

describe('an activity', () => {
  test('is read into a reference and an item of the inbox', () => {
    expect(read({ text: 'hoi' })).toEqual({
      reference: {
        tenantId: 'tenant',
        conversationId: 'c',
        serviceUrl: base.serviceUrl,
        botId: '28:bot',
        userId: '29:anne',
        aadObjectId: 'aaaa-bbbb',
        locale: 'nl-BE',
      },
      item: {
        key: 'message:m1',
        incoming: { kind: 'text', text: 'hoi', sources: ['m1'] },
        sentAt: NOW - 750,
        receivedAt: NOW,
      },
    });
    expect(
      read({ text: 'x', locale: undefined, entities: [{ type: 'clientInfo', locale: 'nl-NL' }] })?.reference
        .locale,
    ).toBe('nl-NL');
    expect(read({ text: 'x', from: { id: 'x', name: ' Juf\n\u202eAnne ' } })?.reference.name).toBe(
      'Juf Anne',
    );
    expect(read({ text: 'x', timestamp: 'yesterday' })?.item.sentAt).toBe(NOW);
    expect(read({ text: 'x', timestamp: '1999-01-01T00:00:00Z' })?.item.sentAt).toBe(NOW);
  });

  test.each<[string, object, Incoming | undefined]>([
    [
      'a button of a card',
      { value: { klankbord: 't1', note: ' x ', n: 3 } },
      { kind: 'button', token: 't1', values: { note: 'x' } },
    ],
    [
      'a button as an invoke',
      {
        type: 'invoke',
        name: 'adaptiveCard/action',
        value: { action: { data: { klankbord: 't1', a: 'b' } } },
      },
      { kind: 'button', token: 't1', values: { a: 'b' } },
    ],
    [
      'a button of somebody else',
      { value: { verb: 'x' } },
      { kind: 'button', token: '', values: { verb: 'x' } },
    ],
    [
      'a button that lies about its token',
      { value: { klankbord: { $gt: '' } } },
      { kind: 'button', token: '', values: {} },
    ],
    [
      'text beside a strange value',
      { text: 'ja', value: { x: 1 } },
      { kind: 'text', text: 'ja', sources: ['m1'] },
    ],
    [
      'a dialog that is opened',
      {
        type: 'invoke',
        name: 'task/fetch',
        value: { data: { msteams: { type: 'task/fetch' }, klankbord: 't1' }, context: { theme: 'dark' } },
      },
      { kind: 'dialogOpen', token: 't1' },
    ],
    [
      'a dialog that is sent',
      { type: 'invoke', name: 'task/submit', value: { data: { klankbord: 't1', keep1: 'false', n: 3 } } },
      { kind: 'dialogSent', token: 't1', values: { keep1: 'false' } },
    ],
    [
      'a dialog that is not ours',
      { type: 'invoke', name: 'task/fetch', value: 'x' },
      { kind: 'dialogOpen', token: '' },
    ],
    [
      'nothing sent at all',
      { type: 'invoke', name: 'task/submit' },
      { kind: 'dialogSent', token: '', values: {} },
    ],
    ['another invoke', { type: 'invoke', name: 'signin/verifyState', value: {} }, undefined],
    [
      'the app installed',
      { type: 'installationUpdate', action: 'add' },
      { kind: 'arrived', installed: true },
    ],
    ['the app removed', { type: 'installationUpdate', action: 'remove' }, { kind: 'left' }],
    ['the app about to be renewed', { type: 'installationUpdate', action: 'remove-upgrade' }, undefined],
    [
      'the bot added',
      { type: 'conversationUpdate', membersAdded: [{ id: '28:bot' }] },
      { kind: 'arrived', installed: false },
    ],
    ['somebody else added', { type: 'conversationUpdate', membersAdded: [{ id: '29:anne' }] }, undefined],
    [
      'an edited message',
      { type: 'messageUpdate', text: 'beter' },
      { kind: 'edited', source: 'm1', text: 'beter' },
    ],
    ['a deleted message', { type: 'messageDelete' }, { kind: 'deleted', source: 'm1' }],
    ['an empty message', { text: null }, { kind: 'unreadable', what: 'empty' }],
    ['blanks', { text: ' \n\u200b'.replace('\u200b', '') }, { kind: 'unreadable', what: 'empty' }],
    ['a picture', { attachments: [{ contentType: 'image/png' }] }, { kind: 'unreadable', what: 'picture' }],
    [
      'a sticker',
      { attachments: [{ contentType: 'text/html', content: '<img src="x">' }] },
      { kind: 'unreadable', what: 'picture' },
    ],
    ['a voice note', { attachments: [{ contentType: 'audio/mp4' }] }, { kind: 'unreadable', what: 'voice' }],
    [
      'a voice note in Teams',
      { attachments: [{ contentType: 'text/html', content: '<span itemtype="InputExtension"></span>' }] },
      { kind: 'unreadable', what: 'voice' },
    ],
    [
      'a file',
      { attachments: [{ contentType: 'application/vnd.microsoft.teams.file.download.info' }] },
      { kind: 'unreadable', what: 'file' },
    ],
    [
      'text with a file',
      { text: 'kijk', attachments: [{ contentType: 'image/png' }] },
      { kind: 'text', text: 'kijk', sources: ['m1'] },
    ],
    ['a reaction', { type: 'messageReaction' }, undefined],
    ['typing', { type: 'typing' }, undefined],
  ])('understands %s', (_what, fields, expected) => {
    expect(incoming(fields)).toEqual(expected);
  });

  test('loses the mention of the bot, and of nobody else', () => {
    const mention = (id: string, text: string) => ({ type: 'mention', mentioned: { id }, text });
    const fields = {
      text: '<at>Klankbord</at> ik zag <at>Bea</at>',
      entities: [mention('28:bot', '<at>Klankbord</at>'), mention('29:bea', '<at>Bea</at>')],
    };
    expect(incoming(fields)).toMatchObject({ text: 'ik zag <at>Bea</at>' });
  });

  test('keeps what was typed, and loses what no person types', () => {
    expect(cleanText('a\r\nb\rc\u2028d\te')).toBe('a\nb\nc\nd\te');
    expect(cleanText('e\u0301 \u0000\u0007\u202e\u2066x\ufeff\u0085')).toBe('\u00e9 x');
    expect(cleanText('<b>hij</b> & "zij" <3 **x** {{DATE()}}')).toBe(
      '<b>hij</b> & "zij" <3 **x** {{DATE()}}',
    );
    expect(cleanText('👩‍👧 \u200fשלום a&nbsp;b\u00a0c')).toBe('👩‍👧 \u200fשלום a b c');
    expect(cleanText('half \ud83d')).toBe('half \ufffd');
    expect(cleanText('x'.repeat(20_000))).toHaveLength(20_000);
    expect(incoming({ text: '<p>Hij &amp; zij</p><p>samen</p>', textFormat: 'xml' })).toMatchObject({
      text: 'Hij & zij\nsamen',
    });
  });

  test('has one key however often it is sent, and another for each edit', () => {
    const key = (fields: object) => read(fields)?.item.key;
    expect(key({ text: 'a' })).toBe(key({ text: 'a', timestamp: '2026-11-22T11:59:58Z' }));
    const edits = ['a', 'b'].map((text, n) =>
      key({ type: 'messageUpdate', text, timestamp: `2026-11-22T12:00:0${n}Z` }),
    );
    expect(new Set([...edits, key({ text: 'a' }), key({ type: 'messageDelete' })]).size).toBe(4);
    const unnamed = { id: undefined, type: 'conversationUpdate', membersAdded: [{ id: '28:bot' }] };
    expect(key(unnamed)).toBe(key(unnamed));
    expect(key({ ...unnamed, timestamp: '2026-11-22T12:00:00Z' })).not.toBe(key(unnamed));
  });
});

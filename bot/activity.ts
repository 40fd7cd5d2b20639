/**
 * What comes in: an activity of the channel, read into the words of dialogs/. Plain JSON in, plain JSON out; no botbuilder here.
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Incoming, Invoke } from '../dialogs/ports.ts';
import type { InboxItem, Reference } from './store/types.ts';

const id = z.string().min(1).max(1024);
const who = z.looseObject({
  id,
  aadObjectId: z.string().max(128).nullish(),
  name: z.string().max(256).nullish(),
});

/** The parts of an activity that are used; everything else is let through unread. */
export const activitySchema = z.looseObject({
  type: z.string().min(1).max(128),
  id: id.nullish(),
  name: z.string().max(256).nullish(),
  replyToId: id.nullish(),
  action: z.string().max(64).nullish(),
  channelId: z.string().max(64).nullish(),
  serviceUrl: z.string().max(2048).nullish(),
  deliveryMode: z.string().max(64).nullish(),
  timestamp: z.string().max(64).nullish(),
  locale: z.string().max(64).nullish(),
  text: z.string().nullish(),
  textFormat: z.string().max(32).nullish(),
  from: who.nullish(),
  recipient: who.nullish(),
  conversation: z
    .looseObject({ id, conversationType: z.string().nullish(), tenantId: z.string().nullish() })
    .nullish(),
  channelData: z
    .looseObject({
      tenant: z.looseObject({ id: z.string().nullish() }).nullish(),
      eventType: z.string().nullish(),
    })
    .nullish(),
  membersAdded: z.array(z.looseObject({ id })).nullish(),
  attachments: z
    .array(z.looseObject({ contentType: z.string().nullish(), content: z.unknown().optional() }))
    .nullish(),
  entities: z.array(z.looseObject({ type: z.string().nullish() })).nullish(),
  value: z.unknown().optional(),
});

export type InboundActivity = z.infer<typeof activitySchema>;

/** Types that mean something to us; the rest is answered with 200 and left. */
const KNOWN = new Set([
  'message',
  'messageUpdate',
  'messageDelete',
  'installationUpdate',
  'conversationUpdate',
  'invoke',
]);

/** A known type without sender, receiver, conversation or address cannot be answered. */
export function isComplete(activity: InboundActivity): boolean {
  if (!KNOWN.has(activity.type)) return true;
  return Boolean(activity.from && activity.recipient && activity.conversation && activity.serviceUrl);
}

/** The tenant an activity claims to come from; null when there is none, or when it names two. */
export function tenantOf(activity: InboundActivity): string | null {
  const ids = [activity.conversation?.tenantId, activity.channelData?.tenant?.id].filter((one) => one);
  const [first] = ids;
  return first && ids.every((one) => one === first) ? first.toLowerCase() : null;
}

export interface Read {
  readonly reference: Reference;
  readonly item: InboxItem;
}

/** Reads an activity of a known sender; null when it means nothing to a conversation. `now` in epoch ms. */
export function readActivity(activity: InboundActivity, now: number): Read | null {
  const { from, recipient, conversation, serviceUrl } = activity;
  if (!from || !recipient || !conversation || !serviceUrl) return null;
  const incoming = toIncoming(activity);
  if (!incoming) return null;
  const at = Date.parse(activity.timestamp ?? '');
  const name = cleanText(from.name ?? '')
    .replace(/\s+/g, ' ')
    .slice(0, 100);
  return {
    reference: {
      tenantId: tenantOf(activity) ?? 'local',
      conversationId: conversation.id,
      serviceUrl,
      botId: recipient.id,
      userId: from.id,
      aadObjectId: from.aadObjectId?.toLowerCase() ?? null,
      locale: localeOf(activity),
      ...(name === '' ? {} : { name }),
    },
    item: {
      key: keyOf(activity),
      incoming,
      // A clock that is a day off would put fragments in a senseless order: then arrival counts.
      sentAt: Math.abs(at - now) < 86_400_000 ? at : now,
      receivedAt: now,
    },
  };
}

function toIncoming(activity: InboundActivity): Incoming | null {
  switch (activity.type) {
    case 'message':
      return readMessage(activity);
    case 'messageUpdate':
      return activity.id ? { kind: 'edited', source: activity.id, text: readText(activity) } : null;
    case 'messageDelete':
      return activity.id ? { kind: 'deleted', source: activity.id } : null;
    case 'installationUpdate':
      if (activity.action?.startsWith('add')) return { kind: 'arrived', installed: true };
      // `remove-upgrade` comes before a new version of the app: nobody left.
      return activity.action === 'remove' ? { kind: 'left' } : null;
    case 'conversationUpdate':
      return activity.membersAdded?.some((member) => member.id === activity.recipient?.id)
        ? { kind: 'arrived', installed: false }
        : null;
    case 'invoke':
      return INVOKES[activity.name ?? '']?.(activity.value, activity) ?? null;
    default:
      return null;
  }
}

/** What an invoke means, by its name; one that is not here is answered with nothing. */
const INVOKES: Readonly<Record<string, (value: unknown, activity: InboundActivity) => Incoming | null>> = {
  'fileConsent/invoke': (value, { replyToId }) => readConsent(value, replyToId ?? null),
  'adaptiveCard/action': (value) => readButton(record(value)['action']),
  'task/fetch': (value) => ({ kind: 'dialogOpen', token: readButton(value)?.token ?? '' }),
  'task/submit': (value) => ({ ...(readButton(value) ?? { token: '', values: {} }), kind: 'dialogSent' }),
};

/** Whether the sender waits for more than an acknowledgement. */
export function isInvoke(incoming: Incoming): incoming is Invoke {
  return incoming.kind === 'dialogOpen' || incoming.kind === 'dialogSent';
}

const consentSchema = z.looseObject({
  action: z.enum(['accept', 'decline']),
  context: z.looseObject({ klankbord: z.string().max(256) }),
  uploadInfo: z
    .looseObject({
      uploadUrl: z.string().max(8192),
      name: z.string().max(512),
      contentUrl: z.string().max(8192),
      uniqueId: z.string().max(512),
      fileType: z.string().max(64),
    })
    .nullish()
    .catch(null),
});

/** `message`: the card that was answered. */
function readConsent(value: unknown, message: string | null): Incoming | null {
  const read = consentSchema.safeParse(value);
  if (!read.success) return null;
  const { action, context, uploadInfo } = read.data;
  const upload = uploadInfo
    ? {
        url: uploadInfo.uploadUrl,
        file: {
          name: uploadInfo.name,
          url: uploadInfo.contentUrl,
          id: uploadInfo.uniqueId,
          type: uploadInfo.fileType,
        },
      }
    : null;
  return { kind: 'file', token: context.klankbord, accepted: action === 'accept', message, upload };
}

function readMessage(activity: InboundActivity): Incoming {
  const button = readButton(activity.value);
  if (button && button.token !== '') return button;
  const text = readText(activity);
  if (text !== '') return { kind: 'text', text, sources: activity.id ? [activity.id] : [] };
  // A card of somebody else, or an old one of ours: the conversation answers it as a stale button.
  if (button && activity.value !== null && activity.value !== undefined) return button;
  return { kind: 'unreadable', what: unreadable(activity) };
}

/** Action.Submit puts the fields in `value`, Action.Execute in `value.action.data`. */
function readButton(value: unknown): Extract<Incoming, { kind: 'button' }> | null {
  if (typeof value !== 'object' || value === null) return null;
  const { data } = value as { data?: unknown };
  const { klankbord, ...rest } = record(data === undefined ? value : data);
  const values = Object.entries(rest).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string' && entry[0].length <= 64,
  );
  return {
    kind: 'button',
    token: typeof klankbord === 'string' ? klankbord.slice(0, 256) : '',
    values: Object.fromEntries(values.slice(0, 64).map(([name, text]) => [name, cleanText(text)])),
  };
}

function readText(activity: InboundActivity): string {
  let text = activity.text ?? '';
  for (const entity of activity.entities ?? []) {
    const {
      type,
      mentioned,
      text: shown,
    } = entity as {
      type?: string | null;
      mentioned?: { id?: string };
      text?: unknown;
    };
    // Only the bot's own name goes: other names that a teacher mentions are part of what was said.
    if (type === 'mention' && mentioned?.id === activity.recipient?.id && typeof shown === 'string')
      text = text.replace(shown, ' ');
  }
  if (activity.textFormat === 'xml') text = plainFromMarkup(text);
  return cleanText(text);
}

/**
 * The text of a person, without what no person typed: control characters, direction overrides, halves of characters.
 * Newlines and tabs stay, and so do the marks that emoji and right-to-left languages need.
 */
export function cleanText(text: string): string {
  return (
    text
      .toWellFormed()
      .replace(/&nbsp;|\u00a0/g, ' ')
      .replace(/\r\n?|[\u2028\u2029]/g, '\n')
      // eslint-disable-next-line no-control-regex -- they are what is removed
      .replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]/g, '')
      .normalize('NFC')
      .trim()
  );
}

const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  '#39': "'",
};

function plainFromMarkup(text: string): string {
  return text
    .replace(/<br\s*\/?>|<\/(?:p|div|li)>/gi, '\n')
    .replace(/<\/?[a-z][^<>]*>/gi, '')
    .replace(/&(amp|lt|gt|quot|apos|#39);/g, (whole, name: string) => ENTITIES[name] ?? whole);
}

function unreadable(activity: InboundActivity): 'empty' | 'file' | 'voice' | 'picture' {
  const types = (activity.attachments ?? []).map(({ contentType }) => contentType?.toLowerCase() ?? '');
  // Voice notes reach bots as an empty span of this class, without the sound.
  const html = JSON.stringify(activity.attachments ?? []);
  if (types.some((type) => type.startsWith('audio/')) || html.includes('InputExtension')) return 'voice';
  if (types.some((type) => type.startsWith('image/'))) return 'picture';
  if (types.every((type) => type === 'text/html')) return /<img\b/i.test(html) ? 'picture' : 'empty';
  return types.length > 0 ? 'file' : 'empty';
}

function localeOf(activity: InboundActivity): string | null {
  if (activity.locale) return activity.locale;
  const info = activity.entities?.find((entity) => entity.type === 'clientInfo');
  return typeof info?.['locale'] === 'string' ? info['locale'].slice(0, 64) : null;
}

/** Unique within the conversation. An edit keeps the id of its message, so the moment belongs to its key. */
function keyOf(activity: InboundActivity): string {
  const event = activity.channelData?.eventType ?? activity.action ?? '';
  const changes = activity.type === 'messageUpdate' || activity.type === 'messageDelete';
  if (!activity.id) {
    const body = JSON.stringify([
      activity.timestamp,
      event,
      activity.text,
      activity.value,
      activity.membersAdded,
    ]);
    return `${activity.type}:${createHash('sha256').update(body).digest('base64url')}`;
  }
  const text = changes
    ? createHash('sha256')
        .update(activity.text ?? '')
        .digest('base64url')
        .slice(0, 12)
    : '';
  return changes
    ? `${activity.type}:${activity.id}:${event}:${activity.timestamp ?? ''}:${text}`
    : `${activity.type}:${activity.id}`;
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {};
}

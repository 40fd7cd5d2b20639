/** Made-up people and turns for the tests of the store and the inbox. */
import type { Incoming, Interview, Outcome, Outgoing, Scene, World } from '../../dialogs/ports.ts';
import { createDefinition } from '../../machines/definition.ts';
import type { Answer } from '../../machines/journal.ts';
import type { InboxItem, Place, Reference } from '../../bot/store/types.ts';

export const KEY = Buffer.alloc(32, 7);
export const TEACHER: Place = { role: 'teacher', schoolId: 'de-linde' };
export const COACH: Place = { role: 'coach', schoolId: 'de-linde' };

export function reference(name: string, changes: Partial<Reference> = {}): Reference {
  return {
    tenantId: 'tenant-1',
    conversationId: `conversation-${name}`,
    serviceUrl: 'https://smba.example/emea/',
    botId: '28:bot',
    userId: `29:${name}`,
    aadObjectId: `directory-${name}`,
    locale: 'nl-NL',
    ...changes,
  };
}

export function text(words: string, source = words): Incoming {
  return { kind: 'text', text: words, sources: [source] };
}

export function item(key: string, incoming: Incoming = text(key), at = 1_000): InboxItem {
  return { key, incoming, sentAt: at, receivedAt: at };
}

export function message(words: string, to: Outgoing['to'] = 'here'): Outgoing {
  return { to, label: { step: 'q1_words', kind: 'question' }, lang: 'nl', text: words };
}

export function answer(seq: number, words: string, changes: Partial<Answer> = {}): Answer {
  return {
    step: 'q4_off',
    // Any number of keys, for tests that need many answers.
    probe: `P-${seq}` as Answer['probe'],
    seq,
    kind: 'answered',
    text: words,
    heard: null,
    reopened: false,
    lang: 'nl',
    wording: 'q4_off',
    sources: [words],
    ...changes,
  };
}

export function interview(id: string, changes: Partial<Interview> = {}): Interview {
  return {
    id,
    definition: createDefinition(),
    snapshot: { state: 'q1_words', answers: 0 },
    status: 'open',
    names: { alias: 'Vosje', words: [] },
    marks: {},
    shared: null,
    startedAt: 1_000,
    ...changes,
  };
}

export interface Clock extends World {
  at: number;
}

/** A clock that stands still until a test moves it. */
export function clock(at = 1_000_000): Clock {
  let ids = 0;
  const world: Clock = {
    at,
    now: () => world.at,
    newId: () => `id${Date.now().toString(36)}${(ids += 1)}`,
  };
  return world;
}

/** Keeps every text as an answer and says it back: enough to see what arrived, how often and in which order. */
export async function echo(scene: Scene, incoming: Incoming, world: World): Promise<Outcome> {
  if (incoming.kind !== 'text') {
    return {
      outgoing: [message(incoming.kind === 'delivery' ? `news ${incoming.state}` : `saw ${incoming.kind}`)],
    };
  }
  const count = (scene.interview?.snapshot as { answers: number } | undefined)?.answers ?? 0;
  const now = scene.interview ?? interview(world.newId());
  return {
    interview: { ...now, snapshot: { state: 'q4_off', answers: count + 1 } },
    put: [answer(count + 1, incoming.text, { sources: incoming.sources })],
    outgoing: [message(`${count + 1}: ${incoming.text}`)],
  };
}

/** Parked interviews: one is had with the real bot, and stored for as many teachers as asked for, through the store. */
import type { Conversation, Interview, Label, Outgoing } from '../../dialogs/ports.ts';
import type { Answer } from '../../machines/journal.ts';
import { openStore } from '../../bot/store/store.ts';
import { openStage } from '../support/stage.ts';
import { placeOf } from './load.ts';
import { reply } from './script.ts';

/** As in systems.ts. */
const KEY = Buffer.alloc(32, 7);
const TURNS = 6;

export interface Template {
  readonly conversation: Conversation;
  readonly interview: Interview;
  readonly answers: readonly Answer[];
  /** The question that waits. */
  readonly question: Outgoing;
}

/** An interview of a few answers, up to the question at which the teacher was called away. */
export async function template(): Promise<Template> {
  const stage = await openStage({ lang: 'nl' });
  try {
    let label: Label | null = null;
    let question: Outgoing | undefined;
    for (let turn = 0; turn < TURNS; turn += 1) {
      const said = await stage.say(turn === 0 ? 'hallo' : reply(label, 0, turn));
      question = said.at(-1);
      label = question?.label ?? null;
    }
    const lane = stage.store.laneOf({
      tenantId: '00000000-0000-4000-8000-000000000001',
      conversationId: 'teacher-chat',
    } as never);
    return await stage.store.inTurn(lane, {}, async (turn) => {
      const { conversation, interview, answers } = turn.scene();
      if (!interview || !question) throw new Error('there is no interview to park');
      return { conversation, interview, answers: await answers(), question };
    });
  } finally {
    await stage.close();
  }
}

/** Stores interviews for the teachers `from` up to `to`. With `waiting`, the question has still to be sent. */
export async function park(
  dataDir: string,
  { conversation, interview, answers, question }: Template,
  name: string,
  [from, to]: readonly [number, number],
  serviceUrl: string,
  waiting = false,
): Promise<void> {
  const store = await openStore({ dataDir }, { key: KEY, now: Date.now });
  const { greeted, memory, language } = conversation;
  const one = (nth: number) => {
    const reference = { ...placeOf(name, nth), serviceUrl, botId: '28:klankbord', locale: 'nl-NL' };
    const incoming = { kind: 'text', text: 'geparkeerd', sources: ['1'] } as const;
    const item = { key: `message:${nth}`, incoming, sentAt: Date.now(), receivedAt: Date.now() };
    const place = { role: 'teacher', schoolId: 'voorbeeldschool' } as const;
    return store.inTurn(store.laneOf(reference), { from: { reference, place }, item }, async (turn) => {
      turn.processed(turn.waiting().map(({ id }) => id));
      await turn.save(
        {
          conversation: { greeted, memory, language },
          interview: { ...interview, id: `${name}-${nth}-interview` },
          put: answers,
          outgoing: [question],
        },
        { inline: !waiting },
      );
    });
  };
  try {
    for (let nth = from; nth < to; nth += 256)
      await Promise.all(Array.from({ length: Math.min(256, to - nth) }, (_, more) => one(nth + more)));
  } finally {
    await store.close();
  }
}

/** Rows as they are stored, and what they mean: what is sealed of an interview, an answer and a message, and under which place. */
import { isDeepStrictEqual } from 'node:util';
import type { Interview } from '../../dialogs/ports.ts';
import { keyFrom, keyOf, type Answer } from '../../machines/journal.ts';
import { Corrupt } from '../errors.ts';
import type { DataKey, Keyring } from './seal.ts';
import type { Tables } from './tables.ts';

/** All that has no column of its own is sealed, so that a new field is kept too. */
type Body = Omit<Interview, 'id' | 'definition' | 'status' | 'shared' | 'startedAt'>;
type Content = Omit<Answer, 'step' | 'probe' | 'seq' | 'kind' | 'reopened' | 'lang' | 'wording'>;

/** An interview as it is stored, with what was read from it. */
export interface Held {
  readonly key: DataKey;
  /** Null when the stored form cannot be opened; `problem` says so as soon as somebody asks. */
  readonly interview: Interview | null;
  readonly problem: Corrupt | null;
  /** As it stands in the row, to be written again unopened when it did not change. */
  readonly sealedShared: string | null;
}

/** Opens the interview of a conversation. What cannot be opened is not lost and not replaced: it is reported when it is asked for. */
export function openInterview(
  keyring: Keyring,
  row: {
    readonly i_id: string | null;
    readonly i_key: string | null;
    readonly i_definition: string | null;
    readonly i_status: string | null;
    readonly i_body: string | null;
    readonly i_shared: string | null;
    readonly i_started_at: number | null;
  },
): Held | null {
  const { i_id: id, i_definition, i_body, i_shared } = row;
  if (id === null) return null;
  try {
    const key = keyring.open(id, row.i_key);
    const interview: Interview = {
      id,
      definition: JSON.parse(i_definition ?? '') as Interview['definition'],
      ...(key.open(`interview/${id}/body`, i_body ?? '') as Body),
      status: row.i_status as Interview['status'],
      shared: i_shared === null ? null : key.open(`interview/${id}/shared`, i_shared),
      startedAt: row.i_started_at ?? 0,
    };
    return { key, interview, problem: null, sealedShared: i_shared };
  } catch (error) {
    const problem =
      error instanceof Corrupt
        ? error
        : new Corrupt('store_unreadable', `Interview ${id} cannot be read`, { cause: error });
    return { key: undefined as never, interview: null, problem, sealedShared: null };
  }
}

/** `before`: the same interview as it was read, so that the shared profile is sealed again only when it changed. */
export function sealInterview(
  key: DataKey,
  interview: Interview,
  before: Held | null,
  where: { readonly lane: string; readonly now: number },
): { readonly held: Held; readonly row: Tables['interview'] } {
  const { id, definition, status, shared, startedAt, ...body } = interview;
  const sealedShared =
    before && isDeepStrictEqual(shared, before.interview?.shared)
      ? before.sealedShared
      : shared === null || shared === undefined
        ? null
        : key.seal(`interview/${id}/shared`, shared);
  return {
    held: { key, interview, problem: null, sealedShared },
    row: {
      id,
      conversation_id: where.lane,
      definition: JSON.stringify(definition),
      status,
      body: key.seal(`interview/${id}/body`, body satisfies Body),
      shared: sealedShared,
      started_at: startedAt,
      updated_at: where.now,
    },
  };
}

export function openAnswer(
  key: DataKey,
  interview: string,
  row: Omit<Tables['answer'], 'interview_id'>,
): Answer {
  const { answer_key, seq, kind, reopened, lang, wording } = row;
  const content = key.open(`answer/${interview}/${answer_key}/content`, row.content) as Content;
  return {
    ...{ ...keyFrom(answer_key), seq, kind, ...content },
    ...{ reopened: reopened === 1, lang, wording },
  } as Answer;
}

export function sealAnswer(key: DataKey, interview: string, answer: Answer): Tables['answer'] {
  const { step, probe, seq, kind, reopened, lang, wording, ...content } = answer;
  const answer_key = keyOf({ step, probe });
  return {
    ...{ interview_id: interview, answer_key, seq, kind, reopened: reopened ? 1 : 0, lang, wording },
    content: key.seal(`answer/${interview}/${answer_key}/content`, content satisfies Content),
  };
}

/** A message is bound to where it goes, so that nobody can turn a profile round to somebody else. */
export function messagePlace(owner: string, destination: string): string {
  return `outbox/${owner}/${destination}/message`;
}

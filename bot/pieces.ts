/** Typed text comes in pieces: which waiting messages are one thought, and in which order. Pure. */
import type { Incoming } from '../dialogs/ports.ts';
import type { Waiting } from './store/types.ts';

/** What is answered together: one message, or the pieces of one thought. */
export interface Piece {
  readonly ids: readonly string[];
  readonly attempts: number;
  readonly incoming: Incoming;
}

/** Puts the pieces of one thought together: neighbouring texts that wait for their rest, in the order in which they were sent. */
export function piecesOf(waiting: readonly Waiting[]): Piece[] {
  const groups: Waiting[][] = [];
  for (const item of waiting) {
    const group = groups.at(-1);
    const before = group?.[0];
    // What was tried before keeps its shape: it is not joined with what came in since.
    const joined = before && isFragment(before) && isFragment(item) && before.attempts === item.attempts;
    if (group && joined) group.push(item);
    else groups.push([item]);
  }
  return groups.map((group) => {
    group.sort((a, b) => a.sentAt - b.sentAt || a.arrival - b.arrival);
    const texts = group.flatMap(({ incoming }) => (incoming.kind === 'text' ? [incoming] : []));
    const first = group[0]!;
    return {
      ids: group.map(({ id }) => id),
      attempts: first.attempts,
      incoming: first.again
        ? returned(first.incoming)
        : group.length === 1
          ? first.incoming
          : {
              kind: 'text',
              text: texts.map(({ text }) => text).join('\n'),
              sources: texts.flatMap(({ sources }) => sources),
              pieces: texts.map(({ text }) => text),
            },
    };
  });
}

/** The conversation may have gone on since: text that was set aside is shown to its writer, not taken for an answer to what is asked now. */
function returned(incoming: Incoming): Incoming {
  return incoming.kind === 'text' ? { kind: 'returned', text: incoming.text } : incoming;
}

function isFragment({ incoming, alone }: Waiting): boolean {
  return incoming.kind === 'text' && !alone;
}

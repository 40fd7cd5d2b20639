/**
 * Documents on their way: made from the store at the moment they are handed over, for the person of that conversation, and kept
 * nowhere. In Teams they go to the OneDrive of whoever agreed; in local mode this machine gives them under a link, once.
 */
import type { Incoming, Outcome, Scene, SchoolView, Subject, World } from '../dialogs/ports.ts';
import type { Paper } from '../dialogs/paper.ts';
import { codeOf, GiveUp } from './errors.ts';
import { renderDocument } from './document.ts';
import type { Log } from './log.ts';
import type { OutboxItem, Settlement, Store } from './store/types.ts';
import type { Upload, Uploaded } from './upload.ts';

/** Somebody is looking at the card: after some ten seconds they are told that it does not work now. */
const TRIES = 4;
const FIRST_WAIT_MS = 1_000;

interface Made {
  readonly paper: Paper;
  readonly name: string;
}

export interface DocumentsOptions {
  readonly store: Pick<Store, 'inTurn'>;
  readonly turns: {
    readonly document: (scene: Scene, subject: Subject, world: World) => Promise<Made | null>;
    readonly fetchDocument: (
      scene: Scene,
      token: string,
      world: World,
    ) => Promise<{ readonly made: Made | null; readonly outcome: Outcome }>;
  };
  readonly world: World;
  readonly upload: Upload;
  /** News for the conversation; of several with one key only the first has an effect. */
  readonly tell: (
    lane: string,
    news: Extract<Incoming, { kind: 'uploaded' }>,
    key: string,
  ) => Promise<unknown>;
  readonly log: Log;
}

export interface File {
  readonly name: string;
  readonly bytes: Uint8Array;
}

export interface Documents {
  /** Makes the document of a message that asks for it, puts it where it is to go and says in the chat how that ended. Gives what has become of the message. */
  readonly put: (item: OutboxItem) => Promise<Settlement>;
  /** The document behind a link of this conversation; null when there is none (any more). It works once. */
  readonly fetch: (lane: string, token: string) => Promise<File | null>;
}

export function createDocuments({ store, turns, world, upload, tell, log }: DocumentsOptions): Documents {
  async function make(lane: string, subject: Subject): Promise<Uint8Array | null> {
    const made = await store.inTurn(lane, {}, (turn) => turns.document(turn.scene(), subject, world));
    // Outside the transaction: it takes a while.
    return made && renderDocument(made.paper);
  }

  async function tryPut(lane: string, subject: Subject, url: string): Promise<Uploaded | null> {
    try {
      const bytes = await make(lane, subject);
      return bytes && (await upload(url, bytes));
    } catch (error) {
      log.error('document_not_made', { conversation: lane, code: codeOf(error), error });
      return { kind: 'unsent', reason: codeOf(error) };
    }
  }

  return {
    async put({ id, lane, attempts, interrupted, message }) {
      if (!message.upload) throw new GiveUp('no_upload', 'This message has no document.');
      const { subject, url, file } = message.upload;
      const { kind, reason } = (await tryPut(lane, subject, url)) ?? { kind: 'gone', reason: 'not_shared' };
      const facts = { item: id, attempts, code: reason };
      if ((kind === 'unsent' || kind === 'ambiguous') && attempts < TRIES) {
        log.warn('document_waits', facts);
        return { state: 'pending', reason, dueAt: world.now() + FIRST_WAIT_MS * 2 ** (attempts - 1) };
      }
      const state = endOf(kind, attempts > 1 || interrupted);
      // Said before it is settled: after a crash in between it is tried, and said, again; the key makes it once.
      await tell(lane, { kind: 'uploaded', state, message: message.upload.message, file }, `${id} uploaded`);
      if (state === 'done') log.debug('document_put', facts);
      else log.warn('document_not_put', facts);
      return state === 'done' ? { state: 'sent' } : { state: 'failed', reason };
    },

    async fetch(lane, token) {
      const made = await store
        .inTurn(lane, {}, async (turn) => {
          const found = await turns.fetchDocument(turn.scene(), token, world);
          await turn.save(found.outcome, { inline: false });
          return found.made;
        })
        .catch((error: unknown) => {
          if (error instanceof GiveUp) return null;
          throw error;
        });
      return made && { name: made.name, bytes: await renderDocument(made.paper) };
    },
  };
}

/** `again`: there was an attempt before, whose end nobody saw. Room that is used up was then used by it, as a rule. */
function endOf(kind: Uploaded['kind'] | 'gone', again: boolean): 'done' | 'unsure' | 'failed' | 'gone' {
  if (kind === 'done' || kind === 'gone') return kind;
  return kind === 'ambiguous' || (kind === 'closed' && again) ? 'unsure' : 'failed';
}

/** The school as local mode knows it: no OneDrive, but a link to this machine. `address`: of this program. */
export function linked(school: SchoolView, address: string): SchoolView {
  return school.documents === undefined ? school : { ...school, documents: { link: `${address}/documents` } };
}

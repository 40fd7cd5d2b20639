/** An interview as a released version left it in the store, opened: what a later version finds when it starts. */
import type { Conversation, Interview } from '../../dialogs/ports.ts';
import type { Answer } from '../../machines/journal.ts';

export interface Recorded {
  readonly name: string;
  readonly locale: string;
  readonly conversation: Pick<Conversation, 'language' | 'locale' | 'greeted' | 'interviewId' | 'memory'>;
  readonly interview: Interview;
  readonly answers: readonly Answer[];
  /** Step and follow-up of the question that was open; null when none was. */
  readonly open: { readonly step: string; readonly probe: string | null } | null;
}

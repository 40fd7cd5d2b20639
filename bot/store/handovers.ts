/** The records of what was handed to a coach, inside one turn: read under their lock, written with the rest of the outcome. */
import type { HandedOver } from '../../dialogs/ports.ts';
import { nextDue, type Handover } from '../../machines/handover.ts';
import { Corrupt, GiveUp } from '../errors.ts';
import type { Tx } from './engine.ts';
import type { DataKey } from './seal.ts';
import type { TurnTools } from './turn.ts';

interface Known {
  readonly handover: Handover;
  /** Keyed hash of the coach's directory id. */
  readonly coach: string;
  /** The teacher's conversation. */
  readonly lane: string;
  readonly key: DataKey;
  readonly sealedShared: string | null;
}

/** Whose records they are: a coach's by the hash of the person, a teacher's by the conversation. */
export interface Whose {
  readonly role: string;
  readonly person: string | null;
  readonly lane: string;
}

const placeOf = (interview: string, coach: string): string => `handover/${interview}/${coach}/body`;

export class Handovers {
  readonly #tools: TurnTools;
  readonly #tx: Tx;
  #known: Promise<readonly Known[]> | null = null;

  constructor(tools: TurnTools, tx: Tx) {
    this.#tools = tools;
    this.#tx = tx;
  }

  async list(whose: Whose): Promise<readonly HandedOver[]> {
    const known = await (this.#known ??= this.#load(whose));
    return known.map(({ handover, key, sealedShared }) => ({
      handover,
      shared: () => {
        const { interviewId: id } = handover;
        if (sealedShared === null) throw new Corrupt('store_unreadable', `Interview ${id} is not shared`);
        return key.open(`interview/${id}/shared`, sealedShared);
      },
    }));
  }

  async #load({ role, person, lane }: Whose): Promise<readonly Known[]> {
    const { queries, keyring } = this.#tools;
    if (role === 'coach' && person === null) return [];
    const rows = await this.#tx.read(
      role === 'coach'
        ? queries.handoversOfCoach({ coach: person ?? '' })
        : queries.handoversOfTeacher({ lane }),
    );
    return rows
      .map((row) => {
        const key = keyring.open(row.interview_id, row.key);
        const handover = key.open(placeOf(row.interview_id, row.coach), row.body) as Handover;
        return { handover, key, coach: row.coach, lane: row.conversation_id, sealedShared: row.shared };
      })
      .sort((a, b) => a.handover.sharedAt - b.handover.sharedAt);
  }

  /** What was read may have changed: it is read again. */
  forget(): void {
    this.#known = null;
  }

  /** Where a message about this interview belongs: whose conversation it goes with, and what seals it. Null: there is none. */
  async belonging(whose: Whose, interview: string): Promise<Pick<Known, 'key' | 'lane'> | null> {
    await this.list(whose);
    const known = await this.#known;
    return known?.find((one) => one.handover.interviewId === interview) ?? null;
  }

  /** `own`: the interview of this turn, with which a record may begin. */
  async save(
    whose: Whose,
    handovers: readonly Handover[],
    own: { readonly interviewId: string; readonly key: DataKey } | null,
  ): Promise<void> {
    const { queries, lookup, now } = this.#tools;
    for (const handover of handovers) {
      const { interviewId, sharedAt } = handover;
      const coach = lookup.hash('person', handover.coach.id.toLowerCase());
      const row = { interview_id: interviewId, coach, due_at: nextDue(handover), updated_at: now() };
      await this.list(whose);
      const known = (await this.#known)?.find(
        (one) => one.handover.interviewId === interviewId && one.coach === coach,
      );
      const begins = !known && own?.interviewId === interviewId && whose.role !== 'coach';
      // Only what was read under its lock may be written: nobody can have changed or erased it since.
      const key = known?.key ?? (begins ? own.key : null);
      if (!key) throw new GiveUp('no_handover', 'A record was changed that is not there for this person.');
      const body = key.seal(placeOf(interviewId, coach), handover);
      if (known) this.#tx.write(queries.saveHandover({ ...row, body }));
      else
        this.#tx.write(
          queries.addHandover({ ...row, conversation_id: whose.lane, body, shared_at: sharedAt }),
        );
    }
    this.forget();
  }
}

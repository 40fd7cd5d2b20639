/** Counts of what happened in interviews, without content: from the columns that are not sealed, and from what the listener heard. */
import { isQuestion } from '../../machines/definition.ts';
import { holderOf, type ProbeId } from '../../machines/follow-up.ts';
import type { Presence } from '../../machines/listening/types.ts';
import type { Counts } from '../../dialogs/ports.ts';

/** What is known of one interview, without a word of it. */
export interface InterviewFacts {
  /** Keyed hash of the person; tells teachers apart and nobody who they are. */
  readonly person: string;
  readonly status: string;
  readonly startedAt: number;
  readonly updatedAt: number;
  readonly answers: readonly {
    readonly step: string;
    readonly probe: ProbeId | null;
    readonly kind: string;
    readonly heard: { readonly teacher: Presence; readonly child: Presence } | null;
  }[];
}

const FINISHED = new Set(['shared', 'kept']);

export function countsOf(facts: readonly InterviewFacts[]): Counts {
  const finished = facts.filter(({ status }) => FINISHED.has(status));
  const answers = facts.flatMap((one) => one.answers);
  const asked = answers.filter(({ probe }) => probe !== null && holderOf(probe) !== null);
  const skips: Record<string, number> = {};
  for (const { step, kind, probe } of answers) {
    if (kind === 'skipped' && probe === null && isQuestion(step)) skips[step] = (skips[step] ?? 0) + 1;
  }
  return {
    teachers: new Set(facts.map(({ person }) => person)).size,
    started: facts.length,
    finished: finished.length,
    medianMinutes: median(finished.map((one) => (one.updatedAt - one.startedAt) / 60_000)),
    asked: asked.length,
    brought: asked.filter(({ probe, heard }) => {
      const holder = probe === null ? null : holderOf(probe);
      return holder !== null && heard?.[holder] === 'expressed';
    }).length,
    redundant: asked.filter(({ kind }) => kind === 'said').length,
    skips,
  };
}

function median(values: readonly number[]): number | null {
  if (values.length === 0) return null;
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const value =
    sorted.length % 2 === 1 ? sorted[middle] : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
  return Math.round(value ?? 0);
}

/**
 * Holds what is left after a storm against the rules, and against the same teachers on a quiet day:
 * every acknowledged answer exactly once, none invented, order kept, pieces in order, the profile delivered with one effect,
 * nothing stuck.
 */
import { isDeepStrictEqual } from 'node:util';
import { keyOf, type Answer } from '../../machines/journal.ts';
import type { Shared } from '../../dialogs/review.ts';
import { MARK } from './random.ts';
import type { Outcome, Result } from './simulation.ts';
import type { Said } from './teacher.ts';

export interface Verdict {
  readonly acknowledged: number;
  readonly lost: number;
  readonly doubled: number;
  readonly invented: number;
  readonly reordered: number;
  /** Answers that were sent in pieces and became one. */
  readonly merged: number;
  /** Profiles that were shared, and the copies of them that came. */
  readonly profiles: number;
  readonly copies: number;
  /** Teachers whose interview could be compared with the quiet day. */
  readonly compared: number;
  /** Messages a teacher saw more than once without having asked. */
  readonly shownTwice: number;
  readonly violations: readonly string[];
}

type Count = 'lost' | 'doubled' | 'invented' | 'reordered' | 'other';

export function check(storm: Result, quiet: Result | null): Verdict {
  const violations: string[] = [];
  const counts: Record<Count, number> = { lost: 0, doubled: 0, invented: 0, reordered: 0, other: 0 };
  const sums = { acknowledged: 0, merged: 0, profiles: 0, copies: 0, compared: 0, shownTwice: 0 };
  storm.outcomes.forEach((outcome, i) => {
    const complain = (kind: Count, text: string) => {
      counts[kind] += 1;
      violations.push(`teacher ${i}: ${kind === 'other' ? '' : `${kind}: `}${text}`);
    };
    checkMarks(outcome, complain);
    checkOrder(outcome, complain);
    checkProfile(outcome, complain);
    sums.acknowledged += outcome.teacher.said.filter((said) => said.ackedAt !== null).length;
    sums.merged += outcome.answers.filter((answer) => (answer.pieces ?? []).length > 1).length;
    sums.profiles += Number(outcome.interview?.shared != null);
    sums.copies += outcome.delivered.length;
    sums.shownTwice += shownTwice(outcome);
    const calm = quiet?.outcomes[i];
    if (!calm || outcome.teacher.disturbed || calm.teacher.disturbed) return;
    sums.compared += 1;
    compare(outcome, calm, complain);
  });
  for (const text of stuck(storm)) violations.push(text);
  const { other: _other, ...named } = counts;
  return { ...sums, ...named, violations };
}

type Complain = (kind: Count, text: string) => void;

/** Every mark is where it belongs, once; and no text is there that nobody sent. */
function checkMarks({ teacher, answers }: Outcome, complain: Complain): void {
  if (!teacher.done) complain('other', 'the interview did not come to its end');
  const found = new Map<string, number>();
  for (const { text } of answers)
    for (const [mark] of text.matchAll(MARK)) found.set(mark, (found.get(mark) ?? 0) + 1);
  const sent = new Map(teacher.said.map((said) => [said.mark, said]));
  for (const { mark, ackedAt, replaced, question } of teacher.said) {
    const times = found.get(mark) ?? 0;
    // What Teams never got a 2xx for may have come or not.
    if (times === 0 && ackedAt !== null && !replaced) complain('lost', `${question} (${mark})`);
    if (times > 1) complain('doubled', `${question} (${mark})`);
    if (times > 0 && replaced && ackedAt !== null)
      complain('doubled', `${mark} was replaced and is still there`);
  }
  for (const mark of found.keys()) if (!sent.has(mark)) complain('invented', mark);
  for (const answer of answers)
    if (!isMadeOf(answer, teacher.said)) complain('invented', `${keyOf(answer)}: ${answer.text}`);
}

/** Letter by letter what was typed: the fragments, joined, and nothing else. */
function isMadeOf({ text, kind, step }: Answer, said: readonly Said[]): boolean {
  const marks = [...text.matchAll(MARK)].map(([mark]) => mark);
  if (marks.length === 0) return kind !== 'answered' || step === 'c4_alias' || step === 'r4_state';
  const pieces = marks.map((mark) => said.find((one) => one.mark === mark)?.text);
  return text === pieces.join('\n');
}

/** What was acknowledged before something else was sent has its effect before it; pieces of one answer stand in the order of typing. */
function checkOrder({ teacher, answers }: Outcome, complain: Complain): void {
  const bySaid = new Map(teacher.said.map((said) => [said.mark, said]));
  const met: { said: Said; seq: number; place: number }[] = [];
  for (const { text, seq } of answers) {
    [...text.matchAll(MARK)].forEach(([mark], place) => {
      const said = bySaid.get(mark);
      // An answer that was given anew keeps its first place: only what was said once tells the order.
      if (said && !said.edit && said.first) met.push({ said, seq, place });
    });
  }
  for (const a of met) {
    for (const b of met) {
      const aFirst = a.seq < b.seq || (a.seq === b.seq && a.place < b.place);
      // Pieces may overtake each other on the way: what counts among them is when they were typed.
      if (a.seq !== b.seq && aFirst && b.said.ackedAt !== null && b.said.ackedAt < a.said.sentAt)
        complain('reordered', `${a.said.question} stands before ${b.said.question}`);
      if (aFirst && a.seq === b.seq && a.said.typedAt > b.said.typedAt)
        complain('reordered', `pieces of ${a.said.question}`);
    }
  }
}

/** Shared, and all of it in the coach's chat at least once. */
function checkProfile({ interview, delivered, seen, teacher }: Outcome, complain: Complain): void {
  if (!teacher.done) return;
  if (interview?.shared == null) return complain('other', 'the profile was not shared');
  if (interview.status !== 'shared') complain('other', `the interview is ${interview.status}`);
  if (delivered.length === 0) complain('lost', 'the profile did not reach the coach');
  const arrived = JSON.stringify(delivered.map(({ activity }) => activity));
  const { profile } = interview.shared as Shared;
  for (const { text } of [...profile.aspects.flatMap(({ quotes }) => quotes), ...profile.others])
    for (const [mark] of text.matchAll(MARK))
      if (!arrived.includes(mark)) complain('lost', `${mark} of the profile did not reach the coach`);
  const ends = seen.filter(({ activity }) => activity.channelData?.klankbord?.step === 'r5_end');
  const told = new Set(ends.map(({ activity }) => activity.text));
  if (told.size === 0) complain('other', 'the teacher saw no end');
}

/** An activity without what belongs to this one delivery. */
function contentOf({
  text,
  summary,
  attachments,
  channelData,
}: Outcome['seen'][number]['activity']): unknown {
  return { text, summary, attachments, channelData };
}

/** The same without the ids of buttons, which are others each time. */
const withoutIds = (content: unknown): unknown =>
  JSON.parse(JSON.stringify(content), (key, value: unknown) => (key === 'data' ? null : value));

/** The same questions in the same order, the same answers, the same profile. */
function compare(outcome: Outcome, calm: Outcome, complain: Complain): void {
  const journal = ({ answers }: Outcome) =>
    answers.map(({ sources: _sources, ...answer }) => answer).sort((a, b) => a.seq - b.seq);
  const [mine, theirs] = [journal(outcome), journal(calm)];
  if (!isDeepStrictEqual(mine, theirs)) {
    const at = mine.findIndex((answer, i) => !isDeepStrictEqual(answer, theirs[i]));
    const what = `${JSON.stringify(mine[at])} | ${JSON.stringify(theirs[at])}`;
    complain(
      'other',
      `${mine.length} answers, ${theirs.length} on the quiet day, differ at ${at + 1}: ${what}`,
    );
  }
  const profile = ({ interview }: Outcome) => (interview?.shared as { profile?: unknown } | null)?.profile;
  if (!isDeepStrictEqual(profile(outcome), profile(calm))) complain('other', 'the profile differs');
  const parts = ({ delivered }: Outcome) =>
    distinct(delivered.map(({ activity }) => withoutIds(contentOf(activity))));
  if (!isDeepStrictEqual(parts(outcome), parts(calm))) complain('other', 'the coach was sent something else');
  if (!isSubsequence(outcome.teacher.asked, calm.teacher.asked))
    complain('reordered', `questions: ${outcome.teacher.asked.join(' ')} | ${calm.teacher.asked.join(' ')}`);
}

/** A long profile comes in several messages; each may come more than once, and always the same. */
function distinct(contents: readonly unknown[]): string[] {
  return [...new Set(contents.map((content) => JSON.stringify(content)))];
}

/** A question that got lost on the way is missing; no question comes that would not have come, and none comes early. */
function isSubsequence(part: readonly string[], whole: readonly string[]): boolean {
  let at = 0;
  for (const one of part) {
    at = whole.indexOf(one, at) + 1;
    if (at === 0) return false;
  }
  return true;
}

/** The same message again, straight after itself. Asking again gives another message only when it has buttons. */
function shownTwice({ seen, teacher }: Outcome): number {
  const repeats = seen.filter(
    ({ activity }, i) => i > 0 && isDeepStrictEqual(contentOf(activity), contentOf(seen[i - 1]!.activity)),
  ).length;
  return Math.max(0, repeats - teacher.nudges);
}

function stuck({ status, fleet, mail, exits }: Result): string[] {
  const found: string[] = [];
  for (const [what, states] of Object.entries({
    inbox: { waiting: status.inbox['waiting'], quarantined: status.inbox['quarantined'] },
    outbox: {
      pending: status.outbox['pending'],
      blocked: status.outbox['blocked'],
      failed: status.outbox['failed'],
    },
  }))
    for (const [state, many] of Object.entries(states))
      if (many) found.push(`${many} ${state} in the ${what}`);
  for (const crash of fleet.crashes) found.push(`a server ended by itself: ${crash}`);
  if (mail.refused.length > 0) found.push(`activities were refused: ${mail.refused.slice(0, 5).join(' ')}`);
  if (exits.some((code) => code !== 0)) found.push(`servers did not stop in order: ${exits.join(' ')}`);
  return found;
}

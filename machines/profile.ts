/**
 * The relationship profile: the teacher's own sentences, ordered by aspect, with where they came from.
 * It quotes; it does not score, rank or conclude. What was not told is "not yet discussed", never "absent".
 * Same answers and marks in, same profile out.
 */
import { questionRule, questionsOf, isQuestion, type Definition, type QuestionId } from './definition.ts';
import { FEELINGS, isFeeling } from './feelings.ts';
import type { ProbeId } from './follow-up.ts';
import { keyOf, type Answer } from './journal.ts';
import type { Emotion, Evidence, Heard, SignalKind } from './listening/types.ts';
import { printOf } from './safety.ts';

export const ASPECTS = [
  'words',
  'pleasure',
  'irritation',
  'powerlessness',
  'otherFeelings',
  'childView',
  'ownInfluence',
  'hardBehaviour',
  'upset',
  'satisfying',
  'added',
] as const;
export type AspectId = (typeof ASPECTS)[number];

export type Provenance = 'spontaneous' | 'afterQuestion' | 'chosen';

/** One sentence of the teacher, verbatim unless the teacher changed it. */
export interface Quote {
  readonly id: string;
  readonly step: QuestionId | 'r2_add';
  readonly probe: ProbeId | null;
  readonly text: string;
  readonly provenance: Provenance;
  readonly changed: boolean;
  readonly aspects: readonly AspectId[];
  /** A feeling may have been talked away here; for the coach's questions, never shown as a finding. */
  readonly talkingAway: boolean;
  /** Something here surprised the teacher; for the coach's questions too. Absent in profiles from before it was kept. */
  readonly surprised?: boolean;
}

export const CELLS = ['event', 'own', 'child', 'did'] as const;
export type CellId = (typeof CELLS)[number];
export type CellState = Provenance | 'notDiscussed';

export interface GridRow {
  readonly step: QuestionId;
  readonly cells: Readonly<Record<CellId, CellState>>;
}

export interface Profile {
  readonly version: 1;
  readonly alias: string;
  /** The three words, each with the question that asked for its moment (null: not asked). */
  readonly words: readonly { readonly word: string; readonly step: QuestionId | null }[];
  readonly aspects: readonly { readonly id: AspectId; readonly quotes: readonly Quote[] }[];
  readonly grid: readonly GridRow[];
  /** Up to three sentences that show the whole at a glance. */
  readonly summary: readonly Quote[];
  readonly littleTold: readonly { readonly step: QuestionId; readonly cell: CellId }[];
  /** The other answers, when the teacher shares these too; otherwise empty. */
  readonly others: readonly Quote[];
}

export type Marks = Readonly<
  Record<string, { readonly state: 'removed' | 'changed'; readonly text?: string }>
>;

/** Prints of sentences that sounded like something about safety and are not, says the teacher. */
export type Cleared = readonly string[];

/** The questions that ask for a moment of the first, second and third word. */
const WORD_STEPS = ['q2_word1', 'q2_word2', 'o1_word3'] as const;

const ASPECT_OF: Readonly<Record<Emotion, AspectId>> = {
  joy: 'pleasure',
  warmth: 'pleasure',
  pride: 'pleasure',
  relief: 'otherFeelings',
  anger: 'irritation',
  helplessness: 'powerlessness',
  anxiety: 'otherFeelings',
  sadness: 'otherFeelings',
  guilt: 'otherFeelings',
  disappointment: 'otherFeelings',
  fatigue_stress: 'otherFeelings',
  surprise: 'otherFeelings',
  shame: 'otherFeelings',
  loneliness: 'otherFeelings',
  hurt: 'otherFeelings',
  other: 'otherFeelings',
};

interface Span {
  readonly start: number;
  readonly end: number;
}

const within = (inner: Span, outer: Span): boolean => inner.start < outer.end && inner.end > outer.start;

interface Sentence {
  readonly quote: Quote;
  readonly cells: ReadonlySet<CellId>;
}

function aspectsOf(
  answer: Answer,
  evidence: readonly Evidence[],
  signals: ReadonlySet<SignalKind>,
): AspectId[] {
  const found = new Set<AspectId>();
  if (answer.step === 'r2_add') return ['added'];
  // "I don't know" is shown as not discussed, not as a sentence.
  if (signals.has('dontKnow') && evidence.length === 0) return [];
  for (const e of evidence) {
    if (e.presence !== 'expressed') continue;
    if (e.holder === 'teacher') found.add(ASPECT_OF[e.emotion]);
    if (e.holder === 'child') found.add('childView');
  }
  for (const id of (answer.words ?? []).filter(isFeeling)) found.add(ASPECT_OF[FEELINGS[id]]);
  if (signals.has('perspective') || answer.step === 'q7_view') found.add('childView');
  if (signals.has('ownInfluence')) found.add('ownInfluence');
  if (answer.step === 'q8_best') found.add('satisfying');
  if (answer.probe === null || answer.probe === 'P-EVENT' || answer.probe === 'P-SHORT') {
    if (WORD_STEPS.some((step) => step === answer.step)) found.add('words');
    if (answer.step === 'q5_hard') found.add('hardBehaviour');
    if (answer.step === 'q6_upset') found.add('upset');
  }
  // The moment of a word stands with its word, unless the sentence shows something more telling.
  if (found.size > 1) found.delete('words');
  return ASPECTS.filter((a) => found.has(a));
}

const isOwnSurprise = ({ emotion, holder, presence }: Evidence): boolean =>
  emotion === 'surprise' && holder === 'teacher' && presence === 'expressed';

function cellsOf(
  evidence: readonly Evidence[],
  heard: Heard | null,
  answer: Answer,
  span: Span,
): Set<CellId> {
  const cells = new Set<CellId>();
  for (const e of evidence) {
    if (e.presence === 'expressed' && e.holder === 'teacher') cells.add('own');
    if (e.presence === 'expressed' && e.holder === 'child') cells.add('child');
  }
  if ((answer.words ?? []).some(isFeeling)) cells.add('own');
  for (const s of heard?.signals ?? []) {
    if (!within(s, span)) continue;
    if (s.kind === 'event') cells.add('event');
    if (s.kind === 'behaviour' && s.detail === 'teacher') cells.add('did');
  }
  return cells;
}

/** The sentences of one answer, with what each shows. */
function sentencesOf(answer: Answer, marks: Marks, cleared: Cleared): Sentence[] {
  const step = answer.step;
  if (!(isQuestion(step) || step === 'r2_add') || step === 'q1_words' || answer.text === '') return [];
  const { heard } = answer;
  const spans =
    heard && heard.sentences.length > 0 ? heard.sentences : [{ start: 0, end: answer.text.length }];
  const sentences: Sentence[] = [];
  spans.forEach((span, i) => {
    const id = `${keyOf(answer)}#${i + 1}`;
    const mark = marks[id];
    if (mark?.state === 'removed') return;
    const verbatim = answer.text.slice(span.start, span.end).trim();
    const evidence = (heard?.evidence ?? []).filter((e) => within(e, span));
    const signals = new Set((heard?.signals ?? []).filter((s) => within(s, span)).map((s) => s.kind));
    // Passages about safety never reach the profile, unless the teacher said that they are none.
    if (verbatim === '' || (signals.has('safety') && !cleared.includes(printOf(verbatim)))) return;
    sentences.push({
      quote: {
        id,
        step,
        probe: answer.probe,
        text: mark?.text ?? verbatim,
        provenance:
          answer.kind === 'chosen' ? 'chosen' : answer.probe === null ? 'spontaneous' : 'afterQuestion',
        changed: mark?.state === 'changed',
        aspects: aspectsOf(answer, evidence, signals),
        talkingAway: signals.has('talkingAway'),
        ...(evidence.some(isOwnSurprise) ? { surprised: true } : {}),
      },
      cells: cellsOf(evidence, heard, answer, span),
    });
  });
  return sentences;
}

const ORDER: Readonly<Record<CellState, number>> = {
  notDiscussed: 0,
  chosen: 1,
  afterQuestion: 2,
  spontaneous: 3,
};

function inOrder(definition: Definition, answers: readonly Answer[]): Answer[] {
  const place = (a: Answer): number => {
    const i = isQuestion(a.step) ? questionsOf(definition).indexOf(a.step) : -1;
    return i < 0 ? Number.MAX_SAFE_INTEGER : i;
  };
  return [...answers].sort((a, b) => place(a) - place(b) || a.seq - b.seq);
}

/** Every sentence the teacher may decide about, in interview order; removed ones are left out unless asked for. */
export function quotesOf(
  definition: Definition,
  answers: readonly Answer[],
  marks: Marks,
  cleared: Cleared = [],
): Quote[] {
  return inOrder(definition, answers).flatMap((a) => sentencesOf(a, marks, cleared).map((s) => s.quote));
}

function gridOf(
  definition: Definition,
  answers: readonly Answer[],
  marks: Marks,
  cleared: Cleared,
): GridRow[] {
  const rows: GridRow[] = [];
  for (const step of questionsOf(definition)) {
    if (questionRule(step).shape !== 'moment') continue;
    const own = answers.filter((a) => a.step === step);
    if (own.length === 0) continue;
    const cells: Record<CellId, CellState> = {
      event: 'notDiscussed',
      own: 'notDiscussed',
      child: 'notDiscussed',
      did: 'notDiscussed',
    };
    for (const { quote, cells: shown } of own.flatMap((a) => sentencesOf(a, marks, cleared))) {
      for (const cell of shown)
        if (ORDER[quote.provenance] > ORDER[cells[cell]]) cells[cell] = quote.provenance;
    }
    rows.push({ step, cells });
  }
  return rows;
}

/** One sentence for a feeling of the teacher, one for the child's side, one for what satisfies. */
function summaryOf(quotes: readonly Quote[]): Quote[] {
  const wanted: readonly (readonly AspectId[])[] = [
    ['irritation', 'powerlessness', 'otherFeelings', 'pleasure'],
    ['childView'],
    ['satisfying'],
  ];
  const chosen: Quote[] = [];
  for (const aspects of wanted) {
    const found = aspects
      .flatMap((aspect) => quotes.filter((q) => q.aspects.includes(aspect)))
      .find((q) => !chosen.includes(q));
    if (found) chosen.push(found);
  }
  return chosen;
}

export interface ProfileInput {
  readonly definition: Definition;
  readonly answers: readonly Answer[];
  readonly marks: Marks;
  readonly cleared?: Cleared;
  readonly alias: string;
  readonly words: readonly string[];
  /** `all`: the teacher shares the other answers too. */
  readonly scope: 'kept' | 'all';
}

export function buildProfile({
  definition,
  answers,
  marks,
  cleared = [],
  alias,
  words,
  scope,
}: ProfileInput): Profile {
  const quotes = quotesOf(definition, answers, marks, cleared);
  const grid = gridOf(definition, answers, marks, cleared);
  return {
    version: 1,
    alias,
    words: words.map((word, i) => {
      const step = WORD_STEPS[i];
      return { word, step: step && answers.some((a) => a.step === step) ? step : null };
    }),
    aspects: ASPECTS.map((id) => ({ id, quotes: quotes.filter((q) => q.aspects.includes(id)) })).filter(
      (a) => a.quotes.length > 0,
    ),
    grid,
    summary: summaryOf(quotes),
    littleTold: grid.flatMap(({ step, cells }) =>
      (['own', 'child'] as const)
        .filter((cell) => cells[cell] === 'notDiscussed')
        .map((cell) => ({ step, cell })),
    ),
    others: scope === 'all' ? quotes.filter((q) => q.aspects.length === 0) : [],
  };
}

/* ---------------------------------------------------------------- questions for the coach */

const COACH_QUESTIONS = ['behaviourOnly', 'child', 'own', 'surprised', 'talkingAway', 'event'] as const;
/** When the grid raises fewer than two. */
const ALWAYS = ['words', 'satisfying'] as const;
export type CoachQuestionId = (typeof COACH_QUESTIONS)[number] | (typeof ALWAYS)[number];

/** An open question for the talk: which, about how many of how many moments, and the first of them. */
export interface CoachQuestion {
  readonly id: CoachQuestionId;
  readonly count: number;
  readonly total: number;
  readonly step: QuestionId | 'r2_add' | null;
}

const FEWEST_QUESTIONS = 2;
const MOST_QUESTIONS = 4;

/** Two to four open questions that follow from what was told and what was not; for the coach only. */
export function coachQuestions({ grid, aspects }: Profile): CoachQuestion[] {
  const total = grid.length;
  const about = (id: CoachQuestionId, steps: readonly CoachQuestion['step'][]): CoachQuestion[] =>
    steps.length === 0 ? [] : [{ id, count: steps.length, total, step: steps[0] ?? null }];
  const untold = (row: GridRow, cell: CellId): boolean => row.cells[cell] === 'notDiscussed';
  const isBehaviourOnly = (row: GridRow): boolean =>
    untold(row, 'own') && untold(row, 'child') && !(untold(row, 'event') && untold(row, 'did'));
  const rows = (wanted: (row: GridRow) => boolean): QuestionId[] =>
    grid.filter(wanted).map(({ step }) => step);
  const quotes = [...new Map(aspects.flatMap((a) => a.quotes).map((q) => [q.id, q])).values()];
  const stepsOf = (wanted: (quote: Quote) => boolean) => [
    ...new Set(quotes.filter(wanted).map(({ step }) => step)),
  ];
  const steps: Readonly<Record<(typeof COACH_QUESTIONS)[number], readonly CoachQuestion['step'][]>> = {
    behaviourOnly: rows(isBehaviourOnly),
    // A moment of which only behaviour was told is asked about once.
    child: rows((row) => untold(row, 'child') && !isBehaviourOnly(row)),
    own: rows((row) => untold(row, 'own') && !isBehaviourOnly(row)),
    surprised: stepsOf((quote) => quote.surprised === true),
    talkingAway: stepsOf((quote) => quote.talkingAway),
    event: rows((row) => untold(row, 'event') && untold(row, 'did')),
  };
  const found = COACH_QUESTIONS.flatMap((id) => about(id, steps[id])).slice(0, MOST_QUESTIONS);
  const more = ALWAYS.map((id): CoachQuestion => ({ id, count: total, total, step: null }));
  return [...found, ...more.slice(0, Math.max(0, FEWEST_QUESTIONS - found.length))];
}

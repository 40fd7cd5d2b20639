/**
 * What a teacher says and does, as a function of the seed, the teacher and the question: the same in a storm as on a quiet day, so
 * that the two can be compared. Every fragment carries a mark of its own.
 */
import { markFor, pick, seeded, type Random } from './random.ts';

/** What a teacher does when a question comes, in this order, one each time the question is met. */
export type Act =
  /** `split`: in pieces. `edit`: corrected in Teams, right away or later. `withdraw`: a last piece is deleted in Teams later. */
  | {
      readonly type: 'answer';
      readonly split: boolean;
      readonly edit: 'soon' | 'later' | null;
      readonly withdraw: boolean;
    }
  | { readonly type: 'back' }
  | { readonly type: 'change'; readonly n: number }
  /** Pauses, perhaps writes something in the break, goes on. */
  | { readonly type: 'pause'; readonly note: boolean }
  /** A button's word instead of an answer. */
  | { readonly type: 'choose'; readonly choice: string };

export interface Script {
  readonly alias: string;
  /** Whether buttons are pressed, or their words typed. */
  readonly presses: boolean;
  /** Removes the first sentence in the review (only with a press). */
  readonly removes: boolean;
  readonly adds: boolean;
  readonly sharing: 'shareKept' | 'shareAll';
  actsAt(question: string): readonly Act[];
  /** The fragments of the nth answer to a question. */
  answer(question: string, nth: number, split: boolean): readonly Fragment[];
  /** A last fragment that adds nothing, so that its withdrawal changes no question. */
  aside(question: string, nth: number): Fragment;
  /** Another wording of a fragment, with a mark of its own, that says the same to the listener. */
  corrected(text: string, mark: string): Fragment;
}

export interface Fragment {
  readonly text: string;
  readonly mark: string;
}

const MOMENTS = [
  ['Gisteren gooide hij zijn schrift door de klas', 'en daarna liep hij zonder iets te zeggen weg'],
  ['Vorige week bleef hij tijdens rekenen onder de tafel zitten', 'ik heb hem toen even laten zitten'],
  ['Maandag kwam hij naar me toe met een tekening', 'ik was blij en ook een beetje trots'],
  ['Hij riep steeds door de uitleg heen', 'ik werd boos en zette hem op de gang'],
  ['Bij gym duwde hij een ander kind om', 'hij was denk ik bang dat hij weer zou verliezen'],
] as const;
const OWN = [
  'Ik voelde me boos en ook machteloos',
  'Ik was er verdrietig van',
  'Het maakte me onzeker',
] as const;
const CHILD = ['Ik denk dat hij bang was, omdat het weer misging', 'Hij was denk ik boos op mij'] as const;
const WORDS = ['druk', 'lief', 'gevoelig', 'koppig', 'vrolijk', 'stil'] as const;

const MOMENT_STEPS = ['q2_word1', 'q2_word2', 'q3_click', 'q4_off', 'q5_hard', 'q6_upset'];

/** Questions that are skipped in a brief interview. */
const SPARED = ['q4_off', 'q5_hard', 'q6_upset'];

export function scriptOf(seed: string, teacher: number, brief: boolean): Script {
  const chance = (...names: readonly (string | number)[]): Random => seeded(seed, teacher, ...names);
  const habits = chance('habits');
  const places = brief ? MOMENT_STEPS.filter((step) => !SPARED.includes(step)) : MOMENT_STEPS;
  const backAt = pick(habits, places.slice(1));
  const changeAt = pick(habits, places.slice(brief ? 2 : 3));
  const pauseAt = pick(habits, places);
  const note = habits() < 0.5;
  return {
    alias: `Sam${markFor(seed, teacher).slice(2, 5)}`,
    presses: habits() < 0.7,
    removes: habits() < 0.5,
    adds: habits() < 0.5,
    sharing: habits() < 0.8 ? 'shareKept' : 'shareAll',
    actsAt(question) {
      const random = chance('acts', question);
      const isProbe = question.includes('/');
      const [step = ''] = question.split('/');
      if (brief && SPARED.includes(step)) return [{ type: 'choose', choice: 'skip' }];
      const acts: Act[] = [];
      if (question === pauseAt) acts.push({ type: 'pause', note });
      if (question === backAt && acts.length === 0) acts.push({ type: 'back' });
      if (question === changeAt && acts.length === 0) acts.push({ type: 'change', n: 2 });
      const dice = random();
      if (isProbe && dice < 0.08) acts.push({ type: 'choose', choice: 'said' });
      else if (dice < 0.12 && MOMENT_STEPS.includes(step)) acts.push({ type: 'choose', choice: 'skip' });
      // Towards the end nobody is cut off in mid-sentence: a piece that comes late would land where no text is expected.
      const late = ['q7_view', 'q8_best', 'r2_add'].includes(step);
      const split = !late && question !== 'q1_words' && random() < 0.35;
      const fate = late ? 1 : random();
      const edit = fate < 0.1 ? 'soon' : fate < 0.25 ? 'later' : null;
      acts.push({ type: 'answer', split, edit, withdraw: split && fate > 0.9 && fate < 1 });
      return acts;
    },
    answer(question, nth, split) {
      const random = chance('text', question, nth);
      const mark = (piece: number) => markFor(seed, teacher, question, nth, piece);
      if (question.startsWith('q1_words')) {
        const others = [pick(random, WORDS.slice(0, 3)), pick(random, WORDS.slice(3))];
        return [{ text: [...others, mark(1)].join(', '), mark: mark(1) }];
      }
      const of = (sentence: string, piece: number) => ({
        text: `${sentence} ${mark(piece)}.`,
        mark: mark(piece),
      });
      if (/\/P-(OWN|BEH|WORDS)$/.test(question))
        return parts([pick(random, OWN), 'zo voelde het'], split, of);
      if (/\/P-(CHILD|WHY)$/.test(question)) return parts([pick(random, CHILD), 'denk ik'], split, of);
      return parts([...pick(random, MOMENTS)], split, of);
    },
    aside(question, nth) {
      const mark = markFor(seed, teacher, question, nth, 'aside');
      return { text: `Dat was het ${mark}.`, mark };
    },
    corrected(text, mark) {
      const fresh = markFor(seed, teacher, mark, 'corrected');
      return { text: text.replace(mark, fresh), mark: fresh };
    },
  };
}

function parts(
  sentences: readonly string[],
  split: boolean,
  of: (sentence: string, piece: number) => { text: string; mark: string },
): { text: string; mark: string }[] {
  return split
    ? sentences.map((sentence, i) => of(sentence, i + 1))
    : [of(sentences.slice(0, 1 + (sentences[0]!.length % 2)).join(', '), 1)];
}

/** What the teachers of the bench say: every one the same interview, some with feelings at once, some only when asked. */
import type { Label } from '../../dialogs/ports.ts';

export interface Said {
  readonly text?: string;
  readonly type?: string;
  readonly action?: string;
}

/** Choices that are taken when they are offered; by their id, said in the words that the bot gives for them. */
const TAKEN = ['start', 'shareNone', 'stateFine', 'addNothing', 'reviewDone', 'reviewNext', 'startAgain'];

const MOMENTS = [
  'Dinsdag tijdens rekenen liep hij drie keer door de klas en riep hij dwars door mijn uitleg heen.',
  'Gisteren na de pauze kwam ze naast me zitten en vertelde ze over haar zusje. Ik was ontroerd en zij was trots.',
  'Vorige week gooide hij zijn schrift op de grond toen ik vroeg of hij wilde beginnen. Ik voelde me machteloos.',
  'Op maandag hielp ze uit zichzelf een ander kind met de jas. Ze straalde helemaal, en ik werd er blij van.',
];
const OWN = 'Ik voelde me moe en ook wat onzeker, want ik wist niet meer wat ik nog kon proberen.';
const CHILD = 'Volgens mij was hij vooral verdrietig, want hij keek de hele tijd naar de grond.';
const MORE =
  'Dat was vrijdag voor de toets, aan de grote tafel bij het raam, toen de anderen al begonnen waren.';

/** What a teacher says next; `nth` is the teacher, `turn` counts the turns. */
export function reply(label: Label | null, nth: number, turn: number): string {
  if (!label) return MOMENTS[(nth + turn) % MOMENTS.length]!;
  const choice = label.choices?.find(({ id }) => TAKEN.includes(id));
  if (choice) return choice.say;
  if (label.step === 'r5_end') return 'opnieuw';
  if (label.step === 'c4_alias') return 'Sam';
  if (label.step === 'q1_words') return 'warm, afwachtend en hecht';
  switch (label.probe) {
    case 'P-BEH':
    case 'P-OWN':
      return OWN;
    case 'P-CHILD':
    case 'P-WHY':
      return CHILD;
    case undefined:
    case null:
      return MOMENTS[(nth + turn) % MOMENTS.length]!;
    default:
      return MORE;
  }
}

/** Whether a message ends a turn: it is the one that the teacher answers next. Any message of a peer is. */
export function endsTurn(label: Label | null): boolean {
  return label === null || label.kind !== 'notice' || label.step === 'r5_end';
}

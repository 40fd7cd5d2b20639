/** How well predictions fit labels; the measures of a labelled corpus, with nothing of any listener in them. */
export interface Counts {
  tp: number;
  fp: number;
  fn: number;
  tn: number;
}

export const FIELDS = [
  'teacher_emotion',
  'child_emotion',
  'behaviour',
  'behaviour_only',
  'perspective_taking',
  'trait_talk',
  'dont_know',
  'concrete_event',
] as const;
export type Field = (typeof FIELDS)[number];

export interface Labelled extends Readonly<Record<Field, boolean>> {
  readonly id: string;
  readonly lang: string;
  readonly question: string;
  readonly pupil?: string;
  readonly text: string;
  readonly teacher_emotions: readonly string[];
  readonly child_emotions: readonly string[];
  readonly required: readonly ('teacher' | 'child')[];
  readonly missing: readonly ('teacher' | 'child')[];
}

export type Prediction = Partial<Readonly<Record<Field, boolean>>> & {
  readonly teacher_emotion: boolean;
  readonly child_emotion: boolean;
  readonly teacher_emotions?: readonly string[];
  readonly child_emotions?: readonly string[];
};

export interface Scores {
  readonly n: number;
  readonly fields: Readonly<Partial<Record<Field, Counts>>>;
  /** Which holder's feeling is missing, exactly. */
  readonly missingExact: number;
  /** Both flags right. */
  readonly holdersExact: number;
  /** Of all feelings called expressed, the part that was. */
  readonly expressedPrecision: number;
  /** Of the answers that speak of behaviour only and are asked for both feelings, the part that gets both follow-ups. */
  readonly bothFollowUps: number;
  readonly emotionsF1: number | null;
}

export const precision = (c: Counts): number => c.tp / (c.tp + c.fp) || 0;
export const recall = (c: Counts): number => c.tp / (c.tp + c.fn) || 0;
export const f1 = (c: Counts): number => (2 * c.tp) / (2 * c.tp + c.fp + c.fn) || 0;
export const total = (c: Counts): number => c.tp + c.fp + c.fn + c.tn;
export const accuracy = (c: Counts): number => (c.tp + c.tn) / total(c) || 0;

/** Agreement beyond chance. */
export function kappa(c: Counts): number {
  const n = total(c);
  const chance = ((c.tp + c.fp) * (c.tp + c.fn) + (c.tn + c.fn) * (c.tn + c.fp)) / (n * n);
  return chance === 1 ? 0 : (accuracy(c) - chance) / (1 - chance);
}

const share = (part: number, whole: number): number => (whole === 0 ? 1 : part / whole);

export function score(pairs: readonly { readonly gold: Labelled; readonly said: Prediction }[]): Scores {
  const fields: Partial<Record<Field, Counts>> = {};
  for (const field of FIELDS) {
    if (!pairs.every(({ said }) => said[field] !== undefined)) continue;
    const counts: Counts = { tp: 0, fp: 0, fn: 0, tn: 0 };
    for (const { gold, said } of pairs)
      counts[gold[field] ? (said[field] ? 'tp' : 'fn') : said[field] ? 'fp' : 'tn']++;
    fields[field] = counts;
  }
  const missing = ({ gold, said }: (typeof pairs)[number]): string[] =>
    gold.required.filter((holder) => !said[`${holder}_emotion`]).sort();
  const emotions: Counts = { tp: 0, fp: 0, fn: 0, tn: 0 };
  let named = true;
  for (const { gold, said } of pairs)
    for (const key of ['teacher_emotions', 'child_emotions'] as const) {
      const heard = said[key];
      if (!heard) {
        named = false;
        continue;
      }
      for (const e of heard) emotions[gold[key].includes(e) ? 'tp' : 'fp']++;
      for (const e of gold[key]) if (!heard.includes(e)) emotions.fn++;
    }
  const owed = pairs.filter(({ gold }) => gold.behaviour_only && gold.required.length === 2);
  const t = fields.teacher_emotion ?? { tp: 0, fp: 0, fn: 0, tn: 0 };
  const c = fields.child_emotion ?? { tp: 0, fp: 0, fn: 0, tn: 0 };
  return {
    n: pairs.length,
    fields,
    missingExact: share(
      pairs.filter((p) => missing(p).join() === [...p.gold.missing].sort().join()).length,
      pairs.length,
    ),
    holdersExact: share(
      pairs.filter(
        ({ gold, said }) =>
          gold.teacher_emotion === said.teacher_emotion && gold.child_emotion === said.child_emotion,
      ).length,
      pairs.length,
    ),
    expressedPrecision: share(t.tp + c.tp, t.tp + t.fp + c.tp + c.fp),
    bothFollowUps: share(owed.filter((p) => missing(p).length === 2).length, owed.length),
    emotionsF1: named ? f1(emotions) : null,
  };
}

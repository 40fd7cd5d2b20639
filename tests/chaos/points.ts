/** The places where a process is killed on purpose: just before and just after everything that becomes durable or leaves the house. */
export const POINTS = [
  'before-inbox',
  'after-inbox',
  'before-commit',
  'after-commit',
  'before-claim',
  'after-claim',
  'before-post',
  'after-post',
  'before-mark',
  'after-mark',
] as const;
export type Point = (typeof POINTS)[number];

/** Mistakes that are built in on purpose, to see that the checker finds them. */
export const PLANTS = ['ack-before-commit', 'no-dedupe'] as const;
export type Plant = (typeof PLANTS)[number];

/** What the parent asks of a server: to die by its own hand when it comes by this point for the nth time. */
export interface Order {
  readonly point: Point;
  readonly nth: number;
}

export const PLANT_VARIABLE = 'KLANKBORD_CHAOS_PLANT';

/** The follow-up questions and the rule that chooses among them. */
import type { Holder } from './listening/types.ts';

export const PROBES = [
  'P-EVENT',
  'P-TRAIT',
  'P-REL',
  'P-THREE',
  'P-BEH',
  'P-OWN',
  'P-CHILD',
  'P-WHY',
  'P-SHORT',
  'P-DK',
  'P-WORDS',
  'P-EXC',
] as const;
export type ProbeId = (typeof PROBES)[number];

/** Whose feeling a follow-up asks for. */
export function holderOf(probe: ProbeId): Holder | null {
  switch (probe) {
    case 'P-BEH':
    case 'P-OWN':
    case 'P-WORDS':
      return 'teacher';
    case 'P-CHILD':
    case 'P-WHY':
      return 'child';
    default:
      return null;
  }
}

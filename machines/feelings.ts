/** The list of feeling words a teacher can choose from, by stable id; the words themselves are in locales/<lang>/feelings.json. */
import type { Emotion } from './listening/types.ts';

export const FEELINGS = {
  worried: 'anxiety',
  happy: 'joy',
  angry: 'anger',
  grateful: 'warmth',
  frustrated: 'anger',
  irritated: 'anger',
  moved: 'warmth',
  tense: 'anxiety',
  hopeful: 'joy',
  powerless: 'helplessness',
  tired: 'fatigue_stress',
  curious: 'other',
  insecure: 'anxiety',
  relieved: 'relief',
  calm: 'joy',
  guilty: 'guilt',
  disappointed: 'disappointment',
  satisfied: 'joy',
  proud: 'pride',
  sad: 'sadness',
  surprised: 'surprise',
  tender: 'warmth',
  cheerful: 'joy',
  desperate: 'helplessness',
} as const satisfies Record<string, Emotion>;

export type FeelingId = keyof typeof FEELINGS;

export function isFeeling(id: string): id is FeelingId {
  return Object.hasOwn(FEELINGS, id);
}

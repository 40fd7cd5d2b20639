/** Small helpers of the listening tests. */
import { loadPack } from '../../locales/listening.ts';
import { hear } from '../../machines/listening/listen.ts';
import type { Heard, Holder, QuestionKind } from '../../machines/listening/types.ts';

export function hearing(lang: string, text: string, question: QuestionKind = 'event', pupil?: string): Heard {
  return hear(text, loadPack(lang), pupil ? { question, pupil } : { question }).heard;
}

export const workOf = (lang: string, text: string): number =>
  hear(text, loadPack(lang), { question: 'event' }).work;

/** The exact words in which a holder's feeling was heard. */
export const words = (heard: Heard, text: string, holder: Holder): string[] =>
  heard.evidence
    .filter((e) => e.holder === holder && e.presence === 'expressed')
    .map((e) => text.slice(e.start, e.end));

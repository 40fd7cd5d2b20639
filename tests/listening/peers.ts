/**
 * Ready-made sentiment libraries, read as generously as can be: a sentence with any sentiment at all counts as a feeling,
 * the teacher's if somebody speaks of himself in it, the child's if it speaks of him or her.
 */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Pack } from '../../machines/listening/pack.ts';
import { splitSentences } from '../../machines/listening/sentences.ts';
import { tokenise } from '../../machines/listening/normalise.ts';
import type { Labelled, Prediction } from './measures.ts';

const HOME = new URL('./peers/', import.meta.url);
export const HOW_TO_INSTALL = 'npm ci --prefix tests/listening/peers';

export interface Peer {
  readonly name: string;
  readonly languages: readonly string[];
  /** Zero: neutral. */
  measure(text: string, lang: string): Promise<number>;
}

type Nlpjs = {
  process(input: { locale: string; text: string }): Promise<{ sentiment: { score: number } }>;
};
type Use = { use(plugin: unknown): void };

/** undefined when they are not installed. */
export function loadPeers(): Peer[] | undefined {
  if (!existsSync(new URL('node_modules/', HOME))) return undefined;
  const load = createRequire(new URL('package.json', HOME)) as (name: string) => Record<string, unknown>;
  const { SentimentAnalyzer } = load('@nlpjs/sentiment') as {
    SentimentAnalyzer: new (settings: { container: Use }) => Nlpjs;
  };
  const { Container } = load('@nlpjs/core') as { Container: new () => Use };
  const container = new Container();
  container.use(load('@nlpjs/lang-nl')['LangNl']);
  container.use(load('@nlpjs/lang-en')['LangEn']);
  container.use(load('@nlpjs/lang-de')['LangDe']);
  const analyzer = new SentimentAnalyzer({ container });
  const vader = load('vader-sentiment') as {
    SentimentIntensityAnalyzer: { polarity_scores(text: string): { compound: number } };
  };
  const Sentiment = load('sentiment') as unknown as new () => { analyze(text: string): { score: number } };
  const afinn = new Sentiment();
  return [
    {
      name: '@nlpjs/sentiment',
      languages: ['nl', 'en', 'de'],
      measure: async (text, locale) => (await analyzer.process({ locale, text })).sentiment.score,
    },
    {
      name: 'vader-sentiment',
      languages: ['en'],
      measure: (text) => Promise.resolve(vader.SentimentIntensityAnalyzer.polarity_scores(text).compound),
    },
    { name: 'sentiment', languages: ['en'], measure: (text) => Promise.resolve(afinn.analyze(text).score) },
  ];
}

export async function askPeer(peer: Peer, gold: Labelled, pack: Pack): Promise<Prediction> {
  const tokens = tokenise(gold.text, pack);
  let teacher = false;
  let child = false;
  for (const s of splitSentences(tokens)) {
    if ((await peer.measure(gold.text.slice(s.start, s.end), gold.lang)) === 0) continue;
    const who = new Set(tokens.slice(s.from, s.to).map((t) => pack.pronouns.get(t.word)?.[0]?.who));
    if (who.has('teacher') || who.has('we')) teacher = true;
    if (who.has('child')) child = true;
    if (!who.has('teacher') && !who.has('we') && !who.has('child')) {
      if (gold.required.includes('teacher')) teacher = true;
      else child = true;
    }
  }
  return { teacher_emotion: teacher, child_emotion: child };
}

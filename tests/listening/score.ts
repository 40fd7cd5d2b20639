/**
 * How well the listener hears the labelled corpus, beside ready-made sentiment libraries.
 *   npm run score                                        everything
 *   npm run score -- --lang nl --part dev                one language, one part
 *   npm run score -- --lang nl --part dev --errors child_emotion
 *   npm run score -- --save                              remember these scores; later runs print the change
 * Answers of the `scored` part are never shown: nobody may tune on them.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { toLabels } from '../../bot/heard-labels.ts';
import { listeningLanguages, loadPack } from '../../locales/listening.ts';
import { listen } from '../../machines/listening/listen.ts';
import type { QuestionKind } from '../../machines/listening/types.ts';
import {
  f1,
  FIELDS,
  kappa,
  precision,
  recall,
  score,
  type Field,
  type Labelled,
  type Scores,
} from './measures.ts';
import { askPeer, HOW_TO_INSTALL, loadPeers } from './peers.ts';

const CORPUS = new URL('./corpus/', import.meta.url);
const SAVED = new URL('./scores.json', import.meta.url);
/** `fresh`: written later, in other voices, by somebody who had not seen the packs. */
const PARTS = ['dev', 'dev-fresh', 'scored', 'scored-fresh'] as const;
type Part = (typeof PARTS)[number];
type Saved = Record<string, Record<string, number>>;

const say = (line: string): void => void process.stdout.write(`${line}\n`);

export function readCorpus(lang: string, part: Part): Labelled[] {
  return readFileSync(new URL(`${lang}.${part}.jsonl`, CORPUS), 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => JSON.parse(line) as Labelled);
}

function hearAll(
  items: readonly Labelled[],
  lang: string,
): { gold: Labelled; said: ReturnType<typeof toLabels> }[] {
  const pack = loadPack(lang);
  return items.map((gold) => {
    const question = gold.question as QuestionKind;
    return {
      gold,
      said: toLabels(listen(gold.text, pack, gold.pupil ? { question, pupil: gold.pupil } : { question })),
    };
  });
}

const three = (x: number): string => x.toFixed(3);

/** The few numbers that are remembered. */
function summary(s: Scores): Record<string, number> {
  const round = (x: number): number => Math.round(x * 1000) / 1000;
  const of = (field: Field): number => (s.fields[field] ? round(f1(s.fields[field])) : 0);
  return {
    holdersExact: round(s.holdersExact),
    missingExact: round(s.missingExact),
    expressedPrecision: round(s.expressedPrecision),
    bothFollowUps: round(s.bothFollowUps),
    emotionsF1: round(s.emotionsF1 ?? 0),
    ...Object.fromEntries(FIELDS.map((field) => [field, of(field)])),
  };
}

function print(name: string, s: Scores, before: Record<string, number> | undefined): void {
  const now = summary(s);
  const change = (key: string): string => {
    const was = before?.[key];
    const by = was === undefined ? 0 : now[key]! - was;
    return Math.abs(by) < 0.0005 ? '' : ` (${by > 0 ? '+' : ''}${by.toFixed(3)})`;
  };
  say(`\n${name}  n=${s.n}`);
  for (const field of FIELDS) {
    const c = s.fields[field];
    if (!c) continue;
    const numbers = `P ${three(precision(c))}  R ${three(recall(c))}  F1 ${three(f1(c))}  kappa ${three(kappa(c))}`;
    say(`  ${field.padEnd(20)}${numbers}  (tp ${c.tp} fp ${c.fp} fn ${c.fn})${change(field)}`);
  }
  say(`  which holder is missing, exact  ${three(s.missingExact)}${change('missingExact')}`);
  say(`  both holders right              ${three(s.holdersExact)}${change('holdersExact')}`);
  if (s.emotionsF1 === null) return;
  say(`  precision of "expressed"        ${three(s.expressedPrecision)}${change('expressedPrecision')}`);
  say(`  behaviour only: both follow-ups ${three(s.bothFollowUps)}${change('bothFollowUps')}`);
  say(`  which emotion, F1               ${three(s.emotionsF1)}${change('emotionsF1')}`);
}

async function run(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      lang: { type: 'string', multiple: true },
      part: { type: 'string' },
      errors: { type: 'string' },
      save: { type: 'boolean', default: false },
      'no-peers': { type: 'boolean', default: false },
    },
  });
  const parts = PARTS.filter((part) => values.part === undefined || values.part === part);
  if (values.errors !== undefined) {
    const field = FIELDS.find((f) => f === values.errors);
    const part = parts.length === 1 && parts[0]!.startsWith('dev') ? parts[0] : undefined;
    if (!field || !part) {
      process.stderr.write(
        `--errors ${FIELDS.join('|')} goes with --part dev or dev-fresh; the scored part is never shown.\n`,
      );
      return 2;
    }
    for (const lang of values.lang ?? listeningLanguages()) {
      if (!existsSync(new URL(`${lang}.${part}.jsonl`, CORPUS))) continue;
      for (const { gold, said } of hearAll(readCorpus(lang, part), lang))
        if (gold[field] !== said[field])
          say(`${gold.id}\t${gold.question}\t${gold[field] ? 'missed' : 'heard wrongly'}\t${gold.text}`);
    }
    return 0;
  }
  const saved: Saved = existsSync(SAVED) ? (JSON.parse(readFileSync(SAVED, 'utf8')) as Saved) : {};
  const inCorpus = readdirSync(CORPUS).filter((f) => f.endsWith('.jsonl'));
  const peers = values['no-peers'] ? [] : loadPeers();
  for (const lang of values.lang ?? listeningLanguages())
    for (const part of parts) {
      if (!inCorpus.includes(`${lang}.${part}.jsonl`)) continue;
      const items = readCorpus(lang, part);
      const key = `${lang}.${part}`;
      const scores = score(hearAll(items, lang));
      print(`${key}  Klankbord`, scores, saved[key]);
      if (values.save) saved[key] = summary(scores);
      const pack = loadPack(lang);
      for (const peer of peers ?? []) {
        if (!peer.languages.includes(lang)) continue;
        const pairs = [];
        for (const gold of items) pairs.push({ gold, said: await askPeer(peer, gold, pack) });
        print(`${key}  ${peer.name}`, score(pairs), undefined);
      }
    }
  if (!peers) say(`\nThe ready-made libraries are not installed; to see them beside ours: ${HOW_TO_INSTALL}`);
  if (values.save) writeFileSync(SAVED, `${JSON.stringify(saved, null, 2)}\n`);
  return 0;
}

process.exitCode = await run(process.argv.slice(2));

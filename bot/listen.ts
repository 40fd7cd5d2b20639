/**
 * For those who keep a language pack: what the listener hears in an answer.
 *   JSON lines on stdin {id, lang, question, pupil, text} -> JSON lines on stdout, the fields of the annotation guideline
 *   npm run listen -- --lang nl "Hij gooide zijn schrift weg."   -> the same for a reader, with the question that would follow
 * Exit codes: 0 done, 1 some line could not be read, 2 not understood.
 */
import { createInterface } from 'node:readline';
import { readFileSync } from 'node:fs';
import { parseArgs, styleText } from 'node:util';
import { z } from 'zod';
import { listeningLanguages, loadPack } from '../locales/listening.ts';
import { addToNotes, BLANK, digest, followUpFor, holderOf, type FollowUp } from '../machines/follow-up.ts';
import { listen } from '../machines/listening/listen.ts';
import {
  EMOTIONS,
  QUESTION_KINDS,
  SIGNALS,
  type Heard,
  type QuestionKind,
} from '../machines/listening/types.ts';
import { toLabels } from './heard-labels.ts';

const lineSchema = z.object({
  id: z.union([z.string(), z.number()]),
  lang: z.string(),
  question: z.enum(QUESTION_KINDS),
  pupil: z.string().nullish(),
  text: z.string(),
});

const word = z.string().min(1);
const textsSchema = z.object({
  listen: z.object({
    usage: word,
    teacher: word,
    child: word,
    unknown: word,
    expressed: word,
    possible: word,
    none: word,
    heard: word,
    nothing: word,
    alsoHeard: word,
    next: word,
    goOn: word,
    asksFor: word,
    emotions: z.record(z.enum(EMOTIONS), word),
    signals: z.record(z.enum(SIGNALS), word),
  }),
});
type Texts = z.infer<typeof textsSchema>['listen'];

const FALLBACK = 'en';

/** Words of this tool in a language; English where a language has none. */
function loadTexts(lang: string): Texts {
  for (const code of [lang, FALLBACK])
    try {
      const url = new URL(`../locales/${code}/tools.json`, import.meta.url);
      return textsSchema.parse(JSON.parse(readFileSync(url, 'utf8'))).listen;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || code === FALLBACK) throw error;
    }
  throw new Error('unreachable');
}

function listenToLine(line: string): string {
  const { id, lang, question, pupil, text } = lineSchema.parse(JSON.parse(line));
  const heard = listen(text, loadPack(lang), pupil ? { question, pupil } : { question });
  const evidence = heard.evidence.map((e) => ({ ...e, text: text.slice(e.start, e.end) }));
  return JSON.stringify({ id, ...toLabels(heard), evidence });
}

async function listenToLines(): Promise<number> {
  let number = 0;
  let failed = 0;
  for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
    number++;
    if (line.trim() === '') continue;
    try {
      process.stdout.write(`${listenToLine(line)}\n`);
    } catch (error) {
      failed++;
      process.stderr.write(`line ${number}: ${explain(error)}\n`);
    }
  }
  return failed > 0 ? 1 : 0;
}

function explain(error: unknown): string {
  if (error instanceof z.ZodError)
    return error.issues.map((issue) => `${issue.path.join('.') || 'the line'}: ${issue.message}`).join('; ');
  return error instanceof SyntaxError ? `is no JSON (${error.message})` : (error as Error).message;
}

/** Which question would follow, were this the first answer of a moment. */
function whichQuestionWouldFollow(heard: Heard): FollowUp | null {
  const own = digest(heard);
  return followUpFor({
    shape: 'moment',
    notes: addToNotes(BLANK, own),
    last: { probe: null, digest: own },
    leftHere: 3,
    leftInAll: 14,
    reserved: 0,
    askWhy: true,
  });
}

const PAINT = { teacher: 'blue', child: 'green', unknown: 'yellow', dim: 'dim', bold: 'bold' } as const;

/** Plain where the output is no terminal, or colour is switched off. */
function paint(text: string, how: keyof typeof PAINT): string {
  return styleText(PAINT[how], text);
}

function show(text: string, heard: Heard, t: Texts): string {
  const out: string[] = [];
  let at = 0;
  let painted = '';
  for (const e of heard.evidence) {
    if (e.start < at) continue;
    painted += text.slice(at, e.start) + paint(text.slice(e.start, e.end), e.holder);
    at = e.end;
  }
  out.push(painted + text.slice(at), '');
  for (const holder of ['teacher', 'child'] as const) {
    const words = heard.evidence
      .filter((e) => e.holder === holder || (e.holder === 'unknown' && heard[holder] !== 'none'))
      .map((e) => {
        const doubt =
          e.holder === 'unknown' ? `, ${t.unknown}` : e.presence === 'possible' ? `, ${t.possible}` : '';
        return `“${text.slice(e.start, e.end)}” (${t.emotions[e.emotion]}${doubt}; ${e.rule})`;
      });
    const state = heard[holder] === 'none' ? paint(t.none, 'dim') : paint(t[heard[holder]], 'bold');
    out.push(`${paint(t[holder], holder)}: ${state}  ${words.join(', ')}`.trimEnd());
  }
  if (heard.signals.length > 0) {
    out.push('', `${t.alsoHeard}:`);
    for (const s of heard.signals)
      out.push(`  ${t.signals[s.kind]}${s.detail ? ` ${s.detail}` : ''}: “${text.slice(s.start, s.end)}”`);
  }
  const next = whichQuestionWouldFollow(heard);
  const holder = next && holderOf(next.probe);
  out.push('', `${t.next}: ${next ? next.probe + (holder ? ` (${t.asksFor}: ${t[holder]})` : '') : t.goOn}`);
  return out.join('\n');
}

async function run(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: {
      lang: { type: 'string', default: 'nl' },
      question: { type: 'string', default: 'event' },
      pupil: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
    allowPositionals: true,
  });
  const known = listeningLanguages();
  const t = loadTexts(known.includes(values.lang) ? values.lang : FALLBACK);
  if (values.help) {
    process.stdout.write(`${t.usage}\n`);
    return 0;
  }
  const text = positionals.join(' ');
  if (text === '') {
    if (!process.stdin.isTTY) return listenToLines();
    process.stderr.write(`${t.usage}\n`);
    return 2;
  }
  const question = z.enum(QUESTION_KINDS).safeParse(values.question);
  if (!question.success || !known.includes(values.lang)) {
    const what = known.includes(values.lang)
      ? `--question ${QUESTION_KINDS.join('|')}`
      : `--lang ${known.join('|')}`;
    process.stderr.write(`${what}\n${t.usage}\n`);
    return 2;
  }
  const kind: QuestionKind = question.data;
  const heard = listen(
    text,
    loadPack(values.lang),
    values.pupil ? { question: kind, pupil: values.pupil } : { question: kind },
  );
  process.stdout.write(`${show(text, heard, t)}\n`);
  return 0;
}

try {
  process.exitCode = await run(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 2;
}

/** What a teacher may ask for about their own data: to have all of it, and to take back what was shared. */
import type { Language } from '../locales/index.ts';
import { phaseOf } from '../machines/course.ts';
import { asideOf, isSliders } from '../machines/definition.ts';
import { fromWords } from '../machines/sliders.ts';
import type { Answer } from '../machines/journal.ts';
import { choiceText, wording, type AnyChoice } from './asking.ts';
import { readableOf as readableAfterwards } from './plan.ts';
import type { Interview } from './ports.ts';
import { sliderLines } from './sliders.ts';
import type { Talk } from './talk.ts';
import type { Teacher } from './teacher.ts';

/** Bytes of one message; what the channel takes, with room for what goes along with it. */
const ROOM = 16_000;
/** A very long answer goes in several pieces, so that it fits. In characters; one is at most three bytes, or six in JSON. */
const PIECE = 2_000;
const encoder = new TextEncoder();
const bytes = (text: string): number => encoder.encode(text).length;

interface Whole {
  readonly interview: Interview;
  readonly answers: readonly Answer[];
}

/** Everything that is kept of this person, to read and as JSON, in the chat itself. */
export async function exportData({ talk }: Teacher): Promise<void> {
  const { language } = talk;
  const own: Whole[] = talk.interview ? [{ interview: talk.interview, answers: await talk.answers() }] : [];
  const others = (await talk.scene.others?.()) ?? [];
  const all = [...others, ...own];
  const handovers = (await talk.handovers()).map(({ handover }) => handover);
  if (all.length === 0) return talk.notice('rights:exportNothing');
  talk.audit({ act: 'exported' });
  talk.notice('rights:exportIntro');
  const readable = packed([
    ...all.flatMap((whole) => readableOf(talk, whole)),
    ...handovers.flatMap((one) => readableAfterwards(talk.language, one).flatMap(piecesOf)),
  ]);
  readable.forEach((lines, i) => {
    say(
      talk,
      `${language.t('rights:exportPart', { n: i + 1, total: readable.length })}\n\n${lines.join('\n')}`,
    );
  });
  const records = [
    ...all.flatMap(recordsOf),
    // The buttons are no data of anybody.
    // What a coach entered by hand is the coach's.
    ...handovers.flatMap(({ buttons: _, scores: _own, ...handover }) =>
      inPieces(handover.interviewId, { handover }),
    ),
  ];
  const parts = packed(records.map((record) => JSON.stringify(record)));
  parts.forEach((own, i) => {
    const title = language.t('rights:exportJson', { n: i + 1, total: parts.length });
    say(talk, `${title}\n\n[${own.join(',\n')}]`);
  });
  talk.notice('rights:exportDone');
}

function say(talk: Talk, text: string): void {
  talk.say({ label: { step: talk.step, kind: 'notice' }, text });
}

/** Lines in as many messages as they need; each line fits in one. */
export function packed(lines: readonly string[]): string[][] {
  const parts: string[][] = [[]];
  let size = 0;
  for (const line of lines) {
    if (size > 0 && size + bytes(line) > ROOM) {
      parts.push([]);
      size = 0;
    }
    parts.at(-1)?.push(line);
    // A quotation mark or a line break takes a second byte once more on its way.
    size += bytes(JSON.stringify(line));
  }
  return parts;
}

export const piecesOf = (text: string): string[] => text.match(new RegExp(`[^]{1,${PIECE}}`, 'gu')) ?? [''];

function readableOf(talk: Talk, { interview, answers }: Whole): string[] {
  const { language } = talk;
  const format = new Intl.DateTimeFormat(language.tag, {
    dateStyle: 'long',
    timeStyle: 'short',
    timeZone: 'Europe/Amsterdam',
  });
  const { names, marks, shared, safety, held } = interview;
  const aside = asideOf(interview.definition);
  const lines = [
    language.t(
      aside ? (aside === 'reflection' ? 'reflection:exported' : 'lookback:exported') : 'rights:interview',
      {
        date: format.format(interview.startedAt),
        alias: names.alias ?? '–',
      },
    ),
    '',
  ];
  for (const answer of answers) {
    if (answer.step === 'c3_consent' || answer.step === 'm5_keep' || answer.step === 'b3_show') continue;
    if (isSliders(answer.step) && answer.words) {
      lines.push(...sliderLines(language, names.alias ?? '', fromWords(answer.words)), '');
      continue;
    }
    const nth = Number(answer.wording.split('.').at(-1)) || 0;
    const ask = { step: answer.step, probe: answer.probe, nth, gentle: false };
    const text = answer.text === '' ? chosenWords(language, answer).join(', ') : answer.text;
    lines.push(...piecesOf(language.t('rights:question', { text: wording(talk, ask, '', names, nth) })));
    if (text === '') lines.push(language.t('rights:skipped'));
    else lines.push(...piecesOf(language.t('rights:answer', { text })));
    lines.push('');
  }
  if (held) lines.push(...piecesOf(language.t('rights:waiting', { text: held.text })));
  const changed = Object.values(marks).flatMap((mark) => (mark.text === undefined ? [] : [mark.text]));
  for (const text of changed) lines.push(...piecesOf(language.t('rights:changed', { text })));
  const removed = Object.values(marks).filter((mark) => mark.state === 'removed').length;
  if (removed > 0) lines.push(language.t('rights:removed', { count: removed }));
  const times = (safety?.shown ?? []).map(({ at }) => format.format(at)).join('; ');
  if (times !== '') lines.push(language.t('rights:cards', { times }));
  if (aside === 'reflection') lines.push(language.t('reflection:mine'), '');
  else if (aside) lines.push('');
  else lines.push(language.t(shared === null ? 'rights:notShared' : 'rights:shared'), '');
  return lines;
}

/** The same as records. A field whose JSON is too long for a message goes in numbered pieces of its JSON. */
function recordsOf({ interview, answers }: Whole): object[] {
  const { id, snapshot: _cache, shared, ...facts } = interview;
  const records: object[] = [
    { interview: id, ...facts },
    ...answers.map((answer) => ({ interview: id, answer })),
    ...(shared === null ? [] : [{ interview: id, shared }]),
  ];
  return records.flatMap((record) => inPieces(id, record));
}

function inPieces(id: string, record: object): object[] {
  const json = JSON.stringify(record);
  if (bytes(json) < ROOM / 2) return [record];
  const pieces = piecesOf(json);
  return pieces.map((piece, i) => ({ interview: id, piece: i + 1, of: pieces.length, json: piece }));
}

/** Takes back what was shared: the coach's copy goes as far as Teams lets it, and nothing more is sent. The newest first. */
export async function withdraw({ talk }: Teacher): Promise<void> {
  const { school, language } = talk;
  const handovers = await talk.handovers();
  /** Who got it then, whoever is coach today. */
  const coachOf = (id: string) =>
    handovers.find(({ handover }) => handover.interviewId === id)?.handover.coach;
  const earlier = ((await talk.scene.others?.()) ?? []).map((one) => one.interview);
  const shared = earlier.filter((one) => one.shared !== null && asideOf(one.definition) === null);
  const own = talk.open();
  const what = own.shared === null ? shared.pop() : own;
  if (!what) return talk.notice('rights:nothingShared');
  const coach = coachOf(what.id) ?? { id: school.coach.aadObjectId, name: school.coach.name };
  talk.withdraw({ coach: coach.id, instead: language.t('rights:toCoach'), interviewId: what.id });
  talk.remember({ checkIn: undefined });
  talk.audit({ act: 'withdrawn' });
  if (what === own) {
    talk.update({ shared: null, status: 'kept' });
    // As if nothing had been chosen to share: so it can be chosen again. Unless the answers have had their time.
    const choice = (await talk.answers()).find((a) => a.step === 'r3_share');
    if (choice && phaseOf(await talk.snapshot()) === 'shared') {
      await talk.file({ ...choice, words: ['shareNone'] });
      await talk.rebuild();
    }
    talk.notice('rights:withdrawn', { coach: coach.name });
  } else {
    talk.notice('rights:withdrawnEarlier', { coach: coach.name, alias: what.names.alias ?? '' });
    talk.changeEarlier({ ...what, shared: null, status: 'kept' });
  }
  const next = shared.at(-1);
  if (next) talk.notice('rights:sharedToo', { alias: next.names.alias ?? '' });
}

/** Answered with a button; every other answer of several words is in the teacher's own. */
const PRESSED: ReadonlySet<string> = new Set(['r1_review', 'r3_share', 'r4_state']);

/** As it stood on the button, not as it is kept. */
function chosenWords(language: Language, { step, words = [] }: Answer): readonly string[] {
  const feelings = language.feelings();
  return words.map((word) => {
    if (!PRESSED.has(step)) return feelings[word] ?? word;
    return choiceText(language, (word === 'done' ? 'reviewDone' : word) as AnyChoice).title;
  });
}

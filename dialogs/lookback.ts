/**
 * Then and now: the three words again, and the six sentences where the school has them, beside the first ones. The teacher sees both,
 * and decides whether the coach does. Nothing is concluded from the difference.
 */
import type { KeyOf } from '../locales/index.ts';
import { phaseOf } from '../machines/course.ts';
import { readWords } from '../machines/words.ts';
import { fromWords, type SliderValues } from '../machines/sliders.ts';
import type { Ask } from '../machines/slots.ts';
import { comesFirst } from './aside.ts';
import { excerpt, putQuestion } from './asking.ts';
import { card, columns, heading, paragraph, type Element } from './cards.ts';
import type { Interview } from './ports.ts';
import { afterQuietHours } from './quiet-hours.ts';
import { sliderPicture } from './sliders.ts';
import type { Talk } from './talk.ts';
import type { Said, Teacher } from './teacher.ts';

/** Characters of a sentence that stands in the place of words. */
const LONGEST_SENTENCE = 200;
const SLIDERS_OPEN: SliderValues = [];

/** What the second time is laid beside. */
export type First = NonNullable<Interview['first']>;

export async function beginLookBack(teacher: Teacher): Promise<void> {
  const { talk } = teacher;
  if (await comesFirst(teacher)) return;
  const first = talk.interview ? await firstOf(talk) : null;
  if (!first) return talk.notice('lookback:notYet');
  const show = talk.open().status === 'shared' && (await handoverOf(talk, talk.open().id)) !== null;
  const effects = talk.beginAside('lookBack', false, { first, sliders: first.sliders !== null, show });
  talk.notice('lookback:intro', { alias: talk.alias });
  await teacher.perform(effects);
}

/** The first words of a closed interview; null when there is nothing to look back on. */
async function firstOf(talk: Talk): Promise<First | null> {
  const { id, names, sliders, startedAt } = talk.open();
  const phase = phaseOf(await talk.snapshot());
  if (talk.aside || (phase !== 'kept' && phase !== 'shared') || names.words.length === 0) return null;
  return { interviewId: id, words: names.words, sliders: sliders ?? null, at: startedAt };
}

async function handoverOf(talk: Talk, interviewId: string) {
  return (await talk.handovers()).find((one) => one.handover.interviewId === interviewId)?.handover ?? null;
}

/** The words of now; a teacher's sentence is a word too. */
export function wordsIn(talk: Talk, said: Said): readonly string[] {
  const read = readWords(said.text, talk.language.joiners());
  return read.length > 0 ? read : [excerpt(said.text, LONGEST_SENTENCE)];
}

interface Both {
  readonly elements: readonly Element[];
  readonly text: string;
}

/** Then and now; null when nothing was said the second time. */
async function compare(talk: Talk): Promise<Both | null> {
  const { language } = talk;
  const { first, startedAt } = talk.open();
  const answers = await talk.answers();
  const words = answers.find((a) => a.step === 'b1_words')?.words ?? [];
  const sliders = fromWords(answers.find((a) => a.step === 'b2_sliders')?.words ?? []);
  const filled = sliders.some((value) => value !== null);
  if (!first || (words.length === 0 && !filled)) return null;
  const date = new Intl.DateTimeFormat(language.tag, { dateStyle: 'long', timeZone: 'Europe/Amsterdam' });
  const title = language.t('lookback:title');
  const [then, now] = [
    language.t('lookback:then', { date: date.format(first.at) }),
    language.t('lookback:now', { date: date.format(startedAt) }),
  ];
  const open = [language.t('lookback:open')];
  const later = words.length > 0 ? words : open;
  const column = (name: string, list: readonly string[]): Element[] => [
    ...paragraph(name, { size: 'small', subtle: true }),
    ...list.flatMap((word) => paragraph(word, { weight: 'bolder', spacing: 'small' })),
  ];
  const picture = filled ? sliderPicture(language, talk.alias, first.sliders ?? SLIDERS_OPEN, sliders) : null;
  return {
    elements: [
      heading(title),
      columns([column(then, first.words), column(now, later)]),
      ...(picture?.elements ?? []),
    ],
    text: [
      title,
      `${then}: ${first.words.join(', ')}`,
      `${now}: ${later.join(', ')}`,
      ...(picture ? ['', picture.text] : []),
    ].join('\n'),
  };
}

function putBoth(talk: Talk, both: Both, before: readonly string[]): void {
  const text = [...before, both.text].join('\n\n');
  const body = [...before.flatMap((line) => paragraph(line)), ...both.elements];
  talk.say({
    label: { step: 'b3_show', kind: 'review' },
    text,
    card: card(body, [], talk.language.tag, text),
  });
}

/** Both times, and whether the coach may see them. */
export async function putComparison(teacher: Teacher, ask: Ask, before: readonly string[]): Promise<void> {
  const both = await compare(teacher.talk);
  if (!both) return finishLookBack(teacher, '', before);
  putBoth(teacher.talk, both, [...before, teacher.talk.language.t('lookback:yours')]);
  putQuestion(teacher.talk, ask, null);
}

export async function finishLookBack(
  teacher: Teacher,
  state: string,
  before: readonly string[] = [],
): Promise<void> {
  const { talk } = teacher;
  const both = await compare(talk);
  const { first, definition } = talk.open();
  const handover = first ? await handoverOf(talk, first.interviewId) : null;
  const say = (key: KeyOf<'lookback'>, params: Record<string, string> = {}): void => {
    const text = [...before, talk.language.t(`lookback:${key}`, params)].join('\n\n');
    talk.say({ label: { step: 'b3_show', kind: 'notice' }, text });
  };
  if (!both) say('nothing');
  else if (!definition.show) putBoth(talk, both, [...before, talk.language.t('lookback:yours')]);
  else if (state === 'showCoach' && first && handover) {
    say('shown', { coach: handover.coach.name });
    toCoach(talk, both, first.interviewId, handover.coach.id);
  } else say('private');
  talk.leaveAside({ erase: both === null });
}

/** As the teacher saw it; it belongs to the interview that was shared, and is taken back and erased with it. */
function toCoach(talk: Talk, both: Both, about: string, coach: string): void {
  const { language, alias } = talk;
  const { name } = talk.conversation;
  const lead = name
    ? language.t('lookback:toCoachFrom', { teacher: name, alias })
    : language.t('lookback:toCoach', { alias });
  const now = talk.world.now();
  const notBefore = afterQuietHours(now, talk.school.quietHours);
  const text = `${lead}\n\n${both.text}`;
  talk.say({
    to: { coach },
    label: { step: 'coach', kind: 'profile' },
    text,
    card: card([...paragraph(lead), ...both.elements], [], language.tag, text),
    ...(notBefore > now ? { notBefore } : {}),
    about,
  });
}

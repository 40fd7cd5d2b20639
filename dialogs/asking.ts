/** How a question is put: the words, the ways to answer, the card or the quick replies. */
import {
  keyIn,
  type ChoiceId,
  wholeKey,
  type KeyOf,
  type Language,
  type Namespace,
  type TextKey,
  type VariantOf,
} from '../locales/index.ts';
import { askedOf, isQuestion, isSliders } from '../machines/definition.ts';
import { isFeeling } from '../machines/feelings.ts';
import { holderOf } from '../machines/follow-up.ts';
import type { Ask } from '../machines/slots.ts';
import { keyOf, type Answer } from '../machines/journal.ts';
import { progressOf } from '../machines/course.ts';
import { card, choiceList, paragraph, type Button } from './cards.ts';
import type { Choice, Interview, Label, Outgoing } from './ports.ts';
import type { Talk } from './talk.ts';

const MOST_BUTTONS = 6;
const SHOWN_OF_EARLIER_ANSWER = 300;
/** Steps that are answered with a button; all others are answered in one's own words. */
const BUTTON_STEPS = new Set(['c3_consent', 'r2_add', 'r3_share', 'r4_state', 'm5_keep', 'b3_show']);

export const FEELING_WORDS = 'feelings';

/** Shortens a text of the teacher for showing it back; the whole stays in the store. */
export function excerpt(text: string, length = SHOWN_OF_EARLIER_ANSWER): string {
  const flat = text.replace(/\s+/gu, ' ').trim();
  if (flat.length <= length) return flat;
  return `${flat.slice(0, length).replace(/\s+\S*$/u, '')}…`;
}

/** Something that can be pressed or typed at a question. */
export type AnyChoice = ChoiceId | `lang:${string}` | `feeling:${string}`;

/** The title and the words of a choice; languages and feelings are choices too. */
export function choiceText(language: Language, id: AnyChoice): { title: string; say: readonly string[] } {
  const [kind, value = ''] = id.split(':');
  if (kind === 'lang') return { title: nameOf(language, value), say: language.languages()[value] ?? [value] };
  if (kind === 'feeling') {
    const word = language.feelings()[value] ?? value;
    return { title: word, say: [word] };
  }
  return language.choice(id as ChoiceId);
}

function nameOf(language: Language, code: string): string {
  return new Intl.DisplayNames([code], { type: 'language' }).of(code) ?? language.code;
}

/** Ways to answer a question, by id, in the order of the buttons. */
export function choicesFor(talk: Talk, ask: Ask, reopened: boolean): AnyChoice[] {
  const keep: AnyChoice[] = reopened ? ['leaveAsIs'] : [];
  switch (ask.step) {
    case 'c3_consent':
      return ['start', 'more', 'notNow', ...otherLanguages(talk).map((code): AnyChoice => `lang:${code}`)];
    case 'c4_alias':
      return keep;
    case 'r2_add':
      return [...keep, 'addNothing'];
    case 'r3_share':
      return ['shareKept', 'shareAll', 'shareNone'];
    case 'r4_state':
      return ['stateFine', 'stateTouched', 'stateTalk'];
    case 'm5_keep':
      return ['keepMine', 'eraseMine'];
    case 'b3_show':
      return ['showCoach', 'notShow'];
    case 's1_sliders':
    case 'b2_sliders':
      return [...keep, 'slidersDone', 'skip'];
    default:
      break;
  }
  const usual: AnyChoice[] = ['skip', 'back', 'pause', 'help'];
  if (ask.probe === 'P-WORDS') {
    return [...Object.keys(talk.language.feelings()).map((id): AnyChoice => `feeling:${id}`), ...usual];
  }
  if (ask.probe === 'P-REL') return [...keep, 'keepWords', ...usual];
  if (ask.probe !== null) return [...keep, 'said', ...usual];
  return [...keep, ...usual];
}

function otherLanguages(talk: Talk): string[] {
  return talk.school.languages.offered.filter((code) => code !== talk.language.code && talk.texts.has(code));
}

/** The words of a question: another wording each time, another again in a second interview. */
export function wording(
  talk: Talk,
  ask: Ask,
  quote: string,
  names: Interview['names'] = { alias: talk.alias, words: talk.words },
  /** Which wording it was, for the record; otherwise one that was not heard yet. */
  nth = wordingNumber(talk, ask),
): string {
  const { language } = talk;
  const params = {
    alias: names.alias ?? '',
    coach: talk.school.coach.name,
    quote,
    child: names.alias ?? language.t('reflection:nameless'),
    word: wordFor(names.words, ask),
  };
  if (ask.probe !== null) return language.variant(`probes:${probeKey(ask, quote)}`, nth, params);
  if (ask.step === 'c4_alias' && nth > 0) return language.t('second:c4_alias', params);
  return isQuestion(ask.step)
    ? language.variant(`interview:${ask.step}`, nth, params)
    : language.t(keyIn(textsOf(ask.step), ask.step), params);
}

/** Goes on counting where the earlier interviews stopped, so that a second one does not hear the same again. */
function wordingNumber(talk: Talk, { probe, nth }: Ask): number {
  return probe === null ? (talk.memory.round ?? 0) : nth + (talk.memory.heard?.[probe] ?? 0);
}

/** The namespace of a step's own words. */
function textsOf(step: string): Namespace {
  if (isSliders(step)) return 'sliders';
  if (step.startsWith('m')) return 'reflection';
  return step.startsWith('b') ? 'lookback' : 'interview';
}

function probeKey(ask: Ask, quote: string): VariantOf<'probes'> {
  const probe = ask.probe ?? 'P-EVENT';
  if (probe === 'P-EVENT' && ask.step === 'q8_best') return 'P-EVENT_closing';
  return ask.gentle && quote !== '' && (probe === 'P-OWN' || probe === 'P-CHILD') ? `${probe}_gentle` : probe;
}

const WORD_OF_STEP: Readonly<Record<string, number>> = { q2_word1: 0, q2_word2: 1, o1_word3: 2 };

function wordFor(words: readonly string[], ask: Ask): string {
  return words[WORD_OF_STEP[ask.step] ?? 0] ?? '';
}

/** Which text an answer is to, for the record: `q4_off`, `P-BEH.2`. */
export function wordingOf(talk: Talk, ask: Ask): string {
  return `${ask.probe ?? ask.step}.${wordingNumber(talk, ask)}`;
}

export function labelOf(talk: Talk, ask: Ask, choices: readonly AnyChoice[]): Label {
  const holder = ask.probe === null ? null : holderOf(ask.probe);
  return {
    step: ask.step,
    kind: ask.step === 'r1_review' ? 'review' : ask.probe === null ? 'question' : 'probe',
    ...(ask.probe === null ? {} : { probe: ask.probe }),
    ...(holder ? { holder } : {}),
    ...(choices.length > 0 ? { choices: choices.map((id) => toChoice(talk.language, id)) } : {}),
  };
}

export function toChoice(language: Language, id: AnyChoice): Choice {
  return { id: id.replace(/^feeling:/u, ''), say: choiceText(language, id).say[0] ?? id };
}

const TOKENS_KEPT = 4;

/** Gives each choice an opaque button id, valid as long as this question waits, and remembers what they stand for. */
export function buttonsFor(talk: Talk, question: string, ids: readonly AnyChoice[]): Button[] {
  const known = talk.memory.buttons;
  const same = known?.for === question && known.ids.join() === ids.join();
  const token = talk.world.newId();
  const tokens = [...(same ? known.tokens : []), token].slice(-TOKENS_KEPT);
  talk.remember({ buttons: { tokens, ids, for: question } });
  return ids.map((id, i) => ({ id: `${token}-${i}`, title: choiceText(talk.language, id).title }));
}

/** What a pressed button stands for; null when it belongs to an earlier question. */
export function pressed(talk: Talk, button: string): string | null {
  const { buttons } = talk.memory;
  const dash = button.lastIndexOf('-');
  if (!buttons?.tokens.includes(button.slice(0, dash))) return null;
  return buttons.ids[Number(button.slice(dash + 1))] ?? null;
}

export interface Lead {
  /** Said before the question, in the same message. */
  readonly before?: readonly string[];
  /** Words of the teacher a gentle check may repeat. */
  readonly quote?: string;
  /** Said instead of the question's own words. */
  readonly instead?: string;
  /** A button before the others. */
  readonly opener?: Button;
}

/** Puts the question that the interview waits for. */
export function putQuestion(talk: Talk, ask: Ask, reopened: Answer | null, lead: Lead = {}): void {
  const choices = choicesFor(talk, ask, reopened !== null);
  const label = labelOf(talk, ask, choices);
  const lines = [...(lead.before ?? []), lead.instead ?? wording(talk, ask, lead.quote ?? '')];
  if (reopened) {
    lines.push(
      reopened.text === ''
        ? talk.language.t('notices:reopenedSkipped')
        : talk.language.t('notices:reopened', { text: excerpt(reopened.text).replace(/\.$/u, '') }),
    );
  }
  const question = keyOf(ask);
  if (ask.probe === 'P-WORDS') return putFeelingList(talk, question, label, lines.join('\n\n'));
  if (BUTTON_STEPS.has(ask.step)) {
    const text = lines.join('\n\n');
    const own = buttonsFor(talk, question, choices.slice(0, MOST_BUTTONS));
    const buttons = lead.opener ? [lead.opener, ...own] : own;
    talk.say({
      label,
      text,
      card: card(
        lines.flatMap((l) => paragraph(l)),
        buttons,
        talk.language.tag,
        text,
      ),
    });
    return;
  }
  talk.say({ label, text: lines.join('\n\n'), suggestions: suggestionsFor(talk.language, choices) });
}

/** A notice with buttons of its own, each with a word that can be typed. `before`: what is said above it, in the same message. */
export function putOffer(
  talk: Talk,
  key: KeyOf<'notices'> | TextKey,
  ids: readonly AnyChoice[],
  params: Record<string, string | number> = {},
  before: readonly string[] = [],
): void {
  const { language } = talk;
  const text = [...before, language.t(wholeKey('notices', key), params)].join('\n\n');
  const buttons = buttonsFor(talk, key, ids);
  talk.say({
    label: { step: talk.step, kind: 'notice', choices: ids.map((id) => toChoice(language, id)) },
    text,
    card: card(paragraph(text), buttons, language.tag, text),
  });
}

function suggestionsFor(
  language: Language,
  choices: readonly AnyChoice[],
): NonNullable<Outgoing['suggestions']> {
  return choices.slice(0, MOST_BUTTONS).map((id) => {
    const { title, say } = choiceText(language, id);
    return { title, say: say[0] ?? title };
  });
}

function putFeelingList(talk: Talk, question: string, label: Label, text: string): void {
  const { language } = talk;
  const feelings = Object.entries(language.feelings()).map(([id, title]) => ({ id, title }));
  const buttons = buttonsFor(talk, question, ['wordsChosen', 'skip']);
  const listLabel = language.t('notices:feelingList');
  talk.say({
    label,
    text: `${text}\n\n${feelings.map((f) => f.title).join(', ')}`,
    card: card(
      [...paragraph(text), choiceList(FEELING_WORDS, listLabel, feelings)],
      buttons,
      language.tag,
      text,
    ),
  });
}

/** The feeling words in a typed or chosen answer to the list, by id; empty when there are none. */
export function readFeelings(language: Language, text: string): string[] {
  const byWord = new Map(Object.entries(language.feelings()).map(([id, word]) => [word.toLowerCase(), id]));
  return text
    .toLowerCase()
    .split(/[,;\n.]+/u)
    .map((part) => part.trim())
    .flatMap((part) => byWord.get(part) ?? (isFeeling(part) ? [part] : []));
}

/** "Vraag 4 van 9." or where we are outside the questions. */
export function progressText(talk: Talk, ask: Ask | null): string {
  const place = ask ? progressOf(askedOf(talk.open().definition), ask.step) : null;
  if (place) return talk.language.t('notices:progress', place);
  const early = ask !== null && ['c3_consent', 'c4_alias', 's1_sliders'].includes(ask.step);
  return talk.language.t(early ? 'notices:progressOpening' : 'notices:progressReview');
}

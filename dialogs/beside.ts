/** What coach and teacher say to each other through the bot, after sharing: words that can be typed, buttons, cards for either side. */
import type { AfterId, Language, TextKey } from '../locales/index.ts';
import { withButtons, type Handover, type Side } from '../machines/handover.ts';
import { card, paragraph, type Button, type Element } from './cards.ts';
import { normalise } from './commands.ts';
import type { Label, Outgoing } from './ports.ts';
import { afterQuietHours } from './quiet-hours.ts';
import type { Talk } from './talk.ts';

/** Something that can be pressed or typed. `act` is what the server remembers for the button. */
export interface Way {
  readonly act: string;
  readonly title: string;
  readonly say: string;
  /** A button with an id of its own, when it is not for the server to remember. */
  readonly button?: Button;
}

/** One of the ways of after.json, as a button. */
export function way(language: Language, id: AfterId, act: string = id): Way {
  const words = language.after()[id];
  return { act, title: words.title, say: words.say[0] ?? words.title };
}

export interface Typed {
  readonly id: string;
  /** The number behind it, from 1. */
  readonly n: number | null;
  /** What stands behind a colon. */
  readonly text: string | null;
}

const LONGEST_WORDS = 60;

/** "open 2", "geen past: woensdag"; null when it is none of these ways. */
export function readTyped(text: string, language: Language, ids: readonly AfterId[]): Typed | null {
  const colon = text.indexOf(':');
  const head = normalise(colon < 0 ? text : text.slice(0, colon));
  if (head.length > LONGEST_WORDS) return null;
  const behind = colon < 0 ? null : text.slice(colon + 1).trim();
  const numbered = /^(.+?)\s(\d{1,2})$/u.exec(head);
  const find = (words: string): AfterId | undefined => {
    const ways = language.after();
    return ids.find((id) => ways[id].say.includes(words));
  };
  const whole = find(head);
  if (whole !== undefined) return { id: whole, n: null, text: behind };
  const id = numbered ? find(numbered[1] ?? '') : undefined;
  return id === undefined ? null : { id, n: Number(numbered?.[2]), text: behind };
}

/** Name of the teacher, or what stands for it. */
export function whoOf(handover: Handover, language: Language): string {
  return handover.teacher ?? language.t('desk:someTeacher');
}

export function dayOf(language: Language, at: number): string {
  return new Intl.DateTimeFormat(language.tag, { dateStyle: 'long', timeZone: 'Europe/Amsterdam' }).format(
    at,
  );
}

/** When somebody may be told something of the bot's own accord. */
export function tellAt(talk: Talk): number {
  return afterQuietHours(talk.world.now(), talk.school.quietHours);
}

export interface Speech {
  /** Paragraphs; the text equivalent has the same. */
  readonly lines: readonly string[];
  /** Fields under them, or everything when they are already in the elements. */
  readonly elements?: readonly Element[];
  /** The card without the lines: they stand in the elements. */
  readonly bare?: boolean;
  readonly ways?: readonly Way[];
  readonly kind?: Label['kind'];
}

/**
 * Says something about a shared interview to the coach or the teacher: here, when it is their turn; from the teacher's turn also in
 * the coach's chat. Gives the record with the buttons in it; the caller keeps it.
 */
export function speak(
  talk: Talk,
  handover: Handover,
  to: Side,
  make: (language: Language) => Speech,
  more: Partial<Outgoing> = {},
): Handover {
  const here = talk.conversation.role === to;
  const language = here
    ? talk.language
    : talk.inLanguage(handover.languages[to] ?? handover.languages.teacher);
  const { lines, elements = [], bare = false, ways = [], kind = 'notice' } = make(language);
  const text = lines.join('\n\n');
  const token = talk.world.newId();
  const buttons = ways.map(({ title, button }, i) => button ?? { id: `${token}-${i}`, title });
  const body = [...(bare ? [] : lines.flatMap((line) => paragraph(line))), ...elements];
  const at = tellAt(talk);
  talk.say({
    ...(here ? {} : { to: { coach: handover.coach.id } }),
    about: handover.interviewId,
    label: {
      step: to === 'coach' ? 'coach' : talk.step,
      kind,
      ...(ways.length > 0
        ? { choices: ways.map(({ act, say }) => ({ id: act.split(':')[0] ?? act, say })) }
        : {}),
    },
    lang: language.tag,
    text,
    ...(elements.length + ways.length > 0 ? { card: card(body, buttons, language.tag, text) } : {}),
    ...(!here && at > talk.world.now() ? { notBefore: at } : {}),
    ...more,
  });
  if (ways.length === 0) return handover;
  return withButtons(handover, { side: to, token, acts: ways.map(({ act }) => act) });
}

/** A line to one side, without buttons. */
export function tell(
  talk: Talk,
  handover: Handover,
  to: Side,
  key: TextKey,
  params: (language: Language) => Readonly<Record<string, string | number>> = () => ({}),
): void {
  speak(talk, handover, to, (language) => ({
    lines: [
      language.t(key, {
        alias: handover.alias,
        coach: handover.coach.name,
        who: to === 'coach' ? whoOf(handover, language) : handover.coach.name,
        ...params(language),
      }),
    ],
  }));
}

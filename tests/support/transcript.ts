/**
 * Golden conversations: readable files that are played through the real turn, store and texts.
 *
 *   # a remark          # locale: nl-NL          # school: school.yaml   (a school file beside the transcript)
 *   # documents: consent (how the school gives documents)
 *   > [consent yes] [consent no] (to the newest file that was offered)    > [uploaded done]
 *   > what the teacher types
 *   > [press start]     > [press reviewDone keep2=false]     > [arrived] [left] [voice] [file] [picture] [empty]
 *   # dialogs          (a client that shows them)    > [open]    > [send preview keep2=false text3=Some_words]
 *   > [edit 3: text]    > [delete 3]   (the third message typed)    > [restart]    > [wait 2d]
 *   < (step kind probe) what the bot says
 *   c> what the coach types, in the coach's own chat; the same directions, with [press open] and the like for what comes after sharing
 *   ! what comes to the coach
 *   = what the dialog shows
 *   # names: Anne, Noor     the names that Teams has of teacher and coach
 *
 * Only the lines with `>`, `c>` and `#` are input; the rest is what came of it.
 */
import { readFileSync } from 'node:fs';
import type { DialogView, Incoming, InvokeAnswer, Outgoing } from '../../dialogs/ports.ts';
import { keyIn, loadTexts, type ChoiceId, type ChoiceText, type Texts } from '../../locales/index.ts';
import { cardProblems, textProblems } from './card-check.ts';
import { readDialog } from './dialog.ts';
import { openStage, type Stage } from './stage.ts';

const TEXTS = loadTexts();
const UNITS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Where Teams says that a document may go. */
const FILE = { name: 'profiel.docx', url: 'https://klank-my.sharepoint.com/a', id: 'a', type: 'docx' };

interface Submit {
  readonly title: string;
  readonly data: { readonly klankbord: string; readonly msteams?: unknown };
}

/** Plays the input lines of a transcript and gives the whole transcript as it came out. `look` sees every message, by whom it is for. */
export async function play(
  source: string,
  look: (message: Outgoing, to: 'teacher' | 'coach' | 'dialog') => void = () => undefined,
  texts: Texts = TEXTS,
): Promise<string> {
  const locale = localeOf(source);
  const school = /^# school: (\S+)/mu.exec(source)?.[1];
  const file =
    school === undefined
      ? {}
      : { file: readFileSync(new URL(`../transcripts/${school}`, import.meta.url), 'utf8') };
  const dialogs = /^# dialogs$/mu.test(source);
  const consent = /^# documents: consent/mu.test(source);
  const [teacher, coach] = /^# names: (.+)/mu.exec(source)?.[1]?.split(', ') ?? [];
  const names = { ...(teacher ? { teacher } : {}), ...(coach ? { coach } : {}) };
  const stage = await openStage({
    lang: locale,
    names,
    texts,
    ...file,
    school: { dialogs, ...(consent ? { documents: 'consent' as const } : {}) },
  });
  const players = {
    teacher: new Player(stage, texts, (incoming) => stage.send(incoming)),
    coach: new Player(stage, texts, (incoming) => stage.sendAsCoach(incoming)),
  };
  const out: string[] = [];
  try {
    for (const line of source.split('\n')) {
      if (line.startsWith('#')) out.push(line);
      const [, who, input] = /^(c?)>(.*)/u.exec(line) ?? [];
      if (input === undefined) continue;
      out.push('', line);
      const replies = await players[who === 'c' ? 'coach' : 'teacher'].act(input.trim());
      const heard = {
        teacher: [...(who === 'c' ? [] : replies), ...stage.toTeacher.splice(0)],
        coach: [...(who === 'c' ? replies : []), ...stage.toCoach.splice(0)],
      };
      const answer = stage.answer();
      if (answer && 'dialog' in answer) look(asMessage(answer.dialog), 'dialog');
      // Each side is shown what it said first.
      const sides = who === 'c' ? (['coach', 'teacher'] as const) : (['teacher', 'coach'] as const);
      for (const side of sides) {
        for (const message of heard[side]) {
          checkCard(message);
          players[side].see(message);
          look(message, side);
          out.push(...lines(side === 'coach' ? '!' : '<', message, side === 'coach'));
        }
        if (side === sides[0]) out.push(...dialogLines(answer));
      }
    }
  } finally {
    await stage.close();
  }
  return `${out.join('\n')}\n`;
}

function checkCard({ card, label, text }: Outgoing): void {
  const problems = card ? [...cardProblems(card), ...textProblems(card, text)] : [];
  if (problems.length > 0) throw new Error(`The card of ${label.step} ${label.kind}: ${problems.join('; ')}`);
}

function lines(mark: string, { label, text }: Outgoing, coach: boolean): string[] {
  const what = coach ? label.kind : [label.step, label.kind, label.probe].filter(Boolean).join(' ');
  const [first = '', ...rest] = text.split('\n').filter((line) => line.trim() !== '');
  return [`${mark} (${what}) ${first}`, ...rest.map((line) => `${mark}   ${line}`)];
}

/** A dialog beside the messages, for whoever looks at cards: its title is its text. */
function asMessage({ title, card }: DialogView): Outgoing {
  const label = { step: 'r1_review', kind: 'notice' } as const;
  return { to: 'here', label, lang: String(card['lang']), text: title, card };
}

/** A sign by itself, of a table or a button. */
const isWords = (line: string): boolean => line.length > 1;

function dialogLines(answer: InvokeAnswer | undefined): string[] {
  if (answer === undefined) return [];
  if (answer === null) return ['= (closes)'];
  if ('message' in answer) return [`= ${answer.message}`];
  const { title, text, buttons } = readDialog(answer);
  return [
    `= (${title})`,
    ...text
      .split('\n')
      .filter(isWords)
      .map((line) => `=   ${line}`),
    `=   [${buttons.join('] [')}]`,
  ];
}

/** The input lines, without their mark. */
export function actsOf(source: string): string[] {
  return source.split('\n').flatMap((line) => (line.startsWith('>') ? [line.slice(1).trim()] : []));
}

export function localeOf(source: string): string {
  return /^# locale: (\S+)/mu.exec(source)?.[1] ?? 'nl-NL';
}

export function createPlayer(stage: Stage): { act(input: string): Promise<readonly Outgoing[]> } {
  const player = new Player(stage, TEXTS, (incoming) => stage.send(incoming));
  return {
    async act(input) {
      const said = await player.act(input);
      for (const message of said) player.see(message);
      return said;
    },
  };
}

class Player {
  readonly #stage: Stage;
  readonly #texts: Texts;
  readonly #post: (incoming: Incoming) => Promise<readonly Outgoing[]>;
  #typed = 0;
  #buttons: Submit[] = [];
  #offer = '';
  #opener = '';
  #dialog: InvokeAnswer = null;
  #lang = 'nl';

  constructor(stage: Stage, texts: Texts, post: (incoming: Incoming) => Promise<readonly Outgoing[]>) {
    this.#stage = stage;
    this.#texts = texts;
    this.#post = post;
  }

  async act(input: string): Promise<readonly Outgoing[]> {
    const command = /^\[(\w+)\s*([^\]]*)\]$/u.exec(input);
    const said = command
      ? await this.#stageDirection(command[1] ?? '', command[2] ?? '')
      : await this.#type(input);
    const answer = this.#stage.answer();
    if (answer && 'dialog' in answer) this.#dialog = answer;
    return said;
  }

  /** A message that came into this chat. */
  see(message: Outgoing): void {
    const actions = (message.card?.['actions'] ?? []) as Submit[];
    if (actions.length > 0) this.#buttons = actions;
    if (message.file && 'offer' in message.file) this.#offer = message.file.offer.token;
    this.#opener = actions.find(({ data }) => data.msteams)?.data.klankbord ?? this.#opener;
    this.#lang = this.#texts.negotiate(message.lang) ?? this.#lang;
  }

  #type(text: string): Promise<readonly Outgoing[]> {
    this.#typed += 1;
    const lines = text.replaceAll('\\n', '\n');
    return this.#post({ kind: 'text', text: lines, sources: [`typed-${this.#typed}`] });
  }

  async #stageDirection(what: string, rest: string): Promise<readonly Outgoing[]> {
    switch (what) {
      case 'arrived':
        return this.#post({ kind: 'arrived', installed: true });
      case 'left':
        return this.#post({ kind: 'left' });
      case 'voice':
      case 'file':
      case 'picture':
      case 'empty':
        return this.#post({ kind: 'unreadable', what });
      case 'open':
        return this.#post({ kind: 'dialogOpen', token: this.#opener });
      case 'send':
        return this.#post(this.#sendDialog(rest));
      case 'press':
        return this.#post(this.#press(rest));
      case 'edit': {
        const [, n, text] = /^(\d+): (.+)$/u.exec(rest) ?? [];
        return this.#post({ kind: 'edited', source: `typed-${n}`, text: text ?? '' });
      }
      case 'delete':
        return this.#post({ kind: 'deleted', source: `typed-${rest}` });
      case 'consent': {
        const upload = { url: 'https://klank-my.sharepoint.com/up', file: FILE };
        const answer = rest === 'yes' ? { accepted: true, upload } : { accepted: false, upload: null };
        return this.#post({ kind: 'file', token: this.#offer, message: 'card', ...answer });
      }
      case 'uploaded': {
        const state = rest as 'done' | 'unsure' | 'failed' | 'gone';
        return this.#post({ kind: 'uploaded', state, message: 'card', file: FILE });
      }
      case 'restart':
        await this.#stage.restart();
        return [];
      case 'wait': {
        const [, n, unit] = /^(\d+)([mhd])$/u.exec(rest) ?? [];
        await this.#stage.pass(Number(n) * (UNITS[unit ?? ''] ?? 0));
        return [];
      }
      default:
        throw new Error(`Unknown stage direction [${what} ${rest}]`);
    }
  }

  /** A button of the dialog that is open, with its fields as they are but for what was changed; a `_` stands for a space. */
  #sendDialog(rest: string): Incoming {
    const [id = '', ...inputs] = rest.split(/\s+/u);
    if (!this.#dialog) throw new Error('No dialog was opened');
    const dialog = readDialog(this.#dialog);
    const language = this.#texts.language(this.#lang);
    const groups = ['dialogs', 'admin:chat.words', 'admin:chat.address', 'admin:chat'] as const;
    const keys = groups.map((group) => keyIn(group, id));
    const known = keys.flatMap((key) => {
      try {
        return [language.t(key)];
      } catch {
        return [];
      }
    });
    const [said] = known;
    const title =
      said === undefined ? language.choice(id as ChoiceId).title : said[0]?.toUpperCase() + said.slice(1);
    const changed = inputs.map((pair) => pair.replaceAll('_', ' ').split('=') as [string, string]);
    return {
      kind: 'dialogSent',
      token: dialog.token(title),
      values: { ...dialog.values, ...Object.fromEntries(changed) },
    };
  }

  /** A press on the button that this choice has on the latest card. */
  #press(rest: string): Incoming {
    const [id = '', ...inputs] = rest.split(/\s+/u);
    const language = this.#texts.language(this.#lang);
    // A number is the place of the button on the card: some have a date for a title.
    const ways: Readonly<Record<string, ChoiceText>> = language.after();
    const title = ways[id]?.title ?? (/^\d$/u.test(id) ? id : language.choice(id as ChoiceId).title);
    const button = this.#buttons.find((b) => b.title === title) ?? this.#buttons[Number(id) - 1];
    if (!button) throw new Error(`There is no button "${title}" (${id}) on the latest card`);
    // An underscore stands for a space.
    const values = Object.fromEntries(
      inputs.map((pair) => pair.split('=') as [string, string]).map(([k, v]) => [k, v.replaceAll('_', ' ')]),
    );
    return { kind: 'button', token: button.data.klankbord, values };
  }
}

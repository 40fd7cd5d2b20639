/**
 * What an admin of the settings works with: where they are, what is said to them (in the chat, or in the dialog that was sent), and
 * how a change becomes a version.
 */
import type { AdminPrompts } from './admin-prompts.ts';
import { card, heading, paragraph, submit, type Button, type Element } from './cards.ts';
import { buttonTo, showDialog } from './dialog.ts';
import type { SettingsChange, SettingsMistake, SettingsPort, SettingsVersion } from './ports.ts';
import type { Talk } from './talk.ts';
import type { Packs } from './teacher.ts';
import { keyIn, type Language, type Under } from '../locales/index.ts';

/** Where an admin is in the settings; part of what the dialog remembers. */
export interface AdminMemory extends AdminPrompts {
  readonly at:
    'menu' | 'prompts' | 'prompt' | 'try' | 'languages' | 'address' | 'coaches' | 'contacts' | 'import';
  /** The buttons of the last card: an opaque token, and the word that each types. */
  readonly buttons?: { readonly token: string; readonly says: readonly string[] };
}

/** What a dialog of the settings has to know again: its buttons are words of the language it was shown in. */
export interface AdminDialog {
  readonly lang: string;
  /** Of the settings that were shown. */
  readonly version: number;
  readonly at: AdminMemory;
}

const MOST_BUTTONS = 6;
/** Of a card that is filled in: what it typed out stands in its fields. */
export const SEND = 'send';
/** Texts that say what to type: a dialog has fields for it, and says this otherwise. */
const OTHERWISE = [
  ...(['menuHow', 'saved', 'unknown', 'languagesHow', 'addressHow', 'coachesHow', 'contactHow'] as const),
  ...(['promptsHow', 'prompt', 'standard', 'draftGood', 'draftWarned', 'draftBad'] as const),
  ...(['tryFirst', 'tryEnd'] as const),
];
type AdminText = Under<'admin:chat'>;
const isOtherwise = (key: AdminText): key is (typeof OTHERWISE)[number] =>
  (OTHERWISE as readonly AdminText[]).includes(key);

export class Admin {
  readonly talk: Talk;
  readonly settings: SettingsPort;
  readonly packs: Packs;
  /** The fields that a dialog has instead of those of the chat; null: the same. */
  formOf: (admin: Admin) => readonly Element[] | null = () => null;

  constructor(talk: Talk, settings: SettingsPort, packs: Packs) {
    this.talk = talk;
    this.settings = settings;
    this.packs = packs;
  }

  get language(): Language {
    return this.talk.language;
  }

  /** Number of the newest version. */
  get version(): number {
    return this.settings.versions().at(-1)?.number ?? 0;
  }

  get memory(): AdminMemory {
    return this.talk.memory.admin ?? { at: 'menu' };
  }

  go(at: AdminMemory['at'], more: Partial<AdminMemory> = {}): void {
    const { buttons: _, ...kept } = this.memory;
    this.talk.remember({ admin: { ...kept, ...more, at } });
  }

  text(key: AdminText, values: Record<string, string | number> = {}): string {
    return this.talk.inDialog && isOtherwise(key)
      ? this.language.t(`dialogs:admin.${key}`, values)
      : this.language.t(`admin:chat.${key}`, values);
  }

  word(id: Under<'admin:chat.words'>): string {
    return this.text(`words.${id}`);
  }

  /** One message: a card with fields and buttons, all of which can be typed as well. */
  put(text: string, says: readonly string[], fields: readonly Element[] = [], title = false): void {
    const { language, talk } = this;
    if (talk.inDialog) return this.#show(text, says, this.formOf(this) ?? fields);
    const token = talk.world.newId();
    const all = fields.length > 0 ? [SEND, ...says] : says;
    talk.remember({ admin: { ...this.memory, buttons: { token, says: all } } });
    const buttons = all.map((say, n) => ({
      id: `${token}-${n}`,
      title: say === SEND ? this.text('send') : capital(say),
    }));
    const head = title ? [heading(this.text('title'))] : [];
    // Where there are dialogs, the overview opens one; every word can still be typed.
    const opener =
      title && talk.school.dialogs
        ? ({ id: buttonTo(talk, 'admin'), title: language.t('dialogs:admin.open'), opens: true } as const)
        : null;
    talk.say({
      label: { step: talk.step, kind: 'notice', choices: says.map((say) => ({ id: say, say })) },
      text: title ? `${this.text('title')}\n\n${text}` : text,
      card: card(
        [...head, ...paragraph(text), ...fields, ...rows(opener ? [] : buttons.slice(0, -MOST_BUTTONS))],
        opener ? [opener, ...buttons.slice(-1)] : buttons.slice(-MOST_BUTTONS),
        language.tag,
        text,
      ),
    });
  }

  /** The same in the dialog that was opened or sent. */
  #show(text: string, says: readonly string[], fields: readonly Element[]): void {
    const { buttons: _, ...at } = this.memory;
    const all = fields.length > 0 ? [SEND, ...says] : says;
    showDialog(this.talk, {
      about: 'admin',
      title: this.text('title'),
      body: [...paragraph(text), ...fields],
      buttons: all.map((say) => ({ id: say, title: say === SEND ? this.text('send') : capital(say) })),
      state: { lang: this.language.code, version: this.version, at } satisfies AdminDialog,
    });
  }

  /** Makes a change a version, or says what keeps it from being one. */
  change(change: SettingsChange, source: SettingsVersion['source'], what: SettingsVersion['what']): boolean {
    const { yaml, mistakes } = this.settings.propose(change);
    if (mistakes.length > 0) {
      this.put(this.text('refused', { list: this.remedies(mistakes) }), [this.word('menu')]);
      return false;
    }
    const latest = this.settings.versions().at(-1);
    if (latest && latest.yaml === yaml) {
      this.put(this.text('same'), [this.word('menu')]);
      return false;
    }
    this.talk.changeSettings({ source, by: this.talk.conversation.name, what, yaml });
    const n = (latest?.number ?? 0) + 1;
    this.put(this.text('saved', { n, what: this.whatOf(what) }), [
      this.word('undo'),
      this.word('menu'),
      this.word('done'),
    ]);
    return true;
  }

  remedies(mistakes: readonly SettingsMistake[]): string {
    return mistakes
      .map(({ line, path, code, values }) => {
        const remedy = this.language.t(keyIn('admin:mistakes', code), values ?? {});
        return this.language
          .t(path === '' ? 'admin:check.lineOnly' : 'admin:check.line', { line, path, remedy })
          .trim();
      })
      .join('\n');
  }

  whatOf({ key, values }: SettingsVersion['what']): string {
    return this.language.t(key === 'undone' ? 'admin:chat.undone' : keyIn('admin:chat.what', key), {
      ...values,
    });
  }
}

/** More buttons than fit under a card. */
function rows(buttons: readonly Button[]): Element[] {
  return buttons.length === 0 ? [] : [{ type: 'ActionSet', actions: buttons.map(submit) }];
}

export function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

/**
 * The settings in the chat, for whoever the school file names as admin: what applies now, one change at a time, each a version.
 * Never anything of what teachers write. Every button has a word that can be typed instead.
 */
import {
  countScript,
  keepPrompt,
  putPrompt,
  putPrompts,
  readPrompt,
  type AdminPrompts,
} from './admin-prompts.ts';
import { normalise, readCommand } from './commands.ts';
import { offerDocument } from './documents.ts';
import { card, heading, paragraph, submit, textInput, type Button, type Element } from './cards.ts';
import type { Incoming, SettingsChange, SettingsMistake, SettingsPort, SettingsVersion } from './ports.ts';
import type { Talk } from './talk.ts';
import type { Packs } from './teacher.ts';
import type { Language } from '../locales/index.ts';

/** Where an admin is in the settings; part of what the dialog remembers. */
export interface AdminMemory extends AdminPrompts {
  readonly at:
    'menu' | 'prompts' | 'prompt' | 'try' | 'languages' | 'address' | 'coaches' | 'contacts' | 'import';
  /** The buttons of the last card: an opaque token, and the word that each types. */
  readonly buttons?: { readonly token: string; readonly says: readonly string[] };
}

const MENU = ['prompts', 'languages', 'address', 'coaches', 'contacts', 'preview'] as const;
const MORE = ['counts', 'history', 'undo', 'export', 'import', 'done'] as const;
const SHOWN_VERSIONS = 10;
const MOST_BUTTONS = 6;
const LONGEST_MESSAGE = 12_000;
const LEAST_TEACHERS = 5;
/** Of a card that is filled in: what it typed out stands in its fields. */
const SEND = 'send';

export class Admin {
  readonly talk: Talk;
  readonly settings: SettingsPort;
  readonly packs: Packs;

  constructor(talk: Talk, settings: SettingsPort, packs: Packs) {
    this.talk = talk;
    this.settings = settings;
    this.packs = packs;
  }

  get language(): Language {
    return this.talk.language;
  }

  get memory(): AdminMemory {
    return this.talk.memory.admin ?? { at: 'menu' };
  }

  go(at: AdminMemory['at'], more: Partial<AdminMemory> = {}): void {
    const { buttons: _, ...kept } = this.memory;
    this.talk.remember({ admin: { ...kept, ...more, at } });
  }

  text(key: string, values: Record<string, string | number> = {}): string {
    return this.language.t(`admin:chat.${key}`, values);
  }

  word(id: string): string {
    return this.text(`words.${id}`);
  }

  /** One message: a card with fields and buttons, all of which can be typed as well. */
  put(text: string, says: readonly string[], fields: readonly Element[] = [], title = false): void {
    const { language, talk } = this;
    const token = talk.world.newId();
    const all = fields.length > 0 ? [SEND, ...says] : says;
    talk.remember({ admin: { ...this.memory, buttons: { token, says: all } } });
    const buttons = all.map((say, n) => ({
      id: `${token}-${n}`,
      title: say === SEND ? this.text('send') : capital(say),
    }));
    const head = title ? [heading(this.text('title'))] : [];
    talk.say({
      label: { step: talk.step, kind: 'notice', choices: says.map((say) => ({ id: say, say })) },
      text: title ? `${this.text('title')}\n\n${text}` : text,
      card: card(
        [...head, ...paragraph(text), ...fields, ...rows(buttons.slice(0, -MOST_BUTTONS))],
        buttons.slice(-MOST_BUTTONS),
        language.tag,
        text,
      ),
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
        const remedy = this.language.t(`admin:mistakes.${code}`, values ?? {});
        return this.language
          .t(path === '' ? 'admin:check.lineOnly' : 'admin:check.line', { line, path, remedy })
          .trim();
      })
      .join('\n');
  }

  whatOf({ key, values }: SettingsVersion['what']): string {
    return this.text(key === 'undone' ? key : `what.${key}`, { ...values });
  }
}

/** True when the message was for the settings and has been answered. */
export async function adminTurn(
  talk: Talk,
  packs: Packs,
  settings: SettingsPort,
  incoming: Incoming,
): Promise<boolean> {
  if (!settings.isAdmin(talk.conversation.directoryId ?? null)) return false;
  const admin = new Admin(talk, settings, packs);
  const said = saidBy(admin, incoming);
  if (said === null) {
    tellTrouble(admin);
    return false;
  }
  const typed = normalise(said);
  const open = talk.memory.admin !== undefined;
  if (isSettingsCommand(talk.language, typed) || (open && typed === normalise(admin.word('menu'))))
    putMenu(admin);
  else if (!open) {
    tellTrouble(admin);
    return false;
  } else if (typed === normalise(admin.word('done'))) {
    talk.remember({ admin: undefined });
    talk.notice('admin:chat.closed');
  } else await inSettings(admin, said, typed);
  return true;
}

/** Texts of somebody in the settings wait for nothing. */
export function isForAdmin(talk: Talk, text: string): boolean {
  return talk.memory.admin !== undefined || isSettingsCommand(talk.language, normalise(text));
}

function isSettingsCommand(language: Language, typed: string): boolean {
  return (language.commands()['settings'] ?? []).some((phrase) => normalise(phrase) === typed);
}

/** What was typed, or what the pressed button types; null when it is not for the settings. */
function saidBy({ memory }: Admin, incoming: Incoming): string | null {
  if (incoming.kind === 'text') return incoming.text;
  if (incoming.kind !== 'button' || !memory.buttons) return null;
  const dash = incoming.token.lastIndexOf('-');
  if (incoming.token.slice(0, dash) !== memory.buttons.token) return null;
  const say = memory.buttons.says[Number(incoming.token.slice(dash + 1))] ?? null;
  return say === SEND
    ? Object.values(incoming.values)
        .filter((v) => v.trim() !== '')
        .join(', ')
    : say;
}

/** A school file that cannot be used is told once, at the first occasion. */
function tellTrouble(admin: Admin): void {
  const trouble = admin.settings.trouble();
  const told = JSON.stringify(trouble.map(({ line, code }) => [line, code]));
  if (trouble.length === 0 || admin.talk.memory.toldTrouble === told) return;
  admin.talk.remember({ toldTrouble: told });
  admin.talk.notice('admin:chat.fileBad', { list: admin.remedies(trouble) });
}

function putMenu(admin: Admin): void {
  const { settings, talk } = admin;
  const view = settings.view();
  const version = settings.versions().at(-1);
  talk.remember({ admin: { at: 'menu' } });
  const own = Object.entries(view.prompts)
    .filter(([, prompts]) => Object.keys(prompts).length > 0)
    .map(([lang, prompts]) => `${lang} ${Object.keys(prompts).length}`);
  const summary = admin.text('summary', {
    languages: view.languages.offered.join(', '),
    address: admin.text(`address.${view.address}`),
    depth: admin.text(`depth.${view.depth}`),
    coaches: view.schools.map(({ name, coach }) => `${name}: ${coach.name}`).join('; '),
    own: own.join(', ') || admin.text('none'),
    contacts: [view.country, view.person].filter(Boolean).join(', '),
  });
  const trouble = settings.trouble();
  const lines = [
    ...(trouble.length > 0 ? [admin.text('fileBad', { list: admin.remedies(trouble) })] : []),
    ...(version ? [admin.text('state', { n: version.number, ...signature(admin, version) })] : []),
    summary,
    admin.text('menuHow', { words: [...MENU, ...MORE].map((id) => admin.word(id)).join(', ') }),
  ];
  admin.put(
    lines.join('\n\n'),
    [...MENU, ...MORE].map((id) => admin.word(id)),
    [],
    true,
  );
}

function signature(admin: Admin, version: SettingsVersion): { date: string; who: string; what: string } {
  const date = new Intl.DateTimeFormat(admin.language.tag, {
    dateStyle: 'medium',
    timeStyle: 'short',
    timeZone: 'Europe/Amsterdam',
  }).format(version.at);
  const who = version.by ?? admin.text(version.source === 'file' ? 'who.file' : 'who.somebody');
  return { date, who, what: admin.whatOf(version.what) };
}

async function inSettings(admin: Admin, said: string, typed: string): Promise<void> {
  const { talk, memory } = admin;
  const command = readCommand(said, talk.language);
  if (command?.id === 'speak' && memory.at === 'menu') {
    talk.speak(command.lang);
    return putMenu(admin);
  }
  const chosen =
    memory.at === 'try' ? undefined : [...MENU, ...MORE].find((id) => normalise(admin.word(id)) === typed);
  switch (chosen) {
    case 'prompts':
      return putPrompts(admin);
    case 'languages':
      return putLanguages(admin);
    case 'address':
      admin.go('address');
      return admin.put(
        admin.text('addressHow', { address: admin.text(`address.${admin.settings.view().address}`) }),
        [admin.text('address.informal'), admin.text('address.formal'), admin.word('menu')],
      );
    case 'coaches':
      return putCoaches(admin);
    case 'contacts':
      return putContacts(admin);
    case 'preview':
      return putPreview(admin);
    case 'counts':
      return putCounts(admin);
    case 'history':
      return putHistory(admin);
    case 'undo':
      return undo(admin);
    case 'export':
      return putExport(admin);
    case 'import':
      admin.go('import');
      return admin.put(
        admin.text('importHow'),
        [admin.word('menu')],
        [textInput('yaml', admin.word('import'), true)],
      );
    default:
      break;
  }
  switch (memory.at) {
    case 'prompts':
      return putPrompt(admin, typed);
    case 'prompt':
      return keepPrompt(admin, said, typed);
    case 'try':
      if (normalise(admin.word('publish')) === typed) return keepPrompt(admin, said, typed);
      return readPrompt(admin, said);
    case 'languages':
      return readLanguages(admin, said);
    case 'address':
      return readAddress(admin, typed);
    case 'coaches':
      return readCoach(admin, said, typed);
    case 'contacts':
      return readContact(admin, said);
    case 'import':
      admin.go('menu');
      return void admin.change({ yaml: `${said.trimEnd()}\n` }, 'import', { key: 'import' });
    default:
      return admin.put(admin.text('unknown'), [admin.word('menu'), admin.word('done')]);
  }
}

/* ---------------------------------------------------------------- languages and form of address */

function putLanguages(admin: Admin): void {
  admin.go('languages');
  const { offered } = admin.settings.view().languages;
  const { texts } = admin.talk;
  const others = texts.codes.filter((code) => !offered.includes(code));
  const name = (code: string) => `${code} (${texts.language(code).name})`;
  admin.put(
    admin.text('languagesHow', {
      offered: offered.map((code) => (texts.has(code) ? name(code) : code)).join(', '),
      others: others.map(name).join(', ') || admin.text('none'),
    }),
    [admin.word('menu')],
    [textInput('languages', admin.word('languages'), false, offered.join(', '))],
  );
}

function readLanguages(admin: Admin, said: string): void {
  const given = said.split(/[,\s]+/u).filter((code) => code !== '');
  const byTeams = normalise(given[0] ?? '') === normalise(admin.word('teams'));
  const { codes } = admin.talk.texts;
  const wanted = (byTeams ? given.slice(1) : given).map(
    (code) => codes.find((known) => known.toLowerCase() === code.toLowerCase()) ?? code,
  );
  admin.go('menu');
  admin.change(
    {
      set: [
        { path: ['languages', 'offered'], value: wanted },
        { path: ['languages', 'default'], value: byTeams ? undefined : wanted[0] },
      ],
    },
    'chat',
    { key: 'languages' },
  );
}

function readAddress(admin: Admin, typed: string): void {
  const value = (['informal', 'formal'] as const).find(
    (form) => normalise(admin.text(`address.${form}`)) === typed,
  );
  if (!value) return admin.put(admin.text('unknown'), [admin.word('menu'), admin.word('done')]);
  admin.go('menu');
  admin.change({ set: [{ path: ['address'], value }] }, 'chat', { key: 'address' });
}

/* ---------------------------------------------------------------- people */

function putCoaches(admin: Admin): void {
  admin.go('coaches');
  const list = admin.settings.view().schools.map(({ name, coach, substitute, coachAway }, n) => {
    const away = coachAway ? ` (${admin.word('away')})` : '';
    return `${n + 1}. ${name}: ${coach.name}${away}${substitute === null ? '' : `; ${substitute}`}`;
  });
  admin.put(admin.text('coachesHow', { list: list.join('\n') }), [admin.word('menu')]);
}

function readCoach(admin: Admin, said: string, typed: string): void {
  const schools = admin.settings.view().schools;
  const [first = '', second = ''] = typed.split(' ');
  const presence = (['away', 'back'] as const).find((id) => normalise(admin.word(id)) === first);
  const [number = '', name = '', id = ''] = said.split(',').map((part) => part.trim());
  const n = Number(presence ? second : number) - 1;
  if (!schools[n]) return admin.put(admin.text('unknown'), [admin.word('coaches'), admin.word('menu')]);
  admin.go('menu');
  const set = presence
    ? [{ path: ['schools', n, 'coachAway'], value: presence === 'away' }]
    : [{ path: ['schools', n, 'coach'], value: { name, aadObjectId: id } }];
  admin.change({ set }, 'chat', { key: 'coaches' });
}

function putContacts(admin: Admin): void {
  admin.go('contacts');
  const { country, countries, person } = admin.settings.view();
  admin.put(
    admin.text('contactHow', {
      country,
      countries: countries.join(', '),
      person: person ?? admin.text('none'),
    }),
    [admin.word('menu')],
  );
}

function readContact(admin: Admin, said: string): void {
  const [, field = '', value = ''] = /^\s*([^:]+):\s*(.+?)\s*$/u.exec(said) ?? [];
  const key = (['country', 'person'] as const).find((id) => normalise(admin.word(id)) === normalise(field));
  if (!key) return admin.put(admin.text('unknown'), [admin.word('contacts'), admin.word('menu')]);
  admin.go('menu');
  const given = key === 'country' ? value.toLowerCase() : value;
  admin.change({ set: [{ path: ['contacts', key], value: given }] }, 'chat', { key: 'contacts' });
}

/* ---------------------------------------------------------------- versions */

function putHistory(admin: Admin): void {
  const lines = admin.settings
    .versions()
    .slice(-SHOWN_VERSIONS)
    .reverse()
    .map((version) => admin.text('historyLine', { n: version.number, ...signature(admin, version) }));
  admin.put(admin.text('history', { list: lines.join('\n') }), [admin.word('undo'), admin.word('menu')]);
}

/** One step back; after an undo, one step further back. */
function undo(admin: Admin): void {
  const versions = admin.settings.versions();
  const latest = versions.at(-1);
  const from = latest?.source === 'undo' ? Number(latest.what.values?.['n']) : (latest?.number ?? 0);
  const target = versions.findLast(({ number, source }) => number < from && source !== 'undo');
  if (!target) return admin.put(admin.text('nothingToUndo'), [admin.word('menu')]);
  admin.go('menu');
  admin.change({ yaml: target.yaml }, 'undo', { key: 'undone', values: { n: target.number } });
}

function putExport(admin: Admin): void {
  admin.talk.notice('admin:chat.export');
  const yaml = admin.settings.versions().at(-1)?.yaml ?? '';
  for (const part of partsOf(yaml))
    admin.talk.say({ label: { step: admin.talk.step, kind: 'notice' }, text: part });
}

/** Cut between lines, so that the parts put together are the file. */
function partsOf(yaml: string): string[] {
  const parts = [''];
  for (const line of yaml.trimEnd().split('\n')) {
    const last = parts.at(-1) ?? '';
    if (last.length + line.length > LONGEST_MESSAGE) parts.push(line);
    else parts[parts.length - 1] = last === '' ? line : `${last}\n${line}`;
  }
  return parts;
}

/* ---------------------------------------------------------------- preview and counts */

async function putPreview(admin: Admin): Promise<void> {
  admin.put(admin.text('previewHow', { ...outlineOf(admin) }), [admin.word('menu')]);
  if (admin.talk.school.documents !== undefined) await offerDocument(admin.talk, { kind: 'script' });
}

function outlineOf(admin: Admin): Record<string, string | number> {
  const { language, settings } = admin;
  return { lang: language.code, ...countScript(language, settings.view()) };
}

async function putCounts(admin: Admin): Promise<void> {
  const counts = await admin.talk.scene.counts?.();
  if (!counts || counts.teachers < LEAST_TEACHERS)
    return admin.put(admin.text('countsFew'), [admin.word('menu')]);
  const percent = (part: number) => (counts.asked === 0 ? 0 : Math.round((100 * part) / counts.asked));
  const skips = Object.entries(counts.skips).map(([step, n]) => `${step} ${n}`);
  admin.put(
    admin.text('counts', {
      started: counts.started,
      finished: counts.finished,
      minutes: counts.medianMinutes ?? admin.text('countsNoMinutes'),
      asked: counts.asked,
      yield: percent(counts.brought),
      redundant: percent(counts.redundant),
      skips: skips.join(', ') || admin.text('countsNoSkips'),
    }),
    [admin.word('menu')],
  );
}

/* ---------------------------------------------------------------- form */

/** More buttons than fit under a card. */
function rows(buttons: readonly Button[]): Element[] {
  return buttons.length === 0 ? [] : [{ type: 'ActionSet', actions: buttons.map(submit) }];
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

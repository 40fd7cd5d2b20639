/**
 * The settings in the chat, for whoever the school file names as admin: what applies now, one change at a time, each a version.
 * Never anything of what teachers write. Every button has a word that can be typed instead.
 */
import { Admin, SEND } from './admin-desk.ts';
import { keepPrompt, putPrompt, putPrompts, readPrompt } from './admin-prompts.ts';
import {
  putAddress,
  putCoaches,
  putContacts,
  putLanguages,
  readAddress,
  readCoach,
  readContact,
  readLanguages,
} from './admin-school.ts';
import { putCounts, putExport, putHistory, putPreview, signature, undo } from './admin-versions.ts';
import { textInput } from './cards.ts';
import { normalise, readCommand } from './commands.ts';
import type { Incoming, SettingsPort } from './ports.ts';
import type { Talk } from './talk.ts';
import type { Packs } from './teacher.ts';
import type { Language } from '../locales/index.ts';

const MENU = ['prompts', 'languages', 'address', 'coaches', 'contacts', 'preview'] as const;
const MORE = ['counts', 'history', 'undo', 'export', 'import', 'done'] as const;

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

export function putMenu(admin: Admin): void {
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

export async function inSettings(admin: Admin, said: string, typed: string): Promise<void> {
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
      return putAddress(admin);
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

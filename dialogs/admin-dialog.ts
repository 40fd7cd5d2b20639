/** The settings in a dialog: the same steps as in the chat, with fields for what is typed there. The chat stays where it was. */
import type { Under } from '../locales/index.ts';
import { inSettings, putMenu } from './admin.ts';
import { SEND, type Admin, type AdminDialog, type AdminMemory } from './admin-desk.ts';
import { describePrompts, keepPrompt, putPrompt, readPrompt, wordingCount } from './admin-prompts.ts';
import { setCoaches, setContacts, setLanguages, type CoachChange } from './admin-school.ts';
import { choiceField, choiceList, textInput, toggle, type Element } from './cards.ts';
import { normalise } from './commands.ts';
import { sayInDialog, type Sent } from './dialog.ts';

const TEAMS = 'teams';
/** More schools than this do not fit on one card: their coaches are changed by typing. */
const MOST_SCHOOLS = 6;
/** Steps whose fields show what applies now. */
const FILLED: ReadonlySet<AdminMemory['at']> = new Set(['languages', 'coaches', 'contacts'] as const);

/** Opens the overview. */
export function openAdmin(admin: Admin): Promise<void> {
  return apart(admin, { at: 'menu' }, async () => putMenu(admin));
}

export async function sendAdmin(admin: Admin, { id, values, state }: Sent): Promise<void> {
  const { lang, version, at } = state as AdminDialog;
  admin.talk.speakNow(lang);
  // Fields with what applied then would take back what somebody else has changed since.
  if (id === SEND && FILLED.has(at.at) && version !== admin.version) return sayInDialog(admin.talk, 'stale');
  if (id === admin.word('done')) return admin.talk.reply(null);
  await apart(admin, at, async () => {
    if (id === admin.word('menu')) return putMenu(admin);
    return id === SEND ? fillIn(admin, at, values) : inSettings(admin, id, normalise(id));
  });
}

/** A dialog has its own place in the settings: what is done in it does not move the chat. */
async function apart(admin: Admin, at: AdminMemory, work: () => Promise<void> | void): Promise<void> {
  const { talk } = admin;
  const before = talk.memory.admin;
  talk.inDialog = true;
  admin.formOf = formOf;
  talk.remember({ admin: at });
  await work();
  talk.remember({ admin: before });
  // What is too long for a dialog was said in the chat.
  if (!talk.replied) sayInDialog(talk, 'adminInChat');
}

/* ------------------------------------------------------------ the fields */

/** The fields of the step at hand; null: those that the chat has. */
function formOf(admin: Admin): readonly Element[] | null {
  switch (admin.memory.at) {
    case 'languages':
      return languageFields(admin);
    case 'coaches':
      return coachFields(admin);
    case 'contacts':
      return contactFields(admin);
    case 'prompts': {
      const prompts = describePrompts(admin);
      return [choiceField('prompt', label(admin, 'promptField'), prompts, prompts[0]?.id ?? '')];
    }
    case 'prompt':
      return promptFields(admin);
    case 'try':
      return [textInput('answer', label(admin, 'answerField'), true)];
    default:
      return null;
  }
}

const label = (
  { language }: Admin,
  key: Under<'dialogs:admin'>,
  values: Record<string, string | number> = {},
): string => language.t(`dialogs:admin.${key}`, values);

function languageFields(admin: Admin): Element[] {
  const { texts } = admin.talk;
  const { offered, default: first } = admin.settings.view().languages;
  const all = texts.codes.map((code) => ({ id: code, title: texts.language(code).name }));
  const teams = { id: TEAMS, title: label(admin, 'teamsDecides') };
  return [
    { ...choiceList('offered', label(admin, 'offeredField'), all), value: offered.join(',') },
    choiceField('first', label(admin, 'firstField'), [teams, ...all], first ?? TEAMS),
  ];
}

function coachFields(admin: Admin): Element[] {
  const schools = admin.settings.view().schools.slice(0, MOST_SCHOOLS);
  return schools.flatMap(({ name: school, coach, substitute, coachAway }, n) => [
    textInput(`name${n}`, label(admin, 'coachName', { school }), false, coach.name),
    textInput(`id${n}`, label(admin, 'coachId', { school }), false, coach.aadObjectId),
    ...(substitute === null
      ? []
      : [toggle(`away${n}`, label(admin, 'coachAway', { school, substitute }), coachAway)]),
  ]);
}

function contactFields(admin: Admin): Element[] {
  const { country, countries, person } = admin.settings.view();
  const all = countries.map((code) => ({ id: code, title: code }));
  return [
    choiceField('country', label(admin, 'countryField'), all, country),
    textInput('person', label(admin, 'personField'), false, person ?? ''),
  ];
}

function promptFields(admin: Admin): Element[] {
  const { id, n = 1, draft = '' } = admin.memory;
  const count = id ? wordingCount(admin, id) : 1;
  const places = Array.from({ length: count }, (_, i) => ({ id: `${i + 1}`, title: `${i + 1}` }));
  return [
    ...(count > 1 ? [choiceField('n', label(admin, 'placeField'), places, `${n}`)] : []),
    textInput('text', admin.text('field'), true, draft),
  ];
}

/* ------------------------------------------------------------ what was filled in */

async function fillIn(admin: Admin, { at, id }: AdminMemory, values: Sent['values']): Promise<void> {
  switch (at) {
    case 'languages': {
      const offered = (values['offered'] ?? '').split(',').filter((code) => code !== '');
      const first = values['first'] === TEAMS ? null : (values['first'] ?? null);
      const others = offered.filter((code) => code !== first);
      return setLanguages(admin, first === null ? offered : [first, ...others], first);
    }
    case 'coaches':
      return setCoaches(admin, coachChanges(admin, values));
    case 'contacts':
      return setContacts(admin, { country: values['country'], person: values['person'] });
    case 'prompts':
      return putPrompt(admin, normalise(values['prompt'] ?? ''));
    case 'prompt': {
      const text = (values['text'] ?? '').trim();
      if (text === '') return id ? putPrompt(admin, normalise(id)) : putMenu(admin);
      return keepPrompt(admin, `${values['n'] ?? '1'}: ${text}`, '');
    }
    case 'try':
      return readPrompt(admin, values['answer'] ?? '');
    default:
      return inSettings(admin, values['yaml'] ?? '', '');
  }
}

function coachChanges(admin: Admin, values: Sent['values']): CoachChange[] {
  return admin.settings.view().schools.flatMap(({ coach, coachAway }, n): CoachChange[] => {
    const [name = coach.name, id = coach.aadObjectId] = [values[`name${n}`], values[`id${n}`]];
    const away = values[`away${n}`] === undefined ? coachAway : values[`away${n}`] === 'true';
    const isNew = name !== coach.name || id.toLowerCase() !== coach.aadObjectId.toLowerCase();
    return [
      ...(isNew ? [{ school: n, coach: { name, aadObjectId: id } }] : []),
      ...(away === coachAway ? [] : [{ school: n, away }]),
    ];
  });
}

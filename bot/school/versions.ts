/**
 * The school's settings over time. The school file is where they come from; what an admin changes in the chat becomes a version too.
 * The newest version applies; an interview keeps the texts of the one it began with. A bad file never replaces a good version.
 */
import { readFileSync } from 'node:fs';
import { isMap, parseDocument } from 'yaml';
import type {
  Role,
  SchoolView,
  SettingsChange,
  SettingsMistake,
  SettingsPort,
  SettingsVersion,
} from '../../dialogs/ports.ts';
import { countries } from '../../locales/contacts.ts';
import { SchoolFileError } from '../errors.ts';
import { languageOf, parseSchools, type School, type Schools } from '../school.ts';
import type { TakeTurn } from '../inbox.ts';
import type { Opening, Store, Turn } from '../store/types.ts';
import { checkSchoolFile } from './check.ts';

export interface SettingsOptions {
  readonly store: Pick<Store, 'settings' | 'addFromFile'>;
  /** The school file, read anew at every `reload`. */
  readonly file: string;
  /** A version came into use, or a file was refused: for the operator's log. No content. */
  readonly onChange?: (
    news: { readonly version: number } | { readonly refused: readonly SettingsMistake[] },
  ) => void;
}

export interface Settings extends SettingsPort {
  /** The newest settings, always up to date. */
  readonly schools: Schools;
  /** What the conversation must know of a school; with the texts of the version that an interview began with. */
  readonly viewOf: (schoolId: string, version?: number | null) => SchoolView;
  /** Reads what was stored meanwhile, by this process or another. */
  refresh(): Promise<void>;
  /** Reads the school file again. */
  reload(): Promise<void>;
}

/** @throws SchoolFileError when the file is wrong and there is no good version from before. */
export async function openSettings({ store, file, onChange }: SettingsOptions): Promise<Settings> {
  let versions: readonly SettingsVersion[] = [];
  const parsed = new Map<number, Schools>();
  let trouble: readonly SettingsMistake[] = [];
  /** The file as it was when it was last looked at. */
  let seen: string | null = null;

  const schoolsOf = (version: SettingsVersion): Schools | null => {
    const known = parsed.get(version.number);
    if (known) return known;
    try {
      const schools = parseSchools(version.yaml);
      parsed.set(version.number, schools);
      return schools;
    } catch (error) {
      // A later program may ask more of a file than the one that took it.
      if (error instanceof SchoolFileError) return null;
      throw error;
    }
  };
  const latest = (): SettingsVersion | undefined =>
    versions.findLast((version) => schoolsOf(version) !== null);
  const current = (): Schools => {
    const version = latest();
    const schools = version && schoolsOf(version);
    if (!schools) throw new SchoolFileError(file, trouble);
    return schools;
  };

  const refresh = async (): Promise<void> => {
    const before = latest()?.number;
    versions = await store.settings();
    const now = latest()?.number;
    if (now !== undefined && now !== before) onChange?.({ version: now });
  };
  const reload = async (): Promise<void> => {
    const source = readOrNull(file);
    if (source === seen) return;
    seen = source;
    const errors =
      source === null
        ? [{ line: 1, path: '', code: 'unreadable' }]
        : checkSchoolFile(source, languageOf()).errors;
    trouble = errors;
    if (errors.length > 0 || source === null) {
      onChange?.({ refused: errors });
      return;
    }
    await store.addFromFile({ source: 'file', by: null, what: { key: 'file' }, yaml: source });
    await refresh();
  };

  await refresh();
  await reload();
  // Without a single good version there is nothing to go on with.
  current();

  const viewOf: Settings['viewOf'] = (schoolId, version = null) => {
    const newest = latest();
    const view = { ...current().viewOf(schoolId), ...(newest ? { version: newest.number } : {}) };
    const pinned = version === null ? undefined : versions.find(({ number }) => number === version);
    const schools = pinned && schoolsOf(pinned);
    if (!pinned || !schools) return view;
    // Who the coach is, and whom one can turn to, is a matter of today; the words are those of the beginning.
    const { voices } = schools.viewOf(schoolId);
    return { ...view, ...(voices ? { voices } : {}), version: pinned.number };
  };

  return {
    schools: {
      get file() {
        return current().file;
      },
      schoolFor: (id): School => current().schoolFor(id),
      roleOf: (id): Role => current().roleOf(id),
      isAdmin: (id) => current().isAdmin(id),
      coachOf: (schoolId) => current().coachOf(schoolId),
      viewOf: (schoolId) => viewOf(schoolId),
    },
    viewOf,
    refresh,
    reload,
    isAdmin: (id) => current().isAdmin(id),
    versions: () => versions.filter((version) => schoolsOf(version) !== null),
    trouble: () => trouble,
    view: () => settingsView(current()),
    propose: (change) => propose(latest()?.yaml ?? '', change),
  };
}

function readOrNull(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}

function settingsView({ file }: Schools): ReturnType<SettingsPort['view']> {
  return {
    schools: file.schools.map(({ id, name, coach, substitute, coachAway }) => ({
      ...{ id, name, coach },
      substitute: substitute?.name ?? null,
      coachAway: coachAway === true,
    })),
    languages: { default: file.languages.default ?? null, offered: file.languages.offered },
    address: file.address,
    depth: file.depth,
    optional: file.optional,
    country: file.contacts.country,
    countries: countries(),
    person: file.contacts.person ?? null,
    prompts: Object.fromEntries(
      Object.entries(file.prompts).map(([lang, own]) => [
        lang,
        Object.fromEntries(
          Object.entries(own).flatMap(([id, given]) =>
            given === undefined ? [] : [[id, typeof given === 'string' ? { '1': given } : given]],
          ),
        ),
      ]),
    ),
  };
}

/** Makes the change in the text of the file, so that its comments and order stay. */
function propose(yaml: string, change: SettingsChange): ReturnType<SettingsPort['propose']> {
  if ('yaml' in change) return judged(change.yaml);
  const document = parseDocument(yaml);
  for (const { path, value } of change.set) {
    // A block that is written on one line as `{}` is opened first.
    for (let depth = 1; depth < path.length; depth += 1) {
      const node = document.getIn(path.slice(0, depth), true);
      if (isMap(node)) node.flow = false;
    }
    if (value === undefined) document.deleteIn(path);
    else document.setIn(path, document.createNode(value));
  }
  return judged(document.toString({ lineWidth: 0 }));
}

function judged(yaml: string): ReturnType<SettingsPort['propose']> {
  return { yaml, mistakes: checkSchoolFile(yaml, languageOf()).errors };
}

/** Lets what an admin decides in a turn apply as soon as that turn is committed, and never before. */
export function followTurns(
  settings: Pick<Settings, 'refresh'>,
  store: Store,
  takeTurn: TakeTurn,
): { readonly store: Store; readonly takeTurn: TakeTurn } {
  let changed = false;
  return {
    takeTurn: async (scene, incoming, world) => {
      const outcome = await takeTurn(scene, incoming, world);
      changed ||= outcome.settings !== undefined;
      return outcome;
    },
    store: Object.assign(Object.create(store) as Store, {
      inTurn: async <T>(lane: string, opening: Opening, work: (turn: Turn) => Promise<T>): Promise<T> => {
        const result = await store.inTurn(lane, opening, work);
        if (changed) {
          changed = false;
          await settings.refresh();
        }
        return result;
      },
    }),
  };
}

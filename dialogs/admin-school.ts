/** What an admin can set without words of their own: languages, form of address, coaches, contacts. */
import type { Admin } from './admin-desk.ts';
import { textInput } from './cards.ts';
import { normalise } from './commands.ts';

/* ---------------------------------------------------------------- languages and form of address */

export function putLanguages(admin: Admin): void {
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

export function readLanguages(admin: Admin, said: string): void {
  const given = said.split(/[,\s]+/u).filter((code) => code !== '');
  const byTeams = normalise(given[0] ?? '') === normalise(admin.word('teams'));
  const { codes } = admin.talk.texts;
  const wanted = (byTeams ? given.slice(1) : given).map(
    (code) => codes.find((known) => known.toLowerCase() === code.toLowerCase()) ?? code,
  );
  setLanguages(admin, wanted, byTeams ? null : (wanted[0] ?? null));
}

/** `first`: the language a conversation begins in; null: that of Teams. */
export function setLanguages(admin: Admin, offered: readonly string[], first: string | null): void {
  admin.go('menu');
  admin.change(
    {
      set: [
        { path: ['languages', 'offered'], value: offered },
        { path: ['languages', 'default'], value: first ?? undefined },
      ],
    },
    'chat',
    { key: 'languages' },
  );
}

export function putAddress(admin: Admin): void {
  admin.go('address');
  admin.put(admin.text('addressHow', { address: admin.text(`address.${admin.settings.view().address}`) }), [
    admin.text('address.informal'),
    admin.text('address.formal'),
    admin.word('menu'),
  ]);
}

export function readAddress(admin: Admin, typed: string): void {
  const value = (['informal', 'formal'] as const).find(
    (form) => normalise(admin.text(`address.${form}`)) === typed,
  );
  if (!value) return admin.put(admin.text('unknown'), [admin.word('menu'), admin.word('done')]);
  admin.go('menu');
  admin.change({ set: [{ path: ['address'], value }] }, 'chat', { key: 'address' });
}

/* ---------------------------------------------------------------- people */

export function putCoaches(admin: Admin): void {
  admin.go('coaches');
  const list = admin.settings.view().schools.map(({ name, coach, substitute, coachAway }, n) => {
    const away = coachAway ? ` (${admin.word('away')})` : '';
    return `${n + 1}. ${name}: ${coach.name}${away}${substitute === null ? '' : `; ${substitute}`}`;
  });
  admin.put(admin.text('coachesHow', { list: list.join('\n') }), [admin.word('menu')]);
}

export function readCoach(admin: Admin, said: string, typed: string): void {
  const schools = admin.settings.view().schools;
  const [first = '', second = ''] = typed.split(' ');
  const presence = (['away', 'back'] as const).find((id) => normalise(admin.word(id)) === first);
  const [number = '', name = '', id = ''] = said.split(',').map((part) => part.trim());
  const n = Number(presence ? second : number) - 1;
  if (!schools[n]) return admin.put(admin.text('unknown'), [admin.word('coaches'), admin.word('menu')]);
  setCoaches(admin, [
    presence ? { school: n, away: presence === 'away' } : { school: n, coach: { name, aadObjectId: id } },
  ]);
}

/** Another coach for a school (by position), or the substitute in their place. */
export type CoachChange = { readonly school: number } & (
  { readonly coach: { readonly name: string; readonly aadObjectId: string } } | { readonly away: boolean }
);

export function setCoaches(admin: Admin, changes: readonly CoachChange[]): void {
  admin.go('menu');
  const set = changes.map((change) =>
    'away' in change
      ? { path: ['schools', change.school, 'coachAway'], value: change.away }
      : { path: ['schools', change.school, 'coach'], value: change.coach },
  );
  admin.change({ set }, 'chat', { key: 'coaches' });
}

export function putContacts(admin: Admin): void {
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

export function readContact(admin: Admin, said: string): void {
  const [, field = '', value = ''] = /^\s*([^:]+):\s*(.+?)\s*$/u.exec(said) ?? [];
  const key = (['country', 'person'] as const).find((id) => normalise(admin.word(id)) === normalise(field));
  if (!key) return admin.put(admin.text('unknown'), [admin.word('contacts'), admin.word('menu')]);
  setContacts(admin, { [key]: key === 'country' ? value.toLowerCase() : value });
}

/** Whom the safety cards name; what is absent stays, an empty person is nobody. */
export function setContacts(
  admin: Admin,
  { country, person }: { readonly country?: string | undefined; readonly person?: string | undefined },
): void {
  admin.go('menu');
  const named = person?.trim() === '' ? undefined : person?.trim();
  const isKept = person === undefined || (named === undefined && admin.settings.view().person === null);
  const set = [
    ...(country === undefined ? [] : [{ path: ['contacts', 'country'], value: country }]),
    ...(isKept ? [] : [{ path: ['contacts', 'person'], value: named }]),
  ];
  admin.change({ set }, 'chat', { key: 'contacts' });
}

/** Every number of every country is there; a school may change names and numbers, and leave nothing out. */
import { describe, expect, it, test } from '@jest/globals';
import { contactTexts, countries, presetOf, schoolContactsSchema } from '../../locales/contacts.ts';
import { keyIn, loadTexts } from '../../locales/index.ts';
import { CARDS } from '../../machines/safety.ts';

const texts = loadTexts();

/** Looked up with the services themselves; a change here needs a look there first. */
const NUMBERS = {
  nl: {
    emergency: ['112'],
    childProtection: ['0800-2000'],
    crisis: ['113', '0800-0113'],
    staffAbuse: ['0900-1113111'],
  },
  be: { emergency: ['112'], childProtection: ['1712'], crisis: ['1813'], staffAbuse: ['1712'] },
  de: {
    emergency: ['112', '110'],
    childProtection: ['0800 22 55 530'],
    crisis: ['0800 111 0 111', '0800 111 0 222', '116 123'],
    staffAbuse: ['0800 22 55 530'],
  },
  gb: {
    emergency: ['999'],
    childProtection: ['0808 800 5000'],
    crisis: ['116 123'],
    staffAbuse: ['0800 028 0285'],
  },
};

test('there is a preset for the Netherlands, Flanders, Germany and the United Kingdom', () => {
  expect(countries()).toEqual(Object.keys(NUMBERS).sort());
});

describe.each(Object.entries(NUMBERS))('%s', (country, numbers) => {
  it('has its numbers', () => {
    expect(presetOf(country).numbers).toEqual(numbers);
  });

  it.each(texts.codes)('fills every card in %s, with every number it must show', (code) => {
    const language = texts.language(code);
    const params = {
      ...contactTexts(schoolContactsSchema.parse({ country }), language),
      coach: 'Noor',
    };
    const shown = (id: string): string => language.t(keyIn('safety:card', id), params);
    const has = (id: string, service: keyof typeof numbers): void => {
      for (const number of numbers[service])
        expect([id, shown(id)]).toEqual([id, expect.stringContaining(number)]);
    };
    for (const id of CARDS) expect(shown(id)).not.toMatch(/[{}]/u);
    for (const id of ['S1', 'S2', 'S3', 'S5', 'help']) has(id, 'emergency');
    for (const id of ['S4', 'S5', 'help']) has(id, 'crisis');
    for (const id of ['S1', 'help']) has(id, 'childProtection');
    for (const id of ['S2', 'help']) has(id, 'staffAbuse');
    // Never the coach: it may be about a colleague. The board, by name.
    expect(shown('S2')).not.toContain('Noor');
    expect(shown('S2')).toContain(params.board);
  });
});

describe('what a school writes', () => {
  it('changes a name and a number', () => {
    const contacts = schoolContactsSchema.parse({
      names: { safetyContact: 'intern begeleider Sanne' },
      numbers: { childProtection: ['0800 1234'] },
    });
    const got = contactTexts(contacts, { base: 'nl', tag: 'nl-NL' });
    expect(got.safetyContact).toBe('intern begeleider Sanne');
    expect(got.childProtection).toBe('Veilig Thuis: 0800 1234');
    expect(got.crisis).toContain('0800-0113');
  });

  it.each([
    { country: 'xx' },
    { numbers: { crisis: [] } },
    { numbers: { emergency: ['bel maar'] } },
    { names: { board: '' } },
    { cards: { S2: false } },
  ])('cannot take anything away: %j', (contacts) => {
    expect(schoolContactsSchema.safeParse(contacts).success).toBe(false);
  });
});

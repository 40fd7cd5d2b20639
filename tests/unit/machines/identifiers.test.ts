/** What tells who somebody is is found; first names, dates of a school day and ordinary numbers are left alone. */
import { describe, expect, it, test } from '@jest/globals';
import { identifierWords } from '../../../locales/identifiers.ts';
import { findIdentifiers, isCitizenNumber, mask } from '../../../machines/identifiers.ts';

const YEAR = 2026;
const find = (text: string, lang = 'nl', known: readonly string[] = ['Vos', 'Noor Jansen']) =>
  findIdentifiers(text, identifierWords(lang), known, YEAR).map(
    (f) => `${f.kind}: ${text.slice(f.start, f.end)}`,
  );

describe('found', () => {
  it.each([
    [
      'nl',
      'Ik mailde naar jan.de-vries@school.voorbeeld.nl over hem.',
      'email: jan.de-vries@school.voorbeeld.nl',
    ],
    ['nl', 'Zijn moeder is te bereiken op 06-12345678.', 'phone: 06-12345678'],
    ['nl', 'Bel +31 20 123 45 67 maar.', 'phone: +31 20 123 45 67'],
    ['nl', 'Zijn nummer is 111222333 volgens het systeem.', 'citizenNumber: 111222333'],
    ['nl', 'Hij is van 12-05-2016.', 'birthDate: 12-05-2016'],
    ['nl', 'Zij is geboren op 3 mei 1984.', 'birthDate: 3 mei 1984'],
    ['nl', 'Ik sprak met Jan de Vries op het plein.', 'fullName: Jan de Vries'],
    ['nl', 'Gisteren zat Fatima El Amrani te huilen.', 'fullName: Fatima El Amrani'],
    ['nl', 'Emma Bakker zat te huilen.', 'fullName: Emma Bakker'],
    ['nl', 'Ik zag Anne-Marie van den Berg bij de deur.', 'fullName: Anne-Marie van den Berg'],
    ['en', 'I phoned Robert Miller about it.', 'fullName: Robert Miller'],
    ['en', 'He was born on 3 May 2016.', 'birthDate: 3 May 2016'],
    ['en', 'Call 020 7946 0958 after four.', 'phone: 020 7946 0958'],
    ['de', 'Ich sprach mit Lena Schneider im Flur.', 'fullName: Lena Schneider'],
    ['de', 'Er ist am 3. Mai 2016 geboren.', 'birthDate: 3. Mai 2016'],
  ])('%s: %s', (lang, text, expected) => {
    expect(find(text, lang)).toEqual([expected]);
  });
});

describe('left alone', () => {
  it.each([
    ['nl', 'Lisa en Sem hadden ruzie en Daan keek toe.'],
    ['nl', 'Toen kwam Vos binnen. Hij was boos.'],
    ['nl', 'Op 12 november 2026 hadden we een gesprek.'],
    ['nl', 'Ik sprak Noor Jansen er al over.'],
    ['nl', 'Om 8.30 begon groep 7 met bladzijde 123 tot 145.'],
    ['nl', 'Juf Petra en meester Rob waren erbij.'],
    ['nl', 'Bij de Cito scoorde hij 123456789 punten, zei hij.'],
    ['nl', 'We lazen over het Romeinse Rijk.'],
    ['en', 'Lisa and Sam had a row and Ben looked on.'],
    ['en', 'On Monday I saw Mr Roberts in Year Six.'],
    ['en', 'I thought Christmas was hard for him.'],
    ['de', 'Der Junge hat im Unterricht die Hausaufgaben vergessen.'],
    ['de', 'Ich habe mit Lena im Klassenzimmer gesprochen.'],
  ])('%s: %s', (lang, text) => {
    expect(find(text, lang)).toEqual([]);
  });
});

test('a citizen number passes the eleven-test', () => {
  expect(isCitizenNumber('111222333')).toBe(true);
  expect(isCitizenNumber('123456789')).toBe(false);
  expect(isCitizenNumber('000000000')).toBe(false);
  expect(isCitizenNumber('11122233')).toBe(false);
});

test('masking leaves the rest of the text as it was', () => {
  const text = 'Ik belde Jan de Vries op 06-12345678, en hij werd boos.';
  const found = findIdentifiers(text, identifierWords('nl'), [], YEAR);
  expect(mask(text, found, (kind) => kind)).toBe('Ik belde [fullName] op [phone], en hij werd boos.');
});

test('a hostile text takes no time', () => {
  const started = performance.now();
  for (const part of ['Aa ', '1-', 'a.', 'Jan de ', '(0', '06 ', 'x@y.'])
    find(part.repeat(20_000 / part.length));
  expect(performance.now() - started).toBeLessThan(2_000);
});

/** Moments as people write them, in three languages, through both changes of the clock. */
import { describe, expect, test } from '@jest/globals';
import { daysFrom, fromWall, readFields, readMoments, sayMoment, wallOf } from '../../../dialogs/moments.ts';
import { afterQuietHours, beforeQuietHours } from '../../../dialogs/quiet-hours.ts';
import { loadTexts } from '../../../locales/index.ts';

const texts = loadTexts();
/** Monday 23 November 2026, 16:00 in Amsterdam. */
const NOW = Date.UTC(2026, 10, 23, 15);
const at = (text: string): number => Date.parse(text);
const iso = (found: ReturnType<typeof readMoments>): unknown =>
  found && 'moments' in found ? found.moments.map((one) => new Date(one).toISOString().slice(0, 16)) : found;
const read = (lang: string, text: string): unknown => iso(readMoments(text, texts.language(lang), NOW));

const THURSDAY = ['2026-12-03T14:30'];

describe('one moment', () => {
  test.each([
    'do 3 dec 15:30',
    'donderdag 3 december om 15.30 uur',
    'Do 3 dec, 15u30',
    '3 december 15:30',
    '3-12 15:30',
    '3/12/2026 om 15:30',
    '2026-12-03 15:30',
    'op 3 dec. om 15:30 uur',
    'donderdag de 3e december 15:30',
  ])('nl: %s', (text) => expect(read('nl', text)).toEqual(THURSDAY));
  test.each([
    'Thu 3 Dec 15:30',
    'Thursday 3rd of December at 3.30 pm',
    'Thursday, December 3, 3:30pm',
    'Dec 3 at 15:30',
    '3/12 15:30',
    'on 3 December 2026 at 15:30',
  ])('en: %s', (text) => expect(read('en', text)).toEqual(THURSDAY));
  test.each([
    'Do 3. Dez. 15:30',
    'Donnerstag, 3. Dezember um 15.30 Uhr',
    'am Donnerstag, den 3. Dezember um 15:30 Uhr',
    '3.12. 15:30',
    '3.12.2026 um 15:30',
    '3.12. 15.30',
  ])('de: %s', (text) => expect(read('de', text)).toEqual(THURSDAY));

  test('a weekday or a word is the next one; a date without a year too', () => {
    expect(read('nl', 'donderdag 15:30')).toEqual(['2026-11-26T14:30']);
    expect(read('nl', 'morgen 9:00')).toEqual(['2026-11-24T08:00']);
    expect(read('en', 'today at 5 pm')).toEqual(['2026-11-23T16:00']);
    expect(read('de', 'Montag um 15 Uhr')).toEqual(['2026-11-30T14:00']);
    expect(read('nl', 'ma 16u30')).toEqual(['2026-11-23T15:30']);
    expect(read('nl', 'do 7 jan 10:00')).toEqual(['2027-01-07T09:00']);
  });
});

describe('several, or none', () => {
  test('up to three, whatever stands between them', () => {
    const three = ['2026-11-30T14:30', '2026-12-01T07:15', '2026-12-03T15:00'];
    expect(read('nl', 'ma 30 nov 15:30, di 1 dec 8.15 of do 3 dec 16u')).toEqual(three);
    expect(read('nl', 'do 3 dec 16u\nma 30 nov 15:30\ndi 1 dec 8:15')).toEqual(three);
    expect(read('en', 'Mon 30 Nov 3:30 pm; Tue 1 Dec 8:15 and Thu 3 Dec 4 pm')).toEqual(three);
    expect(read('de', 'Mo 30. Nov. 15:30 oder Di 1. Dez. 8:15 oder Do 3. Dez. 16 Uhr')).toEqual(three);
    expect(read('nl', 'ma 30 nov 9:00; di 1 dec 9:00; wo 2 dec 9:00; do 3 dec 9:00')).toEqual({
      problem: 'many',
    });
  });

  test.each([
    ['wo 3 dec 15:30', 'it is a Thursday'],
    ['3 dec', 'no time'],
    ['do 3 dec half vier, om 15:30 of 16:30', 'two times'],
    ['31 februari 15:30', 'no such day'],
    ['do 3 dec 3:30', 'in the night'],
    ['do 3 dec 25:00', 'no such time'],
    ['3-13 15:30', 'no such month'],
    ['28 maart 2027 2:30', 'the hour that summer time leaves out'],
  ])('nl: %s is asked about (%s)', (text) => expect(read('nl', text)).toEqual({ problem: 'unclear' }));

  test('what has passed, or is too far away, is said so', () => {
    expect(read('nl', 'vandaag 9:00')).toEqual({ problem: 'past' });
    expect(read('nl', '22 november 2026 15:30')).toEqual({ problem: 'past' });
    expect(read('nl', '3 december 2028 15:30')).toEqual({ problem: 'far' });
  });

  test.each(['Dank je wel', 'ik heb er 2 gezien', 'wie is nummer 3', '1', 'groep 7'])(
    'nl: "%s" is no moment at all',
    (text) => expect(read('nl', text)).toBeNull(),
  );

  test('the longest message that is read is read at once', () => {
    for (const text of ['1.'.repeat(100), 'do '.repeat(66), '3 dec '.repeat(33), `${'1'.repeat(199)}:`])
      expect(read('nl', text) ?? { problem: 'unclear' }).toEqual({ problem: 'unclear' });
    expect(read('nl', `${'do 3 dec 15:30; '.repeat(20)}`)).toBeNull();
  });
});

describe('filled in on a card', () => {
  const fields = (values: Record<string, string>) => iso(readFields(values, NOW));
  test('rows that are empty do not count; half a row is asked about', () => {
    const day1 = '2026-12-03';
    expect(fields({ day1, time1: '15:30', day2: '', time2: '' })).toEqual(THURSDAY);
    expect(fields({ day3: day1, time3: '15:30' })).toEqual(THURSDAY);
    expect(fields({})).toEqual({ problem: 'unclear' });
    expect(fields({ day1 })).toEqual({ problem: 'unclear' });
    expect(fields({ day1, time1: '15:30', time2: '9:00' })).toEqual({ problem: 'unclear' });
    expect(fields({ day1: '3 december', time1: '15:30' })).toEqual({ problem: 'unclear' });
    expect(fields({ day1: '2026-11-20', time1: '15:30' })).toEqual({ problem: 'past' });
  });
});

describe('the clock on the wall', () => {
  test('summer time and winter time, and back', () => {
    for (const text of ['2026-07-01T13:30:00Z', '2026-12-01T14:30:00Z', '2027-03-28T13:30:00Z'])
      expect([text, fromWall(wallOf(at(text)))]).toEqual([text, at(text)]);
    expect(
      new Date(fromWall({ year: 2026, month: 7, day: 1, hour: 15, minute: 30 }) ?? 0).toISOString(),
    ).toBe('2026-07-01T13:30:00.000Z');
    // The hour that comes twice is the first of the two.
    expect(
      new Date(fromWall({ year: 2026, month: 10, day: 25, hour: 2, minute: 30 }) ?? 0).toISOString(),
    ).toBe('2026-10-25T00:30:00.000Z');
    expect(fromWall({ year: 2027, month: 3, day: 28, hour: 2, minute: 30 })).toBeNull();
  });

  test('a day or weeks further the clock shows the same time, across a change', () => {
    const before = at('2026-10-24T13:30:00Z');
    expect(new Date(daysFrom(before, 1)).toISOString()).toBe('2026-10-25T14:30:00.000Z');
    expect(new Date(daysFrom(at('2027-04-01T13:30:00Z'), -7)).toISOString()).toBe('2027-03-25T14:30:00.000Z');
    expect(daysFrom(at('2027-03-27T01:30:00Z'), 1)).toBe(at('2027-03-28T01:30:00Z'));
  });

  test('is said in the language of the reader', () => {
    const moment = at('2026-07-02T13:30:00Z');
    expect(sayMoment(texts.language('nl'), moment)).toBe('donderdag 2 juli om 15:30');
    expect(sayMoment(texts.language('en'), moment)).toMatch(/Thursday.*2.*15:30/u);
    expect(sayMoment(texts.language('de'), moment)).toBe('Donnerstag, 2. Juli um 15:30');
  });
});

test('a reminder goes before the quiet hours when its own time is quiet', () => {
  const hours = { from: '17:30', to: '07:30', days: ['sat', 'sun'] };
  const [sunday, friday] = [at('2026-11-29T14:00:00Z'), at('2026-11-27T16:25:00Z')];
  expect(beforeQuietHours(sunday, hours)).toBe(friday);
  expect(beforeQuietHours(friday, hours)).toBe(friday);
  expect(beforeQuietHours(sunday, undefined)).toBe(sunday);
  expect(afterQuietHours(beforeQuietHours(sunday, hours), hours)).toBe(friday);
});

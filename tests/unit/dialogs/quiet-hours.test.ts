/** Quiet hours: what is shared in the evening or at the weekend reaches the coach when work begins. */
import { expect, test } from '@jest/globals';
import { afterQuietHours } from '../../../dialogs/quiet-hours.ts';

const HOURS = { from: '17:30', to: '07:30', days: ['sat', 'sun'] };
const at = (text: string) => Date.parse(text);

test.each([
  ['on Tuesday at four', '2026-11-24T16:00:00+01:00', '2026-11-24T16:00:00+01:00'],
  ['in the evening', '2026-11-24T20:12:00+01:00', '2026-11-25T07:30:00+01:00'],
  ['at night', '2026-11-25T03:00:00+01:00', '2026-11-25T07:30:00+01:00'],
  ['on Friday evening', '2026-11-27T18:00:00+01:00', '2026-11-30T07:30:00+01:00'],
  ['on Sunday at noon', '2026-11-29T12:00:00+01:00', '2026-11-30T07:30:00+01:00'],
  ['in summer time', '2026-07-01T23:00:00+02:00', '2026-07-02T07:30:00+02:00'],
  ['in the night in which the clock goes back', '2026-10-24T23:00:00+02:00', '2026-10-26T07:30:00+01:00'],
])('%s', (_, now, then) => {
  expect(new Date(afterQuietHours(at(now), HOURS)).toISOString()).toBe(new Date(at(then)).toISOString());
});

test('without quiet hours, or with seven quiet days, nothing waits', () => {
  const now = at('2026-11-29T12:00:00+01:00');
  expect(afterQuietHours(now, undefined)).toBe(now);
  expect(afterQuietHours(now, { ...HOURS, days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] })).toBe(
    now,
  );
});

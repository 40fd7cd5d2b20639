/** Moments for a talk: typed ("do 3 dec 15:30"), filled in on a card, or counted from another; always in the time of the schools. */
import type { Language } from '../locales/index.ts';
import { ZONE } from './quiet-hours.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** Nobody plans a talk for the night; an hour outside these was meant otherwise. */
const [FIRST_HOUR, LAST_HOUR] = [6, 21];
const MOST_MOMENTS = 3;
const FURTHEST_DAYS = 365;

/** Date and time as the clock on the wall shows them; month from 1. */
interface Wall {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
}

/** `unclear`: it cannot be read as one moment. `past`, `far`: not in the coming year. `many`: more than three. */
export type MomentProblem = 'unclear' | 'past' | 'far' | 'many';
export type ReadMoments = { readonly moments: readonly number[] } | { readonly problem: MomentProblem };

const clock = new Intl.DateTimeFormat('en-GB', {
  timeZone: ZONE,
  year: 'numeric',
  month: 'numeric',
  day: 'numeric',
  hour: 'numeric',
  minute: 'numeric',
  hourCycle: 'h23',
});

export function wallOf(at: number): Wall {
  const parts = Object.fromEntries(clock.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
  const of = (name: string): number => parts[name] ?? 0;
  return {
    year: of('year'),
    month: of('month'),
    day: of('day'),
    hour: of('hour'),
    minute: of('minute'),
  };
}

const asUtc = ({ year, month, day, hour, minute }: Wall): number =>
  Date.UTC(year, month - 1, day, hour, minute);

/** Epoch ms of a time on the wall; null when there is no such time (31 February, the hour that summer time leaves out). */
export function fromWall(wall: Wall): number | null {
  const wanted = asUtc(wall);
  // The offset is that of a moment close by; asked twice, it is that of the moment itself. The earlier of two like hours.
  for (const near of [wanted - DAY_MS, wanted + DAY_MS]) {
    const at = wanted - (asUtc(wallOf(near)) - near);
    if (asUtc(wallOf(at)) === wanted && wallOf(at).day === wall.day && wallOf(at).month === wall.month)
      return at;
  }
  return null;
}

/** The same time on the wall, so many days later (or earlier); an hour later where that time does not exist. */
export function daysFrom(at: number, days: number): number {
  const { hour, minute, ...date } = wallOf(at);
  const to = new Date(Date.UTC(date.year, date.month - 1, date.day + days));
  const wall = { year: to.getUTCFullYear(), month: to.getUTCMonth() + 1, day: to.getUTCDate(), hour, minute };
  return fromWall(wall) ?? fromWall({ ...wall, hour: hour + 1 }) ?? at + days * DAY_MS;
}

/** "donderdag 3 december om 15:30". */
export function sayMoment({ tag }: Language, at: number): string {
  const tell = new Intl.DateTimeFormat(tag, {
    timeZone: ZONE,
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  return tell.format(at);
}

/* ---------------------------------------------------------------- filled in on a card */

/** The fields `day1` … `day3` (2026-12-03) and `time1` … (15:30); rows that are left empty do not count. */
export function readFields(values: Readonly<Record<string, string>>, now: number): ReadMoments {
  const found: (number | null)[] = [];
  for (let n = 1; n <= MOST_MOMENTS; n += 1) {
    const [day = '', time = ''] = [values[`day${n}`]?.trim(), values[`time${n}`]?.trim()];
    if (day === '' && time === '') continue;
    const date = /^(\d{4})-(\d{2})-(\d{2})$/u.exec(day);
    const hour = /^(\d{2}):(\d{2})/u.exec(time);
    found.push(
      date && hour
        ? moment(Number(date[1]), Number(date[2]), Number(date[3]), Number(hour[1]), Number(hour[2]))
        : null,
    );
  }
  return judge(found, now);
}

function moment(year: number, month: number, day: number, hour: number, minute: number): number | null {
  if (hour < FIRST_HOUR || hour > LAST_HOUR || minute > 59 || month < 1 || month > 12) return null;
  return fromWall({ year, month, day, hour, minute });
}

function judge(found: readonly (number | null)[], now: number): ReadMoments {
  const moments = [...new Set(found.flatMap((at) => at ?? []))].sort((a, b) => a - b);
  if (found.length === 0 || found.includes(null)) return { problem: 'unclear' };
  if (moments.length > MOST_MOMENTS) return { problem: 'many' };
  if (moments.some((at) => at <= now)) return { problem: 'past' };
  if (moments.some((at) => at > now + FURTHEST_DAYS * DAY_MS)) return { problem: 'far' };
  return { moments };
}

/* ---------------------------------------------------------------- typed */

/** What every language writes its days with: names in full and short, words around them. */
interface Calendar {
  readonly months: readonly (readonly string[])[];
  readonly weekdays: readonly (readonly string[])[];
}

const calendars = new Map<string, Calendar>();

function calendarOf(tag: string): Calendar {
  const known = calendars.get(tag);
  if (known) return known;
  const names = (options: Intl.DateTimeFormatOptions, dates: readonly number[]): string[][] =>
    dates.map((date) =>
      (['long', 'short'] as const).flatMap((length) => {
        const [key] = Object.keys(options) as ['month' | 'weekday'];
        const own = new Intl.DateTimeFormat(tag, { timeZone: 'UTC', day: 'numeric', [key]: length });
        const name = own.formatToParts(date).find(({ type }) => type === key)?.value ?? '';
        return [name.toLowerCase().replaceAll('.', '')];
      }),
    );
  const months = names(
    { month: 'long' },
    Array.from({ length: 12 }, (_, i) => Date.UTC(2026, i, 15)),
  );
  // 5 January 2026 was a Monday.
  const weekdays = names(
    { weekday: 'long' },
    Array.from({ length: 7 }, (_, i) => Date.UTC(2026, 0, 5 + i)),
  );
  const made = { months, weekdays };
  calendars.set(tag, made);
  return made;
}

/** The place of a name that a word stands for: the name, or the beginning of it; -1: none, or more than one. */
function placeOf(names: readonly (readonly string[])[], word: string, least: number): number {
  const exact = names.findIndex((own) => own.includes(word));
  if (exact >= 0 || word.length < least) return exact;
  const begun = names.flatMap((own, i) => (own[0]?.startsWith(word) ? [i] : []));
  return begun.length === 1 ? (begun[0] ?? -1) : -1;
}

/** One to three moments in a message; null when nothing in it looks like one. */
export function readMoments(text: string, language: Language, now: number): ReadMoments | null {
  const flat = text.normalize('NFC').toLowerCase().trim();
  if (!/\d/u.test(flat) || flat.length > 200) return null;
  const whole = readMoment(flat, language, now);
  if (whole !== null) return judge([whole], now);
  const { joiners } = language.time();
  const words = joiners.map((joiner) => `\\s${joiner}\\s`).join('|');
  const parts = flat.split(new RegExp(`[;\\n]|,(?=.*\\d)|${words}`, 'u')).map((part) => part.trim());
  const found = parts.filter((part) => part !== '').map((part) => readMoment(part, language, now));
  // Words with a number in them are no moment; one that almost reads as one is asked about.
  return found.every((at) => at === null) && !looksLikeMoment(flat, language) ? null : judge(found, now);
}

function looksLikeMoment(text: string, { tag }: Language): boolean {
  const { months, weekdays } = calendarOf(tag);
  const words = text.match(/[\p{L}\p{M}]+/gu) ?? [];
  const named = words.some((word) => placeOf(months, word, 3) >= 0 || placeOf(weekdays, word, 3) >= 0);
  return named || /\b\d{1,2}[:.]\d{2}\b|\b\d{1,2}[-/]\d{1,2}\b/u.test(text);
}

function readMoment(text: string, language: Language, now: number): number | null {
  const { months, weekdays } = calendarOf(language.tag);
  const { fillers, today, tomorrow } = language.time();
  const time = takeTime(text);
  if (!time) return null;
  let rest = time.rest;
  const here = wallOf(now);
  let date: Pick<Wall, 'year' | 'month' | 'day'> | null = null;
  let year: number | null = null;

  const iso = /\b(\d{4})-(\d{1,2})-(\d{1,2})\b/u.exec(rest);
  const numeric = iso ? null : /\b(\d{1,2})[-/.](\d{1,2})(?:[-/.](\d{4}))?(?![\d])\.?/u.exec(rest);
  if (iso) {
    date = { year: Number(iso[1]), month: Number(iso[2]), day: Number(iso[3]) };
    year = date.year;
    rest = rest.replace(iso[0], ' ');
  } else if (numeric) {
    year = numeric[3] === undefined ? null : Number(numeric[3]);
    date = { year: year ?? here.year, month: Number(numeric[2]), day: Number(numeric[1]) };
    rest = rest.replace(numeric[0], ' ');
  }

  let weekday = -1;
  let month = -1;
  let day: number | null = null;
  let shift: number | null = null;
  for (const token of rest.match(/\d+(?:e|ste|de|st|nd|rd|th)?|[\p{L}\p{M}]+/gu) ?? []) {
    const number = /^\d+/u.exec(token)?.[0];
    if (number !== undefined && number.length === 4 && year === null) year = Number(number);
    else if (number !== undefined && number.length < 3 && day === null) day = Number(number);
    else if (number !== undefined) return null;
    else if (today.includes(token) && shift === null) shift = 0;
    else if (tomorrow.includes(token) && shift === null) shift = 1;
    else if (weekday < 0 && placeOf(weekdays, token, 2) >= 0) weekday = placeOf(weekdays, token, 2);
    else if (month < 0 && placeOf(months, token, 3) >= 0) month = placeOf(months, token, 3);
    else if (!fillers.includes(token)) return null;
  }
  if (month >= 0 !== (day !== null)) return null;
  if (month >= 0 && day !== null && !date) date = { year: year ?? here.year, month: month + 1, day };
  else if (month >= 0) return null;
  if (date && shift !== null) return null;
  const { hour, minute } = time;
  if (!date) return relative({ weekday, shift, hour, minute }, now);
  let at = moment(date.year, date.month, date.day, hour, minute);
  // A day without a year is the next one of that name.
  if (at !== null && year === null && at < now - DAY_MS)
    at = moment(date.year + 1, date.month, date.day, hour, minute);
  return at !== null && weekday >= 0 && weekdayOf(at) !== weekday ? null : at;
}

/** "tomorrow", "Thursday": the next one whose time has not passed. */
function relative(
  { weekday, shift, hour, minute }: { weekday: number; shift: number | null; hour: number; minute: number },
  now: number,
): number | null {
  if (weekday < 0 === (shift === null)) return null;
  for (let days = shift ?? 0; days <= (shift ?? 7); days += 1) {
    const { year, month, day } = wallOf(daysFrom(now, days));
    const at = moment(year, month, day, hour, minute);
    if (shift !== null) return at;
    if (at !== null && at > now && weekdayOf(at) === weekday) return at;
  }
  return null;
}

/** Monday is 0. */
function weekdayOf(at: number): number {
  const { year, month, day } = wallOf(at);
  return (new Date(Date.UTC(year, month - 1, day)).getUTCDay() + 6) % 7;
}

const TIMES: readonly RegExp[] = [
  /\b(\d{1,2})[:.](\d{2})\s?(am|pm)\b/u,
  /\b(\d{1,2})()\s?(am|pm)\b/u,
  /\b(\d{1,2}):(\d{2})\b/u,
  /\b(\d{1,2})\s?[uh]\s?(\d{2})\b/u,
  // A date can be written the same way: the one at the end is the time.
  /\b(\d{1,2})\.(\d{2})(?:\s?(?:uur|uhr|u|h))?\s*$/u,
  /\b(\d{1,2})()\s?(?:uur|uhr|u|h|o'clock)(?![\p{L}\d])/u,
];

function takeTime(text: string): { hour: number; minute: number; rest: string } | null {
  for (const pattern of TIMES) {
    const found = pattern.exec(text);
    if (!found) continue;
    const half = found[3];
    const given = Number(found[1]);
    if (given > (half ? 12 : 23)) return null;
    const hour = half ? given % 12 : given;
    return {
      hour: half === 'pm' ? hour + 12 : hour,
      minute: Number(found[2] || '0'),
      rest: `${text.slice(0, found.index)} ${text.slice(found.index + found[0].length)}`,
    };
  }
  return null;
}

export const HOUR_MS = 60 * MINUTE_MS;

/** When the bot may send a coach something of its own accord; in the time of the schools, whatever the server's clock says. */
import type { QuietHours } from './ports.ts';

export const ZONE = 'Europe/Amsterdam';
const MINUTE_MS = 60_000;
const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
/** A week and a day: whatever is quiet, some minute in it is not. */
const FURTHEST_MINUTES = 8 * 24 * 60;
const STEP_MINUTES = 5;

const clock = new Intl.DateTimeFormat('en-GB', {
  timeZone: ZONE,
  weekday: 'short',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
});

function isQuiet(at: number, { from, to, days = [] }: QuietHours): boolean {
  const parts = Object.fromEntries(clock.formatToParts(at).map(({ type, value }) => [type, value]));
  const time = `${parts['hour']}:${parts['minute']}`;
  if (days.includes(parts['weekday']?.toLowerCase() ?? '')) return true;
  // An evening that runs on into the morning.
  return from < to ? time >= from && time < to : time >= from || time < to;
}

/** The first moment from `now` (epoch ms) that is not quiet, to within five minutes; `now` itself without quiet hours. */
export function afterQuietHours(now: number, hours: QuietHours | undefined): number {
  // Seven quiet days leave no moment; then quiet is not what was meant.
  if (!hours || DAYS.every((day) => hours.days?.includes(day))) return now;
  if (!isQuiet(now, hours)) return now;
  const start = Math.ceil(now / (STEP_MINUTES * MINUTE_MS)) * STEP_MINUTES * MINUTE_MS;
  for (let minutes = 0; minutes < FURTHEST_MINUTES; minutes += STEP_MINUTES) {
    const at = start + minutes * MINUTE_MS;
    if (!isQuiet(at, hours)) return at;
  }
  return now;
}

/** The last moment up to `at` (epoch ms) that is not quiet, to within five minutes; `at` itself without quiet hours. */
export function beforeQuietHours(at: number, hours: QuietHours | undefined): number {
  if (!hours || DAYS.every((day) => hours.days?.includes(day)) || !isQuiet(at, hours)) return at;
  const end = Math.floor(at / (STEP_MINUTES * MINUTE_MS)) * STEP_MINUTES * MINUTE_MS;
  for (let minutes = 0; minutes < FURTHEST_MINUTES; minutes += STEP_MINUTES) {
    const earlier = end - minutes * MINUTE_MS;
    if (!isQuiet(earlier, hours)) return earlier;
  }
  return at;
}

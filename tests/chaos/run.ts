/**
 * `npm run chaos -- --kills 200 --teachers 50 --store sqlite|postgres --replicas 2 --seed word --plant ack-before-commit|no-dedupe`
 *
 * Runs the same teachers on a quiet day and in a storm, checks what is left, prints one line of JSON and exits 1 on any violation.
 * What happens meanwhile is told on the error stream.
 */
import { parseArgs } from 'node:util';
import { check, type Verdict } from './checker.ts';
import { PLANTS, type Plant } from './points.ts';
import { simulate, type Result, type SimulationOptions } from './simulation.ts';

const { values: given } = parseArgs({
  options: {
    seed: { type: 'string', default: 'klankbord' },
    kills: { type: 'string', default: '40' },
    teachers: { type: 'string', default: '10' },
    replicas: { type: 'string', default: '1' },
    store: { type: 'string', default: 'sqlite' },
    plant: { type: 'string' },
    /** Quiet time in ms. */
    quiet: { type: 'string', default: '5000' },
    depth: { type: 'string', default: 'standard' },
    brief: { type: 'boolean', default: false },
    /** Tells everything of the teachers with whom a rule is broken. */
    trace: { type: 'boolean', default: false },
    minutes: { type: 'string', default: '30' },
  },
});

function oneOf<T extends string>(name: string, value: string, allowed: readonly T[]): T {
  const found = allowed.find((one) => one === value);
  if (found === undefined) throw new Error(`--${name} is one of ${allowed.join(', ')}`);
  return found;
}

function count(name: string, value: string, least: number): number {
  const number = Number(value);
  if (!Number.isInteger(number) || number < least) throw new Error(`--${name} is a number from ${least}`);
  return number;
}

const say = (line: string) => void process.stderr.write(`${line}\n`);
const plant: Plant | null = given.plant === undefined ? null : oneOf('plant', given.plant, PLANTS);
const options: SimulationOptions = {
  seed: given.seed,
  store: oneOf('store', given.store, ['sqlite', 'postgres']),
  replicas: count('replicas', given.replicas, 1),
  teachers: count('teachers', given.teachers, 1),
  kills: count('kills', given.kills, 0),
  plant,
  stormy: true,
  brief: given.brief,
  quietMs: count('quiet', given.quiet, 50),
  depth: oneOf('depth', given.depth, ['short', 'standard', 'thorough']),
  withinMs: count('minutes', given.minutes, 1) * 60_000,
  say,
};
if (options.store === 'sqlite' && options.replicas > 1) throw new Error('SQLite has one writing process');

// A planted mistake is found by the rules alone; the comparison would only cost time.
say(plant ? `planted: ${plant}` : 'a quiet day, to compare with');
const calm = { ...options, kills: 0, stormy: false, replicas: 1, store: 'sqlite', quietMs: 500 } as const;
const comparing = plant ? Promise.resolve(null) : simulate(calm);
// Brief ones run beside each other; long ones would take each other's time.
if (!options.brief) await comparing;
say('the storm');
const [quiet, storm] = await Promise.all([comparing, simulate(options)]);
const quietVerdict = quiet && check(quiet, null);
for (const violation of quietVerdict?.violations ?? []) say(`quiet day: ${violation}`);
const verdict = check(storm, quiet);
for (const violation of verdict.violations.slice(0, 50)) say(violation);

if (given.trace) {
  storm.outcomes.forEach(({ teacher, answers }, i) => {
    if (!verdict.violations.some((violation) => violation.startsWith(`teacher ${i}:`))) return;
    say([`teacher ${i}`, ...teacher.trace].join('\n'));
    for (const { step, probe, seq, kind, text } of answers)
      say(JSON.stringify([seq, step, probe, kind, text]));
  });
}
process.stdout.write(`${JSON.stringify(summary(storm, verdict))}\n`);
const violations = verdict.violations.length + (quietVerdict?.violations.length ?? 0);
process.exit(violations > 0 ? 1 : 0);

function summary({ kills, mail, connector, fleet, settleMs, seconds }: Result, verdict: Verdict): object {
  const { violations, ...counts } = verdict;
  const starts = [...fleet.starts].sort((a, b) => a - b);
  const { seed, store, replicas, teachers } = options;
  return {
    ...{ seed, store, replicas, teachers, plant },
    kills,
    ...counts,
    violations: violations.length + (quietVerdict?.violations.length ?? 0),
    posted: mail.posted,
    resent: mail.resent,
    copied: mail.copied,
    pressedAgain: mail.pressedAgain,
    slowestAnswerMs: mail.slowest,
    calls: connector.calls,
    faults: connector.faults,
    overLimit: connector.tooFast,
    startMs: { median: starts[Math.floor(starts.length / 2)], slowest: starts.at(-1) },
    disturbed: counted(storm.outcomes.flatMap(({ teacher }) => teacher.disturbed ?? [])),
    settleMs,
    seconds,
  };
}

function counted(words: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
}

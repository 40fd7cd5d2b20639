/** Every error that is thrown on purpose in bot/. The class says what to do next, the code is stable and may be logged and counted. */

export class AppError extends Error {
  /** Stable, lower case with underscores, e.g. `store_busy`. */
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
    this.code = code;
  }
}

/** The same call may succeed later: storage or the channel is away for a while. A request is answered with 503. */
export class RetryLater extends AppError {}

/** Somebody else holds the store; waited long enough. */
export class StoreBusy extends RetryLater {}

/** Doing it again is useless, and nothing is broken on our side. */
export class GiveUp extends AppError {}

/** Something stored cannot be read. It is never overwritten or skipped silently: a person has to look. */
export class Corrupt extends AppError {}

/** The operator has to change something; the message says what. Never carries a value. */
export class ConfigError extends AppError {}

/** The code that Node and the drivers give their errors (`ENOENT`, `SQLITE_BUSY`, `23505`); empty without one. Looks at the shape, not the class. */
export function systemCode(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
}

/** What went wrong, as a code that may be logged and stored; never the message, which may quote content. */
export function codeOf(error: unknown): string {
  if (error instanceof AppError) return error.code;
  return error instanceof Error ? `unexpected_${error.name}` : 'unexpected';
}

/** One mistake in the environment: the name of the variable, and the key of its remedy (operator.json, `config`). */
export interface Problem {
  readonly name: string;
  readonly code: string;
}

/** The environment is wrong. Carries every mistake found, by name and remedy. */
export class EnvironmentError extends ConfigError {
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super('environment', problems.map((problem) => `${problem.name}: ${problem.code}`).join('; '));
    this.problems = problems;
  }
}

/** One mistake in the school file: the line, the path of the setting, and the key of its remedy (admin.json, `mistakes`). */
export interface SchoolProblem {
  readonly line: number;
  readonly path: string;
  readonly code: string;
  /** What the remedy names: a word that was found, the nearest setting. Never an id of a person. */
  readonly values?: Readonly<Record<string, string | number>>;
}

/** The school file is wrong. Carries every mistake found, with its line. */
export class SchoolFileError extends ConfigError {
  readonly file: string;
  readonly problems: readonly SchoolProblem[];

  constructor(file: string, problems: readonly SchoolProblem[]) {
    const lines = problems.map((problem) => `${file}:${problem.line} ${problem.path}: ${problem.code}`);
    super('school_file', lines.join('; '));
    this.file = file;
    this.problems = problems;
  }
}

/** A request that is turned away at the door, with the HTTP status to answer. The code is for our log, not for the sender. */
export class Refused extends AppError {
  readonly status: number;

  constructor(status: number, code: string) {
    super(code, code);
    this.status = status;
  }
}

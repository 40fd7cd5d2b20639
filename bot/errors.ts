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

/** What went wrong, as a code that may be logged and stored; never the message, which may quote content. */
export function codeOf(error: unknown): string {
  if (error instanceof AppError) return error.code;
  return error instanceof Error ? `unexpected_${error.name}` : 'unexpected';
}

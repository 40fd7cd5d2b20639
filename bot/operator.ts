/** What the program says to whoever starts it. The sentences are in locales/<lang>/operator.json. */
import { existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import { AppError, EnvironmentError, GiveUp, SchoolFileError, codeOf } from './errors.ts';

const adminSchema = z.object({ mistakes: z.record(z.string(), z.string()) });
const schema = z.record(z.string(), z.record(z.string(), z.string()));

/** One sentence by its key, e.g. `start.listening`. Throws when it does not exist. */
export type Say = (key: string, values?: Readonly<Record<string, string | number>>) => string;

/** The sentences of a language; English when there are none in it. */
export function operatorTexts(lang: string): Say {
  const file = (code: string) => new URL(`../locales/${code}/operator.json`, import.meta.url);
  const chosen = /^[a-z]{2,3}$/.test(lang) && existsSync(file(lang)) ? lang : 'en';
  const texts = schema.parse(JSON.parse(readFileSync(file(chosen), 'utf8')));
  // What can be wrong with a school file is also told to an admin in the chat: it stands with the texts for admins.
  const admin = new URL(`../locales/${chosen}/admin.json`, import.meta.url);
  const { mistakes } = adminSchema.parse(JSON.parse(readFileSync(admin, 'utf8')));
  texts['school'] = { ...texts['school'], ...mistakes };
  return (key, values = {}) => {
    const [section = '', name = ''] = key.split('.');
    const text = texts[section]?.[name];
    if (text === undefined) throw new GiveUp('text_missing', `no operator text ${key} in ${chosen}`);
    return text.replace(/\{\{(\w+)\}\}/g, (_whole, value: string) => String(values[value] ?? ''));
  };
}

/** Why the program does not start, as lines for a person: every mistake with its remedy, and no value. */
export function explain(
  error: unknown,
  say: Say,
  values: Readonly<Record<string, string | number>>,
): string[] {
  if (error instanceof EnvironmentError)
    return [
      say('config.title'),
      ...error.problems.map(({ name, code }) => `  ${name}: ${say(`config.${code}`)}`),
    ];
  if (error instanceof SchoolFileError)
    return [
      say('school.title', { file: error.file }),
      ...error.problems.map(({ line, path, code, values: named }) => {
        const remedy = say(`school.${code}`, named);
        return `  ${say(path === '' ? 'school.lineOnly' : 'school.line', { line, path, remedy })}`;
      }),
    ];
  if (error instanceof AppError) return [say('failed.title'), `  ${sentence(error, say, values)}`];
  return [say('failed.title'), `  ${say('failed.unexpected', { code: codeOf(error) })}`];
}

/** What an error of our own means, and what to do about it. `values`: what its sentence may name, e.g. `folder`. */
export function sentence(
  error: AppError,
  say: Say,
  values: Readonly<Record<string, string | number>>,
): string {
  try {
    return say(`failed.${error.code}`, values);
  } catch {
    // No sentence of its own: the errors say in English what is the matter, and never a value.
    return error.message;
  }
}

/**
 * `npm run check -- school.yaml [--lang nl|en]`: every mistake in a school file at once, with its line, what is wrong and what to
 * do; what is worth a second thought; and who has read which language. Exit codes: 0 in order, 1 mistakes, 2 not understood.
 */
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { operatorLanguage } from './config.ts';
import { SchoolFileError, type SchoolProblem } from './errors.ts';
import { languageOf, readSchoolFile } from './school.ts';
import { checkSchoolFile } from './school/check.ts';
import { keyIn, loadTexts, type Language } from '../locales/index.ts';

const say = (line: string) => void process.stdout.write(`${line}\n`);

/** One mistake as a sentence. */
export function sentenceOf({ line, path, code, values }: SchoolProblem, language: Language): string {
  const remedy = language.t(keyIn('admin:mistakes', code), values);
  return path === ''
    ? language.t('admin:check.lineOnly', { line, remedy })
    : language.t('admin:check.line', { line, path, remedy });
}

/** What is said about a school file, and whether it can be used. */
export function reportOn(
  file: string,
  source: string,
  language: Language,
): { readonly lines: readonly string[]; readonly good: boolean } {
  const { errors, warnings, file: parsed } = checkSchoolFile(source, languageOf());
  const lines =
    errors.length > 0
      ? [
          language.t('admin:check.bad', { file, count: errors.length }),
          ...errors.map((p) => sentenceOf(p, language)),
        ]
      : [language.t('admin:check.good', { file })];
  if (warnings.length > 0) {
    lines.push(language.t('admin:check.warnings', { count: warnings.length }));
    lines.push(...warnings.map((p) => sentenceOf(p, language)));
  }
  if (parsed) {
    lines.push(language.t('admin:check.languages'));
    for (const code of parsed.languages.offered) {
      const { name, review } = languageOf()(code) ?? language;
      const key = !review.complete ? 'incomplete' : review.signedBy.length > 0 ? 'signed' : 'unsigned';
      lines.push(language.t(`admin:check.${key}`, { name, code, by: review.signedBy.join(', ') }));
    }
  }
  return { lines, good: errors.length === 0 };
}

function main(): number {
  const { values, positionals } = parseArgs({
    options: { lang: { type: 'string' }, help: { type: 'boolean' } },
    strict: false,
    allowPositionals: true,
  });
  const texts = loadTexts();
  const lang = typeof values.lang === 'string' ? values.lang : operatorLanguage();
  const language = texts.language(texts.has(lang) ? lang : 'en');
  const [file] = positionals;
  if (values.help || file === undefined) {
    say(language.t('admin:check.usage'));
    return values.help ? 0 : 2;
  }
  try {
    const { lines, good } = reportOn(file, readSchoolFile(file), language);
    lines.forEach(say);
    return good ? 0 : 1;
  } catch (error) {
    if (!(error instanceof SchoolFileError)) throw error;
    say(language.t('admin:check.bad', { file, count: 1 }));
    error.problems.forEach((problem) => say(sentenceOf(problem, language)));
    return 1;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exitCode = main();

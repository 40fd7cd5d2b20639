/**
 * `npm run package`: makes dist/klankbord.zip, the app package for Teams, and checks it against Microsoft's schemas, offline.
 * Exit codes: 0 made, 1 the result is not taken by the schemas, 2 settings are wrong.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { operatorLanguage, ownEnvironment, readDotEnv } from './config.ts';
import { EnvironmentError, systemCode } from './errors.ts';
import { operatorTexts } from './operator.ts';
import { loadTexts } from '../locales/index.ts';

const TARGET = new URL('../dist/klankbord.zip', import.meta.url);

const say = operatorTexts(operatorLanguage());
const print = (line: string) => void process.stdout.write(`${line}\n`);
const complain = (...lines: string[]) => void process.stderr.write(`${lines.join('\n')}\n`);

async function run(): Promise<number> {
  readDotEnv();
  // Loaded late: the zip library is one of the development packages, and their absence deserves a sentence.
  const { packageFiles, readPackageSettings, schemaProblems, zipPackage } = await import('./app-package.ts');
  const settings = readPackageSettings(ownEnvironment({}));
  const files = packageFiles(settings, loadTexts());
  const problems = await schemaProblems(files);
  if (problems.length > 0) {
    complain(say('package.schema'), ...problems.map((problem) => `  ${problem}`));
    return 1;
  }
  const zip = zipPackage(files);
  mkdirSync(new URL('.', TARGET), { recursive: true });
  writeFileSync(TARGET, zip);
  const languages = ['nl', ...[...files.keys()].flatMap((name) => /^([\w-]+)\.json$/.exec(name)?.[1] ?? [])];
  print(
    say('package.written', {
      file: fileURLToPath(TARGET),
      size: Math.ceil(zip.length / 1024),
      version: settings.APP_VERSION,
      languages: languages.filter((name) => name !== 'manifest').join(', '),
    }),
  );
  print(say('package.next'));
  return 0;
}

try {
  process.exitCode = await run();
} catch (error) {
  process.exitCode = 2;
  if (error instanceof EnvironmentError)
    complain(
      say('package.title'),
      ...error.problems.map(({ name, code }) => `  ${name}: ${say(`package.${code}`)}`),
    );
  else if (/MODULE_NOT_FOUND/.test(systemCode(error))) complain(say('package.missing'));
  else throw error;
}

/**
 * The licences of what is installed for production, from the lock file and the packages themselves; fails on one that is not in the list.
 * Offline. `--list` shows every package.
 */
import { existsSync, readFileSync } from 'node:fs';

const ROOT = new URL('../', import.meta.url);
/** Licences that ask for no more than to be named; MPL covers its own files only. */
const ALLOWED = new Set([
  'MIT',
  'MIT-0',
  'ISC',
  '0BSD',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'CC0-1.0',
  'Python-2.0',
  'Unlicense',
  'Zlib',
]);

/** `A OR B`: one of them is enough; `A AND B`: all of them. */
const isAllowed = (licence) =>
  licence
    .replace(/[()]/g, '')
    .split(' OR ')
    .some((choice) => choice.split(' AND ').every((one) => ALLOWED.has(one.trim())));

/** Named in their readme only. */
const READ_BY_HAND = { 'escape-regexp-component@1.0.2': 'MIT' };

function licenceOf(path, entry) {
  if (entry.license) return entry.license;
  const file = new URL(`${path}/package.json`, ROOT);
  if (!existsSync(file)) return null;
  const { license, licenses } = JSON.parse(readFileSync(file, 'utf8'));
  return license?.type ?? license ?? licenses?.map((l) => l.type ?? l).join(' OR ') ?? null;
}

const { packages } = JSON.parse(readFileSync(new URL('package-lock.json', ROOT), 'utf8'));
const counts = {};
const refused = [];
for (const [path, entry] of Object.entries(packages)) {
  if (path === '' || entry.dev || entry.devOptional) continue;
  const name = `${path.replace(/^.*node_modules\//, '')}@${entry.version}`;
  const licence = licenceOf(path, entry) ?? READ_BY_HAND[name] ?? null;
  // An optional package of another platform that is not installed here says nothing; its siblings do.
  if (licence === null && entry.optional) continue;
  counts[licence] = (counts[licence] ?? 0) + 1;
  if (licence === null || !isAllowed(licence)) refused.push(`${name}: ${licence ?? 'no licence found'}`);
  if (process.argv.includes('--list')) console.log(`${name}  ${licence}`);
}
console.log(JSON.stringify(counts));
for (const line of refused) console.error(`not in the list of licences: ${line}`);
process.exitCode = refused.length > 0 ? 1 : 0;

/**
 * Completes package-lock.json with the optional packages of other platforms. npm leaves out what its registry does not have, and a
 * registry that mirrors one platform has only that one; `npm ci` then refuses the lock file, also there. Run it after `npm install`.
 * `--check` changes nothing and fails when something is missing.
 */
import { readFileSync, writeFileSync } from 'node:fs';

const FILE = new URL('../package-lock.json', import.meta.url);
const SYSTEMS = [
  'aix',
  'android',
  'darwin',
  'freebsd',
  'linux',
  'netbsd',
  'openbsd',
  'openharmony',
  'sunos',
  'win32',
];
const PROCESSORS = [
  'arm64',
  'arm',
  'ia32',
  'loong64',
  'mips64el',
  'ppc64',
  'riscv64',
  's390x',
  'wasm32',
  'x64',
];

const lock = JSON.parse(readFileSync(FILE, 'utf8'));
const missing = [];

for (const [path, entry] of Object.entries(lock.packages)) {
  if (path === '') continue;
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    // Only exact versions can be filed unseen; those are the ones that come per platform.
    if (!/^\d+\.\d+\.\d+$/.test(version) || isLocked(path, name)) continue;
    const parts = name.replace(/^.*?\//, '').split('-');
    const os = SYSTEMS.filter((s) => parts.includes(s));
    const cpu = PROCESSORS.filter((p) => parts.some((part) => part === p || part === `${p}hf`));
    missing.push([
      `node_modules/${name}`,
      {
        version,
        ...(cpu.length > 0 ? { cpu } : {}),
        ...(entry.dev ? { dev: true } : {}),
        optional: true,
        ...(os.length > 0 ? { os } : {}),
      },
    ]);
  }
}

function isLocked(path, name) {
  return `node_modules/${name}` in lock.packages || `${path}/node_modules/${name}` in lock.packages;
}

if (process.argv.includes('--check')) {
  for (const [path] of missing) console.error(`${path} is not in package-lock.json: run npm run lock`);
  process.exit(missing.length > 0 ? 1 : 0);
}
if (missing.length > 0) {
  const all = [...Object.entries(lock.packages), ...missing].sort(([a], [b]) => (a < b ? -1 : 1));
  lock.packages = Object.fromEntries(all);
  writeFileSync(FILE, `${JSON.stringify(lock, null, 2)}\n`);
}
console.log(`${missing.length} packages of other platforms added to package-lock.json`);

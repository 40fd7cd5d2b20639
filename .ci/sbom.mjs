/** Writes dist/sbom.cdx.json: what is installed for production, as npm itself lists it (CycloneDX). */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';

const ROOT = new URL('../', import.meta.url);
const FILE = new URL('dist/sbom.cdx.json', ROOT);
// npm tells its scripts where it is: the same npm on every system.
const npm = process.env.npm_execpath;
if (!npm) throw new Error('start it with: npm run sbom');
const args = [npm, 'sbom', '--sbom-format', 'cyclonedx', '--omit', 'dev', '--sbom-type', 'application'];
const text = execFileSync(process.execPath, args, {
  cwd: ROOT,
  encoding: 'utf8',
  maxBuffer: 64 * 1024 * 1024,
  stdio: ['ignore', 'pipe', 'ignore'],
});
const { components, bomFormat } = JSON.parse(text);
mkdirSync(new URL('./', FILE), { recursive: true });
writeFileSync(FILE, text);
console.log(`dist/sbom.cdx.json: ${bomFormat}, ${components.length} packages`);

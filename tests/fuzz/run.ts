/** `npm run fuzz -- --seed x --requests 10000 [--weakness log|memory|crash]`: one JSON line; not 0 when something happened that must not. */
import { parseArgs } from 'node:util';
import { fuzz } from './fuzz.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: String(Date.now()) },
    requests: { type: 'string', default: '10000' },
    weakness: { type: 'string', default: '' },
  },
});
const report = await fuzz({ ...values, requests: Number(values.requests) });
process.stdout.write(`${JSON.stringify(report)}\n`);
process.exit(report.violations.length === 0 ? 0 : 1);

/** The bot in a process of its own, as in Teams, for the hostile requests of fuzz.ts. `KLANKBORD_FUZZ_WEAKNESS` plants a mistake. */
import { createLog } from '../../bot/log.ts';
import { openBot } from '../support/running-bot.ts';

const [metadataUrl, serviceHost, appId, tenantId, folder, weakness] = process.argv.slice(2);
const kept: Buffer[] = [];

/** Something that happens whenever a body is read. */
function whenRead(happens: (text: string) => void): void {
  const parse = JSON.parse.bind(JSON);
  JSON.parse = (...args: Parameters<typeof parse>) => {
    happens(args[0]);
    return parse(...args) as unknown;
  };
}

if (weakness === 'log') whenRead((text) => void process.stdout.write(`${text.slice(0, 2000)}\n`));
if (weakness === 'memory') whenRead(() => void kept.push(Buffer.alloc(1_000_000, 1)));
if (weakness === 'crash')
  whenRead((text) => void (text.includes('__proto__') && setImmediate(() => process.exit(1))));

const bot = await openBot({
  folder: folder!,
  log: createLog({ level: 'debug', write: (line) => void process.stdout.write(`${line}\n`) }),
  teams: {
    appId: appId!,
    tenantId: tenantId!,
    issuer: {
      metadataUrl: metadataUrl!,
      serviceHosts: [serviceHost!],
      credentials: {
        isValidAppId: (id: string) => Promise.resolve(id === appId),
        isAuthenticationDisabled: () => Promise.resolve(false),
        createCredentials: () =>
          Promise.resolve({
            signRequest: (to: { headers: { set(name: string, value: string): void } }) =>
              Promise.resolve(void to.headers.set('authorization', 'Bearer outbound')),
          }),
      } as never,
    },
  },
});
process.on('message', (ask) => {
  if (ask !== 'rss') return;
  globalThis.gc?.();
  process.send?.({ rss: process.memoryUsage().rss });
});
process.on('disconnect', () => process.exit(0));
process.send?.({ address: bot.address });

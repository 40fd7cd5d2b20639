/**
 * Preloaded into the process of a chat page, which by itself listens on every network of the machine and offers no setting for it:
 * here, whatever listens, listens on loopback. The page also ends with the bot, even when that is killed: their pipe closes then.
 */
import net from 'node:net';

type Listen = (this: net.Server, ...args: unknown[]) => net.Server;

// eslint-disable-next-line @typescript-eslint/unbound-method -- called with its own `this` below
const listen = net.Server.prototype.listen as unknown as Listen;

net.Server.prototype.listen = function (this: net.Server, ...args: unknown[]): net.Server {
  const [first, second, ...rest] = args;
  if (typeof first === 'number' || (typeof first === 'string' && /^\d+$/.test(first))) {
    // Also an address that is given: nothing but this machine.
    const after = typeof second === 'string' ? rest : args.slice(1);
    return listen.call(this, Number(first), '127.0.0.1', ...after);
  }
  if (typeof first === 'object' && first !== null && 'port' in first)
    return listen.call(this, { ...first, host: '127.0.0.1' }, ...args.slice(1));
  if (first === undefined || typeof first === 'function') return listen.call(this, 0, '127.0.0.1', ...args);
  return listen.apply(this, args);
} as typeof net.Server.prototype.listen;

process.stdin.resume();
process.stdin.once('close', () => process.exit(0));

/**
 * Loaded before bot/main.ts (`node --import`): the channel is given the local issuer in place of Microsoft's, everything else is
 * the product as it is. The product knows nothing of it.
 */
import { registerHooks } from 'node:module';

const replacement = new URL('./channel.ts', import.meta.url).href;
const original = new URL('../../../bot/channel.ts', import.meta.url).href;

registerHooks({
  resolve(specifier, context, next) {
    const found = next(specifier, context);
    return found.url === original && context.parentURL !== replacement
      ? { ...found, url: replacement }
      : found;
  },
});

/**
 * Loaded before bot/main.ts (`node --import`): the product's own files get wrapped factories in place of theirs.
 * The product knows nothing of it: there is no switch in it for any of this.
 */
import { registerHooks } from 'node:module';

const wrapped = new URL('./wrapped.ts', import.meta.url).href;
const replaced = new Set(
  ['store/store.ts', 'store/sqlite.ts', 'store/postgres.ts', 'connector.ts', 'inbox.ts'].map(
    (file) => new URL(`../../bot/${file}`, import.meta.url).href,
  ),
);

registerHooks({
  resolve(specifier, context, next) {
    const found = next(specifier, context);
    return context.parentURL !== wrapped && replaced.has(found.url) ? { ...found, url: wrapped } : found;
  },
});

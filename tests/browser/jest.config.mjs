import base from '../../jest.config.mjs';

/** The tests that need a browser: `npm run test:browser`. Without Chromium they are skipped, and say so. */
export default {
  ...base,
  rootDir: '../..',
  testMatch: ['<rootDir>/tests/browser/**/*.test.ts'],
  testPathIgnorePatterns: [],
  // Each file starts a bot with its two pages, whose ports are searched one by one.
  maxWorkers: 1,
  testTimeout: 120_000,
};

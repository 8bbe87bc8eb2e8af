import { defineConfig } from 'vitest/config';

/** What switches swap of the whole host on and off, and its settings: nothing for every run on somebody's machine. */
const SWAP = ['test/integration/tiered-cache*.test.ts', 'test/integration/limits-swap.test.ts'];
/** What measures how exactly we measure: it must have the machine for itself. */
const MEASURING = [
  'test/integration/observer-*.test.ts',
  'test/integration/limits-*.test.ts',
  'test/integration/memory-guard.test.ts',
  // Swap is a matter of the whole host, if only for a moment.
  'test/integration/host-tier*.test.ts',
];
const PROGRAM = ['test/kit/program-set-up.ts'];
const PATIENCE = { testTimeout: 60_000, hookTimeout: 60_000 };

/**
 * `unit` needs nothing but the code. `integration` drives real databases, which mostly wait, so a few files run side by
 * side; `browser` drives the dashboard in a real Chromium; `measuring` runs one file at a time. `swap` is for
 * `npm run test:swap`, not for `npm test`.
 */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          // Left to itself it would leave one processor free, which of two is half.
          maxWorkers: 3,
          // Half of the time would go into importing the same modules for each of 260 files.
          isolate: false,
          // Nothing fails because a machine is slow.
          testTimeout: 60_000,
          include: [
            'src/**/*.test.ts',
            'web/src/**/*.test.ts',
            'test/rules/**/*.test.ts',
            'test/bench/**/*.test.ts',
          ],
        },
      },
      {
        test: {
          name: 'integration',
          include: ['test/integration/**/*.test.ts'],
          exclude: [...MEASURING, ...SWAP],
          globalSetup: PROGRAM,
          maxWorkers: 6,
          isolate: false,
          ...PATIENCE,
        },
      },
      {
        test: {
          name: 'browser',
          include: ['test/browser/**/*.test.ts'],
          globalSetup: ['test/kit/browser-set-up.ts'],
          // A browser, a database and a daemon each, which mostly wait.
          maxWorkers: 3,
          ...PATIENCE,
        },
      },
      {
        test: {
          name: 'measuring',
          include: MEASURING,
          exclude: SWAP,
          globalSetup: PROGRAM,
          fileParallelism: false,
          ...PATIENCE,
        },
      },
      { test: { name: 'swap', include: SWAP, globalSetup: PROGRAM, fileParallelism: false, ...PATIENCE } },
    ],
  },
});

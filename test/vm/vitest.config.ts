import { defineConfig } from 'vitest/config';

/** The integration tests, with patience: the test machine is slower than its host, and what fails is to be the code. */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'integration',
          include: ['test/integration/**/*.test.ts'],
          fileParallelism: false,
          testTimeout: 300_000,
          hookTimeout: 300_000,
        },
      },
    ],
  },
});

import path from 'node:path'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  resolve: {
    alias: {
      '@': path.resolve(import.meta.dirname),
      'server-only': path.resolve(import.meta.dirname, 'lib/platform/testing/server-only.ts'),
    },
  },
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          // Loading every module again for each file costs three times as much as the tests themselves.
          isolate: false,
          maxWorkers: 2,
          include: ['**/*.test.ts'],
          exclude: ['**/*.{int,property}.test.ts', 'node_modules', '.next', 'e2e'],
          // On a busy machine, importing every route or running the type checker takes its time.
          testTimeout: 30_000,
          hookTimeout: 120_000,
        },
      },
      {
        extends: true,
        test: {
          // Random cases by the ten thousand, and every fixture through every connector: as long as the integration tests.
          name: 'property',
          isolate: false,
          maxWorkers: 2,
          include: ['**/*.property.test.ts'],
          exclude: ['node_modules', '.next'],
          sequence: { groupOrder: 2 },
          testTimeout: 120_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'integration',
          include: ['**/*.int.test.ts'],
          exclude: ['node_modules', '.next'],
          globalSetup: ['lib/platform/testing/global-setup.ts'],
          maxWorkers: 2,
          // After the unit tests: groups of one order would have to agree on the number of workers.
          sequence: { groupOrder: 1 },
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
})

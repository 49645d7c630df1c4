import { defineConfig, devices } from '@playwright/test'

// `npm test` starts the application and passes these; `npm test -- e2e [path]` runs some of the tests only.
const { E2E_URL, E2E_BROWSER } = process.env
if (!E2E_URL || !E2E_BROWSER) throw new Error('Run the browser tests with: npm test -- e2e [path]')

export default defineConfig({
  testDir: 'e2e',
  outputDir: 'test-results',
  fullyParallel: true,
  workers: 2,
  forbidOnly: Boolean(process.env.CI),
  // Whole files are tried once more, on a stage as new (scripts/lib/suite.mjs): here a second try would find what the first left.
  retries: 0,
  timeout: 120_000,
  // As long as a busy machine may need: what is wrong stays wrong.
  expect: { timeout: 30_000 },
  reporter: [['list'], ['./e2e/failures-reporter.ts']],
  use: {
    ...devices['Desktop Chrome'],
    baseURL: E2E_URL,
    // A trace of every test, kept or not, costs more than the test.
    trace: 'off',
    screenshot: 'only-on-failure',
    launchOptions: {
      executablePath: E2E_BROWSER,
      // Works in a container as root, and speaks to nobody but the application.
      args: [
        '--no-sandbox',
        // Where there is no graphics card, drawing as if there were one takes a core of its own.
        '--disable-gpu',
        '--disable-quic',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        '--no-first-run',
      ],
    },
  },
})

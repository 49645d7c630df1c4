// npm run test:stop: ends the PostgreSQL and Cerbos that integration tests leave running for the next run.
import { report } from './lib/messages.mjs'
import { stopTestServices } from './lib/test-services.mjs'

try {
  await stopTestServices()
} catch (error) {
  report(error)
  process.exitCode = 1
}

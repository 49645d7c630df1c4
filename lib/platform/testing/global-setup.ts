import { dropRun, ensureTestServices } from '../../../scripts/lib/test-services.mjs'

/**
 * Runs once before the integration tests: PostgreSQL and Cerbos up (they stay up for the next run), the template
 * database migrated. What the workers need goes to them by environment variables.
 */
export default async function setup(): Promise<() => Promise<void>> {
  const services = await ensureTestServices()
  process.env.TEST_SERVICES = JSON.stringify({ ...services, run: process.pid })
  return () => dropRun(services.adminUrl, process.pid)
}

import { createDatabase, dropDatabase, withClient } from '../../../scripts/lib/database.mjs'
import { threadFiles } from '../../../scripts/lib/layout.mjs'
import { checkpointsOf, onDatabase, prefixOf } from '../../../scripts/lib/test-services.mjs'

export interface TestDatabase {
  name: string
  /** Connects as the owner of the tables: migrates, and sees what a superuser of a hosted server would. */
  ownerUrl: string
  /** Connects as the application does: owns nothing, subject to row-level security after `SET ROLE bailiwick_app`. */
  appUrl: string
  /** Connects as the cluster's superuser, for tests that tamper. */
  superuserUrl: string
  /** host:port of the decision point that serves `policies/`. */
  cerbosAddress: string
}

interface Services {
  adminUrl: string
  ownerUrl: string
  appUrl: string
  template: string
  cerbos: string
  threads: string
  secrets: Record<string, string>
  run: number
}

let opened: Promise<TestDatabase> | undefined

/**
 * The database of this test file: a clone of the migrated template, made at first use, in which nothing is yet. Also puts
 * into `process.env` what `env()` reads, so that use cases find this database and the decision point.
 */
export function testDatabase(): Promise<TestDatabase> {
  opened ??= open()
  return opened
}

async function open(): Promise<TestDatabase> {
  const services = readServices()
  const name = `${prefixOf(services.run)}${process.env.VITEST_POOL_ID ?? '0'}`
  await withClient(services.adminUrl, async (superuser) => {
    // The last file of this worker left its rows in it.
    await dropDatabase(superuser, name)
    await createDatabase(superuser, name, services.template)
  })
  const database = {
    name,
    ownerUrl: onDatabase(services.ownerUrl, name),
    appUrl: onDatabase(services.appUrl, name),
    superuserUrl: onDatabase(services.adminUrl, name),
    cerbosAddress: services.cerbos,
  }
  Object.assign(process.env, services.secrets, {
    DATABASE_URL: database.appUrl,
    MIGRATE_DATABASE_URL: database.ownerUrl,
    CERBOS_ADDRESS: database.cerbosAddress,
    CHECKPOINT_DIR: checkpointsOf(services.run),
    ...threadFiles(services.threads),
    GRAPH_DIR: `${checkpointsOf(services.run)}/graphs`,
    PUBLIC_URL: 'http://localhost:3000',
    // A test machine that compiles modules beside the tests may pause for a second; what is tested there is not speed.
    DECISION_TIMEOUT_MS: process.env.DECISION_TIMEOUT_MS ?? '8000',
  })
  return database
}

/** What global-setup.ts started. */
function readServices(): Services {
  const text = process.env.TEST_SERVICES
  if (text === undefined)
    throw new Error('testDatabase() works in *.int.test.ts files only: their global setup starts the server.')
  return JSON.parse(text)
}

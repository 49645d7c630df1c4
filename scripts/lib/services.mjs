import { cerbosProgram, startCerbos, startVersionPoint } from './cerbos.mjs'
import { admitApp, createDatabase, databaseExists, ensureLogins, logins, withClient } from './database.mjs'
import { migrateJobs } from './jobs-schema.mjs'
import { inRoot } from './layout.mjs'
import { say } from './messages.mjs'
import { migrate } from './migrations.mjs'
import { startPostgres } from './postgres.mjs'

/**
 * What the application needs to run: a database and a decision point. Those named by the environment, else bundled ones.
 * @typedef {{ databaseUrl: string, ownerUrl: string, superuserUrl?: string, stop: () => Promise<void> }} Database
 *   `superuserUrl` only of the bundled server
 */

const DATABASE = 'bailiwick'

/**
 * @param {{ folder: string, logs: string, secrets: import('./secrets.mjs').Secrets, settings?: Record<string, string>, name?: string }} instance
 *   `settings` and the database's `name` on the bundled server
 * @returns {Promise<Database>}
 */
export async function openDatabase({ folder, logs, secrets, settings, name = DATABASE }) {
  const given = process.env.DATABASE_URL
  if (given) return { databaseUrl: given, ownerUrl: process.env.MIGRATE_DATABASE_URL || given, stop: async () => {} }

  const postgres = await startPostgres({ folder, logs, password: secrets.superuser, settings })
  const superuserUrl = postgres.url(logins.superuser, secrets.superuser, name)
  await withClient(postgres.url(logins.superuser, secrets.superuser, 'postgres'), async (superuser) => {
    await ensureLogins(superuser, secrets)
    if (!(await databaseExists(superuser, name))) await createDatabase(superuser, name)
  })
  return {
    databaseUrl: postgres.url(logins.app, secrets.app, name),
    ownerUrl: postgres.url(logins.owner, secrets.owner, name),
    superuserUrl,
    stop: postgres.stop,
  }
}

/**
 * @param {{ logs: string }} instance
 * @returns {Promise<{ address: string, pid: number, stop: () => Promise<void> }>}
 */
export async function openDecisionPoint({ logs }) {
  const given = process.env.CERBOS_ADDRESS
  return given ? { address: given, pid: 0, stop: async () => {} } : startCerbos({ logs })
}

/**
 * The decision point for the organizations' own policies: a bundled one beside the bundled decision point. With a Cerbos of one's own it
 * is named too (VERSIONS_CERBOS_ADDRESS), or there is none, and screens say so.
 * @param {{ logs: string, secrets: import('./secrets.mjs').Secrets }} instance
 * @returns {Promise<{ address: string, password: string, pid: number, stop: () => Promise<void> } | undefined>}
 */
export async function openVersionPoint({ logs, secrets }) {
  const given = process.env.VERSIONS_CERBOS_ADDRESS
  if (given) {
    const password = process.env.VERSIONS_CERBOS_PASSWORD ?? ''
    return { address: given, password, pid: 0, stop: async () => {} }
  }
  if (process.env.CERBOS_ADDRESS) return undefined
  return { ...(await startVersionPoint({ logs, password: secrets.versions })), password: secrets.versions }
}

/** What the application must know of it, and of the compiler. @param {{ address: string, password: string } | undefined} versions */
export function versionEnv(versions) {
  const found = versions
    ? { VERSIONS_CERBOS_ADDRESS: versions.address, VERSIONS_CERBOS_PASSWORD: versions.password }
    : {}
  if (process.env.CERBOS_PROGRAM) return found
  try {
    return { ...found, CERBOS_PROGRAM: cerbosProgram() }
  } catch {
    return found
  }
}

/**
 * Brings the tables and the job queue up to this build, and lets the application's login use them.
 * @param {Pick<Database, 'databaseUrl' | 'ownerUrl'>} database
 */
export async function prepareDatabase({ databaseUrl, ownerUrl }) {
  for (const name of await migrate(ownerUrl)) say(`  applied migration ${name}`)
  await migrateJobs(ownerUrl)
  const app = decodeURIComponent(new URL(databaseUrl).username)
  await withClient(ownerUrl, (owner) => admitApp(owner, app))
}

/**
 * The environment of the application's processes. Variables that are set already win, so that a hosted database or key
 * store can be used with the same command.
 * @param {{ instance: { at: (name: string) => string, secrets: import('./secrets.mjs').Secrets }, database: Database, cerbos: { address: string }, versions?: { address: string, password: string } | undefined, publicUrl: string }} parts
 * @returns {Record<string, string | undefined>}
 */
export function applicationEnv({ instance, database, cerbos, versions, publicUrl }) {
  const { secrets } = instance
  const given = (/** @type {string} */ name, /** @type {string} */ fallback) => process.env[name] || fallback
  const secret = given('AUTH_SECRET', secrets.AUTH_SECRET)
  const url = given('PUBLIC_URL', publicUrl)
  return {
    ...process.env,
    NODE_ENV: 'production',
    NEXT_TELEMETRY_DISABLED: '1',
    DATABASE_URL: database.databaseUrl,
    MIGRATE_DATABASE_URL: database.ownerUrl,
    CERBOS_ADDRESS: cerbos.address,
    ...versionEnv(versions),
    PUBLIC_URL: url,
    NEXTAUTH_URL: url,
    AUTH_SECRET: secret,
    NEXTAUTH_SECRET: secret,
    ENCRYPTION_KEY: given('ENCRYPTION_KEY', secrets.ENCRYPTION_KEY),
    ENCRYPTION_KEYS_RETIRED: given('ENCRYPTION_KEYS_RETIRED', secrets.ENCRYPTION_KEYS_RETIRED ?? ''),
    FINGERPRINT_KEY: given('FINGERPRINT_KEY', secrets.FINGERPRINT_KEY ?? ''),
    // The bundled database is on this machine, and whoever starts it is alone here.
    OUTBOUND_LOOPBACK: given('OUTBOUND_LOOPBACK', String(database.superuserUrl !== undefined)),
    AUDIT_SIGNING_KEY: given('AUDIT_SIGNING_KEY', secrets.AUDIT_SIGNING_KEY),
    CHECKPOINT_DIR: given('CHECKPOINT_DIR', instance.at('checkpoints')),
    POLICY_DIR: given('POLICY_DIR', inRoot('policies')),
    GRAPH_DIR: given('GRAPH_DIR', instance.at('graphs')),
  }
}

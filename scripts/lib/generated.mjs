import { spawn } from 'node:child_process'
import { withClient } from './database.mjs'
import { dataFolder, inRoot } from './layout.mjs'
import { withLock } from './lock.mjs'
import { generatePrismaClient } from './prisma-client.mjs'
import { withoutSearchIndexes } from './search-indexes.mjs'
import { loadSecrets } from './secrets.mjs'
import { applicationEnv, openDatabase, openDecisionPoint, prepareDatabase } from './services.mjs'

/**
 * What a large inventory is made from; each has a database of its own on the bundled server, or goes into DATABASE_URL.
 * @typedef {{ identities: number, orgs: number, seed: number }} FleetOptions
 */

/** For a machine with a few GB to spare: what a server for a million identities would be given. */
export const settings = {
  shared_buffers: '2GB',
  effective_cache_size: '6GB',
  work_mem: '64MB',
  maintenance_work_mem: '512MB',
  max_wal_size: '8GB',
  checkpoint_timeout: '15min',
  random_page_cost: '1.1',
  jit: 'off',
}

/** @param {Record<string, string | boolean | undefined>} values of `--identities`, `--orgs` and `--seed` @returns {FleetOptions} */
export function fleetOptions(values) {
  const number = (/** @type {string} */ name, /** @type {number} */ fallback) => {
    const given = Number(values[name] ?? fallback)
    if (!Number.isInteger(given) || given < 1) throw new RangeError(`--${name} must be a whole number above 0`)
    return given
  }
  return { identities: number('identities', 1_000_000), orgs: number('orgs', 200), seed: number('seed', 7) }
}

/**
 * Opens the services of a large inventory, runs work on them and closes them: one command at a time.
 * @template T
 * @param {FleetOptions} fleet
 * @param {(services: { env: Record<string, string | undefined>, database: import('./services.mjs').Database, logs: string }) => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withGenerated({ identities, orgs, seed }, work) {
  const folder = dataFolder('generated')
  const instance = { ...folder, secrets: loadSecrets(folder.at('secrets.json')) }
  return withLock(folder.at('claim.lock'), async () => {
    const started = []
    try {
      const database = await openDatabase({ ...instance, settings, name: `fleet_${identities}_${orgs}_${seed}` })
      started.push(database)
      const cerbos = await openDecisionPoint(instance)
      started.push(cerbos)
      await prepareDatabase(database)
      generatePrismaClient()
      const env = applicationEnv({ instance, database, cerbos, publicUrl: 'http://localhost:3000' })
      return await work({
        env: { LOG_LEVEL: 'warn', DECISION_TIMEOUT_MS: '5000', ...env },
        database,
        logs: folder.logs,
      })
    } finally {
      for (const service of started.reverse()) await service.stop()
    }
  })
}

/**
 * Fills the opened database; what is there already is left.
 * @param {FleetOptions} fleet
 * @param {{ env: Record<string, string | undefined>, database: import('./services.mjs').Database }} services
 * @returns {Promise<void>}
 */
export async function generateInto(fleet, { env, database }) {
  if (await isWhole(database.ownerUrl)) return settle(database.ownerUrl)
  const args = Object.entries(fleet).flatMap(([name, value]) => [`--${name}`, String(value)])
  const program = ['--conditions=react-server', '--import', 'tsx', inRoot('scripts', 'generate-inventory.ts'), ...args]
  const load = () =>
    new Promise((/** @type {(value: void) => void} */ resolve, reject) => {
      // Standard output belongs to the command's own result.
      const child = spawn(process.execPath, program, { cwd: inRoot(), env, stdio: ['ignore', 2, 2] })
      process.on('SIGINT', () => {})
      process.on('SIGTERM', () => child.kill('SIGTERM'))
      child.once('error', reject)
      child.once('exit', (code) => {
        if (code === 0) resolve()
        else reject(new Error(`Generating stopped with ${code ?? 'a signal'}. Run it again to go on.`))
      })
    })
  await withoutSearchIndexes(database.ownerUrl, load)
  await withClient(database.ownerUrl, (owner) => owner.query(`COMMENT ON TABLE identity_combo IS '${WHOLE}'`))
  await settle(database.ownerUrl)
}

/**
 * What the database does by itself in its own time, done at once: what was just filled is measured as it is later, with
 * statistics and with pages known to be visible to all, which scans of an index alone need.
 * @param {string} ownerUrl
 */
async function settle(ownerUrl) {
  await withClient(ownerUrl, async (owner) => {
    const { rows } = await owner.query(
      `SELECT relname AS name FROM pg_stat_user_tables WHERE last_vacuum IS NULL AND n_live_tup > 10000`,
    )
    for (const { name } of rows) await owner.query(`VACUUM (ANALYZE) "${name}"`)
  })
}

/** The note that everything was generated, kept in the database that holds it. */
const WHOLE = 'bailiwick: generated inventory is whole'

/** @param {string} ownerUrl */
async function isWhole(ownerUrl) {
  const { rows } = await withClient(ownerUrl, (owner) =>
    owner.query(`SELECT obj_description('identity_combo'::regclass, 'pg_class') AS note`),
  )
  return rows[0].note === WHOLE
}

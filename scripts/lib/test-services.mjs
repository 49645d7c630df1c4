import crypto from 'node:crypto'
import fs from 'node:fs'
import { buildThreads } from './build.mjs'
import { answers, cerbosProgram, startCerbos, startVersionPoint } from './cerbos.mjs'
import {
  admitApp,
  createDatabase,
  databaseExists,
  dropDatabase,
  ensureLogins,
  logins,
  withClient,
} from './database.mjs'
import { migrateJobs } from './jobs-schema.mjs'
import { dataFolder, inRoot } from './layout.mjs'
import { withLock } from './lock.mjs'
import { say } from './messages.mjs'
import { migrate, readMigrations } from './migrations.mjs'
import { startPostgres } from './postgres.mjs'
import { generatePrismaClient } from './prisma-client.mjs'
import { endProcess, isAlive } from './processes.mjs'
import { loadSecrets } from './secrets.mjs'

/**
 * The services of the integration tests: one PostgreSQL and one Cerbos, started by the first run and left running for
 * the next (`npm run test:stop` ends them), with a migrated template database that each test worker clones.
 * @returns {Promise<TestServices>}
 * @typedef {{ adminUrl: string, ownerUrl: string, appUrl: string, template: string, adopted: boolean, cerbos: string, threads: string, secrets: Record<string, string> }} TestServices
 *   `adopted`: they ran already; the URLs are of the maintenance database; put a database's name in with `onDatabase`
 */
export async function ensureTestServices() {
  const { folder, logs, at } = dataFolder('test')
  return withLock(at('services.lock'), async () => {
    const secrets = loadSecrets(at('secrets.json'))
    generatePrismaClient()
    const [postgres, cerbos, versions] = await Promise.all([
      startPostgres({ folder, logs, password: secrets.superuser, throwaway: true }),
      ensureCerbos(at('cerbos.json'), () => startCerbos({ logs, detached: true })),
      ensureCerbos(at('cerbos-versions.json'), () =>
        startVersionPoint({ logs, password: secrets.versions, detached: true }),
      ),
    ])
    const services = {
      adminUrl: postgres.url(logins.superuser, secrets.superuser, 'postgres'),
      ownerUrl: postgres.url(logins.owner, secrets.owner, 'postgres'),
      appUrl: postgres.url(logins.app, secrets.app, 'postgres'),
      cerbos: cerbos.address,
      threads: await threads(),
      secrets: {
        AUTH_SECRET: secrets.AUTH_SECRET,
        ENCRYPTION_KEY: secrets.ENCRYPTION_KEY,
        OUTBOUND_LOOPBACK: 'true',
        AUDIT_SIGNING_KEY: secrets.AUDIT_SIGNING_KEY,
        VERSIONS_CERBOS_ADDRESS: versions.address,
        VERSIONS_CERBOS_PASSWORD: secrets.versions,
        CERBOS_PROGRAM: cerbosProgram(),
        POLICY_DIR: inRoot('policies'),
      },
    }
    const template = await withClient(services.adminUrl, async (superuser) => {
      if (!postgres.adopted) await ensureLogins(superuser, secrets)
      await dropAbandoned(superuser)
      return ensureTemplate(superuser, services.ownerUrl)
    })
    return { ...services, template, adopted: postgres.adopted }
  })
}

/** Tests that parse no files run although the parsers do not compile just now. */
async function threads() {
  try {
    return await buildThreads()
  } catch (error) {
    say(`The parsing thread was not built: ${/** @type {Error} */ (error).message}`)
    return ''
  }
}

/** Ends what `ensureTestServices` left running. */
export async function stopTestServices() {
  const { at } = dataFolder('test')
  for (const name of ['cerbos.json', 'cerbos-versions.json']) {
    const cerbos = readMark(at(name))
    if (cerbos && isAlive(cerbos.pid)) await endProcess(cerbos.pid)
    fs.rmSync(at(name), { force: true })
  }
  const { folder, logs } = dataFolder('test')
  const secrets = loadSecrets(at('secrets.json'))
  const postgres = await startPostgres({ folder, logs, password: secrets.superuser, throwaway: true })
  await postgres.stop()
}

/** The URL of another database on the same server. @param {string} url @param {string} database */
export function onDatabase(url, database) {
  const changed = new URL(url)
  changed.pathname = `/${database}`
  return changed.href
}

/** @param {string} file @param {() => ReturnType<typeof startCerbos>} start */
async function ensureCerbos(file, start) {
  const running = readMark(file)
  if (running && running.policies === inRoot('policies') && (await answers(running))) return running
  if (running && isAlive(running.pid)) await endProcess(running.pid)
  const { stop: _, ...mark } = await start()
  fs.writeFileSync(file, JSON.stringify({ ...mark, policies: inRoot('policies') }))
  return mark
}

/** @param {string} file @returns {(import('./cerbos.mjs').CerbosMark & { policies: string }) | undefined} */
function readMark(file) {
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8'))
  } catch {
    return undefined
  }
}

/**
 * A database with all migrations, named after their content: it is made again only when a migration changes.
 * @param {import('pg').Client} superuser
 * @param {string} ownerUrl
 */
async function ensureTemplate(superuser, ownerUrl) {
  const migrations = readMigrations()
  const hash = crypto.createHash('sha256')
  for (const { name, checksum } of migrations) hash.update(`${name} ${checksum}\n`)
  hash.update(fs.readFileSync(inRoot('node_modules', 'pg-boss', 'package.json')))
  hash.update(fs.readFileSync(inRoot('scripts', 'lib', 'jobs-schema.mjs')))
  const name = `template_${hash.digest('hex').slice(0, 12)}`
  if (await databaseExists(superuser, name)) return name

  // Under another name until it is whole; a failed migration leaves nothing that looks like a template.
  const draft = `${name}_draft`
  await dropDatabase(superuser, draft)
  await createDatabase(superuser, draft)
  await migrate(onDatabase(ownerUrl, draft), migrations)
  await migrateJobs(onDatabase(ownerUrl, draft))
  await withClient(onDatabase(ownerUrl, draft), (owner) => admitApp(owner))
  await superuser.query(`ALTER DATABASE ${draft} RENAME TO ${name}`)
  return name
}

/** The databases of one run, by the process that started it. @param {number} pid */
export const prefixOf = (pid) => `run_${pid}_`

/** Where a run's audit checkpoints go. @param {number} pid */
export const checkpointsOf = (pid) => dataFolder('test').at(`checkpoints/${pid}`)

/** Drops the clones of runs that were killed. @param {import('pg').Client} superuser */
async function dropAbandoned(superuser) {
  const { rows } = await superuser.query("SELECT datname FROM pg_database WHERE datname ~ '^run_[0-9]+_'")
  for (const { datname } of rows) if (!isAlive(Number(datname.split('_')[1]))) await dropDatabase(superuser, datname)
}

/** Drops the clones of this run. @param {string} adminUrl @param {number} pid */
export function dropRun(adminUrl, pid) {
  return withClient(adminUrl, async (superuser) => {
    const { rows } = await superuser.query('SELECT datname FROM pg_database WHERE starts_with(datname, $1)', [
      prefixOf(pid),
    ])
    for (const { datname } of rows) await dropDatabase(superuser, datname)
    fs.rmSync(checkpointsOf(pid), { recursive: true, force: true })
  })
}

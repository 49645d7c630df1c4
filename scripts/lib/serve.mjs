import { spawnSync } from 'node:child_process'
import crypto from 'node:crypto'
import fs from 'node:fs'
import { build } from './build.mjs'
import { withClient } from './database.mjs'
import { dataFolder, inRoot, root } from './layout.mjs'
import { Lifecycle } from './lifecycle.mjs'
import { withLock } from './lock.mjs'
import { report, say, step } from './messages.mjs'
import { startNode } from './node-child.mjs'
import { demandFreePort, until } from './processes.mjs'
import { claimRun } from './run-file.mjs'
import { loadSecrets } from './secrets.mjs'
import { applicationEnv, openDatabase, openDecisionPoint, prepareDatabase } from './services.mjs'

/**
 * Brings up a whole installation and keeps it up until it is asked to stop.
 * @param {{ profile: 'start' | 'dev', mark: string, launch: Launch }} options `mark`: a part of this process's command line
 * @typedef {{ env: Record<string, string | undefined>, logs: string, signal: AbortSignal }} Application
 * @typedef {{ build?: (signal: AbortSignal) => Promise<void>, children: (app: Application) => import('./node-child.mjs').NodeChildOptions[] }} Launch
 */
export async function serve({ profile, mark, launch }) {
  const life = new Lifecycle()
  try {
    await bringUp(life, profile, mark, launch)
  } catch (error) {
    if (!life.signal.aborted) report(error)
    await life.end(life.signal.aborted ? 0 : 1)
  }
}

/** @param {Lifecycle} life @param {'start' | 'dev'} profile @param {string} mark @param {Launch} launch */
async function bringUp(life, profile, mark, launch) {
  const began = performance.now()
  const port = Number(process.env.PORT || 3000)
  // The demo's passwords are printed: nobody else on the network is let in unless HOST says so.
  const host = process.env.HOST || '127.0.0.1'
  const { folder, logs, at } = dataFolder(profile)
  // A command that uses the services for a moment (npm run import) holds this lock meanwhile.
  const run = await withLock(at('claim.lock'), () => claimRun(at('run.json'), mark))
  life.add('run file', { stop: run.release })
  await demandFreePort(port, host)
  const instance = { folder, logs, at, secrets: loadSecrets(at('secrets.json')) }

  const database = life.add('PostgreSQL', await step('PostgreSQL up in', () => openDatabase(instance)))
  const cerbos = life.add('Cerbos', await step('Cerbos up in', () => openDecisionPoint(instance)))
  const publicUrl = `http://localhost:${port}`
  run.note({ url: publicUrl, database: database.databaseUrl, cerbos: cerbos.address })
  if (cerbos.pid) run.noteChild({ pid: cerbos.pid, mark: 'cerbos' })

  await step('database ready in', () => prepareDatabase(database))
  const env = {
    ...applicationEnv({ instance, database, cerbos, publicUrl }),
    INSTANCE_ID: crypto.randomUUID(),
    DIST_DIR: inRoot('dist'),
    PORT: String(port),
    HOSTNAME: host,
  }
  await seedOnce({ database, env, at })
  await launch.build?.(life.signal)

  for (const options of launch.children({ env, logs, signal: life.signal })) {
    const child = life.add(options.name, startNode(options))
    run.noteChild(child)
    child.failed.then((error) => {
      if (!error) return
      report(error)
      life.end(1)
    })
  }
  await demandHealth(`http://${host.includes(':') ? `[${host}]` : host}:${port}`, env.INSTANCE_ID, life.signal)
  say(`\nBailiwick is ready on ${env.PUBLIC_URL} (${((performance.now() - began) / 1000).toFixed(1)} s)`)
  printSignIns(at('demo.json'))
  say(`Logs: ${logs}   Stop: Ctrl-C`)
}

/** The note that the demo organization was made, kept in the database that holds it. */
const SEEDED = 'bailiwick: demo organization made'

/**
 * Makes the demo organization, once in the life of a bundled database. A database that was named by the environment
 * gets none: its first visitor is asked for the first administrator.
 * @param {{ database: import('./services.mjs').Database, env: Record<string, string | undefined>, at: (name: string) => string }} options
 */
async function seedOnce({ database, env, at }) {
  const { superuserUrl } = database
  if (!superuserUrl || process.env.DEMO === 'off' || !fs.existsSync(inRoot('prisma', 'seed.ts'))) return
  const note = await withClient(superuserUrl, (client) =>
    client.query(
      "SELECT shobj_description(oid, 'pg_database') AS text FROM pg_database WHERE datname = current_database()",
    ),
  )
  if (note.rows[0]?.text === SEEDED) return
  await step('demo organization made in', () => {
    const output = runSeed(env)
    const answer = lastJson(output)
    if (answer) fs.writeFileSync(at('demo.json'), JSON.stringify(answer), { mode: 0o600 })
  })
  await withClient(superuserUrl, (client) => client.query(`COMMENT ON DATABASE bailiwick IS '${SEEDED}'`))
}

/**
 * Runs prisma/seed.ts, which may be run again without harm.
 * @param {Record<string, string | undefined>} env
 * @returns {string} its standard output
 */
export function runSeed(env) {
  // `server-only` is an empty module to a React server and an error to everything else.
  const flags = ['--conditions=react-server', '--import', 'tsx']
  const seed = spawnSync(process.execPath, [...flags, inRoot('prisma', 'seed.ts')], {
    cwd: root,
    env,
    encoding: 'utf8',
  })
  if (seed.status !== 0) throw new Error(`Making the demo organization failed.\n${seed.stderr || seed.error?.message}`)
  return seed.stdout
}

/** @param {string} output @returns {unknown} */
function lastJson(output) {
  const line = output.trim().split('\n').at(-1) ?? ''
  return line.startsWith('{') ? JSON.parse(line) : undefined
}

/** @param {string} file written from the seed's last line: { signIns: [{ email, password, role }] } */
function printSignIns(file) {
  if (!fs.existsSync(file)) return
  const { signIns = [] } = JSON.parse(fs.readFileSync(file, 'utf8'))
  if (signIns.length === 0) return
  say('Sign in to the demo organization as')
  for (const { email, password, role } of signIns) say(`  ${String(role).padEnd(9)} ${email}  ${password}`)
}

/**
 * Waits until the server that was started here answers; another one on the same port has another instance id.
 * @param {string} url @param {string} instance @param {AbortSignal} signal
 */
async function demandHealth(url, instance, signal) {
  const healthy = await until(
    async () => {
      signal.throwIfAborted()
      return (await readInstance(url)) === instance || undefined
    },
    { waitMs: 60_000, everyMs: 50 },
  )
  if (!healthy) throw new Error(`The server does not answer on ${url}/api/health.`)
}

/** @param {string} url @returns {Promise<string | undefined>} */
export async function readInstance(url) {
  try {
    const response = await fetch(`${url}/api/health`, { signal: AbortSignal.timeout(10_000) })
    return (await response.json()).instance
  } catch {
    return undefined
  }
}

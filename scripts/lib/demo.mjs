import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import { withClient } from './database.mjs'
import { inRoot, root } from './layout.mjs'
import { say, step } from './messages.mjs'
import { keepSessions } from './sessions.mjs'

/** The note that the demo organization was made, kept in the database that holds it. */
const SEEDED = 'bailiwick: demo organization made'

/**
 * Makes the demo organization, once in the life of a bundled database. A database that was named by the environment
 * gets none: its first visitor is asked for the first administrator.
 * @param {{ database: import('./services.mjs').Database, env: Record<string, string | undefined>, at: (name: string) => string }} options
 */
export async function seedOnce({ database, env, at }) {
  const { superuserUrl } = database
  if (!superuserUrl || process.env.DEMO === 'off' || !fs.existsSync(inRoot('prisma', 'seed.ts'))) return
  const note = await withClient(superuserUrl, (client) =>
    client.query(
      "SELECT shobj_description(oid, 'pg_database') AS text FROM pg_database WHERE datname = current_database()",
    ),
  )
  if (note.rows[0]?.text === SEEDED) return
  await step('demo organization made in', () => {
    const answer = lastJson(runSeed({ ...env, DEMO_SERVER_URL: superuserUrl }))
    if (!answer) return
    if (answer.leftOut) say(`  the demo connection to PostgreSQL was left out: ${answer.leftOut}`)
    keepDemo(at, { ...answer, port: new URL(superuserUrl).port })
  })
  await withClient(superuserUrl, (client) => client.query(`COMMENT ON DATABASE bailiwick IS '${SEEDED}'`))
}

/**
 * Tells the demo's connection where its server is, when that listens on another port than before, and signs in as the services of
 * the demo's shop, so that there are sessions to be seen and ended. Services whose password was changed stay away.
 * @param {{ database: import('./services.mjs').Database, env: Record<string, string | undefined>, at: (name: string) => string }} options
 * @returns {Promise<{ stop: () => Promise<void> }>}
 */
export async function openShop({ database: { superuserUrl }, env, at }) {
  const kept =
    superuserUrl && fs.existsSync(at('demo.json')) ? JSON.parse(fs.readFileSync(at('demo.json'), 'utf8')) : {}
  if (!superuserUrl || !kept.services?.length) return { stop: async () => {} }
  const { port } = new URL(superuserUrl)
  if (kept.port !== port) {
    runSeed({ ...env, DEMO_SERVER_URL: superuserUrl }, ['--move'])
    keepDemo(at, { ...kept, port })
  }
  return keepSessions(kept.services, Number(port))
}

/**
 * @param {(name: string) => string} at
 * @param {object} demo
 */
function keepDemo(at, demo) {
  fs.writeFileSync(at('demo.json'), JSON.stringify(demo), { mode: 0o600 })
}

/**
 * Runs prisma/seed.ts, which may be run again without harm.
 * @param {Record<string, string | undefined>} env
 * @param {string[]} [args]
 * @returns {string} its standard output
 */
export function runSeed(env, args = []) {
  // `server-only` is an empty module to a React server and an error to everything else.
  const flags = ['--conditions=react-server', '--import', 'tsx']
  const seed = spawnSync(process.execPath, [...flags, inRoot('prisma', 'seed.ts'), ...args], {
    cwd: root,
    env,
    encoding: 'utf8',
  })
  if (seed.status !== 0) throw new Error(`Making the demo organization failed.\n${seed.stderr || seed.error?.message}`)
  return seed.stdout
}

/** @param {string} output @returns {Record<string, any> | undefined} */
function lastJson(output) {
  const line = output.trim().split('\n').at(-1) ?? ''
  return line.startsWith('{') ? JSON.parse(line) : undefined
}

/**
 * What lets the sign-in page offer the demo people: only where nobody but this machine can reach it.
 * @param {string} file as for `printSignIns`
 * @param {string[]} hosts the address that the server listens on, and the one under which browsers reach it
 * @returns {Record<string, string>}
 */
export function demoEnv(file, hosts) {
  const isLocal = hosts.every((host) => ['127.0.0.1', '::1', '[::1]', 'localhost'].includes(host))
  if (process.env.DEMO === 'off' || !isLocal || !fs.existsSync(file)) return {}
  const { signIns = [] } = JSON.parse(fs.readFileSync(file, 'utf8'))
  return signIns[0] ? { DEMO: '1', DEMO_PASSWORD: signIns[0].password } : {}
}

/** @param {string} file written from the seed's last line: { signIns: [{ email, password, role }] } */
export function printSignIns(file) {
  if (!fs.existsSync(file)) return
  const { signIns = [] } = JSON.parse(fs.readFileSync(file, 'utf8'))
  if (signIns.length === 0) return
  say('Sign in to the demo organization as')
  for (const { email, password, role } of signIns) say(`  ${String(role).padEnd(9)} ${email}  ${password}`)
}

import { spawn } from 'node:child_process'
import fs from 'node:fs'
import { inRoot, root } from './layout.mjs'
import { withLock } from './lock.mjs'
import { say, step } from './messages.mjs'
import { generatePrismaClient } from './prisma-client.mjs'
import { readStamp, stampOf } from './stamp.mjs'

/** What the built application is made from. */
const SOURCES = [
  ...['app', 'components', 'lib', 'public', 'prisma/schema', 'prisma/seed.ts', 'prisma/factories'],
  ...['worker.ts', 'proxy.ts', 'instrumentation.ts', 'next.config.js', 'postcss.config.mjs', 'tsconfig.json'],
  ...[
    'scripts/import.ts',
    'scripts/audit-verify.ts',
    'scripts/migrate.mjs',
    'scripts/lib/build.mjs',
    'package-lock.json',
  ],
]
const NOT_BUILT = /\.test\.tsx?$|(^|\/)(fixtures|generated|testing)(\/|$)|\.md$/

const built = inRoot('.next', '.stamp')

const sourceStamp = () => stampOf(SOURCES, { skip: NOT_BUILT, also: [process.version] })

/** Whether the last build was made from the sources as they are. */
export function isBuilt() {
  const whole = fs.existsSync(inRoot('.next', 'standalone', 'server.js')) && fs.existsSync(inRoot('dist', 'worker.mjs'))
  return whole && readStamp(built) === sourceStamp()
}

/**
 * Builds the application and the bundles beside it, unless the last build was made from the same sources.
 * @param {{ signal?: AbortSignal }} [options]
 */
export function build({ signal } = {}) {
  return withLock(inRoot('node_modules', '.build.lock'), async () => {
    generatePrismaClient()
    const stamp = stampOf(SOURCES, { skip: NOT_BUILT, also: [process.version] })
    const whole =
      fs.existsSync(inRoot('.next', 'standalone', 'server.js')) && fs.existsSync(inRoot('dist', 'worker.mjs'))
    if (whole && readStamp(built) === stamp) return
    fs.rmSync(built, { force: true })
    // Those of a development server may name routes that are gone, and would fail the type check.
    fs.rmSync(inRoot('.next', 'dev', 'types'), { recursive: true, force: true })
    say('Building (once for each version; about half a minute) …')
    await step('built the application in', async () => {
      await run([inRoot('node_modules', 'next', 'dist', 'bin', 'next'), 'build'], signal)
      completeStandalone()
    })
    await step('bundled the worker in', () => run([inRoot('scripts', 'lib', 'bundle.mjs'), 'dist'], signal))
    fs.writeFileSync(built, stamp)
  })
}

/**
 * The threads that parse untrusted files and hold access graphs, for tests and development, where there is no build to hold
 * them.
 * @returns {Promise<string>} their folder
 */
export async function buildThreads() {
  const folder = inRoot('.data', 'threads')
  const stamp = stampOf(['lib', 'scripts/lib/bundle.mjs', 'package-lock.json'], { skip: NOT_BUILT })
  if (readStamp(`${folder}/.stamp`) !== stamp) {
    await run([inRoot('scripts', 'lib', 'bundle.mjs'), '.data/threads', 'parse-thread', 'graph-thread'], undefined)
    fs.writeFileSync(`${folder}/.stamp`, stamp)
  }
  return folder
}

/** The standalone server serves these two folders, but `next build` leaves copying them to the deployment. */
function completeStandalone() {
  const standalone = inRoot('.next', 'standalone')
  fs.cpSync(inRoot('.next', 'static'), `${standalone}/.next/static`, { recursive: true })
  if (fs.existsSync(inRoot('public'))) fs.cpSync(inRoot('public'), `${standalone}/public`, { recursive: true })
}

/** @param {string[]} args @param {AbortSignal | undefined} signal @returns {Promise<void>} */
function run(args, signal) {
  const env = { ...process.env, NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1' }
  return new Promise((resolve, reject) => {
    let said = ''
    const child = spawn(process.execPath, args, { cwd: root, env, signal, stdio: ['ignore', 'pipe', 'pipe'] })
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said += chunk))
    child.once('error', reject)
    child.once('exit', (code) => (code === 0 ? resolve() : reject(new Error(`The build failed.\n${said.trim()}`))))
  })
}

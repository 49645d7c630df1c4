import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import { inRoot, root } from './layout.mjs'
import { explain, Mendable, say, step } from './messages.mjs'

// Runs before node_modules exists: `node:` imports only, here and in what this imports.

/** Refuses a Node that the product does not run on. */
export function demandNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  if (major > 20 || (major === 20 && minor >= 19)) return
  throw new Mendable(
    `This is Node ${process.versions.node}; 20.19 or newer is needed.`,
    'Install Node 24 (or 22, or 20.19).',
  )
}

/** Refuses a machine for which the bundled servers do not exist, unless others were named. */
export function demandPlatform() {
  if (process.env.DATABASE_URL && process.env.CERBOS_ADDRESS) return
  const here = `${process.platform}-${process.arch}`
  if (['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64'].includes(here)) return
  throw new Mendable(
    `${here} has no bundled PostgreSQL and Cerbos.`,
    'Set DATABASE_URL and CERBOS_ADDRESS to servers of your own, or use compose.yaml.',
  )
}

/** `npm ci` when node_modules does not hold what the lock file says. */
export async function ensureInstalled() {
  if (isInstalled()) return
  await step('installed the packages in', () => {
    say('Installing the packages (once; about a minute) …')
    // With NODE_ENV=production npm would leave out what the build needs.
    const { NODE_ENV: _, ...env } = process.env
    const npm = process.env.npm_execpath
    const [program, first] = npm ? [process.execPath, [npm]] : ['npm', []]
    const options = ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error']
    const run = spawnSync(program, [...first, ...options], {
      cwd: root,
      env,
      stdio: ['ignore', 'ignore', 'pipe'],
      encoding: 'utf8',
    })
    const failure = run.error ?? (run.status === 0 ? undefined : new Error(run.stderr.trim()))
    if (failure) {
      const known = explain(failure)
      if (known instanceof Mendable) throw known
      throw new Mendable(
        `npm ci failed: ${failure.message}`,
        'Check the network and the registry (npm config get registry), then start again.',
      )
    }
    fs.writeFileSync(inRoot('node_modules', '.platform'), platform)
  })
}

const platform = `${process.platform}-${process.arch}`

/**
 * Whether the packages that npm put into node_modules are those of the lock file. npm notes what it installed in a lock
 * of its own, so an `npm install` by hand counts as well.
 */
export function isInstalled() {
  const wanted = readLock('package-lock.json')
  const found = readLock('node_modules/.package-lock.json')
  if (!wanted || !found) return false
  if ((read('node_modules/.platform') ?? platform) !== platform) return false
  return Object.entries(wanted).every(
    ([name, entry]) => name === '' || entry.optional || entry.link || found[name]?.version === entry.version,
  )
}

/** @param {string} name @returns {Record<string, { version?: string, optional?: boolean, link?: boolean }> | undefined} */
function readLock(name) {
  const text = read(name)
  return text === undefined ? undefined : JSON.parse(text).packages
}

/** @param {string} name */
function read(name) {
  return fs.existsSync(inRoot(name)) ? fs.readFileSync(inRoot(name), 'utf8').trim() : undefined
}

import { spawn } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import bcrypt from 'bcryptjs'
import { inRoot } from './layout.mjs'
import { Mendable } from './messages.mjs'
import { endProcess, freePort, until } from './processes.mjs'

/** The decision point's program from its npm package. @returns {string} */
export function cerbosProgram() {
  const name = `cerbos-${process.platform}-${process.arch}`
  const file = inRoot('node_modules', '@cerbos', name, name)
  if (fs.existsSync(file)) return file
  throw new Mendable(
    `There is no bundled Cerbos for ${process.platform}-${process.arch}.`,
    'Set CERBOS_ADDRESS (host:port) to a Cerbos 0.51 server that serves the folder policies/, or use compose.yaml.',
  )
}

/** @typedef {{ pid: number, address: string, http: string }} CerbosMark */

/**
 * Starts the policy decision point on free loopback ports. It watches the policies and takes changes over by itself.
 * @param {{ logs: string, policies?: string, detached?: boolean }} options
 * @returns {Promise<CerbosMark & { stop: () => Promise<void> }>} `address` is host:port of its gRPC door
 */
export function startCerbos({ logs, policies = inRoot('policies'), detached = false }) {
  if (!fs.existsSync(policies)) throw new Error(`There are no policies in ${policies}.`)
  const storage = {
    'storage.driver': 'disk',
    'storage.disk.directory': policies,
    'storage.disk.watchForChanges': 'true',
  }
  return startServer({ log: path.join(logs, 'cerbos.log'), storage, detached })
}

/** What a Cerbos server keeps of a password. It is long and random, so that few rounds do. @param {string} password */
export const passwordHash = (password) => Buffer.from(bcrypt.hashSync(password, 4)).toString('base64')

/**
 * Starts a second one for the organizations' own policies (decision 065): empty, in memory; who has the password gives it policies.
 * @param {{ logs: string, password: string, detached?: boolean }} options
 * @returns {Promise<CerbosMark & { stop: () => Promise<void> }>}
 */
export function startVersionPoint({ logs, password, detached = false }) {
  const storage = {
    'storage.driver': 'sqlite3',
    'storage.sqlite3.dsn': 'file::memory:?cache=shared',
    'server.adminAPI.enabled': 'true',
    'server.adminAPI.adminCredentials.username': 'bailiwick',
    'server.adminAPI.adminCredentials.passwordHash': passwordHash(password),
  }
  return startServer({ log: path.join(logs, 'cerbos-versions.log'), storage, detached })
}

/**
 * @param {{ log: string, storage: Record<string, string>, detached: boolean }} options
 * @returns {Promise<CerbosMark & { stop: () => Promise<void> }>}
 */
async function startServer({ log, storage, detached }) {
  const program = cerbosProgram()
  const grpc = await freePort()
  const http = await freePort()
  const out = fs.openSync(log, 'w', 0o600)
  const settings = {
    ...storage,
    'server.grpcListenAddr': `127.0.0.1:${grpc}`,
    'server.httpListenAddr': `127.0.0.1:${http}`,
    'telemetry.disabled': 'true',
  }
  const flags = Object.entries(settings).map(([name, value]) => `--set=${name}=${value}`)
  const child = spawn(program, ['server', '--log-level=WARN', ...flags], {
    detached: true,
    stdio: ['ignore', out, out],
    env: { PATH: process.env.PATH, HOME: process.env.HOME, CERBOS_NO_TELEMETRY: '1' },
  })
  fs.closeSync(out)
  let failure = /** @type {string | undefined} */ (undefined)
  child.once('error', (error) => {
    failure = error.message
  })
  child.once('exit', (code, signal) => {
    failure ??= `ended with ${signal ?? `code ${code}`}`
  })
  const mark = { pid: child.pid ?? 0, address: `127.0.0.1:${grpc}`, http: `127.0.0.1:${http}` }
  const healthy = await until(() => (failure ? null : answers(mark)), { waitMs: 30_000 })
  if (!healthy) {
    if (!failure) await endProcess(mark.pid)
    throw new Error(
      `Cerbos did not start (${failure ?? 'not healthy within 30 s'}).\n${fs.readFileSync(log, 'utf8').trim()}`,
    )
  }
  if (detached) child.unref()
  return { ...mark, stop: () => endProcess(mark.pid) }
}

/** Whether a decision point is up behind this mark. @param {CerbosMark} mark @returns {Promise<true | undefined>} */
export async function answers({ http }) {
  try {
    const response = await fetch(`http://${http}/_cerbos/health`, { signal: AbortSignal.timeout(2000) })
    return response.ok || undefined
  } catch {
    return undefined
  }
}

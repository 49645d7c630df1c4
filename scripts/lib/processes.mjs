import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import net from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { Mendable } from './messages.mjs'

export { sleep }

/**
 * A TCP port of the loopback address that is free now.
 * @param {number} [wanted] taken if it is free
 * @returns {Promise<number>}
 */
export function freePort(wanted = 0) {
  return new Promise((resolve, reject) => {
    const server = net.createServer()
    server.once('error', (error) => (wanted === 0 ? reject(error) : resolve(freePort())))
    server.listen(wanted, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })
}

/**
 * Refuses a port that something else listens on, be it on this address or on all of them.
 * @param {number} port
 * @param {string} host
 */
export async function demandFreePort(port, host) {
  await listenOnce(port, host)
  await listenOnce(port, undefined)
}

/** @param {number} port @param {string | undefined} host */
function listenOnce(port, host) {
  return new Promise((resolve, reject) => {
    const server = net.createServer()
    server.once('error', (/** @type {NodeJS.ErrnoException} */ error) => reject(portProblem(error, port, host)))
    server.listen(port, host, () => server.close(() => resolve(undefined)))
  })
}

/** @param {NodeJS.ErrnoException} error @param {number} port @param {string | undefined} host */
function portProblem(error, port, host) {
  if (error.code === 'EADDRINUSE')
    return new Mendable(
      `Port ${port} is taken by another program.`,
      `Stop that program, or choose another port: PORT=${port + 1} npm start`,
    )
  if (error.code === 'EACCES')
    return new Mendable(
      `Port ${port} needs more rights than this user has.`,
      'Choose a port above 1023: PORT=3000 npm start',
    )
  if (error.code === 'EADDRNOTAVAIL')
    return new Mendable(`This machine has no address ${host}.`, 'Leave HOST out, or set it to 0.0.0.0.')
  return error
}

/** @param {number} pid */
export function isAlive(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM'
  }
}

/** The command line of a process, '' when it is gone. @param {number} pid */
export function commandOf(pid) {
  try {
    if (process.platform === 'linux')
      return fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim()
    return execFileSync('ps', ['-p', String(pid), '-o', 'command='], { encoding: 'utf8' }).trim()
  } catch {
    return ''
  }
}

/**
 * Asks a process to end, and makes it end when it does not listen.
 * @param {number} pid
 * @param {{ signal?: NodeJS.Signals, force?: NodeJS.Signals, waitMs?: number }} [options]
 */
export async function endProcess(pid, { signal = 'SIGTERM', force = 'SIGKILL', waitMs = 10_000 } = {}) {
  const send = (/** @type {NodeJS.Signals} */ name) => {
    try {
      process.kill(pid, name)
    } catch {
      // already gone
    }
  }
  send(signal)
  const until = Date.now() + waitMs
  while (isAlive(pid) && Date.now() < until) await sleep(20)
  if (!isAlive(pid)) return
  send(force)
  while (isAlive(pid) && Date.now() < until + 5000) await sleep(20)
}

/**
 * Repeats a question until it has an answer.
 * @template T
 * @param {() => Promise<T | undefined> | T | undefined} ask
 * @param {{ waitMs: number, everyMs?: number }} limits
 * @returns {Promise<T | undefined>} undefined when the time is over
 */
export async function until(ask, { waitMs, everyMs = 25 }) {
  const end = Date.now() + waitMs
  for (;;) {
    const answer = await ask()
    if (answer !== undefined) return answer
    if (Date.now() > end) return undefined
    await sleep(everyMs)
  }
}

/** A log that grew over this many bytes is set aside at the next start. */
const LOG_LIMIT = 20_000_000

/** Opens a log for appending, readable by this user only. @param {string} file @returns {number} its descriptor */
export function openLog(file) {
  if (fs.existsSync(file) && fs.statSync(file).size > LOG_LIMIT) fs.renameSync(file, `${file}.1`)
  return fs.openSync(file, 'a', 0o600)
}

/** The end of a log file, for an error message. @param {string} file @param {number} [lines] */
export function tail(file, lines = 12) {
  try {
    return fs.readFileSync(file, 'utf8').trimEnd().split('\n').slice(-lines).join('\n')
  } catch {
    return ''
  }
}

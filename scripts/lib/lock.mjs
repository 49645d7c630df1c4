import fs from 'node:fs'
import { isAlive, sleep } from './processes.mjs'

/**
 * Runs work while holding a lock file, so that two commands started at once do not both start the same service.
 * A lock of a process that is gone is taken over.
 * @template T
 * @param {string} file
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withLock(file, work) {
  while (!take(file)) await sleep(50)
  try {
    return await work()
  } finally {
    fs.rmSync(file, { force: true })
  }
}

/** @param {string} file */
function take(file) {
  try {
    fs.writeFileSync(file, String(process.pid), { flag: 'wx' })
    return true
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EEXIST') throw error
  }
  const holder = readPid(file)
  const abandoned = holder === undefined ? isOld(file) : !isAlive(holder)
  if (abandoned) fs.rmSync(file, { force: true })
  return false
}

/** @param {string} file */
function readPid(file) {
  try {
    return Number(fs.readFileSync(file, 'utf8')) || undefined
  } catch {
    return undefined
  }
}

/** A lock without a process number was being written just now, or its writer died on the way. @param {string} file */
function isOld(file) {
  try {
    return Date.now() - fs.statSync(file).mtimeMs > 2000
  } catch {
    return false
  }
}

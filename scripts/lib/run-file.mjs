import fs from 'node:fs'
import { Mendable } from './messages.mjs'
import { commandOf, endProcess, isAlive } from './processes.mjs'

/**
 * What runs on a data folder: the supervisor, and the processes it would leave behind if it were killed.
 * @typedef {{ pid: number, mark: string }} Running `mark` is a part of the command line, or several with `|` between: process
 *   numbers are used again
 * @typedef {{ supervisor: Running, url: string, databaseUrl: string, ownerUrl: string, cerbos: string, children: Running[] }} Run
 */

/** @param {string} file @returns {Run | undefined} the run whose supervisor is alive */
export function readRun(file) {
  const run = read(file)
  return run && isRunning(run.supervisor) ? run : undefined
}

/**
 * Takes the data folder for this process, and ends what a killed supervisor left.
 * @param {string} file
 * @param {string} mark of this process
 */
export async function claimRun(file, mark) {
  const before = read(file)
  if (before && isRunning(before.supervisor)) {
    const where = before.url ? ` at ${before.url}` : ''
    throw new Mendable(
      `It runs already${where} (process ${before.supervisor.pid}).`,
      `Use that one, or stop it first: kill ${before.supervisor.pid}`,
    )
  }
  for (const child of before?.children ?? []) if (isRunning(child)) await endProcess(child.pid)

  /** @type {Run} */
  const run = {
    supervisor: { pid: process.pid, mark },
    url: '',
    databaseUrl: '',
    ownerUrl: '',
    cerbos: '',
    children: [],
  }
  const save = () => {
    fs.writeFileSync(`${file}.new`, JSON.stringify(run, null, 2), { mode: 0o600 })
    fs.renameSync(`${file}.new`, file)
  }
  save()
  return {
    /** @param {Partial<Run>} changes */
    note(changes) {
      Object.assign(run, changes)
      save()
    },
    /** @param {Running} child */
    noteChild(child) {
      run.children.push(child)
      save()
    },
    release: () => fs.rmSync(file, { force: true }),
  }
}

/** @param {Running} process */
function isRunning({ pid, mark }) {
  if (pid <= 0 || !isAlive(pid)) return false
  const command = commandOf(pid)
  return mark.split('|').some((part) => command.includes(part))
}

/** @param {string} file @returns {Run | undefined} */
function read(file) {
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8'))
  } catch {
    return undefined
  }
}

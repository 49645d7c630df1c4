import { spawn } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { inRoot, root } from './layout.mjs'
import { endProcess, openLog, tail } from './processes.mjs'

/**
 * Starts a Node process of the product in a process group of its own (Ctrl-C goes to the supervisor, which stops
 * things in order), with its output in a log file.
 * @typedef {{ name: string, script: string, args?: string[], flags?: string[], env: Record<string, string | undefined>, logs: string, print?: boolean }} NodeChildOptions
 *   `print`: output goes to this process's stderr instead of the log
 * @param {NodeChildOptions} options
 */
export function startNode({ name, script, args = [], flags = [], env, logs, print = false }) {
  const log = path.join(logs, `${name}.log`)
  const out = print ? 2 : openLog(log)
  const preload = ['--import', inRoot('scripts', 'lib', 'watch-parent.mjs')]
  const child = spawn(process.execPath, [...preload, ...flags, script, ...args], {
    cwd: root,
    env,
    detached: true,
    stdio: ['ignore', out, out],
  })
  if (!print) fs.closeSync(out)
  let stopping = false
  /** @type {Promise<string>} */
  const ended = new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message))
    child.once('exit', (code, signal) => resolve(signal ?? `code ${code}`))
  })
  return {
    name,
    pid: child.pid ?? 0,
    // Next gives its server another name once it is up.
    mark: `${script}|next-server`,
    /** Resolves with an error when the process ends although nobody asked it to. */
    failed: ended.then((how) => {
      if (stopping) return undefined
      return new Error(`The ${name} process ended with ${how}.${print ? '' : `\n${tail(log, 30)}`}`)
    }),
    stop: async () => {
      stopping = true
      if (child.pid && child.exitCode === null && child.signalCode === null)
        await endProcess(child.pid, { waitMs: 40_000 })
    },
  }
}

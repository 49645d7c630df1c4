import { type ChildProcess, spawn } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { LiveError } from '../live-error'
import { field } from './fields'
import { type Ask, parse, resultOf } from './protocol'

/** As much is read of what a program says, in bytes. */
const outputBytes = 8 * 1024 * 1024

interface Program {
  command: string
  args: readonly string[]
  env: Record<string, string>
}

/**
 * Starts a program that was wished for, without a shell, in an empty folder of its own, with no variable of this process but the path
 * to programs; talks to it, and ends it with everything that it started.
 * `signal` bounds it in time. @throws LiveError `unreachable` when it cannot be started, `timed_out`, `unexpected_answer`
 */
export async function withProgram<Result>(
  { command, args, env }: Program,
  signal: AbortSignal,
  work: (ask: Ask) => Promise<Result>,
): Promise<Result> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'tool-server-'))
  const own = { NODE_ENV: 'production' as const, PATH: process.env.PATH, HOME: folder, LANG: 'C.UTF-8' }
  const child = spawn(command, args, {
    ...{ cwd: folder, detached: true, shell: false },
    env: { ...own, ...env },
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  try {
    return await work(talk(child, signal))
  } finally {
    endGroup(child)
    fs.rmSync(folder, { recursive: true, force: true })
  }
}

/** One line, one message. */
function talk(child: ChildProcess, signal: AbortSignal): Ask {
  const waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>()
  let ended: LiveError | undefined
  const fail = (error: LiveError) => {
    ended ??= error
    for (const { reject } of waiting.values()) reject(ended)
    waiting.clear()
  }
  child.once('error', () => fail(new LiveError('unreachable', 'The program could not be started.')))
  child.once('exit', () => fail(new LiveError('unreachable', 'The program ended before it answered.')))
  child.stdin?.on('error', () => fail(new LiveError('unreachable', 'The program ended before it answered.')))
  signal.addEventListener('abort', () => fail(new LiveError('timed_out', 'The program did not answer in time.')), {
    once: true,
  })
  let read = 0
  let rest = ''
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
    read += chunk.length
    if (read > outputBytes) return fail(new LiveError('unexpected_answer', 'The program says more than 8 MiB.'))
    const lines = (rest + chunk).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) {
      const message = parse(line)
      const id = field(message, 'id')
      const asked = typeof id === 'number' && field(message, 'method') === undefined ? waiting.get(id) : undefined
      if (asked === undefined) continue
      waiting.delete(id as number)
      try {
        asked.resolve(resultOf(message))
      } catch (error) {
        asked.reject(error as Error)
      }
    }
  })
  return (message) =>
    new Promise((resolve, reject) => {
      if (ended !== undefined) return reject(ended)
      child.stdin?.write(`${JSON.stringify(message)}\n`)
      if (message.id === undefined) resolve(undefined)
      else waiting.set(message.id, { resolve, reject })
    })
}

/** The program leads a group of its own, so that nothing it started stays behind. */
function endGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // It has ended already.
  }
}

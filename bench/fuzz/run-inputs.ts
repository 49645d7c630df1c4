import { Worker } from 'node:worker_threads'
import type { Message, Outcome } from './thread'

export interface RunOptions {
  /** The bundled `thread.ts`. */
  file: string
  connectors: string
  seed: number
  threads: number
  /** How long one input may take, in milliseconds, before it is taken for a hang. */
  hangMs: number
}

/** An input that did not come back. */
export interface Lost {
  no: number
  why: 'hang' | 'memory' | 'died'
  detail: string
}

/** A thread that needs no processor and does not come back either waits for what never comes. */
const stuckMs = 60_000

/**
 * Gives every input to a thread, a few threads at a time, and tells what became of each. A thread that does not come back in
 * time is ended. What looked like a hang is tried again, alone and by the time of the processor, since on a busy machine
 * everything takes long: only what needs too much of it then is one.
 */
export async function runInputs(
  inputs: readonly number[],
  options: RunOptions,
  onOutcome: (outcome: Outcome | Lost) => void,
): Promise<void> {
  const suspects: number[] = []
  const waiting = [...inputs].reverse()
  const lane = async () => {
    const thread = new FuzzThread(options)
    for (let no = waiting.pop(); no !== undefined; no = waiting.pop()) {
      const outcome = await thread.run(no)
      if ('why' in outcome && outcome.why === 'hang') suspects.push(no)
      else onOutcome(outcome)
    }
    await thread.end()
  }
  await Promise.all(Array.from({ length: options.threads }, lane))
  const alone = new FuzzThread(options)
  for (const no of suspects.sort((a, b) => a - b)) {
    onOutcome(await alone.run(no, true))
  }
  await alone.end()
}

class FuzzThread {
  private worker: Worker | undefined
  private readonly options: RunOptions

  constructor(options: RunOptions) {
    this.options = options
  }

  /** `isAlone`: no other thread of this process works meanwhile, so that its time is this one's. */
  async run(no: number, isAlone = false): Promise<Outcome | Lost> {
    this.worker ??= new Worker(this.options.file, {
      workerData: { connectors: this.options.connectors, seed: this.options.seed },
      resourceLimits: { maxOldGenerationSizeMb: 2048 },
    })
    const { worker } = this
    const answer = await new Promise<Outcome | Lost>((resolve) => {
      let timer: NodeJS.Timeout | undefined
      worker.removeAllListeners()
      worker.on('message', (message: Message) => {
        clearTimeout(timer)
        if (!('started' in message)) return resolve(message)
        const late = () => resolve({ no, why: 'hang', detail: `more than ${this.options.hangMs} ms` })
        timer = isAlone ? this.watchProcessor(late) : setTimeout(late, this.options.hangMs)
      })
      worker.on('error', (error: Error & { code?: string }) => {
        clearTimeout(timer)
        const why = error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? 'memory' : 'died'
        resolve({ no, why, detail: `${error.message}\n${(error.stack ?? '').split('\n').slice(1, 5).join('\n')}` })
      })
      worker.on('exit', (code) => resolve({ no, why: 'died', detail: `the thread ended with ${code}` }))
      worker.postMessage(no)
    })
    if ('why' in answer) await this.end()
    return answer
  }

  private watchProcessor(late: () => void): NodeJS.Timeout {
    const began = performance.now()
    const before = process.cpuUsage()
    const timer = setInterval(() => {
      const { user, system } = process.cpuUsage(before)
      const isLate = (user + system) / 1000 > this.options.hangMs || performance.now() - began > stuckMs
      if (!isLate) return
      clearInterval(timer)
      late()
    }, 100)
    return timer
  }

  async end(): Promise<void> {
    this.worker?.removeAllListeners()
    await this.worker?.terminate()
    this.worker = undefined
  }
}

import type { Worker } from 'node:worker_threads'
import { expect } from 'vitest'

/** The threads that this process starts from here on, the latest last; those that have ended stay in the list. */
export function watchThreads(): { started: Worker[]; stop: () => void } {
  const started: Worker[] = []
  const note = (thread: Worker) => {
    started.push(thread)
  }
  process.on('worker', note)
  return { started, stop: () => process.off('worker', note) }
}

/** Waits until a thread is in the middle of its work: its loop has not come round for a while. */
export async function whenBusy(thread: Worker, ms = 200): Promise<void> {
  await expect
    .poll(
      async () => {
        const before = thread.performance.eventLoopUtilization()
        await new Promise((done) => setTimeout(done, ms))
        return thread.performance.eventLoopUtilization(before).utilization
      },
      { interval: 10, timeout: 30_000 },
    )
    .toBeGreaterThan(0.99)
}

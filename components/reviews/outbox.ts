import type { DecideInput, DecideResult, UndoResult } from '@/lib/reviews/items'

/**
 * Decisions on their way to the server, one after the other, in the order in which they were made. What has not arrived is kept
 * beside the page, so that a lost network, a reload or the end of a session loses none of it.
 */

export interface DecideJob {
  kind: 'decide'
  /** Of this job, made by whoever adds it. */
  key: string
  input: DecideInput
}
export interface UndoJob {
  kind: 'undo'
  key: string
  /** The job whose decision is taken back; null = the last one that the server knows. */
  of: string | null
}
export type Job = DecideJob | UndoJob

interface OutboxOptions {
  /** What was kept of an earlier page, as text; null = nothing. */
  kept: string | null
  keep: (text: string | null) => void
  decide: (input: DecideInput) => Promise<DecideResult>
  undo: (actId: string | undefined) => Promise<UndoResult>
  onDecided: (job: DecideJob, result: DecideResult) => void
  /** `null`: there was nothing to take back. */
  onUndone: (job: UndoJob, result: UndoResult | null) => void
  /** It will not be done: the server has said no. */
  onRefused: (job: Job, error: Error) => void
  /** How many wait, and why they stand still; undefined = they do not. */
  onChange: (waiting: number, stuck: Error | undefined) => void
  /** Whether the same may succeed a little later, or after signing in. */
  isPassing: (error: Error) => boolean
}

export interface Outbox {
  /** @returns `dropped` when both it and what it takes back never leave this page */
  add: (job: Job) => 'kept' | 'dropped'
  retry: () => void
}

export function createOutbox(options: OutboxOptions): Outbox {
  const jobs: Job[] = readJobs(options.kept)
  const actIds = new Map<string, string | null>()
  let isRunning = false
  let stuck: Error | undefined

  const changed = () => {
    const decisions = jobs.filter((job) => job.kind === 'decide')
    options.keep(decisions.length > 0 ? JSON.stringify(decisions) : null)
    options.onChange(jobs.length, stuck)
  }

  const send = async (job: Job) => {
    if (job.kind === 'decide') {
      const result = await options.decide(job.input)
      actIds.set(job.key, result.actId)
      return () => options.onDecided(job, result)
    }
    const actId = job.of === null ? undefined : actIds.get(job.of)
    // Nothing was decided, so there is nothing to take back.
    if (job.of !== null && !actId) return () => options.onUndone(job, null)
    const result = await options.undo(actId ?? undefined)
    return () => options.onUndone(job, result)
  }

  const run = async () => {
    if (isRunning) return
    isRunning = true
    stuck = undefined
    for (let job = jobs[0]; job; job = jobs[0]) {
      try {
        const tell = await send(job)
        jobs.shift()
        tell()
      } catch (cause) {
        const error = cause instanceof Error ? cause : new Error('The server could not be reached.')
        if (options.isPassing(error)) {
          stuck = error
          break
        }
        jobs.shift()
        if (job.kind === 'decide') actIds.set(job.key, null)
        options.onRefused(job, error)
      }
      changed()
    }
    isRunning = false
    changed()
  }

  if (jobs.length > 0) void run()
  return {
    add: (job) => {
      const waiting = job.kind === 'undo' ? jobs.findIndex(({ key }, index) => index > 0 && key === job.of) : -1
      // What was not sent yet is taken back by not sending it.
      if (waiting > 0) jobs.splice(waiting, 1)
      else jobs.push(job)
      changed()
      if (!stuck) void run()
      return waiting > 0 ? 'dropped' : 'kept'
    },
    retry: () => void run(),
  }
}

function readJobs(text: string | null): Job[] {
  try {
    const jobs: unknown = JSON.parse(text ?? '[]')
    return Array.isArray(jobs) ? jobs.filter(isDecision) : []
  } catch {
    return []
  }
}

const isDecision = (job: unknown): job is DecideJob =>
  typeof job === 'object' && job !== null && 'kind' in job && job.kind === 'decide' && 'input' in job && 'key' in job

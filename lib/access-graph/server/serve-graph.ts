import { takeConnection } from '@/lib/platform/db/pool'
import type { Tenant } from '@/lib/platform/db/tenant'
import { env } from '@/lib/platform/env'
import { AppError } from '@/lib/platform/errors'
import { log } from '@/lib/platform/telemetry/log'
import type { GraphAnswer, GraphOp, GraphRequest } from '../engine/requests'
import { findReach } from './find-reach'
import type { ThreadAnswer, ThreadAsk } from './serve-graph-thread'

// Not imported: the bundler would take every file of the repository for a possible thread.
const { Worker: Thread } = process.getBuiltinModule('node:worker_threads')

/** How many questions may wait for the thread at once; those of one organization share its build. */
const mostWaiting = 200
/** How long a question may take, in seconds; scoring a million identities takes most of a minute. */
const secondsFor = (op: GraphOp) => (op === 'scores' || op === 'scoresNear' || op === 'chokePoints' ? 600 : 60)
/** How long the reach of one identity waits for a graph that is being loaded before the database answers instead. */
const patienceMs = 700

const ended = () =>
  new AppError('upstream_failed', 'The access graph could not be asked at this moment. Try again in a few seconds.', {
    retryAfterSeconds: 2,
    detail: 'the graph thread ended',
  })

interface Waiting {
  settle: (answer: ThreadAnswer | AppError) => void
  /** Told when the graph must be built before the question can be answered. */
  onLoading: () => void
  isLoading: boolean
}

/** The thread that holds the graphs of this process, from its first question to its end. */
class GraphThread {
  readonly #thread = new Thread(threadFile(), {
    workerData: { folder: env().GRAPH_DIR, memoryBytes: env().GRAPH_MEMORY_MB * 1024 * 1024 },
  })
  readonly #waiting = new Map<number, Waiting>()
  #lastId = 0
  hasEnded = false

  constructor() {
    this.#thread.on('message', (answer: ThreadAnswer) => {
      const waiting = this.#waiting.get(answer.id)
      if (answer.kind !== 'loading') waiting?.settle(answer)
      else if (waiting) {
        waiting.isLoading = true
        waiting.onLoading()
      }
    })
    this.#thread.on('error', (error) => log.error({ err: error }, 'the graph thread failed'))
    this.#thread.on('exit', () => {
      this.hasEnded = true
      for (const { settle } of [...this.#waiting.values()]) settle(ended())
    })
    this.#thread.unref()
  }

  ask(ask: Omit<ThreadAsk, 'id'>, onLoading: () => void): Promise<Extract<ThreadAnswer, { kind: 'answer' }>> {
    if (this.#waiting.size >= mostWaiting) {
      throw new AppError(
        'rate_limited',
        'Too many questions about the access graph at this moment. Try again shortly.',
        {
          retryAfterSeconds: 2,
          detail: 'the graph thread has a full line',
        },
      )
    }
    this.#lastId += 1
    const id = this.#lastId
    this.#thread.ref()
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        const isLoading = this.#waiting.get(id)?.isLoading
        settle(ended())
        // It hangs in a question, and would in whatever comes behind it; a graph that takes long to load is waited for.
        if (!isLoading) void this.end()
      }, secondsFor(ask.request.op) * 1000)
      const settle = (answer: ThreadAnswer | AppError) => {
        clearTimeout(timer)
        this.#waiting.delete(id)
        if (this.#waiting.size === 0) this.#thread.unref()
        if (answer instanceof AppError) reject(answer)
        else if (answer.kind === 'answer') resolve(answer)
        else if (answer.kind === 'failure') reject(failureOf(answer))
      }
      this.#waiting.set(id, { settle, onLoading, isLoading: false })
      this.#thread.postMessage({ ...ask, id } satisfies ThreadAsk)
    })
  }

  async end(): Promise<void> {
    await this.#thread.terminate()
  }
}

function threadFile(): string {
  const file = env().GRAPH_THREAD
  if (!file) throw new Error('GRAPH_THREAD is missing: the file of the bundled graph thread')
  return file
}

function failureOf({ code, message }: Extract<ThreadAnswer, { kind: 'failure' }>): AppError {
  return code === 'not_found'
    ? new AppError('not_found', 'There is no such node in the access graph of this organization.')
    : new AppError(
        'upstream_failed',
        'The access graph could not be asked at this moment. Try again in a few seconds.',
        {
          retryAfterSeconds: 5,
          detail: message,
        },
      )
}

const kept = globalThis as typeof globalThis & { bailiwickGraphs?: GraphThread | undefined }

function threadOf(): GraphThread {
  if (!kept.bailiwickGraphs || kept.bailiwickGraphs.hasEnded) kept.bailiwickGraphs = new GraphThread()
  return kept.bailiwickGraphs
}

/** Ends the thread; whoever waits for it is told so, and the next question starts another. */
export async function closeGraphs(): Promise<void> {
  const thread = kept.bailiwickGraphs
  kept.bailiwickGraphs = undefined
  await thread?.end()
}

/** The version that the organization's graph has in the database at this moment. */
export async function readGraphVersion(tenant: Tenant): Promise<bigint> {
  const client = await takeConnection(tenant.orgId)
  try {
    const { rows } = await client.query<{ version: string }>(
      `SELECT coalesce(sum(n), 0)::text AS version FROM graph_version WHERE org_id = $1`,
      [tenant.orgId],
    )
    return BigInt(rows[0]?.version ?? 0)
  } finally {
    client.release()
  }
}

/**
 * Asks the organization's access graph. The answer comes from a graph that has everything which was committed when the
 * question was asked: an older one is built again first, once for all who ask meanwhile. When that takes long, what one identity
 * reaches is told by whichever has it first, the graph or the database itself; by the database when the thread has ended.
 * @throws AppError `not_found` for a node that the organization's graph does not have; `upstream_failed` when the graph cannot
 * be asked, with nothing half-computed; `rate_limited` when too many ask
 */
export async function askGraph<R extends GraphRequest>(
  { tenant }: { tenant: Tenant },
  request: R,
): Promise<GraphAnswer<R['op']>> {
  type O = R['op']
  const version = String(await readGraphVersion(tenant))
  let hurry: NodeJS.Timeout | undefined
  let onLoading = () => {}
  const isSlow = new Promise<void>((resolve) => {
    onLoading = () => {
      hurry ??= setTimeout(resolve, patienceMs)
    }
  })
  const engine = threadOf()
    .ask({ orgId: tenant.orgId, version, request }, () => onLoading())
    .then(({ kind: _kind, id: _id, ...answer }) => answer as unknown as GraphAnswer<O>)
  if (request.op !== 'reach') return engine
  let told: Promise<GraphAnswer<O>> | undefined
  const database = () => {
    told ??= reachFromDatabase(tenant, request.startId) as Promise<GraphAnswer<O>>
    return told
  }
  try {
    return await Promise.race([
      engine.catch((error: unknown) => {
        if (!(error instanceof AppError) || error.code !== 'upstream_failed') throw error
        log.warn({ err: error, orgId: tenant.orgId }, 'the database answers instead of the graph')
        return database()
      }),
      isSlow.then(database),
    ])
  } finally {
    clearTimeout(hurry)
  }
}

async function reachFromDatabase(tenant: Tenant, startId: string): Promise<GraphAnswer<'reach'>> {
  const found = await findReach(tenant, startId)
  if (!found) throw new AppError('not_found', 'There is no such node in the access graph of this organization.')
  return found
}

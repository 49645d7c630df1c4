import { PgBoss } from 'pg-boss'
import { type BulkTx, sqlOf, type Tx } from '@/lib/platform/db/commit'
import { takeConnection } from '@/lib/platform/db/pool'
import { log } from '@/lib/platform/telemetry/log'

/** A job carries ids and nothing else: it must not leak through the queue's tables, which no policy guards. */
export interface JobData {
  orgId: string
  [key: string]: string | number | boolean
}

export interface JobDefinition<D extends JobData = JobData> {
  queue: string
  /** How often a job that threw is tried again. */
  retryLimit: number
  /** Seconds before the second attempt; doubled for each further one, up to `retryDelayMax`. */
  retryDelay: number
  retryDelayMax: number
  /** Seconds after which a job that still runs is given to another worker. That of a dead worker is within half a minute. */
  expireInSeconds: number
  /** Gets the data of a job whose last attempt failed too. */
  givenUp?: JobDefinition<D>
  /**
   * How many may run at once in one process, and how many of one organization anywhere; one at a time where absent. Those of a dead
   * worker count until it is seen that it is dead: jobs that must go on sooner keep their own count, and leave `perOrganization` out.
   */
  share?: { atOnce: number; perOrganization?: number }
  run: (data: D, signal: AbortSignal) => Promise<void>
}

/** Seconds without a sign of life after which a worker counts as dead, and how often that is looked at. */
const heartbeatSeconds = 20
const watchSeconds = 10

/** pg-boss over the application's own pool, as a role that sees no tenant's rows. The schema is made by the migration step. */
const database = {
  async executeSql(sql: string, values: unknown[] = []) {
    const client = await takeConnection('')
    try {
      return await client.query(sql, values)
    } finally {
      client.release()
    }
  },
}

const kept = globalThis as typeof globalThis & { bailiwickBoss?: Promise<PgBoss> }

async function open(worker: boolean): Promise<PgBoss> {
  const boss = new PgBoss({
    db: database,
    schema: 'pgboss',
    createSchema: false,
    migrate: false,
    supervise: worker,
    schedule: worker,
    superviseIntervalSeconds: watchSeconds,
    monitorIntervalSeconds: watchSeconds,
  })
  boss.on('error', (error) => log.error({ err: error }, 'job queue'))
  await boss.start()
  return boss
}

function sender(): Promise<PgBoss> {
  kept.bailiwickBoss ??= open(false)
  return kept.bailiwickBoss
}

/** What enqueueing needs to know of a job: all but how it is run. */
export type QueueDefinition<D extends JobData = JobData> = Omit<JobDefinition<D>, 'run'>

/** Enqueues a job in the caller's transaction: it exists if and only if the write does. */
export async function enqueue<D extends JobData>(tx: Tx | BulkTx, job: QueueDefinition<D>, data: D): Promise<void> {
  const boss = await sender()
  await ensureQueue(boss, job)
  await boss.send(job.queue, data, {
    ...(job.share ? { group: { id: data.orgId } } : {}),
    db: {
      // Prisma sends values untyped; pg-boss casts where it matters, and json must travel as text.
      executeSql: async (sql, values = []) => ({
        rows: await sqlOf(tx)(
          sql,
          values.map((value) =>
            value !== null && typeof value === 'object' && !Array.isArray(value) ? JSON.stringify(value) : value,
          ),
        ),
      }),
    },
  })
}

const known = new Set<string>()

async function ensureQueue<D extends JobData>(boss: PgBoss, job: QueueDefinition<D>): Promise<void> {
  if (known.has(job.queue)) return
  if (job.givenUp) await ensureQueue(boss, job.givenUp)
  const { retryLimit, retryDelay, retryDelayMax, expireInSeconds } = job
  const options = {
    retryLimit,
    retryDelay,
    retryDelayMax,
    retryBackoff: true,
    expireInSeconds,
    heartbeatSeconds,
    ...(job.givenUp ? { deadLetter: job.givenUp.queue } : {}),
  }
  await boss.createQueue(job.queue, options)
  // A queue that an earlier version made keeps its settings otherwise.
  await boss.updateQueue(job.queue, options)
  known.add(job.queue)
}

/** Starts a worker for the given jobs. Call the answer to stop taking jobs and wait for the running ones (at most 30 s). */
export async function startWorker(jobs: readonly JobDefinition[]): Promise<() => Promise<void>> {
  const boss = await open(true)
  for (const job of jobs.flatMap((each) => (each.givenUp ? [each, each.givenUp] : [each]))) {
    await ensureQueue(boss, job)
    const { atOnce = 1, perOrganization } = job.share ?? {}
    const options = {
      batchSize: 1,
      pollingIntervalSeconds: 0.5,
      localConcurrency: atOnce,
      ...(perOrganization === undefined ? {} : { groupConcurrency: perOrganization }),
    }
    await boss.work<JobData>(job.queue, options, async ([taken]) => {
      if (taken) await job.run(taken.data, taken.signal)
    })
  }
  return () => boss.stop({ graceful: true, timeout: 30_000 })
}

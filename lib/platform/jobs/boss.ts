import { PgBoss } from 'pg-boss'
import type { Tx } from '@/lib/platform/db/commit'
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
  /** Seconds after which a silent worker counts as dead and the job is given to another. */
  expireInSeconds: number
  run: (data: D, signal: AbortSignal) => Promise<void>
}

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
  })
  boss.on('error', (error) => log.error({ err: error }, 'job queue'))
  await boss.start()
  return boss
}

function sender(): Promise<PgBoss> {
  kept.bailiwickBoss ??= open(false)
  return kept.bailiwickBoss
}

/** Enqueues a job in the caller's transaction: it exists if and only if the write does. */
export async function enqueue<D extends JobData>(tx: Tx, job: JobDefinition<D>, data: D): Promise<void> {
  const boss = await sender()
  await ensureQueue(boss, job)
  await boss.send(job.queue, data, {
    db: {
      // Prisma sends values untyped; pg-boss casts where it matters, and json must travel as text.
      executeSql: async (sql, values = []) => ({
        rows: await tx.$queryRawUnsafe<unknown[]>(
          sql,
          ...values.map((value) =>
            value !== null && typeof value === 'object' && !Array.isArray(value) ? JSON.stringify(value) : value,
          ),
        ),
      }),
    },
  })
}

const known = new Set<string>()

async function ensureQueue(
  boss: PgBoss,
  job: Pick<JobDefinition, 'queue' | 'retryLimit' | 'expireInSeconds'>,
): Promise<void> {
  if (known.has(job.queue)) return
  await boss.createQueue(job.queue, {
    retryLimit: job.retryLimit,
    retryBackoff: true,
    expireInSeconds: job.expireInSeconds,
  })
  known.add(job.queue)
}

/** Starts a worker for the given jobs. Call the answer to stop taking jobs and wait for the running ones (at most 30 s). */
export async function startWorker(jobs: readonly JobDefinition[]): Promise<() => Promise<void>> {
  const boss = await open(true)
  for (const job of jobs) {
    await ensureQueue(boss, job)
    await boss.work<JobData>(job.queue, { batchSize: 1, pollingIntervalSeconds: 0.5 }, async ([taken]) => {
      if (taken) await job.run(taken.data, taken.signal)
    })
  }
  return () => boss.stop({ graceful: true, timeout: 30_000 })
}

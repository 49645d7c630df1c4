import { type ChildProcess, spawn } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import type { RunningSystem } from '../lib/platform/testing/servers/running-system'

/** What goes wrong in a run of chaos, and what is counted. */

let seed = 1
export const sow = (given: number) => {
  seed = given >>> 0
}
/** The same order of kills for the same seed, as far as clocks let it be. */
export function random(): number {
  seed = (seed * 1_664_525 + 1_013_904_223) >>> 0
  return seed / 2 ** 32
}

export const tally = {
  ...{ runs: 0, kills: 0, cuts: 0, probes: 0, probes_failed: 0, identities_locked_out: 0, orphan_credentials: 0 },
  ...{ revoked_but_usable: 0, double_effects: 0, stuck_runs: 0, parked: 0, lost_links: 0 },
}
export const ends: Record<string, number> = {}
export const recoveries: number[] = []
export const complaints: string[] = []
export const complain = (what: string) => {
  if (!complaints.includes(what)) complaints.push(what)
}

// The worker, which is killed.

let worker: ChildProcess | undefined
export const state = { isOver: false }
const killedAt = new Map<string, number>()

export function startWorker(): void {
  worker = spawn(process.execPath, [process.env.CHAOS_WORKER ?? ''], {
    env: process.env,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  worker.once('exit', () => {
    if (!state.isOver) startWorker()
  })
}

/** Looks at every step as it is stored, and kills at some: as it is begun, while it is under way, and when it has ended. */
export async function killAtRandom(db: pg.Client): Promise<void> {
  let seen = new Map<string, string>()
  while (!state.isOver) {
    const { rows } = await db.query<{ key: string; run: string; state: string }>(
      `SELECT s.run_id || ' ' || s.step || ' ' || s.attempt AS key, s.run_id AS run, s.state FROM lifecycle_step s JOIN lifecycle_run r
         ON r.org_id = s.org_id AND r.id = s.run_id WHERE r.ended_at IS NULL`,
    )
    const changed = rows.filter(({ key, state }) => seen.get(key) !== state)
    seen = new Map(rows.map(({ key, state }) => [key, state]))
    if (changed.length > 0 && random() < 0.12) {
      // Some at once, some within the step.
      await sleep(random() * 60)
      const { rows: held } = await db.query<{ id: string }>(
        `SELECT id FROM lifecycle_run WHERE lease IS NOT NULL AND ended_at IS NULL`,
      )
      for (const { id } of held) if (!killedAt.has(id)) killedAt.set(id, Date.now())
      worker?.kill('SIGKILL')
      tally.kills += 1
    }
    await sleep(15)
  }
}

/** The next sign of a run whose worker was killed. */
export async function watchRecovery(db: pg.Client): Promise<void> {
  while (!state.isOver) {
    for (const [id, at] of killedAt) {
      const { rows } = await db.query<{ at: Date | null }>(
        `SELECT max(at) AS at FROM lifecycle_event WHERE run_id = $1`,
        [id],
      )
      const last = rows[0]?.at?.getTime() ?? 0
      if (last <= at + 20) continue
      recoveries.push((last - at) / 1000)
      killedAt.delete(id)
    }
    await sleep(100)
  }
}

/** Ends connections of the product to its own database, and of the connector to its system. */
export async function cutAtRandom(db: pg.Client, systems: readonly RunningSystem[]): Promise<void> {
  while (!state.isOver) {
    await sleep(2000 + random() * 4000)
    tally.cuts += 1
    if (random() < 0.15)
      await db.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND application_name <> 'chaos'`,
      )
    else await systems[Math.floor(random() * systems.length)]?.cut().catch(() => {})
  }
}

export const stopWorker = () => worker?.kill('SIGKILL')

import { type ChildProcess, spawn } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { dataFolder } from '../scripts/lib/layout.mjs'
import { outlivesServer, startPostgres } from '../scripts/lib/postgres.mjs'
import type { Place } from './chaos-places'
import { askDatabase, complain, late, random, recoveries, say, state, tally } from './chaos-tally'

/** What goes wrong in a run of chaos. */

// Two workers, of which one is killed at a time.

const workers = new Map<string, ChildProcess>()
const killed = new Set<ChildProcess>()

export function startWorkers(): void {
  for (const name of ['chaos-worker-1', 'chaos-worker-2']) startWorker(name)
}

function startWorker(name: string): void {
  const child = spawn(process.execPath, [process.env.CHAOS_WORKER ?? ''], {
    env: { ...process.env, PGAPPNAME: name },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  workers.set(name, child)
  startedAt.set(name, Date.now())
  child.once('exit', (code, signal) => {
    if (state.isOver) return
    if (!killed.has(child)) complain(`a worker ended by itself: ${signal ?? code}`)
    startWorker(name)
  })
}

export function stopWorkers(): void {
  for (const child of workers.values()) child.kill('SIGKILL')
}

/** What the product's database tells at the very commit of each step's intent and outcome, and who wrote it. */
interface Told {
  run: string
  connector: string
  step: string
  state: string
  by: string
}

const tell = `
  CREATE OR REPLACE FUNCTION chaos_tell() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    PERFORM pg_notify('chaos', json_build_object('run', NEW.run_id, 'step', NEW.step, 'state', NEW.state,
      'connector', (SELECT connector FROM lifecycle_run r WHERE r.org_id = NEW.org_id AND r.id = NEW.run_id),
      'by', current_setting('application_name'))::text);
    RETURN NULL;
  END $$;
  CREATE OR REPLACE TRIGGER chaos_tell AFTER INSERT OR UPDATE OF state ON lifecycle_step
    FOR EACH ROW EXECUTE FUNCTION chaos_tell()`

async function listen(onTold: (told: Told) => void): Promise<void> {
  await askDatabase(tell)
  while (!state.isOver) {
    const client = new pg.Client({ connectionString: process.env.BENCH_SUPERUSER_URL, application_name: 'chaos' })
    const ended = new Promise<void>((resolve) => {
      client.once('error', () => resolve())
      client.once('end', () => resolve())
    })
    client.on('notification', ({ payload }) => onTold(JSON.parse(payload ?? '{}')))
    try {
      await client.connect()
      await client.query('LISTEN chaos')
      while (!state.isOver && (await Promise.race([ended.then(() => true), sleep(200).then(() => false)])) === false);
    } catch {
      // The database is being started anew.
    }
    await client.end().catch(() => {})
    await sleep(50)
  }
}

/** Where a kill was tried already: each step, before its act, inside and after it; places of no kill yet come first. */
const hit = new Set<string>()
export const killedAt = () => [...hit].sort()
const waiting = new Map<string, number>()
let lastKill = 0
/**
 * A dead worker's runs rest for the rest of its lease, and a new one takes longer to come up the busier the machine is: none is killed
 * until it and the other one have done something since they were started, or have had half a minute for it.
 */
const killGapMs = 5000
const upWithinMs = 30_000
const startedAt = new Map<string, number>()

function mayKill(place: string): boolean {
  const now = Date.now()
  if (late.size > 0) return false
  if (now - lastKill < killGapMs || [...startedAt.values()].some((at) => now - at < upWithinMs)) return false
  if (random() >= (hit.has(place) ? 0.12 : 0.6)) return false
  lastKill = now
  return true
}

async function kill({ run, by }: Told, place: string): Promise<void> {
  const child = workers.get(by)
  if (child === undefined || child.exitCode !== null || child.signalCode !== null || killed.has(child)) return
  hit.add(place)
  killed.add(child)
  tally.kills += 1
  waiting.set(run, Date.now())
  child.kill('SIGKILL')
  say(`${by} killed: ${place}`)
}

/** What a run was at while it took so long. */
async function explain(run: string, since: number): Promise<void> {
  const rows = await askDatabase<{ at: Date; says: string }>(
    `SELECT at, says FROM lifecycle_event WHERE run_id = $1 AND at > $2 ORDER BY no`,
    [run, new Date(since - 3000)],
  )
  const lines = rows.map(({ at, says }) => `${((at.getTime() - since) / 1000).toFixed(1)} ${says.slice(0, 60)}`)
  say(`a run went on late after a kill: ${lines.join(' | ')}`)
}

/** Kills a worker or cuts its wire before, inside and after the steps that it takes. */
export function breakSteps(places: readonly Place[]): Promise<void> {
  return listen((told) => {
    const started = startedAt.get(told.by)
    if (started !== undefined)
      say(`${told.by} takes a step ${((Date.now() - started) / 1000).toFixed(1)} s after its start`)
    startedAt.delete(told.by)
    const since = waiting.get(told.run)
    if (since !== undefined && Date.now() - since > 20) {
      const seconds = (Date.now() - since) / 1000
      recoveries.push(seconds)
      if (seconds > 20) void explain(told.run, since)
      waiting.delete(told.run)
    }
    const at = (phase: string) => `${told.connector} ${told.step} ${phase}`
    if (told.state !== 'intended') {
      if (mayKill(at('after'))) void kill(told, at('after'))
      return
    }
    const isInside = random() < 0.6
    const place = at(isInside ? 'inside' : 'before')
    if (mayKill(place)) void sleep(isInside ? 1 + random() * 60 : 0).then(() => kill(told, place))
    else if (late.size === 0 && random() < 0.1) {
      const wire = places.find(({ system }) => system.connector === told.connector)
      tally.cuts += 1
      void sleep(random() * 40).then(() => wire?.cut())
    }
  })
}

/** Ends the source's own connections at random, and all that the product has to its database. */
export async function cutAtRandom(places: readonly Place[]): Promise<void> {
  while (!state.isOver) {
    await sleep(2000 + random() * 4000)
    if (state.isOver) return
    if (late.size > 0) continue
    if (random() < 0.15) {
      tally.database_cuts += 1
      await askDatabase(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND application_name <> 'chaos'`,
      )
      continue
    }
    const place = places[Math.floor(random() * places.length)]
    // Where the only way to end connections is to start the server anew, that is done and declared as such.
    if (!place || place.isDown || place.server.cut === place.server.restart) continue
    tally.cuts += 1
    await (place.hasWire ? place.server.cut().catch(() => {}) : place.cut())
  }
}

/** Starts each system and the product's own database anew at random moments: so often while the runs last. */
export async function restartAtRandom(places: readonly Place[], progress: () => number, times: number): Promise<void> {
  // The trial has started it: it is taken over here, and goes on with the same data and port.
  const { folder, logs } = dataFolder('chaos-lifecycle' as 'test')
  const mine = startPostgres({ folder, logs, password: '', settings: outlivesServer })
  const moments = [...places, null].flatMap((place) =>
    Array.from({ length: times }, () => ({ place, at: 0.05 + random() * 0.85 })),
  )
  for (const { place, at } of moments.sort((a, b) => a.at - b.at)) {
    while (!state.isOver && (progress() < at || late.size > 0)) await sleep(100)
    if (state.isOver) return
    if (place) await place.restart()
    else {
      tally.database_restarts += 1
      const began = Date.now()
      await (await mine).restart(random() < 0.5 ? 'crash' : 'clean')
      say(`the product's database was away for ${((Date.now() - began) / 1000).toFixed(1)} s`)
    }
    await sleep(500)
  }
}

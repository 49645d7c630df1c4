import { type ChildProcess, spawn } from 'node:child_process'
import os from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import pg from 'pg'
import type { Config } from '../lib/connections/live'
import { createConnection } from '../lib/connections/server/create-connection'
import { requestApply } from '../lib/connections/server/request-apply'
import { requestSync } from '../lib/connections/server/request-sync'
import { findLiveConnector } from '../lib/connectors/live-registry'
import { makeSecret, type Secret } from '../lib/connectors/secret'
import { previewRevocation } from '../lib/lifecycle/server/preview-revocation'
import { previewRotation } from '../lib/lifecycle/server/preview-rotation'
import { requestRevocation } from '../lib/lifecycle/server/request-revocation'
import { requestRotation } from '../lib/lifecycle/server/request-rotation'
import type { Context } from '../lib/platform/context'
import { closePool } from '../lib/platform/db/pool'
import type { RunningSystem } from '../lib/platform/testing/servers/running-system'
import { systemsUnderTest } from '../lib/platform/testing/servers/systems'
import { ensureOrganization, ensurePerson } from '../prisma/demo/people'
import { p50, p95, round, timed } from './samples'

/**
 * How soon a leaked account is cut off: with nothing else to do, and behind so many planned rotations of another organization, which
 * one worker carries out meanwhile. Each is proved from outside by plain logins.
 */

const { values } = parseArgs({
  options: { n: { type: 'string', default: '20' }, planned: { type: 'string', default: '10000' } },
})
const n = Number(values.n)
const planned = Number(values.planned)

interface Account {
  name: string
  secret: Secret
  identityId: string
}

async function accountsOf(
  db: pg.Client,
  { ctx, server, name }: { ctx: Context; server: RunningSystem; name: string },
  made: { name: string; secret: Secret }[],
): Promise<{ accounts: Account[]; config: Config }> {
  const config = server.config as Config
  const live = await createConnection(ctx, {
    ...{ connector: 'postgresql', instance: name, name, config, intervalMinutes: null },
  })
  const sync = await requestSync(ctx, { id: live.id })
  for (;;) {
    const { rows } = await db.query(`SELECT status, error FROM sync_run WHERE id = $1`, [sync.id])
    if (rows[0]?.status === 'applied') break
    if (rows[0]?.status === 'previewed') await requestApply(ctx, { id: sync.id, acceptVanished: true })
    if (rows[0]?.status === 'failed') throw new Error(`the sync failed: ${rows[0].error}`)
    await sleep(200)
  }
  const { rows } = await db.query<{ id: string; name: string }>(`SELECT id, name FROM identity WHERE org_id = $1`, [
    ctx.tenant.orgId,
  ])
  const ids = new Map(rows.map((row) => [row.name, row.id]))
  return { accounts: made.map((each) => ({ ...each, identityId: ids.get(each.name) ?? '' })), config }
}

async function getsIn(server: RunningSystem, { name, secret }: Account): Promise<boolean> {
  try {
    await (await server.openSession(name, secret)).close()
    return true
  } catch {
    return false
  }
}

interface Cut {
  firstAttempt: number
  verified: number
  outside: number
  saga: number
}

/** One emergency, from the moment at which somebody asks: until the first act, the first refused login from outside, the proof. */
async function cut(db: pg.Client, ctx: Context, server: RunningSystem, account: Account): Promise<Cut> {
  const targets = [{ identityId: account.identityId, credentialId: null }]
  const { listHash } = await previewRevocation(ctx, { targets })
  if (!(await getsIn(server, account))) throw new Error(`${account.name} does not get in before it is cut off`)
  const began = Date.now()
  const order = await requestRevocation(ctx, {
    ...{ targets, listHash, reason: 'measured', isEmergency: true, secret: account.secret.reveal() },
  })
  while (await getsIn(server, account)) {
    if (Date.now() - began > 120_000) throw new Error(`${account.name} still gets in after two minutes`)
    await sleep(20)
  }
  const outside = (Date.now() - began) / 1000
  for (;;) {
    const { rows } = await db.query<{ first: Date | null; verified: Date | null; effect: string }>(
      `SELECT first_act_at AS first, verified_at AS verified, effect FROM lifecycle_run WHERE id = $1`,
      [order.runs[0]?.id],
    )
    const [run] = rows
    if (run?.first && run.verified) {
      if (run.effect !== 'refused') throw new Error(`it was shown as ${run.effect}`)
      const since = (at: Date) => (at.getTime() - began) / 1000
      const saga = (run.verified.getTime() - run.first.getTime()) / 1000
      return { firstAttempt: since(run.first), verified: since(run.verified), outside, saga }
    }
    if (Date.now() - began > 120_000) throw new Error(`${account.name} was not proved as cut off within two minutes`)
    await sleep(20)
  }
}

/** The same calls without a saga: opened, switched off, sessions ended, a login tried. */
async function bare(config: Config, { name, secret }: Account): Promise<number> {
  const connector = findLiveConnector('postgresql')
  if (!connector) throw new Error('there is no connector for PostgreSQL')
  const target = { identity: `role:${name}` }
  return timed(async () => {
    const open = await connector.connect(config, {
      outbound: { allow: [], allowLoopback: true },
      instance: 'bare',
      fingerprint: (text) => text,
    })
    await open.hands.identity?.disable?.({ target })
    await open.hands.identity?.endSessions?.({ target })
    const verdict = await open.hands.password?.verify?.({ target, secret })
    open.close()
    if (verdict?.answer !== 'refused') throw new Error(`the bare calls ended with ${verdict?.answer}`)
  })
}

/**
 * A rotation that is asked for, and the same for all the others: run and job are copied, as asking for thousands with a look at each
 * takes longer than all that is measured.
 */
async function plan(db: pg.Client, ctx: Context, userId: string, first: Account, rest: Account[]): Promise<void> {
  const targets = [{ identityId: first.identityId, credentialId: null }]
  const { listHash } = await previewRotation(ctx, { targets })
  const order = await requestRotation(ctx, {
    ...{ targets, listHash, reason: 'due', delivery: { way: 'reveal', userId } },
    ...{ overlapHours: 0, holdHours: 0 },
  })
  const values = [order.runs[0]?.id, rest.map(({ identityId }) => identityId)]
  const { rowCount } = await db.query(
    `WITH copied AS (
       INSERT INTO lifecycle_run SELECT (jsonb_populate_record(NULL::lifecycle_run, to_jsonb(r) || jsonb_build_object(
         'id', uuidv7(), 'identity_id', i.id, 'identity_ref', i.external_id, 'identity_name', i.name,
         'credential_id', c.id, 'credential_ref', c.external_id, 'state', 'queued', 'effect', 'none', 'event_count', 0,
         'lease', NULL, 'lease_until', NULL, 'first_act_at', NULL, 'ended_at', NULL, 'problem', NULL, 'wake_at', now()))).*
       FROM lifecycle_run r, identity i JOIN credential c ON c.org_id = i.org_id AND c.identity_id = i.id
       WHERE r.id = $1 AND i.org_id = r.org_id AND i.id = ANY ($2::uuid[]) RETURNING id)
     INSERT INTO pgboss.job SELECT (jsonb_populate_record(NULL::pgboss.job, to_jsonb(j) || jsonb_build_object(
       'id', gen_random_uuid(), 'data', j.data || jsonb_build_object('runId', copied.id), 'state', 'created',
       'started_on', NULL, 'completed_on', NULL, 'heartbeat_on', NULL, 'output', NULL, 'created_on', now(), 'start_after', now()))).*
     FROM pgboss.job j, copied WHERE j.name = 'lifecycle-run' AND j.data->>'runId' = $1::text
       AND j.id = (SELECT min(id::text)::uuid FROM pgboss.job WHERE name = 'lifecycle-run' AND data->>'runId' = $1::text)`,
    values,
  )
  if (rowCount !== rest.length) throw new Error(`${rowCount} of ${rest.length} runs could be planned`)
}

const roleNames = (prefix: string, count: number) => Array.from({ length: count }, (_, at) => `${prefix}${at}`)

async function main(): Promise<void> {
  const db = new pg.Client({ connectionString: process.env.BENCH_SUPERUSER_URL })
  await db.connect()
  const person = await ensurePerson({ name: 'Bench', email: 'bench@example.com' }, 'measured-by-night')
  const ctx = await ensureOrganization(person, { name: 'Incident', slug: 'incident' })
  const other = await ensureOrganization(person, { name: 'Planner', slug: 'planner' })
  const worker: ChildProcess = spawn(process.execPath, [process.env.BENCH_WORKER ?? ''], {
    env: process.env,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const system = systemsUnderTest.find(({ connector }) => connector === 'postgresql')
  const [mine, theirs] = await Promise.all([system?.start(), system?.start()])
  if (!mine || 'skipped' in mine || !theirs || 'skipped' in theirs) throw new Error('no PostgreSQL to act upon')
  try {
    const made: { name: string; secret: Secret }[] = []
    for (const name of roleNames('svc_leaked_', n * 3)) {
      const secret = makeSecret()
      await mine.createAccount(name, secret)
      made.push({ name, secret })
    }
    const { accounts, config } = await accountsOf(db, { ctx, server: mine, name: 'incident' }, made)
    const take = () => accounts.shift() as Account
    const bareMs: number[] = []
    for (let no = 0; no < n; no += 1) bareMs.push(await bare(config, take()))
    const idle: Cut[] = []
    for (let no = 0; no < n; no += 1) idle.push(await cut(db, ctx, mine, take()))
    console.log(`  idle: first attempt p95 ${p95(idle.map((each) => each.firstAttempt)).toFixed(2)} s`)

    const shared = makeSecret()
    const names = roleNames('svc_planned_', planned)
    for (const name of names) await theirs.createAccount(name, shared)
    const backlog = await accountsOf(
      db,
      { ctx: other, server: theirs, name: 'planner' },
      names.map((name) => ({ name, secret: shared })),
    )
    const [first, ...rest] = backlog.accounts
    if (first) await plan(db, other, person.id, first, rest)
    const count = async (what: string, values: unknown[] = []) =>
      Number((await db.query(`SELECT count(*) AS n FROM ${what}`, values)).rows[0].n)
    const waiting = () =>
      count(`lifecycle_run WHERE org_id = $1 AND first_act_at IS NULL AND ended_at IS NULL`, [other.tenant.orgId])
    const steps = () => count(`lifecycle_step WHERE org_id = $1 AND ended_at IS NOT NULL`, [other.tenant.orgId])
    const [jobs, before, since, at] = [await waiting(), await steps(), Date.now(), os.loadavg()[0] ?? 0]
    const loaded: Cut[] = []
    for (let no = 0; no < n; no += 1) loaded.push(await cut(db, ctx, mine, take()))
    const seconds = (Date.now() - since) / 1000
    const [left, after] = [await waiting(), await steps()]
    const of = (cuts: Cut[], what: keyof Cut) => round(p95(cuts.map((each) => each[what])))
    console.log(`  ${jobs} planned runs waited when it began, ${left} when it ended`)
    console.log(
      JSON.stringify({
        n,
        planned_waiting: jobs,
        planned_waiting_after: left,
        revoke_first_attempt_p95_s: of(loaded, 'firstAttempt'),
        revoke_verified_p95_s: of(loaded, 'verified'),
        revoke_refused_outside_p95_s: of(loaded, 'outside'),
        revoke_first_attempt_idle_p95_s: of(idle, 'firstAttempt'),
        revoke_verified_idle_p95_s: of(idle, 'verified'),
        revoke_refused_outside_idle_p95_s: of(idle, 'outside'),
        steps_per_second: round((after - before) / seconds, 1),
        bare_ms: round(p50(bareMs), 1),
        saga_ms: round(p50(idle.map(({ saga }) => saga * 1000)), 1),
        saga_over_bare: round(p50(idle.map(({ saga }) => saga * 1000)) / p50(bareMs), 1),
        load_average: round(at),
      }),
    )
  } finally {
    worker.kill('SIGKILL')
    await mine.stop()
    await theirs.stop()
    await db.end()
  }
}

void main()
  .then(() => 0)
  .catch((error: unknown) => {
    console.error(error)
    return 1
  })
  .then(async (code) => {
    await closePool()
    process.exit(code)
  })

import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Config } from '@/lib/connections/live'
import { createConnection } from '@/lib/connections/server/create-connection'
import { requestSync } from '@/lib/connections/server/request-sync'
import { syncConnection } from '@/lib/connections/server/sync-connection'
import { makeSecret } from '@/lib/connectors/secret'
import { declareIncident } from '@/lib/incidents/server/create-incident'
import { endIncident } from '@/lib/incidents/server/end-incident'
import { getIncident } from '@/lib/incidents/server/list-incidents'
import { closePool } from '@/lib/platform/db/pool'
import { testDatabase } from '@/lib/platform/testing/database'
import { type TestOrganization, testOrganization } from '@/lib/platform/testing/organization'
import type { RunningSystem } from '@/lib/platform/testing/servers/running-system'
import { systemsUnderTest } from '@/lib/platform/testing/servers/systems'
import type { CreateDrillInput } from '../drills'
import { applyRun } from './apply-run'
import { approveOrder } from './approve-order'
import { createDrill } from './create-drill'
import { getDrillCoverage } from './get-drill-coverage'
import { getDrillResult } from './get-drill-result'
import { getRun } from './get-run'
import { getDrill } from './list-drills'
import { previewDrill } from './preview-drill'
import { readRevokeTime } from './read-revoke-time'
import { requestDrill } from './request-drill'
import { requestDueDrills } from './request-due-drills'
import { cancelRun } from './update-run'
import { updateSettings } from './update-settings'

// Rehearsals on a real server: what each says is held against plain logins and the server's own catalogue.

const names = ['svc_orders', 'svc_reports', 'svc_feed', 'svc_keeper', 'svc_live', 'svc_paper', 'svc_stop']
let org: TestOrganization
let system: RunningSystem
let config: Config
let db: pg.Client
let source: pg.Client
let connectionId: string
const ids: Record<string, string> = {}
const passwords: Record<string, string> = {}

beforeAll(async () => {
  org = await testOrganization()
  const started = await systemsUnderTest.find(({ connector }) => connector === 'postgresql')?.start()
  if (!started || 'skipped' in started) throw new Error('the embedded PostgreSQL did not start')
  system = started
  config = system.config as Config
  db = new pg.Client({ connectionString: (await testDatabase()).superuserUrl })
  source = new pg.Client({ ...server(), user: 'postgres', password: 'admin-of-the-tests' })
  await Promise.all([db.connect(), source.connect()])
  for (const name of names) {
    const secret = makeSecret()
    passwords[name] = secret.reveal()
    await system.createAccount(name, secret)
    await source.query(`GRANT readers TO ${name}`)
  }
  const made = await createConnection(org.as.admin, {
    ...{ connector: 'postgresql', instance: 'shop', name: 'Shop', config, intervalMinutes: null },
  })
  connectionId = made.id
  const { id } = await requestSync(org.as.admin, { id: connectionId })
  await syncConnection(org.job, { id })
  const { rows } = await db.query<{ id: string; name: string }>(`SELECT id, name FROM identity WHERE org_id = $1`, [
    org.orgId,
  ])
  for (const row of rows) ids[row.name] = row.id
}, 120_000)

afterAll(async () => {
  await Promise.all([db.end(), source.end()])
  await system.stop()
  await closePool()
})

const server = () => ({ host: '127.0.0.1', port: Number(config.port), database: 'postgres' })

async function login(user: string): Promise<boolean> {
  const client = new pg.Client({ ...server(), user, password: passwords[user] })
  client.on('error', () => {})
  try {
    await client.connect()
    await client.end()
    return true
  } catch {
    return false
  }
}

interface Canary {
  name: string
  canLogin: boolean
  groups: string[]
}
async function canaries(): Promise<Canary[]> {
  const { rows } = await source.query<Canary>(
    `SELECT r.rolname AS name, r.rolcanlogin AS "canLogin", array(SELECT g.rolname::text FROM pg_auth_members m
       JOIN pg_roles g ON g.oid = m.roleid WHERE m.member = r.oid) AS groups
     FROM pg_roles r WHERE r.rolname LIKE 'bailiwick\\_canary\\_%'`,
  )
  return rows
}

/** What the server holds of canaries while something goes on. */
async function watching(work: Promise<unknown>, onSeen?: (canary: Canary) => Promise<void>): Promise<Canary[]> {
  const seen: Canary[] = []
  let isOver = false
  const looking = (async () => {
    while (!isOver) {
      for (const canary of await canaries()) {
        seen.push(canary)
        await onSeen?.(canary)
      }
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
  })()
  await work.finally(() => {
    isOver = true
  })
  await looking
  return seen
}

const plan = (name: string, more: Partial<CreateDrillInput> = {}): CreateDrillInput => ({
  ...{ name: `${name} ${Math.random()}`, mode: 'canary' },
  target: { kind: 'identities', ids: [ids[name] ?? ''] },
  ...more,
})

const secretOf = (name: string) => ({ identityId: ids[name] ?? '', secret: passwords[name] ?? '' })

async function begin(input: CreateDrillInput, secrets: ReturnType<typeof secretOf>[] = []) {
  const drill = await createDrill(org.as.security, input)
  const order = await requestDrill(org.as.security, { id: drill.id, secrets })
  return { drill, runId: order.runs[0]?.id ?? '', order }
}

const secretsLeft = async (runId: string) =>
  (await db.query(`SELECT count(*)::int AS n FROM lifecycle_secret WHERE run_id = $1 AND sealed IS NOT NULL`, [runId]))
    .rows[0].n

describe('a canary drill', () => {
  it('cuts an account of its own, times login and session, and leaves nothing behind', async () => {
    const { drill, runId } = await begin(plan('svc_orders', { keepers: [ids.svc_orders ?? ''] }), [
      secretOf('svc_orders'),
    ])
    const preview = await previewDrill(org.as.security, { id: drill.id })
    expect(preview).toMatchObject({ secondPerson: null, targets: [{ canary: 'account', documentedSeconds: 1 }] })
    const seen = await watching(applyRun(org.job, { id: runId }))
    // It was there, in the groups of the real one, and its login was taken away while the real one kept its own.
    expect(seen.some(({ canLogin, groups }) => canLogin && groups.includes('readers'))).toBe(true)
    expect(seen.some(({ canLogin }) => !canLogin)).toBe(true)
    expect(await canaries()).toEqual([])
    expect(await login('svc_orders')).toBe(true)
    const result = await getDrillResult(org.as.auditor, { id: runId })
    expect(result).toMatchObject({ canary: 'account', withinSeconds: 5, previous: null })
    expect(result.figures).toMatchObject({
      ...{ verdict: 'cut', isStopped: false, falseCuts: 0 },
      hops: [
        { hop: 'source', verdict: 'cut' },
        { hop: 'sessions', verdict: 'cut' },
      ],
      keepers: [{ name: 'svc_orders', verdict: 'kept' }],
    })
    for (const { seconds, tries } of result.figures.hops) {
      expect(seconds).toBeGreaterThan(0)
      expect(seconds).toBeLessThan(5)
      expect(tries.before).toBeGreaterThanOrEqual(3)
      expect(tries.after).toBeGreaterThanOrEqual(6)
    }
    const run = await getRun(org.as.auditor, { id: runId })
    expect(run).toMatchObject({ state: 'done', tone: 'good', held: [] })
    expect(run.headline).toMatch(/^Cut after 0\.\d s, within 5 s\.$/)
    expect(await secretsLeft(runId)).toBe(0)
    const again = (await requestDrill(org.as.security, { id: drill.id })).runs[0]?.id ?? ''
    await applyRun(org.job, { id: again })
    const second = await getDrillResult(org.as.auditor, { id: again })
    expect(second.previous?.runId).toBe(runId)
    // Nobody gave a secret this time: the source's word is no proof that somebody kept access.
    expect(second.figures.keepers).toMatchObject([{ verdict: 'not_testable' }])
    expect((await getDrill(org.as.auditor, { id: drill.id })).runs.map((each) => each.runId)).toEqual([again, runId])
  })

  it('says that it leaked when the source says yes and goes on letting it in', async () => {
    const { runId } = await begin(plan('svc_reports', { withinSeconds: 1, waitSeconds: 3 }))
    // Whatever is switched off is switched on again at once, as a script of somebody else might do.
    await watching(applyRun(org.job, { id: runId }), async ({ name, canLogin }) => {
      if (!canLogin) await source.query(`ALTER ROLE ${name} LOGIN CONNECTION LIMIT -1`).catch(() => {})
    })
    const { figures } = await getDrillResult(org.as.auditor, { id: runId })
    expect(figures).toMatchObject({ verdict: 'leaked', seconds: null })
    expect(figures.hops).toMatchObject([
      { hop: 'source', verdict: 'leaked' },
      { hop: 'sessions', verdict: 'cut' },
    ])
    const run = await getRun(org.as.auditor, { id: runId })
    expect(run).toMatchObject({ state: 'done', tone: 'bad' })
    expect(await canaries()).toEqual([])
  })

  it('stops and clears away when somebody loses access who must keep it, and an open incident counts that', async () => {
    const incident = await declareIncident(org.as.security, { title: 'Keys are leaking', severity: 'sev1' })
    const { runId } = await begin(plan('svc_feed', { keepers: [ids.svc_keeper ?? ''] }), [secretOf('svc_keeper')])
    await watching(applyRun(org.job, { id: runId }), async ({ canLogin }) => {
      if (!canLogin) await source.query('ALTER ROLE svc_keeper NOLOGIN')
    })
    await source.query('ALTER ROLE svc_keeper LOGIN')
    const { figures } = await getDrillResult(org.as.auditor, { id: runId })
    expect(figures).toMatchObject({ isStopped: true, falseCuts: 1, keepers: [{ name: 'svc_keeper', verdict: 'lost' }] })
    const run = await getRun(org.as.auditor, { id: runId })
    expect(run).toMatchObject({ state: 'rolled_back', tone: 'bad' })
    expect(run.headline).toBe('Stopped, and taken back. 1 lost access that must keep it.')
    expect(await canaries()).toEqual([])
    await endIncident(org.as.security, { id: incident.id, learned: 'One who must keep access lost it.' })
    // Of the drills before it none, nor of those that come after it.
    const { drills } = await getIncident(org.as.auditor, { id: incident.id })
    expect(drills).toMatchObject([{ runId, falseCuts: 1 }])
    expect((await getIncident(org.as.member, { id: incident.id })).drills).toBeNull()
  })

  it('is taken up by another worker, which says that the session was lost', async () => {
    const { runId } = await begin(plan('svc_orders'))
    const killed = new AbortController()
    const cutOff = watching(applyRun(org.job, { id: runId }, killed.signal), async ({ canLogin }) => {
      if (canLogin && (await probesOf(runId)) > 0) killed.abort()
    })
    await cutOff
    await applyRun(org.job, { id: runId })
    const { figures } = await getDrillResult(org.as.auditor, { id: runId })
    expect(figures.hops).toMatchObject([
      { hop: 'source', verdict: 'cut' },
      { hop: 'sessions', verdict: 'not_testable' },
    ])
    expect(await canaries()).toEqual([])
  })

  it('is stopped by a person, and leaves nothing behind', async () => {
    const { runId } = await begin(plan('svc_stop'))
    let isAsked = false
    await watching(applyRun(org.job, { id: runId }), async () => {
      if (isAsked) return
      isAsked = true
      await cancelRun(org.as.security, { id: runId, reason: 'Not now' })
    })
    expect(await getRun(org.as.auditor, { id: runId })).toMatchObject({ state: 'rolled_back' })
    const { figures } = await getDrillResult(org.as.auditor, { id: runId })
    expect(figures).toMatchObject({ isStopped: true, verdict: 'not_testable' })
    expect(await canaries()).toEqual([])
  })
})

const probesOf = async (runId: string) =>
  (await db.query(`SELECT count(*)::int AS n FROM lifecycle_probe WHERE run_id = $1 AND hop = 'sessions'`, [runId]))
    .rows[0].n

describe('a live drill', () => {
  const live = () => plan('svc_live', { mode: 'live', keepers: [ids.svc_keeper ?? ''] })

  it('needs a look, and a second person where a revocation would', async () => {
    await updateSettings(org.as.admin, { secondPersonScore: 0 })
    await db.query(`UPDATE identity_listing SET score = 50 WHERE org_id = $1 AND identity_id = $2`, [
      org.orgId,
      ids.svc_live,
    ])
    const drill = await createDrill(org.as.security, live())
    await expect(requestDrill(org.as.security, { id: drill.id })).rejects.toMatchObject({ code: 'precondition_failed' })
    const preview = await previewDrill(org.as.security, { id: drill.id })
    expect(preview.secondPerson).toMatch(/second person/)
    const secrets = [secretOf('svc_live'), secretOf('svc_keeper')]
    const order = await requestDrill(org.as.security, { id: drill.id, listHash: preview.listHash, secrets })
    expect(order.state).toBe('waiting')
    const runId = order.runs[0]?.id ?? ''
    await applyRun(org.job, { id: runId })
    expect(await login('svc_live')).toBe(true)
    const { id, listHash } = order
    await expect(approveOrder(org.as.security, { id, listHash, verdict: 'approved' })).rejects.toMatchObject({
      code: 'forbidden',
    })
    await approveOrder(org.as.admin, { id, listHash, verdict: 'approved' })
    const refusals: boolean[] = []
    let isOver = false
    const outside = (async () => {
      while (!isOver) refusals.push(!(await login('svc_live')))
    })()
    await applyRun(org.job, { id: runId })
    isOver = true
    await outside
    // It was really off for a while, and works again.
    expect(refusals).toContain(true)
    expect(await login('svc_live')).toBe(true)
    const { figures } = await getDrillResult(org.as.auditor, { id: runId })
    expect(figures).toMatchObject({ verdict: 'cut', falseCuts: 0, keepers: [{ verdict: 'kept' }] })
    expect(await secretsLeft(runId)).toBe(0)
    await updateSettings(org.as.admin, { secondPersonScore: 75 })
  })

  it('is not testable when nobody gave the secret, and the source’s word is no verdict', async () => {
    const drill = await createDrill(org.as.security, { ...live(), keepers: [] })
    const { listHash } = await previewDrill(org.as.security, { id: drill.id })
    const order = await requestDrill(org.as.security, { id: drill.id, listHash })
    const runId = order.runs[0]?.id ?? ''
    await applyRun(org.job, { id: runId })
    const { figures } = await getDrillResult(org.as.auditor, { id: runId })
    expect(figures).toMatchObject({ verdict: 'not_testable', seconds: null })
    expect(figures.hops[0]?.why).toMatch(/Nobody gave its secret/)
    expect(await login('svc_live')).toBe(true)
  })
})

describe('a tabletop', () => {
  it('tries nothing, and says so', async () => {
    const { runId } = await begin(plan('svc_paper', { mode: 'tabletop', hops: ['source', 'sessions', 'copies'] }))
    await applyRun(org.job, { id: runId })
    const run = await getRun(org.as.auditor, { id: runId })
    expect(run).toMatchObject({ state: 'done', headline: 'Done on paper: nothing was tried.', steps: [], probes: [] })
    const result = await getDrillResult(org.as.auditor, { id: runId })
    expect(result.documentedSeconds).toBe(1)
    expect(result.figures).toMatchObject({ verdict: null, seconds: null })
    expect(result.figures.hops.map(({ verdict }) => verdict)).toEqual([null, null, null])
  })
})

describe('a schedule', () => {
  it('begins a drill of a cohort once, and not before it is due', async () => {
    const drill = await createDrill(org.as.security, {
      ...plan('svc_paper'),
      target: { kind: 'cohort', connectionId, count: 2 },
      everyDays: 7,
    })
    expect(await requestDueDrills(org.job, new Date())).toBe(0)
    const due = new Date(Date.now() + 7.1 * 86_400_000)
    const both = await Promise.all([requestDueDrills(org.job, due), requestDueDrills(org.job, due)])
    expect(both[0] + both[1]).toBe(1)
    const shown = await getDrill(org.as.auditor, { id: drill.id })
    expect(shown.runs).toHaveLength(2)
    expect(Date.parse(shown.nextAt ?? '')).toBe(due.getTime() + 7 * 86_400_000)
    // Those that were drilled longest ago come first: what was never drilled is among them, what was is not.
    expect(shown.runs.map(({ identity }) => identity.name)).not.toContain('svc_orders')
    for (const { runId } of shown.runs) await applyRun(org.job, { id: runId })
    const done = await getDrill(org.as.auditor, { id: drill.id })
    expect(done.runs.map(({ figures }) => figures?.verdict)).toEqual(['cut', 'cut'])
  })

  it('is refused to a live drill, and to what nobody is there to begin', async () => {
    const refused = createDrill(org.as.security, plan('svc_live', { mode: 'live', everyDays: 7 }))
    await expect(refused).rejects.toMatchObject({ code: 'invalid_input' })
    await expect(createDrill(org.as.auditor, plan('svc_live'))).rejects.toMatchObject({ code: 'forbidden' })
  })
})

describe('coverage', () => {
  it('counts what was measured, and how long it took', async () => {
    await db.query(`UPDATE identity_listing SET score = 90 WHERE org_id = $1 AND identity_id = ANY ($2)`, [
      ...[org.orgId, [ids.svc_orders, ids.svc_paper]],
    ])
    const coverage = await getDrillCoverage(org.as.auditor)
    expect(coverage).toMatchObject({ fromScore: 75, total: 2 })
    const [times] = coverage.times
    expect(times).toMatchObject({ connector: 'postgresql', credentialType: 'password', leaked: 1, revocations: 0 })
    expect(times?.p50Seconds).toBeGreaterThan(0)
    // One of them was not refused while it was tried: the slowest have no end.
    expect(times?.p95Seconds).toBeNull()
    const blast = await readRevokeTime(org.as.auditor, ids.svc_orders ?? '')
    expect(blast).toMatchObject({ seconds: null, why: 'Of the measured cuts too many leaked: no end was seen' })
    // Without the one that leaked, what was measured takes the place of what was not known.
    await db.query(
      `UPDATE lifecycle_run SET ended_at = ended_at - interval '91 days' WHERE org_id = $1 AND result->>'verdict' = 'leaked'`,
      [org.orgId],
    )
    const after = await readRevokeTime(org.as.auditor, ids.svc_orders ?? '')
    expect(after?.seconds).toBeGreaterThan(0)
    expect(after?.seconds).toBeLessThan(5)
    expect(await readRevokeTime(org.as.member, ids.svc_orders ?? '')).toBeNull()
    const covered = coverage.drilled + coverage.missing.length
    expect(covered).toBe(2)
    expect(coverage.missing.every(({ name }) => name !== 'svc_orders')).toBe(true)
  })
})

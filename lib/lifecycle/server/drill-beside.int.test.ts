import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Config } from '@/lib/connections/live'
import { createConnection } from '@/lib/connections/server/create-connection'
import { requestSync } from '@/lib/connections/server/request-sync'
import { syncConnection } from '@/lib/connections/server/sync-connection'
import { makeSecret } from '@/lib/connectors/secret'
import { closePool } from '@/lib/platform/db/pool'
import { testDatabase } from '@/lib/platform/testing/database'
import { type TestOrganization, testOrganization } from '@/lib/platform/testing/organization'
import type { RunningSystem } from '@/lib/platform/testing/servers/running-system'
import { systemsUnderTest } from '@/lib/platform/testing/servers/systems'
import { applyRun } from './apply-run'
import { createDrill } from './create-drill'
import { getDrillResult } from './get-drill-result'
import { getRun } from './get-run'
import { requestDrill } from './request-drill'

let org: TestOrganization
let redis: RunningSystem
let db: pg.Client

beforeAll(async () => {
  org = await testOrganization()
  const started = await systemsUnderTest.find(({ connector }) => connector === 'redis')?.start()
  if (!started || 'skipped' in started) throw new Error('Redis did not start')
  redis = started
  db = new pg.Client({ connectionString: (await testDatabase()).superuserUrl })
  await db.connect()
}, 120_000)

afterAll(async () => {
  await db.end()
  await redis.stop()
  await closePool()
})

describe('a canary beside the real secret', () => {
  it('is cut alone, and the real one works on', async () => {
    const secret = makeSecret()
    await redis.createAccount('svc_cache', secret)
    const config = redis.config as Config
    const made = await createConnection(org.as.admin, {
      ...{ connector: 'redis', instance: 'cache', name: 'Cache', config, intervalMinutes: null },
    })
    const { id } = await requestSync(org.as.admin, { id: made.id })
    await syncConnection(org.job, { id })
    const { rows } = await db.query(`SELECT id FROM identity WHERE org_id = $1 AND name = 'svc_cache'`, [org.orgId])
    const identityId = rows[0].id as string
    const session = await redis.openSession('svc_cache', secret)
    const drill = await createDrill(org.as.security, {
      ...{ name: 'Cache', mode: 'canary', target: { kind: 'identities', ids: [identityId] }, keepers: [identityId] },
    })
    const secrets = [{ identityId, secret: secret.reveal() }]
    const runId = (await requestDrill(org.as.security, { id: drill.id, secrets })).runs[0]?.id ?? ''
    await applyRun(org.job, { id: runId })
    const result = await getDrillResult(org.as.auditor, { id: runId })
    expect(result).toMatchObject({ canary: 'beside', canaryName: null })
    expect(result.figures).toMatchObject({
      verdict: 'cut',
      // Redis lets no session be held from here: nothing is said of it.
      hops: [
        { hop: 'source', verdict: 'cut' },
        { hop: 'sessions', verdict: 'not_testable' },
      ],
      keepers: [{ verdict: 'kept' }],
    })
    // From outside: what was open goes on, and a new login with the real secret works.
    expect(await session.isAlive()).toBe(true)
    await session.close()
    const again = await redis.openSession('svc_cache', secret)
    expect(await again.isAlive()).toBe(true)
    await again.close()
    expect(await getRun(org.as.auditor, { id: runId })).toMatchObject({ state: 'done', held: [] })
  })
})

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
import { getRun } from './get-run'
import { previewRotation } from './preview-rotation'
import { readRevealedSecret } from './read-revealed-secret'
import { requestRotation } from './request-rotation'

// What chaos found: a worker is killed between an act and its outcome, and something else happens before the next one looks.

let org: TestOrganization
let system: RunningSystem
let db: pg.Client
let identityId: string
let password: string

beforeAll(async () => {
  org = await testOrganization()
  const started = await systemsUnderTest.find(({ connector }) => connector === 'postgresql')?.start()
  if (!started || 'skipped' in started) throw new Error('the embedded PostgreSQL did not start')
  system = started
  db = new pg.Client({ connectionString: (await testDatabase()).superuserUrl })
  await db.connect()
  const secret = makeSecret()
  password = secret.reveal()
  const { identity } = await system.createAccount('svc_handed', secret)
  const { id } = await createConnection(org.as.admin, {
    ...{ connector: 'postgresql', instance: 'shop', name: 'Shop', intervalMinutes: null },
    config: system.config as Config,
  })
  await syncConnection(org.job, { id: (await requestSync(org.as.admin, { id })).id })
  const { rows } = await db.query(`SELECT id FROM identity WHERE org_id = $1 AND external_id = $2`, [
    org.orgId,
    identity,
  ])
  identityId = rows[0].id
}, 120_000)

afterAll(async () => {
  await db.end()
  await system.stop()
  await closePool()
})

async function begin(): Promise<string> {
  const targets = [{ identityId, credentialId: null }]
  const { listHash } = await previewRotation(org.as.security, { targets })
  const order = await requestRotation(org.as.security, {
    ...{ targets, listHash, reason: 'Due', secret: password, overlapHours: 0, holdHours: 0 },
    delivery: { way: 'reveal', userId: org.users.member.userId },
  })
  const id = order.runs[0]?.id ?? ''
  await applyRun(org.job, { id })
  return id
}

/** As a worker leaves a run that is killed after a step's act and before its outcome: the step is begun, and nothing came after. */
async function forget(id: string, step: string): Promise<void> {
  await db.query(
    `DELETE FROM lifecycle_step WHERE org_id = $1 AND run_id = $2 AND no > (SELECT max(no) FROM lifecycle_step WHERE org_id = $1 AND run_id = $2 AND step = $3)`,
    [org.orgId, id, step],
  )
  await db.query(
    `UPDATE lifecycle_step SET state = 'intended', ended_at = NULL, says = NULL, result = '{}' WHERE org_id = $1 AND run_id = $2 AND step = $3`,
    [org.orgId, id, step],
  )
}

describe('a link that was opened before the worker could say that it had made it', () => {
  it('is the only one: the secret is shown once, and the run goes on', async () => {
    const id = await begin()
    await forget(id, 'deliver')
    const link = (await getRun(org.as.member, { id })).link?.id ?? ''
    const { secret } = await readRevealedSecret(org.as.member, { id: link })
    await applyRun(org.job, { id })
    expect(await getRun(org.as.member, { id })).toMatchObject({ state: 'done', link: { id: link } })
    const { rows } = await db.query(`SELECT count(*)::int AS links FROM reveal_link WHERE run_id = $1`, [id])
    expect(rows).toEqual([{ links: 1 }])
    password = secret
  })
})

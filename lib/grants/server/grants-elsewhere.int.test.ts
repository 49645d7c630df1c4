import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createConnection } from '@/lib/connections/server/create-connection'
import { requestSync } from '@/lib/connections/server/request-sync'
import { syncConnection } from '@/lib/connections/server/sync-connection'
import { findLiveConnector } from '@/lib/connectors/live-registry'
import { makeSecret } from '@/lib/connectors/secret'
import { closePool } from '@/lib/platform/db/pool'
import { warmUp } from '@/lib/platform/testing/context'
import { testDatabase } from '@/lib/platform/testing/database'
import { type TestOrganization, testOrganization } from '@/lib/platform/testing/organization'
import { setting } from '@/lib/platform/testing/servers/found'
import type { RunningSystem } from '@/lib/platform/testing/servers/running-system'
import { systemsUnderTest } from '@/lib/platform/testing/servers/systems'
import { activateGrant } from './activate-grant'
import { applyGrant } from './apply-grant'
import { decideGrant } from './approve-grant'
import { releaseGrant } from './end-grant'
import { getGrant } from './list-grants'
import { previewGrant } from './preview-grant'
import { requestGrant } from './request-grant'

// Rights for one task on real servers of other kinds than PostgreSQL, looked at from outside by whoever has them.

let db: pg.Client
let org: TestOrganization

beforeAll(async () => {
  db = new pg.Client({ connectionString: (await testDatabase()).superuserUrl })
  await db.connect()
})

// Of its own for each system: accounts of one name would be taken for one account.
beforeEach(async () => {
  org = await testOrganization()
  await warmUp(org.as.admin)
})

afterAll(async () => {
  await db.end()
  await closePool()
})

const idOf = async (table: string, ref: string, live: string): Promise<string> => {
  const ofSource = `SELECT source_id FROM live_connection WHERE id = $3`
  const text = `SELECT id FROM ${table} WHERE org_id = $1 AND external_id = $2 AND source_id = (${ofSource})`
  return (await db.query(text, [org.orgId, ref, live])).rows[0]?.id
}

/** Somebody else has the right before: what nobody has, discovery cannot tell of. */
async function giveTo(connector: string, system: RunningSystem, identity: string): Promise<void> {
  const { on, scopes } = system.grantable ?? { on: '', scopes: [] }
  const connection = await findLiveConnector(connector)?.connect(system.config, setting)
  await connection?.hands.identity?.grant?.({ target: { identity }, on, scopes })
  connection?.close()
}

describe.each([
  { name: 'Redis (Debian)', table: 'resource', proof: 'refused_attempt' },
  { name: 'OpenLDAP with a password policy (Debian)', table: 'role', proof: 'source_says' },
  { name: 'MariaDB (Debian)', table: 'resource', proof: 'source_says' },
  { name: 'RabbitMQ (Debian)', table: 'resource', proof: 'source_says' },
  { name: 'OpenStack Keystone (Debian)', table: 'resource', proof: 'source_says' },
])('on $name', ({ name, table, proof }) => {
  it('a right is given for a task, used, given back, and shown to be gone', async ({ skip }) => {
    const tested = systemsUnderTest.find((each) => each.name.startsWith(name))
    if (!tested) throw new Error(`no system of the tests is named ${name}`)
    const system = await tested.start()
    if ('skipped' in system) return skip(system.skipped)
    try {
      const { grantable, config } = system
      if (!grantable) throw new Error('nothing to grant is prepared')
      const [secret, account] = [makeSecret(), 'svc-task']
      const { identity } = await system.createAccount(account, secret)
      const other = await system.createAccount('svc-other', makeSecret())
      await giveTo(tested.connector, system, other.identity)
      const { id: live } = await createConnection(org.as.admin, {
        ...{ connector: tested.connector, instance: 'test', name, intervalMinutes: null },
        config: config as Parameters<typeof createConnection>[1]['config'],
      })
      const queued = await db.query(`SELECT id FROM sync_run WHERE live_connection_id = $1 AND status = 'queued'`, [
        live,
      ])
      await syncConnection(org.job, { id: queued.rows[0]?.id ?? (await requestSync(org.as.admin, { id: live })).id })

      const wanted = {
        identityId: await idOf('identity', identity, live),
        rights: [{ nodeId: await idOf(table, grantable.on, live), scopes: [...grantable.scopes] }],
      }
      const { listHash, problem } = await previewGrant(org.as.security, wanted)
      expect(problem).toBeNull()
      const { id } = await requestGrant(org.as.security, { ...wanted, task: 'Look at it once', seconds: 600, listHash })
      await decideGrant(org.as.admin, { id, listHash, verdict: 'approved' })
      expect(await grantable.mayUse(account, secret)).toBe(false)
      await activateGrant(org.as.security, { id, secret: secret.reveal() })
      await applyGrant(org.job, { id })
      expect(await getGrant(org.as.admin, { id })).toMatchObject({ state: 'active', rights: [{ state: 'held' }] })
      expect(await grantable.mayUse(account, secret)).toBe(true)
      await releaseGrant(org.as.security, { id, reason: 'done' })
      await applyGrant(org.job, { id })
      expect(await getGrant(org.as.admin, { id })).toMatchObject({ state: 'ended', proof, rights: [{ state: 'gone' }] })
      expect(await grantable.mayUse(account, secret)).toBe(false)
    } finally {
      await system.stop()
    }
  })
})

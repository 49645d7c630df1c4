import { mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { writeCheckpoint } from '@/lib/platform/audit/checkpoint'
import { readerFor } from '@/lib/platform/db/client'
import { closePool } from '@/lib/platform/db/pool'
import { tenantOf } from '@/lib/platform/db/tenant'
import { testDatabase } from '@/lib/platform/testing/database'
import { type TestOrganization, testOrganization } from '@/lib/platform/testing/organization'
import { trailTarget } from './list-events'
import { readHead } from './store'
import { verifyChain, verifyChainOf } from './verify-chain'

let superuser: pg.Client
let checkpoints: string
let org: TestOrganization

async function commitEvents(count: number, into = org): Promise<void> {
  const permit = await into.as.admin.authorize('verify', trailTarget)
  await Promise.all(
    Array.from({ length: count }, (_, n) =>
      into.as.admin.commit(
        permit,
        { action: 'test.write', target: trailTarget, after: { n, text: 'é "quoted" \u2028' } },
        async () => {},
      ),
    ),
  )
}

/** As a superuser with triggers and policies out of the way: what an attacker with the database's own rights can do. */
const tamper = (sql: string, ...values: unknown[]) => superuser.query(sql, values)

async function checkpointNow(): Promise<void> {
  const head = await readHead(readerFor(tenantOf(org.orgId)), org.orgId)
  if (head) await writeCheckpoint({ orgId: org.orgId, ...head }, new Date())
}

beforeAll(async () => {
  const database = await testDatabase()
  checkpoints = await mkdtemp(path.join(tmpdir(), 'checkpoints-'))
  process.env.CHECKPOINT_DIR = checkpoints
  superuser = new pg.Client({ connectionString: database.superuserUrl })
  await superuser.connect()
})

afterAll(async () => {
  await superuser.end()
  await closePool()
})

beforeEach(async () => {
  org = await testOrganization()
  await commitEvents(20)
})

describe('an intact chain', () => {
  it('verifies, counts its events, and keeps verifying while it grows', async () => {
    await checkpointNow()
    await commitEvents(5)
    const report = await verifyChain(org.as.auditor)
    expect(report).toMatchObject({ isIntact: true, events: 25, checkpoints: 1, firstBad: null })
    expect((await verifyChainOf(org.orgId)).events).toBe(26)
  })

  it('holds after many concurrent commits', async () => {
    await commitEvents(200)
    expect(await verifyChainOf(org.orgId)).toMatchObject({ isIntact: true, events: 220 })
  })
})

describe('the application', () => {
  it.each(['UPDATE audit_event SET reason = null', 'DELETE FROM audit_event', 'TRUNCATE audit_event'])(
    'may not %s',
    async (sql) => {
      await superuser.query(`SET ROLE bailiwick_app`)
      await expect(superuser.query(sql)).rejects.toThrow(/permission denied/)
      await superuser.query('RESET ROLE')
    },
  )
})

describe('tampering is found', () => {
  it.each([
    ['a changed word', `UPDATE audit_event SET after = '{"n": 99}' WHERE org_id = $1 AND seq = 7`, 7, 'altered'],
    ['a changed actor key', `UPDATE audit_event SET actor_key = 'user:x' WHERE org_id = $1 AND seq = 9`, 9, 'altered'],
    [
      'a changed time',
      `UPDATE audit_event SET occurred_at = occurred_at + interval '1 ms' WHERE org_id = $1 AND seq = 3`,
      3,
      'altered',
    ],
    ['a deleted event', `DELETE FROM audit_event WHERE org_id = $1 AND seq = 5`, 5, 'missing'],
    ['a deleted first event', `DELETE FROM audit_event WHERE org_id = $1 AND seq = 1`, 1, 'missing'],
    ['a cut tail', `DELETE FROM audit_event WHERE org_id = $1 AND seq > 15`, 16, 'truncated'],
  ])('%s', async (_name, sql, seq, problem) => {
    await tamper(sql, org.orgId)
    expect(await verifyChainOf(org.orgId)).toMatchObject({ isIntact: false, firstBad: { seq, problem } })
  })

  it('two events swapped', async () => {
    await tamper(
      `UPDATE audit_event SET seq = CASE seq WHEN 4 THEN -8 ELSE -4 END WHERE org_id = $1 AND seq IN (4, 8)`,
      org.orgId,
    )
    await tamper(`UPDATE audit_event SET seq = -seq WHERE org_id = $1 AND seq < 0`, org.orgId)
    expect(await verifyChainOf(org.orgId)).toMatchObject({ isIntact: false, firstBad: { seq: 4 } })
  })

  it('an inserted event', async () => {
    await tamper(
      `INSERT INTO audit_event SELECT org_id, 21, gen_random_uuid(), occurred_at, actor, actor_key, action, target_kind, target_id,
         target_label, reason, decision_id, request_id, before, after, hash, hash FROM audit_event WHERE org_id = $1 AND seq = 20`,
      org.orgId,
    )
    expect(await verifyChainOf(org.orgId)).toMatchObject({ isIntact: false, firstBad: { seq: 21, problem: 'altered' } })
  })

  it('an event moved to another organization', async () => {
    const other = await testOrganization()
    await commitEvents(19, other)
    await tamper(`UPDATE audit_event SET org_id = $2 WHERE org_id = $1 AND seq = 20`, org.orgId, other.orgId)
    expect(await verifyChainOf(org.orgId)).toMatchObject({
      isIntact: false,
      firstBad: { seq: 20, problem: 'truncated' },
    })
    expect(await verifyChainOf(other.orgId)).toMatchObject({
      isIntact: false,
      firstBad: { seq: 20, problem: 'unlinked' },
    })
  })

  it('a tail cut together with the head, by the checkpoint outside the database', async () => {
    await checkpointNow()
    await tamper(`DELETE FROM audit_event WHERE org_id = $1 AND seq > 10`, org.orgId)
    await tamper(
      `UPDATE audit_head SET seq = 10, hash = (SELECT hash FROM audit_event WHERE org_id = $1 AND seq = 10) WHERE org_id = $1`,
      org.orgId,
    )
    expect(await verifyChainOf(org.orgId)).toMatchObject({
      isIntact: false,
      firstBad: { seq: 11, problem: 'truncated' },
    })
  })

  it('a tail cut and the head with it, though no checkpoint knows of them', async () => {
    await tamper(`DELETE FROM audit_event WHERE org_id = $1 AND seq > 10`, org.orgId)
    await tamper(`DELETE FROM audit_head WHERE org_id = $1`, org.orgId)
    expect(await verifyChainOf(org.orgId)).toMatchObject({
      isIntact: false,
      firstBad: { seq: 11, problem: 'truncated' },
    })
  })

  it('everything deleted, by the checkpoint', async () => {
    await checkpointNow()
    await tamper(`DELETE FROM audit_event WHERE org_id = $1`, org.orgId)
    await tamper(`DELETE FROM audit_head WHERE org_id = $1`, org.orgId)
    expect(await verifyChainOf(org.orgId)).toMatchObject({
      isIntact: false,
      firstBad: { seq: 1, problem: 'truncated' },
    })
  })

  it('a forged checkpoint', async () => {
    await checkpointNow()
    const file = path.join(checkpoints, `${org.orgId}.jsonl`)
    await writeFile(file, (await readFile(file, 'utf8')).replace('"seq":20', '"seq":19'))
    expect(await verifyChainOf(org.orgId)).toMatchObject({
      isIntact: false,
      firstBad: { problem: 'forged_checkpoint' },
    })
  })
})

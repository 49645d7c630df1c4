import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { EdgeRecord, IdentityRecord, NormalisedRecord } from '@/lib/connectors/contract'
import type { Permit } from '@/lib/platform/db/permit'
import { closePool } from '@/lib/platform/db/pool'
import { type TestOrganization, testOrganization } from '@/lib/platform/testing/organization'
import { type MergeOutcomes, mergeRecords, type RecordSource } from './merge-records'
import { RecordPacker } from './write-records'

let org: TestOrganization
let permit: Permit
let instance: string

beforeAll(async () => {
  org = await testOrganization()
  permit = await org.as.admin.authorize('apply', { kind: 'import', id: 'x', label: 'x', attr: { createdBy: 'x' } })
})
afterAll(closePool)
beforeEach(() => {
  instance = randomUUID()
})

const identity = (externalId: string, more: Partial<IdentityRecord> = {}): IdentityRecord => ({
  ...{ type: 'identity', externalId, kind: 'service_account', name: externalId, status: 'active' },
  ...more,
})
const edge = (kind: EdgeRecord['kind'], from: EdgeRecord['from'], to: EdgeRecord['to']): EdgeRecord => ({
  ...{ type: 'entitlement', kind, from, to, effect: 'allow', scopes: [], scopeCount: 0, basis: 'entitlement' },
})

/** As a live connection reads them: with ids and hashes beside. */
function headed(records: readonly NormalisedRecord[]): RecordSource {
  const packer = new RecordPacker({ isRepeating: true, withHeads: true })
  for (const record of records) packer.add(record)
  const blocks = packer.end()
  return { isMixed: false, read: async (type) => blocks.filter((block) => block.type === type) }
}

const change = { action: 'import.apply', target: { kind: 'import', id: 'x', label: 'x' } }
const whole = () => ({
  ...{ system: 'test', instance, instanceName: instance, connector: 'one', part: '', complete: true },
})

function merge(records: RecordSource): Promise<MergeOutcomes> {
  return org.as.admin.commitBulk(permit, change, (bulk) => mergeRecords(bulk, { ...whole(), records }))
}

const find = (externalId: string) =>
  org.as.admin.db.identity.findFirst({
    where: { orgId: org.orgId, externalId, source: { instance } },
    include: { credentials: true, listing: true },
  })

describe('records with heads', () => {
  it('are new once, and nothing when they are told again, whatever is in their ids', async () => {
    const records = headed([identity('a', { tags: { team: 'x' } }), identity('b\twith\\odd\nname')])
    expect((await merge(records)).identity).toMatchObject({ created: 2, changed: 0, gone: 0 })
    expect((await merge(records)).identity).toMatchObject({ total: 2, created: 0, changed: 0, gone: 0 })
    expect(await find('b\twith\\odd\nname')).not.toBeNull()
  })

  const holds = edge('member_of', { type: 'identity', externalId: 'a' }, { type: 'role', externalId: 'admins' })
  const grants: EdgeRecord = {
    ...edge('grants', { type: 'role', externalId: 'admins' }, { type: 'resource', externalId: 'db' }),
    privilege: 'admin',
  }
  const admins: NormalisedRecord = { type: 'role', externalId: 'admins', kind: 'role', name: 'admins' }
  const db: NormalisedRecord = { type: 'resource', externalId: 'db', kind: 'database', name: 'db' }
  const rankOf = async (externalId: string) => (await find(externalId))?.listing?.privilegeRank
  const endsOf = (kind: string) =>
    org.as.admin.db.entitlement.findFirst({
      where: { orgId: org.orgId, kind, source: { instance } },
      select: { fromId: true, toId: true, deletedAt: true },
    })

  it('lose what they reach when a neighbour vanishes, though they are told unchanged', async () => {
    await merge(headed([identity('a'), identity('b'), admins, db, holds, grants]))
    expect([await rankOf('a'), await rankOf('b')]).toEqual([4, 0])
    const outcome = await merge(headed([identity('a'), identity('b'), db, holds, grants]))
    expect(outcome.identity).toMatchObject({ total: 2, changed: 0, gone: 0 })
    expect(outcome.entitlement).toMatchObject({ total: 2, changed: 0, gone: 0 })
    expect(outcome.role).toMatchObject({ total: 0, gone: 1 })
    expect(await endsOf('member_of')).toMatchObject({ fromId: expect.any(String), toId: null, deletedAt: null })
    expect(await rankOf('a')).toBe(0)
  })

  it('are tied when the other end of an edge that was told before arrives', async () => {
    await merge(headed([identity('a'), db, holds, grants]))
    expect(await endsOf('member_of')).toMatchObject({ fromId: expect.any(String), toId: null })
    const outcome = await merge(headed([identity('a'), db, admins, holds, grants]))
    expect(outcome).toMatchObject({ role: { created: 1 }, entitlement: { created: 0, changed: 0 } })
    expect(await endsOf('member_of')).toMatchObject({ fromId: expect.any(String), toId: expect.any(String) })
    expect(await rankOf('a')).toBe(4)
  })

  it('count once when an id comes twice in one reading, and the first word holds', async () => {
    const twice = [identity('a', { name: 'first' }), identity('a', { name: 'second' }), holds, holds]
    expect(await merge(headed(twice))).toMatchObject({ identity: { total: 1, created: 1 }, entitlement: { total: 1 } })
    expect((await find('a'))?.name).toBe('first')
    expect(await merge(headed(twice))).toMatchObject({ identity: { changed: 0 }, entitlement: { changed: 0 } })
  })

  it('of edges that differ in their scopes alone make one, again and again the same', async () => {
    const scoped = (scopes: string[]) => ({ ...grants, scopes, scopeCount: scopes.length })
    const said = [admins, db, scoped(['SELECT']), scoped(['INSERT'])]
    expect((await merge(headed(said))).entitlement).toMatchObject({ created: 1 })
    expect((await merge(headed(said))).entitlement).toMatchObject({ created: 0, changed: 0, gone: 0 })
    const one = await org.as.admin.db.entitlement.findFirst({ where: { orgId: org.orgId, source: { instance } } })
    expect(one?.scopes).toEqual(['SELECT', 'INSERT'])
    // Told once each from now on: the hash is another one, and the row loses what is no longer said.
    expect((await merge(headed([admins, db, scoped(['SELECT'])]))).entitlement).toMatchObject({ changed: 1, gone: 0 })
  })

  it('keep and let go of their other ids', async () => {
    const named = (name: string, aliases: { id: string }[]) => identity('a', { name, aliases })
    const key: NormalisedRecord = {
      ...{ type: 'credential', externalId: 'k', subject: { type: 'identity', externalId: 'also-a' } },
      ...{ credentialType: 'api_key', name: 'k', status: 'active' },
    }
    const holder = async () => (await find('a'))?.credentials.length
    await merge(headed([named('a', [{ id: 'also-a' }]), key]))
    expect(await holder()).toBe(1)
    await merge(headed([named('renamed', [{ id: 'also-a' }]), key]))
    expect(await holder()).toBe(1)
    await merge(headed([named('renamed', []), key]))
    expect(await holder()).toBe(0)
  })

  it('are looked at only where they differ, in whatever block they lie', async () => {
    const many = Array.from({ length: 9000 }, (_, n) =>
      identity(`i${n}`, { description: `${'long '.repeat(60)}${n}`, tags: { no: String(n) } }),
    )
    expect((await merge(headed(many))).identity).toMatchObject({ total: 9000, created: 9000 })
    const changed = [0, 4321, 8999]
    const later = many.map((record, n) => (changed.includes(n) ? { ...record, environment: 'production' } : record))
    const outcome = await merge(headed([...later.slice(1), identity('new'), ...later.slice(0, 1)]))
    expect(outcome.identity).toMatchObject({ total: 9001, created: 1, changed: 3, gone: 0 })
    expect(outcome.identity.samples.changed.sort()).toEqual(['i0', 'i4321', 'i8999'])
    expect((await find('i4321'))?.environment).toBe('production')
  }, 60_000)
})

it('tells the planner how large a table has become, before the transaction ends', async () => {
  const many = Array.from(
    { length: 12_000 },
    (_, n): NormalisedRecord => ({
      ...{ type: 'role', externalId: `r${n}`, kind: 'role', name: `role ${n}`, description: 'x'.repeat(100) },
    }),
  )
  const believed = await org.as.admin.commitBulk(permit, change, async (bulk) => {
    await mergeRecords(bulk, { ...whole(), records: many })
    const { rows } = await bulk.client.query<{ n: number }>(
      `SELECT reltuples::int AS n FROM pg_class WHERE oid = 'role'::regclass`,
    )
    return rows[0]?.n
  })
  expect(believed).toBeGreaterThanOrEqual(12_000)
}, 60_000)

import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { EdgeRecord, IdentityRecord, NormalisedRecord } from '@/lib/connectors/contract'
import type { Permit } from '@/lib/platform/db/permit'
import { closePool } from '@/lib/platform/db/pool'
import { type TestOrganization, testOrganization } from '@/lib/platform/testing/organization'
import { type MergeOutcomes, mergeRecords, type RecordBatch } from './merge-records'

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
  type: 'identity',
  externalId,
  kind: 'service_account',
  name: externalId,
  status: 'active',
  ...more,
})

const edge = (
  kind: EdgeRecord['kind'],
  from: EdgeRecord['from'],
  to: EdgeRecord['to'],
  more: Partial<EdgeRecord> = {},
): EdgeRecord => ({
  type: 'entitlement',
  kind,
  from,
  to,
  effect: 'allow',
  scopes: [],
  scopeCount: 0,
  basis: 'entitlement',
  ...more,
})

function merge(records: NormalisedRecord[], batch: Partial<RecordBatch> = {}): Promise<MergeOutcomes> {
  const change = { action: 'import.apply', target: { kind: 'import', id: 'x', label: 'x' } }
  const whole = {
    system: 'test',
    instance,
    instanceName: instance,
    connector: 'one',
    part: '',
    complete: true,
    records,
    ...batch,
  }
  return org.as.admin.commitBulk(permit, change, (bulk) => mergeRecords(bulk, whole))
}

const find = async (externalId: string) =>
  org.as.admin.db.identity.findFirst({
    where: { orgId: org.orgId, externalId, source: { instance } },
    include: { ownerships: { where: { endedAt: null } }, credentials: true, listing: true },
  })

describe('merging one connection', () => {
  it('creates, then changes nothing when told the same again', async () => {
    const records = [
      identity('a', { tags: { team: 'x' }, attributes: { list: ['1', 'two "2"', '{3}'] } }),
      identity('b\twith\\odd\nname'),
    ]
    expect((await merge(records)).identity).toMatchObject({ created: 2, changed: 0, gone: 0 })
    expect((await merge(records)).identity).toMatchObject({ total: 2, created: 0, changed: 0, gone: 0 })
    expect(await find('a')).toMatchObject({ tags: { team: 'x' }, attributes: { list: ['1', 'two "2"', '{3}'] } })
    expect(await find('b\twith\\odd\nname')).not.toBeNull()
  })

  it('marks gone what a complete pass no longer names, and brings it back', async () => {
    await merge([identity('a'), identity('b')])
    expect((await merge([identity('a')])).identity).toMatchObject({ gone: 1 })
    expect((await find('b'))?.deletedAt).toBeInstanceOf(Date)
    expect((await merge([identity('a'), identity('b')])).identity).toMatchObject({ created: 1, gone: 0 })
    expect((await find('b'))?.deletedAt).toBeNull()
  })

  it('marks nothing gone after a partial pass', async () => {
    await merge([identity('a'), identity('b')])
    expect((await merge([identity('a')], { complete: false })).identity).toMatchObject({ gone: 0 })
    expect((await find('b'))?.deletedAt).toBeNull()
  })

  it('clears a fact that the source no longer states', async () => {
    await merge([identity('a', { description: 'old', environment: 'production' })])
    expect((await merge([identity('a')])).identity).toMatchObject({ changed: 1 })
    expect(await find('a')).toMatchObject({ description: null, environment: null })
  })

  it('keeps a name that one connection knows when another has only the id', async () => {
    await merge([identity('123', { name: 'Nightly export' }), identity('456')])
    await merge([identity('123'), identity('456', { name: 'Backup' })], { connector: 'two' })
    expect(await find('123')).toMatchObject({ name: 'Nightly export' })
    expect(await find('456')).toMatchObject({ name: 'Backup' })
    expect((await merge([identity('123'), identity('456')], { connector: 'two' })).identity).toMatchObject({
      created: 0,
    })
    expect(await find('456')).toMatchObject({ name: 'Backup' })
  })

  it('keeps unknown apart from never', async () => {
    await merge([
      identity('unknown'),
      identity('never', { lastUsedAt: null }),
      identity('used', { lastUsedAt: '2026-01-02T03:04:05Z' }),
    ])
    expect(await find('unknown')).toMatchObject({ lastUsedAt: null, neverUsed: false })
    expect(await find('never')).toMatchObject({ lastUsedAt: null, neverUsed: true })
    expect((await find('used'))?.lastUsedAt?.toISOString()).toBe('2026-01-02T03:04:05.000Z')
  })
})

describe('two connections of one source', () => {
  it('know one identity together and neither undoes the other', async () => {
    const first = [identity('a', { description: 'from one', tags: { a: '1' } })]
    const second = [identity('a', { lastUsedAt: '2026-01-01T00:00:00Z', tags: { b: '2' } })]
    await merge(first)
    expect((await merge(second, { connector: 'two' })).identity).toMatchObject({ created: 0, changed: 1 })
    expect((await merge(first)).identity).toMatchObject({ changed: 0 })
    expect(await find('a')).toMatchObject({
      description: 'from one',
      tags: { a: '1', b: '2' },
      lastUsedAt: new Date('2026-01-01'),
    })
  })

  it('keep an identity until the last of them lets it go', async () => {
    await merge([identity('a'), identity('b')])
    await merge([identity('a')], { connector: 'two' })
    expect((await merge([identity('b')])).identity).toMatchObject({ gone: 0 })
    expect((await find('a'))?.deletedAt).toBeNull()
    expect((await merge([], { connector: 'two' })).identity).toMatchObject({ gone: 1 })
    expect((await find('a'))?.deletedAt).toBeInstanceOf(Date)
  })

  it('a principal that one of them recognises as a person is context, not inventory', async () => {
    await merge([
      identity('a'),
      {
        type: 'credential',
        externalId: 'k',
        subject: { type: 'identity', externalId: 'a' },
        credentialType: 'api_key',
        name: 'k',
        status: 'active',
      },
    ])
    await merge([{ type: 'human', externalId: 'a', name: 'Ann', reason: 'has a console password' }], {
      connector: 'two',
    })
    expect((await find('a'))?.deletedAt).toBeInstanceOf(Date)
    const key = await org.as.admin.db.credential.findFirst({
      where: { orgId: org.orgId, externalId: 'k', source: { instance } },
    })
    expect(key).toMatchObject({ identityId: null, humanId: expect.any(String) })
    await merge([], { connector: 'two' })
    expect((await find('a'))?.deletedAt).toBeNull()
  })
})

describe('what is worked out after a merge', () => {
  it('the highest privilege through groups and the account that it runs as', async () => {
    const on = { type: 'resource', externalId: 'r' } as const
    await merge([
      identity('direct'),
      identity('through'),
      identity('workload', { kind: 'workload' }),
      identity('none'),
      { type: 'role', externalId: 'g', kind: 'group', name: 'g' },
      { type: 'role', externalId: 'p', kind: 'policy', name: 'p' },
      { type: 'resource', externalId: 'r', kind: 'bucket', name: 'r' },
      edge('grants', { type: 'identity', externalId: 'direct' }, on, { privilege: 'write' }),
      edge('member_of', { type: 'identity', externalId: 'through' }, { type: 'role', externalId: 'g' }),
      edge('member_of', { type: 'role', externalId: 'g' }, { type: 'role', externalId: 'p' }),
      edge('grants', { type: 'role', externalId: 'p' }, on, { privilege: 'admin' }),
      edge('grants', { type: 'identity', externalId: 'none' }, on, { privilege: 'admin', effect: 'deny' }),
      edge('runs_as', { type: 'identity', externalId: 'workload' }, { type: 'identity', externalId: 'through' }),
    ])
    const ranks = await Promise.all(
      ['direct', 'through', 'workload', 'none'].map(async (id) => (await find(id))?.listing?.privilegeRank),
    )
    expect(ranks).toEqual([2, 4, 4, 0])
  })

  it('edges find an end that arrives later from another source, and lose one that goes', async () => {
    const arn = `arn:aws:iam::1:role/${instance}`
    const other = randomUUID()
    await merge([
      identity('a'),
      edge('assumes', { type: 'identity', externalId: 'a' }, { type: 'identity', externalId: arn, global: true }),
    ])
    const theEdge = () => org.as.admin.db.entitlement.findFirstOrThrow({ where: { orgId: org.orgId, toRef: arn } })
    expect((await theEdge()).toId).toBeNull()
    await merge([identity(arn)], { instance: other, instanceName: other })
    expect((await theEdge()).toId).not.toBeNull()
    await merge([], { instance: other, instanceName: other })
    expect((await theEdge()).toId).toBeNull()
  })

  it('suggests owners from hints, members by e-mail, teams by name, and never touches what people decided', async () => {
    const hint = (value: string) => [{ value, from: 'tag:owner' }]
    const email = org.users.member.email.toUpperCase()
    await merge([identity('a', { ownerHints: hint(email) }), identity('b', { ownerHints: hint('somebody') })])
    expect((await find('a'))?.ownerships).toMatchObject([
      { ownerKey: `user:${org.users.member.userId}`, state: 'suggested', evidence: 'tag:owner' },
    ])
    expect(await find('b')).toMatchObject({
      listing: { ownerState: 'suggested', ownerLabel: 'somebody' },
      ownerships: [{ ownerKey: 'hint:somebody' }],
    })
    await merge([identity('a'), identity('b')])
    expect(await find('b')).toMatchObject({ listing: { ownerState: 'none' }, ownerships: [] })
  })

  it('counts credentials, the oldest and the next to expire', async () => {
    const subject = { type: 'identity', externalId: 'a' } as const
    const key = { type: 'credential', subject, credentialType: 'api_key', status: 'active' } as const
    await merge([
      identity('a'),
      {
        ...key,
        externalId: '1',
        name: '1',
        createdAt: '2020-01-01T00:00:00Z',
        rotatedAt: '2024-01-01T00:00:00Z',
        expiresAt: null,
      },
      { ...key, externalId: '2', name: '2', createdAt: '2023-01-01T00:00:00Z', expiresAt: '2030-01-01T00:00:00Z' },
    ])
    expect((await find('a'))?.listing).toMatchObject({
      credentialCount: 2,
      oldestCredentialAt: new Date('2023-01-01'),
      nextExpiryAt: new Date('2030-01-01'),
    })
  })
})

describe('merging two sources at the same time', () => {
  it('leaves no link between them open', async () => {
    const change = { action: 'import.apply', target: { kind: 'import', id: 'x', label: 'x' } }
    const of = (name: string, records: NormalisedRecord[]): RecordBatch => ({
      system: 'test',
      instance: `${instance} ${name}`,
      instanceName: name,
      connector: 'one',
      part: '',
      complete: true,
      records,
    })
    const far = { type: 'role', externalId: `far ${instance}`, global: true } as const
    const grants = edge('assumes', { type: 'identity', externalId: 'near' }, far)
    let second: Promise<MergeOutcomes> | undefined
    await org.as.admin.commitBulk(permit, change, async (bulk) => {
      await mergeRecords(bulk, of('one', [identity('near'), grants]))
      second = org.as.admin.commitBulk(permit, change, (other) =>
        mergeRecords(other, of('two', [{ type: 'role', externalId: far.externalId, kind: 'role', name: 'far' }])),
      )
      // Long enough for the second to be through, did it not wait.
      await new Promise((resolve) => setTimeout(resolve, 1500))
    })
    await second
    const where = { orgId: org.orgId, toRef: far.externalId }
    expect(await org.as.admin.db.entitlement.findMany({ where })).toMatchObject([{ toId: expect.any(String) }])
  })
})

describe('merging many', () => {
  it('looks each row up by its own key in tables that nothing is known of yet', async () => {
    const fleet = (from: number) =>
      Array.from({ length: 3000 }, (_, n) => n + from).flatMap((n) => [
        identity(`i${n}`),
        { type: 'resource' as const, externalId: `r${n}`, kind: 'bucket', name: `r${n}` },
        edge('grants', { type: 'identity', externalId: `i${n}` }, { type: 'resource', externalId: `r${n}` }),
      ])
    await merge(fleet(0))
    const change = { action: 'import.apply', target: { kind: 'import', id: 'x', label: 'x' } }
    const read = await org.as.admin.commitBulk(permit, change, async (bulk) => {
      const batch = { system: 'test', instance, instanceName: instance, connector: 'one', part: '', complete: false }
      const { entitlement } = await mergeRecords(bulk, { ...batch, records: fleet(3000) })
      expect(entitlement).toMatchObject({ created: 3000 })
      const { rows } = await bulk.client.query<{ name: string; entries: number }>(
        `SELECT i.indexrelid::regclass::text AS name, pg_stat_get_xact_tuples_returned(i.indexrelid)::int AS entries
         FROM pg_index i WHERE i.indrelid = ANY ('{identity,resource,entitlement}'::regclass[])`,
      )
      return rows
    })
    // Through an index that begins with the organization and not with the key, 3,000 look-ups would read millions of entries.
    for (const { name, entries } of read) expect(entries, name).toBeLessThan(60_000)
  })
})

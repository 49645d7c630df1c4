import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { EdgeRecord, IdentityRecord, NodeRef, NormalisedRecord } from '@/lib/connectors/contract'
import { refreshListing } from '@/lib/identities/server/refresh-listing'
import { closePool } from '@/lib/platform/db/pool'
import { type TestOrganization, testOrganization } from '@/lib/platform/testing/organization'
import { linkRecords, mergeBatch, type RecordBatch, type RecordSource } from './merge-records'
import { RecordPacker } from './write-records'

let org: TestOrganization

beforeAll(async () => {
  org = await testOrganization()
})
afterAll(closePool)

type Source = 'one' | 'two'
type World = Record<Source, NormalisedRecord[]>

const ids = fc.integer({ min: 0, max: 5 })
const day = fc.integer({ min: 1, max: 28 }).map((n) => `2026-01-${String(n).padStart(2, '0')}T00:00:00Z`)

/** Few, and some like the id of an identity: what two go by, and what arrives as the very id of something, come up. */
const alias = fc.constantFrom('a0', 'a1', 'a2', 'i2', 'i3')

const identity = fc
  .record({
    id: ids,
    environment: fc.option(fc.constantFrom('production', 'staging'), { nil: undefined }),
    status: fc.constantFrom('active' as const, 'disabled' as const, 'unknown' as const),
    kind: fc.constantFrom('service_account' as const, 'ai_agent' as const),
    lastUsedAt: fc.option(day, { nil: null }),
    owner: fc.option(fc.constantFrom('Platform', 'nobody known'), { nil: undefined }),
    aliases: fc.array(alias, { maxLength: 2 }),
  })
  .map(
    ({ id, owner, aliases, ...rest }): IdentityRecord => ({
      type: 'identity',
      externalId: `i${id}`,
      name: `identity ${id}`,
      ...rest,
      ...(aliases.length > 0 ? { aliases: aliases.map((other) => ({ id: other, global: id % 3 === 0 })) } : {}),
      ...(owner ? { ownerHints: [{ value: owner, from: 'tag:owner' }] } : {}),
    }),
  )
const human = ids.map(
  (id): NormalisedRecord => ({ type: 'human', externalId: `i${id}`, name: `person ${id}`, reason: 'x' }),
)
const holder = fc.oneof(
  ids.map((id) => ({ externalId: `i${id}` })),
  fc.record({ externalId: fc.constantFrom('a0', 'a1', 'a2'), global: fc.boolean() }),
)
const credential = fc.record({ id: ids, holder, createdAt: day, expiresAt: fc.option(day, { nil: null }) }).map(
  ({ id, holder, ...rest }): NormalisedRecord => ({
    type: 'credential',
    externalId: `c${id}`,
    subject: { type: 'identity', ...holder },
    credentialType: 'api_key',
    name: `key ${id}`,
    status: 'active',
    ...rest,
  }),
)
const role = ids.map(
  (id): NormalisedRecord => ({ type: 'role', externalId: `r${id}`, kind: 'role', name: `role ${id}` }),
)
const resource = fc
  .record({ id: ids, environment: fc.option(fc.constantFrom('production', 'test'), { nil: undefined }) })
  .map(
    ({ id, environment }): NormalisedRecord => ({
      type: 'resource',
      externalId: `s${id}`,
      kind: id % 2 ? 'tool' : 'bucket',
      name: `resource ${id}`,
      environment,
    }),
  )
const node = (type: NodeRef['type'], letter: string) =>
  ids.map((id): NodeRef => ({ type, externalId: `${letter}${id}`, ...(id % 3 === 0 ? { global: true } : {}) }))
const principal = fc.oneof(
  node('identity', 'i'),
  fc.record({ type: fc.constant('identity' as const), externalId: fc.constantFrom('a0', 'a1'), global: fc.boolean() }),
)
const edge = fc
  .oneof(
    fc.record({
      kind: fc.constantFrom('member_of' as const),
      from: fc.oneof(principal, node('role', 'r')),
      to: node('role', 'r'),
    }),
    fc.record({ kind: fc.constant('runs_as' as const), from: principal, to: principal }),
    fc.record({
      kind: fc.constant('grants' as const),
      from: fc.oneof(principal, node('role', 'r')),
      to: node('resource', 's'),
      privilege: fc.constantFrom('read' as const, 'write' as const, 'admin' as const),
    }),
    fc.record({ kind: fc.constant('stores' as const), from: node('resource', 's'), to: node('credential', 'c') }),
  )
  .map(
    (found): EdgeRecord => ({
      type: 'entitlement',
      effect: 'allow',
      scopes: [],
      scopeCount: 0,
      basis: 'entitlement',
      ...found,
    }),
  )

const unique = (records: NormalisedRecord[]) => [
  ...new Map(records.map((r) => [`${r.type} ${'externalId' in r ? r.externalId : JSON.stringify(r)}`, r])).values(),
]
const records = (offset: number) =>
  fc
    .tuple(
      fc.array(identity, { maxLength: 6 }),
      fc.array(human, { maxLength: 1 }),
      fc.array(credential, { maxLength: 6 }),
      fc.array(role, { maxLength: 4 }),
      fc.array(resource, { maxLength: 4 }),
      fc.array(edge, { maxLength: 12 }),
    )
    .map((parts) => unique(parts.flat()).map((record) => shift(record, offset)))
/** Ids of nodes are one source's own, as ids that are unique everywhere must be; edges may point at the other's. */
const shift = (record: NormalisedRecord, offset: number): NormalisedRecord =>
  'externalId' in record && offset > 0 && Number(record.externalId.slice(1)) % 3 === 0
    ? { ...record, externalId: `${record.externalId}${offset}` }
    : record
const world = fc.record({ one: records(0), two: records(1) })

/** Puts a mark before every id, so that worlds do not meet. */
const marked = (record: NormalisedRecord, mark: string): NormalisedRecord =>
  JSON.parse(
    JSON.stringify(record)
      .replaceAll('"externalId":"', `"externalId":"${mark}:`)
      .replaceAll('{"id":"', `{"id":"${mark}:`),
  )

/** As a sync of a live connection reads them: with ids and hashes beside, so that only what differs is looked at. */
function headed(records: readonly NormalisedRecord[]): RecordSource {
  const packer = new RecordPacker({ isRepeating: true, withHeads: true })
  for (const record of records) packer.add(record)
  const blocks = packer.end()
  return { isMixed: false, read: async (type) => blocks.filter((block) => block.type === type) }
}

/** One look at everything takes the records as they are. */
async function sync(mark: string, worlds: readonly World[], scope: 'touched' | 'all'): Promise<void> {
  const permit = await org.as.admin.authorize('apply', {
    kind: 'import',
    id: 'x',
    label: 'x',
    attr: { createdBy: 'x' },
  })
  const change = { action: 'import.apply', target: { kind: 'import', id: 'x', label: 'x' } }
  for (const each of worlds) {
    for (const source of ['one', 'two'] as const) {
      const records = each[source].map((record) => marked(record, mark))
      const batch: RecordBatch = {
        system: 'test',
        instance: `${mark}-${source}`,
        instanceName: source,
        connector: 'c',
        part: '',
        complete: true,
        records: scope === 'all' ? records : headed(records),
      }
      await org.as.admin.commitBulk(permit, change, async (bulk) => {
        await mergeBatch(bulk, batch)
        await linkRecords(bulk, scope)
        if (scope === 'all') await refreshListing(bulk, 'all')
      })
    }
  }
}

/** All that people see of one world, without ids and times of ours. */
async function look(mark: string) {
  const { db } = org.as.admin
  const own = (externalId: string) => externalId.replaceAll(`${mark}:`, '')
  const like = `${mark}:%`
  const [listing, credentials, edges, owners] = await Promise.all([
    db.$queryRaw<
      object[]
    >`SELECT i.external_id AS id, s.name AS source, l.kind, l.environment, l.status, l.owner_state, l.owner_label, l.privilege_rank,
      l.traits, l.never_expires, l.credential_count, l.oldest_credential_at, l.next_expiry_at, l.used_order::text, l.name_key
      FROM identity i JOIN identity_listing l ON l.identity_id = i.id JOIN source s ON s.id = i.source_id
      WHERE i.external_id LIKE ${like} AND i.deleted_at IS NULL ORDER BY 1, 2`,
    db.$queryRaw<
      object[]
    >`SELECT c.external_id AS id, s.name AS source, c.state, c.holder, c.environment, i.external_id AS identity FROM credential c
      JOIN source s ON s.id = c.source_id LEFT JOIN identity i ON i.id = c.identity_id
      WHERE c.external_id LIKE ${like} AND c.deleted_at IS NULL ORDER BY 1, 2`,
    db.$queryRaw<object[]>`SELECT s.name AS source, e.kind, e.from_type, e.from_ref, e.to_type, e.to_ref, e.privilege,
      (SELECT n.external_id FROM identity n WHERE n.id = e.from_id) AS origin, (SELECT n.external_id FROM identity n WHERE n.id = e.to_id) AS target,
      e.from_id IS NOT NULL AS starts, e.to_id IS NOT NULL AS ends FROM entitlement e JOIN source s ON s.id = e.source_id WHERE e.from_ref LIKE ${like} AND e.deleted_at IS NULL
      ORDER BY 1, 2, 3, 4, 5, 6, 7, 8, 9`,
    db.$queryRaw<object[]>`SELECT i.external_id AS id, s.name AS source, o.label, o.state FROM ownership o
      JOIN identity i ON i.id = o.identity_id JOIN source s ON s.id = i.source_id
      WHERE i.external_id LIKE ${like} AND i.deleted_at IS NULL AND o.ended_at IS NULL ORDER BY 1, 2, 3`,
  ])
  return JSON.parse(own(JSON.stringify({ listing, credentials, edges, owners })))
}

describe('syncing step by step', () => {
  it('ends where one look at the last state ends', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(world, { minLength: 2, maxLength: 3 }), async (worlds) => {
        const [steps, once] = [randomUUID(), randomUUID()]
        await sync(steps, worlds, 'touched')
        await sync(once, worlds.slice(-1), 'all')
        expect(await look(steps)).toEqual(await look(once))
      }),
      { numRuns: Number(process.env.PROPERTY_RUNS ?? 8), interruptAfterTimeLimit: 120_000, endOnFailure: true },
    )
    const wrong = await org.as.admin.db.$queryRaw`
      SELECT * FROM (SELECT combo_id, sum(n) AS n FROM identity_tally GROUP BY 1 HAVING sum(n) <> 0) t
      FULL JOIN (SELECT combo_id, count(*) AS n FROM identity_listing GROUP BY 1) l USING (combo_id) WHERE t.n IS DISTINCT FROM l.n`
    expect(wrong).toEqual([])
  }, 300_000)

  it('writes nothing to what stays the same', async () => {
    const mark = randomUUID()
    const [same] = fc.sample(world, { numRuns: 1, seed: 7 })
    if (!same) throw new Error('no sample')
    await sync(mark, [same], 'touched')
    const stamps = () => org.as.admin.db.$queryRaw<
      object[]
    >`SELECT i.xmin::text AS i, l.xmin::text AS l, p.n FROM identity i
      JOIN identity_listing l ON l.identity_id = i.id, (SELECT count(*)::int AS n FROM presence) p
      WHERE i.external_id LIKE ${`${mark}:%`} ORDER BY i.external_id`
    const before = await stamps()
    await sync(mark, [same, same], 'touched')
    expect(before.length).toBeGreaterThan(0)
    expect(await stamps()).toEqual(before)
  })
})

describe('what a sync changes about a known identity', () => {
  const changes = (externalId: string) => org.as.admin.db.$queryRaw<{ before: unknown; after: unknown }[]>`
    SELECT c.before, c.after FROM identity_change c JOIN identity i ON i.id = c.identity_id
    WHERE i.external_id = ${externalId} ORDER BY c.id`

  it('is kept with what was before, but not its first sight nor another use', async () => {
    const mark = randomUUID()
    const one = (more: Partial<IdentityRecord> = {}): NormalisedRecord => ({
      type: 'identity',
      externalId: 'i',
      kind: 'bot',
      name: 'bot',
      status: 'active',
      lastUsedAt: '2026-01-01T00:00:00Z',
      ...more,
    })
    const state = (...list: NormalisedRecord[]): World => ({ one: list, two: [] })
    await sync(mark, [state(one()), state(one({ lastUsedAt: '2026-02-01T00:00:00Z' }))], 'touched')
    expect(await changes(`${mark}:i`)).toEqual([])
    await sync(mark, [state(one({ environment: 'production', status: 'disabled' })), state(), state(one())], 'touched')
    expect(await changes(`${mark}:i`)).toEqual([
      { before: { environment: null, status: 'active' }, after: { environment: 'production', status: 'disabled' } },
      { before: { gone: false }, after: { gone: true } },
      {
        before: { environment: 'production', status: 'disabled', gone: true },
        after: { environment: null, status: 'active', gone: false },
      },
    ])
  })
})

import fc from 'fast-check'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { identityKinds } from '@/lib/connectors/contract'
import type { Context } from '@/lib/platform/context'
import type { Prisma } from '@/lib/platform/db/generated/client'
import { findAnchors } from '@/lib/platform/db/list/find-anchors'
import { countFacets, type ListScope, listRows, readCounts } from '@/lib/platform/db/list/list-rows'
import { closePool } from '@/lib/platform/db/pool'
import { contextOf, warmUp } from '@/lib/platform/testing/context'
import { testDatabase } from '@/lib/platform/testing/database'
import { makeListing } from '../../../prisma/factories/listing'
import { makeMember, makeOrganization } from '../../../prisma/factories/organization'
import type { IdentityFilter } from '../filters'
import { rankOfPrivilege } from '../rules'
import {
  type IdentitySort,
  identitySorts,
  identityStatuses,
  identityTraits,
  ownerFilters,
  privilegeFilters,
} from '../values'
import { identityScope } from './list-identities'
import { identityFacets, instantAt } from './resolve-identity-filter'

/**
 * The list engine against the plainest possible list: every row in memory, filtered, sorted and counted in JavaScript. The data
 * have ties, gaps and clusters (names and ids follow sources), two organizations share the tables, and there are enough rows for
 * every plan of the engine to be taken.
 */
interface Row {
  id: string
  kind: string
  environment: string | null
  status: string
  owner_state: string
  owner_order: string | null
  privilege_rank: number
  source_id: string
  never_expires: boolean
  traits: number
  credential_count: number
  oldest_credential_at: number | null
  next_expiry_at: number | null
  used_order: number | null
  score: number | null
  name_key: string
  search_text: string
}

const size = 16_000
const now = new Date()
let db: pg.Client
let orgId: string
let admin: Context
let member: Context
let sourceIds: string[]
let rows: Row[]
let mine: Set<string>

const instant = (value: Date | number | null) =>
  value === null ? null : typeof value === 'number' ? value : value.getTime()

beforeAll(async () => {
  db = new pg.Client({ connectionString: (await testDatabase()).superuserUrl })
  await db.connect()
  orgId = await makeOrganization(db)
  const other = await makeOrganization(db, 'Other')
  await makeListing(db, other, 4000, now)
  sourceIds = await makeListing(db, orgId, size, now)
  admin = contextOf(orgId, await makeMember(db, orgId, 'admin', 'Ada'))
  const mia = await makeMember(db, orgId, 'member', 'Mia')
  member = contextOf(orgId, mia)
  const owned = await db.query<{ identity_id: string }>(
    `INSERT INTO ownership (org_id, identity_id, owner_key, label, duty, state)
     SELECT org_id, identity_id, k, 'x', 'technical', (ARRAY['suggested', 'assigned', 'confirmed'])[1 + abs(hashtext(identity_id::text)) % 3]
     FROM identity_listing, unnest($2::text[]) k WHERE org_id = $1 AND hashtext(identity_id::text || 'o') % 20 = 0 RETURNING identity_id, state, owner_key`,
    [orgId, [`user:${mia.userId}`]],
  )
  mine = new Set(
    (owned.rows as { identity_id: string; state: string }[])
      .filter(({ state }) => state !== 'suggested')
      .map(({ identity_id }) => identity_id),
  )
  await db.query(
    `UPDATE identity_listing SET score = abs(hashtext(identity_id::text)) % 1001 / 10.0
     WHERE hashtext(identity_id::text || 's') % 5 <> 0`,
  )
  await db.query('VACUUM FULL identity_listing')
  await db.query('VACUUM ANALYZE')
  const found = await db.query(
    `SELECT identity_id AS id, l.*, nullif(used_order, '-infinity') IS NULL AND used_order IS NOT NULL AS never FROM identity_listing l
     WHERE org_id = $1`,
    [orgId],
  )
  rows = found.rows.map((row) => ({
    ...row,
    oldest_credential_at: instant(row.oldest_credential_at),
    next_expiry_at: instant(row.next_expiry_at),
    used_order: row.never ? Number.NEGATIVE_INFINITY : instant(row.used_order),
  }))
  await warmUp(admin)
}, 120_000)

afterAll(async () => {
  await db.end()
  await closePool()
})

const days = (text: string, sign: 1 | -1) => instantAt(now, text, sign).getTime()

/** One test for each filter that is set, in the words of the documentation. */
function tests(filter: IdentityFilter, owned: Set<string>): Record<string, (row: Row) => boolean> {
  const { q, kind, environment, owner, ownedBy, privilege, status, source, trait, age, expiry, used, blast } = filter
  const words = q?.toLowerCase().split(/\s+/) ?? []
  const all: Record<string, ((row: Row) => boolean) | undefined | false> = {
    q:
      q !== undefined &&
      (words.every((word) => word.length < 3)
        ? (row) => row.name_key.startsWith(q.toLowerCase())
        : (row) => words.every((word) => row.search_text.includes(word))),
    kind: kind && ((row) => kind.includes(row.kind as never)),
    environment: environment && ((row) => environment.includes(row.environment ?? 'unknown')),
    owner:
      owner && ((row) => owner.includes(row.owner_state as never) || (owner.includes('mine') && owned.has(row.id))),
    ownedBy: ownedBy && ((row) => ownedBy.some((label) => label.toLowerCase() === row.owner_order)),
    privilege: privilege && ((row) => privilege.some((name) => rankOfPrivilege(name) === row.privilege_rank)),
    status: status ? (row) => status.includes(row.status as never) : (row) => row.status !== 'gone',
    source: source && ((row) => source.includes(row.source_id)),
    trait: trait && ((row) => trait.some((name) => (row.traits & (1 << identityTraits.indexOf(name))) > 0)),
    age: age !== undefined && ((row) => row.oldest_credential_at !== null && row.oldest_credential_at < days(age, -1)),
    expiry:
      expiry !== undefined &&
      ((row) =>
        expiry === 'never'
          ? row.never_expires
          : row.next_expiry_at !== null &&
            row.next_expiry_at <= (expiry === 'expired' ? now.getTime() : days(expiry, 1))),
    used:
      used !== undefined &&
      ((row) =>
        used === 'unknown'
          ? row.used_order === null
          : used === 'never'
            ? row.used_order === Number.NEGATIVE_INFINITY
            : row.used_order !== null && row.used_order < days(used, -1)),
    blast: blast !== undefined && (({ score }) => isScoredSo(score, blast)),
  }
  return Object.fromEntries(Object.entries(all).filter(([, test]) => test)) as Record<string, (row: Row) => boolean>
}

function isScoredSo(score: number | null, blast: string): boolean {
  if (score === null || blast === 'unknown') return score === null && blast === 'unknown'
  const [from = 0, to] = blast.split('-').map(Number)
  return to === undefined ? score > from : score >= from && (score < to || to === 100)
}

const passing = (tests: Record<string, (row: Row) => boolean>, but?: string) => {
  const kept = Object.entries(tests).filter(([name]) => name !== but)
  return (row: Row) => kept.every(([, test]) => test(row))
}

type Sortable = string | number | null

const sortValues: Record<IdentitySort, (row: Row) => Sortable> = {
  name: (row) => row.name_key,
  environment: (row) => row.environment,
  owner: (row) => row.owner_order,
  credentials: (row) => row.credential_count,
  oldest: (row) => row.oldest_credential_at,
  expiry: (row) => row.next_expiry_at,
  lastUsed: (row) => row.used_order,
  privilege: (row) => row.privilege_rank,
  blast: (row) => row.score,
}

function inOrder(found: Row[], sort: IdentitySort, dir: 'asc' | 'desc'): string[] {
  const value = sortValues[sort]
  const sign = dir === 'asc' ? 1 : -1
  const compare = (a: Sortable, b: Sortable) =>
    typeof a === 'string' && typeof b === 'string'
      ? Buffer.compare(Buffer.from(a), Buffer.from(b))
      : Number(a) < Number(b)
        ? -1
        : Number(a) > Number(b)
          ? 1
          : 0
  return found
    .toSorted((a, b) => {
      const [left, right] = [value(a), value(b)]
      if ((left === null) !== (right === null)) return left === null ? 1 : -1
      return sign * (compare(left, right) || compare(a.id, b.id))
    })
    .map(({ id }) => id)
}

const facetValues: Record<string, (row: Row) => string[]> = {
  kind: (row) => [row.kind],
  environment: (row) => [row.environment ?? 'unknown'],
  owner: (row) => [row.owner_state],
  privilege: (row) => [['none', 'read', 'write', 'secret_read', 'admin'][row.privilege_rank] ?? ''],
  status: (row) => [row.status],
  source: (row) => [row.source_id],
  trait: (row) => identityTraits.filter((_, index) => (row.traits & (1 << index)) > 0),
}

const some = <T>(values: readonly T[]) => fc.uniqueArray(fc.constantFrom(...values), { minLength: 1, maxLength: 3 })
const rarely = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined, freq: 3 })
const filters = () =>
  fc.record({
    q: fc.option(
      fc.constantFrom('pay', 'über', 'team 3', 'zz payments', 'a%b', '8', 'ÜBER_', 'nothing at all', 'team zz 1'),
      {
        nil: undefined,
        freq: 2,
      },
    ),
    kind: rarely(some(identityKinds)),
    environment: rarely(some(['production', 'Ünder', 'dev', 'unknown', 'elsewhere'])),
    owner: rarely(some(ownerFilters)),
    ownedBy: fc.option(some(['team 1', 'TEAM 4', 'Team 8', 'nobody']), { nil: undefined, freq: 2 }),
    privilege: rarely(some(privilegeFilters)),
    status: rarely(some(identityStatuses)),
    source: rarely(some([...sourceIds, '00000000-0000-7000-8000-00000000dead'])),
    trait: rarely(some(identityTraits)),
    age: rarely(fc.constantFrom('1d', '90d', '399d')),
    expiry: rarely(fc.constantFrom('expired', 'never', '30d', '300d')),
    used: rarely(fc.constantFrom('never', 'unknown', '90d')),
    blast: rarely(fc.constantFrom('60', '0-30', '30-60', '90-100', 'unknown')),
  })

async function scopeOf(ctx: Context, filter: object): Promise<ListScope> {
  const set = Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined))
  return identityScope(ctx, set, now)
}

describe('the list of identities', () => {
  it.each([
    ['an administrator', 50, () => ({ ctx: admin, sees: () => true, owned: new Set<string>() })],
    ['a member', 20, () => ({ ctx: member, sees: (row: Row) => mine.has(row.id), owned: mine })],
  ])(
    'gives %s the rows, totals and facets of the plainest list',
    async (_who, numRuns, asker) => {
      const { ctx, sees, owned } = asker()
      const page = fc.record({ skip: fc.integer({ min: 0, max: 40 }), limit: fc.integer({ min: 1, max: 200 }) })
      const property = fc.asyncProperty(
        filters(),
        fc.constantFrom(...identitySorts),
        fc.constantFrom('asc' as const, 'desc' as const),
        fc.array(page, { minLength: 1, maxLength: 3 }),
        async (filter, sort, dir, pages) => {
          const scope = await scopeOf(ctx, filter)
          const each = tests(filter as IdentityFilter, owned)
          const seen = rows.filter(sees)
          const expected = inOrder(seen.filter(passing(each)), sort, dir)
          let at = 0
          let cursor: string | undefined
          for (const { skip, limit } of pages) {
            const counts = readCounts(scope)
            const found = await listRows(scope, { sort, direction: dir, cursor, skip, limit }, counts)
            expect(found.ids).toEqual(expected.slice(at + skip, at + skip + limit))
            expect(found).toMatchObject({ total: expected.length, totalIsExact: true })
            expect(found.nextCursor !== null).toBe(expected.length > at + skip + limit)
            if (!found.nextCursor) break
            cursor = found.nextCursor
            at += skip + limit
          }
          const facets = await countFacets(scope, identityFacets([...ownerKeys(ctx)]), readCounts(scope))
          for (const [name, values] of Object.entries(facetValues)) {
            const counts = new Map<string, number>()
            for (const row of seen.filter(passing(each, name))) {
              for (const value of values(row)) counts.set(value, (counts.get(value) ?? 0) + 1)
              if (name === 'owner' && owned.has(row.id)) counts.set('mine', (counts.get('mine') ?? 0) + 1)
            }
            expect(Object.fromEntries((facets[name] ?? []).map(({ value, count }) => [value, count])), name).toEqual(
              Object.fromEntries(counts),
            )
          }
        },
      )
      await fc.assert(property, { numRuns, seed: 7 })
    },
    300_000,
  )

  it('puts an anchor at every n-th row, from which any row is reached', async () => {
    for (const [sort, dir, filter] of [
      ['name', 'asc', {}],
      ['expiry', 'desc', { environment: ['production'] }],
      ['owner', 'asc', { q: 'team' }],
    ] as const) {
      const scope = await scopeOf(admin, filter)
      const expected = inOrder(rows.filter(passing(tests(filter as IdentityFilter, new Set()))), sort, dir)
      const { total, every, anchors } = await findAnchors(scope, { sort, direction: dir })
      expect(total).toBe(expected.length)
      expect(anchors.length).toBe(Math.ceil(total / every))
      for (const row of [0, every - 1, every, 3 * every + 17, total - 1]) {
        const anchor = anchors[Math.floor(row / every)]
        const request = { sort, direction: dir, cursor: anchor?.cursor, skip: row % every, limit: 2 }
        const found = await listRows(scope, request, readCounts(scope))
        expect(found.ids).toEqual(expected.slice(row, row + 2))
      }
    }
  })

  it('walks or looks up, and never reads the whole table, in every order with a filter', async () => {
    const seen: string[] = []
    const watched: Context['sql'] = async <R extends object>(query: Prisma.Sql) => {
      const { text, values } = query
      const plan = await admin.sql<{ 'QUERY PLAN': string }>({ text, values } as never)
      await db.query(`SELECT set_config('app.current_org', $1, false), set_config('role', 'bailiwick_app', false)`, [
        orgId,
      ])
      try {
        const explained = await db.query<{ 'QUERY PLAN': string }>({ text: `EXPLAIN ${text}`, values })
        seen.push(explained.rows.map((row) => row['QUERY PLAN']).join('\n'))
      } finally {
        await db.query(`SELECT set_config('role', 'none', false)`)
      }
      return plan as unknown as R[]
    }
    for (const sort of identitySorts) {
      for (const filter of [
        { kind: ['bot'] },
        { environment: ['production'], used: '90d' },
        { owner: ['none', 'left'] },
      ]) {
        const scope = { ...(await scopeOf(admin, filter)), sql: watched, ledger: undefined } as unknown as ListScope
        await listRows(scope, { sort, direction: 'asc', cursor: undefined, skip: 0, limit: 50 }, readCounts(scope))
      }
    }
    expect(seen.length).toBeGreaterThan(40)
    expect(seen.filter((plan) => /Seq Scan on identity_listing/.test(plan))).toEqual([])
    expect(seen.some((plan) => /Index Only Scan using identity_listing_name_idx/.test(plan))).toBe(true)
  })
})

describe('a search', () => {
  const like = `SELECT identity_id FROM identity_listing WHERE search_text LIKE '%payments31%'`

  it('asks the index of trigrams, which row-level security keeps the application from', async () => {
    const explain = async (role: string) => {
      await db.query(`SELECT set_config('app.current_org', $1, false), set_config('role', $2, false)`, [orgId, role])
      const { rows: lines } = await db.query<{ 'QUERY PLAN': string }>(`EXPLAIN ${like}`)
      await db.query(`SELECT set_config('role', 'none', false)`)
      return lines.find((line) => line['QUERY PLAN'].includes('Index Cond'))?.['QUERY PLAN'] ?? ''
    }
    expect(await explain('bailiwick_search')).toContain('search_text ~~')
    expect(await explain('bailiwick_app')).not.toContain('search_text ~~')
  })

  it('finds nothing of another organization, and nothing without one', async () => {
    const client = new pg.Client({ connectionString: (await testDatabase()).superuserUrl })
    await client.connect()
    const found = async (org: string) => {
      await client.query(
        `SELECT set_config('app.current_org', $1, false), set_config('role', 'bailiwick_app', false)`,
        [org],
      )
      return (await client.query(`SELECT id FROM search_identities('{payments31}', NULL, 20000)`)).rows.map(
        ({ id }) => id,
      )
    }
    const expected = rows.filter((row) => row.search_text.includes('payments31')).map(({ id }) => id)
    expect((await found(orgId)).sort()).toEqual(expected.sort())
    expect(await found('')).toEqual([])
    await client.end()
    const app = new pg.Client({ connectionString: (await testDatabase()).appUrl })
    await app.connect()
    await expect(app.query('SET ROLE bailiwick_search')).rejects.toThrow(/permission denied/)
    await app.end()
  })

  it('says when it stopped counting', async () => {
    const scope = await scopeOf(admin, { q: 'team', status: ['active', 'disabled', 'gone'] })
    const found = await listRows(
      scope,
      { sort: 'name', direction: 'asc', cursor: undefined, skip: 0, limit: 50 },
      readCounts(scope),
    )
    expect(found).toMatchObject({ total: 10_000, totalIsExact: false })
    expect(found.ids).toEqual(inOrder(rows, 'name', 'asc').slice(0, 50))
  })
})

function ownerKeys(ctx: Context): string[] {
  return ctx.actor.kind === 'user' ? [`user:${ctx.actor.id}`] : []
}

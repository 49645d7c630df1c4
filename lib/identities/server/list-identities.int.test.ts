import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Context } from '@/lib/platform/context'
import { closePool } from '@/lib/platform/db/pool'
import { contextOf, warmUp } from '@/lib/platform/testing/context'
import { testDatabase } from '@/lib/platform/testing/database'
import { makeIdentity, makeInventory, makeOwnership } from '../../../prisma/factories/inventory'
import { makeMember, makeOrganization, makeSource, makeTeam } from '../../../prisma/factories/organization'
import { type CredentialQuery, IdentityQuery } from '../filters'
import type { Credential, Identity } from '../schema'
import { credentialSorts, type IdentitySort, identitySorts } from '../values'
import { getOverview } from './get-overview'
import { listCredentials } from './list-credentials'
import { listIdentities } from './list-identities'
import { presentIdentities } from './present-identities'

const size = 120
let db: pg.Client
let orgId: string
let ctx: Context
let teamId: string

beforeAll(async () => {
  db = new pg.Client({ connectionString: (await testDatabase()).superuserUrl })
  await db.connect()
  orgId = await makeOrganization(db)
  const sourceId = await makeSource(db, orgId)
  await makeInventory(db, { orgId, sourceId }, size)
  teamId = await makeTeam(db, orgId, 'Payments')
  ctx = contextOf(orgId, await makeMember(db, orgId, 'security', 'Sam'))
  await warmUp(ctx)
  const otherOrg = await makeOrganization(db, 'Other')
  await makeInventory(db, { orgId: otherOrg, sourceId: await makeSource(db, otherOrg) }, 5)
})

afterAll(async () => {
  await db.end()
  await closePool()
})

async function everyIdentity(context: Context, query: IdentityQuery): Promise<Identity[]> {
  const rows: Identity[] = []
  let cursor: string | undefined
  do {
    const page = await listIdentities(context, { ...query, cursor, limit: 7 })
    rows.push(...page.items)
    cursor = page.nextCursor ?? undefined
  } while (cursor)
  return rows
}

async function everyCredential(query: CredentialQuery): Promise<Credential[]> {
  const rows: Credential[] = []
  let cursor: string | undefined
  do {
    const page = await listCredentials(ctx, { ...query, cursor, limit: 7 })
    rows.push(...page.items)
    cursor = page.nextCursor ?? undefined
  } while (cursor)
  return rows
}

const columns: Partial<Record<IdentitySort, (row: Identity) => string | number | null>> = {
  environment: (row) => row.environment,
  oldest: (row) => row.oldestCredentialAt,
  expiry: (row) => row.nextExpiryAt,
  credentials: (row) => row.credentialCount,
}

describe('listIdentities', () => {
  const cases = identitySorts.flatMap((sort) => (['asc', 'desc'] as const).map((dir) => [sort, dir] as const))

  it.each(cases)('visits every row once by %s %s, known before unknown', async (sort, dir) => {
    const rows = await everyIdentity(ctx, { sort, dir })
    const { total } = await listIdentities(ctx, { sort, dir, limit: 1 })
    expect(total).toBe(size - Math.floor(size / 17))
    expect(rows).toHaveLength(total ?? -1)
    expect(new Set(rows.map(({ id }) => id)).size).toBe(rows.length)
    const column = columns[sort]
    if (!column) return
    const values = rows.map(column)
    const known = values.filter((value) => value !== null)
    expect(values.slice(0, known.length)).toEqual(known)
    const sorted = known.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0))
    expect(known).toEqual(dir === 'asc' ? sorted : sorted.toReversed())
  })

  it('puts never used before the oldest use and unknown last', async () => {
    const rows = await everyIdentity(ctx, { sort: 'lastUsed', dir: 'asc' })
    const states = rows.map((row) => (row.lastUsedAt ? 'used' : row.neverUsed ? 'never' : 'unknown'))
    expect(states).toEqual(states.toSorted((a, b) => order.indexOf(a) - order.indexOf(b)))
    expect(new Set(states)).toEqual(new Set(order))
  })
  const order = ['never', 'used', 'unknown']

  it('neither loses nor repeats rows that stay, while others come and go between pages', async () => {
    const sourceId = (await db.query(`SELECT id FROM source WHERE org_id = $1`, [orgId])).rows[0].id
    const before = await everyIdentity(ctx, { sort: 'name' })
    const first = await listIdentities(ctx, { sort: 'name', limit: 20 })
    const added = await makeIdentity(db, { orgId, sourceId }, { name: 'aaa-new' })
    const rest: Identity[] = []
    let cursor = first.nextCursor
    while (cursor) {
      const page = await listIdentities(ctx, { sort: 'name', cursor, limit: 20 })
      rest.push(...page.items)
      cursor = page.nextCursor
    }
    await db.query(`DELETE FROM identity WHERE id = $1`, [added])
    const seen = [...first.items, ...rest].map(({ id }) => id)
    expect(seen).toEqual(before.map(({ id }) => id))
  })

  it.each(['kind', 'environment', 'owner', 'privilege', 'status', 'source'] as const)(
    'counts for each value of %s as many rows as its filter leaves, whatever else is filtered',
    async (dimension) => {
      for (const base of [{}, { environment: ['production', 'unknown'] }, { q: 'svc-', used: '60d' }, { age: '90d' }]) {
        const { facets } = await listIdentities(ctx, base)
        const counts = facets?.[dimension] ?? []
        if (Object.keys(base).length === 0) expect(counts.length).toBeGreaterThan(0)
        for (const { value, count } of counts) {
          const query = IdentityQuery.parse({ [dimension]: value })
          const { total } = await listIdentities(ctx, { ...base, ...query })
          expect({ dimension, value, count: total }).toEqual({ dimension, value, count })
        }
      }
    },
  )

  it('finds part of a name or id from three characters on, and takes signs literally', async () => {
    const total = async (q: string) => (await listIdentities(ctx, { q })).total
    expect(await total('user/11')).toBe(await countRows(`external_id LIKE '%user/11%'`))
    expect(await total('ÜBER')).toBe(await countRows(`name LIKE '%Über%'`))
    expect(await total('a_b')).toBe(await countRows(`name LIKE '%a\\_b%'`))
    expect(await total('a%b')).toBe(0)
    expect(await total('user.11')).toBe(0)
    expect(await total('user/11 svc arn:aws')).toBe(
      await countRows(`name ILIKE '%svc%' AND external_id LIKE '%user/11%' AND external_id LIKE '%arn:aws%'`),
    )
    expect(await total('sv')).toBe(await countRows('true'))
    expect(await total('vc')).toBe(0)
  })

  async function countRows(where: string): Promise<number> {
    const { rows } = await db.query(
      `SELECT count(*)::int AS n FROM identity WHERE org_id = $1 AND deleted_at IS NULL AND ${where}`,
      [orgId],
    )
    return rows[0].n
  }

  it('counts again what a change of instants or names moves, though it moves no combination', async () => {
    const total = async (query: IdentityQuery) => (await listIdentities(ctx, query)).total
    const change = async (set: string, where: string) =>
      (
        await db.query(`UPDATE identity_listing SET ${set} WHERE org_id = $1 AND status <> 'gone' AND ${where}`, [
          orgId,
        ])
      ).rowCount ?? 0
    const before = await total({ used: '90d' })
    expect(await total({ used: '90d' })).toBe(before)
    const moved = await change(`used_order = now() - interval '91 days'`, `used_order > now() - interval '80 days'`)
    expect(moved).toBeGreaterThan(0)
    expect(await total({ used: '90d' })).toBe((before ?? 0) + moved)
    expect(await total({ q: 'quicksilver' })).toBe(0)
    const named = await change(`search_text = search_text || ' quicksilver'`, `used_order IS NULL`)
    expect(named).toBeGreaterThan(0)
    expect(await total({ q: 'quicksilver' })).toBe(named)
  })

  it('refuses a cursor of another sort, of another organization, and an edited one', async () => {
    const { nextCursor } = await listIdentities(ctx, { sort: 'name', limit: 5 })
    const cursor = nextCursor ?? ''
    await expect(listIdentities(ctx, { sort: 'expiry', cursor })).rejects.toMatchObject({ code: 'invalid_input' })
    await expect(listIdentities(ctx, { sort: 'name', dir: 'desc', cursor })).rejects.toMatchObject({
      code: 'invalid_input',
    })
    await expect(listIdentities(ctx, { sort: 'name', cursor: `${cursor}x` })).rejects.toMatchObject({
      code: 'invalid_input',
    })
  })

  it('shows a member what they or their teams answer for, suggestions excepted, with the same facets', async () => {
    const member = await makeMember(db, orgId, 'member', 'Mia')
    const mine = contextOf(orgId, member, [teamId])
    expect((await listIdentities(mine, {})).total).toBe(0)
    const { items } = await listIdentities(ctx, { sort: 'name', limit: 4 })
    const [a, b, c] = items
    await makeOwnership(db, orgId, a?.id ?? '', { owner_key: `user:${member.userId}`, state: 'confirmed' })
    await makeOwnership(db, orgId, b?.id ?? '', { owner_key: `team:${teamId}`, state: 'assigned' })
    await makeOwnership(db, orgId, c?.id ?? '', { owner_key: `user:${member.userId}`, state: 'suggested' })
    const page = await listIdentities(mine, {})
    expect(page.items.map(({ id }) => id).toSorted()).toEqual([a?.id, b?.id].toSorted())
    expect(page.total).toBe(2)
    expect(page.facets?.kind.reduce((sum, { count }) => sum + count, 0)).toBe(2)
    expect(page.facets?.owner.find(({ value }) => value === 'mine')?.count).toBe(2)
    expect(page.items.every(({ can }) => can.confirmOwner && can.transferOwner && !can.assignOwner)).toBe(true)
    const asSecurity = await listIdentities(ctx, { owner: ['mine'] })
    expect(asSecurity.total).toBe(0)
  })

  it('counts what is mine again as ownerships come and go, and when one ends by the clock, though no listed row changes', async () => {
    const sue = await makeMember(db, orgId, 'security', 'Sue')
    const asked = contextOf(orgId, sue)
    const mine = async () =>
      (await listIdentities(asked, {})).facets?.owner.find(({ value }) => value === 'mine')?.count
    const sourceId = await makeSource(db, orgId, 'aws', 'of-sue')
    const place = { orgId, sourceId }
    const [a, b, c] = [await makeIdentity(db, place), await makeIdentity(db, place), await makeIdentity(db, place)]
    const own = { owner_key: `user:${sue.userId}`, label: 'Sue', state: 'confirmed' } as const
    expect(await mine()).toBeUndefined()
    await makeOwnership(db, orgId, a, own)
    expect(await mine()).toBe(1)
    await makeOwnership(db, orgId, b, { ...own, valid_until: new Date(Date.now() + 700) })
    const stated = await makeOwnership(db, orgId, c, own)
    expect(await mine()).toBe(3)
    await expect.poll(mine, { timeout: 5000 }).toBe(2)
    // Until its end is recorded, the row is listed under whom it was.
    expect((await presentIdentities(asked, [b]))[0]?.owner.first?.label).toBe('Sue')
    const change = (state: string) =>
      db.query('UPDATE ownership SET state = $3 WHERE org_id = $1 AND id = $2', [orgId, stated, state])
    await change('suggested')
    expect(await mine()).toBe(1)
    await change('confirmed')
    expect(await mine()).toBe(2)
  })

  it('counts those who answer once each, and apart from those who are only suggested', async () => {
    const orgId = await makeOrganization(db, 'Counted')
    const id = await makeIdentity(db, { orgId, sourceId: await makeSource(db, orgId) })
    const teamId = await makeTeam(db, orgId, 'Team')
    const ann = await makeMember(db, orgId, 'member', 'Ann')
    const key = `user:${ann.userId}`
    await makeOwnership(db, orgId, id, { owner_key: key, label: 'Ann', state: 'confirmed' })
    await makeOwnership(db, orgId, id, { owner_key: key, label: 'Ann', state: 'assigned', duty: 'business' })
    await makeOwnership(db, orgId, id, {
      owner_key: `team:${teamId}`,
      label: 'Team',
      state: 'confirmed',
      duty: 'backup',
    })
    await makeOwnership(db, orgId, id, { owner_key: 'hint:someone', label: 'someone', state: 'suggested' })
    const [counted] = await presentIdentities(contextOf(orgId, await makeMember(db, orgId, 'security', 'Sue')), [id])
    expect(counted?.owner).toEqual({
      state: 'confirmed',
      first: { label: 'Ann', kind: 'person', state: 'confirmed' },
      count: 1,
      suggested: 1,
    })
  })
})

describe('listCredentials', () => {
  const cases = credentialSorts.flatMap((sort) => (['asc', 'desc'] as const).map((dir) => [sort, dir] as const))

  it.each(cases)('visits every row once by %s %s', async (sort, dir) => {
    const rows = await everyCredential({ sort, dir })
    const { total } = await listCredentials(ctx, { sort, dir })
    expect(total).toBeGreaterThan(80)
    expect(new Set(rows.map(({ id }) => id)).size).toBe(total)
    expect(rows).toHaveLength(total ?? -1)
  })

  it('counts for each value as many rows as its filter leaves', async () => {
    for (const base of [{}, { age: '90d' }, { q: 'key-1' }]) {
      const { facets } = await listCredentials(ctx, base)
      for (const dimension of ['type', 'status', 'environment', 'expiry', 'holder'] as const) {
        for (const { value, count } of facets?.[dimension] ?? []) {
          const filter = dimension === 'expiry' ? { expiry: value } : { [dimension]: [value] }
          const { total } = await listCredentials(ctx, { ...base, ...filter })
          expect({ dimension, value, count: total }).toEqual({ dimension, value, count })
        }
      }
    }
  })
})

describe('getOverview', () => {
  it('gives numbers that their lists have as totals', async () => {
    const overview = await getOverview(ctx)
    expect(overview.identityTotal).toBe((await listIdentities(ctx, {})).total)
    expect(overview.credentialTotal).toBe((await listCredentials(ctx, {})).total)
    expect(overview.questions).toHaveLength(9)
    for (const { id, list, query, count } of overview.questions) {
      const { CredentialQuery: Credentials } = await import('../filters')
      const { total } =
        list === 'identities'
          ? await listIdentities(ctx, IdentityQuery.parse(query))
          : await listCredentials(ctx, Credentials.parse(query))
      expect({ id, count: total }).toEqual({ id, count })
    }
    expect(overview.questions.filter(({ count }) => count > 0).length).toBeGreaterThan(7)
  })

  it('tells apart who is excepted from a rule, as lists and ages do, until the exception ends', async () => {
    const countsOf = async () => {
      const { questions } = await getOverview(ctx)
      return Object.fromEntries(questions.map((question) => [question.id, question]))
    }
    const except = (rule: string, ids: string[], days: number) =>
      db.query(
        `UPDATE identity SET exclusions = jsonb_build_array(jsonb_build_object('rule', $3::text, 'reason', 'agreed',
           'until', to_char(now() + make_interval(days => $4::int), 'YYYY-MM-DD"T"HH24:MI:SS"Z"')))
         WHERE org_id = $1 AND id = ANY ($2)`,
        [orgId, ids, rule, days],
      )
    const before = await countsOf()
    const overdue = await everyCredential({ age: '90d' })
    const holder = overdue.find(({ identity }) => identity)?.identity?.id ?? ''
    const held = overdue.filter(({ identity }) => identity?.id === holder).length
    const unowned = (await everyIdentity(ctx, { owner: ['none'] })).filter(({ id }) => id !== holder).slice(0, 3)
    await except('rotation', [holder], 30)
    await except(
      'ownership',
      unowned.map(({ id }) => id),
      30,
    )
    const after = await countsOf()
    expect(after.overdue).toMatchObject({ count: (before.overdue?.count ?? 0) - held, excepted: held })
    expect(after.unowned).toMatchObject({ count: (before.unowned?.count ?? 0) - 3, excepted: 3 })
    expect(after.expired).toEqual(before.expired)
    expect((await listIdentities(ctx, IdentityQuery.parse(after.unowned?.query))).total).toBe(after.unowned?.count)
    const shown = await everyCredential({ age: '90d', notExcepted: ['rotation'] })
    expect(shown).toHaveLength(after.overdue?.count ?? -1)
    expect(
      (await everyCredential({ excepted: ['rotation', 'usage'] })).every(({ identity }) => identity?.id === holder),
    ).toBe(true)
    const [listed] = await everyIdentity(ctx, { excepted: ['rotation'] })
    expect(listed).toMatchObject({ id: holder, excepted: { rotation: expect.any(String) } })
    const ids = (await everyIdentity(ctx, { excepted: ['ownership'], sort: 'blast' })).map(({ id }) => id)
    expect(ids.toSorted()).toEqual(unowned.map(({ id }) => id).toSorted())
    await except('rotation', [holder], -1)
    await except(
      'ownership',
      unowned.map(({ id }) => id),
      -1,
    )
    expect(await countsOf()).toEqual(before)
    expect((await listIdentities(ctx, { excepted: ['rotation', 'ownership'] })).total).toBe(0)
  })
})

import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Context } from '@/lib/platform/context'
import { closePool } from '@/lib/platform/db/pool'
import { readCsv } from '@/lib/platform/files/read-csv'
import { unguardFormula } from '@/lib/platform/files/write-csv'
import { handlerOf } from '@/lib/platform/http/handle'
import { contextOf, warmUp } from '@/lib/platform/testing/context'
import { testDatabase } from '@/lib/platform/testing/database'
import { makeCredential, makeIdentity, makeInventory, makeOwnership } from '../../../prisma/factories/inventory'
import { type MadeMember, makeMember, makeOrganization, makeSource } from '../../../prisma/factories/organization'
import { identityExportColumns } from '../values'
import { exportCredentialsEndpoint, exportIdentitiesEndpoint } from './endpoints'
import { listCredentials } from './list-credentials'
import { listIdentities } from './list-identities'

const size = 90
const attack = '=HYPERLINK("http://x","a");+1'
let db: pg.Client
let orgId: string
let security: Context
let mia: MadeMember
let member: Context
let foreign: Context
let owned: string
const limits = { bytes: 1e7, rows: 10_000, cellCharacters: 10_000, malformedListed: 10 } as never

beforeAll(async () => {
  db = new pg.Client({ connectionString: (await testDatabase()).superuserUrl })
  await db.connect()
  orgId = await makeOrganization(db)
  const place = { orgId, sourceId: await makeSource(db, orgId) }
  await makeInventory(db, place, size)
  mia = await makeMember(db, orgId, 'member', 'Mia')
  owned = await makeIdentity(db, place, { name: attack, kind: 'bot' })
  await makeOwnership(db, orgId, owned, { owner_key: `user:${mia.userId}`, state: 'assigned' })
  await makeCredential(db, place, { identity_id: owned, name: '@SUM(1)', never_expires: true, never_used: true })
  security = contextOf(orgId, await makeMember(db, orgId, 'security', 'Sam'))
  member = contextOf(orgId, mia)
  const other = await makeOrganization(db, 'Other')
  foreign = contextOf(other, await makeMember(db, other, 'admin', 'Zed'))
  await warmUp(security)
})

afterAll(async () => {
  await db.end()
  await closePool()
})

function get(ctx: Context, query: string, endpoint = exportIdentitiesEndpoint) {
  const request = new Request(`http://localhost:3000${endpoint.path}${query}`)
  return handlerOf(endpoint, async () => ctx)(request, { params: Promise.resolve({}) })
}
const trail = async (action: string) =>
  (
    await db.query(`SELECT after FROM audit_event WHERE org_id = $1 AND action = $2 ORDER BY seq DESC LIMIT 1`, [
      orgId,
      action,
    ])
  ).rows[0]?.after

describe('an export of identities', () => {
  it('is the list, in its order, in each format', async () => {
    const listed = await listIdentities(security, { sort: 'oldest', dir: 'desc', status: ['active'], limit: 200 })
    const names = listed.items.map(({ id }) => id)
    const query = '?sort=oldest&dir=desc&status=active'
    const csv = await get(security, query)
    expect(csv.headers.get('content-type')).toContain('text/csv')
    expect(csv.headers.get('content-disposition')).toMatch(/^attachment; filename="bailiwick-identities-[\d-]+\.csv"$/)
    expect(csv.headers.get('x-total-count')).toBe(String(names.length))
    const { header, rows } = readCsv('x', await csv.text(), limits)
    expect(header).toEqual([...identityExportColumns])
    expect(rows.map(({ cells }) => cells.id)).toEqual(names)
    const json = await (await get(security, `${query}&format=json`)).json()
    expect(json.map(({ id }: { id: string }) => id)).toEqual(names)
    const lines = (await (await get(security, `${query}&format=ndjson&columns=id,lastUsed`)).text()).trim().split('\n')
    expect(lines.map((line) => JSON.parse(line))).toEqual(
      listed.items.map(({ id, lastUsedAt, neverUsed }) => ({
        id,
        lastUsed: lastUsedAt ?? (neverUsed ? 'never' : null),
      })),
    )
  })

  it('leaves one line in the trail, with its filter and how many rows it had', async () => {
    const response = await get(security, '?kind=bot&columns=name,owner&format=csv&bom=yes')
    const bytes = new Uint8Array(await response.arrayBuffer())
    expect([...bytes.slice(0, 3)]).toEqual([0xef, 0xbb, 0xbf])
    expect(await trail('identity.export')).toEqual({
      filter: { kind: ['bot'] },
      sort: 'name',
      dir: 'asc',
      format: 'csv',
      columns: ['name', 'owner'],
      rows: 1,
      isComplete: true,
    })
  })

  it('that is broken off says so', async () => {
    const reader = (await get(security, '?format=csv')).body?.getReader()
    await reader?.read()
    await reader?.cancel()
    await expect.poll(() => trail('identity.export')).toMatchObject({ isComplete: false, rows: expect.any(Number) })
  })

  it('runs no formula, and comes back as it was', async () => {
    const text = await (await get(security, '?kind=bot&columns=name')).text()
    expect(text).toBe(`name\r\n"'${attack.replaceAll('"', '""').replace(';+', ";'+")}"\r\n`)
    const [row] = readCsv('x', text, limits).rows
    expect(unguardFormula(row?.cells.name ?? '')).toBe(attack)
  })

  it('holds what the caller may see, and nothing of another organization', async () => {
    const ids = async (ctx: Context) =>
      (await (await get(ctx, '?columns=id&format=json')).json()).map(({ id }: { id: string }) => id)
    expect(await ids(member)).toEqual([owned])
    expect(await ids(foreign)).toEqual([])
    expect((await ids(security)).length).toBe((await listIdentities(security, { limit: 1 })).total)
  })

  it('refuses columns and formats that there are not', async () => {
    for (const query of ['?columns=id,secret', '?format=xlsx', '?cursor=x', '?limit=5']) {
      expect((await get(security, query)).status).toBe(400)
    }
  })
})

describe('an export of credentials', () => {
  it('is the list, and never a secret', async () => {
    const listed = await listCredentials(security, { sort: 'expiry', limit: 200 })
    const text = await (await get(security, '?sort=expiry', exportCredentialsEndpoint)).text()
    const { rows } = readCsv('x', text, limits)
    expect(rows.map(({ cells }) => cells.id)).toEqual(listed.items.map(({ id }) => id))
    const own = rows.find(({ cells }) => cells.identityId === owned)?.cells
    expect(own).toMatchObject({ name: "'@SUM(1)", expiry: 'never', lastUsed: 'never', issued: '' })
    const mine = await (await get(member, '?columns=identityId&format=json', exportCredentialsEndpoint)).json()
    expect(mine).toEqual([{ identityId: owned }])
    expect(await trail('credential.export')).toMatchObject({ rows: 1, isComplete: true })
  })
})

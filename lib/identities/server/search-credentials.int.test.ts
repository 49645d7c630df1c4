import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { Context } from '@/lib/platform/context'
import { fingerprint } from '@/lib/platform/crypto/fingerprint'
import { closePool } from '@/lib/platform/db/pool'
import { handlerOf } from '@/lib/platform/http/handle'
import { log } from '@/lib/platform/telemetry/log'
import { contextOf, warmUp } from '@/lib/platform/testing/context'
import { testDatabase } from '@/lib/platform/testing/database'
import { makeCredential, makeIdentity, makeOwnership } from '../../../prisma/factories/inventory'
import { makeMember, makeOrganization, makeSource } from '../../../prisma/factories/organization'
import { searchCredentialsEndpoint } from './endpoints'
import { listIdentitySightings } from './list-identity-sightings'
import { searchCredentials } from './search-credentials'

let db: pg.Client
let orgId: string
let security: Context
let member: Context
let foreign: Context
const secret = `canary_${randomBytes(24).toString('base64url')}`
let owned: string
let key: string

beforeAll(async () => {
  db = new pg.Client({ connectionString: (await testDatabase()).superuserUrl })
  await db.connect()
  orgId = await makeOrganization(db)
  const place = { orgId, sourceId: await makeSource(db, orgId) }
  const mia = await makeMember(db, orgId, 'member', 'Mia')
  security = contextOf(orgId, await makeMember(db, orgId, 'security', 'Sam'))
  member = contextOf(orgId, mia)
  owned = await makeIdentity(db, place, { name: 'deployer' })
  const other = await makeIdentity(db, place, { name: 'billing' })
  await makeOwnership(db, orgId, owned, { owner_key: `user:${mia.userId}`, label: 'Mia', state: 'confirmed' })
  const end = secret.slice(-4)
  key = await makeCredential(db, place, { identity_id: owned, fingerprint: fingerprint(secret), last_four: end })
  await makeCredential(db, place, { identity_id: other, last_four: end, type: 'password' })
  await makeCredential(db, place, { identity_id: other, external_id: 'AKIAIOSFODNN7EXAMPLE', type: 'access_token' })
  await db.query(
    `INSERT INTO sighting (org_id, source_id, external_id, name, place, about_type, about_ref, fingerprint)
     VALUES ($1, $2, 'pod/x', 'TOKEN', 'environment variable of container x', 'identity', 'pod', $3)`,
    [orgId, place.sourceId, fingerprint(secret)],
  )
  const elsewhere = await makeOrganization(db, 'Other')
  foreign = contextOf(elsewhere, await makeMember(db, elsewhere, 'admin', 'Zed'))
  await warmUp(security)
})

afterAll(async () => {
  await db.end()
  await closePool()
})

describe('a leaked key', () => {
  it('is found by its value with holder, owners, state and the places where it was seen', async () => {
    const found = await searchCredentials(security, { value: `TOKEN="${secret}"\n` })
    expect(found.items).toMatchObject([
      {
        credential: { id: key, status: 'active', identity: { name: 'deployer' } },
        certainty: 'exact',
        owners: [{ label: 'Mia' }],
      },
    ])
    expect(found.sightings).toMatchObject([{ name: 'TOKEN', about: { ref: 'pod' } }])
  })

  it('is found by fingerprint, by the id of its system, and by its last four characters', async () => {
    const ids = async (input: Parameters<typeof searchCredentials>[1]) =>
      (await searchCredentials(security, input)).items.map(({ credential, certainty }) => [
        credential.identity?.name,
        certainty,
      ])
    expect(await ids({ fingerprint: fingerprint(secret) })).toEqual([['deployer', 'exact']])
    expect(await ids({ value: 'AKIAIOSFODNN7EXAMPLE' })).toEqual([['billing', 'exact']])
    const lastFour = secret.slice(-4)
    expect((await ids({ lastFour })).toSorted()).toEqual([
      ['billing', 'possible'],
      ['deployer', 'possible'],
    ])
    expect(await ids({ lastFour, type: 'password' })).toEqual([['billing', 'possible']])
    expect((await ids({ value: `another-key-of-that-end-${lastFour}` })).length).toBe(2)
  })

  it('is nobody’s where it is not known, or not the caller’s to see', async () => {
    expect(await searchCredentials(security, { value: 'no-such-key-anywhere' })).toMatchObject({
      items: [],
      sightings: [],
    })
    expect(await searchCredentials(foreign, { value: secret })).toMatchObject({ items: [], sightings: [] })
    const found = await searchCredentials(member, { lastFour: secret.slice(-4) })
    expect(found.items.map(({ credential }) => credential.id)).toEqual([key])
    expect(found.sightings).toEqual([])
  })

  it('takes exactly one way to tell it', async () => {
    await expect(searchCredentials(security, {})).rejects.toThrow(/one of value/)
    await expect(searchCredentials(security, { value: secret, lastFour: 'abcd' })).rejects.toThrow(/one of value/)
  })
})

describe('what was pasted', () => {
  const send = (body: unknown, headers: Record<string, string> = {}) =>
    handlerOf(searchCredentialsEndpoint, async () => security)(
      new Request('http://localhost:3000/api/v1/credentials/lookup', {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }),
      { params: Promise.resolve({}) },
    )

  it('stands in no answer, log line, table or trail, and no digest of it does', async () => {
    const lines: unknown[] = []
    const spies = (['info', 'warn', 'error'] as const).map((level) =>
      vi.spyOn(log, level).mockImplementation((...line: unknown[]) => void lines.push(line)),
    )
    const answers = [
      await send({ value: secret }, { 'idempotency-key': 'look-up-1' }),
      await send({ value: secret, lastFour: secret }),
      await send({ value: secret.repeat(2000) }),
      await send(`{"value": "${secret}`),
    ]
    for (const spy of spies) spy.mockRestore()
    expect(answers.map(({ status }) => status)).toEqual([200, 400, 400, 400])
    const told = [...(await Promise.all(answers.map((answer) => answer.text()))), JSON.stringify(lines, allOfError)]
    expect(told.filter((text) => text.includes(secret))).toEqual([])
    expect(lines).toHaveLength(4)

    const { rows: tables } = await db.query<{ name: string }>(
      `SELECT quote_ident(table_name) AS name FROM information_schema.tables
       WHERE table_schema = 'public' AND table_type = 'BASE TABLE'`,
    )
    expect(tables.length).toBeGreaterThan(20)
    for (const { name } of tables) {
      const { rows } = await db.query(`SELECT count(*)::int AS n FROM ${name} t WHERE t::text LIKE '%' || $1 || '%'`, [
        secret,
      ])
      expect([name, rows[0].n]).toEqual([name, 0])
    }
    const { rows } = await db.query(`SELECT count(*)::int AS n FROM idempotency_key WHERE org_id = $1`, [orgId])
    expect(rows[0].n).toBe(0)
    const trail = await db.query(
      `SELECT target_label, after FROM audit_event WHERE org_id = $1 AND action = 'credential.lookup' ORDER BY seq DESC LIMIT 1`,
      [orgId],
    )
    expect(trail.rows).toMatchObject([
      { after: { by: 'value', certainty: 'exact', found: [{ id: key }], sightings: 1 } },
    ])
  })
})

/** What a logger would write of an error. */
function allOfError(_key: string, value: unknown) {
  if (!(value instanceof Error)) return value
  return { message: value.message, stack: value.stack, cause: value.cause }
}

describe('listIdentitySightings', () => {
  it('tells of its credentials and of what it holds, and not of what one of the same name holds elsewhere', async () => {
    const place = { orgId, sourceId: await makeSource(db, orgId, 'kubernetes', 'eu') }
    const other = { orgId, sourceId: await makeSource(db, orgId, 'kubernetes', 'us') }
    const id = await makeIdentity(db, place, { name: 'till', external_id: 'serviceaccount:shop:till' })
    await makeIdentity(db, other, { name: 'till', external_id: 'serviceaccount:shop:till' })
    await makeCredential(db, place, { identity_id: id, fingerprint: fingerprint(`${secret}x`) })
    const see = (sourceId: string, name: string, about: string | null, print: string | null) =>
      db.query(
        `INSERT INTO sighting (org_id, source_id, external_id, name, place, about_type, about_ref, fingerprint)
         VALUES ($1, $2, $3, $3, 'somewhere', $4, $5, $6)`,
        [orgId, sourceId, name, about && 'identity', about, print],
      )
    await see(place.sourceId, 'held', 'serviceaccount:shop:till', null)
    await see(other.sourceId, 'of the other', 'serviceaccount:shop:till', null)
    await see(other.sourceId, 'leaked', null, fingerprint(`${secret}x`))
    const { items } = await listIdentitySightings(security, { id })
    expect(items.map(({ name }) => name).sort()).toEqual(['held', 'leaked'])
    expect((await listIdentitySightings(security, { id: owned })).items.map(({ name }) => name)).toEqual(['TOKEN'])
    await expect(listIdentitySightings(member, { id })).rejects.toMatchObject({ code: 'forbidden' })
    await expect(listIdentitySightings(foreign, { id })).rejects.toMatchObject({ code: 'not_found' })
  })
})

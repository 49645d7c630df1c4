import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Reader, readerFor } from '../db/client'
import { closePool } from '../db/pool'
import { tenantOf } from '../db/tenant'
import { testDatabase } from '../testing/database'
import { planQuery } from './plan'
import type { Asker } from './principal'

let db: Reader
const ids: Record<string, string> = {}

/** An organization with two people, a team, and one identity for each way of being or not being owned. */
beforeAll(async () => {
  const client = new pg.Client({ connectionString: (await testDatabase()).superuserUrl })
  await client.connect()
  const id = async (sql: string, ...values: unknown[]): Promise<string> => (await client.query(sql, values)).rows[0].id
  const org = await id(
    `INSERT INTO organization (name, slug) VALUES ('Plan', 'plan-' || gen_random_uuid()) RETURNING id`,
  )
  for (const name of ['mia', 'ada']) {
    ids[name] = await id(
      `INSERT INTO user_account (email, name) VALUES ($1 || gen_random_uuid() || '@example.org', $1) RETURNING id`,
      name,
    )
    const membership = await id(
      `INSERT INTO membership (org_id, user_id, role) VALUES ($1, $2, 'member') RETURNING id`,
      org,
      ids[name],
    )
    await id(
      `INSERT INTO api_key (org_id, name, prefix, last_four, token_hash, scopes, owner_id, expires_at)
       VALUES ($1, $2, 'bw', '0000', gen_random_uuid(), '{}', $3, now()) RETURNING id`,
      org,
      `key of ${name}`,
      membership,
    )
    await id(
      `INSERT INTO session (user_id, method, expires_at, user_agent) VALUES ($1, 'password', now(), 'plan test') RETURNING id`,
      ids[name],
    )
  }
  const source = await id(
    `INSERT INTO source (org_id, system, instance, name) VALUES ($1, 'csv', 'plan', 'plan') RETURNING id`,
    org,
  )
  const owners = {
    'by mia': [`user:${ids.mia}`, 'confirmed'],
    'suggested to mia': [`user:${ids.mia}`, 'suggested'],
    'by team': ['team:payments', 'confirmed'],
    'by ada': [`user:${ids.ada}`, 'confirmed'],
    orphan: null,
  }
  for (const [name, owner] of Object.entries(owners)) {
    const identity = await id(
      `INSERT INTO identity (org_id, source_id, external_id, kind, name, status)
       VALUES ($1, $2, $3, 'bot', $3, 'active') RETURNING id`,
      org,
      source,
      name,
    )
    await id(
      `INSERT INTO credential (org_id, source_id, external_id, identity_id, type, name, status)
       VALUES ($1, $2, $3, $4, 'api_key', $3, 'active') RETURNING id`,
      org,
      source,
      name,
      identity,
    )
    if (owner) {
      await id(
        `INSERT INTO ownership (org_id, identity_id, owner_key, label, duty, state, confirmed_at, confirmed_by)
         VALUES ($1, $2, $3, 'x', 'technical', $4, now(), 'x') RETURNING id`,
        org,
        identity,
        ...owner,
      )
    }
  }
  await client.end()
  db = readerFor(tenantOf(org))
})

afterAll(() => closePool())

const as = (role: string): Asker => ({ kind: 'user', id: ids.mia ?? '', role, teamIds: ['payments'] })
const named = (rows: { name: string }[]) => rows.map(({ name }) => name).sort()

describe('planQuery', () => {
  it('shows a member the identities that they or their teams own, suggestions excepted', async () => {
    const { kind, where } = await planQuery(as('member'), 'list', 'identity')
    expect(kind).toBe('where')
    expect(named(await db.identity.findMany({ where }))).toEqual(['by mia', 'by team'])
  })

  it('shows a member the credentials of those identities', async () => {
    const { where } = await planQuery(as('member'), 'list', 'credential')
    expect(named(await db.credential.findMany({ where }))).toEqual(['by mia', 'by team'])
  })

  it('shows a member their own API keys', async () => {
    const { where } = await planQuery(as('member'), 'list', 'api_key')
    expect(named(await db.apiKey.findMany({ where }))).toEqual(['key of mia'])
  })

  it('shows a member their own sessions', async () => {
    const { where } = await planQuery(as('member'), 'list', 'session')
    const rows = await db.session.findMany({ where: { AND: [where, { userAgent: 'plan test' }] } })
    expect(rows.map((row) => row.userId)).toEqual([ids.mia])
  })

  it('shows the other roles everything, and a member no imports', async () => {
    for (const role of ['admin', 'security', 'reviewer', 'auditor']) {
      expect(await planQuery(as(role), 'list', 'identity')).toMatchObject({ kind: 'always', where: {} })
    }
    expect(await planQuery(as('member'), 'list', 'import')).toMatchObject({ kind: 'never', where: {} })
    expect(await planQuery(as('admin'), 'list', 'spaceship')).toMatchObject({ kind: 'never' })
  })

  it('narrows an API key to its scopes', async () => {
    const key = (...scopes: string[]): Asker => ({
      kind: 'api_key',
      id: 'k',
      ownerId: 'o',
      role: 'admin',
      teamIds: [],
      scopes,
    })
    expect((await planQuery(key('inventory:read'), 'list', 'identity')).kind).toBe('always')
    expect((await planQuery(key('inventory:write'), 'list', 'identity')).kind).toBe('always')
    expect((await planQuery(key('audit:read'), 'list', 'identity')).kind).toBe('never')
    expect((await planQuery(key(), 'list', 'api_key')).kind).toBe('never')
  })

  it('discards imports only for their author', async () => {
    const { where } = await planQuery(as('security'), 'delete', 'import')
    expect(where).toEqual({ createdBy: { in: [ids.mia, ids.mia] } })
  })
})

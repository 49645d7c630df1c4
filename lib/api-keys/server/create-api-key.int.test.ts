import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { resolveApiKey } from '@/lib/platform/auth/api-key-actor'
import { makeContext } from '@/lib/platform/context'
import { closePool } from '@/lib/platform/db/pool'
import { testDatabase } from '@/lib/platform/testing/database'
import { type FoundedOrganization, makeFoundedOrganization } from '@/prisma/factories/membership'
import type { CreateApiKeyInput } from '../schema'
import { createApiKey } from './create-api-key'
import { getApiKey } from './get-api-key'
import { listApiKeys } from './list-api-keys'
import { revokeApiKey } from './revoke-api-key'

let superuser: pg.Client
let org: FoundedOrganization
beforeAll(async () => {
  superuser = new pg.Client({ connectionString: (await testDatabase()).superuserUrl })
  await superuser.connect()
  org = await makeFoundedOrganization('Keys')
})
afterAll(async () => {
  await superuser.end()
  await closePool()
})

const days = (count: number) => new Date(Date.now() + count * 86_400_000).toISOString()
const input = (more: Partial<CreateApiKeyInput> = {}): CreateApiKeyInput => ({
  name: 'deploy-bot',
  scopes: ['inventory:read', 'imports:write'],
  expiresAt: days(30),
  ...more,
})

describe('createApiKey', () => {
  it('tells the token once and keeps only its hash', async () => {
    const ctx = await org.join('security')
    const { apiKey, token } = await createApiKey(ctx, input())
    expect(token).toMatch(/^bwk_[0-9a-f]{8}_[A-Za-z0-9_-]{43}$/)
    expect(token.startsWith(`${apiKey.prefix}_`)).toBe(true)
    expect(token.endsWith(apiKey.lastFour)).toBe(true)
    expect(apiKey).toMatchObject({
      state: 'active',
      lastUsedAt: null,
      can: { revoke: true },
      owner: { isActive: true },
    })
    const secret = token.split('_').slice(2).join('_')
    const { rows } = await superuser.query(
      `SELECT k::text AS text FROM api_key k WHERE org_id = $1 UNION ALL SELECT a::text FROM audit_event a WHERE org_id = $1
       UNION ALL SELECT c::text FROM credential c WHERE org_id = $1 UNION ALL SELECT i::text FROM identity i WHERE org_id = $1`,
      [org.id],
    )
    for (const { text } of rows) expect(text).not.toContain(secret)
  })

  it('opens the door with its owner’s role and its own scopes', async () => {
    const ctx = await org.join('reviewer')
    const { apiKey, token } = await createApiKey(ctx, input({ scopes: ['inventory:read'] }))
    const found = await resolveApiKey(token)
    expect(found?.actor).toMatchObject({
      kind: 'api_key',
      id: apiKey.id,
      ownerId: ctx.person.id,
      role: 'reviewer',
      scopes: ['inventory:read'],
    })
    expect(await resolveApiKey(`${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`)).toBeUndefined()
  })

  it('makes the key an owned identity of the inventory, in the same moment', async () => {
    const ctx = await org.join('security')
    const { apiKey } = await createApiKey(
      ctx,
      input({ name: 'inventory-sync', scopes: ['settings:write', 'audit:read'] }),
    )
    const identity = await org.admin.db.identity.findFirst({
      where: { externalId: `api-key:${apiKey.id}` },
      include: { credentials: true, ownerships: true, source: true, listing: true },
    })
    expect(identity).toMatchObject({
      kind: 'api_client',
      name: 'inventory-sync',
      status: 'active',
      neverUsed: true,
      listing: { ownerState: 'confirmed', privilegeRank: 4, credentialCount: 1 },
      source: { system: 'bailiwick', instance: org.slug },
      credentials: [{ type: 'api_key', lastFour: apiKey.lastFour, name: apiKey.prefix, status: 'active' }],
      ownerships: [{ ownerKey: `user:${ctx.person.id}`, state: 'confirmed', label: ctx.person.name }],
    })
    expect(identity?.listing?.nextExpiryAt?.toISOString()).toBe(apiKey.expiresAt)
  })

  it('tells the inventory of every use of a key, and a later merge keeps it', async () => {
    const ctx = await org.join('security')
    const { apiKey, token } = await createApiKey(ctx, input({ name: 'used-daily' }))
    const used = new Date('2026-11-20T10:00:00.000Z')
    await resolveApiKey(token, used)
    const find = () =>
      org.admin.db.identity.findFirst({ where: { externalId: `api-key:${apiKey.id}` }, include: { credentials: true } })
    const seen = { lastUsedAt: used, neverUsed: false, credentials: [{ lastUsedAt: used, neverUsed: false }] }
    expect(await find()).toMatchObject(seen)
    await createApiKey(ctx, input({ name: 'another' }))
    expect(await find()).toMatchObject(seen)
  })

  it('loses no key when several are made at once', async () => {
    const crowd = await makeFoundedOrganization('Crowd')
    const names = ['a', 'b', 'c', 'd', 'e']
    await Promise.all(names.map((name) => createApiKey(crowd.admin, input({ name }))))
    const identities = await crowd.admin.db.identity.findMany({
      where: { deletedAt: null },
      orderBy: { name: 'asc' },
      include: { listing: true },
    })
    expect(identities.map(({ name, listing }) => [name, listing?.ownerState])).toEqual(
      names.map((name) => [name, 'confirmed']),
    )
  })

  it.each([
    ['in the past', () => new Date(Date.now() - 1000).toISOString()],
    ['more than a year away', () => days(366)],
  ])('refuses an expiry %s', async (_what, expiresAt) => {
    const attempt = createApiKey(org.admin, input({ expiresAt: expiresAt() }))
    await expect(attempt).rejects.toMatchObject({ code: 'invalid_input', fields: { expiresAt: expect.any(String) } })
  })

  it('is refused to auditors and to keys, whatever they hold', async () => {
    await expect(createApiKey(await org.join('auditor'), input())).rejects.toMatchObject({ code: 'forbidden' })
    const { token } = await createApiKey(org.admin, input({ scopes: ['settings:write'] }))
    const found = await resolveApiKey(token)
    if (!found) throw new Error('the key is not valid')
    const asKey = makeContext(found.actor, found.tenant, { id: randomUUID() })
    await expect(createApiKey(asKey, input())).rejects.toMatchObject({ code: 'forbidden' })
  })
})

describe('revokeApiKey', () => {
  it('closes the door at once, and the identity stays without access', async () => {
    const ctx = await org.join('member')
    const { apiKey, token } = await createApiKey(ctx, input({ name: 'leaked' }))
    expect(await revokeApiKey(ctx, { id: apiKey.id, reason: 'seen in a log' })).toMatchObject({
      state: 'revoked',
      can: { revoke: false },
    })
    expect(await resolveApiKey(token)).toBeUndefined()
    const where = { externalId: `api-key:${apiKey.id}` }
    const identity = await org.admin.db.identity.findFirst({ where, include: { credentials: true, listing: true } })
    expect(identity).toMatchObject({
      status: 'disabled',
      deletedAt: null,
      listing: { privilegeRank: 0, ownerState: 'confirmed' },
    })
    expect(identity?.credentials).toMatchObject([{ status: 'disabled' }])
    expect(await org.admin.db.auditEvent.findFirst({ orderBy: { seq: 'desc' } })).toMatchObject({
      action: 'api_key.revoke',
      reason: 'seen in a log',
    })
    await expect(revokeApiKey(ctx, { id: apiKey.id })).rejects.toMatchObject({ code: 'conflict' })
  })

  it('of others is for administrators', async () => {
    const { apiKey } = await createApiKey(org.admin, input())
    for (const role of ['security', 'auditor', 'member'] as const) {
      const ctx = await org.join(role)
      await expect(revokeApiKey(ctx, { id: apiKey.id })).rejects.toMatchObject({ code: 'forbidden' })
    }
    const theirs = await createApiKey(await org.join('reviewer'), input())
    expect(await revokeApiKey(org.admin, { id: theirs.apiKey.id })).toMatchObject({ state: 'revoked' })
  })

  it('of another organization is not known', async () => {
    const other = await makeFoundedOrganization('Other')
    const { apiKey } = await createApiKey(org.admin, input())
    await expect(revokeApiKey(other.admin, { id: apiKey.id })).rejects.toMatchObject({ code: 'not_found' })
    await expect(getApiKey(other.admin, { id: apiKey.id })).rejects.toMatchObject({ code: 'not_found' })
  })
})

describe('listApiKeys', () => {
  it('shows members their own keys, and auditors all without a way to change them', async () => {
    const mia = await org.join('member', 'Mia')
    const { apiKey } = await createApiKey(mia, input({ name: 'mine' }))
    expect((await listApiKeys(mia)).items.map(({ id }) => id)).toEqual([apiKey.id])
    const audited = await listApiKeys(await org.join('auditor'))
    expect(audited.items.length).toBeGreaterThan(1)
    expect(audited.items.some((key) => key.can.revoke)).toBe(false)
    expect(audited.can.create).toBe(false)
  })
})

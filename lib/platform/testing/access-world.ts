import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { makeIdentity, makeOwnership, makeResource } from '../../../prisma/factories/inventory'
import { makeSource } from '../../../prisma/factories/organization'
import { CreateApiKeyInput } from '../../api-keys/schema'
import { createApiKey } from '../../api-keys/server/create-api-key'
import { serveAccess } from '../../decisions/server/serve-access'
import { warmUp } from './context'
import { testDatabase } from './database'
import { type TestOrganization, testOrganization } from './organization'

/** An organization whose service may write into one bucket, and a key that may ask about anybody. */
export async function makeAccessWorld() {
  const db = new pg.Client({ connectionString: (await testDatabase()).superuserUrl })
  await db.connect()
  const org = await testOrganization()
  const place = { orgId: org.orgId, sourceId: await makeSource(db, org.orgId) }
  await warmUp(org.as.admin)
  const service = await makeIdentity(db, place, { environment: 'production', external_id: 'svc-orders' })
  await makeOwnership(db, org.orgId, service, { owner_key: 'user:somebody', label: 'Somebody', state: 'confirmed' })
  await db.query(
    `INSERT INTO identity_score (org_id, identity_id, score, cells, identities, systems, is_unbounded, version) VALUES ($1, $2, 10, '{}', 0, 1, false, 1)`,
    [org.orgId, service],
  )
  const bucket = await makeResource(db, place, 'bucket', { environment: 'production', sensitivity: 'internal' })

  const grant = async (from: string, to: string, privilege: string, more: Record<string, unknown> = {}) => {
    const row = {
      ...{ org_id: place.orgId, source_id: place.sourceId, external_id: randomUUID(), kind: 'grants' },
      ...{ from_type: 'identity', from_ref: 'f', from_id: from, to_type: 'resource', to_ref: 't', to_id: to },
      ...{ effect: 'allow', scopes: '{}', privilege, basis: 'entitlement', ...more },
    }
    await db.query(
      `INSERT INTO entitlement (${Object.keys(row)}) VALUES (${Object.keys(row).map((_key, at) => `$${at + 1}`)})`,
      Object.values(row),
    )
  }
  await grant(service, bucket, 'write')
  const { token } = await newKey(org, ['decisions:ask_any'])

  const ask = async (path: string, body: unknown, sent: { token?: string; headers?: Record<string, string> } = {}) => {
    const key = sent.token ?? token
    const response = await serveAccess(
      new Request(`http://localhost:3000/access/v1/${path}`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          ...(key && { authorization: `Bearer ${key}` }),
          ...sent.headers,
        },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }),
    )
    return { status: response.status, headers: response.headers, body: await response.json() }
  }
  const question = (over: Record<string, unknown> = {}) => ({
    subject: { type: 'service_account', id: service },
    action: { name: 'read' },
    resource: { type: 'bucket', id: bucket },
    ...over,
  })
  return { db, org, place, service, bucket, token, grant, ask, question }
}

export type AccessWorld = Awaited<ReturnType<typeof makeAccessWorld>>

export function newKey(of: TestOrganization, scopes: string[], role: 'admin' | 'member' = 'admin') {
  const expiresAt = new Date(Date.now() + 2 * 86_400_000).toISOString()
  return createApiKey(of.as[role], CreateApiKeyInput.parse({ name: `asks ${scopes}`, scopes, expiresAt }))
}

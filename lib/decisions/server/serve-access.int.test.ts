import { randomUUID } from 'node:crypto'
import http from 'node:http'
import net, { type AddressInfo } from 'node:net'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CreateApiKeyInput } from '@/lib/api-keys/schema'
import { createApiKey } from '@/lib/api-keys/server/create-api-key'
import { decisionPoint } from '@/lib/platform/authz/client'
import { closePool } from '@/lib/platform/db/pool'
import { warmUp } from '@/lib/platform/testing/context'
import { testDatabase } from '@/lib/platform/testing/database'
import { type TestOrganization, testOrganization } from '@/lib/platform/testing/organization'
import { makeIdentity, makeOwnership, makeResource } from '../../../prisma/factories/inventory'
import { makeSource } from '../../../prisma/factories/organization'
import { UpdateDirectoryInput } from '../schema'
import { flushDecisions } from './record-decisions'
import { accessMetadata, serveAccess } from './serve-access'
import { updateDirectory } from './update-directory'

let db: pg.Client
let org: TestOrganization
let place: { orgId: string; sourceId: string }
let service: string
let bucket: string
let any: string
let own: string
let ownId: string

const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString()

async function newKey(of: TestOrganization, scopes: string[], role: 'admin' | 'member' = 'admin') {
  const input = CreateApiKeyInput.parse({ name: `asks ${scopes}`, scopes, expiresAt: inDays(2) })
  return createApiKey(of.as[role], input)
}

async function grant(from: string, to: string, privilege: string, more: Record<string, unknown> = {}): Promise<void> {
  const row = {
    ...{
      org_id: place.orgId,
      source_id: place.sourceId,
      external_id: randomUUID(),
      kind: 'grants',
      from_type: 'identity',
    },
    ...{
      from_ref: 'f',
      from_id: from,
      to_type: 'resource',
      to_ref: 't',
      to_id: to,
      effect: 'allow',
      scopes: '{}',
      privilege,
    },
    ...{ basis: 'entitlement', ...more },
  }
  await db.query(
    `INSERT INTO entitlement (${Object.keys(row)}) VALUES (${Object.keys(row).map((_key, at) => `$${at + 1}`)})`,
    Object.values(row),
  )
}

async function ask(
  path: string,
  body: unknown,
  { token = any, headers = {} }: { token?: string; headers?: Record<string, string> } = {},
) {
  const response = await serveAccess(
    new Request(`http://localhost:3000/access/v1/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }), ...headers },
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

beforeAll(async () => {
  db = new pg.Client({ connectionString: (await testDatabase()).superuserUrl })
  await db.connect()
  org = await testOrganization()
  place = { orgId: org.orgId, sourceId: await makeSource(db, org.orgId) }
  await warmUp(org.as.admin)
  service = await makeIdentity(db, place, {
    environment: 'production',
    external_id: 'svc-orders',
    kind: 'service_account',
  })
  await makeOwnership(db, org.orgId, service, { owner_key: 'user:somebody', label: 'Somebody', state: 'confirmed' })
  await db.query(
    `INSERT INTO identity_score (org_id, identity_id, score, cells, identities, systems, is_unbounded, version) VALUES ($1, $2, 10, '{}', 0, 1, false, 1)`,
    [org.orgId, service],
  )
  bucket = await makeResource(db, place, 'bucket')
  await db.query(
    `UPDATE resource SET kind = 'bucket', environment = 'production', sensitivity = 'internal' WHERE id = $1`,
    [bucket],
  )
  await grant(service, bucket, 'write')
  any = (await newKey(org, ['decisions:ask_any'])).token
  const ownKey = await newKey(org, ['decisions:ask'])
  own = ownKey.token
  ownId = ownKey.apiKey.id
})

afterAll(async () => {
  await flushDecisions()
  decisionPoint().close()
  await db.end()
  await closePool()
})

describe('an evaluation', () => {
  it('says yes to what the catalogue shows, with reason, id and validity', async () => {
    const { status, body, headers } = await ask('evaluation', question())
    expect([status, body]).toEqual([
      200,
      { decision: true, context: { id: expect.any(String), reason: 'entitled', valid_until: expect.any(String) } },
    ])
    expect(headers.get('content-type')).toBe('application/json')
    const valid = Date.parse(body.context.valid_until) - Date.now()
    expect(valid).toBeGreaterThan(0)
    expect(valid).toBeLessThanOrEqual(1000)
  })

  it('says no to what it does not show, and why', async () => {
    const { status, body } = await ask('evaluation', question({ action: { name: 'secret.retrieve' } }))
    expect([status, body.decision, body.context.reason]).toEqual([200, false, 'no_rule'])
    expect(body.context.reason_admin.en).toMatch(/inventory shows no access/)
  })

  it('knows an identity by the id of its source too, and takes no type that it is not of', async () => {
    const named = (type: string, id: string) => ask('evaluation', question({ subject: { type, id } }))
    expect((await named('identity', 'svc-orders')).body.decision).toBe(true)
    expect((await named('service', service)).body.decision).toBe(true)
    expect((await named('ai_agent', service)).body.context.reason).toBe('subject_unknown')
    expect((await named('identity', 'nobody')).body.context.reason).toBe('subject_unknown')
  })

  it('is not talked into anything by the caller’s own words', async () => {
    const properties = { live: { known: true, status: 'active' }, held: 4, role: 'admin' }
    const { body } = await ask('evaluation', {
      subject: { type: 'identity', id: 'nobody', properties },
      action: { name: 'read', properties },
      resource: { type: 'bucket', id: bucket, properties },
      context: { approval: 'valid', incident: 'none', live: { known: true } },
    })
    expect(body.decision).toBe(false)
  })

  it.each([
    ['disabled', `UPDATE identity SET status = 'disabled' WHERE id = $1`, 'subject_not_active'],
    ['valid later', `UPDATE identity SET issued_at = now() + interval '1 day' WHERE id = $1`, 'subject_not_yet_valid'],
    ['of staging', `UPDATE identity SET environment = 'staging' WHERE id = $1`, 'environment_crossed'],
    ['gone', `UPDATE identity SET deleted_at = now() WHERE id = $1`, 'subject_unknown'],
  ])('changes with the next question: %s', async (_what, sql, reason) => {
    const before = await db.query(`SELECT status, issued_at, environment, deleted_at FROM identity WHERE id = $1`, [
      service,
    ])
    await db.query(sql, [service])
    const { body } = await ask('evaluation', question())
    await db.query(`UPDATE identity SET status = $2, issued_at = $3, environment = $4, deleted_at = $5 WHERE id = $1`, [
      service,
      ...Object.values(before.rows[0]),
    ])
    expect([body.decision, body.context.reason]).toEqual([false, reason])
    expect((await ask('evaluation', question())).body.decision).toBe(true)
  })

  it('counts neither a deny edge’s other side, nor a condition, nor what expired', async () => {
    const other = await makeResource(db, place, 'another bucket')
    await db.query(`UPDATE resource SET kind = 'bucket' WHERE id = $1`, [other])
    const about = () => ask('evaluation', question({ resource: { type: 'bucket', id: other } }))
    await grant(service, other, 'read', { condition: 'only on Sundays' })
    await grant(service, other, 'read', { expires_at: new Date(Date.now() - 1000) })
    expect((await about()).body.decision).toBe(false)
    await grant(service, other, 'read')
    expect((await about()).body.decision).toBe(true)
    await grant(service, other, 'read', { effect: 'deny' })
    expect((await about()).body.decision).toBe(false)
  })

  it('echoes the request’s id, or gives one', async () => {
    const id = 'bfe9eb29-ab87-4ca3-be83-a1d5d8305716'
    expect((await ask('evaluation', question(), { headers: { 'x-request-id': id } })).headers.get('x-request-id')).toBe(
      id,
    )
    expect((await ask('evaluation', question())).headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/)
  })

  it('ignores what it does not know', async () => {
    expect((await ask('evaluation', { ...question(), foo: 'bar', futureField: { nested: true } })).body.decision).toBe(
      true,
    )
  })

  it.each([
    ['no subject', { subject: undefined }, 'subject'],
    ['no action', { action: undefined }, 'action'],
    ['no resource', { resource: undefined }, 'resource'],
    ['a subject without type', { subject: { id: 'a' } }, 'subject.type'],
    ['a subject without id', { subject: { type: 'user' } }, 'subject.id'],
    ['an action without name', { action: {} }, 'action.name'],
    ['a resource without type', { resource: { id: 'a' } }, 'resource.type'],
    ['a resource without id', { resource: { type: 'record' } }, 'resource.id'],
    ['a subject that is text', { subject: 'alice' }, 'subject'],
    ['a name that is a number', { action: { name: 123 } }, 'action.name'],
    ['an id that is too long', { subject: { type: 'user', id: 'x'.repeat(2000) } }, 'subject.id'],
    ['a NUL', { subject: { type: 'user', id: 'a\u0000b' } }, 'subject.id'],
    ['a context that is a list', { context: [] }, 'context'],
  ])('refuses %s, naming the field', async (_what, over, field) => {
    const { status, body } = await ask('evaluation', question(over))
    expect([status, Object.keys(body.fields)]).toEqual([400, [field]])
  })

  it.each([
    ['no body', ''],
    ['half a document', '{"subject":'],
    ['a huge document', JSON.stringify({ x: 'y'.repeat(600 * 1024) })],
    ['a deep document', `${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}`],
    ['a prototype', '{"__proto__":{"x":1}}'],
  ])('refuses %s', async (_what, body) => {
    expect((await ask('evaluation', body)).status).toBe(400)
  })

  it('refuses another content type', async () => {
    const { status, body } = await ask('evaluation', question(), { headers: { 'content-type': 'text/plain' } })
    expect([status, Object.keys(body.fields)]).toEqual([400, ['Content-Type']])
  })
})

describe('who asks', () => {
  it('is refused without a key, with a bad one, and with one that may not', async () => {
    expect((await ask('evaluation', question(), { token: '' })).status).toBe(401)
    expect((await ask('evaluation', question(), { token: `bwk_${'x'.repeat(40)}` })).status).toBe(401)
    const { token } = await newKey(org, ['inventory:read'])
    expect((await ask('evaluation', question(), { token })).status).toBe(403)
  })

  it('may ask about itself alone unless it was granted more, also where its owner may not grant it', async () => {
    expect((await ask('evaluation', question(), { token: own })).status).toBe(403)
    const self = { type: 'api_client', id: `api-key:${ownId}` }
    const { status, body } = await ask('evaluation', question({ subject: self }), { token: own })
    expect([status, body.context.reason]).toEqual([200, 'no_rule'])
    const member = await newKey(org, ['decisions:ask_any'], 'member')
    expect((await ask('evaluation', question(), { token: member.token })).status).toBe(403)
    const batch = await ask(
      'evaluations',
      { ...question({ subject: undefined }), evaluations: [{ subject: self }, { subject: question().subject }] },
      { token: own },
    )
    expect(batch.body.evaluations.map((each: { context: { reason: string } }) => each.context.reason)).toEqual([
      'no_rule',
      'not_about_itself',
    ])
    const search = { subject: { type: 'identity' }, action: { name: 'read' }, resource: { type: 'bucket', id: bucket } }
    expect((await ask('search/subject', search, { token: own })).status).toBe(403)
  })

  it('learns nothing of another organization', async () => {
    const other = await testOrganization()
    const { token } = await newKey(other, ['decisions:ask_any'])
    const { body } = await ask('evaluation', question(), { token })
    expect(body.context.reason).toBe('subject_unknown')
    const search = {
      subject: { type: 'identity', id: service },
      action: { name: 'read' },
      resource: { type: 'bucket' },
    }
    expect((await ask('search/resource', search, { token })).body.results).toEqual([])
  })

  it('is refused within half a second after its key was revoked', async () => {
    const { apiKey, token } = await newKey(org, ['decisions:ask_any'])
    expect((await ask('evaluation', question(), { token })).status).toBe(200)
    await db.query(`UPDATE api_key SET revoked_at = now() WHERE id = $1`, [apiKey.id])
    await expect
      .poll(async () => (await ask('evaluation', question(), { token })).status, { timeout: 1000, interval: 50 })
      .toBe(401)
  })
})

describe('a batch', () => {
  const evaluations = ['read', 'admin', 'write'].map((name) => ({ action: { name } }))
  const batch = (semantic?: string) =>
    ask('evaluations', {
      ...question({ action: undefined }),
      evaluations,
      ...(semantic && { options: { evaluations_semantic: semantic } }),
    })
  const decisions = (body: { evaluations: { decision: boolean }[] }) => body.evaluations.map(({ decision }) => decision)

  it('answers in order, and stops where its semantic says so', async () => {
    expect(decisions((await batch()).body)).toEqual([true, false, true])
    expect(decisions((await batch('deny_on_first_deny')).body)).toEqual([true, false])
    expect(decisions((await batch('permit_on_first_permit')).body)).toEqual([true])
    expect((await batch('whatever')).status).toBe(400)
  })

  it('is a single question without evaluations', async () => {
    expect((await ask('evaluations', question())).body.decision).toBe(true)
    expect((await ask('evaluations', { ...question(), evaluations: [] })).body.decision).toBe(true)
  })

  it('lets one bad evaluation fail alone', async () => {
    const { body } = await ask('evaluations', {
      ...question({ resource: undefined }),
      evaluations: [{ resource: question().resource }, {}],
    })
    expect(decisions(body)).toEqual([true, false])
    expect(body.evaluations[1].context.error).toEqual({ status: 400, message: 'resource: is missing' })
  })

  it('takes two hundred, of different subjects and of one, and no more', async () => {
    const many = (n: number) =>
      Array.from({ length: n }, (_, at) => ({ subject: { type: 'identity', id: at % 2 ? service : `x${at}` } }))
    const { body } = await ask('evaluations', { ...question({ subject: undefined }), evaluations: many(200) })
    expect(decisions(body)).toEqual(Array.from({ length: 200 }, (_, at) => at % 2 === 1))
    const same = Array.from({ length: 120 }, (_, at) => ({
      resource: { type: 'bucket', id: at % 3 ? bucket : `r${at}` },
    }))
    const answers = await ask('evaluations', { ...question({ resource: undefined }), evaluations: same })
    expect(decisions(answers.body)).toEqual(Array.from({ length: 120 }, (_, at) => at % 3 !== 0))
    expect((await ask('evaluations', { ...question(), evaluations: many(201) })).status).toBe(400)
  })
})

describe('a search', () => {
  it('finds what an evaluation allows, page by page, and nothing twice', async () => {
    const extra = []
    for (let at = 0; at < 5; at += 1) {
      const id = await makeResource(db, place, `queue ${at}`)
      await db.query(`UPDATE resource SET kind = 'queue' WHERE id = $1`, [id])
      if (at !== 2) await grant(service, id, 'read')
      extra.push(id)
    }
    const search = { subject: question().subject, action: { name: 'read' }, resource: { type: 'queue' } }
    const found: string[] = []
    let token = ''
    for (let round = 0; round < 10; round += 1) {
      const { status, body } = await ask('search/resource', { ...search, page: { limit: 2, ...(token && { token }) } })
      expect(status).toBe(200)
      expect(body.page.count).toBe(body.results.length)
      found.push(...body.results.map(({ id }: { id: string }) => id))
      token = body.page.next_token
      if (token === '') break
    }
    expect(token).toBe('')
    expect(found.sort()).toEqual(extra.filter((_id, at) => at !== 2).sort())
    for (const id of found) {
      const { body } = await ask('evaluation', question({ resource: { type: 'queue', id } }))
      expect(body.decision).toBe(true)
    }
  })

  it('continues only the search that its token is of', async () => {
    const search = { subject: question().subject, action: { name: 'read' }, resource: { type: 'queue' } }
    const { body } = await ask('search/resource', { ...search, page: { limit: 1 } })
    const other = { ...search, action: { name: 'list' }, page: { token: body.page.next_token } }
    expect((await ask('search/resource', other)).status).toBe(400)
    expect((await ask('search/resource', { ...search, page: { token: 'made-up' } })).status).toBe(400)
  })

  it('finds subjects and actions', async () => {
    const who = await ask('search/subject', {
      subject: { type: 'identity' },
      action: { name: 'write' },
      resource: question().resource,
    })
    expect(who.body.results).toEqual([{ type: 'identity', id: service }])
    const what = await ask('search/action', { subject: question().subject, resource: question().resource })
    expect(what.body.results.map(({ name }: { name: string }) => name)).toEqual([
      'read',
      'list',
      'write',
      'delete',
      'invoke',
    ])
    const first = await ask('search/action', {
      subject: question().subject,
      resource: question().resource,
      page: { limit: 2 },
    })
    expect(first.body.results).toHaveLength(2)
    const rest = await ask('search/action', {
      ...{ subject: question().subject, resource: question().resource },
      page: { token: first.body.page.next_token },
    })
    expect(rest.body.results.map(({ name }: { name: string }) => name)).toEqual(['write', 'delete', 'invoke'])
  })

  it('finds nothing of what nobody knows, and refuses what is not complete', async () => {
    const spaceship = { subject: { type: 'spaceship' }, action: { name: 'read' }, resource: question().resource }
    expect((await ask('search/subject', spaceship)).body.results).toEqual([])
    const nobody = { subject: { type: 'user', id: 'nonexistent-user' }, resource: question().resource }
    expect((await ask('search/action', nobody)).body.results).toEqual([])
    expect((await ask('search/subject', { subject: { type: 'user' }, resource: question().resource })).status).toBe(400)
    expect((await ask('search/resource', { action: { name: 'read' }, resource: { type: 'bucket' } })).status).toBe(400)
    expect((await ask('search/action', { subject: question().subject })).status).toBe(400)
  })
})

describe('what must answer and does not', () => {
  async function withCerbos<T>(address: string, work: () => Promise<T>): Promise<T> {
    const { env } = await import('@/lib/platform/env')
    const before = env().CERBOS_ADDRESS
    env().CERBOS_ADDRESS = address
    try {
      return await work()
    } finally {
      decisionPoint(address).close()
      env().CERBOS_ADDRESS = before
    }
  }

  it.each([
    ['down', false],
    ['silent', true],
  ])('the policy engine is %s: no within a second, with the reason', async (_what, isListening) => {
    expect((await ask('evaluation', question())).body.decision).toBe(true)
    const sockets: net.Socket[] = []
    const server = net.createServer((socket) => sockets.push(socket))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    if (!isListening) await new Promise((resolve) => server.close(resolve))
    await withCerbos(`127.0.0.1:${port}`, async () => {
      const began = performance.now()
      const { status, body } = await ask('evaluation', question())
      expect(performance.now() - began).toBeLessThan(1000)
      expect([status, body.decision, body.context.reason]).toEqual([200, false, 'decision_point_unavailable'])
      const search = { subject: question().subject, action: { name: 'read' }, resource: { type: 'queue' } }
      expect((await ask('search/resource', search)).status).toBe(503)
    })
    for (const socket of sockets) socket.destroy()
    server.close()
  })

  it('the tables are locked: no within a second', async () => {
    expect((await ask('evaluation', question())).body.decision).toBe(true)
    await db.query('BEGIN; LOCK TABLE resource IN ACCESS EXCLUSIVE MODE')
    const began = performance.now()
    const { status, body } = await ask('evaluation', question())
    const ms = performance.now() - began
    await db.query('ROLLBACK')
    expect([status, body.decision, body.context.reason]).toEqual([200, false, 'context_unavailable'])
    expect(ms).toBeLessThan(1000)
    expect((await ask('evaluation', question())).body.decision).toBe(true)
  })

  it('an enricher that is away means no, or that nobody knows, as was declared', async () => {
    let wait = 0
    const told: unknown[] = []
    const server = http.createServer((request, response) => {
      let body = ''
      request.on('data', (chunk) => (body += chunk))
      request.on('end', () => {
        told.push(JSON.parse(body))
        setTimeout(
          () => response.end(JSON.stringify({ subjects: { [`service_account:${service}`]: { shift: 'day' } } })),
          wait,
        )
      })
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    const declare = (whenAbsent: string, freshSeconds = 0) =>
      updateDirectory(
        org.as.admin,
        UpdateDirectoryInput.parse({
          ...{ types: [], entities: [] },
          sources: [
            {
              name: 'roster',
              url: `http://127.0.0.1:${port}/x`,
              types: ['service_account'],
              timeoutMs: 150,
              freshSeconds,
              whenAbsent,
            },
          ],
        }),
      )
    await declare('deny')
    expect((await ask('evaluation', question())).body.decision).toBe(true)
    expect(told).toEqual([{ subjects: [{ type: 'service_account', id: service }], resources: [] }])
    wait = 400
    expect((await ask('evaluation', question())).body.context.reason).toBe('source_absent')
    await declare('unknown')
    expect((await ask('evaluation', question())).body.decision).toBe(true)
    wait = 0
    await declare('deny', 60)
    expect((await ask('evaluation', question())).body.decision).toBe(true)
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
    expect((await ask('evaluation', question())).body.decision).toBe(true)
    await updateDirectory(org.as.admin, { types: [], entities: [], sources: [] })
  })
})

describe('the log', () => {
  it('holds every answer with what the policy saw, without secrets', async () => {
    const requestId = randomUUID()
    const context = { ticket: 'INC-1', password: 'hunter2', note: `with ${any}` }
    await ask('evaluation', question({ context }), { headers: { 'x-request-id': requestId } })
    await ask(
      'evaluations',
      { ...question(), evaluations: [{}, { action: { name: 'admin' } }] },
      { headers: { 'x-request-id': requestId } },
    )
    await flushDecisions()
    const { rows } = await db.query(`SELECT * FROM decision WHERE request_id = $1 ORDER BY at, action DESC`, [
      requestId,
    ])
    expect(rows.map(({ asked, action, is_allowed, reason }) => [asked, action, is_allowed, reason])).toEqual([
      ['evaluation', 'read', true, 'entitled'],
      ['evaluations', 'read', true, 'entitled'],
      ['evaluations', 'admin', false, 'no_rule'],
    ])
    const [first] = rows
    expect(first).toMatchObject({ org_id: org.orgId, identity_id: service, subject_id: service, resource_id: bucket })
    expect(first.rule).toMatch(/resource.*#may-read$/)
    expect(first.policy_hash).toMatch(/^[0-9a-f]{64}$/)
    expect(first.latency_us).toBeGreaterThan(0)
    expect(first.facts).toMatchObject({
      subject: { live: { status: 'active', hasOwner: true } },
      resource: { held: 2 },
      context: { given: { ticket: 'INC-1', password: '[masked]', note: 'with [masked]' } },
    })
    expect(JSON.stringify(rows)).not.toContain('hunter2')
    expect(JSON.stringify(rows)).not.toContain(any)
  })
})

describe('metadata', () => {
  it('names every endpoint below its own address', () => {
    const metadata = accessMetadata()
    expect(metadata.policy_decision_point).toBe('http://localhost:3000')
    expect(Object.values(metadata).every((url) => String(url).startsWith('http://localhost:3000'))).toBe(true)
    expect(Object.keys(metadata)).toHaveLength(6)
  })
})

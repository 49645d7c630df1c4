import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { hashApiKey } from '../auth/api-key-actor'
import { closePool } from '../db/pool'
import { AppError } from '../errors'
import { testDatabase } from '../testing/database'
import { type Endpoint, endpoint } from './endpoint'
import { serve } from './serve'

let db: pg.Client
let orgId: string
let adminMembership: string

/** Makes an API key of the administrator and gives its token. */
const keyWith = (...scopes: string[]) => keyOf(adminMembership, ...scopes)

async function keyOf(membership: string, ...scopes: string[]): Promise<string> {
  const token = `bwk_${randomUUID().replaceAll('-', '')}`
  await db.query(
    `INSERT INTO api_key (org_id, name, prefix, last_four, token_hash, scopes, owner_id, expires_at)
     VALUES ($1, 'test', 'bwk_0000', '0000', $2, $3, $4, now() + interval '1 hour')`,
    [orgId, hashApiKey(token), scopes, membership],
  )
  return token
}

/** Makes a person with a role and gives the membership. */
async function memberWith(role: string): Promise<string> {
  const { rows } = await db.query(
    `WITH person AS (
       INSERT INTO user_account (email, name) VALUES (gen_random_uuid() || '@example.org', 'Ada') RETURNING id
     )
     INSERT INTO membership (org_id, user_id, role) SELECT $1, id, $2 FROM person RETURNING id`,
    [orgId, role],
  )
  return rows[0].id
}

beforeAll(async () => {
  db = new pg.Client({ connectionString: (await testDatabase()).superuserUrl })
  await db.connect()
  const one = async (sql: string, ...values: unknown[]): Promise<string> => (await db.query(sql, values)).rows[0].id
  orgId = await one(
    `INSERT INTO organization (name, slug) VALUES ('Serve', 'serve-' || gen_random_uuid()) RETURNING id`,
  )
  adminMembership = await memberWith('admin')
})

afterAll(async () => {
  await db.end()
  await closePool()
})

const facts = { operationId: 'testThing', summary: 'Test', tags: ['test'] as [string] }

const getThing = endpoint({
  ...facts,
  method: 'GET',
  path: '/api/v1/things/{id}',
  scope: 'inventory:read',
  params: z.object({ id: z.uuid() }),
  query: z.object({ kind: z.array(z.string()).optional(), limit: z.coerce.number().int().max(200).default(50) }),
  response: z.object({ id: z.uuid(), kinds: z.array(z.string()), limit: z.number() }),
  run: async (_ctx, { params, query }) => ({
    id: params.id,
    kinds: query.kind ?? [],
    limit: query.limit,
    internalNote: 'never leaves',
  }),
})

let made = 0
/** While it is set, work that was told to wait goes on only after it. */
let gate: Promise<void> | undefined
const makeThing = endpoint({
  ...facts,
  method: 'POST',
  path: '/api/v1/things',
  scope: 'inventory:write',
  status: 201,
  body: z.object({ name: z.string().min(1), wait: z.boolean().optional(), fail: z.string().optional() }),
  response: z.object({ name: z.string(), number: z.number() }),
  run: async (_ctx, { body }) => {
    if (body.wait) await gate
    if (body.fail === 'refuse') throw new AppError('precondition_failed', 'Not now.')
    if (body.fail === 'break') throw new Error('the secret detail')
    made += 1
    return { name: body.name, number: made }
  },
})

interface Sent {
  token?: string
  id?: string
  query?: string
  body?: unknown
  headers?: Record<string, string>
}

/** One request to an endpoint, as Next would hand it over. */
function send(target: Endpoint, { token, id, query = '', body, headers = {} }: Sent): Promise<Response> {
  const url = `http://localhost:3000${target.path.replace('{id}', id ?? '')}${query}`
  const raw = body instanceof FormData || typeof body === 'string' || body instanceof Uint8Array
  const request = new Request(url, {
    method: target.method,
    headers: {
      ...(token && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && !raw && { 'content-type': 'application/json' }),
      ...headers,
    },
    body: body === undefined ? undefined : raw ? (body as BodyInit) : JSON.stringify(body),
  })
  return serve(target)(request, { params: Promise.resolve(id === undefined ? {} : { id }) })
}

const id = randomUUID()

describe('a served endpoint', () => {
  it('answers with what the contract names and nothing else', async () => {
    const token = await keyWith('inventory:read')
    const response = await send(getThing, { token, id, query: '?kind=bot&kind=workload&limit=7' })
    expect(response.status).toBe(200)
    expect(await response.json()).toEqual({ id, kinds: ['bot', 'workload'], limit: 7 })
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(response.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/)
    expect(response.headers.get('ratelimit-policy')).toBe('"api_key";q=600;w=60')
    expect(response.headers.get('ratelimit')).toMatch(/^"api_key";r=599;t=\d+$/)
  })

  it('takes a list given once as a list', async () => {
    const token = await keyWith('inventory:read')
    expect(await (await send(getThing, { token, id, query: '?kind=bot' })).json()).toMatchObject({ kinds: ['bot'] })
  })

  it.each([
    ['a bad parameter', { id: 'nonsense' }, 'id'],
    ['a bad query value', { id, query: '?limit=many' }, 'limit'],
    ['a query parameter that nobody knows', { id, query: '?limt=5' }, 'limt'],
    ['a parameter given twice', { id, query: '?limit=5&limit=6' }, 'limit'],
  ])('refuses %s and names it', async (_name, sent, field) => {
    const response = await send(getThing, { ...sent, token: await keyWith('inventory:read') })
    expect(response.status).toBe(400)
    expect(response.headers.get('content-type')).toBe('application/problem+json')
    const problem = await response.json()
    expect(problem).toMatchObject({ type: '/problems/invalid_input', code: 'invalid_input' })
    expect(Object.keys(problem.fields)).toEqual([field])
    expect(problem.reference).toBe(response.headers.get('x-request-id'))
  })

  it.each([
    ['a field of the wrong kind', { body: { name: 7 } }, 'name'],
    ['a field that nobody knows', { body: { name: 'x', role: 'admin' } }, 'role'],
    ['no body', { headers: { 'content-type': 'application/json' } }, 'body'],
    ['another content type', { body: 'name=x', headers: { 'content-type': 'text/plain' } }, 'Content-Type'],
    ['broken JSON', { body: '{"name":', headers: { 'content-type': 'application/json' } }, 'body'],
    ['a prototype in disguise', { body: '{"__proto__":{}}', headers: { 'content-type': 'application/json' } }, 'body'],
    ['a body over the limit', { body: { name: 'x'.repeat(1024 * 1024) } }, 'body'],
    ['a bad Idempotency-Key', { body: { name: 'x' }, headers: { 'idempotency-key': 'a b' } }, 'Idempotency-Key'],
  ])('refuses %s', async (_name, sent, field) => {
    const before = made
    const response = await send(makeThing, { ...sent, token: await keyWith('inventory:write') })
    expect(response.status).toBe(400)
    expect(Object.keys((await response.json()).fields)).toEqual([field])
    expect(made).toBe(before)
  })

  it('refuses strangers and unknown keys', async () => {
    expect((await send(getThing, { id })).status).toBe(401)
    const response = await send(getThing, { id, token: 'bwk_0123456789abcdef0123456789abcdef' })
    expect(response.status).toBe(401)
    expect(response.headers.get('www-authenticate')).toBe('Bearer')
    expect(await response.json()).toMatchObject({ code: 'unauthenticated' })
  })

  it('refuses a key without the scope, before anything is read', async () => {
    const response = await send(makeThing, { body: {}, token: await keyWith('inventory:read', 'imports:write') })
    expect(response.status).toBe(403)
    expect((await response.json()).detail).toContain('inventory:write')
  })

  it('hides what broke, and withholds an answer that breaks its contract', async () => {
    const token = await keyWith('inventory:write')
    const broken = await send(makeThing, { token, body: { name: 'x', fail: 'break' } })
    expect(broken.status).toBe(500)
    expect(await broken.text()).not.toContain('secret detail')
    const liar = { ...makeThing, run: async () => ({ name: 'x', number: 'many', password: 'hunter2' }) }
    const withheld = await send(liar, { token, body: { name: 'x' } })
    expect(withheld.status).toBe(500)
    expect(await withheld.text()).not.toContain('hunter2')
  })

  it('passes raw answers on, with its own headers', async () => {
    const exported = endpoint({
      ...facts,
      method: 'GET',
      path: '/api/v1/export',
      scope: 'none',
      response: { contentType: 'text/csv' },
      run: async () => new Response('a,b\n', { headers: { 'content-type': 'text/csv' } }),
    })
    const response = await send(exported, { token: await keyWith() })
    expect(await response.text()).toBe('a,b\n')
    expect(response.headers.get('content-type')).toBe('text/csv')
    expect(response.headers.get('cache-control')).toBe('no-store')
  })
})

describe('Idempotency-Key', () => {
  it('does the work once and gives the first answer again', async () => {
    const token = await keyWith('inventory:write')
    const sent = { token, body: { name: 'once' }, headers: { 'idempotency-key': randomUUID() } }
    const first = await send(makeThing, sent)
    const count = made
    const second = await send(makeThing, sent)
    expect([first.status, second.status]).toEqual([201, 201])
    expect(await second.json()).toEqual(await first.json())
    expect(second.headers.get('idempotency-replayed')).toBe('true')
    expect(made).toBe(count)
  })

  it('belongs to one request and one actor', async () => {
    const headers = { 'idempotency-key': randomUUID() }
    const token = await keyWith('inventory:write')
    await send(makeThing, { token, body: { name: 'one' }, headers })
    expect((await send(makeThing, { token, body: { name: 'two' }, headers })).status).toBe(409)
    const other = await send(makeThing, { token: await keyWith('inventory:write'), body: { name: 'two' }, headers })
    expect(other.status).toBe(201)
  })

  it('shows a kept answer to nobody whose role has changed since', async () => {
    const membership = await memberWith('admin')
    const token = await keyOf(membership, 'inventory:write')
    const sent = { token, body: { name: 'demoted' }, headers: { 'idempotency-key': randomUUID() } }
    expect((await send(makeThing, sent)).status).toBe(201)
    const count = made
    await db.query(`UPDATE membership SET role = 'member' WHERE id = $1`, [membership])
    const again = await send(makeThing, sent)
    expect([again.status, (await again.json()).detail]).toEqual([409, expect.stringContaining('has changed since')])
    expect(made).toBe(count)
    await db.query(`UPDATE membership SET role = 'admin' WHERE id = $1`, [membership])
    expect((await send(makeThing, sent)).headers.get('idempotency-replayed')).toBe('true')
  })

  it('lets one of many concurrent duplicates through', async () => {
    const sent = {
      token: await keyWith('inventory:write'),
      body: { name: 'race', wait: true },
      headers: { 'idempotency-key': randomUUID() },
    }
    const before = made
    let open = () => {}
    gate = new Promise((resolve) => {
      open = resolve
    })
    const statuses: number[] = []
    const sends = Array.from({ length: 8 }, async () => {
      statuses.push((await send(makeThing, sent)).status)
      if (statuses.length === 7) open()
    })
    await Promise.all(sends)
    expect(made).toBe(before + 1)
    expect(statuses).toEqual([...Array.from({ length: 7 }, () => 409), 201])
  })

  it('is free again after a refusal, and spent after a failure of ours', async () => {
    const token = await keyWith('inventory:write')
    const refused = { token, body: { name: 'x', fail: 'refuse' }, headers: { 'idempotency-key': randomUUID() } }
    expect((await send(makeThing, refused)).status).toBe(412)
    expect((await send(makeThing, { ...refused, body: { name: 'x' } })).status).toBe(201)
    const broken = { token, body: { name: 'x', fail: 'break' }, headers: { 'idempotency-key': randomUUID() } }
    const first = await send(makeThing, broken)
    const second = await send(makeThing, broken)
    expect([first.status, second.status]).toEqual([500, 500])
    expect(second.headers.get('content-type')).toBe('application/problem+json')
    expect((await second.json()).reference).toBe((await first.json()).reference)
  })

  it('is taken over when its request was lost in a crash, and forgotten after a day', async () => {
    const token = await keyWith('inventory:write')
    const key = randomUUID()
    const sent = { token, body: { name: 'lost' }, headers: { 'idempotency-key': key } }
    const age = (interval: string) =>
      db.query(`UPDATE idempotency_key SET created_at = now() - $2::interval WHERE key = $1`, [key, interval])
    await send(makeThing, sent)
    await db.query(`UPDATE idempotency_key SET status = NULL, response = NULL WHERE key = $1`, [key])
    expect((await send(makeThing, sent)).status).toBe(409)
    await age('6 minutes')
    expect((await send(makeThing, sent)).status).toBe(201)
    await age('25 hours')
    const fresh = await send(makeThing, { ...sent, body: { name: 'another' } })
    expect([fresh.status, fresh.headers.get('idempotency-replayed')]).toEqual([201, null])
  })

  it('never keeps an answer that shows a secret', async () => {
    const secretive = { ...makeThing, revealsSecret: true }
    const key = randomUUID()
    const sent = {
      token: await keyWith('inventory:write'),
      body: { name: 's3cret' },
      headers: { 'idempotency-key': key },
    }
    expect((await send(secretive, sent)).status).toBe(201)
    const again = await send(secretive, sent)
    expect(again.status).toBe(409)
    expect((await again.json()).detail).toContain('only once')
    const { rows } = await db.query(`SELECT response::text FROM idempotency_key WHERE key = $1`, [key])
    expect(rows).toEqual([{ response: '{}' }])
  })
})

describe('the rate limit', () => {
  it('refuses the 601st request of a key in a minute and says when to come back', async () => {
    const token = await keyWith()
    const whoAmI = endpoint({
      ...facts,
      method: 'GET',
      path: '/api/v1/me',
      scope: 'none',
      response: z.object({ ok: z.boolean() }),
      run: async () => ({ ok: true }),
    })
    expect((await send(whoAmI, { token })).status).toBe(200)
    await db.query(`UPDATE rate_limit SET points = 600 WHERE key LIKE 'api:api_key:%' AND points = 1`)
    const response = await send(whoAmI, { token })
    expect(response.status).toBe(429)
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(response.headers.get('ratelimit')).toMatch(/r=0/)
    expect(await response.json()).toMatchObject({ code: 'rate_limited' })
    expect((await send(whoAmI, { token: await keyWith() })).status).toBe(200)
  })
})

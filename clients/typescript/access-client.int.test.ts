import http, { type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import express from 'express'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CreateApiKeyInput } from '@/lib/api-keys/schema'
import { createApiKey } from '@/lib/api-keys/server/create-api-key'
import { openAccessDoor } from '@/lib/decisions/server/open-door'
import { flushDecisions } from '@/lib/decisions/server/record-decisions'
import { updateDirectory } from '@/lib/decisions/server/update-directory'
import { closePool } from '@/lib/platform/db/pool'
import { warmUp } from '@/lib/platform/testing/context'
import { testDatabase } from '@/lib/platform/testing/database'
import { testOrganization } from '@/lib/platform/testing/organization'
import { makeEdge, makeIdentity, makeOwnership, makeResource } from '../../prisma/factories/inventory'
import { makeSource } from '../../prisma/factories/organization'
import { AccessClient, type AccessQuestion } from './access-client'
import { guardExpress, guardFastify, guardRoute } from './middleware'

let db: pg.Client
let url: string
let key: string
let identity: string
const servers: http.Server[] = []

async function listen(listener: RequestListener): Promise<string> {
  const server = http.createServer(listener)
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const question = (name = 'read'): AccessQuestion => ({
  subject: { type: 'service_account', id: 'svc-client' },
  action: { name },
  resource: { type: 'bucket', id: 'reports' },
})

beforeAll(async () => {
  db = new pg.Client({ connectionString: (await testDatabase()).superuserUrl })
  await db.connect()
  const org = await testOrganization()
  const place = { orgId: org.orgId, sourceId: await makeSource(db, org.orgId) }
  await warmUp(org.as.admin)
  identity = await makeIdentity(db, place, { external_id: 'svc-client' })
  await makeOwnership(db, org.orgId, identity, { owner_key: 'user:x', label: 'X', state: 'confirmed' })
  const bucket = await makeResource(db, place, 'reports')
  await db.query(`UPDATE resource SET kind = 'bucket', external_id = 'reports', environment = NULL WHERE id = $1`, [
    bucket,
  ])
  const ends = { from: { type: 'identity', id: identity }, to: { type: 'resource', id: bucket } }
  await makeEdge(db, place, { kind: 'grants', ...ends, privilege: 'read' })
  const expiresAt = new Date(Date.now() + 86_400_000).toISOString()
  const input = CreateApiKeyInput.parse({ name: 'client', scopes: ['decisions:ask_any'], expiresAt })
  key = (await createApiKey(org.as.admin, input)).token
  await updateDirectory(org.as.admin, { types: [], entities: [], sources: [] })
  // The door of the product in front of a server that knows nothing: what answers is the product.
  openAccessDoor()
  url = await listen((_request, response) => response.writeHead(404).end('not the product'))
})

afterAll(async () => {
  for (const server of servers) {
    server.closeAllConnections()
    server.close()
  }
  await flushDecisions()
  await db.end()
  await closePool()
})

describe('the client', () => {
  it('gives the decision point’s answer', async () => {
    const client = new AccessClient({ url, key })
    expect(await client.decide(question())).toEqual({
      isAllowed: true,
      reason: 'entitled',
      id: expect.any(String),
      isCached: false,
    })
    expect(await client.decide(question('admin'))).toMatchObject({ isAllowed: false, reason: 'no_rule' })
    const many = await client.decideMany([question(), question('write'), question()])
    expect(many.map(({ isAllowed }) => isAllowed)).toEqual([true, false, true])
  })

  it('keeps an answer while it is valid, and is refused within a second of a change', async () => {
    const client = new AccessClient({ url, key })
    const first = await client.decide(question())
    expect(await client.decide(question())).toEqual({ ...first, isCached: true })
    await db.query(`UPDATE identity SET status = 'disabled' WHERE id = $1`, [identity])
    const changedAt = Date.now()
    while ((await client.decide(question())).isAllowed) await new Promise((resolve) => setTimeout(resolve, 20))
    expect(Date.now() - changedAt).toBeLessThan(1000)
    await db.query(`UPDATE identity SET status = 'active' WHERE id = $1`, [identity])
  })

  it.each<[string, RequestListener, string]>([
    ['an error', (_request, response) => response.writeHead(500).end(), 'refused_500'],
    ['a redirect', (_request, response) => response.writeHead(307, { location: '/else' }).end(), 'unreachable'],
    ['a page', (_request, response) => response.end('<html>yes</html>'), 'odd_answer'],
    ['the word true', (_request, response) => response.end('{"decision":"true"}'), 'odd_answer'],
    ['nothing', () => {}, 'timed_out'],
  ])('takes %s for a no', async (_what, listener, reason) => {
    const denied = { isAllowed: false, reason, id: null, isCached: false }
    // The door answers in front of every server of this process: these are asked at another path.
    const odd = new AccessClient({ url: `${await listen(listener)}/elsewhere`, key, timeoutMs: 200 })
    expect(await odd.decide(question())).toEqual(denied)
    expect(await odd.decideMany([question(), question()])).toEqual([denied, denied])
  })

  it('takes nobody there, and a bad key, for a no', async () => {
    expect(await new AccessClient({ url: 'http://127.0.0.1:1', key }).decide(question())).toMatchObject({
      reason: 'unreachable',
    })
    expect(await new AccessClient({ url, key: 'bwk_none' }).decide(question())).toMatchObject({
      isAllowed: false,
      reason: 'refused_401',
    })
  })
})

describe('the middleware', () => {
  const questionOf = (name: string | null) => {
    if (name === null) throw new Error('no action')
    return question(name)
  }

  it('guards an Express route', async () => {
    const app = express()
    const client = new AccessClient({ url, key })
    const guard = guardExpress<IncomingMessage>(client, ({ headers }) =>
      questionOf(String(headers['x-action'] ?? '') || null),
    )
    const report = (_request: unknown, response: ServerResponse) => response.end('{"report":1}')
    app.use('/reports', guard as never, report as never)
    const place = await listen(app)
    const ask = async (action?: string) => {
      const response = await fetch(`${place}/reports`, action ? { headers: { 'x-action': action } } : {})
      return [response.status, await response.json()]
    }
    expect(await ask('read')).toEqual([200, { report: 1 }])
    expect(await ask('admin')).toEqual([
      403,
      expect.objectContaining({ reason: 'no_rule', decision: expect.any(String) }),
    ])
    expect(await ask()).toEqual([403, expect.objectContaining({ reason: 'no_question' })])
  })

  it('guards a route of web requests, whose handler still reads the body', async () => {
    const client = new AccessClient({ url, key })
    const route = guardRoute(
      client,
      async (request) => questionOf((await request.json()).action),
      async (request) => Response.json(await request.json()),
    )
    const ask = (body: unknown) => route(new Request('http://x/', { method: 'POST', body: JSON.stringify(body) }))
    expect(await (await ask({ action: 'read' })).json()).toEqual({ action: 'read' })
    expect((await ask({ action: 'write' })).status).toBe(403)
  })

  it('guards a Fastify route', async () => {
    const client = new AccessClient({ url, key })
    const guard = guardFastify<string>(client, questionOf)
    const sent: unknown[] = []
    const reply = {
      code: (status: number) => {
        sent.push(status)
        return reply
      },
      send: (body: unknown) => sent.push(body),
    }
    expect(await guard('read', reply)).toBeUndefined()
    expect(sent).toEqual([])
    await guard('admin', reply)
    expect(sent).toEqual([403, expect.objectContaining({ reason: 'no_rule' })])
  })
})

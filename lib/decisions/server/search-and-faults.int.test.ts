import { randomUUID } from 'node:crypto'
import http from 'node:http'
import net, { type AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { decisionPoint } from '@/lib/platform/authz/client'
import { closePool } from '@/lib/platform/db/pool'
import { type AccessWorld, makeAccessWorld } from '@/lib/platform/testing/access-world'
import { makeResource } from '../../../prisma/factories/inventory'
import { UpdateDirectoryInput } from '../schema'
import { flushDecisions } from './record-decisions'
import { updateDirectory } from './update-directory'

let db: AccessWorld['db']
let org: AccessWorld['org']
let place: AccessWorld['place']
let service: string
let bucket: string
let any: string
let ask: AccessWorld['ask']
let grant: AccessWorld['grant']
let question: AccessWorld['question']

beforeAll(async () => {
  const world = await makeAccessWorld()
  db = world.db
  org = world.org
  place = world.place
  service = world.service
  bucket = world.bucket
  any = world.token
  ask = world.ask
  grant = world.grant
  question = world.question
})

afterAll(async () => {
  await flushDecisions()
  decisionPoint().close()
  await db.end()
  await closePool()
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

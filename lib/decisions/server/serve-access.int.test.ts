import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { decisionPoint } from '@/lib/platform/authz/client'
import { closePool } from '@/lib/platform/db/pool'
import { type AccessWorld, makeAccessWorld, newKey } from '@/lib/platform/testing/access-world'
import { testOrganization } from '@/lib/platform/testing/organization'
import { makeResource } from '../../../prisma/factories/inventory'
import { flushDecisions } from './record-decisions'
import { accessMetadata } from './serve-access'

let db: AccessWorld['db']
let org: AccessWorld['org']
let place: AccessWorld['place']
let service: string
let bucket: string
let ask: AccessWorld['ask']
let grant: AccessWorld['grant']
let question: AccessWorld['question']
let own: string
let ownId: string

beforeAll(async () => {
  const world = await makeAccessWorld()
  db = world.db
  org = world.org
  place = world.place
  service = world.service
  bucket = world.bucket
  ask = world.ask
  grant = world.grant
  question = world.question
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

describe('metadata', () => {
  it('names every endpoint below its own address', () => {
    const metadata = accessMetadata()
    expect(metadata.policy_decision_point).toBe('http://localhost:3000')
    const { capabilities, ...addresses } = metadata
    expect(Object.values(addresses).every((url) => String(url).startsWith('http://localhost:3000'))).toBe(true)
    expect(Object.keys(addresses)).toHaveLength(9)
    expect(capabilities).toEqual(['urn:openid:authzen:capability:access-request'])
  })
})

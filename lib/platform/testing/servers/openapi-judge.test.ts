import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { asJsonSchema, type FakeAnswer, judgedBy } from './openapi-judge'

let answer: FakeAnswer = { status: 200 }
const { listener, violations, judged } = judgedBy('github', () => answer)
const server = http.createServer(listener)
let origin = ''

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => void server.close())

/** Asks a fake that answers so; what came, and what the description holds against it. */
async function ask(given: FakeAnswer, method: string, path: string, body?: object) {
  answer = given
  const before = judged()
  const headers = { 'content-type': 'application/json' }
  const init = body === undefined ? { method } : { method, headers, body: JSON.stringify(body) }
  const { status } = await fetch(`${origin}${path}`, init)
  return { status, violations: violations.splice(0), judged: judged() - before }
}

const token = '/orgs/octo-org/personal-access-tokens/1'
const installations = '/orgs/octo-org/installations'

test('lets pass what the description allows, and refusals that it does not list', async () => {
  const good = await ask({ status: 204 }, 'POST', token, { action: 'revoke' })
  expect(good).toEqual({ status: 204, violations: [], judged: 1 })
  expect(await ask({ status: 401, body: { message: 'x' } }, 'GET', '/meta')).toMatchObject({
    status: 401,
    violations: [],
  })
})

test('judges questions: their bodies, their parameters, and whether there is such a thing', async () => {
  const questions: [string, string, object?][] = [
    ['POST', token, { action: 'nuke' }],
    ['GET', `${installations}?size=1`],
    ['GET', '/orgs/octo-org/nothing'],
    ['PATCH', token],
  ]
  for (const question of questions) {
    const judgement = await ask({ status: 204 }, ...question)
    expect(judgement).toMatchObject({ status: 500, judged: 0, violations: [expect.stringMatching(/^question /)] })
  }
})

test('judges answers: their status and what stands in them, also behind a choice that may be null', async () => {
  const odd = { total_count: 1, installations: [{ id: 'x' }] }
  for (const wrong of [
    { status: 200, body: odd },
    { status: 201, body: {} },
    { status: 200, body: [] },
  ]) {
    const judgement = await ask(wrong, 'GET', installations)
    expect(judgement).toMatchObject({ status: 500, violations: [expect.stringMatching(/^answer to /)] })
  }
})

test('writes what may be null as a choice, and patterns of Java out', () => {
  expect(asJsonSchema({ pattern: '(?i)^[0-9a-f]{8}$' })).toEqual({ pattern: '^[0-9a-fA-F]{8}$' })
  expect(asJsonSchema({ nullable: true, type: 'string' })).toEqual({ nullable: true, type: 'string' })
  expect(asJsonSchema({ a: [{ nullable: true, readOnly: true }] })).toEqual({ a: [{ readOnly: true }] })
  expect(asJsonSchema({ nullable: false, $ref: '#/x' })).toEqual({ $ref: '#/x' })
  expect(asJsonSchema({ nullable: true, $ref: '#/x' })).toEqual({
    anyOf: [{ $ref: '#/x' }, { type: 'string', nullable: true, enum: [null] }],
  })
})

test('takes of several what the discriminator says', () => {
  const described = {
    oneOf: [{ $ref: '#/a' }, { $ref: '#/b' }],
    discriminator: { propertyName: 'kind', mapping: { a: '#/a' } },
  }
  const is = { type: 'object', required: ['kind'], properties: { kind: { type: 'string', enum: ['a'] } } }
  expect(asJsonSchema(described)).toEqual({ anyOf: [{ allOf: [{ $ref: '#/a' }, is] }] })
})

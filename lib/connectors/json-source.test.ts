import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { askEach, askJson, demandGood, type JsonSource, unlessForbidden, unlessGone, usualReason } from './json-source'
import type { LiveError } from './live-error'
import { Secret } from './secret'

let server: http.Server
let source: JsonSource
let asked = 0

beforeAll(async () => {
  server = http.createServer((request, response) => {
    asked += 1
    const status = Number(request.url?.slice(1))
    if (status === 402 && asked < 3) return response.writeHead(402, { 'x-left': '0' }).end()
    if (status === 429 && asked < 3) return response.writeHead(429, { 'retry-after': '0' }).end()
    if (status === 503) return response.writeHead(503, { 'retry-after': '3600' }).end()
    let body = ''
    request.on('data', (chunk) => {
      body += chunk
    })
    request.once('end', () => {
      const type = request.headers['content-type'] ?? ''
      const headers = status === 302 ? { location: 'http://localhost/elsewhere' } : {}
      response.writeHead(status === 429 ? 200 : status, headers)
      response.end(JSON.stringify({ error: { message: `no: ${body}` }, type }))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  source = {
    ...{ title: 'The source', outbound: { allow: [], allowLoopback: true }, reasonOf: usualReason },
    endpoint: { host: '127.0.0.1', port: (server.address() as AddressInfo).port, tls: 'off' },
  }
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

const call = { signal: new AbortController().signal, pace: async () => {} }
const ask = (status: number, body?: object | string, secrets: Secret[] = []) => {
  asked = 0
  return askJson(source, { method: 'POST', path: `/${status}`, ...(body === undefined ? {} : { body }) }, call, secrets)
}
const codeOf = (work: Promise<unknown>) => work.catch((error: LiveError) => error.code)

test('sends objects as JSON, and text as it is', async () => {
  expect((await ask(200, { a: 1 })).body).toEqual({ error: { message: 'no: {"a":1}' }, type: 'application/json' })
  expect((await ask(200, 'a=1')).body).toEqual({ error: { message: 'no: a=1' }, type: '' })
})

test('gives the reason of a refusal without the secrets that were sent', async () => {
  const answer = await ask(400, { key: 'hush-hush' }, [new Secret('hush-hush')])
  expect(answer.reason).toBe('no: {"key":"[secret]"}')
  for (const [status, code] of Object.entries({
    ...{ 400: 'refused_by_source', 401: 'login_refused', 403: 'forbidden', 404: 'not_found', 410: 'not_found' },
    ...{ 409: 'conflict', 412: 'conflict' },
  })) {
    const refused = await ask(Number(status))
    expect(() => demandGood(source, refused), status).toThrow(expect.objectContaining({ code }))
  }
})

test('waits where it is asked to, and gives up where that is too long', async () => {
  expect(await ask(429)).toMatchObject({ status: 200 })
  expect(asked).toBe(3)
  expect(await codeOf(ask(503))).toBe('rate_limited')
  expect(asked).toBe(1)
})

test('waits where the source asks for it in its own way', async () => {
  const own = { ...source, waitMs: (answer: { headers: object }) => ('x-left' in answer.headers ? 0 : undefined) }
  asked = 0
  expect(await askJson(own, { method: 'GET', path: '/402' }, call)).toMatchObject({ status: 402 })
  expect(asked).toBe(3)
})

test('follows no redirect and takes a fault for a fault', async () => {
  expect(await codeOf(ask(302))).toBe('unexpected_answer')
  expect(await codeOf(ask(500))).toBe('unreachable')
})

test('takes what is gone and what is forbidden for nothing, and nothing else', async () => {
  const good = async (status: number) => demandGood(source, await ask(status))
  expect(await unlessGone(good(404))).toBeUndefined()
  expect(await codeOf(unlessGone(good(403)))).toBe('forbidden')
  const told: LiveError[] = []
  expect(await unlessForbidden(good(403), (error) => told.push(error))).toBeUndefined()
  expect(told.map(({ code }) => code)).toEqual(['forbidden'])
  expect(await codeOf(unlessForbidden(good(409), () => {}))).toBe('conflict')
})

test('asks some at a time, and gives the answers in their order', async () => {
  let [now, most] = [0, 0]
  const answers = await askEach(
    Array.from({ length: 30 }, (_, i) => i),
    async (i) => {
      most = Math.max(most, ++now)
      await new Promise((resolve) => setTimeout(resolve, (i % 3) * 2))
      now -= 1
      return i * 2
    },
  )
  expect(answers).toEqual(Array.from({ length: 30 }, (_, i) => i * 2))
  expect(most).toBe(8)
})

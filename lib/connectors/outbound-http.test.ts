import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { checkPlace } from './outbound'
import { askHttp, retryAfterMs } from './outbound-http'

const asked: string[] = []
let server: http.Server
let port = 0

beforeAll(async () => {
  server = http.createServer((request, response) => {
    asked.push(`${request.method} ${request.url} ${request.headers.host}`)
    if (request.url === '/elsewhere') response.writeHead(307, { location: '/secret' }).end('moved')
    else if (request.url === '/huge') {
      const chunk = Buffer.alloc(1024 * 1024)
      const write = () => {
        while (!response.destroyed && response.write(chunk)) {}
      }
      response.on('drain', write)
      write()
    } else if (request.url === '/silent') return
    else response.writeHead(200).end(request.method)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  port = (server.address() as AddressInfo).port
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

const ask = async (path: string, signal = new AbortController().signal) => {
  const place = await checkPlace({ host: 'localhost', port, tls: 'off' }, { allow: [], allowLoopback: true })
  return askHttp(
    { ...place, address: '127.0.0.1' },
    { method: 'GET', path, headers: { authorization: 'Basic x' } },
    signal,
  )
}

test('asks the checked address under the name that was given', async () => {
  expect(await ask('/users')).toMatchObject({ status: 200, text: 'GET' })
  expect(asked.at(-1)).toBe(`GET /users localhost:${port}`)
})

test('follows no redirect', async () => {
  expect(await ask('/elsewhere')).toMatchObject({ status: 307 })
  expect(asked.some((line) => line.includes('/secret'))).toBe(false)
})

test('reads no answer without end', async () => {
  await expect(ask('/huge')).rejects.toMatchObject({ code: 'unexpected_answer' })
})

test('ends with the signal', async () => {
  const stop = new AbortController()
  const waiting = ask('/silent', stop.signal)
  setTimeout(() => stop.abort(), 50)
  await expect(waiting).rejects.toMatchObject({ name: 'AbortError' })
})

test('reads how long it is asked to wait, in seconds or as a date', () => {
  const answer = (value?: string) => ({
    status: 429,
    headers: value === undefined ? {} : { 'retry-after': value },
    text: '',
  })
  expect(retryAfterMs(answer('7'))).toBe(7000)
  expect(retryAfterMs(answer('Thu, 01 Jan 2026 00:00:10 GMT'), Date.UTC(2026, 0, 1))).toBe(10_000)
  expect([retryAfterMs(answer('soon')), retryAfterMs(answer())]).toEqual([undefined, undefined])
})

import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import type { DiscoveryPart, LiveSetting } from '../live-contract'
import { LiveError } from '../live-error'
import { oauth } from './live'

// What servers do that the real one of the conformance run does not.

const servers: http.Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) server.close()
})

type Answers = Record<string, { status?: number; body?: object; location?: string }>

async function serve(answers: (issuer: string) => Answers) {
  const asked: string[] = []
  const server = http.createServer((request, response) => {
    const name = `${request.method} ${request.url}`
    asked.push(name)
    const { status = 200, body = {}, location } = answers(issuer)[name] ?? { status: 404 }
    response.writeHead(status, location === undefined ? {} : { location })
    request.resume().once('end', () => response.end(JSON.stringify(body)))
  })
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const issuer = `http://127.0.0.1:${port}`
  return { port, asked }
}

const metadataAt = 'GET /.well-known/oauth-authorization-server'
const usual = (issuer: string): Answers => ({
  [metadataAt]: {
    body: {
      issuer,
      introspection_endpoint: `${issuer}/look`,
      revocation_endpoint: `${issuer}/revoke`,
      registration_endpoint: `${issuer}/reg`,
    },
  },
  'POST /look': { body: { active: false } },
  'GET /reg/c1': { body: { client_id: 'c1', client_secret: 'old-secret', registration_access_token: 'token-1' } },
})

const setting: LiveSetting = {
  ...{
    outbound: { allow: [], allowLoopback: true },
    instance: 'test',
    fingerprint: (secret) => `print ${secret.length}`,
  },
}
const configOf = (port: number, more: object = {}) => ({
  ...{
    host: '127.0.0.1',
    port,
    tls: 'off',
    clientId: 'own',
    secret: 'own-secret',
    registrations: 'c1 token-1',
    ...more,
  },
})
const codeOf = (work: Promise<unknown> | undefined) =>
  Promise.resolve(work).then(
    () => 'nothing was thrown',
    (error) => (error instanceof LiveError ? error.code : error),
  )
const target = { identity: 'client:c1', credential: 'client:c1#secret' }

test.each([
  [
    'endpoints of another host',
    (issuer: string) => ({ issuer, introspection_endpoint: 'http://169.254.169.254/look' }),
  ],
  ['another issuer', () => ({ issuer: 'https://auth.example' })],
  ['no description', () => ({ hello: 'world' })],
])('a server that gives %s is not used', async (_what, body) => {
  const { port, asked } = await serve((issuer) => ({ [metadataAt]: { body: body(issuer) } }))
  expect(await codeOf(oauth.connect(configOf(port), setting))).toBe('unexpected_answer')
  expect(asked.filter((name) => !name.includes('well-known'))).toEqual([])
})

test('no redirect is followed', async () => {
  const { port, asked } = await serve(() => ({ [metadataAt]: { status: 302, location: '/elsewhere' } }))
  expect(await codeOf(oauth.connect(configOf(port), setting))).toBe('unexpected_answer')
  expect(asked).toEqual([metadataAt])
})

test('a secret that the server kept is not taken for a new one, and what nobody keeps is not risked', async () => {
  const { port, asked } = await serve((issuer) => ({
    ...usual(issuer),
    'PUT /reg/c1': { body: { client_id: 'c1', client_secret: 'old-secret', registration_access_token: 'token-2' } },
  }))
  const alone = await oauth.connect(configOf(port), setting)
  expect(await codeOf(alone.hands.client_secret?.issue?.({ target }))).toBe('conflict')
  expect(asked).not.toContain('PUT /reg/c1')
  let stored = 'c1 token-1'
  const kept = await oauth.connect(configOf(port), {
    ...setting,
    keep: async (field, revise) => {
      expect(field).toBe('registrations')
      stored = revise(stored)
    },
  })
  expect(await codeOf(kept.hands.client_secret?.issue?.({ target }))).toBe('refused_by_source')
  expect(stored).toBe('c1 token-2')
})

test('a refused registration access token says nothing of the client: discovery is a part, and nothing was deleted', async () => {
  const { port } = await serve((issuer) => ({
    ...usual(issuer),
    'GET /reg/c1': { status: 401, body: { error: 'invalid_token' } },
    'DELETE /reg/c1': { status: 401 },
  }))
  const connection = await oauth.connect(configOf(port), setting)
  const parts: DiscoveryPart[] = []
  for await (const part of connection.discover()) parts.push(part)
  expect(parts.at(-1)).toMatchObject({ isComplete: false, skipped: [{ scope: 'the client c1' }] })
  expect(await codeOf(connection.hands.identity?.delete?.({ target }))).toBe('forbidden')
})

test('a secret that the server keeps to itself is not put at risk by another change', async () => {
  const { port, asked } = await serve((issuer) => ({ ...usual(issuer), 'GET /reg/c1': { body: { client_id: 'c1' } } }))
  const connection = await oauth.connect(configOf(port), { ...setting, keep: async () => {} })
  expect(await codeOf(connection.hands.identity?.disable?.({ target }))).toBe('conflict')
  expect(asked).not.toContain('PUT /reg/c1')
})

import http from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CreateApiKeyInput } from '@/lib/api-keys/schema'
import { createApiKey } from '@/lib/api-keys/server/create-api-key'
import { flushDecisions } from '@/lib/decisions/server/record-decisions'
import { serveAccess } from '@/lib/decisions/server/serve-access'
import { decisionPoint } from '@/lib/platform/authz/client'
import { closePool } from '@/lib/platform/db/pool'
import { warmUp } from '@/lib/platform/testing/context'
import { testDatabase } from '@/lib/platform/testing/database'
import { testOrganization } from '@/lib/platform/testing/organization'
import { makeEdge, makeIdentity, makeOwnership, makeResource } from '@/prisma/factories/inventory'
import { makeSource } from '@/prisma/factories/organization'
import { startGateway } from './gateway'

// A real server of the protocol, the real decision point over HTTP, real signed tokens; between them the gateway.

const issuer = 'https://sign-in.example'
const audience = 'https://tools.example/mcp'
const everything = path.resolve('node_modules/@modelcontextprotocol/server-everything/dist/index.js')

let db: pg.Client
let keys: Awaited<ReturnType<typeof generateKeyPair>>
let gateway: Awaited<ReturnType<typeof startGateway>>
let stranger: Awaited<ReturnType<typeof generateKeyPair>>
let agent: string
const servers: http.Server[] = []
const clients: Client[] = []
const logged: string[] = []
let isPointAway = false

const tokenFor = (subject: string, more: object = {}, key = keys.privateKey, lasts = '5m') =>
  new SignJWT({ client_id: 'agent-7', ...more })
    .setProtectedHeader({ alg: 'ES256', kid: 'one' })
    .setSubject(subject)
    .setIssuer(issuer)
    .setAudience(audience)
    .setExpirationTime(lasts)
    .sign(key)

async function serve(answer: http.RequestListener): Promise<string> {
  const server = http.createServer(answer)
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

async function connect(token: string): Promise<Client> {
  const client = new Client({ name: 'test', version: '1' })
  const transport = new StreamableHTTPClientTransport(new URL(gateway.url), {
    requestInit: { headers: { authorization: `Bearer ${token}` } },
  })
  await client.connect(transport)
  clients.push(client)
  return client
}

const textOf = (result: unknown) => (result as { content: { text: string }[] }).content[0]?.text

beforeAll(async () => {
  db = new pg.Client({ connectionString: (await testDatabase()).superuserUrl })
  await db.connect()
  const org = await testOrganization()
  await warmUp(org.as.admin)
  const place = { orgId: org.orgId, sourceId: await makeSource(db, org.orgId) }
  agent = await makeIdentity(db, place, { external_id: 'agent-of-orders', kind: 'ai_agent' })
  await makeOwnership(db, org.orgId, agent, { owner_key: 'user:somebody', label: 'Somebody', state: 'confirmed' })
  for (const [kind, name, privilege] of [
    ['mcp_server', audience, 'read'],
    ['tool', 'echo', 'write'],
    ['tool', 'get-env', 'read'],
  ] as const) {
    const resource = await makeResource(db, place, name)
    await db.query(`UPDATE resource SET kind = $2, external_id = $3 WHERE id = $1`, [resource, kind, name])
    await makeEdge(db, place, {
      kind: 'grants',
      from: { type: 'identity', id: agent },
      to: { type: 'resource', id: resource },
      ...{ privilege, scopes: [] },
    })
  }
  const expiresAt = new Date(Date.now() + 86_400_000).toISOString()
  const key = CreateApiKeyInput.parse({ name: 'gateway', scopes: ['decisions:ask_any'], expiresAt })
  const { token: apiKey } = await createApiKey(org.as.admin, key)

  keys = await generateKeyPair('ES256')
  stranger = await generateKeyPair('ES256')
  const jwk = { ...(await exportJWK(keys.publicKey)), kid: 'one', alg: 'ES256' }
  const jwks = await serve((_, response) => response.end(JSON.stringify({ keys: [jwk] })))
  const point = await serve(async (request, response) => {
    if (isPointAway) return response.destroy()
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const answer = await serveAccess(
      new Request(`http://localhost:3000${request.url}`, {
        method: 'POST',
        headers: request.headers as Record<string, string>,
        body: Buffer.concat(chunks),
      }),
    )
    response.writeHead(answer.status, Object.fromEntries(answer.headers))
    response.end(await answer.text())
  })
  gateway = await startGateway({
    ...{ port: 0, host: '127.0.0.1', subjectClaim: 'sub' },
    token: { issuer, audience, jwksUrl: jwks },
    point: { url: point, apiKey, timeoutMs: 5000 },
    server: { command: process.execPath, args: [everything, 'stdio'], env: { SECRET_OF_THE_HOST: 'never' } },
    log: (line) => logged.push(line),
  })
})

afterAll(async () => {
  for (const client of clients) await client.close()
  await gateway.stop()
  for (const server of servers) server.close()
  await flushDecisions()
  decisionPoint().close()
  await db.end()
  await closePool()
})

describe('the gateway', () => {
  it('lets through what is permitted and refuses the rest, whatever the server says of its tools', async () => {
    const client = await connect(await tokenFor('agent-of-orders'))
    expect((await client.listTools()).tools.map(({ name }) => name)).toContain('get-env')
    expect(textOf(await client.callTool({ name: 'echo', arguments: { message: 'hello' } }))).toContain('hello')
    // The server calls it read-only; the inventory grants no call of it.
    await expect(client.callTool({ name: 'get-env', arguments: {} })).rejects.toMatchObject({
      code: -32_001,
      message: expect.stringContaining('Access denied'),
      data: { id: expect.any(String) },
    })
    await expect(client.callTool({ name: 'get-sum', arguments: { a: 1, b: 2 } })).rejects.toMatchObject({
      code: -32_001,
    })
    await expect(client.request({ method: 'vendor/dump' } as never, {} as never)).rejects.toMatchObject({
      code: -32_001,
    })
    await client.ping()
  })

  it('asks before each call: what changes in the inventory changes the next', async () => {
    const client = await connect(await tokenFor('agent-of-orders'))
    const call = () => client.callTool({ name: 'echo', arguments: { message: 'again' } })
    await call()
    await db.query(`UPDATE identity SET status = 'disabled' WHERE id = $1`, [agent])
    await expect(call()).rejects.toMatchObject({ code: -32_001, data: { reason: 'subject_not_active' } })
    await db.query(`UPDATE identity SET status = 'active' WHERE id = $1`, [agent])
    await call()
  })

  it('refuses everything while the decision point is away', async () => {
    const client = await connect(await tokenFor('agent-of-orders'))
    isPointAway = true
    try {
      await expect(client.callTool({ name: 'echo', arguments: { message: 'x' } })).rejects.toMatchObject({
        code: -32_603,
        message: expect.stringContaining('Authorization service unavailable'),
      })
      await client.ping()
    } finally {
      isPointAway = false
    }
  })

  it('opens nothing to somebody unknown to the inventory', async () => {
    await expect(connect(await tokenFor('nobody'))).rejects.toMatchObject({ code: -32_001 })
  })

  it.each([
    ['of another issuer’s key', () => tokenFor('agent-of-orders', {}, stranger.privateKey)],
    ['that has expired', () => tokenFor('agent-of-orders', {}, keys.privateKey, '-1m')],
    ['that is none', async () => 'nonsense'],
  ])('answers 401 to a token %s', async (_, make) => {
    const response = await fetch(gateway.url, {
      method: 'POST',
      headers: { authorization: `Bearer ${await make()}`, accept: 'application/json, text/event-stream' },
      body: '{}',
    })
    expect(response.status).toBe(401)
    expect(response.headers.get('www-authenticate')).toContain('oauth-protected-resource')
  })

  it('gives nobody another’s session, and takes no message that is none', async () => {
    const client = await connect(await tokenFor('agent-of-orders'))
    const session = (client.transport as StreamableHTTPClientTransport).sessionId ?? ''
    const send = async (subject: string, body: string, id = session) =>
      (
        await fetch(gateway.url, {
          method: 'POST',
          headers: {
            ...{ authorization: `Bearer ${await tokenFor(subject)}`, 'mcp-session-id': id },
            ...{ accept: 'application/json, text/event-stream', 'content-type': 'application/json' },
          },
          body,
        })
      ).status
    expect(await send('somebody', '{}')).toBe(403)
    expect(await send('agent-of-orders', '{}', 'no-such')).toBe(404)
    expect(await send('agent-of-orders', '{')).toBe(400)
    expect(await send('agent-of-orders', '[1]')).toBe(400)
    expect(await send('agent-of-orders', 'x'.repeat(5 * 1024 * 1024))).toBe(413)
  })

  it('writes no token and no answer into its log', () => {
    expect(logged.length).toBeGreaterThan(0)
    expect(logged.join('\n')).not.toMatch(/eyJ|hello|blw_/)
  })
})

import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import Provider from 'oidc-provider'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { flushDecisions } from '@/lib/decisions/server/record-decisions'
import { answerAccess } from '@/lib/decisions/server/serve-access'
import { decisionPoint } from '@/lib/platform/authz/client'
import { closePool } from '@/lib/platform/db/pool'
import { type Env, env } from '@/lib/platform/env'
import { type AccessWorld, makeAccessWorld } from '@/lib/platform/testing/access-world'
import { testOrganization } from '@/lib/platform/testing/organization'
import { makeIdentity } from '../../../prisma/factories/inventory'
import { createClient } from './create-client'
import { createIssuer } from './create-issuer'
import { deleteClient } from './delete-caller'
import { listCallers } from './list-callers'
import { verifyIssuer } from './verify-issuer'

const audience = 'https://bailiwick.example/access'
const spiffeId = 'spiffe://example.org/ns/shop/sa/orders'
const certificateHash = 'cd'.repeat(32)
const [clientId, clientSecret] = ['orders-client', 'a-secret-of-the-test-issuer']

let world: AccessWorld
let server: http.Server
let issuer: string
let issuerId: string
let keys: Awaited<ReturnType<typeof generateKeyPair>>
let stranger: Awaited<ReturnType<typeof generateKeyPair>>

/** A real authorization server that gives JWT access tokens to clients by their own right. */
async function startIssuer() {
  keys = await generateKeyPair('RS256', { extractable: true })
  stranger = await generateKeyPair('RS256', { extractable: true })
  server = http.createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const jwk = { ...(await exportJWK(keys.privateKey)), kid: 'one', alg: 'RS256', use: 'sig' }
  const provider = new Provider(issuer, {
    findAccount: (_context, subject) => ({ accountId: subject, claims: () => ({ sub: subject }) }),
    clients: [
      {
        ...{ client_id: clientId, client_secret: clientSecret, redirect_uris: [], response_types: [] },
        grant_types: ['client_credentials'],
      },
    ],
    jwks: { keys: [jwk] },
    features: {
      clientCredentials: { enabled: true },
      devInteractions: { enabled: false },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => audience,
        getResourceServerInfo: () => ({ scope: 'ask', audience, accessTokenFormat: 'jwt', accessTokenTTL: 300 }),
      },
    },
    cookies: { keys: ['only-for-tests'] },
  })
  server.on('request', provider.callback())
}

async function tokenOfServer(): Promise<string> {
  const response = await fetch(`${issuer}/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials', scope: 'ask' }),
  })
  return ((await response.json()) as { access_token: string }).access_token
}

/** A token that the issuer's own key signed, whatever it says. */
function sign(
  claims: Record<string, unknown>,
  { kid = 'one', key = keys.privateKey, typ = 'at+jwt' }: { kid?: string; key?: CryptoKey; typ?: string } = {},
): Promise<string> {
  const now = Math.floor(Date.now() / 1000)
  const all = { iss: issuer, aud: audience, exp: now + 60, iat: now, client_id: clientId, ...claims }
  const given = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined))
  return new SignJWT(given).setProtectedHeader({ alg: 'RS256', kid, typ }).sign(key)
}

interface Sent {
  token?: string
  organization?: string | null
  headers?: Record<string, string>
  peer?: string
  path?: string
}

async function ask(question: unknown, { token, organization, headers = {}, peer, path = 'evaluation' }: Sent) {
  const sent: Record<string, string | undefined> = {
    'content-type': 'application/json',
    ...(token ? { authorization: `Bearer ${token}` } : {}),
    ...(organization === null ? {} : { 'x-organization-id': organization ?? world.org.orgId }),
    ...headers,
  }
  const { status, body } = await answerAccess({
    ...{
      method: 'POST',
      path: `/access/v1/${path}`,
      query: new URLSearchParams(),
      peer,
      header: (name) => sent[name] ?? null,
    },
    body: async () => Buffer.from(JSON.stringify(question)),
  })
  return { status, body: JSON.parse(body) }
}

beforeAll(async () => {
  world = await makeAccessWorld()
  await startIssuer()
  const { admin } = world.org.as
  issuerId = (await createIssuer(admin, { name: 'Staff', issuer, audience })).id
  await createClient(admin, { way: 'token', issuerId, subject: clientId, identityId: world.service })
  await createClient(admin, { way: 'certificate', subject: spiffeId, identityId: world.service })
})

afterAll(async () => {
  await flushDecisions()
  decisionPoint().close()
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
  await world.db.end()
  await closePool()
})

describe('an access token', () => {
  it('of the issuer’s client lets it ask about itself, and stands in the log as the client', async () => {
    const token = await tokenOfServer()
    const { status, body } = await ask(world.question(), { token })
    expect([status, body.decision, body.context.reason]).toEqual([200, true, 'entitled'])
    await flushDecisions()
    const { rows } = await world.db.query(`SELECT caller_key, caller_label FROM decision WHERE id = $1`, [
      body.context.id,
    ])
    expect(rows[0].caller_key).toMatch(/^client:/)
    expect(rows[0].caller_label).toBe(`OAuth client ${clientId}`)
  })

  it('lets nobody ask about others who was not allowed to', async () => {
    const other = await makeIdentity(world.db, world.place, { environment: 'production' })
    const about = world.question({ subject: { type: 'service_account', id: other } })
    const token = await tokenOfServer()
    expect((await ask(about, { token })).status).toBe(403)
    const search = {
      subject: { type: 'service_account' },
      action: { name: 'read' },
      resource: world.question().resource,
    }
    expect((await ask(search, { token, path: 'search/subject' })).status).toBe(403)
    const free = await createClient(world.org.as.admin, {
      ...{ way: 'token', issuerId, subject: 'gateway', identityId: world.service, mayAskAny: true },
    })
    expect((await ask(about, { token: await sign({ client_id: 'gateway' }) })).status).toBe(200)
    await deleteClient(world.org.as.admin, { id: free.id })
  })

  it.each([
    ['without the organization', {}, { organization: null }, /X-Organization-Id/],
    ['of another audience', { aud: 'https://elsewhere.example' }, {}, /aud/],
    ['that has expired', { exp: Math.floor(Date.now() / 1000) - 60 }, {}, /expired/],
    ['that never expires', { exp: undefined }, {}, /exp/],
    ['that is not valid yet', { nbf: Math.floor(Date.now() / 1000) + 600 }, {}, /nbf/],
    ['of another client', { client_id: 'somebody' }, {}, /stands for no identity/],
    ['without a client', { client_id: undefined }, {}, /names no client/],
    ['of another issuer', { iss: 'https://elsewhere.example' }, {}, /knows no issuer/],
    ['that is bound to a key', { cnf: { jkt: 'x' } }, {}, /bound to a key/],
    ['that is bound to a certificate', { cnf: { 'x5t#S256': 'x' } }, {}, /bound to a certificate/],
  ])('is refused %s', async (_what, claims, sent, says) => {
    const { status, body } = await ask(world.question(), { token: await sign(claims), ...sent })
    expect([status, body.detail ?? body.title]).toEqual([401, expect.stringMatching(says)])
  })

  it('is refused with a foreign signature, a foreign type, no signature, and half of it', async () => {
    const good = await sign({})
    const [head, payload] = good.split('.')
    const unsigned = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${payload}.`
    const tokens = [
      await sign({}, { key: stranger.privateKey }),
      await sign({}, { kid: 'two' }),
      await sign({}, { typ: 'secevent+jwt' }),
      ...[unsigned, `${head}.${payload}.`, 'abc', 'a.b.c'],
    ]
    for (const token of tokens) expect((await ask(world.question(), { token })).status).toBe(401)
    expect((await ask(world.question(), { token: good })).status).toBe(200)
  })

  it('counts in no other organization', async () => {
    const elsewhere = await testOrganization()
    expect((await ask(world.question(), { token: await sign({}), organization: elsewhere.orgId })).status).toBe(401)
  })

  it('is refused as soon as its client is gone', async () => {
    const { admin } = world.org.as
    const { id } = await createClient(admin, {
      ...{ way: 'token', issuerId, subject: 'short-lived', identityId: world.service },
    })
    const token = await sign({ client_id: 'short-lived' })
    expect((await ask(world.question(), { token })).status).toBe(200)
    await deleteClient(admin, { id })
    await vi.waitFor(async () => expect((await ask(world.question(), { token })).status).toBe(401), { timeout: 1000 })
  })
})

describe('a certificate that a proxy checked', () => {
  const header = `By=spiffe://a/b;Hash=${certificateHash};Subject="";URI=${spiffeId}`
  const trusting = (proxies: string[]) =>
    vi.spyOn(env() as Env & { CLIENT_CERT_PROXIES: string[] }, 'CLIENT_CERT_PROXIES', 'get').mockReturnValue(proxies)
  const sent = { headers: { 'x-forwarded-client-cert': header } }

  beforeAll(() => {
    Object.defineProperty(env(), 'CLIENT_CERT_PROXIES', { configurable: true, get: () => [] })
    trusting(['10.9.0.0/16'])
  })
  afterAll(() => vi.restoreAllMocks())

  it('lets its identity ask, from that proxy alone', async () => {
    expect((await ask(world.question(), { ...sent, peer: '10.9.0.7' })).body.decision).toBe(true)
    expect((await ask(world.question(), { ...sent, peer: '10.8.0.7' })).status).toBe(401)
    expect((await ask(world.question(), sent)).status).toBe(401)
  })

  it('is nobody with a name that was not told', async () => {
    const headers = { 'x-forwarded-client-cert': header.replace('orders', 'billing') }
    expect((await ask(world.question(), { headers, peer: '10.9.0.7' })).status).toBe(401)
  })

  it('does not stand in for a key that is wrong', async () => {
    expect((await ask(world.question(), { ...sent, peer: '10.9.0.7', token: 'bwk_wrong' })).status).toBe(401)
  })

  it('frees a token that is bound to it', async () => {
    const token = await sign({ cnf: { 'x5t#S256': Buffer.from(certificateHash, 'hex').toString('base64url') } })
    expect((await ask(world.question(), { token, ...sent, peer: '10.9.0.7' })).status).toBe(200)
    expect((await ask(world.question(), { token, ...sent, peer: '10.8.0.7' })).status).toBe(401)
  })
})

describe('settings', () => {
  it('say what can be read of an issuer, and refuse one whose metadata cannot', async () => {
    const { admin } = world.org.as
    expect(await verifyIssuer(admin, { id: issuerId })).toMatchObject({ isUsable: true, keys: 1 })
    await expect(createIssuer(admin, { name: 'X', issuer: `${issuer}/none`, audience })).rejects.toMatchObject({
      code: 'invalid_input',
    })
    await expect(createIssuer(admin, { name: 'X', issuer, audience })).rejects.toMatchObject({ code: 'conflict' })
  })

  it('list who may ask, for those who may see it', async () => {
    const { issuers, clients } = await listCallers(world.org.as.admin)
    expect([issuers[0]?.clients, clients.map(({ subject }) => subject).sort()]).toEqual([
      1,
      [clientId, spiffeId].sort(),
    ])
    expect(clients.find(({ subject }) => subject === clientId)?.lastUsedAt).not.toBeNull()
    await expect(listCallers(world.org.as.member)).rejects.toMatchObject({ code: 'forbidden' })
  })
})

import { randomBytes } from 'node:crypto'
import fs from 'node:fs'
import http from 'node:http'
import https from 'node:https'
import type { AddressInfo } from 'node:net'
import Provider from 'oidc-provider'
import type { LiveConnection } from '../../../connectors/live-connector'
import type { LiveSubject } from '../../../connectors/live-contract'
import { Secret } from '../../../connectors/secret'
import { discover, setting } from './found'
import { TokenStore } from './oauth-store'
import type { RunningSystem, SystemUnderTest } from './running-system'
import { ServerFolder } from './server-process'

const [ownPassword, weakPassword] = ['connection-password-1', 'powerless-password-1']

export const oauthSystems: SystemUnderTest[] = [
  { name: 'OAuth (oidc-provider)', connector: 'oauth', credential: 'client_secret', principal: 'identity', start },
]

/** What the server does with a secret that an update does not repeat, as Ory Hydra does it too. */
const newSecretAtUpdate = (context: PolicyContext, properties: Record<string, unknown>) => {
  if (context.method === 'PUT' && context.oidc.body.client_secret === undefined)
    properties.client_secret = randomBytes(32).toString('base64url')
}
interface PolicyContext {
  method: string
  oidc: { body: Record<string, unknown> }
}

/** The provider under one issuer; several share a store. */
function makeProvider(issuer: string, store: TokenStore): Provider {
  return new Provider(issuer, {
    adapter: (model: string) => store.adapter(model),
    scopes: ['billing', 'reports', 'offline_access'],
    cookies: { keys: ['only-for-tests'] },
    findAccount: (_context, subject) => ({ accountId: subject, claims: () => ({ sub: subject }) }),
    ttl: { ClientCredentials: 600, RefreshToken: 86_400, Grant: 86_400 },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      introspection: { enabled: true },
      revocation: { enabled: true },
      registration: { enabled: true, initialAccessToken: true, policies: { 'new-secret': newSecretAtUpdate } },
      registrationManagement: { enabled: true, rotateRegistrationAccessToken: true },
    },
  })
}

async function start(): Promise<RunningSystem> {
  const folder = new ServerFolder('oauth')
  const { cert, key, pem } = folder.makeCertificate()
  const store = new TokenStore()
  const plain = http.createServer()
  const safe = https.createServer({ cert: fs.readFileSync(cert), key: fs.readFileSync(key) })
  const listen = async (server: http.Server | https.Server, at = 0) => {
    await new Promise<void>((resolve) => server.listen(at, '127.0.0.1', resolve))
    return (server.address() as AddressInfo).port
  }
  const [port, safePort] = [await listen(plain), await listen(safe)]
  const log: string[] = []
  const serve = (server: http.Server | https.Server, issuer: string) => {
    const provider = makeProvider(issuer, store)
    for (const event of [
      'server_error',
      'grant.error',
      'introspection.error',
      'revocation.error',
      'registration_read.error',
    ])
      provider.on(event, (_context, error) => log.push(`${event} ${String(error)}`))
    const answer = provider.callback()
    server.on('request', (request, response) => {
      // Each question is a connection of its own: none is left over that a restart has broken.
      response.shouldKeepAlive = false
      response.once('finish', () => log.push(`${request.method} ${request.url} ${response.statusCode}`))
      answer(request, response)
    })
    return provider
  }
  const issuer = `http://127.0.0.1:${port}`
  const provider = serve(plain, issuer)
  serve(safe, `https://localhost:${safePort}`)

  const post = async (path: string, fields: Record<string, string>, id: string, secret: string) => {
    const answer = await fetch(`${issuer}${path}`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa(`${id}:${secret}`)}` },
      body: new URLSearchParams(fields),
    })
    const body = (await answer.json().catch(() => ({}))) as { access_token?: string; active?: boolean }
    return { isOk: answer.ok, ...body }
  }
  const takeToken = async (id: string, secret: string, scope: string) =>
    post('/token', { grant_type: 'client_credentials', scope }, id, secret)
  const isActive = async (token: string) =>
    (await post('/token/introspection', { token }, 'bailiwick', ownPassword)).active === true
  const needToken = async (id: string, secret: string) => {
    const { access_token: token } = await takeToken(id, secret, 'billing')
    if (token === undefined) throw new Error(`${id} is given no token`)
    return token
  }

  for (const [id, secret] of Object.entries({
    bailiwick: ownPassword,
    powerless: weakPassword,
    reports: 'secret-of-reports',
  }))
    store.addClient(id, secret)
  const access = await needToken('reports', 'secret-of-reports')
  const refresh = await makeRefreshToken(provider, 'reports')
  const names = ['bailiwick', 'reports', 'svc-billing']
  const registrations = names.map((id) => `${id} ${store.registrationToken(id)}`).join('\n')
  const place = { host: '127.0.0.1', port, tls: 'off' }
  const own = {
    ...{ clientId: 'bailiwick', secret: ownPassword, atUpdate: 'new', registrations },
    tokens: `${access}\n${refresh}`,
  }
  const tokens: [LiveSubject & ('access_token' | 'refresh_token'), string][] = [
    ['access_token', access],
    ['refresh_token', refresh],
  ]
  return {
    version: JSON.parse(fs.readFileSync('node_modules/oidc-provider/package.json', 'utf8')).version,
    config: { ...place, ...own },
    encrypted: { config: { ...place, ...own, host: 'localhost', port: safePort, tls: 'verify' }, caPem: pem },
    powerless: { ...place, clientId: 'powerless', secret: weakPassword },
    createAccount: async (name, secret) => {
      store.addClient(name, secret.reveal())
      return { identity: `client:${name}` }
    },
    openSession: async (name, secret) => {
      const token = await needToken(name, secret.reveal())
      return { isAlive: () => isActive(token), close: async () => {} }
    },
    grantable: {
      on: 'server',
      scopes: ['reports'],
      mayUse: async (name, secret) => (await takeToken(name, secret.reveal(), 'reports')).isOk,
    },
    also: Object.fromEntries(
      tokens.flatMap(([type, token]) => [
        [`${type} verify`, (connection: LiveConnection) => proveVerify(connection, type, token)],
        [`${type} delete`, (connection: LiveConnection) => proveDelete(connection, type, token, isActive)],
      ]),
    ),
    // Whatever is under way loses its answer.
    cut: async () => plain.closeAllConnections(),
    restart: async () => {
      const closed = new Promise((resolve) => plain.close(resolve))
      plain.closeAllConnections()
      await closed
      await listen(plain, port)
    },
    governing: (clients) => ({
      registrations: [...new Set([...names, ...clients])]
        .map((id) => `${id} ${store.registrationToken(id)}`)
        .join('\n'),
    }),
    logs: async () => log.join('\n'),
    stop: async () => {
      for (const server of [plain, safe]) {
        server.closeAllConnections()
        await new Promise((resolve) => server.close(resolve))
      }
      folder.remove()
    },
  }
}

const target = (token: string) => ({
  identity: 'client:reports',
  credential: `token:${setting.fingerprint(token)}`,
})

async function proveVerify(connection: LiveConnection, type: 'access_token' | 'refresh_token', token: string) {
  const ask = (secret: string) =>
    connection.hands[type]?.verify?.({ target: target(token), secret: new Secret(secret) })
  const verdicts = [await ask(token), await ask('no-token-at-all')]
  if (verdicts[0]?.answer !== 'accepted' || verdicts[1]?.answer !== 'refused')
    throw new Error(`verify answered ${JSON.stringify(verdicts)}`)
  return verdicts
}

async function proveDelete(
  connection: LiveConnection,
  type: 'access_token' | 'refresh_token',
  token: string,
  isActive: (token: string) => Promise<boolean>,
) {
  const id = target(token).credential
  const statusNow = async () => {
    const record = (await discover(connection)).records.get(`credential ${id}`)
    return record?.type === 'credential' ? `${record.credentialType} ${record.status}` : 'not found'
  }
  const before = [await statusNow(), await isActive(token)]
  const effects = [
    await connection.hands[type]?.delete?.({ target: target(token) }),
    await connection.hands[type]?.delete?.({ target: target(token) }),
  ]
  const after = [(await statusNow()).split(' ')[1], await isActive(token)]
  const said = JSON.stringify([before, effects.map((effect) => effect?.did), after])
  if (
    said !==
    JSON.stringify([
      [`${type} active`, true],
      ['done', 'already'],
      ['disabled', false],
    ])
  )
    throw new Error(`revoking a token went otherwise: ${said}`)
  return effects
}

/** A refresh token as a person's consent would have made it. */
async function makeRefreshToken(provider: Provider, id: string): Promise<string> {
  const client = await provider.Client.find(id)
  const grant = new provider.Grant({ clientId: id, accountId: 'person' })
  grant.addOIDCScope('offline_access')
  const [grantId, scope] = [await grant.save(), 'offline_access']
  const token = new provider.RefreshToken({
    ...{ accountId: 'person', client, grantId, scope },
    gty: 'authorization_code',
  })
  return token.save()
}

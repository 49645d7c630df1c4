import { createPublicKey, generateKeyPairSync } from 'node:crypto'
import fs from 'node:fs'
import http from 'node:http'
import https from 'node:https'
import type { AddressInfo } from 'node:net'
import { expect } from 'vitest'
import type { LiveConnection } from '../../../connectors/live-connector'
import { findLiveConnector } from '../../../connectors/live-registry'
import { Secret } from '../../../connectors/secret'
import { credentialsOf, discover } from './found'
import { FakeOkta } from './okta-organization'
import { judgedBy } from './openapi-judge'
import type { RunningSystem, SystemUnderTest } from './running-system'
import { ServerFolder } from './server-process'

// No server of Okta runs elsewhere than at Okta. This one holds recorded answers, keeps state, and stands behind its description.

const steps = {
  judged: 'asks and is answered only as the official description says',
  third: 'allows no third secret, and takes the secrets of integrations',
}

export const oktaSystems: SystemUnderTest[] = [
  {
    ...{ name: 'Okta (recorded organization)', connector: 'okta', credential: 'client_secret', principal: 'identity' },
    ...{ givesOwnIds: true, keepsOneSecret: true, start },
    further: [
      { title: steps.third, proves: [['client_secret', 'issue']] },
      { title: steps.judged, proves: [] },
    ],
  },
]

const makeKey = () =>
  generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  }).privateKey

async function start(): Promise<RunningSystem> {
  const folder = new ServerFolder('okta')
  const { cert, key, pem } = folder.makeCertificate()
  const okta = new FakeOkta()
  const judge = judgedBy('okta', (question) => okta.answer(question))
  // Signing in is no part of the description of the management API.
  const signing = judgedBy(undefined, (question) => okta.authorize(question))
  const log: string[] = []
  const listen = (request: http.IncomingMessage, response: http.ServerResponse) => {
    const { authorization: _, ...shown } = request.headers
    log.push(`${request.method} ${request.url} ${JSON.stringify(shown)}`)
    const isSigning = /^\/oauth2\/v1\/(token|introspect)$/.test(request.url ?? '')
    if (isSigning) signing.listener(request, response)
    else judge.listener(request, response)
  }
  const plain = http.createServer(listen)
  const safe = https.createServer({ cert: fs.readFileSync(cert), key: fs.readFileSync(key) }, listen)
  const portOf = (server: http.Server | https.Server) =>
    new Promise<number>((resolve) =>
      server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port)),
    )
  const [port, safePort] = [await portOf(plain), await portOf(safe)]

  /** A service app with a key and granted scopes. */
  const addService = (label: string, scopes: string[]) => {
    const client = okta.addApp(label, 'private_key_jwt')
    const privateKeyPem = makeKey()
    const jwk = createPublicKey(privateKeyPem).export({ format: 'jwk' }) as Record<string, unknown>
    okta.addKey(client, { ...jwk, kid: `key-of-${label}`, use: 'sig', alg: 'RS256' })
    for (const scope of scopes) okta.addGrant(client, scope)
    return { clientId: client.id, privateKeyPem, keyId: `key-of-${label}`, scopes: scopes.join(' ') }
  }
  const text = findLiveConnector('okta')?.instructions.at(-1)?.text ?? ''
  const scopes = (/^# Scopes of the connection: (.+)$/m.exec(text)?.[1] ?? '').split(' ')
  const place = { host: '127.0.0.1', port, tls: 'off' }
  const config = {
    ...place,
    ...addService('bailiwick', [...scopes, 'okta.serviceAccounts.read', 'okta.serviceAccounts.okta.read']),
  }
  const weak = addService('powerless', ['okta.logs.read'])
  const helper = okta.addApp('svc-helper', 'private_key_jwt')
  const apiToken = 'value-of-the-api-token-1'
  const tokenId = okta.addApiToken('for the tests', apiToken)
  const find = (name: string) => [...okta.clients.values()].find(({ told }) => told.label === name)

  return {
    version: 'management API 2026.06.3',
    config,
    powerless: { ...place, ...weak },
    encrypted: { config: { ...config, host: 'localhost', port: safePort, tls: 'verify' }, caPem: pem },
    attempts: {
      login_refused: { privateKeyPem: makeKey() },
      blocked_address: { host: '169.254.169.254', tls: 'verify' },
      unreachable: { port: 9 },
      invalid_config: { scopes: 'okta.users.manage' },
    },
    createAccount: async (name, secret) => {
      const client = okta.addApp(name, 'client_secret_basic')
      okta.addSecret(client, secret.reveal())
      return { identity: client.id }
    },
    openSession: async (name) => {
      const client = find(name)
      if (client === undefined) throw new Error(`there is no app ${name}`)
      const session = okta.addSession(client)
      return {
        isAlive: async () => session.isAlive,
        close: async () => {
          session.isAlive = false
          client.sessions.splice(0)
        },
      }
    },
    grantable: {
      on: 'okta:org',
      scopes: ['okta.logs.read'],
      mayUse: async (name) => find(name)?.grants.some(({ scopeId }) => scopeId === 'okta.logs.read') === true,
    },
    also: { ...alsoKeys(helper.id), ...alsoTokens(okta, tokenId, apiToken) },
    further: {
      [steps.third]: async (connection) => proveThird(connection, okta),
      [steps.judged]: async () => {
        expect([...judge.violations, ...signing.violations]).toEqual([])
        expect(judge.judged()).toBeGreaterThan(100)
      },
    },
    cut: async () => plain.closeAllConnections(),
    logs: async () => log.join('\n'),
    stop: async () => {
      for (const server of [plain, safe]) {
        server.closeAllConnections()
        server.close()
      }
      folder.remove()
      expect(judge.violations).toEqual([])
    },
  }
}

async function proveThird(connection: LiveConnection, okta: FakeOkta): Promise<void> {
  const [integration] = [...okta.clients.values()].filter(({ isApp }) => !isApp)
  const identity = integration?.id ?? ''
  const hands = connection.hands.client_secret
  const before = credentialsOf(await discover(connection), identity)
  expect(before.map(({ credentialType, status }) => [credentialType, status])).toEqual([['client_secret', 'active']])
  const issued = await hands?.issue?.({ target: { identity } })
  const target = { identity, credential: issued?.credential ?? '' }
  const verify = async (secret: Secret | undefined) =>
    (await hands?.verify?.({ target, secret: secret ?? new Secret('none') }))?.answer
  expect(await verify(issued?.secret)).toBe('accepted')
  await expect(hands?.issue?.({ target: { identity } })).rejects.toMatchObject({ code: 'conflict' })
  expect(await hands?.delete?.({ target })).toMatchObject({ did: 'done' })
  expect(await verify(issued?.secret)).toBe('refused')
  // It cannot be switched as a whole.
  await expect(connection.hands.identity?.disable?.({ target: { identity } })).rejects.toMatchObject({
    code: 'conflict',
  })
}

/** Keys of a client: two side by side, one switched off and deleted. */
function alsoKeys(identity: string) {
  const [old, made] = [
    { id: '', secret: new Secret('') },
    { id: '', secret: new Secret('') },
  ]
  const verify = async (connection: LiveConnection, { id, secret }: typeof old) =>
    (await connection.hands.signing_key?.verify?.({ target: { identity, credential: id }, secret }))?.answer
  const issue = async (connection: LiveConnection, into: typeof old) => {
    const secret = new Secret(makeKey())
    const issued = await connection.hands.signing_key?.issue?.({ target: { identity }, secret })
    Object.assign(into, { id: issued?.credential, secret })
    return issued
  }
  const at = ({ id }: typeof old) => ({ target: { identity, credential: id } })
  return {
    'signing_key issue': async (connection: LiveConnection) => {
      const given = [await issue(connection, old), await issue(connection, made)]
      const found = credentialsOf(await discover(connection), identity)
      expect(found.map(({ externalId }) => externalId).sort()).toEqual([old.id, made.id].sort())
      expect(found.every(({ credentialType }) => credentialType === 'signing_key')).toBe(true)
      return given
    },
    'signing_key verify': async (connection: LiveConnection) => {
      expect([await verify(connection, old), await verify(connection, made)]).toEqual(['accepted', 'accepted'])
      expect(await verify(connection, { id: old.id, secret: made.secret })).toBe('refused')
    },
    'signing_key disable': async (connection: LiveConnection) => {
      const done = await connection.hands.signing_key?.disable?.(at(old))
      expect([done?.did, await verify(connection, old), await verify(connection, made)]).toEqual([
        ...['done', 'refused', 'accepted'],
      ])
      return done
    },
    'signing_key enable': async (connection: LiveConnection) => {
      const done = await connection.hands.signing_key?.enable?.(at(old))
      expect([done?.did, await verify(connection, old)]).toEqual(['done', 'accepted'])
      return done
    },
    'signing_key delete': async (connection: LiveConnection) => {
      const done = await connection.hands.signing_key?.delete?.(at(old))
      expect([done?.did, await verify(connection, old)]).toEqual(['done', 'refused'])
      expect(await connection.hands.signing_key?.delete?.(at(old))).toMatchObject({ did: 'already' })
      return done
    },
  }
}

function alsoTokens(okta: FakeOkta, id: string, value: string) {
  const target = { identity: id, credential: id }
  const verify = async (connection: LiveConnection, secret: string) =>
    (await connection.hands.access_token?.verify?.({ target, secret: new Secret(secret) }))?.answer
  return {
    'access_token verify': async (connection: LiveConnection) => {
      expect(await verify(connection, value)).toBe('accepted')
      expect(await verify(connection, 'value-of-no-token')).toBe('refused')
    },
    'access_token delete': async (connection: LiveConnection) => {
      const done = await connection.hands.access_token?.delete?.({ target })
      expect([done?.did, await verify(connection, value)]).toEqual(['done', 'refused'])
      expect(await connection.hands.identity?.delete?.({ target: { identity: id } })).toMatchObject({ did: 'already' })
      okta.addApiToken('for the tests', 'another-value', id)
      return done
    },
  }
}

import { generateKeyPairSync } from 'node:crypto'
import fs from 'node:fs'
import http from 'node:http'
import https from 'node:https'
import type { AddressInfo } from 'node:net'
import ssh2 from 'ssh2'
import { expect } from 'vitest'
import type { LiveConnection } from '../../../connectors/live-connector'
import { findLiveConnector } from '../../../connectors/live-registry'
import { Secret } from '../../../connectors/secret'
import { codeOf, discover, setting } from './found'
import { startGit } from './github-git'
import { FakeOrganization } from './github-organization'
import { judgedBy } from './openapi-judge'
import type { RunningSystem, SystemUnderTest } from './running-system'
import { ServerFolder } from './server-process'

// No server of GitHub runs elsewhere than at GitHub. This one holds recorded answers, keeps state, and stands behind its description.

const judged = 'asks and is answered only as the official description says'

export const githubSystems: SystemUnderTest[] = [
  {
    ...{ name: 'GitHub (recorded organization)', connector: 'github', credential: 'ssh_key', principal: 'ssh_key' },
    ...{ givesOwnIds: true, keysAreIdentities: true, hidesSessions: true, start },
    further: [{ title: judged, proves: [] }],
  },
]

const makePair = () =>
  generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  })

/** The permissions that the connector's instructions name, as the API names them. */
function instructed(): Record<string, string> {
  const names: Record<string, string[]> = {
    Repository: ['Administration administration', 'Secrets secrets', 'Webhooks repository_hooks', 'Metadata metadata'],
    Organization: [
      ...['Administration organization_administration', 'Secrets organization_secrets'],
      ...['Personal access tokens organization_personal_access_tokens', 'Webhooks organization_hooks'],
      'Dependabot secrets organization_dependabot_secrets',
    ],
  }
  const permissions: Record<string, string> = {}
  let part = ''
  for (const line of (findLiveConnector('github')?.instructions.at(-1)?.text ?? '').split('\n')) {
    part = /^# (\w+) permissions/.exec(line)?.[1] ?? part
    const [, title, level] = /^(\w[\w ]*): (read and write|read)\b/.exec(line) ?? []
    const name = names[part]
      ?.find((each) => each.startsWith(`${title} `))
      ?.split(' ')
      .at(-1)
    if (level === undefined) continue
    if (name === undefined) throw new Error(`the instructions name a permission that GitHub has not: ${line}`)
    permissions[name] = level === 'read' ? 'read' : 'write'
  }
  return permissions
}

async function start(): Promise<RunningSystem> {
  const folder = new ServerFolder('github')
  const { cert, key, pem } = folder.makeCertificate()
  const organization = new FakeOrganization()
  const git = await startGit((shown) => organization.whose(shown))
  organization.hostKeys.push(git.hostKey)
  const judge = judgedBy('github', (question) => organization.answer(question))
  const log: string[] = []
  const listen = (request: http.IncomingMessage, response: http.ServerResponse) => {
    const { authorization: _, ...shown } = request.headers
    log.push(`${request.method} ${request.url} ${JSON.stringify(shown)}`)
    judge.listener(request, response)
  }
  const plain = http.createServer(listen)
  const safe = https.createServer({ cert: fs.readFileSync(cert), key: fs.readFileSync(key) }, listen)
  const portOf = (server: http.Server | https.Server) =>
    new Promise<number>((resolve) =>
      server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port)),
    )
  const [port, safePort] = [await portOf(plain), await portOf(safe)]

  const [own, weak, other, wrong] = [makePair(), makePair(), makePair(), makePair()]
  organization.addApp('100001', 'bailiwick', own.publicKey, instructed())
  organization.addApp('100002', 'powerless', weak.publicKey, { metadata: 'read' })
  const deployer = organization.addApp('100003', 'deployer', other.publicKey, { contents: 'write', metadata: 'read' })
  const [letIn, leaked] = [`github_pat_${'a'.repeat(59)}`, `ghp_${'b'.repeat(36)}`]
  const { id: letInId } = organization.addToken(letIn, 'svc-reports', 'reports')
  organization.addToken(leaked, 'svc-leaky')
  const place = {
    host: '127.0.0.1',
    port,
    tls: 'off',
    organization: 'octo-org',
    gitHost: '127.0.0.1',
    gitPort: git.port,
  }
  const config = {
    ...{ ...place, appId: '100001', privateKeyPem: own.privateKey },
    ...{ apps: `100003\n${other.privateKey}`, tokens: leaked },
  }
  const publicOf = (secret: Secret) => {
    const parsed = ssh2.utils.parseKey(secret.reveal())
    if (parsed instanceof Error) throw parsed
    return `${parsed.type} ${parsed.getPublicSSH().toString('base64')}`
  }

  return {
    version: 'REST API 2022-11-28, description 23.0.2',
    config,
    powerless: { ...place, appId: '100002', privateKeyPem: weak.privateKey },
    encrypted: { config: { ...config, host: 'localhost', port: safePort, tls: 'verify' }, caPem: pem },
    attempts: {
      login_refused: { privateKeyPem: wrong.privateKey },
      blocked_address: { host: '169.254.169.254', tls: 'verify' },
      unreachable: { port: 9 },
      invalid_config: { privateKeyPem: 'no key at all' },
    },
    createAccount: async (name, secret) => {
      const made = organization.addKey('octo-org/billing', name, publicOf(secret), true)
      return { identity: `deploy-key:${made.id}` }
    },
    openSession: async (_, secret) => {
      const client = new ssh2.Client()
      await new Promise<void>((resolve, reject) => {
        client.once('ready', resolve).on('error', reject)
        client.connect({ host: '127.0.0.1', port: git.port, username: 'git', privateKey: secret.reveal() })
      })
      let isOpen = true
      client.once('close', () => {
        isOpen = false
      })
      return { isAlive: async () => isOpen, close: async () => void client.end() }
    },
    also: {
      ...alsoInstallations(organization, deployer),
      ...alsoTokens(organization, { letIn, letInId, leaked }),
    },
    further: {
      [judged]: async () => {
        expect(judge.violations).toEqual([])
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
      await git.stop()
      folder.remove()
      expect(judge.violations).toEqual([])
    },
  }
}

/** The installation of an app whose key the connection holds, and what it makes of that app's tokens. */
function alsoInstallations(organization: FakeOrganization, deployer: Record<string, unknown>) {
  const target = { identity: `installation:${deployer.id}` }
  const token = organization.makeInstallationToken(Number(deployer.id))
  const statusNow = async (connection: LiveConnection) => {
    const record = (await discover(connection)).records.get(`identity ${target.identity}`)
    return record?.type === 'identity' ? record.status : 'not found'
  }
  return {
    'identity disable': async (connection: LiveConnection) => {
      const hands = connection.hands.identity
      expect(organization.isLetIn(token)).toBe(true)
      const done = await hands?.disable?.({ target })
      expect([done?.did, await statusNow(connection), organization.isLetIn(token)]).toEqual(['done', 'disabled', false])
      expect(await hands?.disable?.({ target })).toMatchObject({ did: 'already' })
      // Of an app whose key nobody gave, nothing is done.
      const strange = { target: { identity: 'installation:25381' } }
      expect(await codeOf(hands?.disable?.(strange) as Promise<unknown>)).toBe('forbidden')
      return done
    },
    'identity enable': async (connection: LiveConnection) => {
      const done = await connection.hands.identity?.enable?.({ target })
      expect([done?.did, await statusNow(connection), organization.isLetIn(token)]).toEqual(['done', 'active', true])
      expect(await connection.hands.identity?.enable?.({ target })).toMatchObject({ did: 'already' })
      return done
    },
    'identity delete': async (connection: LiveConnection) => {
      const done = await connection.hands.identity?.delete?.({ target })
      expect([done?.did, await statusNow(connection), organization.isLetIn(token)]).toEqual([
        'done',
        'not found',
        false,
      ])
      expect(await connection.hands.identity?.delete?.({ target })).toMatchObject({ did: 'already' })
      // An owner installs it again.
      organization.installations.push(deployer)
      return done
    },
  }
}

/** A fine-grained token that the organization lets in, one that was authorized, and one that leaked. */
function alsoTokens(
  organization: FakeOrganization,
  { letIn, letInId, leaked }: { letIn: string; letInId: number; leaked: string },
) {
  const tokens: [string, string, string][] = [
    ['user:svc-reports', `pat:${letInId}`, letIn],
    ['user:svc-leaky', `token:${setting.fingerprint(leaked)}`, leaked],
  ]
  const ask = (connection: LiveConnection, [identity, credential, value]: (typeof tokens)[number]) =>
    connection.hands.access_token?.verify?.({ target: { identity, credential }, secret: new Secret(value) })
  return {
    'access_token verify': async (connection: LiveConnection) => {
      const { records } = await discover(connection)
      for (const token of tokens) {
        expect(records.get(`credential ${token[1]}`)).toMatchObject({
          subject: { externalId: token[0] },
          status: 'active',
        })
        expect(await ask(connection, token)).toMatchObject({ answer: 'accepted' })
        expect(await ask(connection, [token[0], token[1], `ghp_${'c'.repeat(36)}`])).toMatchObject({
          answer: 'refused',
        })
      }
    },
    'access_token whoUses': async (connection: LiveConnection) => {
      // As it was recorded: never used.
      const target = { identity: 'user:octocat', credential: 'pat:98716' }
      expect(await connection.hands.access_token?.whoUses?.({ target })).toMatchObject({
        sessions: [],
        lastUsedAt: null,
      })
    },
    'access_token delete': async (connection: LiveConnection) => {
      const given: unknown[] = []
      const authorized: [string, string][] = [['user:octocat', 'authorized-credential:161195']]
      for (const [identity, credential] of [...tokens, ...authorized]) {
        const end = () => connection.hands.access_token?.delete?.({ target: { identity, credential } })
        given.push(await end())
        expect(given.at(-1)).toMatchObject({ did: 'done' })
        expect(await end()).toMatchObject({ did: 'already' })
      }
      for (const token of tokens) expect(await ask(connection, token)).toMatchObject({ answer: 'refused' })
      const { records } = await discover(connection)
      expect(records.has(`credential pat:${letInId}`)).toBe(false)
      expect(records.has('credential authorized-credential:161195')).toBe(false)
      expect(records.get(`credential ${tokens[1]?.[1]}`)).toMatchObject({ status: 'disabled' })
      const ssh = { target: { identity: 'user:octocat', credential: 'authorized-credential:161199' } }
      expect(await connection.hands.ssh_key?.delete?.(ssh)).toMatchObject({ did: 'done' })
      // Their owners make new ones.
      organization.addToken(`github_pat_${'d'.repeat(59)}`, 'svc-reports', 'reports')
      organization.addToken(leaked, 'svc-leaky')
      return given
    },
  }
}

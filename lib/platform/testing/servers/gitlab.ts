import fs from 'node:fs'
import http from 'node:http'
import https from 'node:https'
import type { AddressInfo } from 'node:net'
import { expect } from 'vitest'
import type { LiveConnection } from '../../../connectors/live-connector'
import { findLiveConnector } from '../../../connectors/live-registry'
import { Secret } from '../../../connectors/secret'
import { credentialsOf, discover } from './found'
import { FakeGroup } from './gitlab-group'
import { judgedBy } from './openapi-judge'
import type { RunningSystem, SystemUnderTest } from './running-system'
import { ServerFolder } from './server-process'

// A whole GitLab is gigabytes. This one holds recorded answers and keeps state; no description that could judge it may be carried here.

const steps = {
  service: 'gives a service account a second token beside the first, and deletes it',
  deploy: 'tries a deploy token by Git, and deletes deploy tokens and keys wherever they are',
  uses: 'tells when a token was used last',
}

export const gitlabSystems: SystemUnderTest[] = [
  {
    ...{ name: 'GitLab (recorded group)', connector: 'gitlab', credential: 'access_token', principal: 'identity' },
    ...{ givesOwnIds: true, start },
    further: [
      { title: steps.service, proves: [['access_token', 'issue']] },
      { title: steps.deploy, proves: [['ssh_key', 'delete']] },
      { title: steps.uses, proves: [['access_token', 'whoUses']] },
    ],
  },
]

const key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJhyNkXMZLbLZ8tGnAnO2W8bZ0kqnmL0S5JRVV0F0000 deploy'

async function start(): Promise<RunningSystem> {
  const folder = new ServerFolder('gitlab')
  const { cert, key: ownKey, pem } = folder.makeCertificate()
  const group = new FakeGroup()
  const judge = judgedBy(undefined, (question) => group.answer(question))
  const log: string[] = []
  const listen = (request: http.IncomingMessage, response: http.ServerResponse) => {
    const { authorization: _, 'private-token': __, ...shown } = request.headers
    log.push(`${request.method} ${request.url} ${JSON.stringify(shown)}`)
    judge.listener(request, response)
  }
  const plain = http.createServer(listen)
  const safe = https.createServer({ cert: fs.readFileSync(cert), key: fs.readFileSync(ownKey) }, listen)
  const portOf = (server: http.Server | https.Server) =>
    new Promise<number>((resolve) =>
      server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port)),
    )
  const [port, safePort] = [await portOf(plain), await portOf(safe)]
  const [own, weak] = ['value-of-the-connection', 'value-of-the-powerless']
  const text = findLiveConnector('gitlab')?.instructions.at(-1)?.text ?? ''
  const [scope = '', role = ''] = [/^Scopes: (\w+)/m.exec(text)?.[1], /^Role: (\w+)/m.exec(text)?.[1]]
  group.addToken('groups/42', 'bailiwick', own, [scope], { Owner: 50, Maintainer: 40 }[role] ?? 0)
  group.addToken('groups/42', 'powerless', weak, ['read_api'], 10)
  const place = { host: '127.0.0.1', port, tls: 'off', group: 'acme' }

  return {
    version: 'REST API v4',
    config: { ...place, token: own },
    powerless: { ...place, token: weak },
    encrypted: { config: { ...place, host: 'localhost', port: safePort, tls: 'verify', token: own }, caPem: pem },
    createAccount: async (name, secret) => {
      const { told } = group.addToken('projects/8', name, secret.reveal(), ['api'], 30)
      return { identity: `user:${told.user_id}` }
    },
    openSession: async (_, secret) => ({
      isAlive: async () => group.holderOf(secret.reveal()) !== undefined,
      close: async () => {},
    }),
    further: {
      [steps.service]: (connection) => proveService(connection, group),
      [steps.deploy]: (connection) => proveDeploy(connection, group),
      [steps.uses]: async (connection) => {
        const target = { identity: 'user:2453', credential: 'access-token:1876' }
        const use = await connection.hands.access_token?.whoUses?.({ target })
        expect(use).toMatchObject({ sessions: [], lastUsedAt: '2021-03-10T21:11:47.271Z' })
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

async function proveService(connection: LiveConnection, group: FakeGroup): Promise<void> {
  const identity = 'user:114'
  const first = group.addPersonal(
    114,
    'deploy',
    ['read_api', 'read_repository'],
    new Date(Date.now() + 60 * 86_400_000).toISOString().slice(0, 10),
  )
  const hands = connection.hands.access_token
  const at = (credential: string) => ({ target: { identity, credential } })
  const old = `access-token:${first.told.id}`
  const issued = await hands?.issue?.(at(old))
  expect(issued?.replacesFormer).toBe(false)
  const made = issued?.credential ?? ''
  const found = credentialsOf(await discover(connection), identity)
  expect(found.map(({ externalId }) => externalId).sort()).toEqual([old, made].sort())
  // As long as the first one lives, with the same scopes.
  const [one, two] = [old, made].map((id) => found.find(({ externalId }) => externalId === id))
  expect([two?.expiresAt, two?.attributes?.scopes]).toEqual([one?.expiresAt, one?.attributes?.scopes])
  const answers = async () =>
    Promise.all(
      [
        { id: old, secret: new Secret(first.value) },
        { id: made, secret: issued?.secret ?? new Secret('none') },
      ].map(async ({ id, secret }) => (await hands?.verify?.({ ...at(id), secret }))?.answer),
    )
  expect(await answers()).toEqual(['accepted', 'accepted'])
  expect(await hands?.delete?.(at(old))).toMatchObject({ did: 'done' })
  expect(await answers()).toEqual(['refused', 'accepted'])
  const account = { ...group.serviceAccounts.find(({ id }) => id === 114) }
  expect(await connection.hands.identity?.delete?.({ target: { identity } })).toMatchObject({ did: 'done' })
  expect(await answers()).toEqual(['refused', 'refused'])
  expect((await discover(connection)).records.has(`identity ${identity}`)).toBe(false)
  expect(await connection.hands.identity?.delete?.({ target: { identity } })).toMatchObject({ did: 'already' })
  group.serviceAccounts.unshift(account)
  group.users.set(114, { told: { ...account, state: 'active' }, level: 30 })
}

async function proveDeploy(connection: LiveConnection, group: FakeGroup): Promise<void> {
  const value = 'gldt-value-of-a-deploy-token'
  const token = `deploy-token:${group.addDeployToken('projects/9', 'registry', value)}`
  const ofGroup = `deploy-token:${group.addDeployToken('groups/43', 'of the group', 'gldt-value-of-another')}`
  const shared = `deploy-key:${group.addDeployKey(['projects/7', 'projects/9'], 'mirror', key)}`
  const before = await discover(connection)
  for (const id of [token, ofGroup, shared]) {
    expect(before.records.has(`identity ${id}`), id).toBe(true)
    expect(before.rights.get(id)).toMatchObject({ rotate: false, revoke: true })
  }
  const target = { identity: token, credential: token }
  const verify = async (secret: string) =>
    (await connection.hands.access_token?.verify?.({ target, secret: new Secret(secret) }))?.answer
  expect([await verify(value), await verify('gldt-another')]).toEqual(['accepted', 'refused'])
  expect(await connection.hands.access_token?.delete?.({ target })).toMatchObject({ did: 'done' })
  expect(await verify(value)).toBe('refused')
  const rest = [ofGroup, shared].map((id) => ({ target: { identity: id, credential: id } }))
  expect(await connection.hands.identity?.delete?.({ target: { identity: ofGroup } })).toMatchObject({ did: 'done' })
  expect(await connection.hands.ssh_key?.delete?.(rest[1] ?? { target })).toMatchObject({ did: 'done' })
  expect(await connection.hands.ssh_key?.delete?.(rest[1] ?? { target })).toMatchObject({ did: 'already' })
  const after = await discover(connection)
  for (const id of [token, ofGroup, shared]) expect(after.records.has(`identity ${id}`), id).toBe(false)
}

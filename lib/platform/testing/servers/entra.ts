import fs from 'node:fs'
import path from 'node:path'
import { expect } from 'vitest'
import type { LiveConnection } from '../../../connectors/live-connector'
import { findLiveConnector } from '../../../connectors/live-registry'
import { EntraFault, FakeDirectory, type Fields, type Thing } from './entra-directory'
import { entraEdits } from './entra-edits'
import { askGraph } from './entra-graph'
import { startFake } from './fake-http'
import { codeOf, discover, setting } from './found'
import type { RunningSystem, SystemUnderTest } from './running-system'

// Entra runs nowhere else than at Microsoft. This one holds recorded objects, keeps state, and decides by permissions.

const steps = {
  restore: 'brings a deleted application back, with its secret and its service principal',
  owned: 'may change what it owns, where it may change no more',
  found: 'finds permissions, roles, trust in other issuers, and the application behind a principal',
}

export const entraSystems: SystemUnderTest[] = [
  {
    ...{ name: 'Microsoft Entra ID (recorded tenant)', connector: 'azure' },
    ...{ credential: 'client_secret', principal: 'identity', givesOwnIds: true, start },
    further: [
      { title: steps.restore, proves: [['identity', 'restore']] },
      { title: steps.owned, proves: [] },
      { title: steps.found, proves: [] },
    ],
  },
]

const fixtures = path.join(import.meta.dirname, '../../../connectors/azure/fixtures')
const read = (name: string) =>
  JSON.parse(fs.readFileSync(path.join(fixtures, name), 'utf8')) as Record<string, Fields[]>

/** So many questions are answered before one is put off. */
const busyEvery = 45
const graphId = '00000003-0000-0000-c000-000000000000'

/** As Graph writes it, what the Python client wrote. */
const camel = (entry: Fields): Fields =>
  Object.fromEntries(
    Object.entries(entry).map(([name, value]) => [
      name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase()),
      value,
    ]),
  )

/** The permissions that instructions ask for. */
const permissionsIn = (text: string) => /for permission in ([^;]+);/.exec(text)?.[1]?.split(' ') ?? []

function recordedTenant(permissions: string[]) {
  const directory = new FakeDirectory()
  const recorded = read('azure-applications/cartography-applications.json')
  for (const entry of recorded.MOCK_ENTRA_APPLICATIONS ?? []) {
    const { displayName, ...more } = camel(entry)
    directory.addApplication(String(displayName), more)
  }
  for (const entry of recorded.MOCK_SERVICE_PRINCIPALS ?? []) {
    const { displayName, appId, id, ...more } = camel(entry)
    directory.addPrincipal(String(appId), String(displayName), { ...more, id: String(id).replace(/^sp-\d/, '9') })
  }
  for (const entry of read('azure-service-principals/graph-docs-serviceprincipal-list.json').value ?? [])
    directory.servicePrincipals.set(String(entry.id), { ...entry } as Thing)
  const microsoft = 'f8cdef31-a31e-4b4a-93e4-5f571e91255a'
  const graph = directory.addPrincipal(graphId, 'Microsoft Graph', {
    id: 'fea94d6d-b5bf-44d2-a887-4f72a8d74f44',
    appOwnerOrganizationId: microsoft,
    appRoles: [
      { id: 'e2a3a72e-5f79-4c64-b1b1-878b674786c9', value: 'Mail.ReadWrite', allowedMemberTypes: ['Application'] },
      ...permissions.map((value, i) => ({
        ...{ id: `0000000${i}-aaaa-4aaa-8aaa-00000000000${i}`, value, allowedMemberTypes: ['Application'] },
      })),
    ],
  })
  for (const entry of read('azure-permission-grants/graph-docs-approleassignments-list.json').value ?? [])
    directory.assignments.push(entry as (typeof directory.assignments)[number])
  return { directory, graph }
}

async function start(): Promise<RunningSystem> {
  const connector = findLiveConnector('azure')
  const instructions = (connector?.instructions ?? []).map(({ text }) => permissionsIn(text))
  const { directory, graph } = recordedTenant([...new Set(instructions.flat())])
  const log: string[] = []
  let asked = 0
  const server = await startFake('entra', ({ method, url, headers, text }) => {
    const { authorization = '', ...shown } = headers
    const isLogin = url.pathname.endsWith('/oauth2/v2.0/token')
    log.push(`${method} ${url} ${JSON.stringify(shown)} ${isLogin ? '' : text}`)
    try {
      asked += 1
      if (asked % busyEvery === 0)
        throw new EntraFault(429, 'TooManyRequests', 'Too many requests', { 'retry-after': '1' })
      if (isLogin) {
        const form = new URLSearchParams(text)
        const { token } = directory.signIn(form.get('client_id') ?? '', form.get('client_secret') ?? '')
        return { status: 200, body: { token_type: 'Bearer', expires_in: 3599, access_token: token } }
      }
      const caller = directory.caller(authorization.replace(/^Bearer /, ''))
      const body = text === '' ? {} : (JSON.parse(text) as Fields)
      const scheme = headers.host?.endsWith(`:${server.safePort}`) ? 'https' : 'http'
      return askGraph({ directory, caller, method, url, origin: `${scheme}://${headers.host}`, body })
    } catch (error) {
      const fault = error instanceof EntraFault ? error : new EntraFault(500, 'InternalServerError', String(error))
      const { status, code, message } = fault
      const trace = `${message} Trace ID: 0000aaaa-11bb-cccc-dd22-eeeeee333333`
      const body = isLogin ? { error: code, error_description: trace } : { error: { code, message } }
      return { status, headers: fault.headers, body }
    }
  })

  const addApp = (name: string, value: string) => {
    const application = directory.addApplication(name)
    const principal = directory.addPrincipal(application.appId, name)
    const password = directory.addPassword(application, { displayName: 'first' }, value, 0)
    return { application, principal, keyId: String(password.keyId) }
  }
  const idOf = (value: string) => graph.appRoles.find((role) => role.value === value)?.id ?? ''
  const addConnection = (name: string, permissions: string[]) => {
    const secret = `the-secret-of-${name}-${'x'.repeat(12)}`
    const { application, principal } = addApp(name, secret)
    for (const value of permissions)
      directory.assignments.push({
        ...{ id: `${name}-${value}`, principalId: principal.id, resourceId: graph.id, appRoleId: idOf(value) },
        ...{ principalType: 'ServicePrincipal', principalDisplayName: name, resourceDisplayName: graph.displayName },
      })
    return { principal: principal.id, login: { clientId: application.appId, clientSecret: secret } }
  }
  const tenant = '02b2b7cc-fb03-4324-bf6b-eb207b39c479'
  const config = { host: '127.0.0.1', loginHost: '127.0.0.1', port: server.port, tls: 'off', tenant }
  const own = addConnection('bailiwick', instructions.at(-1) ?? [])
  const weak = addConnection('powerless', [])
  const owner = addConnection('bailiwick-owner', instructions[1] ?? [])
  const role = {
    id: 'a1b2c3d4-0000-4000-8000-000000000001',
    value: 'Orders.Read.All',
    allowedMemberTypes: ['Application'],
  }
  const { appId } = directory.addApplication('Orders API', { appRoles: [role] })
  const api = directory.addPrincipal(appId, 'Orders API', { appRoles: [role] })
  const principalNamed = (name: string) =>
    [...directory.servicePrincipals.values()].find(({ displayName }) => displayName === name)

  return {
    version: 'v1.0',
    config: { ...config, ...own.login },
    powerless: { ...config, ...weak.login },
    encrypted: {
      config: {
        ...config,
        ...own.login,
        host: 'localhost',
        loginHost: 'localhost',
        port: server.safePort,
        tls: 'verify',
      },
      caPem: server.pem,
    },
    createAccount: async (name, secret) => ({ identity: addApp(name, secret.reveal()).application.appId }),
    // An access token: whoever takes it looks at its end and its signature, and asks nobody.
    openSession: async (name, secret) => {
      const { token } = directory.signIn(principalNamed(name)?.appId ?? '', secret.reveal())
      return { isAlive: async () => directory.caller(token) !== undefined, close: async () => {} }
    },
    grantable: {
      ...{ on: api.id, scopes: ['Orders.Read.All'] },
      mayUse: async (name, secret) => {
        const principal = principalNamed(name)
        directory.signIn(principal?.appId ?? '', secret.reveal())
        return directory.rolesOf(principal?.id ?? '').includes('Orders.Read.All')
      },
    },
    further: {
      [steps.restore]: async (connection: LiveConnection) => {
        const { application, principal } = addApp('svc-restored', 'the-secret-of-svc-restored')
        const identity = application.appId
        const hands = connection.hands.identity
        const deleted = await hands?.delete?.({ target: { identity } })
        expect(() => directory.signIn(identity, 'the-secret-of-svc-restored')).toThrow()
        if (deleted?.former === undefined) throw new Error('nothing came that brings it back')
        const order = { target: { identity }, former: deleted.former }
        expect(await hands?.restore?.(order)).toMatchObject({ did: 'done' })
        expect(await hands?.restore?.(order)).toMatchObject({ did: 'already' })
        expect(directory.find('servicePrincipals', principal.id)).toBeDefined()
        expect(directory.signIn(identity, 'the-secret-of-svc-restored').token).not.toBe('')
        directory.remove('applications', application)
        directory.deleted.clear()
        expect(await codeOf(hands?.restore?.(order) as Promise<unknown>)).toBe('not_found')
      },
      [steps.owned]: async () => {
        const [mine, other] = [
          addApp('svc-mine', 'the-secret-of-svc-mine'),
          addApp('svc-other', 'the-secret-of-svc-other'),
        ]
        mine.application.owners = [{ id: owner.principal, displayName: 'bailiwick-owner' }]
        const open = await connector?.connect({ ...config, ...owner.login }, setting)
        if (open === undefined) throw new Error('there is no such connector')
        const { rights, end } = await discover(open)
        expect(end.isComplete).toBe(true)
        expect(rights.get(mine.application.appId)).toMatchObject({ rotate: true, revoke: true })
        expect(rights.get(other.application.appId)).toMatchObject({ rotate: false, revoke: false })
        const issue = (identity: string) =>
          codeOf(open.hands.client_secret?.issue?.({ target: { identity } }) as Promise<unknown>)
        expect(await issue(mine.application.appId)).toBe('nothing was thrown')
        expect(await issue(other.application.appId)).toBe('forbidden')
        open.close()
        for (const { application } of [mine, other]) directory.remove('applications', application)
      },
      [steps.found]: async (connection: LiveConnection) => {
        const { application, principal } = addApp('svc-facts', 'the-secret-of-svc-facts')
        directory.assignments.push({
          ...{ id: 'svc-facts-mail', principalId: principal.id, resourceId: graph.id },
          ...{ appRoleId: idOf('Mail.ReadWrite'), principalType: 'ServicePrincipal' },
        })
        directory.grants.push({
          ...{ id: 'grant-1', clientId: principal.id, consentType: 'AllPrincipals', resourceId: graph.id },
          scope: 'User.Read Mail.Send',
        })
        directory.directoryRoles.push({
          ...{ id: 'assignment-1', principalId: principal.id, directoryScopeId: '/' },
          roleDefinitionId: '9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3',
          principal: { '@odata.type': '#microsoft.graph.servicePrincipal', ...principal },
        })
        const issuer = 'https://token.actions.githubusercontent.com'
        const subject = 'repo:shop/till:ref:refs/heads/main'
        directory.federated.set(application.id, [
          { id: 'f-1', name: 'github', issuer, subject, audiences: ['api://AzureADTokenExchange'] },
        ])
        const { records } = await discover(connection)
        const edges = [...records.keys()].filter((key) => key.includes(principal.id) || key.includes(application.appId))
        expect(edges.sort()).toEqual(
          [
            `grants ${principal.id} > ${graph.id}`,
            `grants ${principal.id} > directory:/`,
            `impersonates ${principal.id} > everybody:applications`,
            `impersonates everybody:applications > ${principal.id}`,
            `impersonates everybody:applications > ${application.appId}`,
            `assumes ${application.appId} > ${principal.id}`,
            `assumes ${issuer}|${subject} > ${application.appId}`,
            `identity ${principal.id}`,
            `identity ${application.appId}`,
          ].sort(),
        )
        for (const list of [directory.grants, directory.directoryRoles]) list.length = 0
        directory.assignments.splice(
          directory.assignments.findIndex(({ id }) => id === 'svc-facts-mail'),
          1,
        )
        directory.remove('applications', application)
      },
    },
    edits: entraEdits(directory, { graph, api, keeps: [own.principal, weak.principal, owner.principal] }),
    forgetChanges: () => directory.forget(),
    asked: () => asked,
    slowDown: server.slowDown,
    breakAfter: server.breakAfter,
    cut: server.cut,
    logs: async () => log.join('\n'),
    stop: server.stop,
  }
}

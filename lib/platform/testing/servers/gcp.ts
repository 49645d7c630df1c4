import { generateKeyPairSync } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { expect } from 'vitest'
import type { LiveConnection } from '../../../connectors/live-connector'
import { findLiveConnector } from '../../../connectors/live-registry'
import { Secret } from '../../../connectors/secret'
import { startFake } from './fake-http'
import { codeOf, discover, setting } from './found'
import { askGoogle } from './gcp-api'
import { FakeGoogle, type Fields, GoogleFault, keyFile, type Policy } from './gcp-cloud'
import type { RunningSystem, SystemUnderTest } from './running-system'

// Google Cloud runs nowhere else than at Google. This one holds recorded answers, keeps state, and decides by policies.

const steps = {
  restore: 'brings a deleted account back, and not where another took its address',
  policy: 'changes a policy that others change meanwhile, and leaves the rest of it',
  found: 'finds who may act as an account, and keys that Google does not keep itself',
}

export const googleSystems: SystemUnderTest[] = [
  {
    ...{ name: 'Google Cloud IAM (recorded project)', connector: 'gcp' },
    ...{ credential: 'signing_key', principal: 'identity', start },
    made: () => new Secret(JSON.stringify(keyFile())),
    further: [
      { title: steps.restore, proves: [['identity', 'restore']] },
      { title: steps.policy, proves: [] },
      { title: steps.found, proves: [] },
    ],
  },
]

const fixtures = path.join(import.meta.dirname, '../../../connectors/gcp/fixtures')
const busyEvery = 60
const project = 'cloud-custodian'
const place = `projects/${project}`

/** The bodies of recorded flights whose names hold this. */
const flights = (folder: string, part: string) =>
  fs
    .readdirSync(path.join(fixtures, folder))
    .filter((name) => name.includes(part))
    .map((name) => (JSON.parse(fs.readFileSync(path.join(fixtures, folder, name), 'utf8')) as { body: Fields }).body)

function recordedProject(): FakeGoogle {
  const google = new FakeGoogle()
  for (const { accounts = [] } of flights('gcp-service-accounts', `get-v1-projects-${project}-serviceAccounts_1`) as {
    accounts?: Fields[]
  }[])
    for (const account of accounts) google.addAccount(project, account)
  for (const account of flights('gcp-service-accounts', 'gserviceaccount.com_1')) google.addAccount(project, account)
  const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  for (const { keys } of flights('gcp-service-accounts', 'iam-service-account-key-query--get-v1') as {
    keys?: Fields[]
  }[])
    for (const fields of keys ?? []) {
      const [, email = '', id = ''] = /serviceAccounts\/([^/]+)\/keys\/(.+)$/.exec(String(fields.name)) ?? []
      google.addKey(google.account(project, email), id, publicKey, 0, fields)
    }
  const [policy] = flights('gcp-iam-policy', 'project-iam-policy--post-v1-projects-custodian-test-getIamPolicy')
  google.policies.set(place, policy as unknown as Policy)
  for (const email of google.accounts.keys())
    for (const found of flights('gcp-iam-policy', `serviceAccounts-${email}-getIamPolicy`))
      google.accountPolicies.set(email, found as unknown as Policy)
  for (const fields of flights('gcp-iam-policy', 'iam-project-role'))
    google.roles.set(String(fields.name), { fields, permissions: fields.includedPermissions as string[] })
  return google
}

async function start(): Promise<RunningSystem> {
  const google = recordedProject()
  const log: string[] = []
  let asked = 0
  const server = await startFake('gcp', ({ method, url, headers, text }) => {
    const { authorization = '', ...shown } = headers
    const isLogin = url.pathname === '/token'
    log.push(`${method} ${url} ${JSON.stringify(shown)} ${isLogin ? '' : text}`)
    try {
      asked += 1
      if (asked % busyEvery === 0)
        throw new GoogleFault(429, 'RESOURCE_EXHAUSTED', 'Quota exceeded', { 'retry-after': '1' })
      if (isLogin) {
        const token = google.signIn(new URLSearchParams(text).get('assertion') ?? '')
        return { status: 200, body: { token_type: 'Bearer', expires_in: 3599, access_token: token } }
      }
      const body = text === '' ? {} : (JSON.parse(text) as Fields)
      const token = authorization.replace(/^Bearer /, '')
      return { status: 200, body: askGoogle(google, { method, url, token, body }) }
    } catch (error) {
      const fault = error instanceof GoogleFault ? error : new GoogleFault(500, 'INTERNAL', String(error))
      const { status, code, message } = fault
      const body = isLogin
        ? { error: code, error_description: message }
        : { error: { code: status, message, status: code } }
      return { status, headers: fault.headers, body }
    }
  })

  const emailOf = (name: string) => `${name}@${project}.iam.gserviceaccount.com`
  const addAccount = (name: string, json: string) => {
    const account = google.addAccount(project, { email: emailOf(name) })
    google.addKeyOf(account, json)
    return account
  }
  const bind = (email: string, role: string, condition?: Fields) => {
    const policy = google.policies.get(place) as Policy
    const bound = { role, members: [`serviceAccount:${email}`], ...(condition === undefined ? {} : { condition }) }
    google.setPolicy(place, { ...policy, version: 3, bindings: [...policy.bindings, bound] })
  }
  const addConnection = (name: string) => {
    const key = JSON.stringify(keyFile({ client_email: emailOf(name), project_id: project }))
    addAccount(name, key)
    return key
  }
  const instructions = findLiveConnector('gcp')?.instructions.at(-1)?.text ?? ''
  const permissions = [...instructions.matchAll(/^- (\S+)$/gm)].flatMap(([, permission]) => permission ?? [])
  const roleName = `${place}/roles/bailiwick_grant`
  google.roles.set(roleName, {
    fields: { name: roleName, title: 'Bailiwick', includedPermissions: permissions },
    permissions,
  })
  const [own, weak] = [addConnection('bailiwick'), addConnection('powerless')]
  bind(emailOf('bailiwick'), roleName)
  const config = { host: '127.0.0.1', resourceHost: '127.0.0.1', loginHost: '127.0.0.1', port: server.port, tls: 'off' }
  const on = `//cloudresourcemanager.googleapis.com/${place}`
  const membersOf = (role: string) =>
    google.policies.get(place)?.bindings.flatMap((binding) => (binding.role === role ? binding.members : [])) ?? []
  const names = { host: 'localhost', resourceHost: 'localhost', loginHost: 'localhost' }

  return {
    version: 'v1 and v3',
    config: { ...config, key: own },
    powerless: { ...config, key: weak },
    encrypted: { config: { ...config, ...names, port: server.safePort, tls: 'verify', key: own }, caPem: server.pem },
    attempts: {
      login_refused: { key: JSON.stringify({ ...keyFile(), client_email: emailOf('bailiwick'), project_id: project }) },
      blocked_address: { host: '169.254.169.254', loginHost: '169.254.169.254' },
      unreachable: { port: 9 },
      invalid_config: { key: 'no key at all' },
    },
    createAccount: async (name, secret) => ({ identity: addAccount(name, secret.reveal()).email }),
    openSession: async (name) => {
      const token = google.tokenFor(emailOf(name))
      const isAlive = async () =>
        codeOf(Promise.resolve().then(() => google.caller(token))).then((code) => code === 'nothing was thrown')
      return { isAlive, close: async () => {} }
    },
    grantable: {
      ...{ on, scopes: ['roles/viewer'] },
      mayUse: async (name) => membersOf('roles/viewer').includes(`serviceAccount:${emailOf(name)}`),
    },
    further: {
      [steps.restore]: async (connection: LiveConnection) => {
        const identity = emailOf('svc-restored')
        const account = google.addAccount(project, { email: identity })
        const hands = connection.hands.identity
        const deleted = await hands?.delete?.({ target: { identity } })
        if (deleted?.former === undefined) throw new Error('nothing came that brings it back')
        const order = { target: { identity }, former: deleted.former }
        const other = google.addAccount(project, { email: identity })
        expect(await codeOf(hands?.restore?.(order) as Promise<unknown>)).toBe('conflict')
        google.accounts.delete(other.email)
        expect(await hands?.restore?.(order)).toMatchObject({ did: 'done' })
        expect(google.accounts.get(identity)?.uniqueId).toBe(account.uniqueId)
        expect(await hands?.restore?.(order)).toMatchObject({ did: 'already' })
        google.accounts.delete(identity)
      },
      [steps.policy]: async (connection: LiveConnection) => {
        const identity = emailOf('svc-policy')
        google.addAccount(project, { email: identity })
        const condition = { title: 'until', expression: 'request.time < timestamp("2027-01-01T00:00:00Z")' }
        bind(identity, 'roles/browser', condition)
        const before = structuredClone(google.policies.get(place)?.bindings)
        const hands = connection.hands.identity
        const order = { target: { identity }, on, scopes: ['roles/browser'] }
        // Somebody else writes between each of the next two readings and writings.
        const write = google.setPolicy.bind(google)
        let others = 2
        google.setPolicy = (where, given) => {
          if (others-- > 0) write(where, google.policies.get(where) as Policy)
          return write(where, given)
        }
        const taken = await hands?.ungrant?.(order)
        google.setPolicy = write
        expect(others).toBeLessThan(0)
        expect(membersOf('roles/browser')).toEqual([])
        expect(await hands?.ungrant?.(order)).toMatchObject({ did: 'already' })
        await hands?.grant?.({ ...order, ...(taken?.former ? { former: taken.former } : {}) })
        expect(google.policies.get(place)?.bindings).toEqual(before)
        const elsewhere = { ...order, on: '//storage.googleapis.com/bucket' }
        expect(await codeOf(hands?.grant?.(elsewhere) as Promise<unknown>)).toBe('conflict')
        await hands?.ungrant?.(order)
        google.accounts.delete(identity)
      },
      [steps.found]: async () => {
        const [reader] = findLiveConnector('gcp')?.instructions ?? []
        expect(reader?.text).not.toContain('iam.serviceAccountKeys.create')
        const open = await findLiveConnector('gcp')?.connect({ ...config, key: own }, setting)
        if (open === undefined) throw new Error('there is no such connector')
        const email = 'test-cutodian-scc@cloud-custodian.iam.gserviceaccount.com'
        const actor = emailOf('svc-actor')
        google.addAccount(project, { email: actor })
        const role = 'roles/iam.serviceAccountTokenCreator'
        google.accountPolicies.set(email, {
          version: 1,
          etag: 'x',
          bindings: [{ role, members: [`serviceAccount:${actor}`] }],
        })
        const { records } = await discover(open)
        open.close()
        expect(records.has(`impersonates ${actor} > ${email}`)).toBe(true)
        const keys = [...records.keys()].filter((key) => key.startsWith(`credential ${place}/serviceAccounts/${email}`))
        expect(keys).toEqual([`credential ${place}/serviceAccounts/${email}/keys/2`])
        google.accountPolicies.delete(email)
        google.accounts.delete(actor)
      },
    },
    cut: server.cut,
    logs: async () => log.join('\n'),
    stop: server.stop,
  }
}

import fs from 'node:fs'
import path from 'node:path'
import { expect } from 'vitest'
import { parseAllDocuments } from 'yaml'
import type { LiveConnection } from '../../../connectors/live-connector'
import { findLiveConnector } from '../../../connectors/live-registry'
import { startFake } from './fake-http'
import { codeOf, discover, setting } from './found'
import { KubeApi } from './kubernetes-api'
import { FakeCluster, type Fields, KubeFault } from './kubernetes-cluster'
import type { RunningSystem, SystemUnderTest } from './running-system'

// No API server is to be had from Debian or npm as a program. This one holds recorded objects, keeps state, and decides by RBAC.

const steps = {
  use: 'says when a token that a Secret holds was last used',
  shared: 'takes an account out of a binding to several, and puts it back',
  leave: 'reads no Secret where it is told to leave them',
  others: 'ends no token of another account',
  lifetime: 'writes down the end that the cluster gave a token',
}

export const kubernetesSystems: SystemUnderTest[] = [
  {
    ...{ name: 'Kubernetes (recorded cluster)', connector: 'kubernetes' },
    ...{ credential: 'access_token', principal: 'identity', start },
    further: [
      { title: steps.use, proves: [['access_token', 'whoUses']] },
      { title: steps.shared, proves: [] },
      { title: steps.leave, proves: [] },
      { title: steps.others, proves: [] },
      { title: steps.lifetime, proves: [] },
    ],
  },
]

const fixtures = path.join(import.meta.dirname, '../../../connectors/kubernetes/fixtures')
const recorded = [
  'bootstrap-v1.20.2-cluster-role-bindings.yaml',
  ...[
    'grafana-deployment',
    'grafana-serviceAccount',
    'nodeExporter-clusterRole',
    'nodeExporter-clusterRoleBinding',
  ].map((name) => `kube-prometheus--${name}.yaml`),
  ...[
    'nodeExporter-daemonset',
    'nodeExporter-serviceAccount',
    'prometheus-clusterRole',
    'prometheus-serviceAccount',
  ].map((name) => `kube-prometheus--${name}.yaml`),
  ...['prometheus-clusterRoleBinding', 'prometheus-roleConfig', 'prometheus-roleBindingConfig'].map(
    (name) => `kube-prometheus--${name}.yaml`,
  ),
]

/** Each so-manieth question is put off, as the server does that is asked too often. */
const busyEvery = 70

/** Objects of a file, lists unwrapped. */
function objectsIn(text: string): Fields[] {
  return parseAllDocuments(text).flatMap((document) => {
    const value = document.toJS() as Fields | null
    return value === null ? [] : Array.isArray(value.items) ? (value.items as Fields[]) : [value]
  })
}

function recordedCluster(): FakeCluster {
  const cluster = new FakeCluster()
  for (const file of recorded)
    for (const object of objectsIn(fs.readFileSync(path.join(fixtures, file), 'utf8')))
      cluster.create(String(object.kind), object)
  const cassette = fs.readFileSync(path.join(fixtures, 'c7n-clusterrolelist-cassette.yaml'), 'utf8')
  const [recording] = objectsIn(cassette) as { interactions: { response: { body: { string: string } } }[] }[]
  const answer = JSON.parse(recording?.interactions[0]?.response.body.string ?? '{}') as { items: Fields[] }
  for (const role of answer.items)
    if (!cluster.all('ClusterRole').some(({ metadata }) => metadata.name === (role.metadata as Fields).name))
      cluster.create('ClusterRole', role)
  // Since 1.28 everybody may ask who they are; the recording is older.
  const basic = cluster.get('ClusterRole', undefined, 'system:basic-user')
  const rule = { apiGroups: ['authentication.k8s.io'], resources: ['selfsubjectreviews'], verbs: ['create'] }
  basic.rules = [...(basic.rules as Fields[]), rule]
  return cluster
}

async function start(): Promise<RunningSystem> {
  const cluster = recordedCluster()
  const api = new KubeApi(cluster)
  const log: string[] = []
  let asked = 0
  const server = await startFake('kubernetes', ({ method, url, headers, text }) => {
    const { authorization = '', ...shown } = headers
    // As the documentation of the audit log has it: no bodies of Secrets and of what holds tokens.
    const isQuiet = /secrets|token/.test(url.pathname)
    log.push(`${method} ${url} ${JSON.stringify(shown)} ${isQuiet ? '' : text}`)
    try {
      asked += 1
      if (asked % busyEvery === 0)
        throw new KubeFault(429, 'TooManyRequests', 'too many requests, please try again later', { 'retry-after': '1' })
      const body = text === '' ? {} : (JSON.parse(text) as Fields)
      const token = authorization.replace(/^Bearer /, '')
      return api.answer({ method, url, accept: headers.accept ?? '', token, body })
    } catch (error) {
      const {
        status,
        reason,
        message,
        headers: more,
      } = error instanceof KubeFault ? error : new KubeFault(500, 'InternalError', String(error))
      return { status, headers: more, body: { kind: 'Status', status: 'Failure', message, reason, code: status } }
    }
  })

  const texts =
    findLiveConnector('kubernetes')
      ?.instructions.slice(1)
      .map(({ text }) => text) ?? []
  // The last tells of the account, which the others are about.
  for (const text of texts.reverse()) for (const object of objectsIn(text)) cluster.create(String(object.kind), object)
  cluster.create('ServiceAccount', { metadata: { name: 'powerless', namespace: 'bailiwick' } })
  const tokenOf = (name: string) => cluster.issue('bailiwick', name, { seconds: 86_400 }).token
  const config = { host: '127.0.0.1', port: server.port, tls: 'off' }
  const own = tokenOf('bailiwick')
  const namespace = 'shop'
  const idOf = (name: string) => `serviceaccount:${namespace}:${name}`
  const addAccount = (name: string) => cluster.create('ServiceAccount', { metadata: { name, namespace } })
  /** Makes accounts for a step, and leaves the cluster without them. */
  const withAccounts = async (names: string[], work: () => Promise<void>) => {
    for (const name of names) addAccount(name)
    await work().finally(() => {
      for (const name of names) cluster.remove('ServiceAccount', namespace, name)
    })
  }
  const addToken = (name: string, secretName: string, value: string, labels = {}) => {
    const annotations = { 'kubernetes.io/service-account.name': name }
    const bound = cluster.create('Secret', {
      ...{ type: 'kubernetes.io/service-account-token', data: { token: Buffer.from(value).toString('base64') } },
      metadata: { name: secretName, namespace, annotations, labels },
    })
    cluster.issue(namespace, name, { bound, value })
    return `token:${namespace}:${secretName}`
  }
  cluster.create('Secret', {
    ...{ type: 'Opaque', metadata: { name: 'payment', namespace } },
    data: { key: Buffer.from('a key of somebody else').toString('base64') },
  })

  return {
    version: 'v1.29',
    config: { ...config, token: own },
    powerless: { ...config, token: tokenOf('powerless') },
    encrypted: { config: { host: 'localhost', port: server.safePort, tls: 'verify', token: own }, caPem: server.pem },
    createAccount: async (name, secret) => {
      addAccount(name)
      addToken(name, `${name}-token-x7f2k`, secret.reveal())
      return { identity: idOf(name) }
    },
    // A pod that runs as the account, with the token that is bound to it.
    openSession: async (name) => {
      const pod = cluster.create('Pod', {
        metadata: { name: `${name}-1`, namespace },
        spec: { serviceAccountName: name, containers: [{ name: 'main', image: 'shop/till:3' }] },
        status: { phase: 'Running', podIP: '10.2.0.7', startTime: '2026-01-02T03:04:05Z' },
      })
      const { token } = cluster.issue(namespace, name, { bound: pod })
      return {
        isAlive: async () => cluster.authenticate(token) !== undefined,
        close: async () => cluster.remove('Pod', namespace, `${name}-1`),
      }
    },
    grantable: {
      ...{ on: `clusterrole:view@${namespace}`, scopes: [] },
      mayUse: async (_, secret) => {
        const user = cluster.authenticate(secret.reveal())
        return user !== undefined && cluster.may(user, { verb: 'list', group: '', resource: 'pods', namespace })
      },
    },
    further: {
      [steps.use]: (connection: LiveConnection) =>
        withAccounts(['svc-used'], async () => {
          const labels = { 'kubernetes.io/legacy-token-last-used': '2026-10-01' }
          const credential = addToken('svc-used', 'svc-used-token-aaaaa', 'the-token-of-svc-used', labels)
          const use = await connection.hands.access_token?.whoUses?.({
            target: { identity: idOf('svc-used'), credential },
          })
          expect(use).toMatchObject({ sessions: [], lastUsedAt: '2026-10-01T00:00:00.000Z' })
        }),
      [steps.shared]: (connection: LiveConnection) =>
        withAccounts(['svc-a', 'svc-b'], async () => {
          const names = ['svc-a', 'svc-b']
          cluster.create('RoleBinding', {
            metadata: { name: 'viewers', namespace },
            roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' },
            subjects: names.map((name) => ({ kind: 'ServiceAccount', name, namespace })),
          })
          const bindings = cluster.all('RoleBinding', namespace).length
          const subjects = () =>
            (cluster.get('RoleBinding', namespace, 'viewers').subjects as Fields[]).map(({ name }) => name)
          const order = { target: { identity: idOf('svc-a') }, on: `clusterrole:view@${namespace}`, scopes: [] }
          const hands = connection.hands.identity
          const taken = await hands?.ungrant?.(order)
          expect(subjects()).toEqual(['svc-b'])
          expect(await hands?.ungrant?.(order)).toMatchObject({ did: 'already' })
          await hands?.grant?.({ ...order, ...(taken?.former ? { former: taken.former } : {}) })
          expect(subjects()).toEqual(['svc-b', 'svc-a'])
          expect(cluster.all('RoleBinding', namespace)).toHaveLength(bindings)
          // A role that the connection may not bind.
          const admin = { ...order, on: `clusterrole:admin@${namespace}` }
          expect(await codeOf(hands?.grant?.(admin) as Promise<unknown>)).toBe('forbidden')
          cluster.remove('RoleBinding', namespace, 'viewers')
        }),
      [steps.leave]: async () => {
        const from = log.length
        const connector = findLiveConnector('kubernetes')
        const open = await connector?.connect({ ...config, token: own, holders: 'leave' }, setting)
        if (open === undefined) throw new Error('there is no such connector')
        const found = await discover(open)
        open.close()
        expect(found.end.isComplete).toBe(true)
        expect(log.slice(from).filter((line) => line.includes('/secrets'))).toEqual([])
        expect([...found.records.keys()].some((key) => key.startsWith('credential token:'))).toBe(false)
      },
      [steps.others]: (connection: LiveConnection) =>
        withAccounts(['svc-mine', 'svc-theirs'], async () => {
          const credential = addToken('svc-theirs', 'svc-theirs-token-aaaaa', 'the-token-of-svc-theirs')
          const remove = (target: { identity: string; credential: string }) =>
            codeOf(connection.hands.access_token?.delete?.({ target }) as Promise<unknown>)
          expect(await remove({ identity: idOf('svc-mine'), credential })).toBe('conflict')
          expect(await remove({ identity: idOf('svc-mine'), credential: `token:${namespace}:payment` })).toBe(
            'conflict',
          )
          expect(cluster.authenticate('the-token-of-svc-theirs')).toBeDefined()
          expect(cluster.get('Secret', namespace, 'payment')).toBeDefined()
        }),
      [steps.lifetime]: (connection: LiveConnection) =>
        withAccounts(['svc-short'], async () => {
          const { metadata } = cluster.get('ServiceAccount', namespace, 'svc-short')
          const identity = idOf('svc-short')
          const days = async (expiresAt?: string) => {
            const order = { target: { identity }, ...(expiresAt === undefined ? {} : { expiresAt }) }
            const issued = await connection.hands.access_token?.issue?.(order)
            const { records } = await discover(connection)
            const record = records.get(`credential ${issued?.credential}`)
            const until = record?.type === 'credential' ? Date.parse(record.expiresAt ?? '') : Number.NaN
            return Math.round((until - Date.now()) / 86_400_000)
          }
          // This cluster gives no token for longer than 60 days.
          expect(await days()).toBe(60)
          expect(await days(new Date(Date.now() + 7 * 86_400_000).toISOString())).toBe(7)
          const secrets = () =>
            cluster.all('Secret', namespace).filter(({ metadata: { name } }) => /svc-short/.test(name))
          expect(secrets()).toHaveLength(2)
          for (const { data, metadata: about } of secrets()) {
            expect(data).toBeUndefined()
            expect(about.ownerReferences).toMatchObject([{ uid: metadata.uid }])
          }
        }),
    },
    cut: server.cut,
    logs: async () => log.join('\n'),
    stop: server.stop,
  }
}

import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { parseAllDocuments } from 'yaml'
import type { EdgeRecord, MapResult, NormalisedRecord, ParsedFile } from '../contract'
import { connectors } from './index'
import { mapKubernetes } from './map'

const fixtures = path.join(import.meta.dirname, 'fixtures')
const context = { fingerprint: (secret: string) => `fp(${secret.length})` }

function yaml(text: string): ParsedFile {
  const documents = parseAllDocuments(text).map((document) => ({
    line: text.slice(0, document.contents?.range?.[0] ?? 0).split('\n').length,
    value: document.toJS() as unknown,
  }))
  return { kind: 'yaml', name: 'test.yaml', documents }
}

function fixture(name: string): ParsedFile {
  const text = readFileSync(path.join(fixtures, name), 'utf8')
  return name.endsWith('.json') ? { kind: 'json', name, value: JSON.parse(text) } : { ...yaml(text), name }
}

const map = (file: ParsedFile | string): MapResult =>
  mapKubernetes(typeof file === 'string' ? yaml(file) : file, context)
const count = ({ records }: MapResult, type: NormalisedRecord['type']) =>
  records.filter((record) => record.type === type).length
const edges = ({ records }: MapResult, kind?: string) =>
  records.filter(
    (record): record is EdgeRecord => record.type === 'entitlement' && (kind === undefined || record.kind === kind),
  )
const arrows = (result: MapResult, kind: string) =>
  edges(result, kind).map(
    ({ from, to, privilege }) => `${from.externalId} -> ${to.externalId}${privilege ? ` ${privilege}` : ''}`,
  )
const ofType = <T extends NormalisedRecord['type']>({ records }: MapResult, type: T) =>
  records.filter((record): record is Extract<NormalisedRecord, { type: T }> => record.type === type)

describe('published files', () => {
  test.each([
    // file, identities, roles, humans, member_of, unresolved
    ['bootstrap-v1.20.2-cluster-role-bindings.yaml', 3, 7, 0, 12, 13],
    ['bootstrap-v1.20.2-controller-role-bindings.yaml', 0, 0, 0, 29, 58],
    ['bootstrap-v1.20.2-namespace-role-bindings.yaml', 2, 0, 0, 10, 12],
    ['kube-prometheus--prometheus-roleBindingSpecificNamespaces.yaml', 0, 0, 0, 3, 4],
    ['cartography-rbac.json', 5, 10, 3, 13, 2],
  ])('%s: bindings', (name, identities, roles, humans, memberships, unresolved) => {
    const result = map(fixture(name))
    expect(result.refused).toEqual([])
    expect(result.unresolved).toHaveLength(unresolved)
    expect([count(result, 'identity'), count(result, 'role'), count(result, 'human')]).toEqual([
      identities,
      roles,
      humans,
    ])
    expect(edges(result, 'member_of')).toHaveLength(memberships)
  })
  test.each([
    ['bootstrap-v1.20.2-cluster-roles.yaml', 32],
    ['bootstrap-v1.20.2-controller-roles.yaml', 30],
    ['bootstrap-v1.20.2-namespace-roles.yaml', 7],
    ['c7n-clusterrolelist-cassette.yaml', 79],
    ['kube-prometheus--prometheus-roleSpecificNamespaces.yaml', 3],
  ])('%s: %i roles, nothing refused or unresolved', (name, roles) => {
    const result = map(fixture(name))
    expect([count(result, 'role'), result.refused, result.unresolved]).toEqual([roles, [], []])
  })
  test('aggregated ClusterRoles gather by label, through one another', () => {
    const result = map(fixture('bootstrap-v1.20.2-cluster-roles.yaml'))
    const admin = ofType(result, 'role').find(({ externalId }) => externalId === 'clusterrole:admin')
    expect(admin?.attributes?.aggregatedFrom).toEqual(['edit', 'system:aggregate-to-admin'])
    const grants = arrows(result, 'grants').filter((arrow) => arrow.startsWith('clusterrole:admin '))
    expect(grants).toContain('clusterrole:admin -> k8s:*:core/secrets secret_read')
    expect(grants).toContain('clusterrole:admin -> k8s:*:rbac.authorization.k8s.io/rolebindings admin')
    expect(grants).toContain('clusterrole:admin -> k8s:*:core/serviceaccounts admin')
    const view = arrows(result, 'grants').filter((arrow) => arrow.startsWith('clusterrole:view '))
    expect(view.length).toBeGreaterThan(20)
    expect(view.every((arrow) => arrow.endsWith(' read'))).toBe(true)
  })
  test('all fixtures of one cluster join into one graph', () => {
    const results = readdirSync(fixtures)
      .filter((name) => name.startsWith('kube-prometheus'))
      .map((name) => map(fixture(name)))
    const nodes = new Set(
      results.flatMap(({ records }) =>
        records.flatMap((record) => ('externalId' in record ? [record.externalId] : [])),
      ),
    )
    const dangling = results.flatMap(({ unresolved }) => unresolved).filter(({ reference }) => !nodes.has(reference))
    expect(dangling).toEqual([])
    expect(results.flatMap((result) => arrows(result, 'runs_as'))).toContain(
      'prometheus.monitoring.coreos.com:monitoring:k8s -> serviceaccount:monitoring:prometheus-k8s',
    )
  })
  test('two clusters in one file stay apart', () => {
    const ids = ofType(map(fixture('cartography-rbac.json')), 'identity').map(({ externalId }) => externalId)
    expect(ids).toContain('kubernetes_cluster_1/serviceaccount:test-ns:test-sa')
    expect(ids).toContain('kubernetes_cluster_2/serviceaccount:test-ns:test-sa')
  })
})

const token = Buffer.from('header.e30.canary-token-value').toString('base64')

describe('acting as a service account', () => {
  const accounts = `
{apiVersion: v1, kind: ServiceAccount, metadata: {name: a, namespace: shop}}
---
{apiVersion: v1, kind: ServiceAccount, metadata: {name: b, namespace: shop}}
---
{apiVersion: v1, kind: ServiceAccount, metadata: {name: far, namespace: other}}
---
`
  const hops = (...rules: string[]) =>
    arrows(
      map(`${accounts}
{apiVersion: rbac.authorization.k8s.io/v1, kind: Role, metadata: {name: r, namespace: shop}, rules: [${rules.join(', ')}]}`),
      'impersonates',
    )
  const all = [
    'role:shop:r -> serviceaccounts:shop',
    'serviceaccounts:shop -> serviceaccount:shop:a',
    'serviceaccounts:shop -> serviceaccount:shop:b',
  ]
  test.each([
    '{apiGroups: [""], resources: [pods], verbs: [create]}',
    '{apiGroups: [""], resources: [pods/exec], verbs: [get]}',
    '{apiGroups: [apps], resources: [deployments], verbs: [patch]}',
    '{apiGroups: [""], resources: [serviceaccounts], verbs: [impersonate]}',
    '{apiGroups: [""], resources: ["serviceaccounts/token"], verbs: [create]}',
    '{apiGroups: ["*"], resources: ["*"], verbs: ["*"]}',
  ])('%s leads to all of the namespace', (rule) => {
    expect(hops(rule)).toEqual(all)
  })
  test('reading, deleting and what is named leads nowhere', () => {
    expect(
      hops(
        '{apiGroups: [""], resources: [pods, serviceaccounts], verbs: [get, list, delete]}',
        '{apiGroups: [apps], resources: [deployments], verbs: [delete]}',
        '{apiGroups: [""], resources: [pods/exec], resourceNames: [one], verbs: [create]}',
        '{apiGroups: [batch], resources: [pods], verbs: [create]}',
      ),
    ).toEqual([])
  })
  test('a ClusterRole leads to those of the cluster, and where it is bound to those of the namespace', () => {
    const result = map(`${accounts}
{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: {name: c}, rules: [{apiGroups: [batch], resources: [jobs], verbs: [create]}]}
---
{apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: {name: b, namespace: other}, roleRef: {kind: ClusterRole, name: c}, subjects: [{kind: ServiceAccount, name: a, namespace: shop}]}`)
    expect(arrows(result, 'impersonates')).toEqual([
      'clusterrole:c -> serviceaccounts:*',
      'clusterrole:c@other -> serviceaccounts:other',
      'serviceaccounts:* -> serviceaccount:shop:a',
      'serviceaccounts:* -> serviceaccount:shop:b',
      'serviceaccounts:* -> serviceaccount:other:far',
      'serviceaccounts:other -> serviceaccount:other:far',
    ])
    const [edge] = edges(result, 'impersonates')
    expect(edge).toMatchObject({ scopes: ['create jobs'], basis: 'entitlement' })
  })
})

describe('quirks', () => {
  test('secrets give names, never values', () => {
    const result = map(`
apiVersion: v1
kind: ServiceAccount
metadata: {name: ci, namespace: prod-build, labels: {team: platform, app.kubernetes.io/managed-by: Helm}}
---
apiVersion: v1
kind: Secret
type: kubernetes.io/service-account-token
metadata:
  name: ci-token
  namespace: prod-build
  annotations:
    kubernetes.io/service-account.name: ci
    kubectl.kubernetes.io/last-applied-configuration: '{"data":{"token":"canary-annotation"}}'
data: {token: ${token}}
---
apiVersion: v1
kind: Secret
metadata: {name: db, namespace: prod-build}
stringData: {password: canary-password}
---
apiVersion: batch/v1
kind: CronJob
metadata: {name: build, namespace: prod-build}
spec:
  jobTemplate: {spec: {template: {spec: {serviceAccountName: ci, containers: [
    {name: c, image: i, env: [{name: DB, valueFrom: {secretKeyRef: {name: db, key: password}}}, {name: API_TOKEN, value: canary-in-env}]}]}}}}
`)
    expect(JSON.stringify(result)).not.toMatch(/canary/)
    expect(result.unresolved).toEqual([])
    expect(ofType(result, 'identity')[0]).toMatchObject({
      environment: 'production',
      ownerHints: [{ value: 'platform', from: 'label:team' }],
    })
    expect(ofType(result, 'credential')).toMatchObject([
      {
        externalId: 'token:prod-build:ci-token',
        subject: { externalId: 'serviceaccount:prod-build:ci' },
        expiresAt: null,
        fingerprint: 'fp(29)',
        lastFour: 'alue',
      },
    ])
    expect(arrows(result, 'stores')).toEqual([
      'secret:prod-build:ci-token -> token:prod-build:ci-token',
      'k8s:prod-build:core/secrets -> token:prod-build:ci-token',
      'k8s:*:core/secrets -> token:prod-build:ci-token',
    ])
    expect(arrows(result, 'grants')).toEqual(['cronjob:prod-build:build -> secret:prod-build:db secret_read'])
    expect(ofType(result, 'sighting')).toMatchObject([{ name: 'API_TOKEN', fingerprint: 'fp(13)' }])
  })
  test('a RoleBinding to a ClusterRole grants inside its namespace only', () => {
    const result = map(`
kind: ClusterRole
apiVersion: rbac.authorization.k8s.io/v1
metadata: {name: ops}
rules:
- {apiGroups: [''], resources: [pods, nodes], verbs: [get]}
- {nonResourceURLs: [/metrics], verbs: [get]}
---
kind: RoleBinding
apiVersion: rbac.authorization.k8s.io/v1
metadata: {name: b, namespace: shop}
roleRef: {kind: ClusterRole, name: ops}
subjects: [{kind: ServiceAccount, name: a, namespace: other}]
`)
    expect(arrows(result, 'member_of')).toEqual(['serviceaccount:other:a -> clusterrole:ops@shop'])
    expect(arrows(result, 'grants').filter((arrow) => arrow.includes('@shop'))).toEqual([
      'clusterrole:ops@shop -> k8s:shop:core/pods read',
    ])
    expect(result.unresolved).toMatchObject([{ reference: 'serviceaccount:other:a', at: 'line 9, $.subjects[0]' }])
  })
  test('cluster-admin is understood without its definition, and still said to be missing', () => {
    const result = map(`
kind: ClusterRoleBinding
apiVersion: rbac.authorization.k8s.io/v1
metadata: {name: b}
roleRef: {kind: ClusterRole, name: cluster-admin}
subjects:
- {kind: User, name: system:kube-scheduler}
- {kind: User, name: 'system:serviceaccount:ns:sa'}
- {kind: User, name: ci@project.iam.gserviceaccount.com}
- {kind: User, name: ann@example.org}
- {kind: Group, name: system:masters}
`)
    expect(arrows(result, 'grants')).toContain('clusterrole:cluster-admin -> k8s:*:*/* admin')
    expect(result.unresolved.map(({ reference }) => reference)).toEqual([
      'clusterrole:cluster-admin',
      'serviceaccount:ns:sa',
      'ci@project.iam.gserviceaccount.com',
    ])
    expect(ofType(result, 'identity')).toMatchObject([
      { externalId: 'user:system:kube-scheduler', attributes: { component: true } },
    ])
    expect(ofType(result, 'human')).toMatchObject([{ name: 'ann@example.org', email: 'ann@example.org' }])
  })
  test('cloud identities: assumed by annotation, refused when malformed', () => {
    const result = map(`
apiVersion: v1
kind: List
items:
- {apiVersion: v1, kind: ServiceAccount, metadata: {name: a, annotations: {eks.amazonaws.com/role-arn: 'arn:aws:iam::123456789012:role/x'}}}
- {apiVersion: v1, kind: ServiceAccount, metadata: {name: b, annotations: {eks.amazonaws.com/role-arn: 'not an arn'}}}
- {apiVersion: v1, kind: ServiceAccount, metadata: {namespace: c}}
- just text
`)
    expect(arrows(result, 'assumes')).toEqual(['serviceaccount:default:a -> arn:aws:iam::123456789012:role/x'])
    expect(result.refused.map(({ at }) => at)).toEqual([
      'line 2, $.items[2]',
      'line 2, $.items[3]',
      'line 2, $.items[1]',
    ])
  })
  test('what a controller made is no identity of its own', () => {
    const owner = '[{kind: Deployment, name: web, controller: true}]'
    const spec = '{containers: [{name: c}]}'
    const result = map(`
{apiVersion: apps/v1, kind: Deployment, metadata: {name: web, namespace: n}, spec: {template: {spec: ${spec}}}}
---
{apiVersion: apps/v1, kind: ReplicaSet, metadata: {name: web-1, namespace: n, ownerReferences: ${owner}}, spec: {template: {spec: ${spec}}}}
---
{apiVersion: v1, kind: Pod, metadata: {name: alone, namespace: n}, spec: ${spec}}
`)
    expect(ofType(result, 'identity').map(({ externalId }) => externalId)).toEqual(['deployment:n:web', 'pod:n:alone'])
    expect(result.unresolved).toMatchObject([{ reference: 'serviceaccount:n:default' }])
  })
  test('repeated objects, foreign kinds of the same name, broken rules', () => {
    const result = map(`
{apiVersion: v1, kind: ServiceAccount, metadata: {name: a, namespace: n}}
---
{apiVersion: v1, kind: ServiceAccount, metadata: {name: a, namespace: n}}
---
{apiVersion: v1, kind: ServiceAccount, metadata: {name: a, namespace: n, labels: {x: y}}}
---
{apiVersion: iam.example.org/v1, kind: ServiceAccount, metadata: {name: z, namespace: n}}
---
{apiVersion: rbac.authorization.k8s.io/v1, kind: Role, metadata: {name: r, namespace: n}, rules: [{verbs: [get]}, 7, {verbs: [use, get], apiGroups: [x], resources: [y]}]}
---
{apiVersion: v1, kind: ConfigMap, metadata: {name: c}}
`)
    expect(ofType(result, 'identity')).toHaveLength(1)
    expect(result.refused.map(({ at }) => at)).toEqual(['line 6', 'line 10, $.rules[0]', 'line 10, $.rules[1]'])
    expect(edges(result)).toMatchObject([
      { privilege: 'read', notEvaluable: 'what the verb "use" allows is not known' },
    ])
  })
  test('a file with nothing to govern says what it holds', () => {
    expect(map('{apiVersion: v1, kind: ConfigMap, metadata: {name: c}}').refused).toEqual([
      { at: 'file', reason: 'holds nothing that acts or grants access, only ConfigMap (1)' },
    ])
  })
  test('a rule that multiplies without end is refused at once', () => {
    const many = (n: number) => Array.from({ length: n }, (_, i) => `r${i}`)
    const role = (rules: unknown[]) => ({
      kind: 'json' as const,
      name: 'f',
      value: { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name: 'r' }, rules },
    })
    const rule = { verbs: ['get'], apiGroups: many(100), resources: many(100), resourceNames: many(100) }
    expect(map(role([rule])).refused).toMatchObject([{ at: '$.rules[0]', reason: expect.stringContaining('targets') }])
  })
})

test('other formats are not taken for Kubernetes', () => {
  const [connector] = connectors
  for (const value of [
    {},
    [],
    null,
    'kind: Role',
    { kind: 'x' },
    { servers: [] },
    { UserDetailList: [] },
    { roles: [{ name: 'r' }] },
  ]) {
    expect(connector?.accepts({ kind: 'json', name: 'f', value })).toBe(false)
  }
})

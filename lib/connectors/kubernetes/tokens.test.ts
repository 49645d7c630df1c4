import { expect, test } from 'vitest'
import { parseAllDocuments } from 'yaml'
import type { MapResult, NormalisedRecord, ParsedFile } from '../contract'
import { connectors } from './index'
import { joinManifests } from './join'
import { mapKubernetes } from './map'

const context = { fingerprint: (secret: string) => `fp(${secret.length})` }
const yaml = (text: string): ParsedFile => ({
  kind: 'yaml',
  name: 'x.yaml',
  documents: parseAllDocuments(text).map((document, index) => ({ line: index + 1, value: document.toJS() as unknown })),
})
const json = (value: unknown): ParsedFile => ({ kind: 'json', name: 'x.json', value })
const map = (text: string) => mapKubernetes(yaml(text), context)
const ofType = <T extends NormalisedRecord['type']>({ records }: MapResult, type: T) =>
  records.filter((record): record is Extract<NormalisedRecord, { type: T }> => record.type === type)
const runsAs = (result: MapResult) => ofType(result, 'entitlement').filter(({ kind }) => kind === 'runs_as')

const account = (more = '') => `{apiVersion: v1, kind: ServiceAccount, metadata: {name: a, namespace: n}${more}}`
const pod = (spec = '') =>
  `{apiVersion: v1, kind: Pod, metadata: {name: p, namespace: n}, spec: {serviceAccountName: a, containers: [{name: c}]${spec}}}`
const off = ', automountServiceAccountToken: false'
const on = ', automountServiceAccountToken: true'

test.each([
  ['nothing said', '', '', true],
  ['off for the account', off, '', false],
  ['off for the pod', '', off, false],
  ['on for the pod, off for the account', off, on, true],
  [
    'off, but projected for the API server',
    off,
    ', volumes: [{name: t, projected: {sources: [{serviceAccountToken: {path: token}}]}}]',
    true,
  ],
  [
    'off, and projected for another audience',
    off,
    ', volumes: [{name: t, projected: {sources: [{serviceAccountToken: {path: token, audience: vault}}]}}]',
    false,
  ],
])('a token is mounted: %s', (_, ofAccount, ofPod, isMounted) => {
  const result = map(`${account(ofAccount)}\n---\n${pod(ofPod)}`)
  expect(ofType(result, 'identity')[1]?.attributes?.tokenMounted).toBe(isMounted)
  expect(runsAs(result)[0]?.condition === undefined).toBe(isMounted)
})

test('an account in another file decides as well', () => {
  const workload = map(pod())
  expect(ofType(workload, 'identity')[0]?.attributes?.tokenMounted).toBeUndefined()
  const [joined] = joinManifests([workload, map(account(off))])
  expect(joined && runsAs(joined)[0]?.condition).toMatch(/service account is false/)
  expect(joined && ofType(joined, 'identity')[0]?.attributes?.tokenMounted).toBe(false)
})

test('projected tokens are credentials of the account, with audience and lifetime', () => {
  const sources =
    '[{serviceAccountToken: {path: vault, audience: vault, expirationSeconds: 600}}, {serviceAccountToken: {path: token, expirationSeconds: 3607}}]'
  const result = map(
    `${account()}\n---\n${pod(`, volumes: [{name: kube-api-access-x7k2p, projected: {sources: ${sources}}}]`)}`,
  )
  expect(ofType(result, 'credential')).toMatchObject([
    {
      externalId: 'projectedtoken:n:pod/p:kube-api-access/vault',
      subject: { externalId: 'serviceaccount:n:a' },
      credentialType: 'access_token',
      attributes: { audience: 'vault', lifetimeSeconds: 600, projectedToken: true },
    },
    { attributes: { audience: 'API server', lifetimeSeconds: 3607 } },
  ])
})

test('an account of an old cluster names the Secret of its token', () => {
  const named = account(', secrets: [{name: a-token-x7k2p}, {name: a-dockercfg}]')
  expect(map(named).unresolved).toMatchObject([{ reference: 'secret:n:a-token-x7k2p', reason: /legacy token/ }])
  const secret =
    '{apiVersion: v1, kind: Secret, type: kubernetes.io/service-account-token, metadata: {name: a-token-x7k2p, namespace: n, annotations: {kubernetes.io/service-account.name: a}}}'
  expect(map(`${named}\n---\n${secret}`).unresolved).toEqual([])
})

test('a printed release names the namespace of what names none', () => {
  const result = map(
    `NAME: rel\nNAMESPACE: shop\nSTATUS: pending-install\nREVISION: 1\nHOOKS: []\n---\napiVersion: v1\nkind: ServiceAccount\nmetadata: {name: a}\n`,
  )
  expect(ofType(result, 'identity')).toMatchObject([{ externalId: 'serviceaccount:shop:a' }])
  expect(result.refused).toEqual([])
})

test('a release as JSON is read, hooks included, and a broken one is refused', () => {
  const manifest = '---\n# Source: c/templates/sa.yaml\napiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: a\n'
  const hook =
    'apiVersion: batch/v1\nkind: Job\nmetadata: {name: j}\nspec: {template: {spec: {serviceAccountName: a, containers: []}}}\n'
  const release = (text: string) =>
    json({ name: 'rel', namespace: 'shop', info: { status: 'deployed' }, manifest: text, hooks: [{ manifest: hook }] })
  expect(connectors[0]?.accepts(release(manifest))).toBe(true)
  const result = mapKubernetes(release(manifest), context)
  expect(ofType(result, 'identity').map(({ externalId }) => externalId)).toEqual([
    'serviceaccount:shop:a',
    'job:shop:j',
  ])
  expect(mapKubernetes(release('kind: [\napiVersion: v1'), context).refused).toMatchObject([
    { at: '$.manifest', reason: /YAML/ },
  ])
})

test('a list without a kind is told by its items', () => {
  const rules = [{ verbs: ['get'], apiGroups: [''], resources: ['pods'] }]
  const items = [
    { metadata: { name: 'r', namespace: 'n' }, rules },
    { metadata: { name: 'c' }, rules },
    {
      metadata: { name: 'b', namespace: 'n' },
      role_ref: { kind: 'Role', name: 'r' },
      subjects: [{ kind: 'ServiceAccount', name: 'a', namespace: 'n' }],
    },
    { metadata: { name: 'a', namespace: 'n' }, automount_service_account_token: false },
    { metadata: { name: 'unknown' } },
  ]
  for (const file of [json({ items }), json({ api_version: null, kind: null, items })]) {
    expect(connectors[0]?.accepts(file)).toBe(true)
    const result = mapKubernetes(file, context)
    expect(ofType(result, 'role').map(({ externalId }) => externalId)).toEqual(['role:n:r', 'clusterrole:c'])
    expect(ofType(result, 'identity').map(({ externalId }) => externalId)).toEqual(['serviceaccount:n:a'])
    expect(result.refused).toMatchObject([{ at: '$.items[4]', reason: 'has no kind' }])
  }
  expect(connectors[0]?.accepts(json({ items: [{ name: 'x' }] }))).toBe(false)
})

test('a Secret that binds a token shows the token, with its account and its end', () => {
  const bound = (type: string, said: string) => `{apiVersion: v1, kind: Secret, type: ${type}, metadata: {
    name: a-token-1, namespace: n, creationTimestamp: 2026-01-02T03:04:05Z, annotations: {${said}}}}`
  const says = "bailiwick/token-of: a, bailiwick/expires-at: '2026-04-02T03:04:05.000Z'"
  const credentials = (text: string) => ofType(map(`${account()}\n---\n${text}`), 'credential')
  expect(credentials(bound('bailiwick/bound-token', says))).toMatchObject([
    {
      ...{ externalId: 'token:n:a-token-1', credentialType: 'access_token', status: 'active' },
      subject: { type: 'identity', externalId: 'serviceaccount:n:a' },
      ...{ createdAt: '2026-01-02T03:04:05.000Z', expiresAt: '2026-04-02T03:04:05.000Z' },
    },
  ])
  // Anybody may write the annotation; it says nothing on a Secret of another type, and the type nothing without it.
  expect(credentials(bound('Opaque', says))).toEqual([])
  expect(credentials(bound('bailiwick/bound-token', ''))).toEqual([])
})

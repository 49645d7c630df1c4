import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { mapFile } from './map-file'
import { resolveReferences } from './resolve-references'
import { unpackRecords } from './write-records'

const role = `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: reader }
rules:
  - { apiGroups: [""], resources: [secrets, nodes], verbs: [get] }
  - { nonResourceURLs: [/metrics], verbs: [get] }
`
const binding = `apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: { name: readers, namespace: shop }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: reader }
subjects:
  - { kind: ServiceAccount, name: till, namespace: shop }
  - { kind: Group, name: "system:serviceaccounts" }
  - { kind: ServiceAccount, name: nobody, namespace: shop }
`
const account = `apiVersion: v1
kind: ServiceAccount
metadata: { name: till, namespace: shop }
`
const workload = `apiVersion: apps/v1
kind: Deployment
metadata: { name: till, namespace: shop }
spec: { template: { spec: { serviceAccountName: till, containers: [{ name: a, image: b }] } } }
`

const read = (texts: string[], instance = 'eu') =>
  texts.flatMap((text, no) => mapFile({ name: `${no}.yaml`, bytes: new TextEncoder().encode(text), instance }))
const unresolved = (files: ReturnType<typeof read>) =>
  files.flatMap(({ result }) => result?.unresolved.map(({ reference }) => reference) ?? [])
const recordsOf = (file: ReturnType<typeof read>[number] | undefined) => [...unpackRecords(file?.result?.blocks ?? [])]
const arrows = (file: ReturnType<typeof read>[number] | undefined) =>
  recordsOf(file).flatMap((record) =>
    record.type === 'entitlement' ? [`${record.from.externalId} ${record.kind} ${record.to.externalId}`] : [],
  )

describe('resolveReferences', () => {
  it('resolves what another file of the upload defines, and keeps what none does', () => {
    const files = read([binding, account, role, workload])
    expect(unresolved(files)).toContain('serviceaccount:shop:till')
    expect(unresolved(resolveReferences(files))).toEqual(['serviceaccount:shop:nobody'])
  })

  it('gives a binding the grants of a role in another file, within its namespace, as one file would', () => {
    const [joined] = resolveReferences(read([binding, role]))
    const [whole] = read([`${binding}---\n${role}`])
    const scoped = (list: string[] | undefined) => list?.filter((arrow) => arrow.startsWith('clusterrole:reader@shop'))
    expect(scoped(arrows(joined))).toEqual(['clusterrole:reader@shop grants k8s:shop:core/secrets'])
    expect(scoped(arrows(joined))).toEqual(scoped(arrows(whole)))
    const known = recordsOf(joined).find((record) => record.type === 'role' && record.name === 'reader in shop')
    expect(known).toMatchObject({ attributes: { rulesKnown: true } })
  })

  it('puts accounts into the groups that bindings of another file use', () => {
    const [joined] = resolveReferences(read([binding, account]))
    expect(arrows(joined)).toContain('serviceaccount:shop:till member_of group:system:serviceaccounts')
  })

  it('does not mix clusters, and leaves a lone file as it is', () => {
    const apart = [...read([binding], 'eu'), ...read([account], 'us')]
    expect(unresolved(resolveReferences(apart))).toContain('serviceaccount:shop:till')
    const [alone] = read([binding])
    expect(alone && resolveReferences([alone])[0]).toBe(alone)
  })

  it('cuts what an account may do down to what its organization leaves, whichever file comes first', () => {
    const fixture = (folder: string, name: string) => ({
      name,
      bytes: new Uint8Array(readFileSync(path.join('lib/connectors/aws/fixtures', folder, name))),
    })
    const account = fixture('authorization-details', 'iamspy-allow-with-conditions.json')
    const other = fixture('authorization-details', 'iamspy-allow-testing-s3.json')
    const organization = fixture('aws-organizations', 'iamspy-scp-deny-lambda.json')
    const lambda = (files: ReturnType<typeof mapFile>) =>
      files
        .flatMap((file) => recordsOf(file))
        .flatMap((record) =>
          record.type === 'entitlement' && record.basis === 'entitlement' && record.effect === 'allow'
            ? record.scopes.filter((scope) => scope.startsWith('lambda:'))
            : [],
        )
    expect(lambda(mapFile(account))).toEqual(['lambda:InvokeFunction'])
    for (const given of [
      [organization, account, other],
      [other, account, organization],
    ]) {
      const joined = resolveReferences(given.flatMap((file) => mapFile(file)))
      expect(joined.map(({ name }) => name)).toEqual(given.map(({ name }) => name))
      expect(lambda(joined)).toEqual([])
      const facts = joined
        .filter(({ name }) => name === account.name)
        .flatMap((file) => recordsOf(file))
        .find((record) => record.type === 'resource' && record.externalId === 'aws:123456789012')
      expect(facts).toMatchObject({
        attributes: { serviceControlPolicies: ['FullAWSAccess', 'block lambda'], scopesTakenAway: 1 },
      })
      // An account of another organization keeps what it has.
      const apart = joined.filter(({ name }) => name === other.name).flatMap((file) => recordsOf(file))
      expect(apart).toEqual(mapFile(other).flatMap((file) => recordsOf(file)))
    }
  })
})

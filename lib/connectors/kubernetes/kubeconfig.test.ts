import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { readUpload } from '../../platform/files/read-file'
import type { MapResult, NormalisedRecord, ParsedFile } from '../contract'
import { kubeconfig } from './kubeconfig'

const context = { fingerprint: (secret: string) => `fp:${secret}` }
const file = (value: unknown): ParsedFile => ({ kind: 'json', name: 'config', value })
const map = (given: ParsedFile, instance?: string): MapResult[] => {
  expect(kubeconfig.accepts(given)).toBe(true)
  return [kubeconfig.map(given, { ...context, ...(instance === undefined ? {} : { instance }) })].flat()
}
const ofType = <T extends NormalisedRecord['type']>(results: MapResult[], type: T) =>
  results
    .flatMap(({ records }) => records)
    .filter((record): record is Extract<NormalisedRecord, { type: T }> => record.type === type)
const config = (user: object, more: object = {}) =>
  file({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'shop', cluster: { server: 'https://k8s.example.com:6443/' } }],
    contexts: [{ name: 'c', context: { cluster: 'shop', user: 'me' } }],
    users: [{ name: 'me', user }],
    ...more,
  })
const jwt = (claims: object) => `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.c2ln`

describe('a kubeconfig', () => {
  it("of the JavaScript client's tests: a result for each cluster, certificates, a password", () => {
    const name = 'javascript-client-kubeconfig.yaml'
    const bytes = readFileSync(path.join(import.meta.dirname, 'fixtures', 'kubernetes-kubeconfig', name))
    const results = map(readUpload(name, bytes))
    expect(results.map(({ system, instance }) => `${system} ${instance}`)).toEqual([
      'kubernetes cluster1',
      'kubernetes cluster2',
    ])
    expect(results.flatMap(({ refused, unresolved }) => [...refused, ...unresolved])).toEqual([])
    expect(ofType(results, 'identity').map(({ externalId }) => externalId)).toEqual([
      'kubeconfig:user1',
      'kubeconfig:user2',
      'user:foo',
    ])
    expect(ofType(results, 'credential').map(({ externalId, fingerprint }) => [externalId, fingerprint])).toEqual([
      ['kubeconfig:user1#client-certificate', 'fp:USER_CKDATA'],
      ['kubeconfig:user2#client-certificate', 'fp:USER2_CKDATA'],
      ['kubeconfig:user3#password', 'fp:bar'],
    ])
    expect(ofType(results, 'resource').map(({ externalId }) => externalId)).toEqual([
      'cluster:http://example.com',
      'cluster:http://example2.com',
    ])
    expect(ofType(results, 'entitlement')).toHaveLength(3)
  })

  it('a token of a service account is that account, with the end that it states', () => {
    const token = jwt({ sub: 'system:serviceaccount:shop:till', exp: 1_893_456_000 })
    const results = map(config({ token }), 'eu')
    expect(results[0]).toMatchObject({ instance: 'eu', unresolved: [{ reference: 'serviceaccount:shop:till' }] })
    expect(ofType(results, 'identity')).toEqual([])
    expect(ofType(results, 'credential')).toMatchObject([
      {
        subject: { externalId: 'serviceaccount:shop:till' },
        credentialType: 'access_token',
        fingerprint: `fp:${token}`,
        expiresAt: '2030-01-01T00:00:00.000Z',
      },
    ])
  })

  it('a program that fetches tokens as a cloud identity', () => {
    const exec = (command: string, args: string[], env: object[] = []) =>
      map(config({ exec: { apiVersion: 'client.authentication.k8s.io/v1', command, args, env } }))
    const role = 'arn:aws:iam::123456789012:role/deployer'
    const aws = exec('/usr/local/bin/aws', ['eks', 'get-token', '--cluster-name', 'shop', '--role-arn', role])
    expect(ofType(aws, 'entitlement').find(({ kind }) => kind === 'assumes')).toMatchObject({
      to: { externalId: role, global: true },
    })
    expect(ofType(aws, 'identity')[0]?.attributes).toMatchObject({ signsInBy: 'aws' })
    const client = 'ABCDEF00-0000-4000-8000-000000000000'
    const azure = exec('kubelogin', ['get-token', `--client-id=${client}`, '--client-secret', 'never-a-secret'])
    expect(ofType(azure, 'entitlement').find(({ kind }) => kind === 'assumes')?.to.externalId).toBe(
      client.toLowerCase(),
    )
    expect(ofType(azure, 'credential')).toMatchObject([{ name: '--client-secret', fingerprint: 'fp:never-a-secret' }])
    const variables = exec(
      'tool',
      [],
      [
        { name: 'API_TOKEN', value: 'never-a-secret-2' },
        { name: 'REGION', value: 'eu' },
      ],
    )
    expect(ofType(variables, 'credential').map(({ name }) => name)).toEqual(['API_TOKEN'])
  })

  it('values left out, files named, tokens of an auth provider', () => {
    const shown = map(config({ 'client-certificate-data': 'DATA+OMITTED', 'client-key-data': 'DATA+OMITTED' }))
    expect(ofType(shown, 'credential')[0]?.fingerprint).toBeUndefined()
    const named = map(config({ 'client-certificate': '/a.crt', 'client-key': '/a.key', tokenFile: '/t' }))
    expect(ofType(named, 'credential').map(({ attributes }) => attributes)).toEqual([
      { certificate: 'not in the file', keyFile: '/a.key', certificateFile: '/a.crt' },
      { tokenFile: '/t' },
    ])
    const provider = { name: 'oidc', config: { 'client-id': 'x', 'client-secret': 's1', 'refresh-token': 's2' } }
    const oidc = map(config({ 'auth-provider': provider }))
    expect(ofType(oidc, 'credential').map(({ credentialType }) => credentialType)).toEqual([
      'client_secret',
      'refresh_token',
    ])
  })

  it('says what is missing', () => {
    const lost = map(config({}, { contexts: [{ name: 'c', context: { cluster: 'gone', user: 'nobody' } }, {}] }))
    expect(lost.flatMap(({ refused }) => refused)).toMatchObject([
      { at: '$.contexts[1]', reason: 'has no name' },
      { at: '$.users[0]', reason: 'has nothing to sign in with' },
    ])
    expect(lost.flatMap(({ unresolved }) => unresolved.map(({ reference }) => reference))).toEqual(['gone', 'nobody'])
    expect(kubeconfig.accepts(file({ kind: 'Config', apiVersion: 'v1' }))).toBe(false)
  })
})

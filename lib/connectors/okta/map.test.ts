import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import type { CredentialRecord, EdgeRecord, MapResult } from '../contract'
import { connectors } from './index'
import { oktaPrivilege, privilegeOf, standardRoles } from './privileges'

const [connector] = connectors
const context = { fingerprint: (secret: string) => `fp(${secret.length})` }

function map(value: unknown): MapResult {
  const file = { kind: 'json' as const, name: 'f', value }
  expect(connector?.accepts(file)).toBe(true)
  const result = connector?.map(file, context)
  if (result === undefined || Array.isArray(result)) throw new Error('one result expected')
  return result
}

const fixture = (name: string): unknown =>
  JSON.parse(readFileSync(path.join(import.meta.dirname, 'fixtures/okta-management', name), 'utf8'))
const idsOf = ({ records }: MapResult, type: string) =>
  records.flatMap((record) => (record.type === type && record.type !== 'entitlement' ? record.externalId : []))
const credentials = ({ records }: MapResult) => records.filter((r): r is CredentialRecord => r.type === 'credential')
const edges = ({ records }: MapResult) => records.filter((r): r is EdgeRecord => r.type === 'entitlement')

describe('the official example answers', () => {
  const result = map(fixture('management-api-examples.json'))

  test('every kind of non-human identity', () => {
    expect(idsOf(result, 'identity').sort()).toEqual([
      '00T1234567890abcdefg',
      '00Tabcdefg1234567890',
      '00u11s48P9zGW8yqm0g5',
      '00u33u60R1bIcOFYj2i9',
      '0oa72lrepvp4WqEET1d9',
      '0oabskvc6442nkvQO0h7',
      '0oahonkqCRR6TSNlg4',
      'a747a818-a4c4-4446-8a87-704216495a08',
      'a747a818-a4c4-4446-8a87-704216495a09',
      'agentId1',
      '{clientId}',
    ])
  })

  test('tokens, secrets, keys and certificates', () => {
    const byId = new Map(credentials(result).map((credential) => [credential.externalId, credential]))
    expect(byId.size).toBe(12)
    expect(byId.get('00Tabcdefg1234567890')).toMatchObject({
      expiresAt: '2021-12-11T20:38:10.000Z',
      attributes: { expiresWhenUnusedFor: 'P30D', network: 'ANYWHERE' },
    })
    expect(byId.get('ocs2f4zrZbs8nUa7p0g4')).toMatchObject({
      status: 'disabled',
      lastFour: 'Fs5B',
      subject: { externalId: '0oa1nkheCuDn82XVI0g4' },
    })
    expect(byId.get('ocs2f4zrZbs8nUa7p0g4')?.fingerprint).toBeUndefined()
    expect(byId.get('pks2f50kZB0cITmYU0g4')).toMatchObject({
      credentialType: 'signing_key',
      attributes: { use: 'sig', algorithm: 'RS256' },
    })
    expect(byId.get('mXtzOtml09Dg1ZCeKxTRBo3KrQuBWFkJ5oxhVagjTzo')).toMatchObject({
      credentialType: 'certificate',
      expiresAt: '2045-01-23T02:15:23.000Z',
    })
    expect(byId.get('oar579Mcp7OUsNTlo0g3')).toMatchObject({
      credentialType: 'refresh_token',
      attributes: { onBehalfOf: '00u5t60iloOHN9pBi0h7' },
    })
  })

  test('no secret is left in the records', () => {
    const text = JSON.stringify(result)
    for (const secret of [
      'wj9bOsLK0BRNJqy7KMMnaE7m8qrW51bPO2n1-PYvkOmhHRYgcuOecQkEwq9MPYa5',
      'CkF69kXtag0q0P4pXU8OnP5IAzgGlwx6eqGy7Fmg',
      'DRUFXGF9XbLnS9k-Sla3x3POBiIxDreBCdZuFs5B',
    ])
      expect(text).not.toContain(secret)
  })

  test('grants of one client are one edge; its privilege is that of the highest scope', () => {
    const granted = edges(result).find(({ kind, from }) => kind === 'grants' && from.externalId === '{clientId}')
    expect(granted).toMatchObject({ scopes: ['okta.users.read', 'okta.apps.manage'], privilege: 'admin' })
  })

  test('administrator roles of clients; a custom role grants its permissions on its resource set', () => {
    const held = edges(result).filter(({ kind, from }) => kind === 'member_of' && from.type === 'identity')
    expect(held.map(({ from, to, condition }) => [from.externalId, to.externalId, condition])).toEqual([
      ['0jrabyQWm4B9zVJPbotY', 'HELP_DESK_ADMIN', undefined],
      ['0oa4ee9vgbIuqTUvd0g7', 'cr04cxy6yzSCtNciD0g7', 'within resource set iam4cxy6z7hhaZCSk0g7'],
      ['0oa4ee9vgbIuqTUvd0g7', 'ACCESS_CERTIFICATIONS_ADMIN', undefined],
      ['0oa5vymVNCe2cPEeZ0g4', 'ACCESS_REQUESTS_ADMIN', undefined],
    ])
    const custom = edges(result).filter(
      ({ kind, from }) => kind === 'grants' && from.externalId === 'cr0Yq6IJxGIr0ouum0g3',
    )
    expect(custom.map(({ to, condition }) => [to.externalId, condition !== undefined])).toEqual([
      ['iamoJDFKaJxGIr0oamd9g', false],
      ['iamoJDFKaJxGIr0oamd9g', true],
    ])
  })

  test('what concerns no identity is counted, operation by operation', () => {
    expect(result.refused).toHaveLength(21)
    expect(result.refused).toContainEqual({
      at: 'GET /api/v1/principal-rate-limits 200',
      reason: '2 of 2 examples left out: they concern no non-human identity',
    })
  })
})

describe('other shapes', () => {
  test('literals: an application, its users as people, group assignments counted', () => {
    const result = map(fixture('cartography-applications.json'))
    expect(idsOf(result, 'identity')).toEqual(['someid'])
    expect(idsOf(result, 'human')).toEqual(['00ui2sVIFZNCNKFFNBPM', '00ujsgVNDRESKKXERBUJ'])
    expect(result.refused).toEqual([
      { at: '$.LIST_APPLICATION_GROUP_ASSIGNED_RESPONSE', reason: expect.stringContaining('2 entries') },
    ])
  })

  const token = {
    id: '00T-zone-restricted',
    name: 'SIEM integration',
    clientName: 'Okta API',
    userId: '00u-svc-siem',
    tokenWindow: 'P30D',
    network: { connection: 'ZONE', include: ['nzo-corp'], exclude: ['nzo-tor'] },
    _links: { self: { href: 'https://acme-admin.okta.com/api/v1/api-tokens/00T' } },
  }

  test('a list, one object, an envelope and a recorded answer; the host names the organization', () => {
    for (const value of [
      [token],
      token,
      { status_code: 200, data: [token] },
      { interactions: [{ response: { body: { string: JSON.stringify([token]) } } }] },
    ]) {
      const result = map(value)
      expect(idsOf(result, 'identity')).toEqual(['00T-zone-restricted'])
      expect(result.instance).toBe('acme.okta.com')
      expect(credentials(result)[0]?.attributes).toMatchObject({
        networkZones: ['nzo-corp'],
        excludedZones: ['nzo-tor'],
      })
    }
  })

  test('a token of a privileged service account belongs to the account, not to a person', () => {
    const account = {
      id: 'd1b65a78',
      oktaUserId: '00u-svc-siem',
      ownerUserIds: ['00u1'],
      username: 'siem@acme.com',
      statusDetail: 'ROTATED',
    }
    const result = map({ tokens: [token], accounts: [account] })
    expect(edges(result).find(({ kind }) => kind === 'impersonates')?.to).toEqual({
      type: 'identity',
      externalId: '00u-svc-siem',
    })
    expect(result.unresolved).toEqual([])
  })

  test('secrets of an application join it by its id, also where client id and application id differ', () => {
    const app = {
      id: '0oa1',
      label: 'CI',
      signOnMode: 'OPENID_CONNECT',
      status: 'ACTIVE',
      credentials: { oauthClient: { client_id: 'ci-client' } },
      settings: {
        oauthClient: {
          application_type: 'service',
          grant_types: ['client_credentials'],
          jwks: { keys: [{ kid: 'k1', kty: 'RSA', status: 'ACTIVE' }] },
        },
      },
    }
    const secret = {
      id: 'ocs1',
      status: 'ACTIVE',
      client_secret: 'canary-client-secret',
      secret_hash: 'h',
      _links: {
        deactivate: { href: 'https://acme.okta.com/api/v1/apps/0oa1/credentials/secrets/ocs1/lifecycle/deactivate' },
      },
    }
    const result = map([app, secret])
    expect(
      credentials(result).map(({ externalId, subject, fingerprint }) => [externalId, subject?.externalId, fingerprint]),
    ).toEqual([
      ['k1', 'ci-client', undefined],
      ['ocs1', 'ci-client', 'fp(20)'],
    ])
    expect(JSON.stringify(result)).not.toContain('canary')
  })

  test('an error answer says so; an OpenAPI description is no answer', () => {
    const result = map({ errorCode: 'E0000011', errorSummary: 'Invalid token provided' })
    expect(result.refused).toEqual([{ at: '$', reason: 'the answer is an error: Invalid token provided' }])
    const description = { openapi: '3.0.3', paths: { '/api/v1/api-tokens': { example: [token] } } }
    expect(connector?.accepts({ kind: 'json', name: 'f', value: description })).toBe(false)
  })
})

test('scope and role privileges', () => {
  expect(
    [
      'okta.users.read',
      'okta.users.manage',
      'okta.logs.read',
      'okta.apps.read',
      'okta.logStreams.manage',
      'openid',
    ].map(oktaPrivilege),
  ).toEqual(['read', 'admin', 'read', 'secret_read', 'write', 'read'])
  expect(oktaPrivilege('okta.users.credentials.resetPassword')).toBe('admin')
  expect(oktaPrivilege('okta.users.lifecycle.deactivate')).toBe('write')
  expect(['car:drive', 'okta.tomorrow.read', 'constructor', 'okta.users.explode'].map(oktaPrivilege)).toEqual([
    undefined,
    undefined,
    undefined,
    undefined,
  ])
  expect(privilegeOf(['openid', 'car:drive'])).toEqual({
    privilege: 'read',
    notEvaluable: 'what these scopes allow is not known: car:drive',
  })
  expect([standardRoles.SUPER_ADMIN, standardRoles.READ_ONLY_ADMIN, standardRoles.HELP_DESK_ADMIN]).toEqual([
    'admin',
    'read',
    'admin',
  ])
})

test('an issuer or a link tells the organization, so that grants join the applications that they are given to', () => {
  const grant = {
    id: 'oag3ih1zrm1cBFOiq0h6',
    status: 'ACTIVE',
    created: '2017-10-30T22:06:53.000Z',
    issuer: 'https://acme.okta.com',
    clientId: '0oa1gjh63g214q0Hq0g4',
    scopeId: 'okta.users.manage',
    source: 'ADMIN',
  }
  expect(map([grant]).instance).toBe('acme.okta.com')
  const token = {
    name: 'token',
    id: '00Tabcdefg1234567890',
    userId: '00uabcdefg1234567890',
    tokenWindow: 'P30D',
    created: '2021-11-09T20:38:10.000Z',
    _link: { self: { href: 'https://acme-admin.okta.com/api/v1/api-tokens/00Tabcdefg1234567890' } },
  }
  expect(map([token]).instance).toBe('acme.okta.com')
})

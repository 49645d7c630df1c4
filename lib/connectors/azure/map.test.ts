import { describe, expect, test } from 'vitest'
import { fixture } from './fixtures/read-results'

describe('recorded files', () => {
  test('74 role assignments: 62 principals, people kept apart', () => {
    const all = fixture('azure-role-assignments', 'c7n-role-assignments-cassette.json')
    expect([all.of('identity').length, all.of('human').length]).toEqual([49, 13])
    expect(all.of('role')).toHaveLength(7)
    expect(all.ids('resource').sort()).toEqual([
      '/',
      '/providers/microsoft.management/managementgroups/custodian-test',
      '/providers/microsoft.management/managementgroups/test-custodian-group-1',
      '/subscriptions/ea42f556-5106-4743-99b0-c129bfa71a47',
    ])
    const edges = all.of('entitlement')
    // One edge for each principal and scope; the roles are its scopes.
    expect([edges.length, edges.reduce((sum, { scopeCount }) => sum + scopeCount, 0)]).toEqual([65, 74])
    expect(edges.every(({ privilege, notEvaluable }) => privilege !== undefined && notEvaluable === undefined)).toBe(
      true,
    )
    expect(all.refused).toEqual([])
    expect(all.unresolved).toHaveLength(49)
  })

  test('keys of two vaults: rotation, access policies, and the first answer that asks for a token is no error', () => {
    const all = fixture('azure-key-vault', 'c7n-keyvault-keys-rotation-cassette.json')
    expect(
      all.of('credential').map(({ status, expiresAt, attributes }) => [status, expiresAt, attributes?.rotation]),
    ).toEqual([
      ['active', null, 'Rotate P30D before its end, Notify P29D before its end'],
      ['active', null, 'Notify P30D before its end'],
    ])
    expect(all.of('entitlement').map(({ kind, privilege }) => [kind, privilege])).toEqual([
      ['grants', 'write'],
      ['grants', 'write'],
      ['stores', undefined],
      ['stores', undefined],
    ])
    expect(all.refused).toEqual([])
  })

  test('a secret with an end, of a vault whose policy gives secrets out', () => {
    const all = fixture('azure-key-vault', 'c7n-keyvault-secrets-expiry-cassette.json')
    expect(all.of('credential')).toMatchObject([
      { name: 'cfb-txqrNpDc-test-secret-with-exp', expiresAt: '2023-02-17T21:59:57.000Z', status: 'active' },
    ])
    expect(all.of('entitlement')[0]).toMatchObject({
      privilege: 'secret_read',
      scopes: ['secrets/get', 'secrets/set', 'secrets/delete', 'secrets/purge', 'secrets/list'],
    })
    expect(all.refused).toEqual([])
  })

  test('applications and service principals in snake case, each twice, are joined by application id', () => {
    const all = fixture('azure-applications', 'cartography-applications.json')
    expect(all.of('identity').map(({ kind, name }) => [kind, name])).toEqual([
      ['oauth_app', 'Finance Tracker'],
      ['oauth_app', 'HR Portal'],
      ['service_account', 'Finance Tracker Service Principal'],
      ['service_account', 'HR Portal Service Principal'],
    ])
    expect(all.of('entitlement').filter(({ kind }) => kind === 'assumes')).toMatchObject([
      {
        from: { externalId: 'aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee' },
        to: { externalId: 'sp-11111111-1111-1111-1111-111111111111' },
      },
      {
        from: { externalId: 'ffffffff-eeee-dddd-cccc-bbbbbbbbbbbb' },
        to: { externalId: 'sp-22222222-2222-2222-2222-222222222222' },
      },
    ])
    expect([all.of('human').length, all.of('role').length]).toEqual([2, 2])
    expect([...all.refused, ...all.unresolved]).toEqual([])
    expect(JSON.stringify(all)).not.toContain('abcdefghijklmnopqrstuvwxyz')
  })

  test('the answer to addPassword: the secret is fingerprinted and dropped, its hint is none', () => {
    const all = fixture('azure-applications', 'graph-docs-addpassword-response.json')
    expect(all.of('credential')).toMatchObject([
      {
        externalId: 'f0b0b335-1d71-4883-8f98-567911bfdca6',
        credentialType: 'client_secret',
        fingerprint: 'fp(32)',
        lastFour: 'h2P8',
        expiresAt: '2021-09-09T19:50:29.308Z',
        attributes: { hint: '[6g' },
      },
    ])
    expect(all.of('credential')[0]?.subject).toBeUndefined()
    expect(JSON.stringify(all)).not.toContain('gyXA5S20')
    expect(all.unresolved).toHaveLength(1)
  })

  test('an application permission is known by its id', () => {
    const all = fixture('azure-permission-grants', 'graph-docs-approleassignments-list.json')
    expect(all.of('entitlement')).toMatchObject([
      { from: { type: 'identity' }, scopes: ['Mail.ReadWrite'], privilege: 'write' },
    ])
    expect(all.of('resource')).toMatchObject([{ kind: 'api', name: 'Microsoft Graph' }])
  })

  test('a service principal whose application belongs to another tenant', () => {
    const all = fixture('azure-service-principals', 'graph-docs-serviceprincipal-list.json')
    expect(all.of('identity')).toMatchObject([{ name: 'foo', status: 'active', kind: 'service_account' }])
    expect(all.unresolved).toMatchObject([
      {
        reference: '65415bb1-9267-4313-bbf5-ae259732ee12',
        reason: expect.stringContaining('1bc1c026-2f7b-48a5-98da-afa2fd8bc7bc'),
      },
    ])
  })
})

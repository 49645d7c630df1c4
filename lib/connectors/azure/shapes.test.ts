import { describe, expect, test } from 'vitest'
import {
  context,
  contributor,
  fixture,
  flat,
  formatOf,
  guid,
  map,
  roleId,
  subscription,
  upload,
} from './fixtures/read-results'
import { mapAzure } from './map'

describe('AzureHound', () => {
  const name = 'azurehound-federated-identity-credentials.json'

  test('a federated credential is let in by the application beside it', () => {
    const result = fixture('azure-applications', name)
    expect(result.of('identity')).toHaveLength(5)
    const edges = result
      .of('entitlement')
      .map(({ kind, from, to, scopes }) => [kind, from.externalId, to.externalId, scopes])
    expect(edges).toHaveLength(5)
    expect(edges).toContainEqual([
      'assumes',
      'https://token.actions.githubusercontent.com|repo:SpecterTst/oidc-actions-test-1:ref:refs/heads/prod',
      'e9577faa-1c62-48a8-92f7-668164336fc3',
      ['ProdBranch'],
    ])
    // The applications themselves are not in this file.
    expect([...new Set(result.unresolved.map(({ reference }) => reference))]).toEqual([
      '0d29ecac-dc63-41be-a19b-17ccbb781f1f',
      'c4ae3649-f55b-4a88-bb8c-423b59e8d5d2',
      'e9577faa-1c62-48a8-92f7-668164336fc3',
      'b0f98b5d-da63-4b6f-9818-71fdc3eeea78',
    ])
    expect(result.refused).toEqual([])
  })

  test('what Graph lists is taken in from its envelope, what is not known is listed', () => {
    const envelope = {
      data: [
        { kind: 'AZApp', data: { id: guid('1'), appId: guid('2'), displayName: 'Shop', tenantId: guid('9') } },
        {
          kind: 'AZServicePrincipal',
          data: { id: guid('3'), appId: guid('2'), displayName: 'Shop', servicePrincipalType: 'Application' },
        },
        { kind: 'AZGroupMember', data: { groupId: guid('4'), members: [] } },
      ],
      meta: { type: 'azure', version: 5, count: 3 },
    }
    expect(formatOf(upload(envelope))).toEqual(['azure-applications'])
    const result = map(envelope)
    expect(result.ids('identity').sort()).toEqual([guid('2'), guid('3')])
    expect(result.refused).toEqual([
      { at: '$.data[2]', reason: 'is nothing of Azure or Entra that is known; its fields: kind, data' },
    ])
  })
})

describe('role assignments', () => {
  const wire = {
    id: 'a',
    type: 'Microsoft.Authorization/roleAssignments',
    properties: {
      roleDefinitionId: roleId(contributor),
      principalId: guid('a'),
      principalType: 'ServicePrincipal',
      scope: `${subscription}/resourceGroups/RG`,
    },
  }
  const flatShape = { ...wire.properties, principalName: guid('b'), roleDefinitionName: 'Contributor' }
  const snake = {
    principal_id: guid('a'),
    principal_type: 'ServicePrincipal',
    role_definition_id: roleId(contributor),
    scope: `${subscription}/resourceGroups/RG`,
  }
  const shell = {
    RoleAssignmentId: 'x',
    Scope: `${subscription}/resourceGroups/RG`,
    RoleDefinitionName: 'Contributor',
    RoleDefinitionId: contributor,
    ObjectId: guid('a'),
    ObjectType: 'ServicePrincipal',
  }
  test.each([
    ['the API', { value: [wire] }],
    ['the CLI', [flatShape]],
    ['pages', [{ value: [wire] }, { value: [wire] }]],
    ['Python', { AZURE_ROLE_ASSIGNMENTS: [snake] }],
    ['PowerShell', [shell]],
    ['the portal as CSV', `${Object.keys(shell).join(',')}\n${Object.values(shell).join(',')}\n`],
    [
      'a cassette with text',
      {
        interactions: [
          {
            request: { uri: 'https://management.azure.com/x' },
            response: { status: { code: 200 }, body: { string: JSON.stringify({ value: [wire] }) } },
          },
        ],
      },
    ],
  ])('%s', (name, value) => {
    const file = upload(value, name.endsWith('CSV') ? 'f.csv' : 'f.json')
    expect(formatOf(file)).toEqual(['azure-role-assignments'])
    const all = flat(mapAzure(file, context))
    // Where the application's id is told too, the same principal by it.
    const alias = { kind: 'assumes', from: { externalId: guid('b'), global: true }, to: { externalId: guid('a') } }
    expect(all.of('entitlement')).toMatchObject([
      {
        from: { type: 'identity', externalId: guid('a') },
        to: { externalId: '/subscriptions/s1/resourcegroups/rg' },
        scopes: ['Contributor'],
        privilege: 'write',
      },
      ...(name === 'the CLI' ? [alias] : []),
    ])
    expect(all.refused).toEqual([])
  })

  test('of your own roles only the definition tells; without it nothing is guessed', () => {
    const own = { ...wire.properties, roleDefinitionId: roleId(guid('c')) }
    const definition = {
      id: roleId(guid('c')),
      roleName: 'Ours',
      roleType: 'CustomRole',
      permissions: [{ actions: ['Microsoft.Web/sites/*'], notActions: [], dataActions: [], notDataActions: [] }],
      assignableScopes: [subscription],
    }
    const alone = map([own])
    expect(alone.of('entitlement')[0]?.privilege).toBeUndefined()
    expect(alone.of('entitlement')[0]?.notEvaluable).toContain('is not in this file')
    expect(alone.unresolved.map(({ reference }) => reference)).toContain(guid('c'))
    const both = map({ assignments: [own], definitions: [definition] })
    expect(both.of('entitlement')).toMatchObject([{ scopes: ['Ours'], privilege: 'secret_read' }])
    expect(both.of('role')).toMatchObject([{ kind: 'custom_role', externalId: guid('c') }])
  })

  test('a condition is shown, an end ends it, what may only be activated says so', () => {
    const all = map([
      {
        ...wire.properties,
        condition: '@Resource[x] StringEquals y',
        endDateTime: '2030-01-01T00:00:00Z',
        type: 'Microsoft.Authorization/roleEligibilityScheduleInstances',
      },
    ])
    expect(all.of('entitlement')).toMatchObject([
      {
        condition: '@Resource[x] StringEquals y',
        expiresAt: '2030-01-01T00:00:00.000Z',
        notEvaluable: expect.stringContaining('activated'),
      },
    ])
  })

  test('broken entries are refused with their place, unknown kinds of principal stay open', () => {
    const all = map([
      flatShape,
      'x',
      { ...flatShape, principalId: guid('d'), principalType: undefined },
      { nothing: 1 },
    ])
    expect(all.refused.map(({ at }) => at)).toEqual(['$[1]', '$[3]'])
    expect(all.unresolved.at(-1)).toMatchObject({
      reference: guid('d'),
      reason: expect.stringContaining('does not say what it is'),
    })
    expect(all.ids('identity')).toEqual([guid('a')])
  })
})

describe('applications', () => {
  const certificate = {
    keyId: guid('1'),
    type: 'AsymmetricX509Cert',
    usage: 'Sign',
    displayName: 'CN=x',
    startDateTime: '2024-01-01T00:00:00.1234567Z',
    endDateTime: '2025-01-01T00:00:00Z',
    key: null,
    customKeyIdentifier: 'AB',
  }
  const secret = {
    keyId: guid('2'),
    hint: 'abc',
    displayName: 'ci',
    startDateTime: '2024-01-01T00:00:00Z',
    endDateTime: '2299-12-31T00:00:00Z',
    secretText: null,
  }
  const application = {
    id: guid('3'),
    appId: guid('4').toUpperCase(),
    displayName: 'App',
    signInAudience: 'AzureADMyOrg',
    keyCredentials: [certificate],
    passwordCredentials: [secret, { ...secret, keyId: guid('1') }, {}],
  }

  test('secrets and certificates, also the password of a certificate, which carries its id', () => {
    const all = map({ value: [application] })
    expect(
      all
        .of('credential')
        .map(({ externalId, credentialType, subject }) => [externalId, credentialType, subject?.externalId]),
    ).toEqual([
      [guid('1'), 'certificate', guid('4')],
      [guid('2'), 'client_secret', guid('4')],
      [`${guid('1')}#client_secret`, 'client_secret', guid('4')],
    ])
    expect(all.of('credential')[0]?.createdAt).toBe('2024-01-01T00:00:00.123Z')
    expect(all.refused).toMatchObject([
      { at: '$.value[0].passwordCredentials[2]', reason: 'the credential has no keyId' },
    ])
  })

  test('a trust in tokens of another issuer is a workload that acts as the application', () => {
    const federated = {
      id: 'x',
      name: 'gh',
      issuer: 'https://token.actions.githubusercontent.com',
      subject: 'repo:o/r:ref:refs/heads/main',
      audiences: ['api://AzureADTokenExchange'],
    }
    const nested = map([{ ...application, federatedIdentityCredentials: [federated] }])
    expect(nested.of('entitlement')).toMatchObject([
      {
        kind: 'assumes',
        from: { externalId: 'https://token.actions.githubusercontent.com|repo:o/r:ref:refs/heads/main' },
        to: { externalId: guid('4') },
      },
    ])
    const listed = map({
      '@odata.context': `https://graph.microsoft.com/v1.0/$metadata#applications('${guid('3')}')/federatedIdentityCredentials`,
      value: [federated],
    })
    expect(listed.of('entitlement')).toMatchObject([{ to: { externalId: guid('3') } }])
    expect(listed.unresolved).toHaveLength(1)
  })
})

describe('grants and managed identities', () => {
  test('consent in the name of everyone or of one person, with the most of its scopes', () => {
    const grant = {
      clientId: guid('a'),
      consentType: 'AllPrincipals',
      principalId: null,
      resourceId: guid('b'),
      scope: ' User.Read Directory.ReadWrite.All  odd ',
    }
    const all = map({
      value: [grant, { ...grant, consentType: 'Principal', principalId: guid('c'), scope: 'User.Read' }],
    })
    expect(
      all.of('entitlement').map(({ scopes, privilege, condition }) => [scopes.length, privilege, condition]),
    ).toEqual([
      [3, 'admin', '{"onBehalfOf":"every user"}'],
      [1, 'read', `{"onBehalfOf":"${guid('c')}"}`],
    ])
    expect(all.of('entitlement')[0]?.notEvaluable).toContain('odd')
  })

  test('a machine runs as its own and as shared identities', () => {
    const shared = `${subscription}/resourcegroups/rg/providers/Microsoft.ManagedIdentity/userAssignedIdentities/mi`
    const all = map({
      value: [
        {
          id: `${subscription}/resourceGroups/rg/providers/Microsoft.Compute/virtualMachines/vm`,
          name: 'vm',
          type: 'Microsoft.Compute/virtualMachines',
          identity: {
            principalId: guid('a'),
            userAssignedIdentities: { [shared]: { principalId: guid('b'), clientId: guid('c') } },
          },
        },
        { id: shared, name: 'mi', principalId: guid('b'), clientId: guid('c'), tenantId: guid('d') },
      ],
    })
    expect(all.of('entitlement').map(({ kind, to, scopes }) => [kind, to.externalId, scopes[0]])).toEqual([
      ['runs_as', guid('a'), 'system assigned'],
      ['runs_as', guid('b'), 'user assigned'],
    ])
    expect(all.of('identity').every(({ kind }) => kind === 'workload')).toBe(true)
  })

  test('users and groups of the directory are known when roles name them', () => {
    const all = map({
      users: [{ id: guid('a'), userPrincipalName: 'Ana@x.org', displayName: 'Ana' }],
      groups: [{ id: guid('b'), displayName: 'Ops', securityEnabled: true }],
      roles: [
        { principalId: guid('a'), roleDefinitionId: '62e90394-69f5-4237-9190-012177145e10', directoryScopeId: '/' },
        { principalId: guid('b'), roleDefinitionId: '88d8e3e3-8f55-4a1e-953a-9b9898b8876b', directoryScopeId: '/' },
      ],
    })
    const written = all.of('entitlement').filter(({ isWorkedOut }) => !isWorkedOut)
    expect(written.map(({ from, scopes, privilege }) => [from.type, scopes[0], privilege])).toEqual([
      ['human', 'Global Administrator', 'admin'],
      ['role', 'Directory Readers', 'read'],
    ])
    expect(all.of('human')).toMatchObject([{ email: 'ana@x.org', name: 'Ana' }])
    expect(all.unresolved).toEqual([])
  })
})

describe('vaults', () => {
  test('the CLI writes dates as text; a shown value is fingerprinted and dropped', () => {
    const all = map([
      {
        id: 'https://v.vault.azure.net/secrets/s1/abc',
        name: 's1',
        value: 'CANARY-super-secret',
        attributes: { enabled: true, expires: '2030-01-01T00:00:00+00:00', created: '2024-01-01T00:00:00+00:00' },
      },
      { kid: 'https://v.vault.azure.net/keys/k1', attributes: { enabled: false, exp: null, created: 1_700_000_000 } },
    ])
    expect(all.of('credential').map(({ externalId, status, expiresAt }) => [externalId, status, expiresAt])).toEqual([
      ['https://v.vault.azure.net/secrets/s1', 'active', '2030-01-01T00:00:00.000Z'],
      ['https://v.vault.azure.net/keys/k1', 'disabled', null],
    ])
    expect(JSON.stringify(all)).not.toContain('CANARY')
    expect(all.unresolved).toMatchObject([{ reference: 'https://v.vault.azure.net/' }])
  })
})

test('errors, empty lists and missing pages are told', () => {
  const error = { error: { code: 'Authorization_RequestDenied', message: 'Insufficient privileges', innerError: {} } }
  expect(formatOf(upload(error))).toEqual(['azure-key-vault'])
  expect(map(error).refused).toMatchObject([
    { reason: 'the API answered with an error: Authorization_RequestDenied: Insufficient privileges' },
  ])
  const principal = {
    id: guid('a'),
    appId: guid('b'),
    displayName: 'x',
    servicePrincipalType: 'ManagedIdentity',
    accountEnabled: false,
  }
  const page = map({
    value: [principal],
    '@odata.nextLink': 'https://graph.microsoft.com/v1.0/servicePrincipals?$skiptoken=z',
  })
  expect(page.of('identity')).toMatchObject([{ status: 'disabled', kind: 'workload' }])
  expect(page.refused).toMatchObject([{ reason: expect.stringContaining('nextLink') }])
  expect(map({ value: [] }).refused).toMatchObject([{ reason: 'the list is empty' }])
})

test("other systems' files are left to them", () => {
  for (const value of [
    { terraform_version: '1', resources: [{ id: 'x', appId: 'y', displayName: 'z' }] },
    { error: { message: 'x' } },
    { value: [] },
    { id: 'x', displayName: 'y' },
  ])
    expect(formatOf(upload(value))).toEqual([])
})

describe('what the command line prints besides lists', () => {
  test('az ad sp create-for-rbac: the application, and its secret as a fingerprint', () => {
    const value = { appId: guid('b'), displayName: 'ci', password: 'abcdefghijklmnop~qrst', tenant: guid('d') }
    expect(formatOf(upload(value))).toEqual(['azure-applications'])
    const { records } = mapAzure(upload(value), context)
    expect(records).toMatchObject([
      { type: 'identity', externalId: guid('b'), kind: 'oauth_app', name: 'ci' },
      { type: 'credential', subject: { externalId: guid('b') }, credentialType: 'client_secret', lastFour: 'qrst' },
    ])
    expect(JSON.stringify(records)).not.toContain('abcdefghijklmnop')
  })

  test('a principal that is shown within its assignment is described by it', () => {
    const principal = {
      '@odata.type': '#microsoft.graph.servicePrincipal',
      id: guid('a'),
      appId: guid('b'),
      displayName: 'ci',
    }
    const entry = { id: 'x', principalId: guid('a'), directoryScopeId: '/', roleDefinitionId: guid('c'), principal }
    const { records, unresolved } = mapAzure(upload({ value: [entry] }), context)
    expect(records.find(({ type }) => type === 'identity')).toMatchObject({ externalId: guid('a'), name: 'ci' })
    expect(unresolved.map(({ reference }) => reference)).not.toContain(guid('a'))
  })

  test('a scope of slashes alone is the root, and very many of them cost no time', () => {
    const assignment = (scope: string) => ({
      id: 'x',
      type: 'Microsoft.Authorization/roleAssignments',
      properties: { principalId: guid('a'), principalType: 'ServicePrincipal', roleDefinitionId: guid('c'), scope },
    })
    const { records } = mapAzure(upload([assignment('///'), assignment(`/a${'/'.repeat(200_000)}b`)]), context)
    expect(records.flatMap((record) => (record.type === 'resource' ? record.name.slice(0, 30) : []))).toEqual([
      'Everything of the tenant (/)',
      'b',
    ])
  })
})

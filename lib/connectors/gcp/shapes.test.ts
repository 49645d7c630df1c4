import { describe, expect, test } from 'vitest'
import { context, email, flat, formatOf, map, policy, upload } from './fixtures/read-results'
import { connectors } from './index'
import { mapGoogleCloud } from './map'

describe('shapes', () => {
  const account = { email, name: `projects/p/serviceAccounts/${email}`, projectId: 'p', uniqueId: '1', disabled: true }
  test.each([
    ['gcloud', [account]],
    ['the API', { accounts: [account] }],
    ['pages', [{ accounts: [account] }, { accounts: [account] }]],
    ['a recording', { headers: { status: '200' }, body: { accounts: [account] } }],
    ['a recording with text', { headers: {}, body: JSON.stringify({ accounts: [account] }) }],
    [
      'a cassette',
      {
        interactions: [
          {
            request: { uri: 'https://iam.googleapis.com/v1/x' },
            response: { status: { code: 200 }, body: { string: JSON.stringify({ accounts: [account] }) } },
          },
        ],
      },
    ],
    ['a list under a name', { LIST_SERVICE_ACCOUNTS_RESPONSE: { accounts: [account] } }],
    ['one alone', account],
    ['snake case', { email, unique_id: '1', project_id: 'p', disabled: true }],
  ])('%s', (_, value) => {
    expect(formatOf(upload(value))).toEqual(['gcp-service-accounts'])
    const all = map(value)
    expect(all.of('identity')).toMatchObject([{ externalId: email, status: 'disabled' }])
    expect(all.refused).toEqual([])
    expect(all.instanceOf(email)).toBe('p')
  })

  test('broken elements are refused with their place', () => {
    expect(map({ accounts: [account, { odd: 1 }, 7] }).refused).toMatchObject([
      { at: '$.accounts[1]', reason: expect.stringContaining('its fields: odd') },
      { at: '$.accounts[2]', reason: 'is not an object' },
    ])
  })

  test('an empty list and an empty policy are told', () => {
    expect(map({ headers: { server: 'ESF' }, body: { accounts: [] } }).refused).toMatchObject([
      { reason: 'the list accounts is empty' },
    ])
    expect(map({ etag: 'ACAB' }).refused).toMatchObject([{ reason: expect.stringContaining('grants nothing') }])
    expect(formatOf(upload({ etag: 'ACAB' }))).toEqual(['gcp-iam-policy'])
  })

  test('a key file is the same credential as in the listing, by fingerprint only', () => {
    const secret = '-----BEGIN PRIVATE KEY-----\nCANARY\n-----END PRIVATE KEY-----\n'
    const all = map({
      type: 'service_account',
      project_id: 'p',
      private_key_id: 'k1',
      private_key: secret,
      client_email: email,
    })
    expect(all.of('credential')).toMatchObject([
      { externalId: `projects/p/serviceAccounts/${email}/keys/k1`, fingerprint: `fp(${secret.trim().length})` },
    ])
    const created = map({
      name: `projects/p/serviceAccounts/${email}/keys/k2`,
      privateKeyData: 'CANARY',
      keyType: 'USER_MANAGED',
    })
    const shown = map([{ name: 'projects/p/locations/global/keys/k3', keyString: 'AIzaCANARYcanaryCANARYx1234' }])
    expect(shown.of('credential')).toMatchObject([{ lastFour: '1234' }])
    expect(JSON.stringify([all.results, created.results, shown.results])).not.toContain('CANARY')
  })

  test('providers of a pool tell who vouches', () => {
    const name = 'projects/1/locations/global/workloadIdentityPools/gh'
    const all = map([
      { name, displayName: 'GitHub', state: 'ACTIVE' },
      {
        name: `${name}/providers/a`,
        oidc: { issuerUri: 'https://token.actions.githubusercontent.com' },
        attributeMapping: { 'google.subject': 'assertion.sub' },
      },
      { name: `${name}/providers/b`, aws: { accountId: '123456789012' } },
    ])
    expect(all.of('resource').map(({ kind, attributes }) => [kind, attributes?.issuer])).toEqual([
      ['identity_pool', undefined],
      ['identity_provider', 'https://token.actions.githubusercontent.com'],
      ['identity_provider', 'AWS account 123456789012'],
    ])
  })
})

describe('roles of your own', () => {
  const definition = {
    name: 'projects/p/roles/mine',
    title: 'Mine',
    includedPermissions: ['secretmanager.versions.access', 'x.y.frobnicate'],
  }
  const granted = policy(['user:a@x.org'], 'projects/p/roles/mine')

  test('are worth what their permissions are, and tell what is unknown', () => {
    const all = map({ role: definition, policy: granted }, 'f.json', 'p')
    expect(all.of('entitlement')).toMatchObject([
      { privilege: 'secret_read', notEvaluable: 'projects/p/roles/mine: not known what x.y.frobnicate allow' },
    ])
    expect(all.of('role')).toMatchObject([{ kind: 'custom_role', attributes: { permissionCount: 2 } }])
  })

  test('are unresolved without their definition, and join when it comes in another file', () => {
    const alone = mapGoogleCloud(upload(granted, 'a.json'), { ...context, instance: 'p' })
    expect(flat(alone).of('entitlement')[0]).toMatchObject({
      notEvaluable: 'the permissions of projects/p/roles/mine are not in this file',
    })
    expect(flat(alone).unresolved.map(({ reference }) => reference)).toEqual(['projects/p/roles/mine'])
    const defined = mapGoogleCloud(upload([definition], 'b.json'), context)
    const join = connectors.find(({ id }) => id === 'gcp-iam-policy')?.join
    const joined = flat(join?.([...alone, ...defined]) ?? [])
    expect(joined.of('entitlement')).toMatchObject([{ privilege: 'secret_read' }])
    expect(joined.of('entitlement')[0]?.notEvaluable).toBeUndefined()
    expect(joined.unresolved).toEqual([])
  })
})

test("other systems' files are left to them", () => {
  for (const value of [
    { terraform_version: '1', resources: [{ email, uniqueId: '1' }] },
    { error: { message: 'x' } },
    { etag: 'a', name: 'b' },
    { accounts: [] },
  ])
    expect(formatOf(upload(value))).toEqual([])
})

test('an asset inventory names projects by number: what says which id that is holds for the whole file', () => {
  const project = '//cloudresourcemanager.googleapis.com/projects/789'
  const assets = [
    {
      name: project,
      asset_type: 'cloudresourcemanager.googleapis.com/Project',
      iam_policy: policy([`serviceAccount:${email}`]),
    },
    {
      name: '//iam.googleapis.com/projects/p/serviceAccounts/1',
      asset_type: 'iam.googleapis.com/ServiceAccount',
      resource: {
        parent: project,
        data: { email, name: `projects/p/serviceAccounts/${email}`, projectId: 'p', uniqueId: '1' },
      },
    },
  ]
  const results = mapGoogleCloud(upload(assets), context)
  expect(results.map(({ instance }) => instance)).toEqual(['p'])
  expect(JSON.stringify(results)).not.toContain('projects/789')
})

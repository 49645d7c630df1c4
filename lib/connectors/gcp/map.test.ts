import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { readUpload } from '../../platform/files/read-file'
import type { EdgeRecord, MapResult, NormalisedRecord, ParsedFile } from '../contract'
import { connectors } from './index'
import { mapGoogleCloud } from './map'

const context = { fingerprint: (secret: string) => `fp(${secret.length})` }
const bytes = (value: unknown) => new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value))
const upload = (value: unknown, name = 'file.json') => readUpload(name, bytes(value))
const formatOf = (file: ParsedFile) => connectors.filter((connector) => connector.accepts(file)).map(({ id }) => id)

function fixture(format: string, name: string): ParsedFile {
  return readUpload(name, readFileSync(path.join(import.meta.dirname, 'fixtures', format, name)))
}

function map(value: unknown, name = 'file.json', instance?: string) {
  return flat(mapGoogleCloud(upload(value, name), { ...context, ...(instance === undefined ? {} : { instance }) }))
}

function flat(results: MapResult[]) {
  const records = results.flatMap((result) => result.records)
  const of = <T extends NormalisedRecord['type']>(type: T) =>
    records.filter((record): record is Extract<NormalisedRecord, { type: T }> => record.type === type)
  const instanceOf = (id: string) =>
    results.find((result) => result.records.some((record) => 'externalId' in record && record.externalId === id))
      ?.instance
  return {
    results,
    of,
    instanceOf,
    refused: results.flatMap((result) => result.refused),
    unresolved: results.flatMap((result) => result.unresolved),
    ids: (type: Exclude<NormalisedRecord['type'], 'entitlement'>) => of(type).map((record) => record.externalId),
  }
}
const short = ({ kind, from, to, scopes, privilege }: EdgeRecord) =>
  [from.externalId, kind, to.externalId, scopes.join(' '), privilege ?? '?'].join(' ')

const policy = (members: unknown[], role = 'roles/viewer') => ({
  bindings: [{ role, members }],
  etag: 'BwX',
  version: 1,
})
const email = 's@p.iam.gserviceaccount.com'

describe('recorded files', () => {
  test('policies that a tool collected, with conditions, a table, a bucket, an organization and a folder', () => {
    const all = flat(mapGoogleCloud(fixture('gcp-iam-policy', 'cartography-policy-bindings.json'), context))
    expect(all.results.map(({ instance }) => instance)).toEqual(['project-abc', 'organizations/1337', 'google-cloud'])
    expect(all.ids('identity')).toEqual(['sa@project-abc.iam.gserviceaccount.com'])
    expect(all.of('human').map(({ name, email: address }) => [name, address])).toEqual([
      ['Alice Admin', 'alice@example.com'],
      ['Bob Builder', 'bob@example.com'],
    ])
    const bucket = '//storage.googleapis.com/test-bucket'
    expect(all.of('entitlement').map(short)).toContain(`allUsers grants ${bucket} roles/storage.objectViewer read`)
    expect(
      all
        .of('entitlement')
        .filter(({ kind }) => kind === 'impersonates')
        .map(short),
    ).toEqual([
      'bob@example.com impersonates sa@project-abc.iam.gserviceaccount.com roles/iam.serviceAccountTokenCreator ?',
    ])
    expect(all.of('entitlement').find(({ condition }) => condition !== undefined)).toMatchObject({
      scopes: ['roles/storage.admin'],
      condition: `{"expression":"request.time < timestamp('2024-12-31T00:00:00Z')","title":"Expires on 2024-12-31"}`,
      expiresAt: '2024-12-31T00:00:00.000Z',
    })
    expect(all.of('entitlement').filter(({ kind }) => kind === 'member_of')).toHaveLength(1)
    expect([...all.refused, ...all.unresolved]).toEqual([])
  })

  test("an organization's policy: a member without a prefix is refused, an unknown role is shown as unknown", () => {
    const name = 'organization-iam-policy--post-v1-organizations-111111111111-getIamPolicy_1.json'
    const all = flat(mapGoogleCloud(fixture('gcp-iam-policy', name), context))
    expect(all.refused).toEqual([
      { at: '$.body.bindings[6].members[2]', reason: expect.stringContaining('"abcdefg" has no prefix') },
    ])
    expect(all.instanceOf('abc@testproject.iam.gserviceaccount.com')).toBe('testproject')
    expect(all.of('entitlement')).toHaveLength(6)
    expect(all.of('entitlement').find(({ from }) => from.externalId === 'dummygroup1')).toMatchObject({
      notEvaluable: 'roles/admin is not a predefined role that is known',
    })
    expect(all.of('entitlement').find(({ from }) => from.externalId === 'dummygroup1')?.privilege).toBeUndefined()
    expect(all.unresolved.map(({ reference }) => reference)).toEqual([
      'abc@testproject.iam.gserviceaccount.com',
      'def@testproject.iam.gserviceaccount.com',
    ])
  })

  test("a recorded answer's address tells the key that the policy belongs to", () => {
    const prefix =
      'kms-cryptokey-iam-policy--get-v1-projects-cloud-custodian-locations-global-keyRings-cloud-custodian-test'
    const all = flat(
      mapGoogleCloud(fixture('gcp-iam-policy', `${prefix}-cryptoKeys-test1-getIamPolicy_1.json`), context),
    )
    const key =
      '//cloudkms.googleapis.com/projects/custodian/locations/global/keyRings/cloud-custodian-test/cryptoKeys/test1'
    expect(all.of('resource')).toMatchObject([{ externalId: key, kind: 'encryption_key', sensitivity: 'confidential' }])
    expect(all.of('entitlement').map(short)).toEqual([
      `test123@gmail.com grants ${key} roles/cloudkms.signer write`,
      `allUsers grants ${key} roles/cloudkms.admin admin`,
    ])
  })

  test('keys: Google keeps one itself, the other never ends', () => {
    const account = 'test-cutodian-scc@cloud-custodian.iam.gserviceaccount.com'
    const name = `iam-service-account-key-query--get-v1-projects-cloud-custodian-serviceAccounts-${account}-keys_1.json`
    const all = flat(mapGoogleCloud(fixture('gcp-service-accounts', name), context))
    expect(all.of('credential')).toMatchObject([
      {
        externalId: `projects/cloud-custodian/serviceAccounts/${account}/keys/2`,
        subject: { externalId: account },
        createdAt: '2021-03-31T13:27:15.000Z',
        expiresAt: null,
        status: 'active',
      },
    ])
    expect(all.of('identity')).toMatchObject([
      { externalId: account, status: 'unknown', attributes: { systemManagedKeys: 1 } },
    ])
  })

  test.each([['gcp-resources', /keys-2_1|disable_1/]])(
    'answers to a deletion or a change and errors are refused in words',
    (format, pattern) => {
      const names = [
        'iam-delete-service-account-key--delete-v1-projects-cloud-custodian-serviceAccounts-test-cutodian-scc@cloud-custodian.iam.gserviceaccount.com-keys-2_1.json',
        'iam-delete-service-account-key--get-v1-projects-cloud-custodian-serviceAccounts-test-cutodian-scc@cloud-custodian.iam.gserviceaccount.com-keys-2_1.json',
        'iam-service-account-disable--post-v1-projects-cloud-custodian-serviceAccounts-test-sa-actions@cloud-custodian.iam.gserviceaccount.com-disable_1.json',
      ]
      const reasons = names.map((name) => {
        expect(name).toMatch(pattern)
        const all = flat(mapGoogleCloud(fixture(format, name), context))
        expect(all.results).toMatchObject([{ instance: 'cloud-custodian', records: [] }])
        return all.refused[0]?.reason
      })
      expect(reasons[0]).toContain('the answer is empty')
      expect(reasons[1]).toBe('the API answered with an error: 404 NOT_FOUND: Service account key 2 does not exist.')
      expect(reasons[2]).toContain('the answer is empty')
    },
  )

  test('API keys: what they may call, from where, and without a secret', () => {
    const all = flat(mapGoogleCloud(fixture('gcp-api-keys', 'cartography-apikeys.json'), context))
    expect(all.of('identity').map(({ kind, name, attributes }) => [kind, name, attributes?.apiRestriction])).toEqual([
      ['api_client', 'Browser key (unrestricted)', 'none'],
      ['api_client', 'Maps key (restricted)', 'listed'],
    ])
    expect(all.of('credential').every(({ expiresAt, subject }) => expiresAt === null && subject !== undefined)).toBe(
      true,
    )
    expect(all.of('entitlement').map(({ to, privilege }) => [to.externalId, privilege])).toEqual([
      ['//cloudresourcemanager.googleapis.com/projects/test-project-123', undefined],
      ['//serviceusage.googleapis.com/projects/test-project-123/services/maps-backend.googleapis.com', undefined],
    ])
  })
})

describe('members', () => {
  const cases: [string, Partial<EdgeRecord['from']>][] = [
    ['allUsers', { type: 'role', externalId: 'allUsers' }],
    ['allAuthenticatedUsers', { type: 'role', externalId: 'allAuthenticatedUsers' }],
    ['user:Ana@Example.org', { type: 'human', externalId: 'ana@example.org' }],
    ['group:ops@example.org', { type: 'role', externalId: 'ops@example.org' }],
    ['domain:example.org', { type: 'role', externalId: 'domain:example.org' }],
    ['projectViewer:p', { type: 'role', externalId: 'projectViewer:p' }],
    [`serviceAccount:${email}`, { type: 'identity', externalId: email, global: true }],
    ['serviceAccount:p.svc.id.goog[ns/ksa]', { type: 'identity', externalId: 'p.svc.id.goog[ns/ksa]' }],
    ['principal://goog/subject/ana@example.org', { type: 'human', externalId: 'ana@example.org' }],
    ['principalSet://goog/group/ops@example.org', { type: 'role', externalId: 'ops@example.org' }],
    ['principalSet://goog/public:all', { type: 'role', externalId: 'allUsers' }],
  ]
  test.each(cases)('%s', (member, from) => {
    const { of, refused } = map(policy([member]))
    expect(of('entitlement')).toMatchObject([{ from }])
    expect(refused).toEqual([])
  })

  test('federated subjects are workloads, of a workforce they are people, sets are groups', () => {
    const pool = '//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/gh'
    const { of } = map(
      policy([
        `principal:${pool}/subject/repo:o/r:ref:refs/heads/main`,
        `principalSet:${pool}/attribute.repository/o/r`,
        'principal://iam.googleapis.com/locations/global/workforcePools/staff/subject/ana',
      ]),
    )
    expect(of('identity')).toMatchObject([
      { kind: 'workload', name: 'repo:o/r:ref:refs/heads/main', attributes: { federated: true } },
    ])
    expect(of('role')).toMatchObject([{ kind: 'principal_set', name: 'attribute.repository/o/r of pool gh' }])
    expect(of('human')).toMatchObject([{ name: 'ana' }])
  })

  test('a deleted member grants nothing and is told', () => {
    const { of, unresolved } = map(policy([`deleted:serviceAccount:${email}?uid=123`]))
    expect(of('entitlement')).toEqual([])
    expect(unresolved.map(({ reference }) => reference)).toContain(`deleted:serviceAccount:${email}?uid=123`)
  })

  test.each(['abcdefg', 'iam:bob', 'user:', 7, null, ''])('%j is refused with its place', (member) => {
    const { of, refused } = map(policy(['user:a@x.org', member]))
    expect(of('entitlement')).toHaveLength(1)
    expect(refused).toMatchObject([{ at: '$.bindings[0].members[1]' }])
  })

  test("Google's own agents are in no listing, so nothing is missing of them", () => {
    const { of, unresolved, instanceOf } = map(
      policy(['serviceAccount:service-9@gcp-sa-pubsub.iam.gserviceaccount.com']),
      'f.json',
      'p',
    )
    expect(of('identity')).toMatchObject([{ status: 'active', attributes: { serviceAgent: true } }])
    expect(unresolved).toEqual([])
    expect(instanceOf('service-9@gcp-sa-pubsub.iam.gserviceaccount.com')).toBe('google-cloud')
  })
})

describe('whose policy it is', () => {
  const target = (value: unknown, name?: string, instance?: string) => map(value, name, instance).ids('resource')
  const bound = policy(['user:a@x.org'])

  test.each([
    [
      'the name that the user gives',
      bound,
      'p.json',
      'my-project',
      '//cloudresourcemanager.googleapis.com/projects/my-project',
    ],
    ['a folder by that name', bound, 'p.json', 'folders/7', '//cloudresourcemanager.googleapis.com/folders/7'],
    [
      'a bucket by its own id',
      { ...bound, kind: 'storage#policy', resourceId: 'projects/_/buckets/b' },
      'p.json',
      undefined,
      '//storage.googleapis.com/b',
    ],
    [
      'the asset inventory',
      [{ resource: '//storage.googleapis.com/b', project: 'projects/1', folders: ['folders/2'], policy: bound }],
      'p.json',
      undefined,
      '//storage.googleapis.com/b',
    ],
    [
      'an exported asset',
      { name: '//storage.googleapis.com/b', asset_type: 'storage.googleapis.com/Bucket', iam_policy: bound },
      'p.json',
      undefined,
      '//storage.googleapis.com/b',
    ],
    [
      'the name of a recording',
      bound,
      'get-v1-projects-demo-getIamPolicy_1.json',
      undefined,
      '//cloudresourcemanager.googleapis.com/projects/demo',
    ],
  ])('%s', (_, value, name, instance, expected) => {
    const all = map(value, name, instance)
    expect(all.ids('resource')).toEqual([expected])
    expect(all.refused).toEqual([])
  })

  test('otherwise nobody guesses', () => {
    expect(target(bound)).toEqual(['policy:file.json'])
    expect(map(bound).unresolved[0]?.reason).toContain('name it when importing')
    expect(
      map('bindings:\n- members:\n  - user:a@x.org\n  role: roles/owner\netag: BwXh\n', 'p.yaml').of('entitlement'),
    ).toHaveLength(1)
  })

  test("a service account's policy leads to the account, also by its number", () => {
    const member = 'serviceAccount:p.svc.id.goog[ns/ksa]'
    const value = [
      {
        name: '//iam.googleapis.com/projects/p/serviceAccounts/111',
        iam_policy: policy([member], 'roles/iam.workloadIdentityUser'),
      },
      {
        name: '//iam.googleapis.com/projects/p/serviceAccounts/111',
        resource: { data: { email, uniqueId: '111', projectId: 'p', name: `projects/p/serviceAccounts/${email}` } },
      },
    ]
    expect(map(value).of('entitlement').map(short)).toEqual([
      `p.svc.id.goog[ns/ksa] impersonates ${email} roles/iam.workloadIdentityUser ?`,
    ])
  })
})

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

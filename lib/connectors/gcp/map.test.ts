import { describe, expect, test } from 'vitest'
import type { EdgeRecord } from '../contract'
import { context, email, fixture, flat, map, policy, short } from './fixtures/read-results'
import { mapGoogleCloud } from './map'

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

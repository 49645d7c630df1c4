import { describe, expect, it } from 'vitest'
import { accountInKeyId } from './answer-scene'
import { answer, arrows, mapAs, mapOne, ofType, tally } from './fixtures/read-answers'
import { connectors } from './index'

const id = 'aws-iam-listings'
const account = '644160558196'
const user = (name: string, more = {}) => ({
  UserName: name,
  UserId: `AIDA${name}`,
  Path: '/',
  Arn: `arn:aws:iam::${account}:user/${name}`,
  ...more,
})
const key = (keyId: string, name: string, more = {}) => ({
  UserName: name,
  AccessKeyId: keyId,
  Status: 'Active',
  CreateDate: '2022-01-01T00:00:00Z',
  ...more,
})

describe('fixtures', () => {
  it.each([
    ['c7n-test_iam_access_key_list--iam.ListAccessKeys_1.json', account, [0, 0, 2, 0, 0, 0, 0, 0, 2]],
    ['c7n-test_iam_access_key_list--iam.ListUsers_1.json', account, [0, 1, 1, 0, 0, 0, 0, 0, 0]],
    ['c7n-test_iam_role_unused--iam.GetRole_1.json', account, [1, 0, 0, 0, 0, 0, 0, 0, 0]],
    ['c7n-test_iam_role_unused--iam.ListInstanceProfiles_1.json', account, [3, 0, 0, 0, 3, 3, 0, 0, 0]],
    ['c7n-test_iam_role_unused--iam.ListRoles_1.json', account, [2, 0, 0, 0, 0, 0, 0, 0, 0]],
    ['c7n-test_iam_user_access_key_multi--iam.ListAccessKeys_1.json', 'unknown', [0, 0, 1, 0, 0, 0, 0, 0, 1]],
    [
      'c7n-test_iam_user_service_specific_credentials_filter--iam.ListServiceSpecificCredentials_1.json',
      'unknown',
      [0, 0, 2, 0, 0, 0, 0, 0, 2],
    ],
    ['c7n-test_iam_user_usage--iam.GetServiceLastAccessedDetails_2.json', account, [1, 0, 0, 0, 98, 98, 0, 0, 0]],
    ['cartography-iam-access-keys.json', '1234', [3, 0, 4, 0, 0, 0, 0, 0, 0]],
    ['cartography-iam-roles.json', '1234', [3, 0, 0, 0, 1, 3, 0, 0, 1]],
  ])('%s', (name, instance, counts) => {
    const result = mapOne(id, answer(id, name))
    expect(result.instance).toBe(instance)
    expect(tally(result)).toEqual(counts)
  })

  it('tells the state, age and use of each key, and never from silence', () => {
    const [first, second, , fourth] = ofType(mapOne(id, answer(id, 'cartography-iam-access-keys.json')), 'credential')
    expect(first).toMatchObject({
      externalId: 'AKIAIOSFODNN7EXAMPLE',
      subject: { type: 'identity', externalId: 'arn:aws:iam::1234:user/user1' },
      status: 'active',
      createdAt: '2022-07-27T20:24:23.000Z',
      lastUsedAt: '2023-01-15T10:30:00.000Z',
      expiresAt: null,
    })
    expect(second?.status).toBe('disabled')
    expect(fourth?.lastUsedAt).toBeNull()
  })

  it('shows whom the roles trust, and the single sign-on role', () => {
    const result = mapOne(id, answer(id, 'cartography-iam-roles.json'))
    expect(arrows(result)).toEqual([
      'role/cartography-service assumes role/cartography-read-only',
      'role/test-service assumes role/cartography-service',
      'aws/1234 assumes role/cartography-service',
    ])
    expect(ofType(result, 'identity')[0]?.attributes).toMatchObject({ ssoPermissionSet: 'AdministratorAccess_1345' })
    expect(ofType(result, 'identity')[0]?.attributes).not.toHaveProperty('attachedPolicies')
  })

  it('takes what was used last from the services', () => {
    const result = mapOne(id, answer(id, 'c7n-test_iam_user_usage--iam.GetServiceLastAccessedDetails_2.json'))
    const [identity] = ofType(result, 'identity')
    expect(identity).toMatchObject({
      externalId: `arn:aws:iam::${account}:user/kapil`,
      attributes: { servicesNeverUsedCount: 70 },
    })
    const last = ofType(result, 'entitlement').map((edge) => edge.lastUsedAt ?? '')
    expect(identity?.lastUsedAt).toBe(last.sort().at(-1))
    expect(ofType(result, 'entitlement')[0]).toMatchObject({
      basis: 'observed',
      to: { externalId: `aws:${account}:acm:*` },
    })
  })
})

describe('shapes', () => {
  const list = { AccessKeyMetadata: [key('AKIAQQQQQQQQQQQQQQQQ', 'ci')] }
  const expected = mapOne(id, list, account).records

  it('reads pages, recordings, JSON lines, YAML, other spellings and a bare list alike', () => {
    const snake = {
      access_key_id: 'AKIAQQQQQQQQQQQQQQQQ',
      user_name: 'ci',
      status: 'Active',
      create_date: '2022-01-01T00:00:00Z',
    }
    for (const value of [
      [list, { AccessKeyMetadata: [] }],
      { status_code: 200, data: list },
      [{ Users: [] }, list],
      list.AccessKeyMetadata,
      { SOME_KEYS: list.AccessKeyMetadata },
      { SOME_KEYS: list },
      [snake],
      { access_keys: [snake] },
      { interactions: [{ response: { body: { string: JSON.stringify(list) } } }] },
    ]) {
      expect(mapOne(id, value, account).records).toEqual(expected)
    }
    const connector = connectors.find((each) => each.id === id)
    const yaml = { kind: 'yaml' as const, name: 'x', documents: [{ line: 1, value: list }] }
    expect(connector?.accepts(yaml)).toBe(true)
  })

  it('finds the user by name in the same file, whatever its path', () => {
    const ci = user('ci', { Path: '/bots/', Arn: `arn:aws:iam::${account}:user/bots/ci` })
    const result = mapOne(id, [{ Users: [ci] }, list])
    expect(ofType(result, 'credential')[0]?.subject).toEqual({ type: 'identity', externalId: ci.Arn })
    expect(result.unresolved).toEqual([])
  })

  it('takes the account from the id of a new key, from the user, or from nothing', () => {
    expect(accountInKeyId('AKIAZL6XWCR2EAE3M5WG')).toBe(account)
    for (const old of ['AKIAIOSFODNN7EXAMPLE', 'AKIAEXAMPLE123', 'AKIAJQ5CMEXAMPLE', ''])
      expect(accountInKeyId(old)).toBeUndefined()
    expect(mapOne(id, { AccessKeyMetadata: [key('AKIAIOSFODNN7EXAMPLE', 'ci')] }).instance).toBe('unknown')
    expect(
      mapOne(id, { AccessKeyMetadata: [key('AKIAIOSFODNN7EXAMPLE', 'ci')] }, '123456789012').unresolved,
    ).toMatchObject([{ reference: 'arn:aws:iam::123456789012:user/ci' }])
  })

  it('joins the last use of a key by its id, or by its user when it has one key only', () => {
    const use = {
      UserName: 'ci',
      AccessKeyLastUsed: { LastUsedDate: '2024-05-05T00:00:00Z', ServiceName: 's3', Region: 'us-east-1' },
    }
    const never = { UserName: 'ci', AccessKeyLastUsed: { ServiceName: 'N/A', Region: 'N/A' } }
    expect(ofType(mapOne(id, [list, use], account), 'credential')).toMatchObject([
      { lastUsedAt: '2024-05-05T00:00:00.000Z', attributes: { lastUsedService: 's3' } },
    ])
    expect(ofType(mapOne(id, [list, never], account), 'credential')[0]?.lastUsedAt).toBeNull()
    expect(mapOne(id, use).refused).toMatchObject([{ reason: /which key/ }])
    const two = { AccessKeyMetadata: [...list.AccessKeyMetadata, key('AKIAIOSFODNN7EXAMPLE', 'ci')] }
    expect(mapOne(id, [two, use], account).refused).toHaveLength(1)
    expect(mapOne(id, [two, { ...use, AccessKeyId: 'AKIAIOSFODNN7EXAMPLE' }], account).refused).toEqual([])
  })

  it('reads passwords, SSH keys, certificates, service credentials, groups, policies and providers', () => {
    const result = mapOne(id, [
      { LoginProfile: { UserName: 'ann', CreateDate: '2020-01-01T00:00:00Z', PasswordResetRequired: false } },
      { SSHPublicKeys: [{ UserName: 'ci', SSHPublicKeyId: 'APKA1', Status: 'Inactive', UploadDate: 1_600_000_000 }] },
      {
        Certificates: [
          { UserName: 'ci', CertificateId: 'CERT1', CertificateBody: 'x', Status: 'Active', UploadDate: '2020-01-01' },
        ],
      },
      {
        ServiceSpecificCredentials: [
          {
            UserName: 'ci',
            ServiceSpecificCredentialId: 'ACCA1',
            ServiceName: 'bedrock.amazonaws.com',
            Status: 'Expired',
            ExpirationDate: '2026-01-01T00:00:00Z',
          },
        ],
      },
      {
        ServerCertificateMetadataList: [
          {
            Arn: `arn:aws:iam::${account}:server-certificate/web`,
            ServerCertificateName: 'web',
            ServerCertificateId: 'ASCA1',
            Expiration: '2027-01-01T00:00:00Z',
          },
        ],
      },
      {
        Group: { GroupName: 'ops', Arn: `arn:aws:iam::${account}:group/ops`, GroupId: 'AGPA1', Path: '/' },
        Users: [user('ci')],
      },
      { Policies: [{ PolicyName: 'p', Arn: `arn:aws:iam::${account}:policy/p`, AttachmentCount: 2 }] },
      {
        OpenIDConnectProviderList: [
          { Arn: `arn:aws:iam::${account}:oidc-provider/token.actions.githubusercontent.com` },
        ],
      },
    ])
    expect(tally(result)).toEqual([1, 1, 5, 2, 1, 1, 0, 0, 1])
    expect(
      ofType(result, 'credential').map(({ externalId, credentialType, status }) => [
        externalId,
        credentialType,
        status,
      ]),
    ).toEqual([
      [`arn:aws:iam::${account}:user/ann#password`, 'password', 'active'],
      ['APKA1', 'ssh_key', 'disabled'],
      ['CERT1', 'certificate', 'active'],
      ['ACCA1', 'api_key', 'disabled'],
      [`arn:aws:iam::${account}:server-certificate/web`, 'certificate', 'active'],
    ])
    expect(arrows(result)).toEqual(['user/ci member_of group/ops'])
  })

  it('drops the secret of a key that was just made', () => {
    const secret = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY'
    const result = mapOne(id, { AccessKey: key('AKIAIOSFODNN7EXAMPLE', 'ci', { SecretAccessKey: secret }) })
    expect(ofType(result, 'credential')).toMatchObject([{ fingerprint: 'fp-40', lastFour: 'EKEY' }])
    expect(JSON.stringify(result)).not.toContain('K7MDENG')
  })
})

describe('what is left out', () => {
  it('says that a list is empty, cut, odd, or an error answer', () => {
    expect(mapOne(id, { AccessKeyMetadata: [], IsTruncated: false }).refused).toMatchObject([{ reason: /empty list/ }])
    expect(mapOne(id, { Users: [] }).refused).toHaveLength(1)
    expect(mapOne(id, { Users: [user('a')], IsTruncated: true, Marker: 'x' }).refused).toMatchObject([
      { at: '$.IsTruncated' },
    ])
    expect(mapOne(id, [{ Users: [user('a')], NextToken: 'x' }, { Users: [user('b')] }]).refused).toEqual([])
    expect(mapOne(id, { Users: [user('a'), null, { UserName: 'b' }] }).refused.map(({ at }) => at)).toEqual([
      '$.Users[1]',
      '$.Users[2]',
    ])
    const denied = {
      status_code: 403,
      data: { Error: { Code: 'AccessDenied', Message: 'not authorized' }, ResponseMetadata: {} },
    }
    expect(mapOne(id, denied).refused).toMatchObject([{ at: '$.data.Error', reason: /lacks the right/ }])
    expect(mapOne(id, { JobStatus: 'IN_PROGRESS', JobCreationDate: '2020-01-01' }).refused).toMatchObject([
      { reason: /still making/ },
    ])
    expect(
      mapOne(id, {
        JobStatus: 'COMPLETED',
        JobCreationDate: 1,
        ServicesLastAccessed: [{ ServiceName: 'S3', ServiceNamespace: 's3', TotalAuthenticatedEntities: 0 }],
      }).refused,
    ).toMatchObject([{ reason: /None of the 1 services/ }])
  })

  it('takes nothing that is not of AWS', () => {
    for (const value of [
      {},
      [],
      { Users: [{ id: 1 }] },
      { users: [{ name: 'a' }] },
      { Error: 'x' },
      { resources: [], terraform_version: '1' },
    ]) {
      for (const connector of connectors) expect(connector.accepts({ kind: 'json', name: 'x', value })).toBe(false)
    }
    expect(mapAs('aws-organizations', [{ Accounts: [] }])).toHaveLength(1)
  })
})

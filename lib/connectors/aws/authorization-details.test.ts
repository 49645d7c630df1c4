import { describe, expect, it } from 'vitest'
import { authorizationDetails } from './authorization-details'
import { arn, counts, edges, fixture, identity, mapped } from './fixtures/build-export'

describe('fixtures', { timeout: 30_000 }, () => {
  it.each([
    ['cloudsplaining-authz-v2.json', '012345678901', [3, 0, 0, 5, 3, 9, 0, 1]],
    ['cloudsplaining-example.json', '200611803367', [122, 1, 0, 133, 331, 1973, 0, 2]],
    ['cloudsplaining-managed-policy-mismatch.json', '123456789012', [0, 0, 0, 2, 11, 12, 0, 1]],
    ['iamspy-allow-testing-s3.json', '111111111111', [2, 0, 0, 1, 2, 4, 0, 0]],
    ['iamspy-allow-with-conditions.json', '123456789012', [1, 0, 0, 1, 2, 3, 0, 0]],
    ['iamspy-role-boundary-allow.json', '123456789012', [1, 0, 0, 3, 2, 6, 0, 0]],
    ['iamspy-role-boundary-no-policies.json', '123456789012', [1, 0, 0, 2, 1, 4, 0, 0]],
    ['iamspy-user-boundary-deny.json', '391638756970', [1, 0, 0, 2, 1, 2, 0, 0]],
  ])('%s', (name, account, expected) => {
    const result = mapped(fixture(name))
    expect([result.system, result.instance, result.instanceName]).toEqual(['aws', account, `AWS account ${account}`])
    expect(Object.values(counts(result))).toEqual(expected)
  })

  it('declines resource policies, which are another format', () => {
    const file = { kind: 'json' as const, name: 'x.json', value: fixture('iamspy-batch-resource.json') }
    expect(authorizationDetails.accepts(file)).toBe(false)
  })

  const example = mapped(fixture('cloudsplaining-example.json'))

  it('holds each membership, attachment and inline policy of the big export once', () => {
    expect(edges(example, 'member_of')).toHaveLength(151)
    expect(edges(example, 'member_of', 'user/obama').map((edge) => edge.to.externalId)).toEqual([
      'arn:aws:iam::aws:policy/AdministratorAccess',
      'arn:aws:iam::012345678901:group/admin',
    ])
  })

  it('marks the service-linked roles and shows what a role trusts', () => {
    const linked = example.records.filter(
      (record) => record.type === 'identity' && record.attributes?.serviceLinked === true,
    )
    expect(linked).toHaveLength(8)
    expect(identity(example, 'AWSServiceRoleForConfig')).toMatchObject({
      kind: 'iam_role',
      lastUsedAt: '2023-03-28T13:19:53.000Z',
      attributes: { trustedServices: ['config.amazonaws.com'], path: '/aws-service-role/config.amazonaws.com/' },
    })
    expect(identity(example, 'privesc-high-priv-service-role')?.attributes?.trustedServices).toHaveLength(10)
    expect(identity(example, 'AWSReservedSSO_AdministratorAccess_dc6414f7f2ab04fc')?.attributes).toMatchObject({
      ssoPermissionSet: 'AdministratorAccess',
      trustedFederated: ['arn:aws:iam::200611803367:saml-provider/AWSSSO_b937d2dff24f2774_DO_NOT_DELETE'],
    })
  })

  it('leads whoever may make keys for everybody to every user', () => {
    const [hop] = edges(example, 'impersonates', 'privesc4-CreateAccessKey')
    expect(hop).toMatchObject({ to: { externalId: 'aws:200611803367#users' }, scopes: ['iam:CreateAccessKey'] })
    expect(edges(example, 'impersonates', 'aws:200611803367#users')).toHaveLength(44)
    const ways = ['fp1-allow-and-deny', 'fp3-deny-iam', 'fp4-nonExploitableResourceConstraint'].flatMap((name) =>
      edges(example, 'impersonates', `policy/${name}`),
    )
    expect(ways).toEqual([])
  })

  it('leaves nothing of a policy whose holder is denied everything by another', () => {
    const held = edges(example, 'member_of', 'user/fp2-allow-and-deny-multiple-policies-user').map(
      ({ to }) => to.externalId,
    )
    expect(held).toHaveLength(2)
    expect(held[1]).toMatch(/fp2-allow-all#less\/[0-9a-f]{16}$/)
    expect(edges(example, 'grants', held[1]).filter(({ effect }) => effect === 'allow')).toEqual([])
    expect(edges(example, 'impersonates', held[1])).toEqual([])
  })

  it('follows the chain of roles that assume each other', () => {
    const next = (from: string) => edges(example, 'assumes', from).map((edge) => edge.to.externalId.split('/').at(-1))
    expect(next('privesc-AssumeRole-starting-role')).toEqual(['privesc-AssumeRole-intermediate-role'])
    expect(next('privesc-AssumeRole-intermediate-role')).toEqual(['privesc-AssumeRole-ending-role'])
    expect(next('user/privesc-sre-user')).toEqual(['privesc-sre-role'])
    expect(next('policy/privesc14-UpdatingAssumeRolePolicy')).toEqual(['privesc-permissive-role-trust'])
  })

  it('links the trusted session to its role by name and keeps its person apart', () => {
    const reserved = edges(example, 'assumes', 'AWSReservedSSO_AdministratorAccess_dc6414f7f2ab04fc')
    expect(reserved).toHaveLength(40)
    expect(reserved[0]?.condition).toBe('{"sts:RoleSessionName":"person1@example.org"}')
    expect(example.records.filter((record) => record.type === 'human')).toMatchObject([
      { email: 'person1@example.org' },
    ])
  })

  it('keeps Deny as deny and NotAction as an upper bound', () => {
    expect(edges(example, 'grants', 'policy/fp3-deny-iam').map((edge) => [edge.effect, edge.privilege])).toContainEqual(
      ['deny', 'admin'],
    )
    expect(edges(example, 'grants', 'policy/fn4-exploitableNotAction')).toMatchObject([
      {
        to: { externalId: 'aws:200611803367' },
        privilege: 'admin',
        scopes: ['*'],
        notEvaluable: 'NotAction: every action except iam:Update*, iam:Create*, iam:Attach*',
      },
    ])
  })

  it('names the other account that is trusted', () => {
    expect(example.unresolved.map((item) => item.reference)).toContain('AWS account 072528804237')
    expect(edges(example, 'assumes', 'aws:072528804237')).toMatchObject([
      {
        from: { type: 'resource', global: true },
        to: { externalId: arn('role/OrganizationAccountAccessRole', '200611803367') },
      },
    ])
  })

  it('resolves every edge end within the file or says that it is outside', () => {
    const known = new Set(
      example.records.flatMap((record) => ('externalId' in record ? [`${record.type} ${record.externalId}`] : [])),
    )
    for (const edge of example.records) {
      if (edge.type !== 'entitlement') continue
      for (const end of [edge.from, edge.to])
        expect(end.global === true || known.has(`${end.type} ${end.externalId}`)).toBe(true)
    }
  })

  it('gives the same records for the same file, each once', () => {
    expect(mapped(fixture('cloudsplaining-example.json'))).toEqual(example)
    const ids = example.records.flatMap((record) =>
      'externalId' in record ? [`${record.type} ${record.externalId}`] : [],
    )
    expect(new Set(ids).size).toBe(ids.length)
  })

  it('keeps the condition, and computes what a boundary leaves', () => {
    const conditional = mapped(fixture('iamspy-allow-with-conditions.json'))
    expect(edges(conditional, 'grants')).toMatchObject([
      {
        condition: '{"StringLike":{"aws:referer":["bobby.tables"]}}',
        privilege: 'write',
        scopes: ['lambda:InvokeFunction'],
      },
    ])
    expect(edges(mapped(fixture('iamspy-user-boundary-deny.json')), 'grants', '#inline/policy')).toEqual([])
    expect(edges(mapped(fixture('iamspy-role-boundary-allow.json')), 'grants', '#inline/policy')).toHaveLength(1)
  })

  it('keeps the edge to an attached policy that the file lacks', () => {
    const result = mapped(fixture('cloudsplaining-managed-policy-mismatch.json'))
    expect(result.unresolved).toEqual([
      {
        at: '$.GroupDetailList[0].AttachedManagedPolicies[0]',
        reference: 'arn:aws:iam::aws:policy/AWSLambdaReadOnlyAccess',
        reason: 'The attached managed policy is not in this file',
      },
    ])
    expect(edges(result, 'member_of')).toMatchObject([
      { to: { externalId: 'arn:aws:iam::aws:policy/AWSLambdaReadOnlyAccess', global: true } },
    ])
  })
})

import { readdirSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { context, counts, edges, fixture, fixtures, ids, json, resultOf, state } from './fixtures/make-state'
import { mapState } from './map'

describe('the real states', () => {
  // identities, humans, credentials, roles, resources, entitlements, sightings, refused, unresolved; counted by hand in the files.
  test.each([
    ['driftctl-aws_iam_access_key_multiple.tfstate', 'aws 929327065333', [0, 0, 4, 0, 0, 0, 0, 0, 2]],
    ['driftctl-aws_iam_role_multiple.tfstate', 'aws 929327065333', [3, 0, 0, 0, 0, 0, 0, 0, 0]],
    ['driftctl-aws_iam_role_policy_attachment.tfstate', 'aws 526954929923', [0, 0, 0, 0, 0, 4, 0, 0, 4]],
    ['driftctl-aws_iam_user_multiple.tfstate', 'aws 929327065333', [3, 0, 0, 0, 0, 0, 0, 0, 0]],
    ['driftctl-aws_iam_user_policy_attachment.tfstate', 'aws 526954929923', [0, 0, 0, 0, 0, 9, 0, 0, 6]],
    ['driftctl-github_team_membership.tfstate', 'github github.com', [0, 2, 0, 0, 0, 2, 0, 0, 2]],
    ['driftctl-google_bucket_iam_member.tfstate', 'gcp google-cloud', [0, 2, 0, 0, 2, 4, 0, 0, 0]],
    ['driftctl-google_bucket_iam_policy.tfstate', 'gcp google-cloud', [0, 3, 0, 0, 2, 8, 0, 0, 1]],
    ['driftctl-module.iam_iam-user.tfstate', 'aws 929327065333', [1, 0, 1, 0, 0, 0, 0, 0, 0]],
  ])('%s', (name, source, expected) => {
    const results = mapState(fixture(name), context)
    expect(results.map(({ system, instance }) => `${system} ${instance}`)).toEqual([source])
    expect(results.map(counts)).toEqual([expected])
  })

  test('all of them are tested', () => {
    expect(readdirSync(fixtures)).toHaveLength(9)
  })

  test('an access key tells its account by its own id, and its user stays a reference', () => {
    const { records, unresolved } = resultOf(fixture('driftctl-aws_iam_access_key_multiple.tfstate'), 'aws')
    expect(records[0]).toMatchObject({
      externalId: 'AKIA5QYBVVD223VWU32A',
      subject: { type: 'identity', externalId: 'arn:aws:iam::929327065333:user/test-driftctl', global: true },
    })
    expect(unresolved[0]?.reference).toBe('arn:aws:iam::929327065333:user/test-driftctl')
  })
})

const user = {
  arn: 'arn:aws:iam::111122223333:user/ci/bot',
  name: 'bot',
  path: '/ci/',
  unique_id: 'AIDAX',
  tags: { Owner: 'team-a', api_token: 'tag-canary-1' },
}

describe('AWS', () => {
  const policy = (statement: object) => JSON.stringify({ Version: '2012-10-17', Statement: statement })

  test('names joins by ARN, grants by the statements of a policy', () => {
    const { records, unresolved } = resultOf(
      state(
        ['aws_iam_user_policy_attachment', 'a', { user: 'bot', policy_arn: 'arn:aws:iam::111122223333:policy/p' }],
        ['aws_iam_group_membership', 'm', { group: 'ops', users: ['bot', 'gone'] }],
        [
          'aws_iam_user_policy',
          'inline',
          {
            user: 'bot',
            name: 'in',
            policy: policy({ Effect: 'Deny', Action: 's3:GetObject', Resource: 'arn:aws:s3:::b/x/*' }),
          },
        ],
        ['aws_iam_group', 'g', { arn: 'arn:aws:iam::111122223333:group/ops', name: 'ops', path: '/' }],
        [
          'aws_iam_policy',
          'p',
          {
            arn: 'arn:aws:iam::111122223333:policy/p',
            name: 'p',
            policy: policy([
              { Effect: 'Allow', Action: ['iam:*', 's3:List*'], Resource: '*' },
              { Effect: 'Allow', NotAction: 'iam:*', Resource: '*', Condition: { Bool: { 'aws:mfa': 'true' } } },
            ]),
          },
        ],
        ['aws_iam_user', 'u', user],
      ),
      'aws',
    )
    const found = edges(records).map(({ kind, from, to, effect, privilege }) => [
      kind,
      from.externalId.split(':').at(-1),
      to.externalId,
      effect,
      privilege,
    ])
    expect(found).toEqual([
      ['grants', 'policy/p', 'aws:111122223333:iam:*', 'allow', 'admin'],
      ['grants', 'policy/p', 'aws:111122223333:s3:*', 'allow', 'read'],
      ['grants', 'policy/p', 'aws:111122223333', 'allow', 'admin'],
      ['member_of', 'user/ci/bot', 'arn:aws:iam::111122223333:policy/p', 'allow', undefined],
      ['member_of', 'user/ci/bot', 'arn:aws:iam::111122223333:group/ops', 'allow', undefined],
      ['member_of', 'user/gone', 'arn:aws:iam::111122223333:group/ops', 'allow', undefined],
      ['member_of', 'user/ci/bot', 'arn:aws:iam::111122223333:user/ci/bot#inline/in', 'allow', undefined],
      ['grants', 'user/ci/bot#inline/in', 'arn:aws:s3:::b', 'deny', 'read'],
    ])
    expect(edges(records)[2]).toMatchObject({
      notEvaluable: 'NotAction: every action except iam:*',
      condition: '{"Bool":{"aws:mfa":"true"}}',
    })
    expect(unresolved.map(({ reference }) => reference)).toEqual(['arn:aws:iam::111122223333:user/gone'])
    expect(records.find(({ type }) => type === 'identity')).toMatchObject({
      tags: { Owner: 'team-a', api_token: '(secret, not kept)' },
      ownerHints: [{ value: 'team-a', from: 'tag:Owner' }],
    })
  })

  test('a user with a console password is a person', () => {
    const { records } = resultOf(
      state(
        ['aws_iam_user', 'u', user],
        ['aws_iam_user_login_profile', 'l', { user: 'bot', password: 'canary-password-77' }],
      ),
      'aws',
    )
    expect(ids(records, 'identity')).toEqual([])
    expect(records.find(({ type }) => type === 'human')).toMatchObject({
      externalId: user.arn,
      reason: 'has a console password',
    })
    expect(records.find(({ type }) => type === 'credential')).toMatchObject({
      externalId: `${user.arn}#password`,
      fingerprint: 'fp-18',
      lastFour: 'd-77',
    })
  })

  test('trust: accounts, roles of other accounts, services, identity providers, everybody', () => {
    const assume = policy([
      {
        Effect: 'Allow',
        Action: 'sts:AssumeRole',
        Principal: {
          AWS: ['111122223333', 'arn:aws:iam::999988887777:root', 'arn:aws:iam::999988887777:role/x', '*'],
          Service: ['ecs.amazonaws.com'],
        },
      },
      {
        Effect: 'Allow',
        Action: 'sts:AssumeRoleWithWebIdentity',
        Principal: { Federated: 'arn:aws:iam::111122223333:oidc-provider/t' },
        Condition: { StringEquals: { 't:sub': 'repo:o/r' } },
      },
    ])
    const { records } = resultOf(
      state([
        'aws_iam_role',
        'r',
        {
          arn: 'arn:aws:iam::111122223333:role/r',
          name: 'r',
          assume_role_policy: assume,
          managed_policy_arns: ['arn:aws:iam::aws:policy/ReadOnlyAccess'],
          inline_policy: [
            {
              name: 'i',
              policy: policy({
                Effect: 'Allow',
                Action: 'kms:Decrypt',
                Resource: 'arn:aws:kms:eu-west-1:111122223333:key/k',
              }),
            },
          ],
        },
      ]),
      'aws',
    )
    expect(edges(records).map(({ kind, from, privilege }) => [kind, from.externalId, privilege])).toEqual([
      ['assumes', 'aws:111122223333', undefined],
      ['assumes', 'aws:999988887777', undefined],
      ['assumes', 'arn:aws:iam::999988887777:role/x', undefined],
      ['member_of', 'arn:aws:iam::111122223333:role/r', undefined],
      ['member_of', 'arn:aws:iam::111122223333:role/r', undefined],
      ['grants', 'arn:aws:iam::111122223333:role/r#inline/i', 'secret_read'],
    ])
    expect(records[0]).toMatchObject({
      attributes: {
        trustedServices: ['ecs.amazonaws.com'],
        anyoneMayAssume: true,
        federatedConditions: ['{"StringEquals":{"t:sub":"repo:o/r"}}'],
      },
    })
  })

  test('two accounts in one state are two results, by alias of the provider', () => {
    const file = json({
      version: 4,
      terraform_version: '1.5.0',
      serial: 1,
      lineage: 'two',
      resources: [
        {
          mode: 'managed',
          type: 'aws_iam_user',
          name: 'a',
          provider: 'provider["x"].one',
          instances: [{ attributes: { arn: 'arn:aws:iam::111111111111:user/a', name: 'a' } }],
        },
        {
          mode: 'managed',
          type: 'aws_iam_user',
          name: 'b',
          provider: 'provider["x"].two',
          instances: [{ attributes: { arn: 'arn:aws:iam::222222222222:user/b', name: 'b' } }],
        },
        {
          mode: 'managed',
          type: 'aws_iam_user_policy',
          name: 'p',
          provider: 'provider["x"].two',
          instances: [{ attributes: { user: 'b', name: 'p', policy: '{"Statement":[]}' } }],
        },
      ],
    })
    const results = mapState(file, context)
    expect(results.map(({ instance }) => instance)).toEqual(['111111111111', '222222222222'])
    expect(results[1]?.records.map(({ type }) => type)).toEqual(['identity', 'role', 'entitlement'])
  })

  test('without any ARN the account is what the user calls the source, else unknown and said so', () => {
    const file = state([
      'aws_iam_group_policy',
      'p',
      {
        id: 'osef:terraform-1',
        group: 'osef',
        name: 'terraform-1',
        policy: policy({ Effect: 'Allow', Action: 'ec2:Describe*', Resource: '*' }),
      },
    ])
    expect(resultOf(file, 'aws', { instance: '123456789012' }).instance).toBe('123456789012')
    const unknown = resultOf(file, 'aws')
    expect(unknown.instance).toBe('unknown')
    expect(unknown.unresolved.map(({ reference }) => reference)).toContain('AWS account')
    expect(counts(unknown).slice(0, 6)).toEqual([0, 0, 0, 1, 1, 2])
  })

  test('policies on resources grant to the principals that they name', () => {
    const { records } = resultOf(
      state([
        'aws_sqs_queue_policy',
        'q',
        {
          queue_url: 'https://sqs.eu-west-3.amazonaws.com/111122223333/foo',
          policy: policy({
            Effect: 'Allow',
            Action: 'sqs:SendMessage',
            Principal: { AWS: user.arn, Service: 'sns.amazonaws.com' },
            Resource: '*',
          }),
        },
      ]),
      'aws',
    )
    expect(edges(records)[0]).toMatchObject({
      kind: 'grants',
      to: { externalId: 'arn:aws:sqs:eu-west-3:111122223333:foo' },
      privilege: 'write',
    })
    expect(records[0]).toMatchObject({ attributes: { servicesMayUse: ['sns.amazonaws.com'] } })
  })
})

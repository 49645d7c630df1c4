import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import type { EdgeRecord, MapResult, NormalisedRecord, ParsedFile } from '../contract'
import { connectors } from './index'
import { mapState } from './map'

const fixtures = path.join(import.meta.dirname, 'fixtures/terraform-state')
const context = { fingerprint: (secret: string) => `fp-${secret.length}` }
const json = (value: unknown): ParsedFile => ({ kind: 'json', name: 'state.json', value })
const fixture = (name: string) => json(JSON.parse(readFileSync(path.join(fixtures, name), 'utf8')))

let lineage = 0
/** A state of version 4 of the given resources: type, name and attributes of one instance. */
function state(
  ...resources: [type: string, name: string, attributes: Record<string, unknown>, more?: object][]
): ParsedFile {
  lineage += 1
  return json({
    version: 4,
    terraform_version: '1.9.0',
    serial: 1,
    lineage: `l${lineage}`,
    outputs: {},
    resources: resources.map(([type, name, attributes, more]) => ({
      mode: 'managed',
      type,
      name,
      provider: `provider["registry.terraform.io/hashicorp/${type.split('_')[0]}"]`,
      instances: [{ schema_version: 0, attributes, ...more }],
    })),
  })
}

function resultOf(file: ParsedFile, system: string, more: object = {}): MapResult {
  const result = mapState(file, { ...context, ...more }).find((each) => each.system === system)
  if (result === undefined) throw new Error(`nothing of ${system}`)
  return result
}
const ids = (records: NormalisedRecord[], type: string) =>
  records.flatMap((record) => (record.type === type && 'externalId' in record ? [record.externalId] : []))
const edges = (records: NormalisedRecord[]) =>
  records.filter((record): record is EdgeRecord => record.type === 'entitlement')
const counts = ({ records, refused, unresolved }: MapResult) => [
  ...['identity', 'human', 'credential', 'role', 'resource', 'entitlement', 'sighting'].map(
    (type) => records.filter((record) => record.type === type).length,
  ),
  refused.length,
  unresolved.length,
]

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

describe('other systems', () => {
  test('Google: accounts, keys whose private key is inside, roles on projects, impersonation', () => {
    const email = 'app@demo-1.iam.gserviceaccount.com'
    const keyFile = Buffer.from(
      JSON.stringify({ type: 'service_account', private_key: 'canary-private-key', client_email: email }),
    ).toString('base64')
    const results = mapState(
      state(
        [
          'google_service_account',
          'a',
          { email, project: 'demo-1', unique_id: '123', account_id: 'app', disabled: false },
        ],
        [
          'google_service_account_key',
          'k',
          {
            name: `projects/demo-1/serviceAccounts/${email}/keys/k1`,
            service_account_id: email,
            private_key: keyFile,
            valid_after: '2024-01-01T00:00:00Z',
            valid_before: '9999-12-31T23:59:59Z',
          },
        ],
        [
          'google_project_iam_member',
          'm',
          { project: 'demo-1', role: 'roles/editor', member: `serviceAccount:${email}`, condition: [] },
        ],
        [
          'google_project_iam_binding',
          'b',
          { project: 'demo-1', role: 'roles/no.suchThing', members: ['group:ops@example.org', 'ana@example.org'] },
        ],
        [
          'google_service_account_iam_member',
          's',
          {
            service_account_id: `projects/demo-1/serviceAccounts/${email}`,
            role: 'roles/iam.workloadIdentityUser',
            member: 'serviceAccount:demo-1.svc.id.goog[ns/ksa]',
          },
        ],
      ),
      context,
    )
    expect(results.map(({ instance }) => instance)).toEqual(['demo-1', 'google-cloud'])
    const [demo] = results
    expect(demo?.records.find(({ type }) => type === 'credential')).toMatchObject({
      externalId: `projects/demo-1/serviceAccounts/${email}/keys/k1`,
      fingerprint: 'fp-18',
      expiresAt: null,
      createdAt: '2024-01-01T00:00:00.000Z',
    })
    const found = edges(demo?.records ?? []).map(({ kind, from, to, privilege, notEvaluable }) => [
      kind,
      from.externalId,
      to.externalId,
      privilege,
      notEvaluable,
    ])
    expect(found).toEqual([
      ['grants', email, '//cloudresourcemanager.googleapis.com/projects/demo-1', 'write', undefined],
      [
        'grants',
        'ops@example.org',
        '//cloudresourcemanager.googleapis.com/projects/demo-1',
        undefined,
        'what roles/no.suchThing permits is not known',
      ],
      ['impersonates', 'demo-1.svc.id.goog[ns/ksa]', email, undefined, undefined],
    ])
    expect(demo?.refused[0]?.reason).toContain('no prefix')
    expect(JSON.stringify(results)).not.toContain('canary-private-key')
  })

  test('Azure: applications, their passwords, role assignments, managed identities', () => {
    const client = 'c0ffee00-0000-0000-0000-000000000000'
    const [app, sp, mi, tenant] = ['1', '2', '3', '4'].map((digit) => `${digit.repeat(8)}-1111-1111-1111-111111111111`)
    const { records, instance, unresolved } = resultOf(
      state(
        [
          'azuread_application',
          'a',
          {
            id: `/applications/${app}`,
            object_id: app,
            client_id: 'c0ffee00-0000-0000-0000-000000000000',
            display_name: 'Deployer',
          },
        ],
        [
          'azuread_application_password',
          'p',
          {
            application_id: `/applications/${app}`,
            key_id: 'kid',
            value: 'canary-azure-secret',
            end_date: '2299-12-30T23:00:00Z',
          },
        ],
        [
          'azuread_service_principal',
          's',
          {
            object_id: sp,
            client_id: 'c0ffee00-0000-0000-0000-000000000000',
            display_name: 'Deployer',
            application_tenant_id: tenant,
          },
        ],
        [
          'azurerm_role_assignment',
          'r',
          {
            principal_id: sp,
            scope: '/subscriptions/S1/resourceGroups/rg',
            role_definition_name: 'Key Vault Secrets User',
            principal_type: 'ServicePrincipal',
          },
        ],
        [
          'azurerm_role_assignment',
          'r2',
          {
            principal_id: 'aaaaaaaa-1111-1111-1111-111111111111',
            scope: '/subscriptions/S1',
            role_definition_id:
              '/subscriptions/S1/providers/Microsoft.Authorization/roleDefinitions/8e3af657-a8ff-443c-a75c-2fe8c4bcb635',
          },
        ],
        [
          'azurerm_linux_web_app',
          'w',
          {
            id: '/subscriptions/S1/resourceGroups/rg/providers/Microsoft.Web/sites/w',
            name: 'w',
            identity: [{ type: 'SystemAssigned', principal_id: mi, tenant_id: tenant, identity_ids: [] }],
          },
        ],
      ),
      'azure',
    )
    expect(instance).toBe('default')
    expect(ids(records, 'identity')).toEqual([
      client,
      sp,
      '/subscriptions/s1/resourcegroups/rg/providers/microsoft.web/sites/w',
      mi,
    ])
    expect(records.find(({ type }) => type === 'credential')).toMatchObject({
      subject: { externalId: client },
      fingerprint: 'fp-19',
    })
    expect(edges(records).map(({ kind, to, privilege }) => [kind, to.externalId, privilege])).toEqual([
      ['assumes', sp, undefined],
      ['grants', '/subscriptions/s1/resourcegroups/rg', 'secret_read'],
      ['grants', '/subscriptions/s1', 'admin'],
      ['runs_as', mi, undefined],
    ])
    expect(unresolved.map(({ reference }) => reference)).toEqual(['aaaaaaaa-1111-1111-1111-111111111111'])
  })

  test('GitHub: the organization by its repositories, deploy keys, secrets, teams', () => {
    const { records, instance } = resultOf(
      state(
        [
          'github_repository',
          'r',
          { full_name: 'octo/app', name: 'app', visibility: 'private', html_url: 'https://github.com/octo/app' },
        ],
        [
          'github_repository_deploy_key',
          'k',
          { id: 'app:77', repository: 'app', title: 'deploy', read_only: false, key: 'ssh-rsa AAAA' },
        ],
        [
          'github_actions_secret',
          's',
          {
            repository: 'app',
            secret_name: 'DEPLOY_TOKEN',
            plaintext_value: 'canary-github-1',
            created_at: '2024-05-01 10:00:00 +0000 UTC',
          },
        ],
        ['github_team', 't', { id: '9', slug: 'ops', name: 'Ops' }],
        ['github_team_repository', 'tr', { team_id: '9', repository: 'app', permission: 'admin' }],
        ['github_membership', 'm', { username: 'ci-bot', role: 'member' }],
      ),
      'github',
    )
    expect(instance).toBe('github.com')
    expect(ids(records, 'credential')).toEqual(['deploy-key:77', 'actions-secret:octo/app/DEPLOY_TOKEN'])
    expect(ids(records, 'identity')).toEqual(['deploy-key:77', 'user:ci-bot'])
    expect(
      edges(records).map(({ kind, from, to, privilege }) => [kind, from.externalId, to.externalId, privilege]),
    ).toEqual([
      ['grants', 'deploy-key:77', 'https://github.com/octo/app', 'write'],
      ['stores', 'actions-secrets:octo/app', 'actions-secret:octo/app/DEPLOY_TOKEN', undefined],
      ['grants', 'https://github.com/orgs/octo/teams/ops', 'https://github.com/octo/app', 'admin'],
      ['grants', 'user:ci-bot', 'https://github.com/octo', undefined],
    ])
  })

  test('Kubernetes: typed resources and raw manifests, roles in a namespace, secrets by the names of their entries', () => {
    const { records, unresolved } = resultOf(
      state(
        [
          'kubernetes_service_account_v1',
          'a',
          {
            metadata: [
              {
                name: 'app',
                namespace: 'prod',
                annotations: { 'eks.amazonaws.com/role-arn': 'arn:aws:iam::111122223333:role/r' },
              },
            ],
          },
        ],
        [
          'kubernetes_cluster_role',
          'c',
          { metadata: [{ name: 'reader' }], rule: [{ api_groups: [''], resources: ['secrets'], verbs: ['get'] }] },
        ],
        [
          'kubernetes_role_binding',
          'b',
          {
            metadata: [{ name: 'b', namespace: 'prod' }],
            role_ref: [{ kind: 'ClusterRole', name: 'reader' }],
            subject: [{ kind: 'ServiceAccount', name: 'app', namespace: 'prod' }],
          },
        ],
        [
          'kubernetes_secret',
          's',
          { metadata: [{ name: 's', namespace: 'prod' }], data: { password: 'canary-k8s-value' }, type: 'Opaque' },
        ],
        [
          'kubernetes_manifest',
          'm',
          {
            manifest: {
              value: {
                apiVersion: 'apps/v1',
                kind: 'Deployment',
                metadata: { name: 'web', namespace: 'prod' },
                spec: {
                  template: {
                    spec: {
                      serviceAccountName: 'app',
                      containers: [{ name: 'c', env: [{ name: 'DB_PASSWORD', value: 'canary-env-value' }] }],
                    },
                  },
                },
              },
              type: ['object', {}],
            },
          },
        ],
      ),
      'kubernetes',
    )
    expect(ids(records, 'identity')).toEqual(['serviceaccount:prod:app', 'Deployment:prod:web'])
    expect(
      edges(records).map(({ kind, from, to, privilege }) => [kind, from.externalId, to.externalId, privilege]),
    ).toEqual([
      ['assumes', 'serviceaccount:prod:app', 'arn:aws:iam::111122223333:role/r', undefined],
      ['grants', 'clusterrole:reader', 'k8s:*:core/secrets', 'secret_read'],
      ['grants', 'clusterrole:reader@prod', 'k8s:prod:core/secrets', 'secret_read'],
      ['member_of', 'serviceaccount:prod:app', 'clusterrole:reader@prod', undefined],
      ['runs_as', 'Deployment:prod:web', 'serviceaccount:prod:app', undefined],
    ])
    expect(ids(records, 'sighting').length).toBeGreaterThanOrEqual(2)
    expect(unresolved.map(({ reference }) => reference)).toEqual(['arn:aws:iam::111122223333:role/r'])
    expect(JSON.stringify(records)).not.toContain('canary')
  })
})

describe('forms of a state', () => {
  const attributes = {
    arn: 'arn:aws:iam::111122223333:user/u',
    name: 'u',
    path: '/',
    'tags.%': '2',
    'tags.a.b': 'x',
    'tags.Team': 'red',
  }
  const group = { id: 'm', name: 'm', group: 'ops', 'users.#': '2', 'users.1234': 'u', 'users.99': 'w' }

  test('version 3: flat attributes, modules by path', () => {
    const file = json({
      version: 3,
      terraform_version: '0.11.14',
      serial: 4,
      lineage: 'old',
      modules: [
        {
          path: ['root', 'iam'],
          outputs: { secret: { sensitive: true, type: 'string', value: 'canary-output-3' } },
          resources: {
            'aws_iam_user.u.0': {
              type: 'aws_iam_user',
              primary: { id: 'u', attributes, meta: {}, tainted: false },
              deposed: [],
              provider: 'provider.aws',
            },
            'aws_iam_group_membership.m': {
              type: 'aws_iam_group_membership',
              primary: { id: 'm', attributes: group },
              provider: 'provider.aws',
            },
            'data.aws_caller_identity.me': { type: 'aws_caller_identity', primary: { id: 'x', attributes: {} } },
          },
        },
      ],
    })
    const { records, unresolved } = resultOf(file, 'aws')
    expect(records[0]).toMatchObject({
      name: 'u',
      tags: { 'a.b': 'x', Team: 'red' },
      attributes: { terraform: 'module.iam.aws_iam_user.u.0' },
    })
    expect(edges(records).map(({ from }) => from.externalId.split('/')[1])).toEqual(['w', 'u'])
    expect(unresolved.map(({ reference }) => reference)).toContain('data sources (1)')
    expect(resultOf(file, 'terraform').records[0]).toMatchObject({ type: 'sighting', fingerprint: 'fp-15' })
  })

  test('terraform show -json: modules within modules', () => {
    const values = { arn: 'arn:aws:iam::111122223333:user/u', name: 'u', path: '/' }
    const file = json({
      format_version: '1.0',
      terraform_version: '1.9.0',
      values: {
        root_module: {
          child_modules: [
            {
              address: 'module.a',
              resources: [
                {
                  address: 'module.a.aws_iam_user.u',
                  mode: 'managed',
                  type: 'aws_iam_user',
                  name: 'u',
                  provider_name: 'registry.terraform.io/hashicorp/aws',
                  values,
                  sensitive_values: {},
                },
              ],
            },
          ],
        },
      },
    })
    expect(resultOf(file, 'aws').records[0]).toMatchObject({ attributes: { terraform: 'module.a.aws_iam_user.u' } })
  })

  test.each([
    [
      'encrypted',
      {
        serial: 1,
        lineage: 'x',
        meta: { 'key_provider.pbkdf2.k': 'e30=' },
        encrypted_data: 'AAAA',
        encryption_version: 'v0',
      },
      /encrypted by OpenTofu/,
    ],
    [
      'a plan',
      { format_version: '1.2', terraform_version: '1.9.0', planned_values: {}, resource_changes: [] },
      /This is a plan/,
    ],
    [
      'a note of the backend',
      {
        version: 3,
        serial: 1,
        lineage: 'x',
        backend: { type: 's3', config: {} },
        modules: [{ path: ['root'], outputs: {}, resources: {} }],
      },
      /where the state is kept/,
    ],
    [
      'empty',
      { version: 4, terraform_version: '1.9.0', serial: 1, lineage: 'x', outputs: {}, resources: [] },
      /manages nothing/,
    ],
    [
      'only data sources',
      {
        version: 4,
        terraform_version: '1.9.0',
        serial: 1,
        lineage: 'x',
        resources: [{ mode: 'data', type: 'aws_ami', name: 'a', instances: [{}] }],
      },
      /1 data source/,
    ],
    [
      'of other resources',
      {
        version: 4,
        terraform_version: '1.9.0',
        serial: 1,
        lineage: 'x',
        resources: [{ mode: 'managed', type: 'aws_vpc', name: 'a', instances: [{ attributes: { id: 'v' } }] }],
      },
      /aws_vpc \(1\)/,
    ],
  ])('%s is refused in plain words', (_name, value, reason) => {
    expect(connectors[0]?.accepts(json(value))).toBe(true)
    const [result, ...rest] = mapState(json(value), context)
    expect(rest).toEqual([])
    expect(result?.records).toEqual([])
    expect(result?.refused[0]?.reason).toMatch(reason)
  })

  test('what is no state is declined', () => {
    for (const value of [
      {},
      [],
      { version: 4 },
      { version: 3, services: {} },
      { format_version: '1.0' },
      { lockfileVersion: 3, version: '1.0.0' },
      null,
    ])
      expect(connectors[0]?.accepts(json(value)), JSON.stringify(value)).toBe(false)
  })
})

describe('secrets', () => {
  test('leave fingerprints, never values', () => {
    const canaries = Array.from({ length: 8 }, (_, n) => `canary-${n}-abcdefgh`)
    const file = state(
      [
        'aws_iam_access_key',
        'k',
        {
          id: 'AKIA5QYBVVD223VWU32A',
          user: 'bot',
          secret: canaries[0],
          ses_smtp_password_v4: canaries[1],
          status: 'Active',
        },
      ],
      ['random_password', 'r', { result: canaries[2], length: 16 }],
      ['tls_private_key', 't', { private_key_pem: canaries[3], public_key_pem: 'public' }],
      [
        'aws_db_instance',
        'd',
        { arn: 'arn:aws:rds:eu-west-1:929327065333:db:d', username: 'root', password: canaries[4] },
      ],
      [
        'aws_lambda_function',
        'l',
        {
          arn: 'arn:aws:lambda:eu-west-1:929327065333:function:f',
          function_name: 'f',
          role: 'arn:aws:iam::929327065333:role/r',
          environment: [{ variables: { API_TOKEN: canaries[5], MODE: 'x' } }],
        },
      ],
      [
        'vendor_thing',
        'v',
        { marked: canaries[6] },
        { sensitive_attributes: [[{ type: 'get_attr', value: 'marked' }]] },
      ],
      ['azuread_service_principal_password', 'p', { value: canaries[7] }],
    )
    const results = mapState(file, context)
    const sightings = results.flatMap(({ records }) => records.filter(({ type }) => type === 'sighting'))
    expect(sightings).toHaveLength(8)
    expect(sightings.map((record) => ('fingerprint' in record ? record.fingerprint : undefined))).toEqual(
      Array(8).fill('fp-17'),
    )
    const written = JSON.stringify(results)
    for (const canary of canaries) expect(written).not.toContain(canary)
  })

  test('a masked or empty value leaves no fingerprint', () => {
    const { records } = resultOf(
      state(['aws_iam_access_key', 'k', { id: 'AKIA5QYBVVD223VWU32A', user: 'b', secret: 'MMMMMMMMMM' }]),
      'aws',
    )
    expect(records).toHaveLength(1)
    expect(records[0]).not.toHaveProperty('fingerprint')
  })
})

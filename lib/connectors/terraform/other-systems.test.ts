import { describe, expect, test } from 'vitest'
import { context, edges, ids, resultOf, state } from './fixtures/make-state'
import { mapState } from './map'

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

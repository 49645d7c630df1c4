import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import type { EdgeRecord, MapResult, ParsedFile } from '../contract'
import { connectors } from './index'
import { adminPrivilege } from './people'
import { privilegeOf, scopePrivilege } from './scopes'

const [connector] = connectors
const context = { fingerprint: (secret: string) => `fp(${secret.length})` }
const auth = 'https://www.googleapis.com/auth/'

function mapFile(file: ParsedFile): MapResult {
  expect(connector?.accepts(file)).toBe(true)
  const result = connector?.map(file, context)
  if (result === undefined || Array.isArray(result)) throw new Error('one result expected')
  return result
}
const map = (value: unknown) => mapFile({ kind: 'json', name: 'f', value })
const idsOf = ({ records }: MapResult, type: string) =>
  records.flatMap((record) => (record.type === type && record.type !== 'entitlement' ? record.externalId : []))
const edges = ({ records }: MapResult) => records.filter((r): r is EdgeRecord => r.type === 'entitlement')

describe('users and the tokens that they gave, keyed by user', () => {
  const name = 'fixtures/google-workspace-directory/cartography-users-and-oauth-tokens.json'
  const result = map(JSON.parse(readFileSync(path.join(import.meta.dirname, name), 'utf8')))

  test('applications, people, one credential for each consent', () => {
    expect(result.instance).toBe('customer-123')
    expect(idsOf(result, 'identity')).toEqual([
      '123456789.apps.googleusercontent.com',
      '987654321.apps.googleusercontent.com',
    ])
    expect(idsOf(result, 'human')).toEqual(['user-1', 'user-2'])
    expect(idsOf(result, 'credential')).toHaveLength(3)
    expect([result.refused, result.unresolved]).toEqual([[], []])
  })

  test('each consent grants on the account of the user who gave it', () => {
    const grants = edges(result).filter(({ from }) => from.type === 'identity')
    expect(grants.map(({ to, privilege, condition }) => [to.externalId, privilege, condition])).toEqual([
      ['account:user-1', 'read', 'on behalf of user user-1'],
      ['account:user-1', 'write', 'on behalf of user user-1'],
      ['account:user-2', 'read', 'on behalf of user user-2'],
    ])
  })
})

describe('other shapes', () => {
  test('an answer of tokens.list names its user itself; a scope over the organization reaches the organization', () => {
    const token = {
      kind: 'admin#directory#token',
      clientId: '42.apps.googleusercontent.com',
      userKey: '117',
      displayText: 'Sync',
      scopes: [`${auth}admin.directory.user`, `${auth}calendar.readonly`],
    }
    const result = map({ kind: 'admin#directory#tokenList', items: [token] })
    expect(edges(result).map(({ to, privilege }) => [to.externalId, privilege])).toEqual([
      ['account:117', 'read'],
      ['google-workspace:organization', 'admin'],
    ])
  })

  test('a token without its user keeps the application and says what is missing', () => {
    const result = map([{ kind: 'admin#directory#token', clientId: '42', displayText: 'Sync', scopes: [] }])
    expect(idsOf(result, 'identity')).toEqual(['42'])
    expect(result.refused[0]?.reason).toContain('does not say which user gave it')
  })

  test("the columns of GAM's listing", () => {
    const cells = {
      user: 'ann@example.org',
      clientId: '42',
      displayText: 'Sync',
      anonymous: 'False',
      nativeApp: 'True',
      scopes: `${auth}gmail.send ${auth}drive.file`,
    }
    const result = mapFile({
      kind: 'csv',
      name: 'f.csv',
      header: Object.keys(cells),
      rows: [{ line: 2, cells }],
      malformed: [],
    })
    expect(edges(result)[0]).toMatchObject({
      to: { externalId: 'account:ann@example.org' },
      scopeCount: 2,
      privilege: 'write',
    })
  })

  test('domain-wide delegation is over every user', () => {
    const result = map([{ clientId: '112233445566778899001', name: 'Backup', scopes: [`${auth}gmail.readonly`] }])
    expect(edges(result)[0]).toMatchObject({
      to: { externalId: 'google-workspace:organization' },
      condition: 'as any user of the organization (domain-wide delegation)',
      privilege: 'read',
    })
  })

  test('consents and delegations of the audit log', () => {
    const activity = (events: unknown[]) => ({
      kind: 'admin#reports#activity',
      id: { time: '2026-01-02T03:04:05.678Z', customerId: 'C1' },
      actor: { email: 'ann@example.org' },
      events,
    })
    const parameters = [
      { name: 'client_id', value: '42' },
      { name: 'app_name', value: 'Sync' },
      { name: 'scope', multiValue: [`${auth}drive`] },
    ]
    const delegated = [
      { name: 'API_CLIENT_NAME', value: '1122' },
      { name: 'API_SCOPES', value: `${auth}gmail.send` },
    ]
    const result = map({
      items: [
        activity([{ name: 'authorize', parameters }]),
        activity([{ name: 'AUTHORIZE_API_CLIENT_ACCESS', parameters: delegated }]),
        activity([{ name: 'LOGIN', parameters: [] }]),
      ],
    })
    expect(result.instance).toBe('C1')
    expect(idsOf(result, 'identity')).toEqual(['42', '1122'])
    expect(result.refused).toEqual([{ at: '$.items[2]', reason: 'the activity authorizes no application' }])
  })

  test('administrator roles, groups with service accounts as members, app passwords', () => {
    const result = map({
      users: [{ kind: 'admin#directory#user', id: '1', primaryEmail: 'ann@example.org' }],
      groups: [{ kind: 'admin#directory#group', id: 'g1', email: 'ops@example.org', name: 'Ops' }],
      members: {
        'ops@example.org': [
          {
            kind: 'admin#directory#member',
            id: '9',
            email: 'ci@acme.iam.gserviceaccount.com',
            type: 'USER',
            role: 'MEMBER',
          },
        ],
      },
      roles: [
        {
          kind: 'admin#directory#role',
          roleId: '7',
          roleName: '_SEED_ADMIN_ROLE',
          isSuperAdminRole: true,
          rolePrivileges: [{ privilegeName: 'SUPER_ADMIN' }],
        },
      ],
      roleAssignments: [
        { kind: 'admin#directory#roleAssignment', roleId: '7', assignedTo: '1', scopeType: 'CUSTOMER' },
      ],
      asps: [
        {
          kind: 'admin#directory#asp',
          codeId: 4,
          name: 'Mail',
          userKey: '1',
          creationTime: '1325376000000',
          lastTimeUsed: '0',
        },
      ],
    })
    expect(edges(result).map(({ kind, from, to }) => `${kind} ${from.externalId} ${to.externalId}`)).toEqual([
      'grants 7 google-workspace:organization',
      'member_of ci@acme.iam.gserviceaccount.com g1',
      'member_of 1 7',
      'impersonates app-password:1:4 1',
    ])
    expect(result.records.find(({ type }) => type === 'credential')).toMatchObject({
      credentialType: 'password',
      createdAt: '2012-01-01T00:00:00.000Z',
      lastUsedAt: null,
    })
    expect(result.unresolved).toEqual([])
  })
})

test('an export of a Google Cloud project that also lists users is not taken', () => {
  const user = { kind: 'admin#directory#user', id: '1', primaryEmail: 'ann@example.org' }
  const value = { roles: [{ name: 'roles/editor', includedPermissions: [] }], users: [user] }
  expect(connector?.accepts({ kind: 'json', name: 'f', value })).toBe(false)
})

test('privileges of real scopes', () => {
  const table: [string, string | undefined][] = [
    ['openid', 'read'],
    [`${auth}userinfo.email`, 'read'],
    [`${auth}gmail.readonly`, 'read'],
    [`${auth}gmail.send`, 'write'],
    ['https://mail.google.com/', 'write'],
    [`${auth}gmail.settings.sharing`, 'admin'],
    [`${auth}drive`, 'write'],
    [`${auth}drive.readonly`, 'read'],
    [`${auth}admin.directory.user`, 'admin'],
    [`${auth}admin.directory.user.readonly`, 'read'],
    [`${auth}cloud-platform`, 'admin'],
    [`${auth}cloudkms`, 'secret_read'],
    [`${auth}something.new`, undefined],
    ['https://example.org/auth/x.readonly', undefined],
  ]
  for (const [scope, privilege] of table) expect(scopePrivilege(scope), scope).toBe(privilege)
  expect(privilegeOf([`${auth}drive`, 'odd'])).toEqual({
    privilege: 'write',
    notEvaluable: 'what these scopes allow is not known: odd',
  })
})

test('privileges of administrator roles', () => {
  expect(adminPrivilege([], true)).toBe('admin')
  expect(adminPrivilege(['USERS_RETRIEVE', 'ORGANIZATION_UNITS_RETRIEVE'], false)).toBe('read')
  expect(adminPrivilege(['USERS_RESET_PASSWORD'], false)).toBe('admin')
  expect(adminPrivilege(['CHROME_PRINTERS'], false)).toBeUndefined()
})

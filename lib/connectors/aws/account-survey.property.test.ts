import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { MapResult } from '../contract'
import { takeSurvey } from './account-survey'
import { authorizationDetails } from './authorization-details'
import { arn, context, managed, mapped, only, policy, role, user } from './fixtures/build-export'

type Entry = Record<string, unknown>
type Export = Record<'UserDetailList' | 'GroupDetailList' | 'RoleDetailList' | 'Policies', Entry[]>

const names = ['a', 'b', 'c', 'd', 'e', 'f']
const of = <T>(...values: T[]) => fc.constantFrom(...values)
const some = <T>(each: fc.Arbitrary<T>, maxLength = 3) => fc.array(each, { maxLength })

const pattern = of(
  ...['*', arn('role/*'), arn('role/svc/*'), arn('role/a*'), arn('role/svc/?'), arn('user/?'), arn('user/a')],
  ...['arn:aws:iam::*:role/b', 'arn:aws:s3:::bucket/*', arn('role/gone'), arn('role/$' + '{aws:username}')],
)
const action = of('iam:PassRole', 'sts:AssumeRole', 'iam:CreateAccessKey', 's3:*', 's3:GetObject', 'iam:*', '*')
const statement = fc
  .record({ Effect: of('Allow', 'Allow', 'Deny'), Action: some(action), Resource: some(pattern), isIf: fc.boolean() })
  .map(({ isIf, ...rest }) => (isIf ? { ...rest, Condition: { Bool: { 'aws:SecureTransport': 'true' } } } : rest))
const document = some(statement).map((statements) => policy(...statements))
const attachments = some(of(...names, 'gone')).map((held) =>
  [...new Set(held)].map((name) => ({ PolicyName: name, PolicyArn: arn(`policy/${name}`) })),
)
const boundary = of(undefined, undefined, ...names, 'gone').map((name) =>
  name === undefined ? {} : { PermissionsBoundary: { PermissionsBoundaryArn: arn(`policy/${name}`) } },
)
const trusted = of<unknown>(
  { Service: 'ec2.amazonaws.com' },
  ...[
    { AWS: arn('root') },
    { AWS: '*' },
    { AWS: arn('user/a') },
    { AWS: arn('role/svc/b') },
    { AWS: arn('user/gone') },
  ],
  ...[{ AWS: 'AIDAAAAAAAAAAAAAAAAAA' }, { AWS: 'AROABBBBBBBBBBBBBBBBB' }, { AWS: 'AROAGONEGONEGONEGONE0' }],
  { AWS: 'arn:aws:sts::123456789012:assumed-role/b/jane@example.com' },
)
const shared = { AttachedManagedPolicies: attachments, document, boundary, isPathed: fc.boolean() }

const users = fc.array(fc.record({ ...shared, name: of(...names), groups: some(of(...names)), isPerson: fc.boolean() }))
const roles = fc.array(fc.record({ ...shared, name: of(...names), trusted }))
const groups = fc.array(fc.record({ AttachedManagedPolicies: attachments, document, name: of(...names) }))
const policies = fc.array(fc.record({ document, name: of(...names) }))

const inlineOf = (key: string, written: unknown) => ({ [key]: [{ PolicyName: 'p', PolicyDocument: written }] })
const idOf = (prefix: string, name: string) => `${prefix}${name.toUpperCase().repeat(17)}`
/** A name is there once in an account, whatever its path. */
const once = <T extends { Arn: string }>(entries: T[]) => [
  ...new Map(entries.map((entry) => [entry.Arn.split('/').at(-1), entry])).values(),
]

const accounts: fc.Arbitrary<Export> = fc.record({ users, roles, groups, policies }).map((all) => ({
  UserDetailList: once(
    all.users.map(({ name, document: written, boundary: within, groups: member, isPathed, isPerson, ...rest }) => ({
      ...user(name, isPathed ? { Arn: arn(`user/svc/${name}`), Path: '/svc/' } : {}),
      ...{ UserId: idOf('AIDA', name), GroupList: [...new Set(member)], ...rest, ...within },
      ...inlineOf('UserPolicyList', written),
      ...(isPerson ? { PasswordLastUsed: '2024-01-01T00:00:00+00:00' } : {}),
    })),
  ),
  GroupDetailList: once(
    all.groups.map(({ name, document: written, ...rest }) => ({
      ...{ GroupName: name, Arn: arn(`group/${name}`), ...rest },
      ...inlineOf('GroupPolicyList', written),
    })),
  ),
  RoleDetailList: once(
    all.roles.map(({ name, document: written, boundary: within, trusted: principal, isPathed, ...rest }) => ({
      ...role(name, principal, isPathed ? { Arn: arn(`role/svc/${name}`), Path: '/svc/' } : {}),
      ...{ RoleId: idOf('AROA', name), ...rest, ...within },
      ...inlineOf('RolePolicyList', written),
    })),
  ),
  Policies: once(all.policies.map(({ name, document: written }) => managed(name, written))),
}))

function inPieces(value: Export): MapResult[] {
  const nothing: Export = { UserDetailList: [], GroupDetailList: [], RoleDetailList: [], Policies: [] }
  const pieces = Object.entries(value).flatMap(([key, entries]) =>
    entries.map((entry) => ({ kind: 'json' as const, name: 'f.json', value: { ...nothing, [key]: [entry] } })),
  )
  let survey: unknown
  for (const round of [1, 2]) for (const piece of pieces) survey = takeSurvey(piece, survey, round)
  return pieces.map((piece) => only(authorizationDetails.map(piece, { ...context, isPiece: true, survey })))
}

/** Records as a merge sees them: nodes once, the scopes of one edge together. */
function told(results: MapResult[]): string[] {
  const edges = new Map<string, Set<string>>()
  const nodes = new Set<string>()
  for (const record of results.flatMap(({ records }) => records)) {
    if (record.type !== 'entitlement') {
      // A copy without what others deny is that of whoever has it first: by which of them it is denied is told of that one.
      const isCopy = /#less\//.test(record.externalId)
      nodes.add(JSON.stringify(isCopy ? { ...record, name: '', attributes: {} } : record))
      continue
    }
    const { scopes, scopeCount: _count, privilege, ...rest } = record
    const key = JSON.stringify(rest)
    edges.set(key, new Set([...(edges.get(key) ?? []), ...scopes, `privilege ${privilege}`]))
  }
  return [...nodes, ...[...edges].map(([key, scopes]) => `${key} ${[...scopes].sort()}`)].sort()
}

const openOf = (results: MapResult[]) =>
  [
    ...new Set(
      results.flatMap(({ unresolved }) => unresolved.map(({ reference, reason }) => `${reference} ${reason}`)),
    ),
  ].sort()

it('says of any account in pieces of one entry what it says of it as a whole', { timeout: 120_000 }, () => {
  fc.assert(
    fc.property(accounts, (account) => {
      const whole = mapped(account)
      const pieces = inPieces(account)
      if (pieces.length === 0) return
      expect(told(pieces)).toEqual(told([whole]))
      expect(openOf(pieces)).toEqual(openOf([whole]))
    }),
    { numRuns: 1000 },
  )
})

import { describe, expect, it } from 'vitest'
import type { MapResult } from '../contract'
import { takeSurvey } from './account-survey'
import { authorizationDetails } from './authorization-details'
import { allow, arn, context, edges, inline, managed, mapped, only, policy, role, user } from './fixtures/build-export'

type Export = Record<'UserDetailList' | 'RoleDetailList' | 'Policies', object[]>

/** Each entry in a piece of its own, after all pieces were seen twice. */
function inPieces(value: Export): MapResult[] {
  const nothing = { UserDetailList: [], RoleDetailList: [], Policies: [] }
  const pieces = Object.entries(value).flatMap(([key, entries]) =>
    entries.map((entry) => ({ kind: 'json' as const, name: 'f.json', value: { ...nothing, [key]: [entry] } })),
  )
  let survey: unknown
  for (const round of [1, 2]) for (const piece of pieces) survey = takeSurvey(piece, survey, round)
  return pieces.map((piece) => only(authorizationDetails.map(piece, { ...context, isPiece: true, survey })))
}

const waysOn = (result: MapResult) =>
  [...edges(result, 'assumes'), ...edges(result, 'impersonates')].map((edge) =>
    JSON.stringify([edge.kind, edge.from, edge.to, edge.condition, edge.isWorkedOut]),
  )

describe('an account that is read in pieces', () => {
  const boundary = { PermissionsBoundary: { PermissionsBoundaryArn: arn('policy/edge') } }
  const value: Export = {
    UserDetailList: [
      ...Array.from({ length: 30 }, (_, no) => user(`u${no}`, inline(allow('iam:*', '*')))),
      // What the boundary leaves leads to fewer than what is written.
      user('bound', { ...inline(allow('iam:*', '*')), ...boundary }),
      user('other-bound', { ...inline(allow('iam:PassRole', '*')), ...boundary }),
    ],
    RoleDetailList: Array.from({ length: 120 }, (_, no) => role(`r${no}`, { Service: 'ec2.amazonaws.com' })),
    Policies: [
      ...Array.from({ length: 20 }, (_, no) => managed(`p${no}`, policy(allow('iam:PassRole', arn('role/*'))))),
      managed('edge', policy(allow('iam:CreateAccessKey', '*'), allow('s3:*', '*'))),
    ],
  }

  it('leads to whom it leads as a whole', () => {
    const pieces = inPieces(value).flatMap(waysOn)
    expect([...new Set(pieces)].sort()).toEqual([...new Set(waysOn(mapped(value)))].sort())
  })

  it('tells once of each who belongs to a crowd, however many policies lead there', () => {
    const inferred = inPieces(value).flatMap(({ records }) =>
      records.filter((record) => record.type === 'entitlement' && record.basis === 'inferred'),
    )
    // Everyone: 32 users and 120 roles; the roles that may be passed: 120; users, by the one whose boundary leaves that: 32.
    expect(inferred).toHaveLength(152 + 120 + 32)
  })
})

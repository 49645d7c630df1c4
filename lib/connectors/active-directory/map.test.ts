import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import type { MapResult, NormalisedRecord, ParsedFile } from '../contract'
import { connectors } from './index'
import { privilegeOf } from './privileges'

const json = (value: unknown): ParsedFile => ({ kind: 'json', name: 'users.json', value })
const fixture = (type: string) => {
  const file = path.join(import.meta.dirname, 'fixtures/active-directory-sharphound', `bloodhound-v6-${type}.json`)
  return json(JSON.parse(readFileSync(file, 'utf8')))
}
function map(file: ParsedFile): MapResult {
  expect(connectors[0]?.accepts(file)).toBe(true)
  const result = connectors[0]?.map(file, { fingerprint: (secret) => `fp:${secret.length}` })
  if (result === undefined || Array.isArray(result)) throw new Error('one result')
  return result
}
const ofType = <T extends NormalisedRecord['type']>({ records }: MapResult, type: T) =>
  records.filter((record): record is Extract<NormalisedRecord, { type: T }> => record.type === type)
const sid = 'S-1-5-21-3130019616-2776909439-2417379446'
const collection = (type: string, ...data: object[]) => json({ data, meta: { type, count: data.length, version: 5 } })

describe('a SharpHound collection', () => {
  it('users: people, who can become them, a SID history', () => {
    const result = map(fixture('users'))
    expect(result).toMatchObject({ system: 'active-directory', instance: 'testlab.local', refused: [] })
    expect(ofType(result, 'human').map(({ externalId }) => externalId)).toEqual([`${sid}-500`, `${sid}-2106`])
    expect(ofType(result, 'identity')).toEqual([])
    const owners = ofType(result, 'entitlement').find(
      ({ from, to }) => from.externalId === `${sid}-512` && to.externalId === `${sid}-500`,
    )
    expect(owners).toMatchObject({
      kind: 'impersonates',
      from: { type: 'role' },
      to: { type: 'human' },
      scopes: ['Owns', 'WriteDacl', 'WriteOwner', 'AllExtendedRights', 'GenericWrite'],
    })
    const history = ofType(result, 'entitlement').filter(({ scopes }) => scopes.includes('HasSIDHistory'))
    expect(history.map(({ to }) => to.externalId)).toEqual([`${sid}-1105`, `${sid}-500`])
    expect(result.unresolved.map(({ reference }) => reference).sort()).toEqual(
      [
        `${sid}-1105`,
        `${sid}-512`,
        `${sid}-513`,
        `${sid}-519`,
        'TESTLAB.LOCAL-S-1-5-32-544',
        'TESTLAB.LOCAL-S-1-5-32-548',
      ].sort(),
    )
  })

  it('groups: members, and who can join; rights over itself are left out', () => {
    const result = map(fixture('groups'))
    expect(ofType(result, 'role')).toMatchObject([{ externalId: 'TESTLAB.LOCAL-S-1-5-32-544', kind: 'group' }])
    const edges = ofType(result, 'entitlement').map(({ kind, from }) => `${kind} ${from.externalId.slice(-3)}`)
    expect(edges).toEqual(['member_of 512', 'member_of 519', 'member_of 500', 'impersonates 512', 'impersonates 519'])
  })

  it('service accounts with their passwords; passwords in plain text by fingerprint only', () => {
    const Properties = {
      domain: 'A.LOCAL',
      name: 'SQL@A.LOCAL',
      hasspn: true,
      serviceprincipalnames: ['MSSQLSvc/db.a.local'],
      enabled: true,
      pwdneverexpires: true,
      pwdlastset: 1_568_654_366,
      lastlogontimestamp: -1,
      lastlogon: 0,
      unixpassword: 'never-a-secret',
    }
    const result = map(
      collection('users', { ObjectIdentifier: 'S-1', Properties }, { ObjectIdentifier: 'S-2', IsDeleted: true }, {}),
    )
    expect(ofType(result, 'identity')).toMatchObject([
      {
        externalId: 'S-1',
        kind: 'service_account',
        status: 'active',
        lastUsedAt: null,
        attributes: { takenFor: 'has a service principal name' },
      },
    ])
    expect(ofType(result, 'credential')).toMatchObject([
      { externalId: 'S-1#password', expiresAt: null, rotatedAt: '2019-09-16T17:19:26.000Z' },
      { externalId: 'S-1#unixpassword', fingerprint: 'fp:14', lastFour: 'cret' },
    ])
    expect(ofType(result, 'sighting')).toHaveLength(1)
    expect(JSON.stringify(result)).not.toContain('never-a-secret')
    expect(result.refused).toMatchObject([{ at: '$.data[2]', reason: 'has no ObjectIdentifier' }])
  })

  it('computers: local administrators and delegation; the older shape', () => {
    const computer = {
      ObjectIdentifier: 'S-9',
      Properties: { name: 'WEB.A.LOCAL', enabled: false },
      AllowedToAct: [{ ObjectIdentifier: 'S-3', ObjectType: 'User' }],
      LocalGroups: [
        {
          Name: 'ADMINISTRATORS@WEB',
          ObjectIdentifier: 'S-9-544',
          Results: [{ ObjectIdentifier: 'S-4', ObjectType: 'Group' }],
        },
      ],
    }
    const result = map(json({ computers: [computer], meta: { type: 'computers', count: 1, version: 3 } }))
    expect(ofType(result, 'identity')).toMatchObject([{ kind: 'workload', status: 'disabled' }])
    expect(ofType(result, 'entitlement').map(({ kind, from, scopes }) => [kind, from.type, scopes[0]])).toEqual([
      ['impersonates', 'identity', 'AllowedToAct'],
      ['impersonates', 'role', 'local administrator'],
    ])
  })

  it('domains: rights are grants; unknown ones say so', () => {
    const Aces = ['GetChangesAll', 'GenericAll', 'Dance'].map((RightName) => ({
      PrincipalSID: `S-${RightName}`,
      PrincipalType: 'User',
      RightName,
    }))
    const grants = ofType(
      map(collection('domains', { ObjectIdentifier: 'S-1', Properties: { name: 'A' }, Aces })),
      'entitlement',
    )
    expect(grants.map(({ privilege, notEvaluable }) => privilege ?? notEvaluable)).toEqual([
      'secret_read',
      'admin',
      'what Dance allows is not known',
    ])
    expect(privilegeOf('constructor')).toBeUndefined()
  })

  it('sessions are counted and left out', () => {
    const session = { UserSID: 'S-1', ComputerSID: 'S-2' }
    expect(map(collection('sessions', session, session)).refused).toMatchObject([{ at: '$.data[0]', count: 2 }])
  })
})

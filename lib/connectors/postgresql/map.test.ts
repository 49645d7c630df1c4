import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { readUpload } from '../../platform/files/read-file'
import type { EdgeRecord, MapResult, NormalisedRecord, ParsedFile } from '../contract'
import { acceptsPostgres, joinPostgres, mapPostgres } from './map'

const fixtures = path.join(import.meta.dirname, 'fixtures/postgresql-roles')
const context = { fingerprint: (secret: string) => `fp-${secret.length}`, instance: 'shop' }
const fixture = (name: string): ParsedFile => readUpload(name, readFileSync(path.join(fixtures, name)))
const sql = (text: string): ParsedFile => ({ kind: 'text', name: 'x.sql', text })
const edges = (records: NormalisedRecord[]) =>
  records.filter((record): record is EdgeRecord => record.type === 'entitlement')
const find = (result: MapResult, id: string) =>
  result.records.find((record) => 'externalId' in record && record.externalId === id)
const counts = ({ records, refused, unresolved }: MapResult) => [
  ...['identity', 'credential', 'role', 'resource', 'entitlement'].map(
    (type) => records.filter((record) => record.type === type).length,
  ),
  refused.length,
  unresolved.length,
]

// One server, told in many ways. Identities, credentials, roles, resources, entitlements, refused, unresolved.
const listed = [7, 2, 3, 1, 11, 0, 0]
test.each([
  ['roles-only.sql', [7, 3, 3, 1, 11, 0, 0]],
  ['globals-only.sql', [7, 3, 3, 1, 11, 0, 0]],
  ...['du.txt', 'du-plus.txt', 'du-expanded.txt', 'du-unaligned.txt', 'du-border2.txt', 'du-unicode.txt', 'du.csv'].map(
    (name) => [name, listed] as const,
  ),
  ['memberships.txt', [0, 0, 8, 1, 14, 0, 5]],
  ['memberships.csv', [0, 0, 8, 1, 14, 0, 5]],
] as [string, number[]][])('%s', (name, expected) => {
  expect(acceptsPostgres(fixture(name))).toBe(true)
  expect(counts(mapPostgres(fixture(name), context))).toEqual(expected)
})

test('every form of one server names the same roles', () => {
  const names = readdirSync(fixtures).filter((name) => /^(?:du|roles-only)/.test(name))
  const told = names.map((name) => {
    const { records } = mapPostgres(fixture(name), context)
    return records
      .flatMap((record) =>
        record.type === 'identity' || record.type === 'role' ? `${record.type} ${record.externalId}` : [],
      )
      .sort()
  })
  for (const each of told) expect(each).toEqual(told[0])
})

test('a run of line ends, of which Unicode has several, is gone through once', () => {
  for (const end of ['\u2028', '\u2029', '\r', '\n'])
    expect(acceptsPostgres(sql(`a${end.repeat(390_000)}b`)), end).toBe(false)
})

describe('a dump', () => {
  const result = mapPostgres(fixture('roles-only.sql'), context)

  test('keeps how a password is stored and until when it is valid, never the verifier', () => {
    expect(find(result, 'role:billing svc#password')).toMatchObject({
      expiresAt: '2027-01-31T00:00:00.000Z',
      attributes: { method: 'SCRAM-SHA-256', iterations: 4096 },
    })
    expect(find(result, 'role:replicator#password')).toMatchObject({ expiresAt: null })
    expect(find(result, 'role:legacy#password')).toMatchObject({ attributes: { method: 'md5' } })
    expect(JSON.stringify(result)).not.toMatch(/625811af94bf1ff457877bcf48feb1df|YUJ8mV4B/)
  })

  test('a role that may log in is assumed, a group is belonged to; NOINHERIT is a condition', () => {
    expect(edges(result.records).filter(({ kind }) => kind === 'assumes')).toMatchObject([
      {
        from: { externalId: 'role:deployer' },
        to: { type: 'identity', externalId: 'role:dba' },
        condition: 'only after SET ROLE (no inheritance)',
      },
    ])
    const odd = edges(result.records).find(
      ({ kind, from }) => kind === 'member_of' && from.externalId === 'role:it\'s "odd"',
    )
    expect(odd).toMatchObject({ to: { externalId: 'role:app_read' }, scopes: ['ADMIN'] })
  })

  test('superusers, role makers and copies of the server are grants on the server', () => {
    const held = edges(result.records)
      .filter(({ to }) => to.externalId === 'cluster')
      .map(({ from, privilege }) => `${from.externalId} ${privilege}`)
    expect(held).toEqual([
      'role:dba admin',
      'role:deployer admin',
      'role:pgadmin admin',
      'role:replicator secret_read',
      'role:pg_read_all_data read',
    ])
  })
})

test('grants on objects: columns, grant options, owners, PUBLIC, functions, what is made later', () => {
  const { records } = mapPostgres(fixture('schema-create-shop.sql'), context)
  const held = edges(records).map(({ from, to, scopes, privilege, condition }) => [
    from.externalId,
    to.externalId,
    scopes.join(','),
    privilege,
    condition,
  ])
  expect(held).toContainEqual([
    'role:legacy',
    'table:shop.sales.orders',
    'SELECT (id),SELECT (note)',
    'read',
    undefined,
  ])
  expect(held).toContainEqual([
    'role:deployer',
    'database:shop',
    'CREATE WITH GRANT OPTION,TEMPORARY WITH GRANT OPTION',
    'admin',
    undefined,
  ])
  expect(held).toContainEqual(['role:public', 'table:shop.public.Odd Table', 'SELECT', 'read', undefined])
  expect(held).toContainEqual(['role:pgadmin', 'schema:shop.sales', 'OWNER', 'admin', undefined])
  expect(held).toContainEqual([
    'role:app_read',
    'schema:shop.sales',
    'SELECT',
    'read',
    'only on tables that pgadmin creates later',
  ])
  expect(held).toContainEqual([
    'role:billing svc',
    'function:shop.sales.total(a integer, b text)',
    'ALL',
    'write',
    undefined,
  ])
})

test('memberships of PostgreSQL 16: what INHERIT and SET leave of them', () => {
  const text = `CREATE ROLE a; CREATE ROLE u LOGIN; /* x /* y */ GRANT no TO no; */
    GRANT a TO u WITH ADMIN TRUE, INHERIT FALSE, SET FALSE GRANTED BY postgres;
    GRANT a TO v WITH INHERIT TRUE, SET FALSE;`
  const result = mapPostgres(sql(text), context)
  expect(edges(result.records).map(({ from, scopes, condition }) => [from.externalId, scopes, condition])).toEqual([
    ['role:u', ['ADMIN'], 'passes no rights on (INHERIT FALSE, SET FALSE)'],
    ['role:v', ['INHERIT'], undefined],
  ])
  expect(result.unresolved.map(({ reference }) => reference)).toEqual(['role:v'])
})

test('\\drg of PostgreSQL 16', () => {
  const text =
    '             List of role grants\n Role name | Member of |   Options    | Grantor  \n-----------+-----------+--------------+----------\n app       | readers   | INHERIT, SET | postgres\n ops       | readers   | ADMIN        | postgres\n(2 rows)\n'
  const { records } = mapPostgres(sql(text), context)
  expect(edges(records).map(({ from, scopes, condition }) => [from.externalId, scopes, condition])).toEqual([
    ['role:app', ['INHERIT', 'SET'], undefined],
    ['role:ops', ['ADMIN'], 'passes no rights on (INHERIT FALSE, SET FALSE)'],
  ])
})

test('secrets in clear text leave fingerprints; strings of every kind are read', () => {
  const text = `ALTER ROLE u WITH LOGIN PASSWORD E'canary\\'one-secret';
    CREATE USER w PASSWORD $x$canary-two-secret$x$;
    CREATE USER MAPPING FOR w SERVER s OPTIONS (user 'x', password 'canary-three-secret');
    ALTER ROLE u SET app.token = 'canary-four-secret';
    CREATE SUBSCRIPTION s CONNECTION 'host=h password=canary-five-secret' PUBLICATION p;`
  const result = mapPostgres(sql(text), context)
  expect(JSON.stringify(result)).not.toContain('canary')
  expect(find(result, 'role:u#password')).toMatchObject({ fingerprint: 'fp-17', lastFour: 'cret' })
  expect(result.records.filter(({ type }) => type === 'sighting')).toHaveLength(3)
})

test('a person is only who is said to be one', () => {
  const result = mapPostgres(
    sql(
      `CREATE ROLE "ana@example.org" LOGIN; CREATE ROLE "app@p.iam" LOGIN; CREATE ROLE maria LOGIN; CREATE ROLE ben LOGIN; COMMENT ON ROLE ben IS 'human, owner: dba'; GRANT people TO cleo; CREATE ROLE cleo LOGIN;`,
    ),
    context,
  )
  const people = result.records.flatMap((record) => (record.type === 'human' ? record.name : []))
  expect(people).toEqual(['ana@example.org', 'ben', 'cleo'])
})

test('what cannot be read is refused with its line; the data of COPY and bodies of functions are passed over', () => {
  const text = `CREATE ROLE a;\nGRANT SELECT ON t;\nCOPY t (x) FROM stdin;\nCREATE ROLE no LOGIN;\n\\.\nCREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; GRANT x TO y; END;\nALTER ROLE a WITH NONSENSE;\nCREATE ROLE z;`
  const result = mapPostgres(sql(text), context)
  expect(result.refused.map(({ at }) => at)).toEqual(['line 2', 'line 7'])
  expect(result.records.map((record) => ('externalId' in record ? record.externalId : ''))).toEqual([
    'role:a',
    'role:z',
  ])
  expect(mapPostgres(sql('-- PostgreSQL database dump\nSET x = 1;'), context).refused).toHaveLength(1)
})

test('files of one server that came together agree on what a role is', () => {
  const [, members] = joinPostgres([
    mapPostgres(fixture('roles-only.sql'), context),
    mapPostgres(fixture('memberships.txt'), context),
  ])
  expect(members?.unresolved).toEqual([])
  expect(edges(members?.records ?? []).find(({ to }) => to.externalId === 'role:dba')).toMatchObject({
    kind: 'assumes',
    to: { type: 'identity' },
  })
})

test('dumps of other databases and plain SQL are declined', () => {
  for (const text of [
    "-- MySQL dump 10.13\nCREATE USER 'x'@'%';\nGRANT ALL ON *.* TO 'x'@'%';",
    'SELECT 1;',
    'CREATE TABLE t (id int);',
    'name | kind\n-----+----\n a | b\n',
  ])
    expect(acceptsPostgres(sql(text)), text).toBe(false)
})

import { wordTable } from '../word-table'
import { type Cluster, type Role, readEnd, readPassword } from './cluster'
import { Cursor } from './cursor'
import type { Place } from './place'
import { readDefaultPrivileges, readGrant, readRevoke } from './read-grants'
import { type Statement, statementsOf } from './sql-lexer'

/** Statements that cannot be read are refused up to this number; then only counted. */
const mostRefused = 1000

/** Reads a dump or any script of roles and grants into the cluster. Statements of another kind are passed over. */
export function readSql(sql: string, cluster: Cluster): void {
  const place: Place = { database: undefined, sequences: new Set() }
  let left = 0
  for (const statement of statementsOf(sql)) {
    const problem = readStatement(statement, place, cluster)
    if (problem === undefined) continue
    if (cluster.refused.length < mostRefused) cluster.refuse(`line ${statement.line}`, problem)
    else left += 1
  }
  if (left > 0) cluster.refuse('file', `${left} more statements cannot be read`)
}

function readStatement(statement: Statement, place: Place, cluster: Cluster): string | undefined {
  const at = `line ${statement.line}`
  const cursor = new Cursor(statement.tokens)
  if (cursor.take('\\connect') || cursor.take('\\c')) {
    place.database = connected(statement)
    return undefined
  }
  if (cursor.take('CREATE')) {
    if (cursor.take('USER', 'MAPPING')) return readOptions(statement, 'user mapping', at, cluster)
    if (cursor.take('SUBSCRIPTION')) return readOptions(statement, 'subscription', at, cluster)
    if (cursor.take('SERVER')) return readOptions(statement, 'foreign server', at, cluster)
    if (cursor.take('SEQUENCE')) place.sequences.add(cursor.qualified() ?? '')
    const isUser = cursor.take('USER')
    if (isUser || cursor.take('ROLE') || cursor.take('GROUP')) return createRole(cursor, isUser, at, cluster)
    return undefined
  }
  if (cursor.take('ALTER')) {
    if (cursor.take('USER', 'MAPPING')) return readOptions(statement, 'user mapping', at, cluster)
    if (cursor.take('ROLE') || cursor.take('USER') || cursor.take('GROUP')) return alterRole(cursor, at, cluster)
    if (cursor.take('DEFAULT', 'PRIVILEGES')) return readDefaultPrivileges(cursor, place, at, cluster)
    return readOwner(cursor, place, at, cluster)
  }
  if (cursor.take('GRANT')) return readGrant(cursor, place, at, cluster)
  if (cursor.take('REVOKE')) return readRevoke(cursor, place, cluster)
  if (cursor.take('COMMENT', 'ON', 'ROLE')) {
    const name = cursor.name()
    if (name === undefined || !cursor.take('IS')) return 'The comment names no role'
    const text = cursor.text()
    if (text !== undefined) cluster.role(name, at).comment = text
  }
  return undefined
}

function connected({ tokens }: Statement): string | undefined {
  const [, ...words] = tokens.map(({ value }) => value)
  const named = words.filter((word) => !word.startsWith('-'))
  const pair = named.map((word) => /(?:^|\s)dbname='?([^'\s]+)/.exec(word)?.[1]).find((found) => found !== undefined)
  return pair ?? named[0]
}

function createRole(cursor: Cursor, isUser: boolean, at: string, cluster: Cluster): string | undefined {
  cursor.take('IF', 'NOT', 'EXISTS')
  const name = cursor.name()
  if (name === undefined) return 'The statement names no role'
  const role = cluster.role(name, at)
  role.isDescribed = true
  role.canLogin = isUser
  role.inherits ??= true
  cursor.take('WITH')
  return readAttributes(cursor, role, at, cluster)
}

function alterRole(cursor: Cursor, at: string, cluster: Cluster): string | undefined {
  if (cursor.take('ALL')) return undefined
  const name = cursor.name()
  if (name === undefined) return 'The statement names no role'
  const role = cluster.role(name, at)
  if (cursor.take('RENAME', 'TO')) {
    const other = cursor.name()
    if (other === undefined) return 'The role is renamed to nothing'
    cluster.roles.delete(name)
    cluster.roles.set(other, { ...role, name: other })
    return undefined
  }
  const database = cursor.take('IN', 'DATABASE') ? cursor.name() : undefined
  if (cursor.take('SET')) return readSetting(cursor, role, database, at, cluster)
  if (cursor.take('RESET')) return undefined
  if (cursor.take('ADD', 'USER')) {
    for (const member of cursor.names()) cluster.join({ member, role: name, at })
    return undefined
  }
  cursor.take('WITH')
  role.isDescribed = true
  return readAttributes(cursor, role, at, cluster)
}

/** The value of a setting is not kept: some hold secrets. */
function readSetting(
  cursor: Cursor,
  role: Role,
  database: string | undefined,
  at: string,
  cluster: Cluster,
): undefined {
  const setting = cursor.qualified() ?? '?'
  cursor.take('TO')
  cursor.takeSign('=')
  const value = cursor.text()
  role.settings.push(database === undefined ? setting : `${setting} in ${database}`)
  if (value === undefined || value.length < 4 || !/pass|secret|token|key$/i.test(setting)) return
  cluster.sightings.push({
    type: 'sighting',
    externalId: `setting:${role.name}:${setting}`,
    name: setting,
    place: `${at}, setting ${setting} of role ${role.name}`,
    fingerprint: cluster.context.fingerprint(value),
    ...(value.length >= 12 ? { lastFour: value.slice(-4) } : {}),
  })
}

const flags: Record<string, [attribute: string, isSet: boolean]> = wordTable({
  SUPERUSER: ['SUPERUSER', true],
  NOSUPERUSER: ['SUPERUSER', false],
  CREATEROLE: ['CREATEROLE', true],
  NOCREATEROLE: ['CREATEROLE', false],
  CREATEUSER: ['CREATEROLE', true],
  NOCREATEUSER: ['CREATEROLE', false],
  CREATEDB: ['CREATEDB', true],
  NOCREATEDB: ['CREATEDB', false],
  REPLICATION: ['REPLICATION', true],
  NOREPLICATION: ['REPLICATION', false],
  BYPASSRLS: ['BYPASSRLS', true],
  NOBYPASSRLS: ['BYPASSRLS', false],
})

function readAttributes(cursor: Cursor, role: Role, at: string, cluster: Cluster): string | undefined {
  const { name } = role
  for (;;) {
    const word = cursor.word()?.toUpperCase()
    if (word === undefined) return cursor.isAtEnd ? undefined : 'The attributes of the role cannot be read'
    const flag = Object.hasOwn(flags, word) ? flags[word] : undefined
    if (flag !== undefined) role.attributes[flag[1] ? 'add' : 'delete'](flag[0])
    else if (word === 'LOGIN' || word === 'NOLOGIN') role.canLogin = word === 'LOGIN'
    else if (word === 'INHERIT' || word === 'NOINHERIT') role.inherits = word === 'INHERIT'
    else if (word === 'CONNECTION' && cursor.take('LIMIT')) role.connectionLimit = cursor.number()
    else if (word === 'ENCRYPTED' || word === 'UNENCRYPTED' || word === 'WITH') continue
    else if (word === 'PASSWORD') {
      cluster.tellsPasswords = true
      role.password = cursor.take('NULL') ? 'none' : readPassword(cursor.text() ?? '', cluster.context)
    } else if (word === 'VALID' && cursor.take('UNTIL')) role.validUntil = readEnd(cursor.text() ?? '')
    else if (word === 'IN' && (cursor.take('ROLE') || cursor.take('GROUP')))
      for (const group of cursor.names()) cluster.join({ member: name, role: group, at })
    else if (word === 'ROLE' || word === 'USER')
      for (const member of cursor.names()) cluster.join({ member, role: name, at })
    else if (word === 'ADMIN')
      for (const member of cursor.names()) cluster.join({ member, role: name, at, admin: true })
    else if (word === 'SYSID') cursor.text() ?? cursor.number()
    else return `The attribute ${word.slice(0, 60)} of the role is not known`
  }
}

const owned = [
  'TABLE',
  'VIEW',
  'MATERIALIZED VIEW',
  'FOREIGN TABLE',
  'SEQUENCE',
  'SCHEMA',
  'DATABASE',
  'FUNCTION',
  'PROCEDURE',
  'LANGUAGE',
  'FOREIGN DATA WRAPPER',
  'SERVER',
  'TABLESPACE',
]

/** `ALTER TABLE x OWNER TO y`: whoever owns may do everything with it and grant it. */
function readOwner(cursor: Cursor, place: Place, at: string, cluster: Cluster): string | undefined {
  const kind = owned.find((words) => cursor.take(...words.split(' ')))
  if (kind === undefined) return undefined
  cursor.take('ONLY')
  const name = cursor.object()
  if (name === undefined || !cursor.take('OWNER', 'TO')) return undefined
  const owner = cursor.name()
  if (owner === undefined) return undefined
  const database = kind === 'DATABASE' || kind === 'TABLESPACE' ? undefined : place.database
  cluster.grant(owner, { kind: objectKind(kind, name, place), database, name }, [['OWNER', false]], at)
  return undefined
}

function objectKind(kind: string, name: string, place: Place): string {
  if (kind === 'TABLE' && place.sequences.has(name)) return 'sequence'
  return kind === 'VIEW' || kind === 'MATERIALIZED VIEW' ? 'table' : kind.toLowerCase()
}

/** Passwords in options and connection strings of foreign servers and subscriptions. */
function readOptions({ tokens, line }: Statement, what: string, at: string, cluster: Cluster): undefined {
  for (const [index, { kind, value }] of tokens.entries()) {
    if (kind !== 'text') continue
    const before = tokens[index - 1]?.value ?? ''
    const found =
      /(?:^|\s)password\s*=\s*(?:'([^']*)'|(\S+))/i.exec(value) ??
      (/^(?:password|passwd|secret|token)$/i.test(before) ? [value, value] : null)
    const secret = found?.[1] ?? found?.[2]
    if (secret === undefined || secret === '') continue
    cluster.sightings.push({
      type: 'sighting',
      externalId: `${what}:${line}:${index}`,
      name: `password of a ${what}`,
      place: `${at}, ${what}`,
      credentialType: 'password',
      fingerprint: cluster.context.fingerprint(secret),
      ...(secret.length >= 12 ? { lastFour: secret.slice(-4) } : {}),
    })
  }
}

import type { Cluster, ObjectRef } from './cluster'
import type { Cursor } from './cursor'
import type { Place } from './place'

/** Kinds of objects as GRANT names them, the longer before the shorter; a bare name is a table. */
const kinds = [
  'ALL TABLES IN SCHEMA',
  'ALL SEQUENCES IN SCHEMA',
  'ALL FUNCTIONS IN SCHEMA',
  'ALL PROCEDURES IN SCHEMA',
  'ALL ROUTINES IN SCHEMA',
  'FOREIGN DATA WRAPPER',
  'FOREIGN SERVER',
  'LARGE OBJECT',
  'TABLESPACE',
  'TABLE',
  'SEQUENCE',
  'DATABASE',
  'DOMAIN',
  'FUNCTION',
  'PROCEDURE',
  'ROUTINE',
  'LANGUAGE',
  'PARAMETER',
  'SCHEMA',
  'TYPE',
]
/** Not inside of a database. */
const ofServer = new Set(['DATABASE', 'TABLESPACE', 'PARAMETER'])

interface Privileges {
  scopes: string[]
  objects: ObjectRef[]
}

/** `SELECT, UPDATE (a, b) ON TABLE x, y`; `undefined` when there is no ON: then it is a membership. */
function readPrivileges(cursor: Cursor, place: Place): Privileges | { roles: string[] } | undefined {
  const scopes: string[] = []
  const roles: string[] = []
  do {
    const name = cursor.name()
    if (name === undefined) return undefined
    roles.push(name)
    let scope = name.toUpperCase()
    if (scope === 'ALL') cursor.take('PRIVILEGES')
    if (scope === 'ALTER' && cursor.take('SYSTEM')) scope = 'ALTER SYSTEM'
    const columns = cursor.brackets()
    scopes.push(columns === undefined ? scope : `${scope} ${columns}`)
  } while (cursor.takeSign(','))
  if (!cursor.take('ON')) return { roles }
  const kind = kinds.find((words) => cursor.take(...words.split(' '))) ?? 'TABLE'
  const objects: ObjectRef[] = []
  do {
    const name = cursor.object() ?? undefined
    if (name === undefined) return undefined
    objects.push(objectOf(kind, name, place))
  } while (cursor.takeSign(','))
  return { scopes, objects }
}

function objectOf(kind: string, name: string, { database }: Place): ObjectRef {
  const all = /^ALL (\w+) IN SCHEMA$/.exec(kind)?.[1]
  if (all !== undefined) return { kind: 'schema', database, name }
  return { kind: kind.toLowerCase(), database: ofServer.has(kind) ? undefined : database, name }
}

/** Roles after TO or FROM; PUBLIC is everyone. */
function readGrantees(cursor: Cursor): string[] {
  const found: string[] = []
  do {
    cursor.take('GROUP')
    if (cursor.take('PUBLIC')) found.push('public')
    else {
      const name = cursor.name()
      if (name === undefined) break
      found.push(name)
    }
  } while (cursor.takeSign(','))
  return found
}

export function readGrant(cursor: Cursor, place: Place, at: string, cluster: Cluster): string | undefined {
  const read = readPrivileges(cursor, place)
  if (read === undefined || !cursor.take('TO')) return 'The grant cannot be read'
  const grantees = readGrantees(cursor)
  if (grantees.length === 0) return 'The grant names nobody'
  const options = readGrantOptions(cursor)
  if ('roles' in read) {
    for (const member of grantees) for (const role of read.roles) cluster.join({ member, role, at, ...options })
    return undefined
  }
  for (const grantee of grantees)
    for (const object of read.objects)
      cluster.grant(
        grantee,
        object,
        read.scopes.map((scope) => [scope, options.admin === true]),
        at,
      )
  return undefined
}

interface Options {
  admin?: boolean
  inherit?: boolean
  set?: boolean
  grantor?: string
}

/** `WITH ADMIN OPTION, INHERIT FALSE, SET TRUE GRANTED BY x`, and `WITH GRANT OPTION` of grants on objects. */
function readGrantOptions(cursor: Cursor): Options {
  const options: Options = {}
  if (cursor.take('WITH')) {
    do {
      const word = cursor.word()?.toLowerCase()
      const isSet = !cursor.take('FALSE') && (cursor.take('OPTION') || cursor.take('TRUE') || true)
      if (word === 'admin' || word === 'grant' || word === 'hierarchy') options.admin = isSet
      else if (word === 'inherit' || word === 'set') options[word] = isSet
    } while (cursor.takeSign(','))
  }
  if (cursor.take('GRANTED', 'BY')) {
    const grantor = cursor.name()
    if (grantor !== undefined) options.grantor = grantor
  }
  return options
}

export function readRevoke(cursor: Cursor, place: Place, cluster: Cluster): string | undefined {
  const isOptionOnly = cursor.take('GRANT', 'OPTION', 'FOR') || cursor.take('ADMIN', 'OPTION', 'FOR')
  const read = readPrivileges(cursor, place)
  if (read === undefined || !cursor.take('FROM')) return 'The revocation cannot be read'
  const grantees = readGrantees(cursor)
  if (isOptionOnly) return undefined
  if ('roles' in read) {
    for (const member of grantees)
      for (const role of read.roles) cluster.memberships.delete(JSON.stringify([member, role]))
    return undefined
  }
  for (const grantee of grantees) for (const object of read.objects) cluster.revoke(grantee, object, read.scopes)
  return undefined
}

/** `ALTER DEFAULT PRIVILEGES FOR ROLE x IN SCHEMA s GRANT SELECT ON TABLES TO y`: rights on what x creates later. */
export function readDefaultPrivileges(cursor: Cursor, place: Place, at: string, cluster: Cluster): string | undefined {
  const makers = cursor.take('FOR', 'ROLE') || cursor.take('FOR', 'USER') ? cursor.names() : []
  const schemas = cursor.take('IN', 'SCHEMA') ? cursor.names() : []
  const isGrant = cursor.take('GRANT')
  if (!isGrant && !cursor.take('REVOKE')) return 'The default privileges cannot be read'
  cursor.take('GRANT', 'OPTION', 'FOR')
  const scopes: string[] = []
  do {
    const name = cursor.name()
    if (name === undefined) return 'The default privileges cannot be read'
    if (name === 'all') cursor.take('PRIVILEGES')
    scopes.push(name.toUpperCase())
  } while (cursor.takeSign(','))
  if (!cursor.take('ON')) return 'The default privileges cannot be read'
  const what = cursor.word()?.toLowerCase() ?? 'objects'
  if (!cursor.take(isGrant ? 'TO' : 'FROM')) return 'The default privileges cannot be read'
  const grantees = readGrantees(cursor)
  const options = readGrantOptions(cursor)
  const condition = `only on ${what} that ${makers.length === 0 ? 'the role running the statement' : makers.join(', ')} creates later`
  const { database } = place
  const objects: ObjectRef[] =
    schemas.length === 0
      ? [{ kind: 'database', database: undefined, name: database ?? '(database)' }]
      : schemas.map((name) => ({ kind: 'schema', database, name }))
  for (const grantee of grantees)
    for (const object of objects) {
      if (isGrant)
        cluster.grant(
          grantee,
          object,
          scopes.map((scope) => [scope, options.admin === true]),
          at,
          condition,
        )
      else cluster.revoke(grantee, object, scopes, condition)
    }
  return undefined
}

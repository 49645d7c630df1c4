import { wordTable } from '../word-table'
import { type Cluster, readEnd, readPassword } from './cluster'
import type { Table } from './psql-tables'

/** What the columns of a table or CSV hold, by their names in psql, the system views and usual queries. */
const columns = {
  name: ['role name', 'rolname', 'usename', 'user name', 'role_name_', 'groname'],
  attributes: ['attributes'],
  memberOf: ['member of', 'memberof', 'member_of'],
  description: ['description', 'comment'],
  options: ['options'],
  grantor: ['grantor', 'grantor_name'],
  member: ['member', 'member_name', 'member_role', 'grantee', 'user', 'username', 'role_member'],
  role: ['role', 'role_name', 'group', 'group_name', 'granted_role', 'parent', 'parent_role', 'group_role'],
  admin: ['admin_option', 'admin', 'is_grantable', 'with_admin'],
  inherit: ['inherit_option'],
  set: ['set_option'],
} as const
type Column = keyof typeof columns

const key = (name: string) => name.trim().toLowerCase()

export type TableKind = 'roles' | 'role_grants' | 'memberships' | 'table_grants' | 'catalog' | 'numbers'

/** What a table tells by its columns; `undefined` = nothing that is known. */
export function kindOfTable(header: readonly string[]): TableKind | undefined {
  const names = header.map(key)
  const has = (...wanted: string[]) => wanted.every((name) => names.includes(name))
  if (has('role name', 'attributes')) return 'roles'
  if (has('role name', 'member of', 'options') || has('role name', 'member of', 'grantor')) return 'role_grants'
  if (has('roleid', 'member') && !has('role')) return 'numbers'
  if (has('grantee', 'table_name', 'privilege_type')) return 'table_grants'
  if (
    (has('rolname') && names.some((name) => /^rol(?:super|canlogin|createrole|inherit)$/.test(name))) ||
    has('usename', 'usesuper')
  )
    return 'catalog'
  const [member, role] = (['member', 'role'] as const).map((column) =>
    columns[column].some((name) => names.includes(name)),
  )
  const isTold =
    [...columns.admin, ...columns.inherit, ...columns.set].some((name) => names.includes(name)) || names.length === 2
  const isPostgres =
    (has('member') && (has('role') || has('granted_role') || has('role_name') || has('group_role'))) ||
    has('grantee', 'role_name')
  return member === true && role === true && isTold && isPostgres ? 'memberships' : undefined
}

/** Reads one table into the cluster. */
export function readTable(table: Table, cluster: Cluster): void {
  const kind = kindOfTable(table.header)
  if (kind === undefined) return
  for (const { at, reason } of table.malformed) cluster.refuse(at, reason)
  if (kind === 'numbers') {
    cluster.refuse(
      'file',
      'The memberships name roles by numbers. Join pg_auth_members with pg_roles twice, or run \\drg',
    )
    return
  }
  for (const { line, cells } of table.rows) {
    const at = `line ${line}`
    const row = new Map(Object.entries(cells).map(([name, value]) => [key(name), value]))
    const get = (column: Column) => columns[column].map((name) => row.get(name)).find((value) => value !== undefined)
    const problem = readRow(kind, row, get, at, cluster)
    if (problem !== undefined) cluster.refuse(at, problem)
  }
}

type Row = ReadonlyMap<string, string>
type Get = (column: Column) => string | undefined

function readRow(kind: TableKind, row: Row, get: Get, at: string, cluster: Cluster): string | undefined {
  if (kind === 'catalog') return readCatalogRow(row, at, cluster)
  if (kind === 'table_grants') return readTableGrant(row, at, cluster)
  if (kind === 'memberships') {
    const [member, role] = [get('member') ?? '', get('role') ?? '']
    if (member === '' || role === '') return 'The row names no member or no role'
    const admin = truth(get('admin'))
    cluster.join({
      member,
      role,
      at,
      admin,
      inherit: truth(get('inherit')),
      set: truth(get('set')),
      grantor: get('grantor'),
    })
    return undefined
  }
  const name = get('name') ?? ''
  if (name === '') return 'The row names no role'
  if (kind === 'role_grants') {
    const options = (get('options') ?? '').toUpperCase()
    const role = get('memberOf') ?? ''
    if (role === '') return 'The row names no role that is granted'
    const has = (word: string) => options.includes(word)
    cluster.join({
      member: name,
      role,
      at,
      admin: has('ADMIN'),
      inherit: has('INHERIT'),
      set: has('SET'),
      grantor: get('grantor'),
    })
    return undefined
  }
  readListedRole(name, get, at, cluster)
  return undefined
}

/** A row of `\du`: attributes as words with commas or line breaks between them. */
function readListedRole(name: string, get: Get, at: string, cluster: Cluster): void {
  const role = cluster.role(name, at)
  role.isDescribed = true
  role.canLogin = true
  role.inherits = true
  role.validUntil = undefined
  for (const part of (get('attributes') ?? '').split(/,|\n/)) {
    const word = part.trim()
    const limit = /^(\d+|No) connections?$/i.exec(word)?.[1]
    const end = /^Password valid until (.+)$/i.exec(word)?.[1]
    if (word === '') continue
    if (/^Superuser$/i.test(word)) role.attributes.add('SUPERUSER')
    else if (/^Create role$/i.test(word)) role.attributes.add('CREATEROLE')
    else if (/^Create DB$/i.test(word)) role.attributes.add('CREATEDB')
    else if (/^Replication$/i.test(word)) role.attributes.add('REPLICATION')
    else if (/^Bypass RLS$/i.test(word)) role.attributes.add('BYPASSRLS')
    else if (/^Cannot login$/i.test(word)) role.canLogin = false
    else if (/^No inheritance$/i.test(word)) role.inherits = false
    else if (limit !== undefined) role.connectionLimit = /^no$/i.test(limit) ? 0 : Number(limit)
    else if (end !== undefined) {
      role.password = { method: 'unknown' }
      role.validUntil = readEnd(end)
    } else role.unknown.push(word.slice(0, 100))
  }
  const description = get('description')
  if (description !== undefined && description !== '') role.comment = description
  for (const group of arrayOf(get('memberOf') ?? '')) cluster.join({ member: name, role: group, at })
}

const catalogFlags: Record<string, string> = wordTable({
  rolsuper: 'SUPERUSER',
  usesuper: 'SUPERUSER',
  rolcreaterole: 'CREATEROLE',
  rolcreatedb: 'CREATEDB',
  usecreatedb: 'CREATEDB',
  rolreplication: 'REPLICATION',
  userepl: 'REPLICATION',
  rolbypassrls: 'BYPASSRLS',
  usebypassrls: 'BYPASSRLS',
})

/** A row of `pg_roles`, `pg_authid`, `pg_user` or `pg_shadow`. */
function readCatalogRow(row: Row, at: string, cluster: Cluster): string | undefined {
  const name = row.get('rolname') ?? row.get('usename') ?? ''
  if (name === '') return 'The row names no role'
  const role = cluster.role(name, at)
  role.isDescribed = true
  for (const [column, attribute] of Object.entries(catalogFlags))
    if (truth(row.get(column)) === true) role.attributes.add(attribute)
  role.canLogin = row.has('usename') ? true : truth(row.get('rolcanlogin'))
  role.inherits = truth(row.get('rolinherit'))
  const limit = row.get('rolconnlimit')
  if (limit !== undefined && /^\d+$/.test(limit)) role.connectionLimit = Number(limit)
  const stored = row.get('rolpassword') ?? row.get('passwd')
  if (stored !== undefined && stored !== '') role.password = readPassword(stored, cluster.context)
  const end = row.get('rolvaliduntil') ?? row.get('valuntil')
  if (end !== undefined && end !== '') {
    role.validUntil = readEnd(end)
    role.password ??= { method: 'unknown' }
  }
  for (const group of arrayOf(row.get('memberof') ?? row.get('member_of') ?? ''))
    cluster.join({ member: name, role: group, at })
  return undefined
}

/** A row of `information_schema.role_table_grants`. */
function readTableGrant(row: Row, at: string, cluster: Cluster): string | undefined {
  const [grantee, table, privilege] = ['grantee', 'table_name', 'privilege_type'].map((name) => row.get(name) ?? '')
  if (!grantee || !table || !privilege) return 'The row names no grantee, table or privilege'
  const schema = row.get('table_schema')
  const database = row.get('table_catalog') || undefined
  const object = { kind: 'table', database, name: schema ? `${schema}.${table}` : table }
  const isPublic = grantee === 'PUBLIC'
  cluster.grant(
    isPublic ? 'public' : grantee,
    object,
    [[privilege.toUpperCase(), truth(row.get('is_grantable')) === true]],
    at,
  )
  return undefined
}

function truth(written: string | undefined): boolean | undefined {
  if (written === undefined || written === '') return undefined
  return /^(?:t|true|yes|y|1|on)$/i.test(written)
}

/** The members of a PostgreSQL array as it is printed: `{a,"b c"}`; older versions of psql print them with commas alone. */
function arrayOf(written: string): string[] {
  const inner = written.trim().replace(/^\{/, '').replace(/\}$/, '')
  const found = [...inner.matchAll(/"((?:[^"\\]|\\.)*)"|([^,{}]+)/g)]
  return found
    .map(([, quoted, plain]) => (quoted === undefined ? (plain ?? '').trim() : quoted.replaceAll(/\\(.)/g, '$1')))
    .filter((name) => name !== '')
}

import type { Call, DiscoveryPage } from '../live-contract'
import { wordTable } from '../word-table'
import { type Account, readAccount } from './account'
import { ask, type MariadbSession, readOwn } from './client'
import { type AccountUse, mapAccounts, mapObjects, mapRoleMembers, type ObjectGrant, rightsOf } from './map'

/** Where a page begins: accounts, members of roles, what is granted on databases, then on tables; each in the order of its key. */
interface Cursor {
  stage: 'accounts' | 'members' | 'databases' | 'tables'
  after: string[]
}
const stages = ['accounts', 'members', 'databases', 'tables'] as const
const rowsInPage = 2000

export async function readPage(
  session: MariadbSession,
  { cursor, pageSize = rowsInPage }: { cursor: string | null; pageSize?: number },
  call: Call,
): Promise<DiscoveryPage> {
  const at: Cursor = cursor === null ? { stage: 'accounts', after: [] } : JSON.parse(cursor)
  const page = { records: [], rights: [], refused: [], unresolved: [], skipped: [] }
  if (cursor === null) session.own = await readOwn(session.connection, call)
  if (!session.own.readsAccounts) {
    const reason = 'this connection may not read the system’s tables: GRANT SELECT ON mysql.*'
    return { ...page, skipped: [{ scope: 'accounts, roles and grants', reason }], next: null }
  }
  const context = { instance: session.setting.instance, fingerprint: session.setting.fingerprint }
  if (at.stage === 'accounts') {
    const { rows, next } = await readKeyed(session, accountTable, at, pageSize, call)
    const accounts = rows.map(readAccount)
    const used = session.own.privileges.includes('PROCESS') ? await readUse(session, call) : undefined
    return { ...page, records: mapAccounts(accounts, context, used), rights: rightsOf(accounts, session.own), next }
  }
  if (at.stage === 'members') {
    const { rows, next } = await readKeyed(session, memberTable, at, pageSize, call)
    const members = rows.map((row) => ({
      ...{ user: String(row.User), host: String(row.Host), role: String(row.Role) },
      isAdmin: row.Admin_option === 'Y',
    }))
    return { ...page, records: mapRoleMembers(members, await readDefaults(session, call)), next }
  }
  const { rows, next } = await readKeyed(
    session,
    at.stage === 'databases' ? databaseTable : tableTable,
    at,
    pageSize,
    call,
  )
  return { ...page, records: mapObjects(rows.map(readGrant).filter(({ words }) => words.length > 0)), next }
}

interface KeyedTable {
  select: string
  key: string[]
}
const accountTable: KeyedTable = {
  // The bits as text: JavaScript's numbers do not hold them.
  select: `SELECT User, Host, JSON_VALUE(Priv, '$.access') AS access, Priv FROM mysql.global_priv`,
  key: ['User', 'Host'],
}
const memberTable: KeyedTable = {
  select: 'SELECT User, Host, Role, Admin_option FROM mysql.roles_mapping',
  key: ['User', 'Host', 'Role'],
}
const databaseTable: KeyedTable = { select: 'SELECT * FROM mysql.db', key: ['User', 'Host', 'Db'] }
const tableTable: KeyedTable = {
  select: 'SELECT User, Host, Db, Table_name, Table_priv, Column_priv FROM mysql.tables_priv',
  key: ['User', 'Host', 'Db', 'Table_name'],
}

async function readKeyed(
  { connection }: MariadbSession,
  { select, key }: KeyedTable,
  { stage, after }: Cursor,
  limit: number,
  call: Call,
): Promise<{ rows: Record<string, unknown>[]; next: string | null }> {
  const names = key.map((name) => `CAST(${name} AS BINARY)`).join(', ')
  const where = after.length === 0 ? '' : ` WHERE (${names}) > (${key.map(() => 'CAST(? AS BINARY)').join(', ')})`
  const rows = await ask(connection, call, `${select}${where} ORDER BY ${names} LIMIT ?`, [...after, limit])
  const last = rows.at(-1)
  if (rows.length === limit && last !== undefined)
    return { rows, next: JSON.stringify({ stage, after: key.map((name) => String(last[name])) }) }
  const following = stages[stages.indexOf(stage) + 1]
  return { rows, next: following === undefined ? null : JSON.stringify({ stage: following, after: [] }) }
}

async function readDefaults({ connection }: MariadbSession, call: Call): Promise<Map<string, string>> {
  const rows = await ask(
    connection,
    call,
    `SELECT User, Host, JSON_VALUE(Priv, '$.default_role') AS role FROM mysql.global_priv
     WHERE JSON_VALUE(Priv, '$.default_role') <> ''`,
  )
  return new Map(rows.map(({ User, Host, role }) => [`${User}@${Host}`, String(role)]))
}

const longNames: Record<string, string> = wordTable({
  GRANT: 'GRANT OPTION',
  'CREATE TMP TABLE': 'CREATE TEMPORARY TABLES',
})

/** A row of mysql.db (a column for each privilege) or mysql.tables_priv (a set of words). */
function readGrant(row: Record<string, unknown>): ObjectGrant {
  const place = {
    ...{ user: String(row.User), host: String(row.Host), isRole: row.Host === '' },
    database: String(row.Db).replaceAll(/\\([_%])/g, '$1'),
  }
  const long = (word: string) => longNames[word.toUpperCase()] ?? word.toUpperCase()
  if (row.Table_name === undefined) {
    const words = Object.entries(row).flatMap(([name, value]) =>
      name.endsWith('_priv') && value === 'Y' ? [long(name.slice(0, -'_priv'.length).replaceAll('_', ' '))] : [],
    )
    return { ...place, words }
  }
  const split = (set: unknown) =>
    String(set)
      .split(',')
      .filter((word) => word !== '')
  const words = [
    ...split(row.Table_priv).map(long),
    ...split(row.Column_priv).map((word) => `${long(word)} (some columns)`),
  ]
  return { ...place, table: String(row.Table_name), words }
}

/** Connections by the name of their user: the list does not tell which account of that name they are of. */
async function readUse({ connection }: MariadbSession, call: Call): Promise<Map<string, AccountUse>> {
  const rows = await ask(
    connection,
    call,
    `SELECT USER AS user, COUNT(*) AS sessions, DATE_FORMAT(UTC_TIMESTAMP() - INTERVAL MIN(TIME) SECOND, '%Y-%m-%dT%H:%i:%sZ') AS seen
     FROM information_schema.PROCESSLIST WHERE COMMAND <> 'Daemon' GROUP BY USER`,
  )
  return new Map(
    rows.map(({ user, sessions, seen }) => [
      String(user),
      { sessions: Number(sessions), lastUsedAt: new Date(String(seen)).toISOString() },
    ]),
  )
}

/** One account as it is now; `undefined` = it is not there. */
export async function findAccount(
  { connection }: MariadbSession,
  user: string,
  host: string,
  call: Call,
): Promise<Account | undefined> {
  const rows = await ask(connection, call, `${accountTable.select} WHERE User = ? AND Host = ?`, [user, host])
  const account = rows[0] === undefined ? undefined : readAccount(rows[0])
  return account?.isRole === true ? undefined : account
}

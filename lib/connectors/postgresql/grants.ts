import type { Call, Effect, GrantOrder } from '../live-contract'
import { LiveError } from '../live-error'
import { wordTable } from '../word-table'
import { ask, identifier, type PostgresSession, roleName } from './client'
import { demandRole, gone, stateOf } from './role-state'

const grantable: Record<string, string> = wordTable({
  table: 'TABLE',
  sequence: 'SEQUENCE',
  schema: 'SCHEMA',
  database: 'DATABASE',
})

/** The table that an id names, as a statement in this database writes it; `undefined` = it names none that is here. */
export function tableName(on: string, database: string): string | undefined {
  const path = /^table:(.+)$/s.exec(on)?.[1]
  if (path === undefined || !path.startsWith(`${database}.`)) return undefined
  const name = path.slice(database.length + 1)
  return [name.slice(0, name.indexOf('.')), name.slice(name.indexOf('.') + 1)].map(identifier).join('.')
}

/** `role:readers`, `schema:shop.sales`, `table:shop.sales.orders`: what may stand behind GRANT, and the database it lies in. */
function grantText({ on, scopes }: GrantOrder, database: string): string {
  const role = /^role:(.+)$/s.exec(on)?.[1]
  if (role !== undefined) return identifier(role)
  const [, kind = '', path = ''] = /^(\w+):(.+)$/s.exec(on) ?? []
  const word = Object.hasOwn(grantable, kind) ? grantable[kind] : undefined
  const isServers = kind === 'database'
  if (word === undefined || (!isServers && !path.startsWith(`${database}.`)))
    throw new LiveError('conflict', `${on} cannot be granted by a connection to database ${database}.`)
  if (scopes.length === 0 || !scopes.every((scope) => /^[A-Z]+$/.test(scope)))
    throw new LiveError('conflict', 'Name privileges in the words of PostgreSQL: SELECT, INSERT, USAGE.')
  const name = isServers ? path : path.slice(database.length + 1)
  const parts =
    isServers || kind === 'schema' ? [name] : [name.slice(0, name.indexOf('.')), name.slice(name.indexOf('.') + 1)]
  return `${scopes.join(', ')} ON ${word} ${parts.map(identifier).join('.')}`
}

export async function grant(session: PostgresSession, order: GrantOrder, call: Call): Promise<Effect> {
  const { name } = await demandRole(session, order, call)
  const what = grantText(order, session.config.database)
  await ask(session.client, call, `GRANT ${what} TO ${identifier(name)}`)
  return { did: 'done', evidence: `GRANT ${what} was accepted` }
}

export async function ungrant(session: PostgresSession, order: GrantOrder, call: Call): Promise<Effect> {
  const name = roleName(order.target.identity)
  if ((await stateOf(session, name, call)) === undefined) return gone(name)
  const what = grantText(order, session.config.database)
  await ask(session.client, call, `REVOKE ${what} FROM ${identifier(name)}`)
  return { did: 'done', evidence: `REVOKE ${what} was accepted` }
}

import type { Call, Effect, Order } from '../live-contract'
import { LiveError } from '../live-error'
import { ask, type PostgresSession, roleName } from './client'

export interface RoleState extends Record<string, unknown> {
  can_login: boolean
  connection_limit: number
  valid_until: string | null
}

export async function stateOf({ client }: PostgresSession, name: string, call: Call): Promise<RoleState | undefined> {
  const rows = await ask<RoleState>(
    client,
    call,
    `SELECT rolcanlogin AS can_login, rolconnlimit AS connection_limit, rolvaliduntil::text AS valid_until
     FROM pg_roles WHERE rolname = $1`,
    [name],
  )
  return rows[0]
}

export async function demandRole(session: PostgresSession, { target }: Order, call: Call) {
  const name = roleName(target.identity)
  const state = await stateOf(session, name, call)
  if (state === undefined) throw new LiveError('not_found', `The role ${name} is not there (any more).`)
  return { name, state }
}

export const gone = (name: string): Effect => ({ did: 'already', evidence: `pg_roles holds no role ${name}` })

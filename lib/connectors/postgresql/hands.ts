import type { Call, Effect, Hands, IssueOrder, LiveUse, Order, Verdict, VerifyOrder } from '../live-contract'
import { LiveError } from '../live-error'
import { Secret } from '../secret'
import { attempt } from './attempt'
import { ask, identifier, literal, type PostgresSession, roleName, scramVerifier, signIn } from './client'
import { grant, ungrant } from './grants'
import { demandRole, gone, type RoleState, stateOf } from './role-state'

async function issue(session: PostgresSession, { target, secret, expiresAt, keep }: IssueOrder, call: Call) {
  if (secret === undefined) throw new LiveError('conflict', 'PostgreSQL makes no passwords: propose one first.')
  const { name, state } = await demandRole(session, { target }, call)
  const former = await readVerifier(session, name, state, call)
  if (former) await keep?.(former)
  const until = expiresAt === undefined ? '' : ` VALID UNTIL ${literal(expiresAt ?? 'infinity')}`
  await ask(session.client, call, `ALTER ROLE ${identifier(name)} PASSWORD ${literal(scramVerifier(secret))}${until}`)
  return {
    credential: `role:${name}#password`,
    secret,
    replacesFormer: true,
    ...(former === undefined ? {} : { former }),
  }
}

/** What `restore` writes back; only a superuser can read it. */
async function readVerifier({ client, own }: PostgresSession, name: string, state: RoleState, call: Call) {
  if (!own.readsVerifiers) return undefined
  const rows = await ask<{ verifier: string | null }>(
    client,
    call,
    'SELECT rolpassword AS verifier FROM pg_authid WHERE rolname = $1',
    [name],
  )
  return new Secret(JSON.stringify({ verifier: rows[0]?.verifier ?? null, validUntil: state.valid_until }))
}

async function restore(session: PostgresSession, order: Order & { former: Secret }, call: Call): Promise<Effect> {
  const { name } = await demandRole(session, order, call)
  const { verifier, validUntil } = JSON.parse(order.former.reveal()) as {
    verifier: string | null
    validUntil: string | null
  }
  await ask(
    session.client,
    call,
    `ALTER ROLE ${identifier(name)} PASSWORD ${verifier === null ? 'NULL' : literal(verifier)} VALID UNTIL ${literal(validUntil ?? 'infinity')}`,
  )
  return { did: 'done', evidence: 'the former verifier is written back' }
}

/**
 * Tries the secret by a login from here. The server names the routine that refused, in every language, which tells a wrong
 * password from an address that pg_hba.conf does not let in.
 */
async function verify(session: PostgresSession, { target, secret }: VerifyOrder, _call: Call): Promise<Verdict> {
  const { config, setting } = session
  try {
    const client = await signIn(config, setting, roleName(target.identity), secret, config.database)
    await client.end()
    return { answer: 'accepted', reason: `PostgreSQL let it in to database ${config.database}` }
  } catch (thrown) {
    const { code, routine } = thrown as { code?: string; routine?: string }
    if (code === '28P01') return { answer: 'refused', reason: 'PostgreSQL refused the password (28P01)' }
    if (code === '28000' && routine === 'InitializeSessionUserId')
      return { answer: 'refused', reason: 'the role may not log in (28000)' }
    if (code === '28000') return { answer: 'unknown', reason: 'pg_hba.conf does not let this login in from here' }
    // Comes after the password was accepted.
    if (code === '42501' || code === '3D000')
      return {
        answer: 'accepted',
        reason: `the password was accepted; database ${config.database} is closed to the role`,
      }
    if (code === '53300') return { answer: 'unknown', reason: 'no connection is free for the role' }
    if (thrown instanceof LiveError) return { answer: 'unknown', reason: thrown.message }
    return { answer: 'unknown', reason: `no answer to the login (${code ?? 'connection failed'})` }
  }
}

/** No login at all, by whatever method; the connection limit of 0 marks an account that was disabled, not a group. */
async function disable(session: PostgresSession, order: Order, call: Call): Promise<Effect> {
  const { name, state } = await demandRole(session, order, call)
  if (!state.can_login && state.connection_limit === 0) return { did: 'already', evidence: 'rolcanlogin is false' }
  const former = new Secret(JSON.stringify({ connectionLimit: state.connection_limit }))
  await order.keep?.(former)
  await ask(session.client, call, `ALTER ROLE ${identifier(name)} NOLOGIN CONNECTION LIMIT 0`)
  return { did: 'done', former, evidence: 'rolcanlogin is false' }
}

async function enable(session: PostgresSession, order: Order, call: Call): Promise<Effect> {
  const { name, state } = await demandRole(session, order, call)
  if (state.can_login && state.connection_limit !== 0) return { did: 'already', evidence: 'rolcanlogin is true' }
  const { connectionLimit } = JSON.parse(order.former?.reveal() ?? '{"connectionLimit":-1}') as {
    connectionLimit: number
  }
  await ask(
    session.client,
    call,
    `ALTER ROLE ${identifier(name)} LOGIN CONNECTION LIMIT ${Math.trunc(connectionLimit)}`,
  )
  return { did: 'done', evidence: 'rolcanlogin is true' }
}

/** Drops the role. It stays while anything belongs to it or is granted to it, and what that is is said. */
async function remove(session: PostgresSession, { target }: Order, call: Call): Promise<Effect> {
  const name = roleName(target.identity)
  if ((await stateOf(session, name, call)) === undefined) return gone(name)
  const held = await ask<{ database: string | null; objects: number }>(
    session.client,
    call,
    `SELECT d.datname AS database, count(*)::int AS objects FROM pg_shdepend s
     LEFT JOIN pg_database d ON d.oid = CASE WHEN s.dbid = 0 THEN CASE WHEN s.classid = 'pg_database'::regclass THEN s.objid END ELSE s.dbid END
     WHERE s.refclassid = 'pg_authid'::regclass AND s.refobjid = (SELECT oid FROM pg_roles WHERE rolname = $1)
     GROUP BY 1 ORDER BY 1 LIMIT 20`,
    [name],
  )
  if (held.length > 0)
    throw new LiveError(
      'conflict',
      `${name} still owns or is granted: ${held.map(({ database, objects }) => `${objects} in ${database ?? 'the server'}`).join(', ')}. Run REASSIGN OWNED and DROP OWNED there first.`,
    )
  await ask(session.client, call, `DROP ROLE ${identifier(name)}`)
  return { did: 'done', evidence: `pg_roles holds no role ${name}` }
}

async function endSessions(
  session: PostgresSession,
  { target }: Order,
  call: Call,
): Promise<Effect & { ended: number }> {
  const name = roleName(target.identity)
  const count = async () => {
    const rows = await ask<{ left: number }>(
      session.client,
      call,
      'SELECT count(*)::int AS left FROM pg_stat_activity WHERE usename = $1 AND pid <> pg_backend_pid()',
      [name],
    )
    return rows[0]?.left ?? 0
  }
  const before = await count()
  if (before === 0) return { did: 'already', ended: 0, evidence: 'pg_stat_activity shows no session' }
  const sent = await ask<{ sent: boolean }>(
    session.client,
    call,
    'SELECT pg_terminate_backend(pid, 5000) AS sent FROM pg_stat_activity WHERE usename = $1 AND pid <> pg_backend_pid()',
    [name],
  )
  const left = await count()
  if (left > 0) throw new LiveError('refused_by_source', `${left} of ${before} sessions of ${name} are still open.`)
  return { did: 'done', ended: sent.filter((row) => row.sent).length, evidence: 'pg_stat_activity shows no session' }
}

async function whoUses({ client, own }: PostgresSession, { target }: Order, call: Call): Promise<LiveUse> {
  interface Row extends Record<string, unknown> {
    id: string
    from: string | null
    program: string | null
    since: Date | null
    seen: Date | null
  }
  const rows = await ask<Row>(
    client,
    call,
    `SELECT pid::text AS id, host(client_addr) AS "from", nullif(application_name, '') AS program, backend_start AS since,
            greatest(backend_start, state_change) AS seen
     FROM pg_stat_activity WHERE usename = $1 AND pid <> pg_backend_pid() ORDER BY pid LIMIT 1000`,
    [roleName(target.identity)],
  )
  const seen = rows
    .flatMap((row) => (row.seen === null ? [] : [row.seen.toISOString()]))
    .sort()
    .at(-1)
  return {
    sessions: rows.map(({ id, from, program, since }) => ({
      id,
      ...(from === null ? {} : { from }),
      ...(program === null ? {} : { program }),
      ...(since === null ? {} : { since: since.toISOString() }),
    })),
    ...(seen === undefined ? {} : { lastUsedAt: seen }),
    blindSpots: own.seesSessions
      ? 'PostgreSQL keeps no record of sessions that have ended'
      : 'addresses and times need pg_read_all_stats; PostgreSQL keeps no record of sessions that have ended',
  }
}

/** The end of the password's life moved into the past: passwords are refused, other ways to log in are not. */
async function endPassword(session: PostgresSession, order: Order, call: Call): Promise<Effect> {
  const { name, state } = await demandRole(session, order, call)
  const former = new Secret(JSON.stringify({ validUntil: state.valid_until }))
  await order.keep?.(former)
  await ask(session.client, call, `ALTER ROLE ${identifier(name)} VALID UNTIL '1970-01-01 00:00:00+00'`)
  return { did: 'done', former, evidence: 'rolvaliduntil is past' }
}

async function revivePassword(session: PostgresSession, order: Order, call: Call): Promise<Effect> {
  const { name } = await demandRole(session, order, call)
  const { validUntil } = JSON.parse(order.former?.reveal() ?? '{}') as { validUntil?: string | null }
  await ask(session.client, call, `ALTER ROLE ${identifier(name)} VALID UNTIL ${literal(validUntil ?? 'infinity')}`)
  return { did: 'done', evidence: `rolvaliduntil is ${validUntil ?? 'infinity'}` }
}

async function dropPassword(session: PostgresSession, { target, keep }: Order, call: Call): Promise<Effect> {
  const name = roleName(target.identity)
  const state = await stateOf(session, name, call)
  if (state === undefined) return gone(name)
  const former = await readVerifier(session, name, state, call)
  if (former) await keep?.(former)
  await ask(session.client, call, `ALTER ROLE ${identifier(name)} PASSWORD NULL`)
  return { did: 'done', evidence: 'the role has no password', ...(former === undefined ? {} : { former }) }
}

export const identityHands: Hands<PostgresSession> = {
  ...{ disable, enable, delete: remove, endSessions, grant, ungrant, attempt, whoUses },
}
export const passwordHands: Hands<PostgresSession> = {
  ...{ issue, verify, disable: endPassword, enable: revivePassword, delete: dropPassword, restore },
}

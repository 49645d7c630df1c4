import type { Call, CanaryMade, CanaryOrder, HeldSession, Rehearsal, Verdict, VerifyOrder } from '../live-contract'
import { LiveError } from '../live-error'
import { ask, identifier, literal, type PostgresSession, roleName, scramVerifier, signIn } from './client'

/** By this a role of ours is known again, by us and by whoever finds it. */
const mark = 'bailiwick: canary of a drill, may be dropped'
/** Should nobody be left to take it away, its password ends by itself. */
const hoursOfLife = 2

interface Group extends Record<string, unknown> {
  name: string
  mayGrant: boolean
}

/** The groups that a role belongs to itself, and which of them this connection may put another role into. */
function readGroups({ client, own }: PostgresSession, name: string, call: Call): Promise<Group[]> {
  return ask<Group>(
    client,
    call,
    `SELECT DISTINCT g.rolname AS name, $2::bool OR pg_has_role(current_user, g.oid, 'MEMBER WITH ADMIN OPTION') AS "mayGrant"
     FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid JOIN pg_roles r ON r.oid = m.member
     WHERE r.rolname = $1 ORDER BY 1 LIMIT 200`,
    [name, own.isSuperuser || (own.mayCreateRoles && own.version < 160_000)],
  )
}

/** A role with the groups of another one. What is granted to that one itself is not copied, nor are attributes such as SUPERUSER. */
async function makeCanary(
  session: PostgresSession,
  { like, name, secret }: CanaryOrder,
  call: Call,
): Promise<CanaryMade> {
  const { client } = session
  const groups = await readGroups(session, roleName(like), call)
  const [there] = await ask<{ comment: string | null }>(
    client,
    call,
    `SELECT shobj_description(oid, 'pg_authid') AS comment FROM pg_roles WHERE rolname = $1`,
    [name],
  )
  if (there && there.comment !== mark)
    throw new LiveError('conflict', `There is another role ${name} already, and it is none of ours.`)
  const joined = groups.filter(({ mayGrant }) => mayGrant).map((group) => group.name)
  const until = new Date(Date.now() + hoursOfLife * 3_600_000).toISOString()
  const login = `LOGIN CONNECTION LIMIT -1 PASSWORD ${literal(scramVerifier(secret))} VALID UNTIL ${literal(until)}`
  await ask(client, call, 'BEGIN')
  try {
    await ask(client, call, `${there ? 'ALTER' : 'CREATE'} ROLE ${identifier(name)} ${login}`)
    await ask(client, call, `COMMENT ON ROLE ${identifier(name)} IS ${literal(mark)}`)
    for (const group of joined) await ask(client, call, `GRANT ${identifier(group)} TO ${identifier(name)}`)
    await ask(client, call, 'COMMIT')
  } catch (error) {
    await client.query('ROLLBACK').catch(() => {})
    throw error
  }
  return { joined, missing: groups.filter(({ mayGrant }) => !mayGrant).map((group) => group.name) }
}

/** A session of the role itself, on which a statement is asked each time. */
async function openSession(
  { config, setting }: PostgresSession,
  { target, secret }: VerifyOrder,
  _call: Call,
): Promise<HeldSession> {
  const client = await signIn(config, setting, roleName(target.identity), secret, config.database)
  let isEnded = false
  client.on('end', () => {
    isEnded = true
  })
  const look = async (): Promise<Verdict> => {
    if (isEnded) return { answer: 'refused', reason: 'PostgreSQL has ended the session' }
    try {
      await client.query('SELECT 1')
      return { answer: 'accepted', reason: 'PostgreSQL answers on the session that was open before' }
    } catch (thrown) {
      const { code } = thrown as { code?: string }
      const isOver = isEnded || code?.startsWith('57P0') === true
      return isOver
        ? { answer: 'refused', reason: 'PostgreSQL has ended the session' }
        : { answer: 'unknown', reason: 'the session gave no clear answer' }
    }
  }
  return { look, close: () => client.end() }
}

export const postgresRehearsal: Rehearsal<PostgresSession> = {
  canaryId: (name) => `role:${name}`,
  ...{ makeCanary, openSession },
}

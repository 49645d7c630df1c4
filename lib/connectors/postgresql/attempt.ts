import type { AttemptOrder, Call, Verdict } from '../live-contract'
import { LiveError } from '../live-error'
import { ask, identifier, type PostgresSession, roleName, signIn } from './client'
import { tableName } from './grants'

/** A statement for each privilege on a table that the server allows or refuses before it does anything: EXPLAIN runs nothing. */
const tries: Record<string, (table: string) => string> = {
  SELECT: (table) => `EXPLAIN SELECT * FROM ${table}`,
  INSERT: (table) => `EXPLAIN INSERT INTO ${table} DEFAULT VALUES`,
  DELETE: (table) => `EXPLAIN DELETE FROM ${table}`,
}

function statementsFor({ on, scopes }: AttemptOrder, database: string): string[] {
  const role = /^role:(.+)$/s.exec(on)?.[1]
  if (role !== undefined) return [`SET ROLE ${identifier(role)}`]
  const table = tableName(on, database)
  if (table === undefined) return []
  return scopes.flatMap((scope) => (Object.hasOwn(tries, scope) ? [tries[scope]?.(table) ?? ''] : []))
}

/**
 * Signs in as the account and tries the right: takes the role on, or has the statement planned. Refused is what the server itself
 * refuses; an account that cannot sign in has shown nothing about the right. One that is let through is enough for `accepted`.
 */
export async function attempt({ config, setting }: PostgresSession, order: AttemptOrder, call: Call): Promise<Verdict> {
  const statements = statementsFor(order, config.database)
  if (statements.length === 0)
    return { answer: 'unknown', reason: `PostgreSQL has no harmless way to try this right on ${order.on}` }
  let client: Awaited<ReturnType<typeof signIn>>
  try {
    client = await signIn(config, setting, roleName(order.target.identity), order.secret, config.database)
  } catch (thrown) {
    const { code } = thrown as { code?: string }
    if (thrown instanceof LiveError) return { answer: 'unknown', reason: thrown.message }
    return { answer: 'unknown', reason: `the account could not sign in (${code ?? 'connection failed'})` }
  }
  try {
    for (const statement of statements) {
      const refusal = await ask(client, call, statement).then(
        () => undefined,
        (thrown: { code?: string }) => {
          // No right, no such role, no such table: in each case it cannot be used. Anything else says nothing about the right.
          if (!['42501', '22023', '42P01', '3F000'].includes(thrown.code ?? '')) throw thrown
          return thrown.code
        },
      )
      if (refusal === undefined) return { answer: 'accepted', reason: `PostgreSQL allowed: ${statement}` }
      if (statement === statements.at(-1))
        return { answer: 'refused', reason: `PostgreSQL refused ${statement} (${refusal})` }
    }
    return { answer: 'unknown', reason: 'nothing was tried' }
  } finally {
    await client.end().catch(() => {})
  }
}

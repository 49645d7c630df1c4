import type { Context } from '@/lib/platform/context'
import { Prisma } from '@/lib/platform/db/generated/client'

export interface AgentReach {
  identityId: string
  /** A key that its tools keep; null = an account that it acts as. */
  credentialId: string | null
  name: string
  /** How many that are not the agent's act as the account, or keep the key, too. */
  others: number
}

/** Who may say who is a member of an account, as a connection of ours may, does not act as it. */
const merelyAdministers = ['ADMIN']

/** An agent hands on to tools, these to others, and so on: further than this nothing is known that does. */
const mostSteps = 6

/**
 * What an AI agent acts by beside itself: the accounts that it or its tools act as, and the keys that its tools keep, those that
 * nobody else uses first. Deletes nothing, and says nothing of accounts that it merely may change.
 */
export function listAgentReach(ctx: Context, agentId: string, most: number): Promise<AgentReach[]> {
  const { orgId } = ctx.tenant
  const isLive = Prisma.sql`e.org_id = ${orgId}::uuid AND e.deleted_at IS NULL AND e.effect <> 'deny'
    AND (e.expires_at IS NULL OR e.expires_at > now())`
  return ctx.sql<AgentReach>(Prisma.sql`
    WITH RECURSIVE own(id, steps) AS (
      SELECT ${agentId}::uuid, 0
      UNION
      SELECT e.to_id, own.steps + 1 FROM own JOIN entitlement e ON e.from_id = own.id AND ${isLive}
        AND e.kind IN ('delegates_to', 'runs_as') AND e.to_id IS NOT NULL
      WHERE own.steps < ${mostSteps}
    ), nodes AS (SELECT DISTINCT id FROM own),
    accounts AS (
      SELECT i.id AS "identityId", NULL::uuid AS "credentialId", i.name,
        (SELECT count(DISTINCT e.from_id)::int FROM entitlement e WHERE e.to_id = i.id AND ${isLive}
          AND e.kind IN ('delegates_to', 'runs_as', 'assumes', 'impersonates') AND e.scopes <> ${merelyAdministers}
          AND e.from_id IS NOT NULL AND e.from_id NOT IN (SELECT id FROM nodes)) AS others
      FROM nodes n JOIN identity i ON i.org_id = ${orgId}::uuid AND i.id = n.id
      WHERE i.id <> ${agentId}::uuid AND i.deleted_at IS NULL
    ), keys AS (
      SELECT DISTINCT c.identity_id AS "identityId", c.id AS "credentialId", concat_ws(' of ', c.name, i.name) AS name,
        (SELECT count(DISTINCT e.from_id)::int FROM entitlement e WHERE e.to_id = c.id AND ${isLive} AND e.kind = 'stores'
          AND e.from_id IS NOT NULL AND e.from_id NOT IN (SELECT id FROM nodes)) AS others
      FROM nodes n JOIN entitlement e ON e.from_id = n.id AND ${isLive} AND e.kind = 'stores'
      JOIN credential c ON c.org_id = ${orgId}::uuid AND c.id = e.to_id AND c.deleted_at IS NULL
      JOIN identity i ON i.org_id = ${orgId}::uuid AND i.id = c.identity_id AND i.deleted_at IS NULL
      WHERE i.id NOT IN (SELECT "identityId" FROM accounts WHERE others = 0) AND i.id <> ${agentId}::uuid
    )
    SELECT * FROM (SELECT * FROM accounts UNION ALL SELECT * FROM keys) found
    ORDER BY (others > 0), lower(name), "identityId", "credentialId" LIMIT ${most}`)
}

import type { Principal, Value } from '@cerbos/core'
import type { ResourceCheck } from '@/lib/platform/authz/client'
import type { Context } from '@/lib/platform/context'
import { Prisma } from '@/lib/platform/db/generated/client'
import { isRecord, policyOf } from '../rules'
import { readDirectory } from './store'
import { findDecisions } from './store-log'

/** Answers that no policy gave: what was asked cannot be put to one. */
const withoutPolicy = [
  ...['not_about_itself', 'context_unavailable', 'source_absent', 'decision_point_unavailable'],
  ...['policy_version_absent', 'invalid_evaluation', 'searched'],
]

export interface RecordedQuestion {
  id: string
  at: Date
  isAllowed: boolean
  reason: string
  /** As the policy saw it then, from the log; null where no policy was asked. */
  question: {
    principal: Principal
    check: ResourceCheck
    action: string
    subject: { type: string; id: string }
    resource: { type: string; id: string }
    /** The log keeps a part of it masked. */
    isMasked: boolean
  } | null
}

interface Range {
  from: Date
  to: Date
}

/** How many answers the log holds of a time. */
export async function countRecorded(ctx: Context, { from, to }: Range): Promise<number> {
  const [row] = await ctx.sql<{ n: number }>(Prisma.sql`SELECT count(*)::int AS n FROM decision
    WHERE org_id = ${ctx.tenant.orgId}::uuid AND at >= ${from} AND at <= ${to}`)
  return row?.n ?? 0
}

/**
 * Recorded answers, latest first, each with its question as the policy saw it: facts and moment are those of the log. Which policy
 * speaks of a type is today's directory, since the log does not keep it.
 */
export async function readRecorded(
  ctx: Context,
  { from, to, before, limit }: Range & { before: { at: Date; id: string } | null; limit: number },
): Promise<RecordedQuestion[]> {
  const range = { from: from.toISOString(), to: to.toISOString() }
  const [rows, { types }] = await Promise.all([
    findDecisions(ctx, range, { before, limit, withFacts: true }),
    readDirectory(ctx.tenant),
  ])
  const told = new Map(types.map(({ type, actions }) => [type, actions]))
  return rows.map((row) => ({
    ...{ id: row.id, at: row.at, isAllowed: row.isAllowed, reason: row.reason },
    question: withoutPolicy.includes(row.reason) ? null : questionOf(row, told),
  }))
}

type Row = Awaited<ReturnType<typeof findDecisions>>[number]

function questionOf(row: Row, told: ReadonlyMap<string, readonly string[]>): RecordedQuestion['question'] {
  const { facts = {}, subjectType, subjectId, resourceType, resourceId, action } = row
  if (subjectId === null || resourceType === null || resourceId === null || action === null) return null
  const who = isRecord(facts.subject) ? facts.subject : null
  const what = isRecord(facts.resource) ? facts.resource : null
  if (!who || !what || typeof who.role !== 'string') return null
  const attr = { type: subjectType, ...who, context: facts.context ?? {} }
  const seen = { type: resourceType, ...what, action: facts.action ?? {} }
  return {
    ...{ action, subject: { type: subjectType, id: subjectId }, resource: { type: resourceType, id: resourceId } },
    principal: { id: subjectId, roles: [who.role], attr: attr as unknown as Record<string, Value> },
    check: {
      resource: {
        ...{ kind: policyOf(resourceType, told).policy, id: resourceId, policyVersion: 'runtime' },
        attr: seen as unknown as Record<string, Value>,
      },
      actions: [action],
    },
    isMasked: JSON.stringify(facts).includes('[masked]'),
  }
}

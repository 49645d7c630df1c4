import { z } from 'zod'
import type { Context } from '@/lib/platform/context'
import { decodeCursor, encodeCursor } from '@/lib/platform/http/cursor'
import { decisionTarget } from '../rules'
import type { DecisionFilter, DecisionList, LoggedDecision } from '../schema'
import { countLost, findDecisions, type StoredDecision } from './store-log'

const Position = z.tuple([z.iso.datetime(), z.uuid()])

/** What the decision point answered, latest first. @throws AppError `forbidden`; `invalid_input` for a bad cursor */
export async function listDecisions(
  ctx: Context,
  { cursor, limit, ...filter }: DecisionFilter & { cursor?: string | undefined; limit: number },
): Promise<DecisionList> {
  await ctx.authorize('list', decisionTarget)
  const list = `decisions:latest:${ctx.tenant.orgId}`
  const [at, id] = cursor ? decodeCursor(list, cursor, Position) : []
  const before = at !== undefined && id !== undefined ? { at: new Date(at), id } : null
  const [rows, lost, [can]] = await Promise.all([
    findDecisions(ctx, filter, { before, limit: limit + 1 }),
    countLost(ctx),
    ctx.can(['export'], [decisionTarget]),
  ])
  const items = rows.slice(0, limit).map(presentDecision)
  const last = items.at(-1)
  const nextCursor = rows.length > limit && last ? encodeCursor(list, [last.at, last.id]) : null
  return { items, nextCursor, lost, can: { export: can?.export === true } }
}

/** A line in the contract's form. */
export function presentDecision(row: StoredDecision): LoggedDecision {
  return {
    ...{ id: row.id, at: row.at.toISOString(), asked: row.asked, requestId: row.requestId },
    caller: { key: row.callerKey, label: row.callerLabel },
    subject: { type: row.subjectType, id: row.subjectId, identityId: row.identityId },
    action: row.action,
    resource: row.resourceType === null ? null : { type: row.resourceType, id: row.resourceId },
    ...{ isAllowed: row.isAllowed, reason: row.reason, rule: row.rule, policyHash: row.policyHash, found: row.found },
    policyVersion: row.policyVersion,
    latencyMs: row.latencyUs / 1000,
  }
}

import { z } from 'zod'
import type { Context } from '@/lib/platform/context'
import { decodeCursor, encodeCursor } from '@/lib/platform/http/cursor'
import { dueStateOf } from '../due-dates'
import { type DuePage, type DueQuery, DueState } from '../policies'
import { orderTarget } from '../rules'
import { gapDaysOf, policyTarget } from './present-policy'
import { presentCovered } from './preview-policy'
import { countDue, findDueRows } from './store-due'

const Position = z.tuple([z.string().regex(/^[-\d:. +]+$/), z.uuid()])

/**
 * A page of what falls due by the rotation policies, the most urgent first. What a request costs does not grow with the
 * organization: a range of an index is read, and counts end at a thousand.
 * @throws AppError `forbidden`, `invalid_input` for a bad cursor
 */
export async function listDue(ctx: Context, { state, policy, cursor, limit }: DueQuery): Promise<DuePage> {
  await ctx.plan('list', 'rotation_policy')
  const now = new Date()
  const { gapDays, policies } = await gapDaysOf(ctx)
  const list = `due:${state ?? ''}:${policy ?? ''}:${ctx.tenant.orgId}`
  const after = cursor === undefined ? null : decodeCursor(list, cursor, Position)
  const [found, counts, [order], [may]] = await Promise.all([
    findDueRows(ctx, { state, policy, after, take: limit + 1, now, gapDays }),
    cursor === undefined ? countDue(ctx, DueState.options, now, gapDays, policy) : null,
    ctx.can(
      ['request'],
      [orderTarget({ id: 'new', kind: 'rotation', label: 'a rotation', requestedBy: null, ownerKeys: [] })],
    ),
    ctx.can(['create'], [policyTarget({ id: 'new', name: 'a rotation policy' })]),
  ])
  const shown = found.slice(0, limit)
  const last = shown.at(-1)
  return {
    items: shown.map((row) => ({
      ...presentCovered(row),
      state: dueStateOf(row, now) ?? 'soon',
      policy: { id: row.policyId, name: row.policyName },
      runId: row.runId ?? row.failedRunId,
      exceptedUntil: row.exceptedUntil?.toISOString() ?? null,
      hindrance: row.hindrance,
    })),
    counts,
    policies: policies.length,
    nextCursor: found.length > limit && last ? encodeCursor(list, [last.at, last.credentialId]) : null,
    asOf: now.toISOString(),
    can: { rotate: order?.request === true, createPolicy: may?.create === true },
  }
}

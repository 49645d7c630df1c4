import { identityScope } from '@/lib/identities/server/list-identities'
import type { Context } from '@/lib/platform/context'
import { Prisma } from '@/lib/platform/db/generated/client'
import { matchingRows } from '@/lib/platform/db/list/matching-rows'
import { nextOpening } from '../engine/window'
import { mostCounted, type PolicyDraft, type PolicyPreview, type PolicyRules } from '../policies'
import { policyTarget } from './present-policy'
import { type CoveredRow, countCovered, coveredRows } from './store-due'
import { findPerson } from './store-orders'

const weekMs = 7 * 86_400_000

/**
 * What a policy would do and when, before it is saved: what it covers, what of it is due, and when the first rotation would begin.
 * Changes nothing.
 * @throws AppError `forbidden`, `invalid_input`
 */
export async function previewPolicy(ctx: Context, draft: PolicyDraft): Promise<PolicyPreview> {
  const { id, filter, rules } = draft
  await ctx.authorize('create', policyTarget({ id: id ?? 'new', name: 'a rotation policy' }))
  const now = new Date()
  const matching = await matchingRows(await identityScope(ctx, filter, now))
  const rows = Prisma.sql`SELECT y.* FROM (${coveredRows(ctx.tenant.orgId, matching, rules, now)}) y LIMIT ${mostCounted + 1}`
  const { counts, weeks, first, nextAt } = await countCovered(ctx, rows, now, id ?? null)
  const isMore = counts.covered > mostCounted
  const begins =
    rules.isAutomatic && nextAt !== null ? nextOpening(rules.window, Math.max(now.getTime(), nextAt.getTime())) : null
  return {
    ...counts,
    covered: isMore ? mostCounted : counts.covered,
    isMore,
    later: Math.max(0, counts.covered - counts.overdue - counts.due - counts.soon - counts.excepted),
    firstBegins: begins === null ? null : new Date(begins).toISOString(),
    weeks: weeks.map((count, index) => ({ from: new Date(now.getTime() + index * weekMs).toISOString(), count })),
    first: first.map(presentCovered),
    warnings: await warningsOf(ctx, rules, counts),
    asOf: now.toISOString(),
  }
}

/** A line of the board, as far as it follows from the credential. */
export function presentCovered(row: CoveredRow) {
  return {
    credential: { id: row.credentialId, name: row.credentialName },
    type: row.type,
    identity: { id: row.identityId, name: row.identityName },
    ...{ system: row.system, environment: row.environment, owner: row.owner },
    since: row.since.toISOString(),
    sinceKind: row.sinceKind,
    dueAt: row.dueAt.toISOString(),
    overdueAt: row.overdueAt.toISOString(),
    connection: row.liveId === null ? null : { id: row.liveId, name: row.liveName ?? '' },
  }
}

async function warningsOf(
  ctx: Context,
  { isAutomatic, delivery, atOnce, window }: PolicyRules,
  { overdue, due, byHand, covered }: { overdue: number; due: number; byHand: number; covered: number },
): Promise<string[]> {
  const warnings: string[] = []
  if (!isAutomatic) return warnings
  if (delivery?.way === 'reveal' && (await findPerson(ctx, delivery.userId)) === null)
    warnings.push('The person who takes the new secrets is no active member.')
  if (delivery?.way === 'reveal')
    warnings.push(
      'Where only one secret works at a time nothing is begun by itself, as a link waits for a person: those stay on the board for somebody to rotate.',
    )
  const at = overdue + due - byHand
  if (at > atOnce)
    warnings.push(
      `${at} are due already. ${atOnce} at a time are begun${window ? ' while the window is open' : ''}; the next follow as those end.`,
    )
  if (covered > 0 && byHand === covered)
    warnings.push('No live connection can rotate any of these: they are shown as due, and rotated by hand.')
  return warnings
}

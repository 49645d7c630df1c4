import { z } from 'zod'
import { presentDetail as presentGrant } from '@/lib/grants/server/list-grants'
import { requesterOf } from '@/lib/grants/server/resolve-request'
import type { Context } from '@/lib/platform/context'
import { decodeCursor, encodeCursor } from '@/lib/platform/http/cursor'
import { anyUse, invocationTarget } from '../rules'
import type { ById, Findings, Use, UseDetail, UsePage, UseQuery } from '../schema'
import { presentSecret, presentUses, targetOf } from './present-use'
import { countDecisions, type FoundUse, findDeeds, findPeople, findSecrets, findUse, findUses } from './store'

/** A page of the uses that the caller may see, newest first. @throws AppError `forbidden`, `invalid_input` for a bad cursor */
export async function listUses(ctx: Context, { state, cursor, limit }: UseQuery): Promise<UsePage> {
  const { where } = await ctx.plan('list', 'break_glass')
  const list = `break-glass:${state ?? ''}:${ctx.tenant.orgId}`
  const before = cursor === undefined ? undefined : decodeCursor(list, cursor, z.tuple([z.uuid()]))[0]
  const found = await findUses(
    ctx,
    { AND: [where, state ? { state } : {}, before ? { id: { lt: before } } : {}] },
    limit + 1,
  )
  const shown = found.slice(0, limit)
  const last = shown.at(-1)
  const [items, invoke] = await Promise.all([presentUses(ctx, shown), mayInvoke(ctx)])
  return { items, nextCursor: found.length > limit && last ? encodeCursor(list, [last.id]) : null, can: { invoke } }
}

/** Whether the caller may prepare to break the glass at all. */
export async function mayInvoke(ctx: Context): Promise<boolean> {
  if (ctx.actor.kind === 'job') return false
  const requester = requesterOf(ctx)
  const moment = { isConfirmed: false, overdue: 0, isNewWorst: false, isDrill: false }
  const own = { name: requester.name, keys: [`user:${requester.id}`] }
  const [may] = await ctx.can(['prepare'], [invocationTarget(requester, own, moment)])
  return may?.prepare === true
}

/** One use with its grant, what was done in it, and what it touched. @throws AppError `not_found`, `forbidden` */
export async function getUse(ctx: Context, { id }: ById): Promise<UseDetail> {
  const use = await findUse(ctx, id)
  await ctx.authorize('read', targetOf(use))
  return presentDetail(ctx, use)
}

export async function presentDetail(ctx: Context, use: FoundUse): Promise<UseDetail> {
  const trail = { kind: 'audit_event' as const, id: 'trail', label: 'audit trail', attr: {} }
  const log = { kind: 'decision' as const, id: 'any', label: 'decisions', attr: {} }
  const [[told], grant, skipped, secrets, [mayTrail, mayLog]] = await Promise.all([
    presentUses(ctx, [use]),
    presentGrant(ctx, use.grant),
    findPeople(ctx, use.skippedIds),
    findSecrets(ctx, [use.id]),
    ctx.can(['list'], [trail, log]),
  ])
  const [deeds, decisions] = await Promise.all([
    mayTrail?.list ? findDeeds(ctx, use) : null,
    mayLog?.list ? countDecisions(ctx, use) : null,
  ])
  return {
    ...(told as Use),
    ...{ grant, skipped, decisions, findings: use.findings as Findings | null },
    secrets: (secrets.get(use.id) ?? []).map(presentSecret),
    deeds: deeds?.map(({ at, ...deed }) => ({ ...deed, at: at.toISOString() })) ?? null,
  }
}

/** The uses that go on now, and those whose review is overdue, for the banner of everybody who looks after security. @throws AppError `forbidden` */
export async function listOpenUses(ctx: Context): Promise<Use[]> {
  await ctx.authorize('read', anyUse)
  const found = await findUses(
    ctx,
    {
      OR: [
        { state: { in: ['waiting', 'invoked', 'active'] } },
        { state: 'to_review', reviewDueAt: { lte: new Date() } },
      ],
    },
    20,
  )
  return presentUses(ctx, found)
}

import { z } from 'zod'
import type { Context, Target } from '@/lib/platform/context'
import type { Permit } from '@/lib/platform/db/permit'
import { decodeCursor, encodeCursor } from '@/lib/platform/http/cursor'
import type { AuditEntry, AuditFilter, AuditList } from '../schema'
import { findEvents, findHistory, type HistoryPart } from './store'

const Position = z.tuple([z.int()])

export interface ListEventsInput extends AuditFilter {
  cursor?: string | undefined
  /** 1 to 200. */
  limit: number
}

/** What policies read of the trail as a whole. */
export const trailTarget: Target = { kind: 'audit_event', id: 'trail', label: 'audit trail', attr: {} }

/** A page of the audit trail, newest first. @throws AppError `forbidden`; `invalid_input` for a bad cursor */
export async function listEvents(ctx: Context, input: ListEventsInput): Promise<AuditList> {
  const { where } = await ctx.plan('list', 'audit_event')
  const [may] = await ctx.can(['verify'], [trailTarget])
  return { ...(await pageOf(ctx, where, input)), can: { verify: may?.verify === true } }
}

/**
 * What has happened to one thing, latest first, from just before `before`. Whoever may read the thing may read its history;
 * the permit to read it is the proof.
 */
export async function listHistory(ctx: Context, permit: Permit, page: HistoryPart): Promise<AuditEntry[]> {
  if (permit.action !== 'read') throw new Error('the history of a thing needs the permit to read it')
  const events = await findHistory(ctx, permit.target, page)
  return events.map(({ orgId: _orgId, ...event }) => event)
}

async function pageOf(ctx: Context, where: object, { cursor, limit, ...filter }: ListEventsInput) {
  const list = `audit:newest:${ctx.tenant.orgId}`
  const before = cursor ? decodeCursor(list, cursor, Position)[0] : null
  const found = await findEvents(ctx, where, filter, { before, limit: limit + 1 })
  const items = found.slice(0, limit).map(({ orgId: _orgId, ...event }) => event)
  const last = items.at(-1)
  return { items, nextCursor: found.length > limit && last ? encodeCursor(list, [last.seq]) : null }
}

import { z } from 'zod'
import type { Context } from '@/lib/platform/context'
import { decodeCursor, encodeCursor } from '@/lib/platform/http/cursor'
import { mailSettingTarget } from '../rules'
import { type UndeliveredMailPage, UndeliveredQuery, type UndeliveredQueryInput } from '../schema'
import { findProblems } from './store-mails'

/** E-mails that did not arrive or were refused for now, newest first. @throws AppError `forbidden` */
export async function listUndelivered(ctx: Context, given: UndeliveredQueryInput = {}): Promise<UndeliveredMailPage> {
  const { cursor, limit } = UndeliveredQuery.parse(given)
  const { orgId } = ctx.tenant
  await ctx.authorize('read', mailSettingTarget(orgId))
  const list = `undelivered:${orgId}`
  const place = cursor === undefined ? undefined : decodeCursor(list, cursor, z.tuple([z.iso.datetime(), z.uuid()]))
  const found = await findProblems(ctx, limit + 1, place && { at: new Date(place[0]), id: place[1] })
  const shown = found.slice(0, limit)
  const last = shown.at(-1)
  return {
    items: shown.map(({ member, items, ...mail }) => ({
      id: mail.id,
      to: { name: member.user.name, address: mail.address ?? member.user.email },
      subject: mail.subject ?? items[0]?.notification.subject ?? '',
      state: mail.nextAt === null ? 'undelivered' : 'retrying',
      attempts: mail.attempts,
      says: mail.says ?? '',
      toldInstead: mail.toldInstead,
      createdAt: mail.createdAt.toISOString(),
      nextAt: mail.nextAt?.toISOString() ?? null,
      endedAt: mail.endedAt?.toISOString() ?? null,
    })),
    nextCursor: found.length > limit && last ? encodeCursor(list, [last.createdAt.toISOString(), last.id]) : null,
  }
}

import type { Context } from '@/lib/platform/context'
import { AppError } from '@/lib/platform/errors'
import { digestAt, isTimeZone } from '../due-dates'
import { personOf } from '../rules'
import { type NotificationPreferences, UpdatePreferencesInput } from '../schema'
import { kindFacts, type NotificationKind, type NotificationWay, wayLabels, waysOf } from '../values'
import { getPreferences, ownTarget } from './get-preferences'
import { wayOf } from './notify-people'
import { writeChoice, writeDigests } from './store'

/**
 * Chooses how the caller is told of what; what is not given stays. What waits for a digest goes by the new choice.
 * @throws AppError `invalid_input` for a way that a kind cannot be told by, or an unknown time zone
 */
export async function updatePreferences(ctx: Context, given: UpdatePreferencesInput): Promise<NotificationPreferences> {
  const input = UpdatePreferencesInput.parse(given)
  const target = ownTarget(ctx)
  const permit = await ctx.authorize('choose', target)
  for (const [kind, way] of Object.entries(input.ways)) demandWay(kind as NotificationKind, way)
  if (input.timeZone !== undefined && !isTimeZone(input.timeZone)) {
    const problem = 'Choose a time zone of the list, such as Europe/Oslo.'
    throw new AppError('invalid_input', problem, { fields: { timeZone: problem } })
  }
  const before = await getPreferences(ctx)
  const time = {
    timeZone: input.timeZone ?? before.timeZone,
    hour: input.hour ?? before.hour,
    weekday: input.weekday ?? before.weekday,
  }
  const after = { ways: { ...before.ways, ...input.ways }, ...time }
  const key = { orgId: ctx.tenant.orgId, userId: personOf(ctx.actor) }
  const now = new Date()
  const change = { action: 'notification.choose', target, before: { ways: before.ways }, after }
  await ctx.commit(permit, change, async (tx) => {
    await writeChoice(tx, key, after)
    await writeDigests(tx, key, (kind) => {
      const way = wayOf({ ways: after.ways }, kind as NotificationKind)
      const at = digestAt(way, now, time)
      return { digest: at === null ? null : way, digestAt: at }
    })
  })
  return getPreferences(ctx)
}

function demandWay(kind: NotificationKind, way: NotificationWay): void {
  if (waysOf(kind).includes(way)) return
  const { title, isWaiting } = kindFacts[kind]
  const problem =
    isWaiting && way === 'off'
      ? `“${title}” waits for you yourself: it is always shown in Bailiwick.`
      : `“${title}” cannot be told by “${wayLabels[way]}”.`
  throw new AppError('invalid_input', problem, { fields: { [`ways.${kind}`]: problem } })
}

import type { Context } from '@/lib/platform/context'
import { uuidv7 } from '@/lib/platform/db/uuid'
import { isAppError } from '@/lib/platform/errors'
import { templateTarget } from '../rules'
import { CampaignRules, CampaignScope } from '../templates'
import type { ItemLevel, TriggerEvent } from '../values'
import { createCampaign } from './create-campaign'
import { launchCampaign } from './launch-campaign'
import { resolveScope } from './resolve-scope'
import type { TemplateRow } from './store'
import {
  findAwaited,
  findTriggered,
  findUnderReview,
  findWaiting,
  findWithin,
  holdTriggers,
  noteEvents,
  type OpenTrigger,
  takeTriggers,
} from './store-schedules'

/** So many identities are in one such campaign. */
const mostInOne = 500

const words: Record<TriggerEvent, string> = {
  owner_left: 'Owner left',
  scope_widened: 'More access',
  finding_opened: 'Back after it was cut off',
}

/**
 * Notes what has happened, and begins small campaigns over it by the templates that wait for such: each event once, all of them that
 * wait together in one campaign, and none over what the same template has under review already. Answers how many were begun.
 */
export async function launchTriggered(ctx: Context): Promise<number> {
  let begun = 0
  for (const event of await findAwaited(ctx)) {
    const permit = await ctx.authorize('begin', templateTarget({ id: event, name: words[event] }))
    await ctx.commitPart(permit, (bulk) => noteEvents(bulk, event))
    const held = await ctx.commitPart(permit, (bulk) => holdTriggers(bulk, event, { batch: uuidv7(), most: mostInOne }))
    if (held === null) continue
    const { open } = held
    let last: string | null = null
    for (const row of await findWaiting(ctx, event)) {
      const made = await beginBy(ctx, row, event, held)
      if (made === null) continue
      begun += 1
      last = made
    }
    const target = templateTarget({ id: event, name: words[event] })
    const after = { event, identities: open.length, campaignId: last }
    await ctx.commit(permit, { action: 'review.trigger.take', target, after }, (tx) =>
      takeTriggers(
        tx,
        ctx.tenant.orgId,
        open.map(({ id }) => id),
        last,
      ),
    )
  }
  return begun
}

async function beginBy(
  ctx: Context,
  row: TemplateRow,
  event: TriggerEvent,
  { batch: mark, open }: { batch: string; open: readonly OpenTrigger[] },
): Promise<string | null> {
  const level = row.level as ItemLevel
  const all = open.map(({ identityId }) => identityId)
  const within = await findWithin(ctx, await resolveScope(ctx, CampaignScope.parse(row.scope), level, new Date()), all)
  const known = await findUnderReview(ctx, row.id, within)
  // The same events make the same campaign, also for a worker that comes after one that was killed.
  const left = await findTriggered(ctx, row.id, mark)
  const ids = within.filter((id) => !known.has(id))
  if (left === null && ids.length === 0) return null
  const first = open.find(({ identityId }) => ids.includes(identityId))
  const says = ids.length === 1 ? (first?.says ?? words[event]) : `${words[event]}: ${ids.length} identities.`
  const trigger = { event, says, mark }
  const made =
    left ??
    (await createCampaign(
      ctx,
      {
        name: `${words[event]}: ${row.name}`.slice(0, 100),
        ...{ description: says, level, scope: { kind: 'ids', ids }, rules: CampaignRules.parse(row.rules) },
        ...{ template: row.kind as 'custom', templateId: row.id },
      },
      { trigger },
    ))
  if (!['draft', 'blocked'].includes(made.state)) return made.id
  try {
    await launchCampaign(ctx, { id: made.id, version: made.version })
  } catch (error) {
    // It stands there with its reason, for a person to launch.
    if (!isAppError(error)) throw error
  }
  return made.id
}

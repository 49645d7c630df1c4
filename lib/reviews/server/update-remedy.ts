import type { Context } from '@/lib/platform/context'
import { AppError } from '@/lib/platform/errors'
import { UpdateRemedyInput } from '../remedies'
import { campaignTarget } from '../rules'
import { findCampaign } from './store'
import { findPeople } from './store-people'
import { findAsker } from './store-remedies'

const moving = ['active', 'deciding_silence', 'remediating', 'verifying']
/** From where a person may do what. What runs is left to its run, and what is proved stays proved. */
const from = {
  done: ['open', 'failed', 'excepted'],
  except: ['open', 'failed', 'done', 'waiting', 'planned'],
  assign: ['open', 'failed', 'excepted', 'done'],
  retry: ['open', 'failed', 'done', 'excepted'],
} as const

/**
 * A person's word on what follows a decision. `done` is what somebody says, and proves nothing; `except` stays, with owner and date;
 * `retry` has it tried at the source again, and is the second person's agreement where taking rights away needs one.
 * @throws AppError `conflict` when it is proved, under way or closed; `invalid_input` for an owner who is not here; `not_found`, `forbidden`
 */
export async function updateRemedy(ctx: Context, input: UpdateRemedyInput): Promise<void> {
  const { id, item, act, ownerKey, dueAt, reason } = UpdateRemedyInput.parse(input)
  const campaign = await findCampaign(ctx, id)
  const target = campaignTarget(campaign)
  const permit = await ctx.authorize('remediate', target)
  if (!moving.includes(campaign.state)) throw new AppError('conflict', 'This campaign is closed.')
  const key = { orgId: campaign.orgId, campaignId: id, itemNo: item }
  const row = await ctx.db.reviewRemedy.findUnique({ where: { orgId_campaignId_itemNo: key } })
  if (!row) throw new AppError('not_found', 'Nothing follows from this item.')
  if (!(from[act] as readonly string[]).includes(row.state))
    throw new AppError(
      'conflict',
      row.state === 'verified' ? 'It is proved already.' : 'It is under way. Wait, or look at its run.',
    )
  // A run that stopped is settled where it stopped: two at a time would not know of each other.
  if (row.state === 'failed' && row.runId !== null && (act === 'retry' || act === 'done'))
    throw new AppError('conflict', 'Its run stopped and needs a person: settle it there.')
  if (dueAt !== undefined && Date.parse(dueAt) <= Date.now())
    throw new AppError('invalid_input', 'Name a date to come.', { fields: { dueAt: 'lies in the past' } })
  const ownerName = ownerKey === undefined ? undefined : await nameOf(ctx, ownerKey)
  const asker = act === 'retry' ? await findAsker(ctx, id, item) : null
  const data = {
    ...(act === 'done'
      ? { state: 'done', way: 'task', says: `${ctx.actor.name} says that it is done: ${reason}` }
      : {}),
    ...(act === 'except'
      ? { state: 'excepted', way: 'task', says: `It stays, says ${ctx.actor.name}: ${reason}` }
      : {}),
    ...(act === 'assign' && row.state !== 'failed' ? { state: 'open', way: 'task' } : {}),
    ...(act === 'retry'
      ? {
          ...{
            state: 'planned',
            says: `${ctx.actor.name} has it tried again: ${reason}`,
            runId: null,
            tries: 0,
            wakeAt: new Date(),
          },
          ...(asker !== null && asker !== ctx.actor.id ? { agreedBy: ctx.actor.name, agreedId: ctx.actor.id } : {}),
        }
      : {}),
    ...(ownerKey !== undefined ? { ownerKey, ownerName: ownerName ?? null } : {}),
    ...(dueAt !== undefined ? { dueAt: new Date(dueAt) } : {}),
    ...{ reason, updatedBy: ctx.actor.name, updatedAt: new Date() },
  }
  const change = {
    ...{ action: `review.remedies.${act}`, target, reason },
    before: { item, state: row.state, ownerKey: row.ownerKey, dueAt: row.dueAt },
    after: { item, state: data.state ?? row.state, ownerKey: ownerKey ?? row.ownerKey, dueAt: dueAt ?? row.dueAt },
  }
  await ctx.commit(permit, change, async (tx) => {
    const { count } = await tx.reviewRemedy.updateMany({
      where: { ...key, state: row.state, updatedAt: row.updatedAt },
      data,
    })
    if (count === 0) throw new AppError('conflict', 'It has moved on in the meantime. Look again.')
    if (act === 'retry')
      await tx.$executeRaw`UPDATE review_withdrawal SET state = 'intended' WHERE org_id = ${key.orgId}::uuid AND campaign_id = ${id}::uuid
        AND item_no = ${item}::int AND state = 'refused'`
  })
}

async function nameOf(ctx: Context, ownerKey: string): Promise<string> {
  const [found] = await findPeople(ctx, [ownerKey])
  if (!found || found.people.length === 0)
    throw new AppError('invalid_input', 'Choose an active member or team of this organization.', {
      fields: { ownerKey: 'nobody here' },
    })
  return found.name
}

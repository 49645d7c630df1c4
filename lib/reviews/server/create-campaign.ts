import type { Context } from '@/lib/platform/context'
import { uuidv7 } from '@/lib/platform/db/uuid'
import { AppError } from '@/lib/platform/errors'
import { campaignTarget } from '../rules'
import type { CampaignDetail, NewCampaign } from '../schema'
import type { CampaignRules } from '../templates'
import { presentCampaign } from './present-campaign'
import { resolveScope, sayScope, storedScope } from './resolve-scope'
import { findCampaign, insertCampaign } from './store'
import { findMissingKeys } from './store-people'

/** Everybody whom the rules name is here. @throws AppError `invalid_input` */
export async function demandReviewers(ctx: Context, rules: CampaignRules): Promise<void> {
  const named = [rules.fallback, rules.escalateTo, ...rules.stages.flatMap((stage) => stage.named)]
  const missing = await findMissingKeys(
    ctx,
    named.filter((key) => key !== null),
  )
  if (missing.length === 0) return
  const says = 'Choose active members and teams of this organization as reviewers.'
  throw new AppError('invalid_input', says, { fields: { rules: says } })
}

/** Plans a campaign as a draft; nobody is asked before it is launched. @throws AppError `forbidden`, `invalid_input`, `conflict` */
export async function createCampaign(
  ctx: Context,
  given: NewCampaign,
  begun?: { parentId?: string; trigger?: { event: string; says: string } },
): Promise<CampaignDetail> {
  const { name, description, level, scope, rules, template, templateId } = given
  const id = uuidv7()
  const target = campaignTarget({ id, name })
  const permit = await ctx.authorize('create', target)
  await demandReviewers(ctx, rules)
  await resolveScope(ctx, scope, level, new Date())
  const stored = { name, description, level, scope: storedScope(scope), rules, template, templateId }
  const { orgId } = ctx.tenant
  const scopeSays = await sayScope(ctx, scope, level)
  await ctx.commit(permit, { action: 'review.campaign.create', target, after: stored }, (tx) =>
    insertCampaign(tx, {
      ...{ orgId, id, name, description, level, rules, template, templateId, scopeSays },
      scope: stored.scope as object,
      parentId: begun?.parentId ?? null,
      ...(begun?.trigger ? { trigger: begun.trigger } : {}),
      createdBy: ctx.actor.name,
      createdById: ctx.actor.kind === 'user' ? ctx.actor.id : null,
    }),
  )
  return presentCampaign(ctx, await findCampaign(ctx, id))
}

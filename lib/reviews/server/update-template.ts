import type { Context } from '@/lib/platform/context'
import { Prisma } from '@/lib/platform/db/generated/client'
import { AppError } from '@/lib/platform/errors'
import { templateTarget } from '../rules'
import { CampaignRules, CampaignScope, type NewTemplate, type ReviewTemplate, type TemplateChange } from '../templates'
import type { ItemLevel } from '../values'
import { demandReviewers } from './create-campaign'
import { nextAt } from './create-template'
import { presentTemplates } from './list-templates'
import { resolveScope, storedScope } from './resolve-scope'
import { changeTemplate, findTemplate } from './store'

/** Changes a template; campaigns that were begun from it stay as they are. @throws AppError `not_found`, `forbidden`, `conflict` */
export async function updateTemplate(ctx: Context, given: TemplateChange): Promise<ReviewTemplate> {
  const row = await findTemplate(ctx, given.id)
  const target = templateTarget(row)
  const permit = await ctx.authorize('update', target)
  if (given.version !== row.version)
    throw new AppError('conflict', 'Somebody changed this template in the meantime. Look again, then decide.')
  const level = given.level ?? (row.level as ItemLevel)
  const scope = given.scope ?? CampaignScope.parse(row.scope)
  const rules = given.rules ?? CampaignRules.parse(row.rules)
  const recurrence = given.recurrence === undefined ? (row.recurrence as NewTemplate['recurrence']) : given.recurrence
  await demandReviewers(ctx, rules)
  await resolveScope(ctx, scope, level, new Date())
  const { name = row.name, description = row.description, events = row.events, isActive = row.isActive } = given
  const after = { name, description, level, scope: storedScope(scope), rules, events, isActive }
  await ctx.commit(permit, { action: 'review.template.update', target, after: { ...after, recurrence } }, (tx) =>
    changeTemplate(tx, row, {
      ...after,
      scope: after.scope as object,
      recurrence: recurrence ?? Prisma.DbNull,
      nextAt: nextAt({ recurrence, rules, isActive }),
      problem: null,
      updatedBy: ctx.actor.name,
    }),
  )
  const [changed] = await presentTemplates(ctx, [await findTemplate(ctx, row.id)])
  if (!changed) throw new Error('a template that was changed is there')
  return changed
}

/** @throws AppError `not_found`, `forbidden`, `conflict` */
export async function deleteTemplate(ctx: Context, { id }: { id: string }): Promise<void> {
  const row = await findTemplate(ctx, id)
  const target = templateTarget(row)
  const permit = await ctx.authorize('delete', target)
  await ctx.commit(permit, { action: 'review.template.delete', target }, (tx) =>
    changeTemplate(tx, row, { deletedAt: new Date(), isActive: false, nextAt: null }),
  )
}

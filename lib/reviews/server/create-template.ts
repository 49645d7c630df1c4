import type { Context } from '@/lib/platform/context'
import { Prisma } from '@/lib/platform/db/generated/client'
import { uuidv7 } from '@/lib/platform/db/uuid'
import { instantIn, templateTarget } from '../rules'
import type { NewTemplate, ReviewTemplate } from '../templates'
import { demandReviewers } from './create-campaign'
import { presentTemplates } from './list-templates'
import { resolveScope, storedScope } from './resolve-scope'
import { findTemplate, insertTemplate } from './store'

/** When the next campaign of a template begins: at 09:00 of the day, in its time zone. */
export const nextAt = ({
  recurrence,
  rules,
  isActive,
}: Pick<NewTemplate, 'recurrence' | 'rules' | 'isActive'>): Date | null =>
  recurrence === null || !isActive ? null : new Date(instantIn(`${recurrence.nextOn}T09:00:00`, rules.timeZone))

/** Saves a template. @throws AppError `conflict` for a name that another has; `invalid_input`, `forbidden` */
export async function createTemplate(ctx: Context, given: NewTemplate): Promise<ReviewTemplate> {
  const id = uuidv7()
  const target = templateTarget({ id, name: given.name })
  const permit = await ctx.authorize('create', target)
  await demandReviewers(ctx, given.rules)
  await resolveScope(ctx, given.scope, given.level, new Date())
  const stored = { ...given, scope: storedScope(given.scope) }
  await ctx.commit(permit, { action: 'review.template.create', target, after: stored }, (tx) =>
    insertTemplate(tx, {
      ...{ orgId: ctx.tenant.orgId, id, ...stored },
      scope: stored.scope as object,
      recurrence: given.recurrence ?? Prisma.DbNull,
      nextAt: nextAt(given),
      createdBy: ctx.actor.name,
      updatedBy: ctx.actor.name,
    }),
  )
  const [made] = await presentTemplates(ctx, [await findTemplate(ctx, id)])
  if (!made) throw new Error('a template that was made is there')
  return made
}

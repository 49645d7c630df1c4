import type { Context } from '@/lib/platform/context'
import { templateTarget } from '../rules'
import { builtInTemplates, CampaignRules, type NewTemplate, type ReviewTemplate, type TemplatePage } from '../templates'
import type { ItemLevel, TemplateKind } from '../values'
import { findTemplates, type TemplateRow } from './store'

/** The templates of the product, then those of the organization by name. @throws AppError `forbidden` */
export async function listTemplates(ctx: Context): Promise<TemplatePage> {
  await ctx.plan('list', 'review_template')
  const rows = await findTemplates(ctx)
  const [saved, [may]] = await Promise.all([
    presentTemplates(ctx, rows),
    ctx.can(['create'], [templateTarget({ id: 'new', name: 'a new template' })]),
  ])
  const built = builtInTemplates.map(
    (template): ReviewTemplate => ({
      ...{ id: null, kind: template.kind, name: template.name, description: template.description },
      ...{ level: template.level, scope: template.scope, rules: CampaignRules.parse(template.rules) },
      ...{ recurrence: null, events: [], isActive: true, version: 1, lastCampaignId: null, problem: null },
      ...{ updatedBy: null, updatedAt: null, can: { update: false, delete: false } },
    }),
  )
  return { items: [...built, ...saved], can: { create: may?.create === true } }
}

export async function presentTemplates(ctx: Context, rows: readonly TemplateRow[]): Promise<ReviewTemplate[]> {
  const may = await ctx.can(['update', 'delete'], rows.map(templateTarget))
  return rows.map((row, index) => ({
    id: row.id,
    kind: row.kind as TemplateKind,
    name: row.name,
    description: row.description,
    level: row.level as ItemLevel,
    scope: row.scope as Record<string, unknown>,
    rules: row.rules as Record<string, unknown>,
    recurrence: row.recurrence as NewTemplate['recurrence'],
    events: row.events as NewTemplate['events'],
    isActive: row.isActive,
    version: row.version,
    lastCampaignId: row.lastCampaignId,
    problem: row.problem,
    updatedBy: row.updatedBy,
    updatedAt: row.updatedAt.toISOString(),
    can: { update: may[index]?.update === true, delete: may[index]?.delete === true },
  }))
}

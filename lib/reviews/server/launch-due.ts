import type { Context } from '@/lib/platform/context'
import { isAppError } from '@/lib/platform/errors'
import { instantIn, templateTarget } from '../rules'
import { CampaignRules, CampaignScope, type NewTemplate } from '../templates'
import type { ItemLevel } from '../values'
import { createCampaign } from './create-campaign'
import { launchCampaign } from './launch-campaign'
import type { TemplateRow } from './store'
import { findDueTemplates, findMadeSince, moveTemplate } from './store-schedules'

/** A worker that was killed while it began one leaves it to another after so long. */
const leaseMs = 10 * 60_000

type Recurrence = NonNullable<NewTemplate['recurrence']>

/** A day of the calendar so many months later; where that month is shorter, its last. */
export function monthsAfter(day: string, months: number): string {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number)
  const first = new Date(Date.UTC(year, month - 1 + months, 1))
  const last = new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1, 0)).getUTCDate()
  return new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth(), Math.min(date, last)))
    .toISOString()
    .slice(0, 10)
}

/**
 * The first day to come of a recurrence, counted from the day that it was set on, so that the 31st stays the 31st; and its instant, at
 * 09:00 in the time zone whatever its clock does in between. Days that passed while nothing ran are passed over.
 */
export function nextOf({ everyMonths, nextOn }: Recurrence, timeZone: string, now: Date): { nextOn: string; at: Date } {
  for (let times = 1; ; times += 1) {
    const day = monthsAfter(nextOn, times * everyMonths)
    const at = new Date(instantIn(`${day}T09:00:00`, timeZone))
    if (at > now) return { nextOn: day, at }
  }
}

/**
 * Begins a campaign for every template whose time has come, once for each time: what a killed worker has made is taken up, and not
 * made again. One that cannot be launched says why on its template. Answers how many were begun.
 */
export async function launchDue(ctx: Context, now: Date): Promise<number> {
  let begun = 0
  for (const row of await findDueTemplates(ctx, now)) if (await begin(ctx, row, now)) begun += 1
  return begun
}

async function begin(ctx: Context, row: TemplateRow, now: Date): Promise<boolean> {
  const target = templateTarget(row)
  const permit = await ctx.authorize('begin', target)
  const recurrence = row.recurrence as Recurrence | null
  if (recurrence === null) return false
  const rules = CampaignRules.parse(row.rules)
  const due = new Date(instantIn(`${recurrence.nextOn}T09:00:00`, rules.timeZone))
  const leased = new Date(now.getTime() + leaseMs)
  const isMine = await ctx.commit(
    permit,
    { action: 'review.template.begin', target, after: { due: due.toISOString() } },
    (tx) => moveTemplate(tx, row, { nextAt: leased }),
  )
  if (!isMine) return false
  const made = (await findMadeSince(ctx, row.id, due)) ?? (await make(ctx, row, rules, recurrence.nextOn))
  let problem: string | null = null
  if (['draft', 'blocked'].includes(made.state))
    try {
      await launchCampaign(ctx, { id: made.id, version: made.version })
    } catch (error) {
      if (!isAppError(error)) throw error
      problem = error.message
    }
  const next = nextOf(recurrence, rules.timeZone, now)
  const data = {
    ...{ nextAt: next.at, problem, lastCampaignId: made.id },
    recurrence: { ...recurrence, nextOn: next.nextOn },
  }
  const after = { campaignId: made.id, problem, nextAt: next.at.toISOString() }
  await ctx.commit(permit, { action: 'review.template.begun', target, after }, (tx) =>
    moveTemplate(tx, { ...row, nextAt: leased }, data),
  )
  return problem === null
}

async function make(ctx: Context, row: TemplateRow, rules: CampaignRules, day: string) {
  return createCampaign(ctx, {
    name: `${row.name.slice(0, 88)} ${day}`,
    ...{ description: row.description, level: row.level as ItemLevel, scope: CampaignScope.parse(row.scope), rules },
    ...{ template: row.kind as 'custom', templateId: row.id },
  })
}

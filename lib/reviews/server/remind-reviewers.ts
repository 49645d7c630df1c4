import type { Context } from '@/lib/platform/context'
import { Prisma } from '@/lib/platform/db/generated/client'
import { campaignTarget } from '../rules'
import { CampaignRules } from '../templates'
import { escalateUnbegun } from './escalate-unbegun'
import { followReminders, notifyReviewers } from './notify-reviewers'
import { findCampaigns } from './store'
import { findPeople } from './store-people'

const hourMs = 3_600_000

/**
 * Which reminder is due: the last of those whose time has come, so that nobody who runs late is told thrice at once. Hours are hours
 * that pass until the deadline, whatever a clock on the wall does in between.
 */
export function dueReminder(remindHours: readonly number[], deadlineAt: Date, now: Date): number | null {
  const left = (deadlineAt.getTime() - now.getTime()) / hourMs
  if (left <= 0) return null
  return remindHours.filter((hours) => left <= hours).sort((a, b) => a - b)[0] ?? null
}

/** A deadline in words, in the campaign's time zone. */
export const sayDeadline = (at: Date, timeZone: string): string =>
  `${new Intl.DateTimeFormat('en-GB', { dateStyle: 'full', timeStyle: 'short', timeZone }).format(at)} (${timeZone})`

interface Undecided {
  no: number
  key: string
  way: string
  open: number
  drafted: number
  launched: boolean
  reminded: boolean
}

/** Tells the reviewers of every open campaign what waits for them: at its launch, and as the deadline comes near only those who are not done. */
export async function remindReviewers(ctx: Context, now: Date): Promise<number> {
  let told = 0
  const open = await findCampaigns(ctx, { state: 'active' }, 500)
  const [one] = open
  if (!one) return 0
  await ctx.commitPart(await ctx.authorize('carry_on', campaignTarget(one)), followReminders)
  for (const row of open) {
    const stage = row.stages.find(({ no }) => no === row.stageNo)
    if (!stage?.deadlineAt || stage.deadlineAt <= now) continue
    const rules = CampaignRules.parse(row.rules)
    const { deadlineAt } = stage
    const hoursLeft = (deadlineAt.getTime() - now.getTime()) / hourMs
    if (rules.escalateHours !== null && hoursLeft <= rules.escalateHours) await escalateUnbegun(ctx, row)
    const hours = dueReminder(rules.remindHours, deadlineAt, now)
    const kind = hours === null ? null : `${hours}h`
    const waiting = (await findUndecided(ctx, row.id, row.stageNo, kind)).filter(
      ({ launched, reminded }) => !launched || (kind !== null && !reminded),
    )
    if (waiting.length === 0) continue
    const people = new Map(
      (
        await findPeople(
          ctx,
          waiting.map(({ key }) => key),
        )
      ).map((each) => [each.key, each.people]),
    )
    const [fallback] = rules.fallback === null ? [] : await findPeople(ctx, [rules.fallback])
    const target = campaignTarget(row)
    const permit = await ctx.authorize('carry_on', target)
    const facts = [
      { label: 'Until', value: sayDeadline(deadlineAt, rules.timeZone) },
      { label: 'What it covers', value: row.scopeSays },
    ]
    const tell = (kindOf: string, some: readonly Undecided[], subject: string) => ({
      ...{ kind: kindOf, subject, facts },
      reviewers: some.map(({ no, key }) => ({
        no,
        people: (people.get(key) ?? []).map(({ id }) => id),
        fallback: (fallback?.people ?? []).map(({ id }) => id),
      })),
    })
    const first = waiting.filter(({ launched }) => !launched)
    const again = kind === null ? [] : waiting.filter(({ launched, reminded }) => launched && !reminded)
    const key = { orgId: row.orgId, campaignId: row.id, stage: row.stageNo }
    told += await ctx.commitBulk(
      permit,
      (all: number) => ({ action: 'review.remind', target, after: { stage: row.stageNo, kind, told: all } }),
      async (bulk) => {
        let count = 0
        for (const [kindOf, isPassed] of [
          ['launch', false],
          ['escalated', true],
        ] as const) {
          const some = first.filter(({ way }) => (way === 'escalated') === isPassed)
          const subject = isPassed ? `“${row.name}” was passed on to you` : `“${row.name}” waits for your decisions`
          if (some.length > 0) count += (await notifyReviewers(bulk, key, tell(kindOf, some, subject))).length
        }
        const reminded =
          kind === null || again.length === 0
            ? []
            : await notifyReviewers(
                bulk,
                key,
                tell(kind, again, `“${row.name}” ends in ${hours} hours, and is not decided`),
              )
        return count + reminded.length
      },
    )
  }
  return told
}

function findUndecided(ctx: Context, campaignId: string, stage: number, kind: string | null): Promise<Undecided[]> {
  return ctx.sql<Undecided>(Prisma.sql`
    SELECT v.no, v.key, v.way, t.open, t.drafted,
      EXISTS (SELECT FROM review_reminder m WHERE m.org_id = v.org_id AND m.campaign_id = v.campaign_id AND m.stage = ${stage}::int
        AND m.reviewer_no = v.no AND m.kind IN ('launch', 'escalated')) AS launched,
      EXISTS (SELECT FROM review_reminder m WHERE m.org_id = v.org_id AND m.campaign_id = v.campaign_id AND m.stage = ${stage}::int
        AND m.reviewer_no = v.no AND (m.kind = ${kind} OR (m.kind IN ('launch', 'escalated') AND m.sent_at > now() - interval '12 hours'))) AS reminded
    FROM review_reviewer v JOIN (
      SELECT reviewer_no, coalesce(sum(count) FILTER (WHERE state = 'open'), 0)::int AS open, coalesce(sum(count) FILTER (WHERE state = 'drafted'), 0)::int AS drafted
      FROM review_tally WHERE org_id = ${ctx.tenant.orgId}::uuid AND campaign_id = ${campaignId}::uuid AND stage = ${stage}::int AND reviewer_no > 0
      GROUP BY reviewer_no
    ) t ON t.reviewer_no = v.no
    WHERE v.org_id = ${ctx.tenant.orgId}::uuid AND v.campaign_id = ${campaignId}::uuid AND t.open + t.drafted > 0 ORDER BY v.no`)
}

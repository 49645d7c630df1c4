import { ownerKeysOf } from '@/lib/platform/authz/principal'
import type { Context } from '@/lib/platform/context'
import { Prisma } from '@/lib/platform/db/generated/client'
import type { MyReviews } from '../schema'
import type { ItemLevel } from '../values'
import { rulesOf, saySilence } from './present-campaign'
import { findCampaigns } from './store'

const ways: Record<string, string> = {
  owner: 'You answer for them.',
  backup: 'You are the backup of their owner.',
  team_lead: 'You lead the team that answers for them.',
  named: 'You were named as their reviewer.',
  fallback: 'Nobody nearer could review them.',
  reassigned: 'They were given to you.',
  delegated: 'You review them on somebody’s behalf.',
  escalated: 'Nobody decided them in time.',
}

/** What waits for the caller, in all campaigns that are under way; the nearest deadline first. */
export async function listMyReviews(ctx: Context): Promise<MyReviews> {
  await ctx.plan('list', 'review_item')
  const keys = ownerKeysOf(ctx.actor)
  const { orgId } = ctx.tenant
  const rows = await findCampaigns(ctx, { state: 'active', reviewers: { some: { key: { in: keys } } } }, 200)
  const counts = await ctx.sql<{
    campaignId: string
    stage: number
    key: string
    way: string
    open: number
    drafted: number
    signed: number
  }>(Prisma.sql`
    SELECT r.campaign_id::text AS "campaignId", t.stage::int, r.key, r.way, coalesce(sum(t.count) FILTER (WHERE t.state = 'open'), 0)::int AS open,
      coalesce(sum(t.count) FILTER (WHERE t.state = 'drafted'), 0)::int AS drafted, coalesce(sum(t.count) FILTER (WHERE t.state = 'signed'), 0)::int AS signed
    FROM review_reviewer r JOIN review_tally t ON t.org_id = r.org_id AND t.campaign_id = r.campaign_id AND t.reviewer_no = r.no
    WHERE r.org_id = ${orgId}::uuid AND r.key = ANY (${keys}::text[]) AND r.campaign_id = ANY (${rows.map(({ id }) => id)}::uuid[])
    GROUP BY 1, 2, 3, 4`)
  const items = rows.flatMap((row) => {
    const own = counts.filter(({ campaignId, stage }) => campaignId === row.id && stage === row.stageNo)
    const sum = (of: 'open' | 'drafted' | 'signed') => own.reduce((all, each) => all + each[of], 0)
    const [open, drafted, signed] = [sum('open'), sum('drafted'), sum('signed')]
    if (open + drafted + signed === 0 || !row.deadlineAt) return []
    const rules = rulesOf(row)
    const busiest = own.toSorted((a, b) => b.open + b.drafted - (a.open + a.drafted))[0]
    const isTeam = busiest?.key.startsWith('team:') === true
    return [
      {
        campaign: { id: row.id, name: row.name, level: row.level as ItemLevel },
        stage: { no: row.stageNo, of: rules.stages.length, name: rules.stages[row.stageNo - 1]?.name ?? '' },
        says: isTeam ? 'A team of yours reviews them.' : (ways[busiest?.way ?? ''] ?? ''),
        silenceSays: saySilence(rules),
        deadlineAt: row.deadlineAt.toISOString(),
        timeZone: rules.timeZone,
        ...{ open, drafted, signed, total: open + drafted + signed },
      },
    ]
  })
  items.sort(
    (a, b) =>
      Number(a.open + a.drafted === 0) - Number(b.open + b.drafted === 0) || (a.deadlineAt < b.deadlineAt ? -1 : 1),
  )
  return {
    items,
    open: items.reduce((all, { open }) => all + open, 0),
    drafted: items.reduce((all, { drafted }) => all + drafted, 0),
    asOf: new Date().toISOString(),
  }
}

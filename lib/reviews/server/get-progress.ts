import type { Context } from '@/lib/platform/context'
import type { CampaignProgress } from '../schema'
import type { CampaignState } from '../values'
import { readCampaign } from './get-campaign'
import { countsOf } from './present-campaign'
import { countRemedies, sumTallies } from './store'

/** How far a campaign is, from its tallies alone: it costs the same for a hundred items and for a million. @throws AppError `not_found`, `forbidden` */
export async function getProgress(ctx: Context, { id }: { id: string }): Promise<CampaignProgress> {
  const { row } = await readCampaign(ctx, id)
  const [tallies, remedies] = await Promise.all([sumTallies(ctx, [id]), countRemedies(ctx, id)])
  const now = new Date()
  const sum = (of: readonly { count: number }[]) => of.reduce((all, { count }) => all + count, 0)
  const byKey = (of: readonly { decision: string; count: number }[]) => {
    const found: Record<string, number> = {}
    for (const { decision, count } of of) if (decision !== '') found[decision] = (found[decision] ?? 0) + count
    return found
  }
  const ofState = (...states: string[]) => sum(remedies.filter(({ state }) => states.includes(state)))
  return {
    state: row.state as CampaignState,
    counts: countsOf(row, tallies),
    outcomes: byKey(tallies.filter(({ reviewerNo }) => reviewerNo < 0)),
    stages: row.stages.map((stage) => {
      const own = tallies.filter((tally) => tally.stage === stage.no && tally.reviewerNo >= 0)
      const inState = (state: string) => sum(own.filter((tally) => tally.state === state))
      return {
        no: stage.no,
        name: stage.name,
        state: stage.state as CampaignProgress['stages'][number]['state'],
        assigned: sum(own) - inState('handed_on'),
        open: inState('open'),
        drafted: inState('drafted'),
        signed: inState('signed'),
        handedOn: inState('handed_on'),
        closed: inState('closed'),
        decisions: byKey(own),
        deadlineAt: stage.deadlineAt?.toISOString() ?? null,
      }
    }),
    deadlineAt: row.deadlineAt?.toISOString() ?? null,
    secondsLeft: row.deadlineAt ? (row.deadlineAt.getTime() - now.getTime()) / 1000 : null,
    remedies: {
      planned: ofState('planned'),
      running: ofState('waiting', 'running'),
      verified: ofState('verified'),
      tasks: ofState('open', 'done'),
      failed: ofState('failed'),
      excepted: ofState('excepted'),
    },
    asOf: now.toISOString(),
  }
}

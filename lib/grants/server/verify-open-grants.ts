import { severityFacts } from '@/lib/incidents/values'
import type { Context } from '@/lib/platform/context'
import { isAppError } from '@/lib/platform/errors'
import { grantTarget } from '../rules'
import { endByIncident } from './end-grant'
import { type Moment, readMoments } from './read-moments'
import { countGrants, type FoundGrant, findGrants } from './store'

const open = ['approved', 'activating', 'active']
const perPage = 200
const atOnce = 10

export interface Cause {
  incidentId: string
  title: string
  round: number
}

/**
 * Puts every open grant to the policies again (`keep`), by the worker, and ends those that they no longer allow. A decision point that
 * does not answer ends nothing: the job is tried again. Answers how many were kept, and how many this round of the incident has ended.
 * @throws AppError `upstream_failed`
 */
export async function verifyOpenGrants(ctx: Context, cause: Cause): Promise<{ kept: number; ended: number }> {
  let kept = 0
  for (let after: string | undefined; ; ) {
    const page = await findGrants(ctx, { state: { in: open }, ...(after ? { id: { lt: after } } : {}) }, perPage)
    const moments = await readMoments(ctx, page)
    for (let at = 0; at < page.length; at += atOnce) {
      const part = page.slice(at, at + atOnce)
      const stays = await Promise.all(part.map((grant, no) => look(ctx, grant, moments[at + no] as Moment, cause)))
      kept += stays.filter(Boolean).length
    }
    after = page.at(-1)?.id
    if (page.length < perPage) break
  }
  const ended = await countGrants(ctx, { endedByIncident: cause.incidentId, endedInRound: cause.round })
  return { kept, ended }
}

/** Whether one stays as it is. */
async function look(ctx: Context, grant: FoundGrant, moment: Moment, cause: Cause): Promise<boolean> {
  try {
    await ctx.authorize('keep', grantTarget(grant, moment))
    return true
  } catch (error) {
    if (!isAppError(error) || error.code !== 'forbidden') throw error
  }
  await endByIncident(ctx, grant, { ...cause, note: whyNot(moment, cause) }).catch((error: unknown) => {
    // It has ended, or moved on, by itself meanwhile.
    if (!isAppError(error) || error.code !== 'conflict') throw error
  })
  return false
}

function whyNot({ forIncident, worst }: Moment, { title }: Cause): string {
  if (forIncident === 'ended') return `It was for an incident that is over${worst ? '' : `: ${title}`}.`
  if (worst && severityFacts[worst.severity].isNarrowing)
    return `Incident ${worst.title} (${severityFacts[worst.severity].label.toLowerCase()}) reaches what it gives. Until it is over only what is for it stays, and what is of ordinary weight.`
  return 'The policies do not allow it any more.'
}

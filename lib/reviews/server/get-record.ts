import { readSignatures, readTrail } from '@/lib/audit/server/sign-event'
import type { Context } from '@/lib/platform/context'
import { type CampaignRecord, recordActions } from '../remedies'
import { campaignTarget } from '../rules'
import { findCampaign } from './store'
import { fingerprintOf } from './verify-report'

/** So many reports are listed, the latest: one can be made again and again. */
const mostReports = 10

/**
 * Where a campaign stands in the audit log: its launch, its end, and the reports that were handed out, each with its checkpoint where
 * one was signed. For those who may have the report.
 * @throws AppError `not_found`, `forbidden`
 */
export async function getRecord(ctx: Context, { id }: { id: string }): Promise<CampaignRecord> {
  const target = campaignTarget(await findCampaign(ctx, id))
  await ctx.authorize('download', target)
  const trail = (await readTrail(ctx, target, recordActions)).filter(({ action }) => isListed(action))
  const reports = trail.filter(({ action }) => action === 'review.report')
  const shown = [...trail.filter((event) => !reports.includes(event)), ...reports.slice(-mostReports)]
  const { publicKey, signedAt } = await readSignatures(ctx, shown)
  return {
    events: shown.map(({ seq, hash, action, occurredAt, actor, after }) => {
      const { head } = (after ?? {}) as { head?: unknown }
      return {
        ...{ seq, hash, action: action as CampaignRecord['events'][number]['action'], at: occurredAt, by: actor.label },
        reportHead: typeof head === 'string' ? head : null,
        signedAt: signedAt.get(seq) ?? null,
      }
    }),
    reports: reports.length,
    keyFingerprint: fingerprintOf(publicKey),
    asOf: new Date().toISOString(),
  }
}

const isListed = (action: string) => (recordActions as readonly string[]).includes(action)

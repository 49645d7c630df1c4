import { findLiveConnector } from '@/lib/connectors/live-registry'
import type { Context } from '@/lib/platform/context'
import { listRevokeTimes } from './list-revoke-times'
import { findDrilledIdentity } from './store-drills'

/** How long access goes on once somebody cuts it, by what was measured at the same system. */
export interface TimeAfterDetection {
  /** 95 % of the measured cuts, and what outlives them; null = not known. */
  seconds: number | null
  /** How many cuts were measured. */
  measured: number
  /** As a sentence without its full stop. */
  why: string
}

/**
 * Of an identity that the caller was allowed to see. Nothing is assumed: without a measurement the answer is that it is not known.
 * @returns null for whoever may not see runs
 */
export async function readRevokeTime(ctx: Context, identityId: string): Promise<TimeAfterDetection | null> {
  const found = await findDrilledIdentity(ctx, identityId)
  const times = await listRevokeTimes(ctx, found?.system ?? '')
  if (found === null || times === null) return null
  const unknown = (why: string, measured = 0) => ({ seconds: null, measured, why })
  if (found.types.length === 0) return unknown('No live credential of its own is known')
  const own = times.filter(({ credentialType }) => found.types.includes(credentialType))
  const missing = found.types.filter((type) => !own.some(({ credentialType }) => credentialType === type))
  const words = (types: readonly string[]) => types.map((type) => type.replaceAll('_', ' ')).join(', ')
  if (missing.length > 0)
    return unknown(`No drill has measured a cut by ${words(missing)} at this system in the last 90 days`)
  const measured = own.reduce((sum, { drills, revocations }) => sum + drills + revocations, 0)
  const slowest = own.map(({ p95Seconds }) => p95Seconds)
  if (slowest.some((seconds) => seconds === null))
    return unknown('Of the measured cuts too many leaked: no end was seen', measured)
  const outlives = residualOf(found.system)
  if (outlives === null) return unknown('What was issued before a cut has no documented end at this system', measured)
  const seconds = Math.max(...slowest.map((each) => each ?? 0)) + outlives
  const rest = outlives > 0 ? `, and ${outlives} s for what was issued before` : ''
  return {
    seconds,
    measured,
    why: `95 % of ${measured} measured ${measured === 1 ? 'cut' : 'cuts'} at this system${rest}`,
  }
}

/** Seconds for which something goes on that was issued before an account is cut; null = without end, or not documented. */
function residualOf(system: string): number | null {
  const connector = findLiveConnector(system)
  const card = connector?.semantics.identity
  if (card === undefined) return null
  return card.residualSeconds ?? (connector?.capabilities.identity?.includes('endSessions') ? 0 : null)
}

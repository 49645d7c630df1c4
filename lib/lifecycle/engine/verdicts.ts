import type { DrillHop, DrillTerms, EndState } from './steps'

/**
 * What a drill has shown, worked out from the tries alone: a verdict needs a login that was made or a session that was held. What
 * the source says of itself is no try.
 */

export const drillVerdicts = ['cut', 'late', 'leaked', 'not_testable'] as const
export type DrillVerdict = (typeof drillVerdicts)[number]

export interface SeenProbe {
  hop: string
  /** ms since 1970. */
  at: number
  tookMs: number
  answer: 'accepted' | 'refused' | 'unknown'
  evidence: 'login' | 'source' | 'session'
}

export interface DrillSeen {
  terms: DrillTerms
  /** When the cut was sent, and when the source said that it is done. */
  cutAt: number | null
  ackedAt: number | null
  /** When access was given back or the canary cleared away: tries from then on say nothing of the cut. */
  closedAt: number | null
  /** Null while it goes on. */
  end: EndState | null
  probes: readonly SeenProbe[]
  /** Why a place could not be tried, as far as the run said so. */
  says?: Partial<Record<DrillHop, string>>
}

export interface HopFigures {
  hop: DrillHop
  /** Null while it goes on. */
  verdict: DrillVerdict | null
  /** From sending the cut to the end of the first try that was refused, with none let in after it. */
  seconds: number | null
  ackSeconds: number | null
  /** From sending the cut to the last try that was let in; null = none was. */
  lastAllowedSeconds: number | null
  tries: { before: number; after: number }
  why: string | null
}

export interface KeeperFigures {
  identityId: string
  name: string
  verdict: 'kept' | 'lost' | 'not_testable' | null
  tries: number
  /** From sending the cut to the first try that was refused. */
  lostSeconds: number | null
}

export interface DrillFigures {
  /** Of the whole: the worst of what could be tried; null while it goes on, and of a tabletop. */
  verdict: DrillVerdict | null
  seconds: number | null
  /** It was stopped before its end. */
  isStopped: boolean
  hops: HopFigures[]
  keepers: KeeperFigures[]
  falseCuts: number
}

const worst: readonly DrillVerdict[] = ['leaked', 'late', 'cut']

export function figuresOf(seen: DrillSeen): DrillFigures {
  const { terms, end } = seen
  const hops = terms.hops.map((hop) => hopFigures(seen, hop))
  const keepers = terms.keepers.map((_, no) => keeperFigures(seen, no))
  const isStopped = end !== null && end !== 'done'
  const tried = hops.flatMap(({ verdict }) => verdict ?? [])
  const verdict = worst.find((each) => tried.includes(each)) ?? 'not_testable'
  const isOpen = end === null || terms.mode === 'tabletop'
  const seconds = hops
    .filter((each) => each.verdict === 'cut' || each.verdict === 'late')
    .map((each) => each.seconds ?? 0)
  return {
    // A place that leaked has leaked, also when the drill was stopped afterwards; a stopped drill proves nothing good.
    verdict: isOpen ? null : isStopped && verdict !== 'leaked' ? 'not_testable' : verdict,
    seconds: isOpen || isStopped || verdict === 'leaked' || seconds.length === 0 ? null : Math.max(...seconds),
    isStopped,
    hops,
    keepers,
    falseCuts: keepers.filter((keeper) => keeper.verdict === 'lost').length,
  }
}

/** Tries of all places are made at the same moments; by so much they differ. */
const nearMs = 1500
const isPlace = (probe: SeenProbe) => isTry(probe) && !probe.hop.startsWith('keep:') && probe.hop !== 'new'

/** Tries that count: a login, or a session that was held open. */
const isTry = ({ evidence, answer }: SeenProbe) => evidence !== 'source' && answer !== 'unknown'

function hopFigures({ terms, cutAt, ackedAt, closedAt, end, probes, says }: DrillSeen, hop: DrillHop): HopFigures {
  const own = probes.filter(
    (probe) => probe.hop === hop && isTry(probe) && probe.at < (closedAt ?? Number.POSITIVE_INFINITY),
  )
  const before = own.filter(({ at }) => cutAt === null || at < cutAt)
  const after = cutAt === null ? [] : own.filter(({ at }) => at >= cutAt)
  const since = (at: number) => (at - (cutAt ?? at)) / 1000
  const lastAllowed = after.filter(({ answer }) => answer === 'accepted').at(-1)
  const refused = after.find(
    ({ at, answer }) => answer === 'refused' && at > (lastAllowed?.at ?? Number.NEGATIVE_INFINITY),
  )
  const seconds = refused ? since(refused.at + refused.tookMs) : null
  const figures = {
    hop,
    seconds,
    ackSeconds: ackedAt === null ? null : since(ackedAt),
    lastAllowedSeconds: lastAllowed ? since(lastAllowed.at) : null,
    tries: { before: before.length, after: after.length },
  }
  const lastTry = Math.max(
    ...probes
      .filter((probe) => isPlace(probe) && probe.at < (closedAt ?? Number.POSITIVE_INFINITY))
      .map(({ at }) => at),
  )
  // What was let in at the cut and never tried again has not leaked: nobody knows.
  const wasTriedOn = ({ at }: SeenProbe) => since(at) > terms.withinSeconds || at >= lastTry - nearMs
  const untested = (why: string): HopFigures => ({ ...figures, seconds: null, verdict: 'not_testable', why })
  if (terms.mode === 'tabletop') return { ...untested('Nothing was tried: this was done on paper.'), verdict: null }
  if (hop === 'copies') return untested(copyWords(terms.copies))
  const isOver = end !== null || closedAt !== null
  if (cutAt === null && !isOver) return { ...figures, verdict: null, why: null }
  if (cutAt === null) return untested('It ended before anything was cut.')
  if (before.length === 0 && (isOver || after.length === 0))
    return isOver
      ? untested(says?.[hop] ?? 'No login was tried before the cut.')
      : { ...figures, verdict: null, why: null }
  if (before.at(-1)?.answer !== 'accepted')
    return untested(says?.[hop] ?? 'It did not get in before the cut, so that a refusal says nothing.')
  if (refused && seconds !== null)
    return { ...figures, verdict: seconds <= terms.withinSeconds ? 'cut' : 'late', why: null }
  if (!isOver) return { ...figures, verdict: null, why: null }
  if (lastAllowed && wasTriedOn(lastAllowed)) return { ...figures, verdict: 'leaked', why: null }
  return untested(says?.[hop] ?? 'No try had a clear answer after the cut.')
}

const copyWords = (copies: number) =>
  copies === 0
    ? 'No place is known that keeps a copy.'
    : `${copies} ${copies === 1 ? 'place keeps' : 'places keep'} a copy. Nobody can try them from here.`

function keeperFigures({ terms, cutAt, closedAt, end, probes }: DrillSeen, no: number): KeeperFigures {
  const { identityId, name } = terms.keepers[no] ?? { identityId: '', name: '' }
  const own = probes.filter(
    (probe) => probe.hop === `keep:${no}` && isTry(probe) && probe.at < (closedAt ?? Number.POSITIVE_INFINITY),
  )
  const worked = own.some(({ at, answer }) => answer === 'accepted' && (cutAt === null || at < cutAt))
  const after = cutAt === null ? [] : own.filter(({ at }) => at >= cutAt)
  const lost = after.find(({ answer }) => answer === 'refused')
  const figures = { identityId, name, tries: own.length, lostSeconds: null }
  if (terms.mode === 'tabletop') return { ...figures, verdict: 'not_testable' }
  if (worked && lost && cutAt !== null) return { ...figures, verdict: 'lost', lostSeconds: (lost.at - cutAt) / 1000 }
  if (end === null && closedAt === null) return { ...figures, verdict: null }
  return { ...figures, verdict: worked && after.length > 0 ? 'kept' : 'not_testable' }
}

/** The nearest-rank percentile; null of nothing. */
export function percentile(values: readonly number[], share: number): number | null {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? null
}

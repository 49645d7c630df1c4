import type { ImpactTarget, OrderTarget, RunEffect, RunKind } from './schema'

/** Until somebody decides otherwise. */
export const defaultSettings = { secondPersonScore: 75, secondPersonCount: 50, restoreHours: 24, linkMinutes: 60 }
export type Settings = typeof defaultSettings

/** An order that nobody agrees to lapses after so long. */
export const orderHours = 24

/** What policies read of an order. */
export function orderTarget(order: {
  id: string
  kind: RunKind
  label: string
  requestedBy: string | null
  ownerKeys: readonly string[]
}) {
  const { id, kind, label, requestedBy, ownerKeys } = order
  return {
    kind: 'lifecycle_order' as const,
    id,
    label,
    attr: { kind, requestedBy: requestedBy ?? '', ownerKeys: [...ownerKeys] },
  }
}

/** What policies read of a run. */
export function runTarget(run: {
  id: string
  kind: string
  label: string
  requestedBy: string | null
  revealTo: string | null
}) {
  const { id, kind, label, requestedBy, revealTo } = run
  return {
    kind: 'lifecycle_run' as const,
    id,
    label,
    attr: { kind, requestedBy: requestedBy ?? '', revealTo: revealTo ?? '' },
  }
}

/** A list in the one order in which its hash is taken: whoever agrees, agrees to exactly these. */
export function canonicalList(targets: readonly OrderTarget[]): OrderTarget[] {
  const keyOf = ({ identityId, credentialId }: OrderTarget) => `${identityId} ${credentialId ?? ''}`
  const known = new Map(
    targets.map((target) => [keyOf(target), { identityId: target.identityId, credentialId: target.credentialId }]),
  )
  return [...known].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, target]) => target)
}

/**
 * What the hash of a list is taken of: the list, what each would be refused for, and how many places keep its secret. No score: it
 * is worked out anew whenever something near changes, and whether somebody else has to agree is asked of the score of the moment.
 */
export function listText(
  kind: RunKind,
  targets: readonly OrderTarget[],
  seen: readonly Pick<ImpactTarget, 'problems' | 'storeCount'>[],
): string {
  const impact = seen.map(({ problems, storeCount }) => [problems.map((each) => each.kind), storeCount])
  return JSON.stringify([2, kind, targets.map(({ identityId, credentialId }) => [identityId, credentialId]), impact])
}

/** Why a second person has to agree, as a sentence; null = nobody has to. */
export function secondPersonReason(
  targets: readonly Pick<ImpactTarget, 'score' | 'name'>[],
  settings: Settings,
): string | null {
  if (targets.length > settings.secondPersonCount)
    return `It is about ${targets.length} at once; more than ${settings.secondPersonCount} need a second person.`
  const widest = targets.reduce<(typeof targets)[number] | null>(
    (most, each) => ((each.score ?? -1) > (most?.score ?? -1) ? each : most),
    null,
  )
  if (widest?.score == null || widest.score < settings.secondPersonScore) return null
  return `The blast radius of ${widest.name} is ${Math.round(widest.score)}; from ${settings.secondPersonScore} on a second person has to agree.`
}

/** The systems of which all administrators would be cut off: `left` counts those that would stay. */
export function withoutAdministrator(
  admins: readonly { id: string; sourceId: string }[],
  cut: ReadonlySet<string>,
): Set<string> {
  const sources = new Map<string, { cut: string[]; left: number }>()
  for (const { id, sourceId } of admins) {
    const at = sources.get(sourceId) ?? { cut: [], left: 0 }
    if (cut.has(id)) at.cut.push(id)
    else at.left += 1
    sources.set(sourceId, at)
  }
  return new Set([...sources.values()].flatMap(({ cut: ids, left }) => (left === 0 ? ids : [])))
}

/** Whether access has been shown to be gone; nothing less counts. */
export const isProved = (effect: RunEffect): boolean => ['refused', 'source_says_off', 'absent'].includes(effect)

import { type OwnershipLike, ownerKind } from '@/lib/identities/rules'
import type { AssertionSource } from '@/lib/identities/schema'
import type { OwnerChangeRun } from './schema'

const dayMs = 86_400_000

/** How much a source's word on who owns something is worth, of 100. What a person says outweighs every machine. */
export const sourceConfidence: Record<AssertionSource, number> = {
  manual: 100,
  tag: 70,
  annotation: 65,
  commit: 60,
  name: 40,
  usage: 35,
}

/** Which source a connector's hint counts as, by how its `from` begins: the first that fits. */
export const hintSources: readonly { prefix: string; source: AssertionSource }[] = [
  { prefix: 'annotation:', source: 'annotation' },
  { prefix: 'label:', source: 'annotation' },
  { prefix: 'tag:', source: 'tag' },
  { prefix: 'column:', source: 'tag' },
  { prefix: 'commit', source: 'commit' },
  { prefix: 'usage', source: 'usage' },
  { prefix: '', source: 'name' },
]

export function sourceOfHint(from: string): AssertionSource {
  return hintSources.find(({ prefix }) => from.startsWith(prefix))?.source ?? 'name'
}

/** From how many days before its word lapses an owner is asked for it again. */
export const attestSoonDays = 14

export type Attestation = 'never' | 'due' | 'soon' | 'fresh'

/** Where an ownership stands towards its next attestation; owners say again every so many days that they still are. */
export function attestationOf(attestedAt: Date | string | null, attestEveryDays: number, nowMs: number): Attestation {
  if (attestedAt === null) return 'never'
  const left = new Date(attestedAt).getTime() + attestEveryDays * dayMs - nowMs
  if (left <= 0) return 'due'
  return left <= attestSoonDays * dayMs ? 'soon' : 'fresh'
}

/** A bulk change can be taken back for so long. */
export const undoMinutes = 15
/** A selection is kept for so long. */
export const selectionMinutes = 60

/** The claims that disagree about who runs an identity: several owners, at least one of them only suggested. */
export function conflictOf<T extends OwnershipLike>(ownerships: readonly T[]): T[] {
  const claims = ownerships.filter(({ duty }) => duty === 'technical')
  const isDisputed = new Set(claims.map(({ ownerKey }) => ownerKey)).size > 1
  return isDisputed && claims.some(({ state }) => state === 'suggested') ? claims : []
}

/** What choosing one of the claims does to the others: they end. A text that matches nobody cannot be chosen. */
export function resolutionOf<T extends OwnershipLike>(
  ownerships: readonly T[],
  chosenId: string,
): { kind: 'resolve'; chosen: T; ends: T[] } | { kind: 'no_conflict' } | { kind: 'unresolved'; chosen: T } {
  const claims = conflictOf(ownerships)
  const chosen = claims.find(({ id }) => id === chosenId)
  if (!chosen) return { kind: 'no_conflict' }
  if (ownerKind(chosen.ownerKey) === 'text') return { kind: 'unresolved', chosen }
  return { kind: 'resolve', chosen, ends: claims.filter(({ id }) => id !== chosenId) }
}

/** Of more identities than these a bulk change is a run of the worker. */
export const mostAtOnce = 2000

export type OwnerChangeState = OwnerChangeRun['status']

/** The worker has it, or will have it. */
export function isUnderWay(status: OwnerChangeState): boolean {
  return status === 'queued' || status === 'running'
}

/** A run for the decision point, with the attributes that `policies/console/owner_change.yaml` reads. */
export function ownerChangeTarget({ id, actorKey, total }: { id: string; actorKey: string; total: number }) {
  const startedBy = actorKey.slice(actorKey.indexOf(':') + 1)
  return { kind: 'owner_change' as const, id, label: `a change of ${total} identities`, attr: { startedBy } }
}

/** What may still be done with a run in its state. What takes another change back is neither stopped nor taken back itself. */
export function openSteps(
  run: { status: OwnerChangeState; isRestore: boolean; isCancelling: boolean; changed: number },
  undo: { until: Date; isUndone: boolean },
  nowMs: number,
): { cancel: boolean; undo: boolean } {
  const { status, isRestore, isCancelling, changed } = run
  if (isRestore) return { cancel: false, undo: false }
  if (isUnderWay(status)) return { cancel: !isCancelling, undo: false }
  return { cancel: false, undo: changed > 0 && !undo.isUndone && undo.until.getTime() > nowMs }
}

/** Why a bulk change leaves an identity as it is, in words for people. */
export const refusalWords: Record<string, string> = {
  missing: 'There is no such identity.',
  forbidden: 'Your role does not allow this for it.',
  gone: 'Its source no longer holds it.',
  not_yours: 'Neither you nor a team of yours answers for it.',
  is_owner: 'Who answers for it cannot be its backup too.',
  changed_since: 'Somebody has changed its owners since.',
}

/** Who is asked to take over: one owner, else all who see every task and may assign an owner. */
export function askedWords(to: string | null): string {
  return to ?? 'administrators and the security team'
}

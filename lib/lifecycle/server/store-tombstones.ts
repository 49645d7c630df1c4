import type { Tx } from '@/lib/platform/db/commit'
import type { StepName } from '../engine/steps'
import { planOf } from './map-run'
import type { FoundRun } from './store'

/** What was deleted at its source on our order is remembered, so that its coming back is seen. */
export async function writeTombstone(tx: Tx, run: FoundRun, step: StepName): Promise<void> {
  const { orgId, sourceId, identityRef, credentialRef, subject } = run
  const plan = planOf(run)
  const isGone = step === 'remove' || (step === 'cut' && plan.kind === 'revocation' && !plan.can.disable)
  if (!isGone || plan.kind === 'drill') return
  const externalId = plan.kind === 'revocation' && credentialRef === null ? identityRef : (credentialRef ?? identityRef)
  const where = { orgId_sourceId_subject_externalId: { orgId, sourceId, subject, externalId } }
  const held = await tx.lifecycleSecret.findFirst({
    where: { orgId, runId: run.id, purpose: 'old' },
    select: { fingerprint: true },
  })
  const data = {
    runId: run.id,
    name: run.identityName,
    fingerprint: held?.fingerprint ?? null,
    at: new Date(),
    reappearedAt: null,
  }
  await tx.tombstone.upsert({ where, create: { orgId, sourceId, subject, externalId, ...data }, update: data })
}

/** What was cut by deleting, and is brought back, is not gone. */
export async function dropTombstones(tx: Tx, run: Pick<FoundRun, 'orgId' | 'id'>): Promise<void> {
  await tx.tombstone.deleteMany({ where: { orgId: run.orgId, runId: run.id } })
}

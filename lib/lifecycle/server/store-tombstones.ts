import type { Context } from '@/lib/platform/context'
import { type BulkTx, sqlOf, type Tx } from '@/lib/platform/db/commit'
import { Prisma } from '@/lib/platform/db/generated/client'
import type { StepName } from '../engine/steps'
import { runTarget } from '../rules'
import { planOf } from './map-run'
import type { FoundRun } from './store'

/** What was cut off at its source on our order is remembered, so that its coming back is seen. */
export async function writeTombstone(tx: Tx, run: FoundRun, step: StepName): Promise<void> {
  const { orgId, sourceId, identityId, identityRef, credentialRef, subject } = run
  const plan = planOf(run)
  if ((step !== 'cut' && step !== 'remove') || plan.kind === 'drill') return
  const externalId = plan.kind === 'revocation' && credentialRef === null ? identityRef : (credentialRef ?? identityRef)
  const where = { orgId_sourceId_subject_externalId: { orgId, sourceId, subject, externalId } }
  const held = await tx.lifecycleSecret.findFirst({
    where: { orgId, runId: run.id, purpose: 'old' },
    select: { fingerprint: true },
  })
  const data = {
    runId: run.id,
    identityId,
    name: run.identityName,
    fingerprint: held?.fingerprint ?? null,
    isOff: step === 'cut' && plan.can.disable,
    at: new Date(),
    ...{ goneAt: null, reappearedAt: null, reappearedAs: null, settledAt: null, settledBy: null, settledWhy: null },
  }
  await tx.tombstone.upsert({ where, create: { orgId, sourceId, subject, externalId, ...data }, update: data })
}

/** What policies read of a tombstone: the run that it is of. */
export const targetOf = ({ runId, name }: { runId: string; name: string }) =>
  runTarget({ id: runId, kind: 'revocation', label: name, requestedBy: null, revealTo: null })

/** What was cut off, and is brought back on our order, is not gone. */
export async function dropTombstones(tx: Tx, run: Pick<FoundRun, 'orgId' | 'id'>): Promise<void> {
  await tx.tombstone.deleteMany({ where: { orgId: run.orgId, runId: run.id } })
}

export interface TombstoneMove {
  id: string
  runId: string
  identityId: string | null
  name: string
  /** null: it is seen gone for the first time. */
  as: 'account' | 'credential' | 'secret' | null
}

/**
 * Tombstones with which the inventory shows something new: seen gone (or off) for the first time, there again after that, or the
 * same secret on another credential that was found since. At most so many.
 */
export function findTombstoneMoves(ctx: Context, most: number): Promise<TombstoneMove[]> {
  const { orgId } = ctx.tenant
  return ctx.sql<TombstoneMove>(Prisma.sql`
    WITH looked AS (
      SELECT t.id, t.run_id, t.identity_id, t.name, t.subject, t.gone_at,
        coalesce(CASE WHEN t.subject = 'identity'
          THEN i.deleted_at IS NULL AND (NOT t.is_off OR i.status = 'active')
          ELSE c.deleted_at IS NULL AND (NOT t.is_off OR (c.status = 'active' AND (c.expires_at IS NULL OR c.expires_at > now())))
        END, false) AND coalesce(i.id, c.id) IS NOT NULL AS is_there,
        t.fingerprint IS NOT NULL AND EXISTS (SELECT FROM credential s WHERE s.org_id = t.org_id AND s.fingerprint = t.fingerprint
          AND s.deleted_at IS NULL AND s.status = 'active' AND s.first_seen_at > t.at) AS is_used
      FROM tombstone t
      LEFT JOIN identity i ON t.subject = 'identity' AND i.org_id = t.org_id AND i.source_id = t.source_id
        AND i.external_id = t.external_id
      LEFT JOIN credential c ON t.subject <> 'identity' AND c.org_id = t.org_id AND c.source_id = t.source_id
        AND c.external_id = t.external_id
      WHERE t.org_id = ${orgId}::uuid AND t.reappeared_at IS NULL
    )
    SELECT id, run_id AS "runId", identity_id AS "identityId", name, CASE WHEN is_used THEN 'secret' WHEN NOT is_there THEN NULL
      WHEN subject = 'identity' THEN 'account' ELSE 'credential' END AS as
    FROM looked WHERE is_used OR (gone_at IS NULL) <> is_there
    ORDER BY id LIMIT ${most}`)
}

/** It has been seen gone. */
export async function markGone(bulk: BulkTx, ids: readonly string[]): Promise<void> {
  await sqlOf(bulk)(
    `UPDATE tombstone SET gone_at = now() WHERE org_id = $1::uuid AND id = ANY($2::uuid[]) AND gone_at IS NULL`,
    [bulk.orgId, [...ids]],
  )
}

const back = {
  id: true,
  runId: true,
  identityId: true,
  name: true,
  at: true,
  isOff: true,
  reappearedAt: true,
  reappearedAs: true,
} satisfies Prisma.TombstoneSelect
export type FoundReappearance = Prisma.TombstoneGetPayload<{ select: typeof back }>

/** What is there again and nobody has said is meant to be, newest first. */
export function findReappearances(
  ctx: Context,
  where: { identityId?: string; id?: string },
  take: number,
): Promise<FoundReappearance[]> {
  return ctx.db.tombstone.findMany({
    where: { orgId: ctx.tenant.orgId, ...where, reappearedAt: { not: null }, settledAt: null },
    select: back,
    orderBy: [{ reappearedAt: 'desc' }, { id: 'asc' }],
    take,
  })
}

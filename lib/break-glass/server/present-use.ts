import type { Context } from '@/lib/platform/context'
import { breakGlassTarget, drillFailuresOf } from '../rules'
import type { Use, UsedSecret } from '../schema'
import type { SecretState } from '../values'
import { type FoundUse, findSecrets, type SecretRow } from './store'

/** What policies are asked of a use. Whoever agreed to it had a part in it. */
export const targetOf = ({ grant, ...use }: FoundUse) =>
  breakGlassTarget({
    ...use,
    subjectName: grant.subjectName,
    partyKeys: [
      ...grant.partyKeys,
      ...grant.approvals.filter(({ verdict }) => verdict === 'approved').map(({ userId }) => `user:${userId}`),
    ],
  })

const iso = (date: Date | null): string | null => date?.toISOString() ?? null

/** As the inventory shows it made anew or gone since, or as somebody said. */
export function presentSecret(row: SecretRow): UsedSecret {
  const { no, identityId, credentialId, name, why, dueAt, doneAt, doneBy, madeAnewAt } = row
  const isFound = row.state === 'due' && madeAnewAt !== null
  return {
    ...{ no, identityId, credentialId, name, why, dueAt: dueAt.toISOString(), doneBy },
    state: isFound ? 'rotated' : (row.state as SecretState),
    says: isFound ? 'The inventory shows that it was made anew, or is gone, since.' : row.says,
    doneAt: iso(isFound ? madeAnewAt : doneAt),
  }
}

/** Uses as the contract shows them; never anything that is secret. */
export async function presentUses(ctx: Context, uses: readonly FoundUse[]): Promise<Use[]> {
  const [may, secrets] = await Promise.all([
    ctx.can(['acknowledge', 'review', 'settle'], uses.map(targetOf)),
    findSecrets(
      ctx,
      uses.map(({ id }) => id),
    ),
  ])
  const now = new Date()
  return uses.map((use, at) => {
    const { id, grant, isDrill, reason, reference } = use
    const [first] = grant.rights
    const more = grant.rights.length > 1 ? ` and ${grant.rights.length - 1} more` : ''
    return {
      ...{ id, isDrill, reason, reference, incidentId: grant.incidentId, subject: grant.subjectName },
      state: use.state as Use['state'],
      exception: use.exception as Use['exception'],
      invoker: { id: use.invokerId, name: use.invokerName },
      what: `${first?.name ?? 'Access'}${more}`,
      invokedAt: use.invokedAt.toISOString(),
      ...{ startedAt: iso(grant.startedAt), endsAt: iso(grant.endsAt), endedAt: iso(use.endedAt) },
      ...{
        alertDueAt: iso(use.alertDueAt),
        seenAt: iso(use.seenAt),
        seenBy: use.seenBy,
        escalatedAt: iso(use.escalatedAt),
      },
      reviewDueAt: iso(use.reviewDueAt),
      isOverdue: use.state === 'to_review' && use.reviewDueAt !== null && use.reviewDueAt <= now,
      ...{ reviewedAt: iso(use.reviewedAt), reviewer: use.reviewerName, verdict: use.verdict as Use['verdict'] },
      drillFailures: drillFailuresOf({ ...use, overrunSeconds: grant.overrunSeconds }, now),
      secretsDue: (secrets.get(id) ?? []).filter((row) => presentSecret(row).state === 'due').length,
      now: now.toISOString(),
      can: {
        acknowledge:
          may[at]?.acknowledge === true && use.seenAt === null && use.state !== 'void' && use.state !== 'reviewed',
        review: may[at]?.review === true,
        settle: may[at]?.settle === true,
      },
    }
  })
}

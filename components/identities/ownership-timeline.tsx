'use client'

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Scale } from 'lucide-react'
import type { ReactNode } from 'react'
import { Alert } from '@/components/ui/alert'
import { Badge } from '@/components/ui/badge'
import { Button } from '@/components/ui/button'
import { Section } from '@/components/ui/page-header'
import { Refusal } from '@/components/ui/refusal'
import { RelativeTime } from '@/components/ui/relative-time'
import { notifyDone, notifyFailed } from '@/components/ui/toast'
import { resolveOwnerConflict } from '@/lib/identities/actions'
import { inventoryKey } from '@/lib/identities/queries'
import { isHint } from '@/lib/identities/rules'
import { ownerTimelineQuery } from '@/lib/ownership/queries'
import type { OwnerAssertion } from '@/lib/ownership/schema'
import { takeResult } from '@/lib/platform/browser/action-result'
import { formatDate, formatWord } from '@/lib/platform/browser/format'
import { OwnershipName } from './owner-cell'
import { useOwnerBulkChange } from './use-owner-bulk-change'

interface OwnershipTimelineProps {
  orgId: string
  identityId: string
}

/** Everything that was ever said about who answers for an identity, and, where sources disagree, the choice between them. */
export function OwnershipTimeline({ orgId, identityId }: OwnershipTimelineProps) {
  const { data, error, refetch } = useQuery(ownerTimelineQuery(orgId, identityId))
  const attest = useOwnerBulkChange(orgId)
  if (error) return <Refusal what="ownership timeline" error={error} onRetry={() => void refetch()} />
  const claims = (data?.items ?? []).filter(({ id }) => data?.conflict.includes(id))
  return (
    <>
      {data && claims.length > 0 ? (
        <OwnerConflict orgId={orgId} identityId={identityId} claims={claims} canChoose={data.can.confirmOwner} />
      ) : null}
      <Section
        title="Ownership timeline"
        detail="Who said what, when, and why it ended."
        actions={
          data?.can.attest ? (
            <Button
              size="sm"
              isPending={attest.isPending}
              onClick={() => attest.mutate({ change: 'attest', ids: [identityId] })}
            >
              Still mine
            </Button>
          ) : null
        }
      >
        {data && data.items.length === 0 ? (
          <p className="text-sm text-ink-muted">Nobody was ever named, by a person or by a source.</p>
        ) : (
          <ol className="flex min-h-11 flex-col" aria-busy={!data}>
            {(data?.items ?? []).map((assertion) => (
              <TimelineLine key={assertion.id} assertion={assertion} />
            ))}
          </ol>
        )}
        {data?.hasMore ? <p className="mt-2 text-sm text-ink-muted">Only the latest 500 are shown.</p> : null}
      </Section>
    </>
  )
}

const endings: Record<string, string> = {
  withdrawn: 'Its source no longer says so',
  rejected: 'Rejected',
  removed: 'Removed',
  transferred: 'Handed over',
  not_mine: 'Given up: not mine',
  resolved: 'Another claim was chosen',
  left: 'The owner left',
  disabled: 'The owner was disabled',
  team_deleted: 'The team was deleted',
  lapsed: 'Its day passed',
  undone: 'Taken back',
}

function TimelineLine({ assertion }: { assertion: OwnerAssertion }) {
  const { duty, endedAt, endedReason, endedBy, endedNote } = assertion
  return (
    <li className="flex flex-col gap-0.5 border-b py-1.5 last:border-b-0">
      <span className="flex min-w-0 flex-wrap items-center gap-2">
        <OwnershipName ownership={assertion} />
        <Badge form="outlined">{formatWord(duty)}</Badge>
        {endedAt ? <Badge>Ended</Badge> : null}
      </span>
      <span className="text-xs text-ink-muted">
        <Story assertion={assertion} />
      </span>
      {endedAt ? (
        <span className="text-xs text-ink-muted">
          {endings[endedReason ?? ''] ?? endedReason} <RelativeTime at={endedAt} hasDate />
          {endedBy ? ` by ${endedBy}` : ''}
          {endedNote ? `: ${endedNote}` : ''}
        </span>
      ) : null}
    </li>
  )
}

function Story({ assertion }: { assertion: OwnerAssertion }): ReactNode {
  const { source, confidence, evidence, assertedAt, assertedBy, confirmedAt, confirmedBy, attestedAt, validUntil } =
    assertion
  return (
    <>
      {source === 'manual' ? 'Said' : `From a ${source} (confidence ${confidence} of 100)`}{' '}
      <RelativeTime at={assertedAt} hasDate />
      {assertedBy ? ` by ${assertedBy}` : ''}
      {evidence ? ` (${evidence})` : ''}
      {confirmedAt ? (
        <>
          ; confirmed <RelativeTime at={confirmedAt} hasDate />
          {confirmedBy ? ` by ${confirmedBy}` : ''}
        </>
      ) : null}
      {attestedAt && attestedAt !== confirmedAt ? (
        <>
          ; last attested <RelativeTime at={attestedAt} hasDate />
        </>
      ) : null}
      {validUntil ? `; until ${formatDate(validUntil)}` : ''}.
    </>
  )
}

interface OwnerConflictProps extends OwnershipTimelineProps {
  claims: OwnerAssertion[]
  canChoose: boolean
}

/** Sources disagree: the claims side by side, and one click says which is right. */
function OwnerConflict({ orgId, identityId, claims, canChoose }: OwnerConflictProps) {
  const queries = useQueryClient()
  const choose = useMutation({
    mutationFn: (ownershipId: string) => takeResult(resolveOwnerConflict({ identityId, ownershipId })),
    onSuccess: () => notifyDone('Settled: the other claims have ended'),
    onError: (error) => notifyFailed('The owner was not chosen', error.message),
    onSettled: () => queries.invalidateQueries({ queryKey: inventoryKey(orgId) }),
  })
  return (
    <Section title="Sources disagree about the owner" detail={`${claims.length} claims`}>
      <Alert tone="warning">
        {canChoose
          ? 'Choose the claim that is right. The others end and stay in the timeline.'
          : 'Ask the security team to choose the claim that is right.'}
      </Alert>
      <ul className="mt-2 flex flex-col">
        {claims.map((claim) => (
          <li
            key={claim.id}
            className="flex min-h-11 flex-wrap items-center gap-x-4 gap-y-1 border-b py-1.5 last:border-b-0"
          >
            <span className="flex min-w-0 flex-1 basis-64 flex-col">
              <OwnershipName ownership={claim} />
              <span className="text-xs text-ink-muted">
                <Story assertion={claim} />
              </span>
            </span>
            {canChoose && !isHint(claim.ownerKey) ? (
              <Button
                size="sm"
                icon={<Scale aria-hidden />}
                isPending={choose.isPending && choose.variables === claim.id}
                aria-label={`Choose ${claim.label}`}
                onClick={() => choose.mutate(claim.id)}
              >
                Choose
              </Button>
            ) : null}
          </li>
        ))}
      </ul>
    </Section>
  )
}

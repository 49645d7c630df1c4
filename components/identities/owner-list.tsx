'use client'

import Link from 'next/link'
import { Badge } from '@/components/ui/badge'
import { RelativeTime } from '@/components/ui/relative-time'
import { unownedWords } from '@/lib/identities/findings'
import type { IdentityDetail, Ownership } from '@/lib/identities/schema'
import { formatDate, formatWord } from '@/lib/platform/browser/format'
import { AssignOwnerDialog } from './assign-owner-dialog'
import { ConfirmOwnerButton } from './confirm-owner-button'
import { DeleteOwnerButton } from './delete-owner-button'
import { OwnershipName } from './owner-cell'
import { TransferOwnerDialog } from './transfer-owner-dialog'

interface OwnerListProps {
  orgId: string
  identity: IdentityDetail
}

/** Who answers for an identity and who might, with what the reader may decide about each. */
export function OwnerList({ orgId, identity }: OwnerListProps) {
  const { ownerships, formerOwner, can } = identity
  return (
    <div className="flex flex-col gap-2">
      {ownerships.length === 0 ? (
        <p className="text-sm text-ink-muted">
          {formerOwner ? unownedWords(formerOwner) : 'Nobody answers for it, and its source names nobody who could.'}
          {formerOwner?.hasTask ? (
            <>
              {' '}
              <Link href="/mine" className="text-accent-ink hover:underline">
                Open the task to take it over
              </Link>
              .
            </>
          ) : null}
          {can.assignOwner ? '' : ' Ask your security team to assign an owner.'}
        </p>
      ) : (
        <ul className="flex flex-col">
          {ownerships.map((ownership) => (
            <OwnerLine key={ownership.id} orgId={orgId} identity={identity} ownership={ownership} />
          ))}
        </ul>
      )}
      {can.assignOwner ? (
        <div>
          <AssignOwnerDialog orgId={orgId} identity={identity} />
        </div>
      ) : null}
    </div>
  )
}

function OwnerLine({ orgId, identity, ownership }: OwnerListProps & { ownership: Ownership }) {
  const { can } = identity
  const { state } = ownership
  const mayEnd = state === 'suggested' ? can.confirmOwner : can.assignOwner
  return (
    <li className="flex min-h-11 flex-wrap items-center gap-x-4 gap-y-1 border-b py-1.5 last:border-b-0">
      <span className="flex min-w-0 flex-1 basis-64 flex-col gap-0.5">
        <span className="flex min-w-0 items-center gap-2">
          <OwnershipName ownership={ownership} />
          <Badge form="outlined">{formatWord(ownership.duty)}</Badge>
        </span>
        <span className="text-xs text-ink-muted">
          <OwnershipStory ownership={ownership} />
        </span>
      </span>
      <span className="flex flex-wrap items-center gap-1">
        {state !== 'confirmed' && can.confirmOwner ? (
          <ConfirmOwnerButton orgId={orgId} identity={identity} ownership={ownership} />
        ) : null}
        {state !== 'suggested' && can.transferOwner ? (
          <TransferOwnerDialog orgId={orgId} identity={identity} ownership={ownership} />
        ) : null}
        {mayEnd ? <DeleteOwnerButton orgId={orgId} identity={identity} ownership={ownership} /> : null}
      </span>
    </li>
  )
}

function OwnershipStory({ ownership }: { ownership: Ownership }) {
  const { state, evidence, confirmedAt, confirmedBy, assertedAt, validUntil } = ownership
  const until = validUntil ? `, until ${formatDate(validUntil)}` : ''
  if (state === 'confirmed') {
    return (
      <>
        Confirmed <RelativeTime at={confirmedAt ?? undefined} hasDate />
        {confirmedBy ? ` by ${confirmedBy}` : ''}
        {until}
      </>
    )
  }
  if (state === 'assigned') {
    return (
      <>
        Assigned <RelativeTime at={assertedAt} />
        {until}
        {evidence ? `: ${evidence}` : ''}
      </>
    )
  }
  return (
    <>
      Suggested by the source{evidence ? ` (${evidence})` : ''}, seen <RelativeTime at={assertedAt} />
    </>
  )
}

'use client'

import { Check } from 'lucide-react'
import { useState } from 'react'
import { Button } from '@/components/ui/button'
import { ConfirmDialog } from '@/components/ui/confirm-dialog'
import { confirmOwner } from '@/lib/identities/actions'
import { isHint } from '@/lib/identities/rules'
import type { ConfirmOwnerInput, IdentityDetail, Ownership } from '@/lib/identities/schema'
import { type ChosenOwner, OwnerPicker } from './owner-picker'
import { useOwnerChange } from './use-owner-change'

interface ConfirmOwnerButtonProps {
  orgId: string
  identity: IdentityDetail
  ownership: Ownership
}

/** Confirms an owner. A suggestion that is only a text asks first who is meant. */
export function ConfirmOwnerButton({ orgId, identity, ownership }: ConfirmOwnerButtonProps) {
  const [owner, setOwner] = useState<ChosenOwner>()
  const { id: ownershipId, label, duty } = ownership
  const isText = isHint(ownership.ownerKey)
  const name = isText ? owner?.label : label
  const confirm = useOwnerChange<ConfirmOwnerInput>(
    orgId,
    confirmOwner,
    (done) => `${name} confirmed as ${duty} owner of ${done.name}`,
  )
  return (
    <ConfirmDialog
      trigger={
        <Button size="sm" icon={<Check aria-hidden />}>
          {isText ? 'Choose who this is' : 'Confirm'}
        </Button>
      }
      title={isText ? `Who is “${label}”?` : `Confirm ${label} as owner of ${identity.name}?`}
      confirmLabel={name ? `Confirm ${name}` : 'Confirm owner'}
      onConfirm={async () => {
        if (isText && !owner) throw new Error('Choose a person or a team.')
        const input = { identityId: identity.id, ownershipId }
        await confirm.mutateAsync(isText && owner ? { ...input, ownerKey: owner.key } : input)
      }}
    >
      {isText ? (
        <>
          <p className="text-ink-muted">
            The source names “{label}” ({ownership.evidence ?? 'no place given'}), which is no member and no team here.
            Choose who is meant.
          </p>
          <OwnerPicker orgId={orgId} value={owner} onChange={setOwner} startWith="" />
        </>
      ) : (
        <p className="text-ink-muted">
          {label} then answers for it as {duty} owner, with today’s date and your name beside it.
        </p>
      )}
    </ConfirmDialog>
  )
}

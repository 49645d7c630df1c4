'use client'

import { Button } from '@/components/ui/button'
import { ConfirmDialog } from '@/components/ui/confirm-dialog'
import { deleteOwner } from '@/lib/identities/actions'
import type { DeleteOwnerInput, IdentityDetail, Ownership } from '@/lib/identities/schema'
import { useOwnerChange } from './use-owner-change'

interface DeleteOwnerButtonProps {
  orgId: string
  identity: IdentityDetail
  ownership: Ownership
}

/** Rejects a suggestion, or takes an owner away. */
export function DeleteOwnerButton({ orgId, identity, ownership }: DeleteOwnerButtonProps) {
  const { id: ownershipId, label, state } = ownership
  const isSuggestion = state === 'suggested'
  const remove = useOwnerChange<DeleteOwnerInput>(orgId, deleteOwner, (done) =>
    isSuggestion ? `${label} is no longer suggested for ${done.name}` : `${label} no longer owns ${done.name}`,
  )
  const isLast = identity.ownerships.length === 1
  return (
    <ConfirmDialog
      trigger={
        <Button size="sm" variant="ghost">
          {isSuggestion ? 'Reject' : 'Remove'}
        </Button>
      }
      tone={isSuggestion ? 'accent' : 'danger'}
      title={isSuggestion ? `Reject ${label} as owner?` : `Remove ${label} as owner of ${identity.name}?`}
      confirmLabel={isSuggestion ? 'Reject suggestion' : `Remove ${label}`}
      onConfirm={() => remove.mutateAsync({ identityId: identity.id, ownershipId })}
    >
      <p className="text-ink-muted">
        {isSuggestion
          ? 'It comes back only when the source changes what it says. You can still assign this owner by hand.'
          : `${label} can no longer see or confirm it as its owner. ${isLast ? 'Nobody will answer for it then. ' : ''}Assign the owner again to take this back.`}
      </p>
    </ConfirmDialog>
  )
}

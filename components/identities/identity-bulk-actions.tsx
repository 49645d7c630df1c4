'use client'

import { LifecycleActions } from '../lifecycle/lifecycle-actions'
import { AssignOwnersDialog } from './assign-owners-dialog'
import type { BulkProps } from './inventory-kind'

/** Owners, a new secret, or the end of access. */
export function BulkActions({ orgId, target, onDone }: BulkProps) {
  return (
    <>
      <AssignOwnersDialog orgId={orgId} target={target} onDone={onDone} />
      <LifecycleActions
        orgId={orgId}
        scope={
          target.kind === 'rows'
            ? { targets: target.ids.map((identityId) => ({ identityId, credentialId: null })) }
            : { selectionId: target.id }
        }
        size="sm"
        onOrdered={onDone}
      />
    </>
  )
}

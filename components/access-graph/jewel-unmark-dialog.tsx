'use client'

import { ConfirmDialog } from '@/components/ui/confirm-dialog'
import type { CrownJewel } from '@/lib/access-graph/blast-radius'
import { formatDate } from '@/lib/platform/browser/format'
import { useJewelChange } from './use-jewel-change'

interface JewelUnmarkDialogProps {
  orgId: string
  /** The one whose mark is to be taken away; absent: closed. */
  jewel: CrownJewel | undefined
  onClose: () => void
}

/** Says what goes with the mark of a crown jewel before it is taken away. */
export function JewelUnmarkDialog({ orgId, jewel, onClose }: JewelUnmarkDialogProps) {
  const { unmark } = useJewelChange(orgId)
  return jewel ? (
    <ConfirmDialog
      open
      onOpenChange={(open) => (open ? undefined : onClose())}
      title={`Unmark ${jewel.node.name}?`}
      confirmLabel="Unmark crown jewel"
      onConfirm={() => unmark.mutateAsync(jewel)}
    >
      <p>
        Changes in who can reach it are no longer recorded. Its timeline since {formatDate(jewel.markedAt)} is kept, and
        goes on when it is marked again. Nothing changes in who can reach it.
      </p>
    </ConfirmDialog>
  ) : null
}

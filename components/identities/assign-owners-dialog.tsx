'use client'

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { UserRoundCheck } from 'lucide-react'
import { useState } from 'react'
import { Alert } from '@/components/ui/alert'
import { Button } from '@/components/ui/button'
import { Dialog, DialogClose, DialogContent, DialogTrigger } from '@/components/ui/dialog'
import { notifyDone } from '@/components/ui/toast'
import { assignOwners } from '@/lib/identities/actions'
import { inventoryKey, ownersPreviewQuery } from '@/lib/identities/queries'
import { type AssignOwnersInput, bulkLimit } from '@/lib/identities/schema'
import { takeResult } from '@/lib/platform/browser/action-result'
import { formatCount } from '@/lib/platform/browser/format'
import { AssignPreview } from './assign-preview'
import { noChoice, OwnerForm } from './owner-form'

interface AssignOwnersDialogProps {
  orgId: string
  identityIds: string[]
  onDone: () => void
}

/** Assigns one owner to the selected identities: first what it would do, then the deed. */
export function AssignOwnersDialog(props: AssignOwnersDialogProps) {
  const [isOpen, setIsOpen] = useState(false)
  const isTooMany = props.identityIds.length > bulkLimit
  return (
    <Dialog open={isOpen} onOpenChange={setIsOpen}>
      <DialogTrigger asChild>
        <Button
          size="sm"
          variant="primary"
          icon={<UserRoundCheck aria-hidden />}
          disabled={isTooMany}
          title={isTooMany ? `At most ${bulkLimit} at a time` : undefined}
        >
          Assign owner
        </Button>
      </DialogTrigger>
      {isOpen ? <AssignContent {...props} onClose={() => setIsOpen(false)} /> : null}
    </Dialog>
  )
}

function AssignContent({ orgId, identityIds, onDone, onClose }: AssignOwnersDialogProps & { onClose: () => void }) {
  const queries = useQueryClient()
  const [choice, setChoice] = useState(noChoice)
  const { owner, duty, reason } = choice
  const input: AssignOwnersInput | undefined = owner && { identityIds, ownerKey: owner.key, duty }
  const preview = useQuery(ownersPreviewQuery(orgId, input))
  const assign = useMutation({
    mutationFn: (given: AssignOwnersInput) =>
      takeResult(assignOwners({ ...given, ...(reason.trim() ? { reason: reason.trim() } : {}) })),
    onSuccess: (done) => {
      notifyDone(
        `${done.ownerLabel} assigned to ${formatCount(done.changes.length, 'identity', 'identities')}`,
        done.refused.length > 0 ? `${done.refused.length} could not be changed.` : undefined,
      )
      onDone()
      onClose()
    },
    onSettled: () => queries.invalidateQueries({ queryKey: inventoryKey(orgId) }),
  })
  const count = preview.data?.changes.length ?? 0
  return (
    <DialogContent
      title={`Assign an owner to ${formatCount(identityIds.length, 'identity', 'identities')}`}
      description="The owner is assigned at once and confirms for each identity. Taking it back: remove the owner again."
      footer={
        <>
          <DialogClose asChild>
            <Button variant="ghost">Cancel</Button>
          </DialogClose>
          <Button
            variant="primary"
            disabled={!input || count === 0 || preview.isFetching}
            isPending={assign.isPending}
            onClick={() => input && assign.mutate(input)}
          >
            {owner && count > 0
              ? `Assign ${owner.label} to ${formatCount(count, 'identity', 'identities')}`
              : 'Assign owner'}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        <OwnerForm orgId={orgId} choice={choice} onChange={setChoice} />
        <AssignPreview preview={preview.data} isLoading={preview.isFetching} error={preview.error} />
        {assign.error ? (
          <Alert tone="danger" isLive>
            {assign.error.message}
          </Alert>
        ) : null}
      </div>
    </DialogContent>
  )
}

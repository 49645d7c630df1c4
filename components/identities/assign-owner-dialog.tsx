'use client'

import { UserRoundPlus } from 'lucide-react'
import { useState } from 'react'
import { Alert } from '@/components/ui/alert'
import { Button } from '@/components/ui/button'
import { Dialog, DialogClose, DialogContent, DialogTrigger } from '@/components/ui/dialog'
import { assignOwner } from '@/lib/identities/actions'
import type { AssignOwnerInput } from '@/lib/identities/schema'
import { endOf, noChoice, OwnerForm, useFirstDay } from './owner-form'
import { useOwnerChange } from './use-owner-change'

interface AssignOwnerDialogProps {
  orgId: string
  identity: { id: string; name: string }
  variant?: 'primary' | 'secondary'
}

/** Assigns an owner to one identity. */
export function AssignOwnerDialog(props: AssignOwnerDialogProps) {
  const [isOpen, setIsOpen] = useState(false)
  return (
    <Dialog open={isOpen} onOpenChange={setIsOpen}>
      <DialogTrigger asChild>
        <Button variant={props.variant} icon={<UserRoundPlus aria-hidden />}>
          Assign owner
        </Button>
      </DialogTrigger>
      {isOpen ? <Content {...props} onClose={() => setIsOpen(false)} /> : null}
    </Dialog>
  )
}

function Content({ orgId, identity, onClose }: AssignOwnerDialogProps & { onClose: () => void }) {
  const [choice, setChoice] = useState(noChoice)
  const end = endOf(choice, useFirstDay())
  const { owner, duty, reason } = choice
  const assign = useOwnerChange<AssignOwnerInput>(
    orgId,
    assignOwner,
    (done) => `${owner?.label ?? 'Owner'} assigned to ${done.name}`,
  )
  const send = () => {
    if (!owner || !end) return
    const input = {
      ...{ identityId: identity.id, ownerKey: owner.key, duty },
      ...(reason.trim() && { reason: reason.trim() }),
      ...end,
    }
    assign.mutate(input, { onSuccess: onClose })
  }
  return (
    <DialogContent
      title={`Assign an owner to ${identity.name}`}
      description="The owner can see and confirm it from then on. An owner can be transferred or removed again."
      footer={
        <>
          <DialogClose asChild>
            <Button variant="ghost">Cancel</Button>
          </DialogClose>
          <Button variant="primary" disabled={!owner || !end} isPending={assign.isPending} onClick={send}>
            {owner ? `Assign ${owner.label}` : 'Assign owner'}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        <OwnerForm orgId={orgId} choice={choice} onChange={setChoice} />
        {assign.error ? (
          <Alert tone="danger" isLive>
            {assign.error.message}
          </Alert>
        ) : null}
      </div>
    </DialogContent>
  )
}

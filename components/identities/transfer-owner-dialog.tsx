'use client'

import { useState } from 'react'
import { Alert } from '@/components/ui/alert'
import { Button } from '@/components/ui/button'
import { Dialog, DialogClose, DialogContent, DialogTrigger } from '@/components/ui/dialog'
import { Field } from '@/components/ui/field'
import { Input } from '@/components/ui/input'
import { transferOwner } from '@/lib/identities/actions'
import type { IdentityDetail, Ownership, TransferOwnerInput } from '@/lib/identities/schema'
import { type ChosenOwner, OwnerPicker } from './owner-picker'
import { useOwnerChange } from './use-owner-change'

interface TransferOwnerDialogProps {
  orgId: string
  identity: IdentityDetail
  ownership: Ownership
}

/** Hands an ownership over to another person or team. */
export function TransferOwnerDialog(props: TransferOwnerDialogProps) {
  const [isOpen, setIsOpen] = useState(false)
  return (
    <Dialog open={isOpen} onOpenChange={setIsOpen}>
      <DialogTrigger asChild>
        <Button size="sm" variant="ghost">
          Transfer
        </Button>
      </DialogTrigger>
      {isOpen ? <Content {...props} onClose={() => setIsOpen(false)} /> : null}
    </Dialog>
  )
}

function Content({ orgId, identity, ownership, onClose }: TransferOwnerDialogProps & { onClose: () => void }) {
  const [owner, setOwner] = useState<ChosenOwner>()
  const [reason, setReason] = useState('')
  const transfer = useOwnerChange<TransferOwnerInput>(
    orgId,
    transferOwner,
    (done) => `${done.name} handed over to ${owner?.label ?? 'its new owner'}`,
  )
  const send = () => {
    if (!owner || !reason.trim()) return
    transfer.mutate(
      { identityId: identity.id, ownershipId: ownership.id, toOwnerKey: owner.key, reason: reason.trim() },
      { onSuccess: onClose },
    )
  }
  return (
    <DialogContent
      title={`Transfer ${identity.name}`}
      description={`${ownership.label} stops being its ${ownership.duty} owner; the new one still has to confirm.`}
      footer={
        <>
          <DialogClose asChild>
            <Button variant="ghost">Cancel</Button>
          </DialogClose>
          <Button variant="primary" disabled={!owner || !reason.trim()} isPending={transfer.isPending} onClick={send}>
            {owner ? `Transfer to ${owner.label}` : 'Transfer'}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        <OwnerPicker orgId={orgId} value={owner} onChange={setOwner} except={[ownership.ownerKey]} />
        <Field label="Reason" isRequired hint="Stays in the history with the former owner.">
          <Input value={reason} maxLength={500} onChange={(event) => setReason(event.target.value)} />
        </Field>
        {transfer.error ? (
          <Alert tone="danger" isLive>
            {transfer.error.message}
          </Alert>
        ) : null}
      </div>
    </DialogContent>
  )
}

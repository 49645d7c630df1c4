'use client'

import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Alert } from '@/components/ui/alert'
import { Button } from '@/components/ui/button'
import { Dialog, DialogClose, DialogContent } from '@/components/ui/dialog'
import { Field } from '@/components/ui/field'
import { Input } from '@/components/ui/input'
import { ownerChangePreviewQuery } from '@/lib/ownership/queries'
import type { OwnerChange } from '@/lib/ownership/schema'
import { formatCount } from '@/lib/platform/browser/format'
import { OwnerChangePreview } from './owner-change-preview'
import { type ChosenOwner, OwnerPicker } from './owner-picker'
import { useOwnerBulkChange } from './use-owner-bulk-change'

/** Handing over to somebody, or saying "not mine". */
export type GiveUp = 'transfer' | 'release'

interface GiveUpDialogProps {
  orgId: string
  what: GiveUp
  identityIds: string[]
  onClose: () => void
  onDone: () => void
}

/** Ends the reader's own ownerships: what it would do, why, and for a transfer to whom. */
export function GiveUpDialog({ orgId, what, identityIds, onClose, onDone }: GiveUpDialogProps) {
  const [owner, setOwner] = useState<ChosenOwner>()
  const [reason, setReason] = useState('')
  const isTransfer = what === 'transfer'
  const change = useOwnerBulkChange(orgId, () => {
    onDone()
    onClose()
  })
  const inputFor = (why: string): OwnerChange | undefined => {
    if (!isTransfer) return { change: 'release', ids: identityIds, reason: why }
    return owner && { change: 'transfer', ids: identityIds, ownerKey: owner.key, reason: why }
  }
  const preview = useQuery(ownerChangePreviewQuery(orgId, inputFor('preview')))
  const many = formatCount(identityIds.length, 'identity', 'identities')
  const input = reason.trim() ? inputFor(reason.trim()) : undefined
  const verb = isTransfer ? 'Hand over' : 'Give up'
  return (
    <Dialog open onOpenChange={(open) => (open ? undefined : onClose())}>
      <DialogContent
        title={isTransfer ? `Hand over ${many}` : `Not mine: give up ${many}`}
        description={
          isTransfer
            ? 'The receiver is assigned at once and confirms. You can take it back for 15 minutes.'
            : 'Your ownership ends and stays in the timeline. You can take it back for 15 minutes.'
        }
        footer={
          <>
            <DialogClose asChild>
              <Button variant="ghost">Cancel</Button>
            </DialogClose>
            <Button type="submit" form="give-up" variant="primary" disabled={!input} isPending={change.isPending}>
              {verb} {many}
            </Button>
          </>
        }
      >
        <form
          id="give-up"
          className="flex flex-col gap-4"
          onSubmit={(event) => {
            event.preventDefault()
            if (input) change.mutate(input)
          }}
        >
          {isTransfer ? <OwnerPicker orgId={orgId} value={owner} onChange={setOwner} /> : null}
          <Field label="Reason" isRequired>
            <Input
              value={reason}
              maxLength={500}
              onChange={(event) => setReason(event.target.value)}
              placeholder="Goes into the timeline and the audit trail"
            />
          </Field>
          <OwnerChangePreview
            effects={preview.data}
            isLoading={preview.isFetching}
            error={preview.error}
            already={isTransfer ? 'are with them already' : undefined}
            hint="Choose who takes over to see what would change."
          />
          {change.error ? (
            <Alert tone="danger" isLive>
              {change.error.message}
            </Alert>
          ) : null}
        </form>
      </DialogContent>
    </Dialog>
  )
}

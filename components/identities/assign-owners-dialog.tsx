'use client'

import { useQuery } from '@tanstack/react-query'
import { UserRoundCheck } from 'lucide-react'
import { useState } from 'react'
import { Alert } from '@/components/ui/alert'
import { Button } from '@/components/ui/button'
import { Dialog, DialogClose, DialogContent, DialogTrigger } from '@/components/ui/dialog'
import { ownerChangePreviewQuery } from '@/lib/ownership/queries'
import { mostAtOnce } from '@/lib/ownership/rules'
import type { OwnerChange } from '@/lib/ownership/schema'
import { formatCount } from '@/lib/platform/browser/format'
import { OwnerChangePreview } from './owner-change-preview'
import { endOf, noChoice, OwnerForm, useFirstDay } from './owner-form'
import { useOwnerBulkChange } from './use-owner-bulk-change'

/** Identities named one by one, or a selection that the server keeps. */
export type BulkTarget = { kind: 'rows'; ids: string[] } | { kind: 'everything'; id: string; count: number }

interface AssignOwnersDialogProps {
  orgId: string
  target: BulkTarget
  onDone: () => void
}

/** The target as a bulk change takes it. */
export function targetOf(target: BulkTarget): { ids: string[] } | { selectionId: string } {
  return target.kind === 'rows' ? { ids: target.ids } : { selectionId: target.id }
}

/** Assigns one owner to the selected identities: first what it would do, then the deed, then the way back. */
export function AssignOwnersDialog(props: AssignOwnersDialogProps) {
  const [isOpen, setIsOpen] = useState(false)
  return (
    <Dialog open={isOpen} onOpenChange={setIsOpen}>
      <DialogTrigger asChild>
        <Button size="sm" variant="primary" icon={<UserRoundCheck aria-hidden />}>
          Assign owner
        </Button>
      </DialogTrigger>
      {isOpen ? <AssignContent {...props} onClose={() => setIsOpen(false)} /> : null}
    </Dialog>
  )
}

function AssignContent({ orgId, target, onDone, onClose }: AssignOwnersDialogProps & { onClose: () => void }) {
  const [choice, setChoice] = useState(noChoice)
  const { owner, duty } = choice
  const reason = choice.reason.trim()
  const end = endOf(choice, useFirstDay())
  const input: OwnerChange | undefined = owner &&
    end && { change: 'assign', ...targetOf(target), ownerKey: owner.key, duty, ...end }
  const preview = useQuery(ownerChangePreviewQuery(orgId, input))
  const assign = useOwnerBulkChange(orgId, () => {
    onDone()
    onClose()
  })
  const count = preview.data?.changes.count ?? 0
  const chosen = target.kind === 'rows' ? target.ids.length : target.count
  return (
    <DialogContent
      title={`Assign an owner to ${formatCount(chosen, 'identity', 'identities')}`}
      description="The owner is assigned at once and confirms for each identity. You can take it back for 15 minutes."
      footer={
        <>
          <DialogClose asChild>
            <Button variant="ghost">Cancel</Button>
          </DialogClose>
          <Button
            variant="primary"
            disabled={!input || count === 0 || preview.isFetching}
            isPending={assign.isPending}
            onClick={() => input && assign.mutate({ ...input, ...(reason && { reason }) })}
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
        <OwnerChangePreview
          effects={preview.data}
          isLoading={preview.isFetching}
          error={preview.error}
          already="have this owner already"
          hint={
            end ? 'Choose an owner to see what would change.' : 'Choose a day after today to see what would change.'
          }
        />
        {chosen > mostAtOnce ? (
          <p className="text-sm text-ink-muted">
            So many are changed in the background: a panel shows how far it is on every page, and you can stop it. The
            15 minutes begin when it has ended.
          </p>
        ) : null}
        {assign.error ? (
          <Alert tone="danger" isLive>
            {assign.error.message}
          </Alert>
        ) : null}
      </div>
    </DialogContent>
  )
}

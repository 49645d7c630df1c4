'use client'

import { useRef, useState } from 'react'
import { Button } from '@/components/ui/button'
import { Dialog, DialogClose, DialogContent } from '@/components/ui/dialog'
import type { OrderScope } from '@/lib/lifecycle/queries'
import { RotationBody } from './rotation-body'
import { titleOf } from './run-words'
import { useRotation } from './use-rotation'

interface RotateDialogProps {
  orgId: string
  scope: Exclude<OrderScope, { agentId: string }>
  name?: string
  onClose: () => void
  onOrdered?: () => void
}

/** Gives one or many a new secret: first what that does, then where it goes, then the page of the run. */
export function RotateDialog({ orgId, scope: given, name, onClose, onOrdered }: RotateDialogProps) {
  const [scope] = useState(given)
  const secret = useRef<HTMLInputElement>(null)
  const takeSecret = () => secret.current?.value || undefined
  const rotation = useRotation({ orgId, scope, takeSecret, onOrdered })
  const { preview, targets, isReady, isPending, ask, refused } = rotation
  const what = titleOf(name, targets)
  return (
    <Dialog open onOpenChange={(isOpen) => (isOpen ? undefined : onClose())}>
      <DialogContent
        size="lg"
        title={`Rotate ${what}?`}
        description="A new secret is made, tried, handed over, and only then the old one ends."
        footer={
          <>
            <DialogClose asChild>
              <Button variant="ghost">Cancel</Button>
            </DialogClose>
            {preview.data?.can.request && refused.length === 0 ? (
              <Button variant="primary" disabled={!isReady} isPending={isPending} onClick={() => void ask()}>
                {preview.data.secondPerson ? 'Ask for a second person' : `Rotate ${what}`}
              </Button>
            ) : null}
          </>
        }
      >
        <RotationBody orgId={orgId} rotation={rotation} secret={secret} />
      </DialogContent>
    </Dialog>
  )
}

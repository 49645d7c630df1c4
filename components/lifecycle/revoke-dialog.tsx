'use client'

import { useRef, useState } from 'react'
import { Button } from '@/components/ui/button'
import { Dialog, DialogClose, DialogContent } from '@/components/ui/dialog'
import { Field } from '@/components/ui/field'
import { Input } from '@/components/ui/input'
import type { OrderScope } from '@/lib/lifecycle/queries'
import { RevocationBody } from './revocation-body'
import { titleOf } from './run-words'
import { revokeVerb, useRevocation } from './use-revocation'

interface RevokeDialogProps {
  orgId: string
  scope: OrderScope
  /** What is revoked, for the title: a name. */
  name?: string
  onClose: () => void
  /** It has been asked for. */
  onOrdered?: () => void
}

const reasons = ['No longer needed', 'Its owner has left', 'Too old', 'Suspicious use'] as const
/** For more than so many the number has to be typed. */
const typedOver = 50

/** Revokes one or many: first what it would do, then why, then the page of the run. */
export function RevokeDialog({ orgId, scope, name, onClose, onOrdered }: RevokeDialogProps) {
  const [typed, setTyped] = useState('')
  const secret = useRef<HTMLInputElement>(null)
  const takeSecret = () => secret.current?.value || undefined
  const revocation = useRevocation({ orgId, scope, takeSecret, onOrdered })
  const { preview, targets, isReady, isPending, ask, refused } = revocation
  const isAgent = 'agentId' in scope
  const count = targets.length
  const phrase = count > typedOver ? String(count) : undefined
  const isHeldBack = phrase !== undefined && typed.trim() !== phrase
  const shown = preview.data?.targets ?? []
  return (
    <Dialog open onOpenChange={(isOpen) => (isOpen ? undefined : onClose())}>
      <DialogContent
        size="lg"
        title={isAgent ? `Stop ${name}?` : `Revoke ${titleOf(name, targets)}?`}
        description={
          isAgent
            ? 'Cuts off the agent, and with it every account and key that it alone acts by. Nothing is done before you have seen what it does and said why.'
            : 'Nothing is done before you have seen what it does and said why.'
        }
        footer={
          <>
            <DialogClose asChild>
              <Button variant="ghost">Cancel</Button>
            </DialogClose>
            {preview.data?.can.request && refused.length === 0 ? (
              <Button
                variant="danger"
                disabled={!isReady || isHeldBack}
                isPending={isPending}
                onClick={() => void ask()}
              >
                {preview.data.secondPerson ? 'Ask for a second person' : revokeVerb(shown, targets)}
              </Button>
            ) : null}
          </>
        }
      >
        <RevocationBody secret={secret} orgId={orgId} revocation={revocation} reasons={reasons} />
        {phrase && isReady ? (
          <div className="mt-4">
            <Field label={`Type ${phrase} to go on`} isRequired>
              <Input value={typed} onChange={(event) => setTyped(event.target.value)} autoComplete="off" isMono />
            </Field>
          </div>
        ) : null}
      </DialogContent>
    </Dialog>
  )
}

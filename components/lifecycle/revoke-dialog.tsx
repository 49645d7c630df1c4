'use client'

import { useRef, useState } from 'react'
import { Button } from '@/components/ui/button'
import { Dialog, DialogClose, DialogContent } from '@/components/ui/dialog'
import { Field } from '@/components/ui/field'
import { Input } from '@/components/ui/input'
import type { OrderTarget } from '@/lib/lifecycle/schema'
import { RevocationBody } from './revocation-body'
import { targetWords } from './run-words'
import { revokeVerb, useRevocation } from './use-revocation'

interface RevokeDialogProps {
  orgId: string
  targets: OrderTarget[]
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
export function RevokeDialog({ orgId, targets: given, name, onClose, onOrdered }: RevokeDialogProps) {
  const [targets, setTargets] = useState(given)
  const [typed, setTyped] = useState('')
  const secret = useRef<HTMLInputElement>(null)
  const takeSecret = () => secret.current?.value || undefined
  const revocation = useRevocation({ orgId, targets, takeSecret, onOrdered })
  const { preview, isReady, isPending, ask, refused } = revocation
  const count = targets.length
  const phrase = count > typedOver ? String(count) : undefined
  const isHeldBack = phrase !== undefined && typed.trim() !== phrase
  const shown = preview.data?.targets ?? []
  return (
    <Dialog open onOpenChange={(isOpen) => (isOpen ? undefined : onClose())}>
      <DialogContent
        size="lg"
        title={name && count === 1 ? `Revoke ${name}?` : `Revoke ${targetWords(targets)}?`}
        description="Nothing is done before you have seen what it does and said why."
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
        <RevocationBody
          secret={secret}
          orgId={orgId}
          revocation={revocation}
          reasons={reasons}
          onLeaveOut={(out) =>
            setTargets((last) =>
              last.filter(
                (each) =>
                  !out.some(
                    (other) => other.identityId === each.identityId && other.credentialId === each.credentialId,
                  ),
              ),
            )
          }
        />
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

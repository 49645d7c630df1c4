'use client'

import { type ReactNode, useId, useState } from 'react'
import { Alert } from './alert'
import { Button } from './button'
import { Dialog, DialogClose, DialogContent, DialogTrigger } from './dialog'
import { Field } from './field'
import { Input } from './input'

export interface ConfirmDialogProps {
  /** The button that opens it. Leave out when `open` is controlled. */
  trigger?: ReactNode
  open?: boolean
  onOpenChange?: (open: boolean) => void
  /** A question that names the target: "Revoke the key of billing-export?" */
  title: string
  /** The preview: exact count, what breaks, how it can be undone. */
  children?: ReactNode
  /** A verb that names the effect: "Revoke 3 keys". Never "OK". */
  confirmLabel: string
  tone?: 'danger' | 'accent'
  /** Only where no undo exists: the words to type before the button works. */
  typedPhrase?: string
  /** Resolves when done, and the dialog closes; a rejection is shown in place and the dialog stays. */
  onConfirm: () => Promise<unknown>
}

/** In a long dialog what went wrong may stand below what is in sight. */
function bringIntoView(element: HTMLElement | null): void {
  element?.focus()
  element?.scrollIntoView({ block: 'nearest' })
}

export function ConfirmDialog(props: ConfirmDialogProps) {
  const { trigger, title, children, confirmLabel, tone = 'accent', typedPhrase, onConfirm } = props
  const formId = useId()
  const [ownOpen, setOwnOpen] = useState(false)
  const [typed, setTyped] = useState('')
  const [failure, setFailure] = useState<string>()
  const [isPending, setIsPending] = useState(false)
  const open = props.open ?? ownOpen
  const setOpen = (next: boolean) => {
    if (isPending) return
    setTyped('')
    setFailure(undefined)
    setOwnOpen(next)
    props.onOpenChange?.(next)
  }
  const confirm = async () => {
    setIsPending(true)
    setFailure(undefined)
    try {
      await onConfirm()
      setIsPending(false)
      setTyped('')
      setOwnOpen(false)
      props.onOpenChange?.(false)
    } catch (error) {
      setIsPending(false)
      setFailure(error instanceof Error ? error.message : 'It could not be done.')
    }
  }
  const isHeldBack = typedPhrase !== undefined && typed.trim() !== typedPhrase
  return (
    <Dialog open={open} onOpenChange={setOpen}>
      {trigger ? <DialogTrigger asChild>{trigger}</DialogTrigger> : null}
      <DialogContent
        title={title}
        size="sm"
        footer={
          <>
            <DialogClose asChild>
              <Button variant="ghost">Cancel</Button>
            </DialogClose>
            <Button
              type="submit"
              form={formId}
              variant={tone === 'danger' ? 'danger' : 'primary'}
              isPending={isPending}
              disabled={isHeldBack}
            >
              {confirmLabel}
            </Button>
          </>
        }
      >
        <form
          id={formId}
          className="flex flex-col gap-3 text-sm"
          onSubmit={(event) => {
            event.preventDefault()
            if (!isHeldBack && !isPending) void confirm()
          }}
        >
          {children}
          {typedPhrase ? (
            <Field label={`Type ${typedPhrase} to go on`} isRequired>
              <Input value={typed} onChange={(event) => setTyped(event.target.value)} autoComplete="off" isMono />
            </Field>
          ) : null}
          {failure ? (
            <div ref={bringIntoView} tabIndex={-1} className="rounded-md">
              <Alert tone="danger" isLive>
                {failure}
              </Alert>
            </div>
          ) : null}
        </form>
      </DialogContent>
    </Dialog>
  )
}

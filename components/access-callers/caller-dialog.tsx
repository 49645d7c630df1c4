import { type ReactNode, useId } from 'react'
import { isAppError } from '@/lib/platform/errors'
import { Alert } from '../ui/alert'
import { Button } from '../ui/button'
import { Dialog, DialogClose, DialogContent } from '../ui/dialog'

interface CallerDialogProps {
  title: string
  description: string
  /** Of the button: a verb that names the effect. */
  label: string
  save: { mutate: () => void; isPending: boolean; error: Error | null }
  onClose: () => void
  children: ReactNode
}

/** What the server said of single fields. */
export const fieldErrors = (error: Error | null): Record<string, string | undefined> =>
  isAppError(error) ? (error.fields ?? {}) : {}

/** A form in a dialog; what is not of one field stands below all of them. */
export function CallerDialog({ title, description, label, save, onClose, children }: CallerDialogProps) {
  const form = useId()
  return (
    <Dialog open onOpenChange={(open) => (open || save.isPending ? undefined : onClose())}>
      <DialogContent
        title={title}
        description={description}
        footer={
          <>
            <DialogClose asChild>
              <Button variant="ghost">Cancel</Button>
            </DialogClose>
            <Button type="submit" form={form} variant="primary" isPending={save.isPending}>
              {label}
            </Button>
          </>
        }
      >
        <form
          id={form}
          noValidate
          className="flex flex-col gap-4"
          onSubmit={(event) => {
            event.preventDefault()
            save.mutate()
          }}
        >
          {children}
          {save.error && Object.keys(fieldErrors(save.error)).length === 0 ? (
            <Alert tone="danger" isLive>
              {save.error.message}
            </Alert>
          ) : null}
        </form>
      </DialogContent>
    </Dialog>
  )
}

'use client'

import { CircleCheck, CircleX, Info } from 'lucide-react'
import { useTheme } from 'next-themes'
import { Toaster as Sonner, toast } from 'sonner'

/** Mounted once, in the root layout. */
export function Toaster() {
  const { resolvedTheme } = useTheme()
  return (
    <Sonner
      theme={resolvedTheme === 'dark' ? 'dark' : 'light'}
      position="bottom-center"
      expand
      visibleToasts={3}
      icons={{
        success: <CircleCheck className="size-4 text-good-mark" aria-hidden />,
        error: <CircleX className="size-4 text-danger-mark" aria-hidden />,
        info: <Info className="size-4 text-notice-mark" aria-hidden />,
      }}
      toastOptions={{
        unstyled: true,
        classNames: {
          toast:
            'pointer-events-auto flex w-90 font-sans max-w-[calc(100vw-2rem)] items-start gap-2 rounded-md bg-raised px-3 py-2.5 text-sm text-ink shadow-float',
          content: 'min-w-0 flex-1',
          title: 'font-medium',
          description: 'text-ink-muted',
          closeButton: 'order-last grid size-6 shrink-0 place-items-center rounded-sm text-ink-muted hover:bg-hover',
          actionButton: 'h-6 shrink-0 rounded-sm px-2 font-medium text-accent-ink hover:bg-hover',
        },
      }}
    />
  )
}

/** Says what has happened (never what was begun): "Owner assigned". */
export function notifyDone(title: string, description?: string): void {
  toast.success(title, { description })
}

/** How long an undo stays offered, in ms. */
const undoMs = 15_000

/** Says what has happened and offers to take it back, while the pointer or the focus is on it and 15 s besides. */
export function notifyUndoable(title: string, onUndo: () => void, description?: string): void {
  toast.success(title, { description, duration: undoMs, action: { label: 'Undo', onClick: onUndo } })
}

/** Says what failed, what it means and the reference id, when there is one. Stays until dismissed. */
export function notifyFailed(title: string, description?: string, requestId?: string): void {
  const reference = requestId ? `Reference ${requestId}.` : undefined
  toast.error(title, {
    description: [description, reference].filter(Boolean).join(' '),
    duration: Number.POSITIVE_INFINITY,
    closeButton: true,
  })
}

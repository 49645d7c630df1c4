'use client'

import { CircleCheck, CircleX, Info } from 'lucide-react'
import { useTheme } from 'next-themes'
import { useEffect } from 'react'
import { Toaster as Sonner, toast } from 'sonner'

export type Toasts = typeof toast

/** Where messages appear; says when it can show them. */
export function ToastList({ onReady }: { onReady: (toasts: Toasts) => void }) {
  const { resolvedTheme } = useTheme()
  useEffect(() => onReady(toast), [onReady])
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

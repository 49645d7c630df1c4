'use client'

import { X } from 'lucide-react'
import { Dialog as Radix } from 'radix-ui'
import type { ReactNode } from 'react'
import { Button } from './button'
import { cn } from './class-names'

export const Dialog = Radix.Root
export const DialogTrigger = Radix.Trigger
export const DialogClose = Radix.Close

export interface PanelContentProps {
  title: ReactNode
  description?: ReactNode
  /** Buttons; the one that acts comes last. */
  footer?: ReactNode
  children?: ReactNode
  className?: string
}

export interface DialogContentProps extends PanelContentProps {
  size?: 'sm' | 'md' | 'lg'
  /** Escape and a click outside do not close it, only its buttons do: for what is shown once. */
  isHeld?: boolean
}

const hold = (event: Event) => event.preventDefault()

/** What a message offers can be taken while a dialog is open, and leaves the dialog open. */
const holdForMessage = (event: Event) => {
  if (event.target instanceof Element && event.target.closest('[data-sonner-toaster]')) event.preventDefault()
}

const widths = { sm: 'max-w-100', md: 'max-w-140', lg: 'max-w-200' }

/** The focus begins in the first box to write in, else on the panel itself: never on the button that closes it. */
export function focusPanel(event: Event): void {
  const panel = event.currentTarget
  if (!(panel instanceof HTMLElement)) return
  event.preventDefault()
  const box = panel.querySelector<HTMLElement>('input:not([type=hidden], [type=checkbox], [type=file]), textarea')
  const target = box ?? panel
  target.focus()
}

export const scrimClasses =
  'fixed inset-0 z-40 bg-scrim data-[state=closed]:animate-out data-[state=closed]:fade-out-0 data-[state=open]:animate-in data-[state=open]:fade-in-0 duration-100'

export function DialogContent(props: DialogContentProps) {
  const { title, description, footer, children, size = 'md', isHeld, className } = props
  return (
    <Radix.Portal>
      <Radix.Overlay className={scrimClasses} />
      <Radix.Content
        onOpenAutoFocus={focusPanel}
        onEscapeKeyDown={isHeld ? hold : undefined}
        onInteractOutside={isHeld ? hold : holdForMessage}
        className={cn(
          'fixed top-[12vh] left-1/2 z-50 flex max-h-[80vh] w-[calc(100vw-2rem)] -translate-x-1/2 flex-col rounded-lg bg-raised shadow-float outline-none duration-100',
          'data-[state=open]:animate-in data-[state=open]:fade-in-0 data-[state=closed]:animate-out data-[state=closed]:fade-out-0',
          widths[size],
          className,
        )}
        {...(description ? {} : { 'aria-describedby': undefined })}
      >
        <PanelHead title={title} description={description} />
        <div className="min-h-0 overflow-y-auto px-4 py-3">{children}</div>
        {footer ? <PanelFoot>{footer}</PanelFoot> : null}
      </Radix.Content>
    </Radix.Portal>
  )
}

export function PanelHead({ title, description }: { title: ReactNode; description?: ReactNode }) {
  return (
    <div className="flex items-start gap-3 border-b px-4 py-3">
      <div className="min-w-0 flex-1">
        <Radix.Title className="text-base font-medium">{title}</Radix.Title>
        {description ? (
          <Radix.Description asChild>
            <div className="mt-0.5 text-sm text-ink-muted">{description}</div>
          </Radix.Description>
        ) : null}
      </div>
      <Radix.Close asChild>
        <Button variant="ghost" aria-label="Close" className="-mr-1.5 w-7 px-0 [&_svg]:size-4">
          <X aria-hidden />
        </Button>
      </Radix.Close>
    </div>
  )
}

export function PanelFoot({ children }: { children: ReactNode }) {
  return <div className="flex flex-wrap items-center justify-end gap-2 border-t px-4 py-3">{children}</div>
}

'use client'

import { Dialog as Radix } from 'radix-ui'
import type { RefObject } from 'react'
import { cn } from './class-names'
import { focusPanel, type PanelContentProps, PanelFoot, PanelHead, scrimClasses } from './dialog'

export const Sheet = Radix.Root
export const SheetTrigger = Radix.Trigger

export interface SheetContentProps extends PanelContentProps {
  side?: 'left' | 'right'
  size?: 'sm' | 'md' | 'lg'
  /** Has the focus again afterwards; for what is not opened by a `SheetTrigger`. */
  opener?: RefObject<HTMLElement | null>
}

const widths = { sm: 'w-72', md: 'w-[min(100vw,30rem)]', lg: 'w-[min(100vw,44rem)]' }
const sides = {
  left: 'left-0 data-[state=open]:slide-in-from-left-4 data-[state=closed]:slide-out-to-left-4',
  right: 'right-0 data-[state=open]:slide-in-from-right-4 data-[state=closed]:slide-out-to-right-4',
}

/** A panel at the window's side: a row's details, or the navigation on a narrow screen. */
export function SheetContent(props: SheetContentProps) {
  const { title, description, footer, children, side = 'right', size = 'md', opener, className } = props
  return (
    <Radix.Portal>
      <Radix.Overlay className={scrimClasses} />
      <Radix.Content
        onOpenAutoFocus={focusPanel}
        onCloseAutoFocus={(event) => {
          if (!opener) return
          event.preventDefault()
          opener.current?.focus()
        }}
        className={cn(
          'fixed inset-y-0 z-50 flex flex-col bg-raised shadow-float outline-none duration-150',
          'data-[state=closed]:animate-out data-[state=closed]:fade-out-0 data-[state=open]:animate-in data-[state=open]:fade-in-0',
          widths[size],
          sides[side],
          className,
        )}
        {...(description ? {} : { 'aria-describedby': undefined })}
      >
        <PanelHead title={title} description={description} />
        <section
          // biome-ignore lint/a11y/noNoninteractiveTabindex: it is scrolled by keyboard too, where nothing in it takes the focus
          tabIndex={0}
          aria-label="Contents"
          className="min-h-0 flex-1 overflow-y-auto px-4 py-3 -outline-offset-2"
        >
          {children}
        </section>
        {footer ? <PanelFoot>{footer}</PanelFoot> : null}
      </Radix.Content>
    </Radix.Portal>
  )
}

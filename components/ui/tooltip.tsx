'use client'

import { Tooltip as Radix } from 'radix-ui'
import type { ReactNode } from 'react'
import { Kbd } from './kbd'

export const TooltipProvider = Radix.Provider

export interface TooltipProps {
  content: ReactNode
  /** One element that can take the focus. */
  children: ReactNode
  keys?: string
  side?: 'top' | 'right' | 'bottom' | 'left'
}

/** A name or an explanation on hover and focus. Never the only place of a fact that matters. */
export function Tooltip({ content, children, keys, side = 'top' }: TooltipProps) {
  return (
    <Radix.Root>
      <Radix.Trigger asChild>{children}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          side={side}
          sideOffset={5}
          collisionPadding={8}
          className="z-60 flex max-w-80 items-center gap-2 rounded-md bg-ink px-2 py-1 text-xs text-canvas shadow-float data-[state=delayed-open]:animate-in data-[state=delayed-open]:fade-in-0"
        >
          {content}
          {keys ? <Kbd keys={keys} tone="inverse" /> : null}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}

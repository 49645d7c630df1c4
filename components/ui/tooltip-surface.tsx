'use client'

import { Portal } from 'radix-ui'
import { DismissableLayer, Popper } from 'radix-ui/internal'
import { type ReactNode, type RefObject, useEffect } from 'react'
import { Kbd } from './kbd'

interface TooltipSurfaceProps {
  id: string
  trigger: RefObject<HTMLElement | null>
  side: 'top' | 'right' | 'bottom' | 'left'
  keys: string | undefined
  onEnter: () => void
  onLeave: () => void
  onClose: () => void
  children: ReactNode
}

/** The words of a tooltip; the pointer may go to them, Escape and scrolling take them away. */
export function TooltipSurface(props: TooltipSurfaceProps) {
  const { id, trigger, side, keys, onEnter, onLeave, onClose, children } = props
  useEffect(() => {
    const onScroll = (event: Event) => {
      if (event.target instanceof Node && event.target.contains(trigger.current)) onClose()
    }
    window.addEventListener('scroll', onScroll, { capture: true, passive: true })
    return () => window.removeEventListener('scroll', onScroll, { capture: true })
  }, [trigger, onClose])
  return (
    <Popper.Root>
      <Popper.Anchor virtualRef={trigger} />
      <Portal.Root>
        <DismissableLayer.Root
          asChild
          disableOutsidePointerEvents={false}
          onFocusOutside={(event) => event.preventDefault()}
          onPointerDownOutside={(event) => event.preventDefault()}
          onDismiss={onClose}
        >
          <Popper.Content
            id={id}
            role="tooltip"
            side={side}
            sideOffset={5}
            collisionPadding={8}
            onPointerEnter={onEnter}
            onPointerLeave={onLeave}
            className="fade-in-0 z-60 flex max-w-80 animate-in items-center gap-2 rounded-md bg-ink px-2 py-1 text-xs text-canvas shadow-float"
          >
            {children}
            {keys ? <Kbd keys={keys} tone="inverse" /> : null}
          </Popper.Content>
        </DismissableLayer.Root>
      </Portal.Root>
    </Popper.Root>
  )
}

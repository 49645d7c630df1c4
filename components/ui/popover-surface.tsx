'use client'

import { Popover as Radix } from 'radix-ui'
import { type ComponentProps, type RefObject, useRef } from 'react'
import { cn } from './class-names'

export interface PopoverState {
  isOpen: boolean
  setOpen: (open: boolean) => void
  trigger: RefObject<HTMLButtonElement | null>
  surfaceId: string
}

export type PopoverContentProps = ComponentProps<typeof Radix.Content>

/** What a popover shows, beside the trigger that the page has drawn already. */
export function PopoverSurface(props: PopoverContentProps & { state: PopoverState }) {
  const { state, className, align = 'start', onInteractOutside, onCloseAutoFocus, ...rest } = props
  const { isOpen, setOpen, trigger, surfaceId } = state
  const isLeft = useRef(false)
  return (
    <Radix.Root open={isOpen} onOpenChange={setOpen}>
      <Radix.Anchor virtualRef={trigger} />
      <Radix.Portal>
        <Radix.Content
          id={surfaceId}
          align={align}
          sideOffset={4}
          collisionPadding={8}
          className={cn(
            'z-50 max-h-(--radix-popover-content-available-height) w-72 overflow-y-auto rounded-md bg-raised p-3 text-sm shadow-float outline-none duration-75 data-[state=open]:animate-in data-[state=open]:fade-in-0',
            className,
          )}
          onInteractOutside={(event) => {
            onInteractOutside?.(event)
            // The trigger closes what it has opened by itself.
            if (event.target instanceof Node && trigger.current?.contains(event.target)) event.preventDefault()
            if (!event.defaultPrevented) isLeft.current = true
          }}
          onCloseAutoFocus={(event) => {
            onCloseAutoFocus?.(event)
            if (!event.defaultPrevented && !isLeft.current) trigger.current?.focus()
            isLeft.current = false
            event.preventDefault()
          }}
          {...rest}
        />
      </Radix.Portal>
    </Radix.Root>
  )
}

'use client'

import { Menu as Radix } from 'radix-ui/internal'
import { type ComponentProps, useEffect, useRef } from 'react'
import { cn } from './class-names'
import { MenuPartsContext, type MenuState } from './menu-parts'

const surfaceClasses =
  'z-50 max-h-(--radix-popper-available-height) min-w-44 overflow-y-auto rounded-md bg-raised p-1 shadow-float outline-none data-[state=open]:animate-in data-[state=open]:fade-in-0 duration-75'

/**
 * What a menu shows, beside the trigger that the page has drawn already. Not modal: the page behind stays readable to
 * assistive technology, and a click elsewhere closes it.
 */
export function MenuSurface(props: ComponentProps<typeof Radix.Content> & { state: MenuState }) {
  const { state, className, onCloseAutoFocus, children, ...rest } = props
  const { isOpen, setOpen, isByKey, trigger, triggerId, surfaceId } = state
  const surface = useRef<HTMLDivElement>(null)
  const isLeft = useRef(false)
  useEffect(() => {
    if (!isOpen || !isByKey) return
    // After the surface itself has taken the focus, and what it holds has come.
    let isHere = false
    const look = () => {
      const first = surface.current?.querySelector<HTMLElement>('[role^="menuitem"]:not([data-disabled])')
      if (first && isHere) return first.focus()
      isHere = first !== undefined && first !== null
      frame = requestAnimationFrame(look)
    }
    let frame = requestAnimationFrame(look)
    return () => cancelAnimationFrame(frame)
  }, [isOpen, isByKey])
  return (
    <Radix.Root open={isOpen} onOpenChange={setOpen} modal={false}>
      <Radix.Anchor virtualRef={trigger} />
      <Radix.Portal>
        <Radix.Content
          ref={surface}
          id={surfaceId}
          aria-labelledby={triggerId}
          sideOffset={4}
          collisionPadding={8}
          className={cn(surfaceClasses, className)}
          onInteractOutside={(event) => {
            // The trigger closes what it has opened by itself.
            if (event.target instanceof Node && trigger.current?.contains(event.target)) event.preventDefault()
            else isLeft.current = true
          }}
          onCloseAutoFocus={(event) => {
            onCloseAutoFocus?.(event)
            if (!event.defaultPrevented && !isLeft.current) trigger.current?.focus()
            isLeft.current = false
            event.preventDefault()
          }}
          {...rest}
        >
          <MenuPartsContext value={Radix}>{children}</MenuPartsContext>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}

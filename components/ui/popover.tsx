'use client'

import { type ComponentProps, createContext, lazy, type ReactNode, Suspense, use, useId, useRef, useState } from 'react'
import { preloadWhenIdle } from '@/lib/platform/browser/preload'
import type { PopoverContentProps, PopoverState } from './popover-surface'
import { Slot } from './slot'

const load = () => import('./popover-surface').then((module) => ({ default: module.PopoverSurface }))
/** What opens is fetched when the page is idle, or on the way to the trigger. */
const Surface = lazy(load)
preloadWhenIdle(load)

const PopoverContext = createContext<PopoverState | undefined>(undefined)

export interface PopoverProps {
  open?: boolean
  onOpenChange?: (open: boolean) => void
  children: ReactNode
}

export function Popover({ open, onOpenChange, children }: PopoverProps) {
  const [ownOpen, setOwnOpen] = useState(false)
  const trigger = useRef<HTMLButtonElement>(null)
  const surfaceId = useId()
  const setOpen = (next: boolean) => {
    setOwnOpen(next)
    onOpenChange?.(next)
  }
  return <PopoverContext value={{ isOpen: open ?? ownOpen, setOpen, trigger, surfaceId }}>{children}</PopoverContext>
}

export function PopoverTrigger({ asChild, ...props }: ComponentProps<'button'> & { asChild?: boolean }) {
  const state = use(PopoverContext)
  const shared = {
    ref: state?.trigger,
    'aria-haspopup': 'dialog' as const,
    'aria-expanded': state?.isOpen,
    'aria-controls': state?.isOpen ? state.surfaceId : undefined,
    onPointerEnter: () => void load(),
    onClick: () => state?.setOpen(!state.isOpen),
  }
  return asChild ? <Slot {...shared} {...props} /> : <button type="button" {...shared} {...props} />
}

export function PopoverContent(props: PopoverContentProps) {
  const state = use(PopoverContext)
  const [wasOpened, setWasOpened] = useState(false)
  if (state?.isOpen && !wasOpened) setWasOpened(true)
  if (!state || !wasOpened) return null
  return (
    <Suspense fallback={null}>
      <Surface state={state} {...props} />
    </Suspense>
  )
}

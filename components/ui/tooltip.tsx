'use client'

import {
  type FocusEvent,
  lazy,
  type PointerEvent,
  type ReactNode,
  Suspense,
  useCallback,
  useEffect,
  useId,
  useRef,
  useState,
} from 'react'
import { preloadWhenIdle } from '@/lib/platform/browser/preload'
import { Slot } from './slot'

export interface TooltipProps {
  content: ReactNode
  /** One element that can take the focus. */
  children: ReactNode
  keys?: string
  side?: 'top' | 'right' | 'bottom' | 'left'
}

const load = () => import('./tooltip-surface').then((module) => ({ default: module.TooltipSurface }))
const Surface = lazy(load)
preloadWhenIdle(load)

const delayMs = 350
/** From one to the next the delay is not waited for again. */
const skipMs = 150
/** Time to move the pointer from the element to the words. */
const graceMs = 120
let lastShown = Number.NEGATIVE_INFINITY

/** A name or an explanation on hover and focus. Never the only place of a fact that matters. */
export function Tooltip({ content, children, keys, side = 'top' }: TooltipProps) {
  const [isOpen, setIsOpen] = useState(false)
  const id = useId()
  const trigger = useRef<HTMLElement>(null)
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  useEffect(() => () => clearTimeout(timer.current), [])

  const after = (ms: number, run: () => void) => {
    clearTimeout(timer.current)
    timer.current = setTimeout(run, ms)
  }
  const close = useCallback(() => {
    clearTimeout(timer.current)
    setIsOpen((was) => {
      if (was) lastShown = performance.now()
      return false
    })
  }, [])
  const enter = (event: PointerEvent) => {
    if (event.pointerType === 'touch') return
    void load()
    after(performance.now() - lastShown < skipMs ? 0 : delayMs, () => setIsOpen(true))
  }
  const leave = () => after(graceMs, close)

  return (
    <>
      <Slot
        ref={trigger}
        aria-describedby={isOpen ? id : undefined}
        onPointerEnter={enter}
        onPointerLeave={leave}
        onPointerDown={close}
        onFocus={(event: FocusEvent<HTMLElement>) => {
          if (event.currentTarget.matches(':focus-visible')) setIsOpen(true)
        }}
        onBlur={close}
      >
        {children}
      </Slot>
      {isOpen ? (
        <Suspense fallback={null}>
          <Surface
            id={id}
            trigger={trigger}
            side={side}
            keys={keys}
            onEnter={() => clearTimeout(timer.current)}
            onLeave={leave}
            onClose={close}
          >
            {content}
          </Surface>
        </Suspense>
      ) : null}
    </>
  )
}

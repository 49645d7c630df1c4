'use client'

import { type RefObject, useEffect, useEffectEvent, useLayoutEffect, useRef, useState } from 'react'
import { useShortcut } from '@/lib/platform/browser/shortcuts'
import type { SeenRows } from './use-row-window'

interface VirtualKeys {
  container: RefObject<HTMLElement | null>
  count: number
  seen: SeenRows
  isEnabled: boolean
  /** Whether j, k, x and o are bound, for the whole page. */
  hasShortcuts: boolean
  showRow: (index: number, at?: 'nearest' | 'top') => void
  onToggle: ((index: number, isRange: boolean) => void) | undefined
  onOpen: ((index: number) => void) | undefined
}

const group = 'This list'

/**
 * j, k and the arrows move from row to row; Page Up and Down by what is in view; Home and End to the ends; x selects, with
 * Shift up to here; o opens beside the list, and so does Enter on a row that is no link. The row with the focus stays in the
 * page however far the list is scrolled.
 * @returns the index of that row, and a way to take the focus to another
 */
export function useVirtualKeys(keys: VirtualKeys) {
  const { container, count, seen, isEnabled, hasShortcuts, showRow, onToggle, onOpen } = keys
  const [focused, setFocused] = useState<number | null>(null)
  const [target, setTarget] = useState<{ index: number } | null>(null)

  const moveTo = (index: number) => {
    if (count === 0) return
    const next = Math.min(Math.max(0, index), count - 1)
    showRow(next)
    setFocused(next)
    setTarget({ index: next })
  }
  const here = () => indexOf(document.activeElement, container.current)
  const step = (by: number) => {
    const at = here()
    moveTo(at === null ? seen.get().first : at + by)
  }
  const page = () => Math.max(1, seen.get().end - seen.get().first - 2)

  useLayoutEffect(() => {
    if (target) focusRow(container.current, target.index)
  }, [container, target])

  // A row that arrives takes the place of the one that held it open, and its focus.
  const holder = useRef<Element>(undefined)
  useLayoutEffect(() => {
    if (focused === null || holder.current === undefined || holder.current.isConnected) return
    if (document.activeElement === document.body) focusRow(container.current, focused)
  })

  const onKey = useEffectEvent((event: KeyboardEvent) => {
    const at = event.target === container.current ? seen.get().first - 1 : here()
    if (at === null || event.ctrlKey || event.metaKey || event.altKey || isText(event.target)) return
    const isRow = event.target instanceof Element && event.target.hasAttribute('data-index')
    if (onOpen && event.key === 'Enter' && isRow) {
      event.preventDefault()
      return onOpen(at)
    }
    const next = {
      ArrowDown: at + 1,
      ArrowUp: at - 1,
      PageDown: at + page(),
      PageUp: at - page(),
      Home: 0,
      End: count - 1,
    }[event.key]
    if (next === undefined) return
    event.preventDefault()
    moveTo(next)
    if (event.shiftKey && onToggle) onToggle(Math.min(Math.max(0, next), count - 1), true)
  })
  const onFocus = useEffectEvent((event: FocusEvent) => {
    holder.current = event.target instanceof Element ? event.target : undefined
    setFocused(indexOf(event.target, container.current))
  })
  const onBlur = useEffectEvent(({ target: left }: FocusEvent) => {
    setTimeout(() => {
      const isLeft = left instanceof Element && left.isConnected && !container.current?.contains(document.activeElement)
      if (isLeft) setFocused(null)
    })
  })

  const withRow = (run: ((index: number) => void) | undefined) => {
    const at = here()
    if (at !== null) run?.(at)
  }
  const isGlobal = isEnabled && hasShortcuts
  useShortcut({ keys: 'j', label: 'Next row (or ↓, Page Down, End)', group }, () => step(1), isGlobal)
  useShortcut({ keys: 'k', label: 'Previous row (or ↑, Page Up, Home)', group }, () => step(-1), isGlobal)
  const maySelect = isGlobal && onToggle !== undefined
  useShortcut({ keys: 'x', label: 'Select the row', group }, () => withRow((at) => onToggle?.(at, false)), maySelect)
  useShortcut(
    { keys: 'shift+x', label: 'Select up to the row (or Shift+↓)', group },
    () => withRow((at) => onToggle?.(at, true)),
    maySelect,
  )
  useShortcut(
    { keys: 'o', label: 'Open the row beside the list (Enter: its page)', group },
    () => withRow(onOpen),
    isGlobal && onOpen !== undefined,
  )

  useEffect(() => {
    const element = container.current
    if (!element) return
    const listeners: [string, (event: Event) => void][] = [
      ['keydown', (event) => onKey(event as KeyboardEvent)],
      ['focusin', (event) => onFocus(event as FocusEvent)],
      ['focusout', (event) => onBlur(event as FocusEvent)],
    ]
    for (const [name, listen] of listeners) element.addEventListener(name, listen)
    return () => {
      for (const [name, listen] of listeners) element.removeEventListener(name, listen)
    }
  }, [container])

  const goToRow = (index: number) => {
    showRow(Math.min(Math.max(0, index), count - 1), 'top')
    moveTo(index)
  }
  return { focused, goToRow }
}

function indexOf(element: EventTarget | null, container: HTMLElement | null): number | null {
  const row = element instanceof Element ? element.closest<HTMLElement>('[data-index]') : null
  return row && container?.contains(row) ? Number(row.dataset.index) : null
}

function isText(target: EventTarget | null): boolean {
  return target instanceof HTMLInputElement && !['checkbox', 'radio'].includes(target.type)
}

/** The row's link, or the row itself while it is on its way. */
function focusRow(container: HTMLElement | null, index: number): void {
  const row = container?.querySelector<HTMLElement>(`[data-index="${index}"]`)
  const link = row?.querySelector<HTMLElement>('[data-row-link]')
  ;(link ?? row)?.focus({ preventScroll: true })
}

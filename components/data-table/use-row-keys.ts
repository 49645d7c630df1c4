'use client'

import { type RefObject, useEffect, useEffectEvent } from 'react'
import { useShortcut } from '@/lib/platform/browser/shortcuts'

interface RowKeys {
  container: RefObject<HTMLElement | null>
  isEnabled: boolean
  onToggle: ((id: string) => void) | undefined
  onOpen: ((id: string) => void) | undefined
}

const group = 'This list'

/** j and k (and the arrow keys inside the table) move from row to row; x selects; o opens beside the list. */
export function useRowKeys({ container, isEnabled, onToggle, onOpen }: RowKeys): void {
  const move = (step: 1 | -1) => {
    const rows = listRows(container.current)
    const at = rows.findIndex((row) => row.contains(document.activeElement))
    const next = rows[at < 0 ? (step > 0 ? 0 : rows.length - 1) : at + step]
    if (next) focusRow(next)
  }
  const currentId = () => {
    const row = document.activeElement?.closest<HTMLElement>('[data-row-id]')
    return row && container.current?.contains(row) ? row.dataset.rowId : undefined
  }
  const onArrow = useEffectEvent((event: KeyboardEvent) => {
    if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return
    if (event.ctrlKey || event.metaKey || event.altKey || currentId() === undefined) return
    event.preventDefault()
    move(event.key === 'ArrowDown' ? 1 : -1)
  })

  useShortcut({ keys: 'j', label: 'Next row (or ↓)', group }, () => move(1), isEnabled)
  useShortcut({ keys: 'k', label: 'Previous row (or ↑)', group }, () => move(-1), isEnabled)
  useShortcut(
    { keys: 'x', label: 'Select the row', group },
    () => run(currentId(), onToggle),
    isEnabled && onToggle !== undefined,
  )
  useShortcut(
    { keys: 'o', label: 'Open the row beside the list (Enter: its page)', group },
    () => run(currentId(), onOpen),
    isEnabled && onOpen !== undefined,
  )

  useEffect(() => {
    const element = container.current
    if (!element || !isEnabled) return
    const listen = (event: KeyboardEvent) => onArrow(event)
    element.addEventListener('keydown', listen)
    return () => element.removeEventListener('keydown', listen)
  }, [container, isEnabled])
}

function run(id: string | undefined, action: ((id: string) => void) | undefined): void {
  if (id !== undefined) action?.(id)
}

function listRows(container: HTMLElement | null): HTMLElement[] {
  return Array.from(container?.querySelectorAll<HTMLElement>('[data-row-id]') ?? [])
}

function focusRow(row: HTMLElement): void {
  const link = row.querySelector<HTMLElement>('[data-row-link]')
  const target = link ?? row.querySelector<HTMLElement>('a, input, button') ?? row
  target.focus({ preventScroll: true })
  row.scrollIntoView({ block: 'nearest' })
}

'use client'

import { type KeyboardEvent, type PointerEvent, useRef } from 'react'
import { clampWidth, leastColumn, mostColumn } from '@/lib/platform/browser/column-choice'

const steps: Record<string, number> = { ArrowLeft: -8, ArrowRight: 8 }

interface ColumnSeparatorProps {
  /** The column to its left. */
  header: string
  /** px */
  width: number
  /** While it is dragged. */
  onDraft: (width: number) => void
  /** undefined: the column's own width again. */
  onChange: (width: number | undefined) => void
}

/** Between two columns: arrow keys or a drag set the width of the left one, Enter or a double click its own width again. */
export function ColumnSeparator({ header, width, onDraft, onChange }: ColumnSeparatorProps) {
  const drag = useRef<{ from: number; width: number; now: number }>(undefined)

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const step = steps[event.key]
    if (step !== undefined) onChange(clampWidth(width + step * (event.shiftKey ? 5 : 1)))
    else if (event.key === 'Home') onChange(leastColumn)
    else if (event.key === 'End') onChange(mostColumn)
    else if (event.key === 'Enter') onChange(undefined)
    else return
    event.preventDefault()
    event.stopPropagation()
  }
  const onPointerDown = (event: PointerEvent<HTMLElement>) => {
    if (event.button !== 0) return
    event.currentTarget.setPointerCapture(event.pointerId)
    // A growing column is wider than its least width.
    const shown = event.currentTarget.closest('th')?.offsetWidth ?? width
    drag.current = { from: event.clientX, width: shown, now: shown }
  }
  const onPointerMove = (event: PointerEvent) => {
    if (!drag.current) return
    drag.current.now = clampWidth(drag.current.width + event.clientX - drag.current.from)
    onDraft(drag.current.now)
  }
  const onPointerUp = () => {
    const moved = drag.current
    drag.current = undefined
    if (moved && moved.now !== moved.width) onChange(moved.now)
  }

  return (
    // biome-ignore lint/a11y/useSemanticElements: a window splitter, which is a separator that takes the focus
    <div
      role="separator"
      tabIndex={0}
      aria-orientation="vertical"
      aria-label={`Width of ${header}`}
      aria-valuenow={width}
      aria-valuemin={leastColumn}
      aria-valuemax={mostColumn}
      onKeyDown={onKeyDown}
      onPointerDown={onPointerDown}
      onPointerMove={onPointerMove}
      onPointerUp={onPointerUp}
      onDoubleClick={() => onChange(undefined)}
      className="group/edge absolute inset-y-0 right-0 z-10 grid w-2.5 cursor-col-resize touch-none justify-end focus-visible:-outline-offset-2"
    >
      <span
        aria-hidden
        className="my-2 w-px bg-line group-hover/edge:my-0 group-hover/edge:w-0.5 group-hover/edge:bg-accent-line group-focus-visible/edge:bg-accent"
      />
    </div>
  )
}

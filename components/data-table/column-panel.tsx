'use client'

import { ArrowDown, ArrowUp, Pin, PinOff } from 'lucide-react'
import { type ReactNode, useLayoutEffect, useRef, useState } from 'react'
import { type ColumnChoice, changeColumn, moveColumn, settleColumns } from '@/lib/platform/browser/column-choice'
import { Button } from '../ui/button'
import { Checkbox } from '../ui/checkbox'
import { cn } from '../ui/class-names'

export interface ColumnPanelProps {
  columns: { id: string; header: string; isRowLink?: boolean }[]
  /** Those that are shown, in their order. */
  choices: ColumnChoice[]
  onChoicesChange: (choices: ColumnChoice[]) => void
  density: 'regular' | 'compact'
  onDensityChange: (density: 'regular' | 'compact') => void
  /** Absent: all is as the list has it by itself. */
  onReset?: () => void
}

/** The inside of the column chooser. Everything is a button or a checkbox; nothing has to be dragged. */
export function ColumnPanel(props: ColumnPanelProps) {
  const { columns, choices, onChoicesChange, density, onDensityChange, onReset } = props
  const list = useRef<HTMLUListElement>(null)
  const [moved, setMoved] = useState<{ name: string } | null>(null)
  const change = (next: ColumnChoice[]) => onChoicesChange(settleColumns(columns, next))
  const headerOf = (id: string) => columns.find((column) => column.id === id)?.header ?? id
  const hidden = columns.filter(({ id }) => !choices.some((choice) => choice.id === id))
  const act = (name: string, next: ColumnChoice[]) => {
    change(next)
    setMoved({ name })
  }

  // The line under the focus has moved, and the browser may have let go of it.
  useLayoutEffect(() => {
    if (moved) list.current?.querySelector<HTMLElement>(`[data-act="${moved.name}"]`)?.focus()
  }, [moved])

  return (
    <div className="flex flex-col">
      <ul ref={list} aria-label="Columns" className="flex flex-col p-1">
        {choices.map((choice, index) => {
          const { id, isPinned } = choice
          const header = headerOf(id)
          const isLink = columns.some((column) => column.id === id && column.isRowLink)
          const mayMove = (by: -1 | 1) => moveColumn(choices, id, by)[index]?.id !== id
          return (
            <Line key={id} header={header} id={id}>
              <Checkbox
                id={`column-${id}`}
                checked
                disabled={isLink}
                onCheckedChange={() => change(choices.filter((other) => other.id !== id))}
              />
              <LineButton
                name={`${id}-up`}
                label={`Move ${header} to the left`}
                isOff={!mayMove(-1)}
                onClick={() => act(`${id}-up`, moveColumn(choices, id, -1))}
              >
                <ArrowUp aria-hidden />
              </LineButton>
              <LineButton
                name={`${id}-down`}
                label={`Move ${header} to the right`}
                isOff={!mayMove(1)}
                onClick={() => act(`${id}-down`, moveColumn(choices, id, 1))}
              >
                <ArrowDown aria-hidden />
              </LineButton>
              <LineButton
                name={`${id}-pin`}
                label={`Keep ${header} in sight`}
                isPressed={isPinned === true}
                onClick={() => act(`${id}-pin`, changeColumn(choices, id, { isPinned: !isPinned }))}
              >
                {isPinned ? <PinOff aria-hidden /> : <Pin aria-hidden />}
              </LineButton>
            </Line>
          )
        })}
        {hidden.map(({ id, header }) => (
          <Line key={id} header={header} id={id} isMuted>
            <Checkbox id={`column-${id}`} checked={false} onCheckedChange={() => change([...choices, { id }])} />
          </Line>
        ))}
      </ul>
      <div className="flex items-center gap-1 border-t p-2">
        <fieldset className="flex gap-1">
          <legend className="sr-only">Height of the rows</legend>
          {(['regular', 'compact'] as const).map((value) => (
            <Button
              key={value}
              size="sm"
              variant={density === value ? 'secondary' : 'ghost'}
              aria-pressed={density === value}
              onClick={() => onDensityChange(value)}
            >
              {value === 'regular' ? 'Regular rows' : 'Compact'}
            </Button>
          ))}
        </fieldset>
        <Button size="sm" variant="ghost" className="ml-auto" disabled={!onReset} onClick={onReset}>
          Reset
        </Button>
      </div>
    </div>
  )
}

function Line({
  id,
  header,
  isMuted,
  children,
}: {
  id: string
  header: string
  isMuted?: boolean
  children: ReactNode[] | ReactNode
}) {
  const [box, ...buttons] = Array.isArray(children) ? children : [children]
  return (
    <li className="flex h-7 items-center gap-1 rounded-sm pr-1 pl-2 focus-within:bg-hover hover:bg-hover">
      {box}
      <label htmlFor={`column-${id}`} className={cn('min-w-0 flex-1 truncate pl-1', isMuted && 'text-ink-muted')}>
        {header}
      </label>
      {buttons}
    </li>
  )
}

interface LineButtonProps {
  name: string
  label: string
  isOff?: boolean
  isPressed?: boolean
  onClick: () => void
  children: ReactNode
}

function LineButton({ name, label, isOff, isPressed, onClick, children }: LineButtonProps) {
  return (
    <button
      type="button"
      data-act={name}
      aria-label={label}
      title={label}
      aria-pressed={isPressed}
      // Stays where it is at the end of the way, so that the focus does too.
      aria-disabled={isOff || undefined}
      onClick={() => (isOff ? undefined : onClick())}
      className={cn(
        'grid size-6 place-items-center rounded-sm text-ink-muted hover:text-ink aria-disabled:opacity-30 [&_svg]:size-3.5',
        isPressed && 'text-accent-ink',
      )}
    >
      {children}
    </button>
  )
}

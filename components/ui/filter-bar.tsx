'use client'

import { ListFilter } from 'lucide-react'
import { useRef } from 'react'
import { useShortcut } from '@/lib/platform/browser/shortcuts'
import { FilterFrame, type FilterFrameProps } from './filter-frame'
import { Kbd } from './kbd'
import { SettledInput } from './settled-input'

export interface FilterBarProps extends Omit<FilterFrameProps, 'box'> {
  /** Called when typing pauses for 250 ms, and at once on Enter and when the box is left. */
  onTextChange?: (text: string) => void
  placeholder?: string
}

export function FilterBar({ onTextChange, placeholder, ...props }: FilterBarProps) {
  const { label, text = '' } = props
  const input = useRef<HTMLInputElement>(null)
  useShortcut({ keys: '/', label: 'Filter this list', group: 'This list' }, () => input.current?.focus())
  return (
    <FilterFrame
      {...props}
      box={
        <div className="relative w-full sm:w-64">
          <SettledInput
            ref={input}
            value={text}
            onSettle={(next) => onTextChange?.(next)}
            label={label}
            placeholder={placeholder}
            icon={<ListFilter aria-hidden />}
          />
          {text === '' ? <Kbd keys="/" className="pointer-events-none absolute top-1 right-1.5 max-sm:hidden" /> : null}
        </div>
      }
    />
  )
}

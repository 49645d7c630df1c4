'use client'

import { useEffect, useRef } from 'react'
import { cn } from '@/components/ui/class-names'
import { formatNumber } from '@/lib/platform/browser/format'
import type { FilterSuggestion } from '@/lib/platform/browser/suggest-filter'

interface FilterSuggestionsProps {
  /** Of the box: the list is `<id>-list`, its options are `<id>-<index>`. */
  id: string
  label: string
  suggestions: FilterSuggestion[]
  /** Index of the one that Enter takes; -1 for none. */
  active: number
  onChoose: (suggestion: FilterSuggestion) => void
}

const headings = { key: 'Filters', value: 'Values', fix: 'Instead' } as const
const kinds = ['key', 'value', 'fix'] as const

/** The list under the filter box. The focus stays in the box; the active option is named there. */
export function FilterSuggestions({ id, label, suggestions, active, onChoose }: FilterSuggestionsProps) {
  const list = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (active >= 0) list.current?.querySelector('[aria-selected=true]')?.scrollIntoView({ block: 'nearest' })
  }, [active])
  const entries = suggestions.map((suggestion, index) => ({ suggestion, index }))
  return (
    <div
      ref={list}
      id={`${id}-list`}
      role="listbox"
      aria-label={`Suggestions: ${label}`}
      className="absolute inset-x-0 top-full z-50 mt-1 max-h-72 max-w-xl overflow-y-auto rounded-md bg-raised p-1 shadow-float"
    >
      {kinds.map((kind) => {
        const group = entries.filter(({ suggestion }) => suggestion.kind === kind)
        if (group.length === 0) return null
        return (
          // biome-ignore lint/a11y/useSemanticElements: a group of options in a listbox, as ARIA asks; a fieldset is for forms
          <div key={kind} role="group" aria-label={headings[kind]}>
            <p aria-hidden className="px-2 py-1 text-xs text-ink-muted">
              {headings[kind]}
            </p>
            {group.map(({ suggestion, index }) => (
              <Option
                key={`${kind} ${suggestion.insert}`}
                id={`${id}-${index}`}
                suggestion={suggestion}
                isActive={index === active}
                onChoose={onChoose}
              />
            ))}
          </div>
        )
      })}
    </div>
  )
}

interface OptionProps extends Pick<FilterSuggestionsProps, 'id' | 'onChoose'> {
  suggestion: FilterSuggestion
  isActive: boolean
}

function Option({ id, suggestion, isActive, onChoose }: OptionProps) {
  const { insert, label, count } = suggestion
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are those of the box, where the focus stays
    <div
      id={id}
      role="option"
      tabIndex={-1}
      aria-selected={isActive}
      onMouseDown={(event) => event.preventDefault()}
      onClick={() => onChoose(suggestion)}
      className={cn(
        'flex min-h-8 cursor-default items-center gap-2 rounded-sm px-2 py-1 text-sm select-none hover:bg-hover',
        isActive && 'bg-accent-wash hover:bg-accent-wash',
        count === 0 && 'text-ink-muted',
      )}
    >
      <span className="min-w-0 truncate">{insert}</span>
      {label === undefined ? null : <span className="min-w-0 flex-1 truncate text-xs text-ink-muted">{label}</span>}
      {count === undefined ? null : (
        <span className="tabular ml-auto shrink-0 text-xs text-ink-muted">{formatNumber(count)}</span>
      )}
    </div>
  )
}

'use client'

import { CircleHelp } from 'lucide-react'
import { useState } from 'react'
import { Button } from '@/components/ui/button'
import { Popover, PopoverContent, PopoverTrigger } from '@/components/ui/popover'
import type { FilterLanguage, FilterNames } from '@/lib/platform/browser/filter-language'
import { allowed } from '@/lib/platform/browser/filter-values'
import { parseFilter } from '@/lib/platform/browser/parse-filter'

interface FilterSyntaxProps<Filter extends object> {
  language: FilterLanguage<Filter>
  names: FilterNames
  /** The filter of an example, in place of the one that is set. */
  onApply: (filter: Filter) => void
}

/** How filters are written: examples that apply on a click, then every filter with its values. */
export function FilterSyntax<Filter extends object>({ language, names, onApply }: FilterSyntaxProps<Filter>) {
  const [isOpen, setIsOpen] = useState(false)
  const apply = (text: string) => {
    const { filter } = parseFilter(language, text, names)
    setIsOpen(false)
    if (filter) onApply(filter)
  }
  return (
    <Popover open={isOpen} onOpenChange={setIsOpen}>
      <PopoverTrigger asChild>
        <Button variant="ghost" icon={<CircleHelp aria-hidden />} className="max-sm:w-7 max-sm:px-0">
          <span className="max-sm:sr-only">Filter syntax</span>
        </Button>
      </PopoverTrigger>
      <PopoverContent align="end" className="w-128 max-w-[calc(100vw-1rem)]" aria-label="Filter syntax">
        <p className="text-ink-muted">
          Write filters and words in any order; all of them must fit. Commas give alternatives, quotes hold names with
          spaces, lengths of time are in d, w, m or y.
        </p>
        <ul className="mt-2 border-t pt-1">
          {language.examples.map(({ text, finds }) => (
            <li key={text}>
              <button
                type="button"
                onClick={() => apply(text)}
                className="flex min-h-8 w-full flex-wrap items-baseline gap-x-2 rounded-sm px-2 py-1 text-left hover:bg-hover"
              >
                <span className="font-mono text-xs text-accent-ink">{text}</span>
                <span className="text-xs text-ink-muted">{finds}</span>
              </button>
            </li>
          ))}
        </ul>
        <dl className="mt-1 grid grid-cols-[auto_1fr] gap-x-3 gap-y-1 border-t px-2 pt-2 text-xs">
          {language.keys.map((key) => (
            <div key={key.key} className="contents">
              <dt className="font-mono">{key.key}:</dt>
              <dd className="text-ink-muted">
                {key.about}. {allowed(key, names)}
              </dd>
            </div>
          ))}
        </dl>
      </PopoverContent>
    </Popover>
  )
}

'use client'

import type { Facet } from '@/components/ui/facet-options'
import type { FilterLanguage } from '@/lib/platform/browser/filter-language'
import { allowed } from '@/lib/platform/browser/filter-values'
import { parseFilter } from '@/lib/platform/browser/parse-filter'
import { languages } from './filter-engine'
import { useFilterNames } from './use-filter-names'

export interface SyntaxGuideProps {
  orgId: string
  list: keyof typeof languages
  facets: Facet[]
  /** The filter of an example, in place of the one that is set. */
  onApply: (filter: object) => void
}

/** Examples that apply on a click, then every filter with its values. */
export function SyntaxGuide({ orgId, list, facets, onApply }: SyntaxGuideProps) {
  const language: FilterLanguage<object> = languages[list] as never
  const names = useFilterNames({ orgId, language, facets, isNeeded: true })
  const apply = (text: string) => {
    const { filter } = parseFilter(language, text, names)
    if (filter) onApply(filter)
  }
  return (
    <>
      <p className="text-ink-muted">
        Write filters and words in any order; all of them must fit. Commas give alternatives, quotes hold names with
        spaces, lengths of time are in d, w, m or y. Words of three characters and more are found anywhere in a name;
        alone, one or two characters match only its beginning.
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
    </>
  )
}

'use client'

import { useEffect, useEffectEvent, useMemo, useState } from 'react'
import type { FilterLanguage, FilterNames } from '@/lib/platform/browser/filter-language'
import { keepBroken, parseFilter, printFilter, withoutHalfKey } from '@/lib/platform/browser/parse-filter'

/** What to write into the address: every filter of the language, null where it is not set; the list from its first row. */
export type FilterChange = Record<string, string | string[] | null>
export type OnFilterChange = (change: FilterChange, options: { history: 'push' | 'replace' }) => void

const pauseMs = 250
/** Longer than from pressing a mouse button to letting it go: what appears then does not move a link from under it. */
const afterClickMs = 400

interface DraftOptions<Filter extends object> {
  language: FilterLanguage<Filter>
  filter: Filter
  names: FilterNames
  onChange: OnFilterChange
  /** What was typed already, and whether somebody is in the box. */
  begun: { text: string | undefined; isFocused: boolean }
}

/**
 * The text in the box: the printed filter, until somebody types. Then their own text, which is applied when typing pauses,
 * on `settle` and on leaving, if it can be read. A change of the filter from outside wins over it, but for its broken words.
 */
export function useFilterDraft<Filter extends object>(options: DraftOptions<Filter>) {
  const { language, filter, names, onChange, begun } = options
  const key = printFilter(language, filter)
  const [draft, setDraft] = useState<string | null>(begun.text ?? null)
  const [seen, setSeen] = useState(key)
  const [sent, setSent] = useState(key)
  const [settled, setSettled] = useState<string | null>(null)
  const [isFocused, setIsFocused] = useState(begun.isFocused)
  const [hasPushed, setHasPushed] = useState(false)
  const [shows, setShows] = useState<'none' | 'elsewhere' | 'all'>('none')
  const printed = printFilter(language, filter, names)
  const errors = useMemo(
    () => (draft === null ? [] : (parseFilter(language, draft, names).errors ?? [])),
    [language, draft, names],
  )

  if (key !== seen) {
    setSeen(key)
    if (key === sent) {
      if (!isFocused && errors.length === 0) setDraft(null)
    } else {
      setSent(key)
      setDraft(draft !== null && errors.length > 0 && key !== '' ? keepBroken(printed, draft, errors) : null)
    }
  }

  /** Applies a text, which may be a part of what was written, if it can be read; says whether. */
  const apply = (next: string, written = next): boolean => {
    setSettled(written)
    const parsed = parseFilter(language, next, names)
    if (parsed.errors) return false
    const asked = printFilter(language, parsed.filter)
    setShows('none')
    if (asked === key && asked === sent) return true
    setSent(asked)
    setHasPushed(true)
    onChange(filterChange(language, parsed.filter), { history: hasPushed ? 'replace' : 'push' })
    return true
  }

  const onPause = useEffectEvent((typed: string) => {
    if (!apply(withoutHalfKey(language, typed), typed) && shows === 'none') setShows('elsewhere')
  })
  useEffect(() => {
    if (draft === null || !isFocused || draft === settled) return
    const timer = setTimeout(() => onPause(draft), pauseMs)
    return () => clearTimeout(timer)
  }, [draft, isFocused, settled])

  const isBroken = errors.length > 0
  useEffect(() => {
    if (isFocused || !isBroken) return
    const timer = setTimeout(() => setShows('all'), afterClickMs)
    return () => clearTimeout(timer)
  }, [isFocused, isBroken])

  return {
    text: draft ?? printed,
    errors: shows === 'none' ? [] : errors,
    /** Whether errors in the word at the caret are to be shown too. */
    showsAll: shows === 'all',
    edit(next: string) {
      setDraft(next)
      // The word that is being written is not wrong yet.
      if (shows === 'all') setShows('elsewhere')
    },
    /** Applies at once: on Enter, and when a suggestion was chosen. */
    settle(next: string) {
      if (apply(next)) setHasPushed(false)
      else setShows('all')
    },
    /** Another filter in place of all that stands there. */
    replace(next: Filter) {
      setDraft(null)
      setSent(printFilter(language, next))
      onChange(filterChange(language, next), { history: 'push' })
    },
    isFocused,
    focus() {
      setIsFocused(true)
      setHasPushed(false)
    },
    leave() {
      setIsFocused(false)
      if (draft === null || !apply(draft)) return
      const { filter: read } = parseFilter(language, draft, names)
      if (read && printFilter(language, read) === key) setDraft(null)
    },
  }
}

/** A whole change: what the text does not say is taken away. */
function filterChange<Filter extends object>(language: FilterLanguage<Filter>, filter: Filter): FilterChange {
  const labels = language.keys.flatMap(({ values }) =>
    values.kind === 'choice' && values.labels ? [values.labels] : [],
  )
  const all = [...language.keys.map(({ name }) => name), ...labels, language.words.name]
  return { ...Object.fromEntries(all.map((name) => [name, null])), ...filter, cursor: null, at: null }
}

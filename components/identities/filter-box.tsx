'use client'

import { CircleAlert, ListFilter } from 'lucide-react'
import { type ClipboardEvent, type KeyboardEvent, useId, useLayoutEffect, useRef, useState } from 'react'
import type { Facet } from '@/components/ui/facet-options'
import { Input } from '@/components/ui/input'
import { Kbd } from '@/components/ui/kbd'
import { type FilterError, type FilterLanguage, keyOf } from '@/lib/platform/browser/filter-language'
import { quoteItem } from '@/lib/platform/browser/filter-words'
import { useShortcut } from '@/lib/platform/browser/shortcuts'
import type { FilterSuggestion } from '@/lib/platform/browser/suggest-filter'
import { FilterMarks } from './filter-marks'
import { FilterSuggestions } from './filter-suggestions'
import { FilterSyntax } from './filter-syntax'
import { type OnFilterChange, useFilterDraft } from './use-filter-draft'
import { useFilterNames } from './use-filter-names'
import { useFilterSuggestions } from './use-filter-suggestions'

/**
 * The text box that mirrors the filter menus; both edit the state in the address. Give it to `FilterBar` as `box`:
 *
 * ```tsx
 * <FilterBar
 *   label="Filter identities"
 *   text={state.q ?? ''}
 *   facets={facets}
 *   onFacetChange={…}
 *   onClear={clear}
 *   box={
 *     <FilterBox
 *       orgId={orgId}
 *       label="Filter identities"
 *       placeholder="Name, ARN or id"
 *       language={identityLanguage}          // or credentialLanguage, of lib/identities/filter-text.ts
 *       filter={query}                       // identityQueryOf(state); sort, dir and cursor are not looked at
 *       facets={facets}                      // the same as the menus': their labels are the names, their counts are shown
 *       onChange={(change, options) => writeAddress(identityParsers, change, options)}
 *     />
 *   }
 * />
 * ```
 *
 * `onChange` must change the address before it returns, as `writeAddress` (lib/platform/browser/write-address.ts) does and
 * the setter of nuqs does not: a click on a row's link first takes the focus out of the box, which settles what was typed,
 * and Next drops the link's navigation when the address is replaced after it has begun.
 */
export interface FilterBoxProps<Filter extends object> {
  orgId: string
  /** Names the box: "Filter identities". */
  label: string
  placeholder?: string
  language: FilterLanguage<Filter>
  /** The filter as the address has it. */
  filter: Filter
  facets: Facet[]
  /** The first change after the box got the focus is to be a step of the history, those after it replace that step. */
  onChange: OnFilterChange
}

export function FilterBox<Filter extends object>(props: FilterBoxProps<Filter>) {
  const { orgId, label, placeholder, language, filter, facets, onChange } = props
  const id = useId()
  const input = useRef<HTMLInputElement>(null)
  const nextCaret = useRef<number>(undefined)
  const [caret, setCaret] = useState(0)
  const [isOpen, setIsOpen] = useState(false)
  const [active, setActive] = useState(-1)
  const [wasVisited, setWasVisited] = useState(false)
  const names = useFilterNames({ orgId, language, facets, isNeeded: wasVisited })
  const draft = useFilterDraft({ language, filter, names, onChange })
  const { text } = draft
  const suggestions = useFilterSuggestions({ orgId, language, text, caret, options: names, isOpen })
  const [first] = suggestions
  const isListed = first !== undefined && (suggestions.length > 1 || !isDone(first, text))
  const current = isListed ? suggestions[active] : undefined
  const errors = draft.showsAll
    ? draft.errors
    : draft.errors.filter(({ word }) => !(word.from <= caret && caret <= word.to))
  useShortcut({ keys: '/', label: 'Filter this list', group: 'This list' }, () => input.current?.focus())

  useLayoutEffect(() => {
    if (nextCaret.current === undefined || input.current?.value !== text) return
    input.current.setSelectionRange(nextCaret.current, nextCaret.current)
    nextCaret.current = undefined
  })

  const edit = (next: string, at: number) => {
    draft.edit(next)
    setCaret(at)
    setActive(-1)
  }
  const write = (next: string, at: number) => {
    edit(next, at)
    nextCaret.current = at
  }
  const choose = ({ insert, from, to, isWhole }: FilterSuggestion) => {
    const space = isWhole && to === text.length ? ' ' : ''
    const next = text.slice(0, from) + insert + space + text.slice(to)
    write(next, from + insert.length + space.length)
    setIsOpen(!isWhole)
    if (isWhole) draft.settle(next)
  }
  const mend = ({ from, to, fix = '' }: FilterError) => {
    const next = text.slice(0, from) + fix + text.slice(to)
    write(next, from + fix.length)
    draft.settle(next)
    input.current?.focus()
  }
  const move = (by: 1 | -1) => {
    const count = suggestions.length
    setIsOpen(true)
    if (!isListed) setActive(by === 1 ? 0 : -1)
    else setActive(active === -1 && by === -1 ? count - 1 : active + by >= count ? -1 : active + by)
  }
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.nativeEvent.isComposing) return
    const best = current ?? first
    const isPlain = !event.shiftKey && !event.ctrlKey && !event.metaKey
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') move(event.key === 'ArrowDown' ? 1 : -1)
    else if (event.key === 'Enter' && current) choose(current)
    else if (event.key === 'Enter') {
      setIsOpen(false)
      draft.settle(text)
      return
    } else if (event.key === 'Tab' && isPlain && isListed && best && isCompleted(best, text, current)) choose(best)
    else if (event.key === 'Escape' && isListed) {
      setIsOpen(false)
      setActive(-1)
    } else {
      if (event.key === 'Escape') event.currentTarget.blur()
      return
    }
    event.preventDefault()
    event.stopPropagation()
  }
  /** A pasted ARN or address has colons; it is meant to be searched for. */
  const onPaste = (event: ClipboardEvent<HTMLInputElement>) => {
    const pasted = event.clipboardData.getData('text/plain').trim()
    const [start, end] = [event.currentTarget.selectionStart ?? caret, event.currentTarget.selectionEnd ?? caret]
    const isInWord = /\S$/.test(text.slice(0, start))
    const [, key] = /^([^\s":]+):[^\s"]+$/.exec(pasted) ?? []
    if (isInWord || key === undefined || keyOf(language, key)) return
    event.preventDefault()
    const quoted = quoteItem(pasted)
    write(text.slice(0, start) + quoted + text.slice(end), start + quoted.length)
  }

  return (
    <div className="flex items-start gap-1">
      <div className="relative min-w-0 flex-1">
        <Input
          ref={input}
          role="combobox"
          aria-label={label}
          aria-autocomplete="list"
          aria-expanded={isListed}
          aria-controls={isListed ? `${id}-list` : undefined}
          aria-activedescendant={current ? `${id}-${active}` : undefined}
          aria-invalid={errors.length > 0 || undefined}
          aria-describedby={errors.length > 0 ? `${id}-errors` : undefined}
          placeholder={placeholder}
          icon={<ListFilter aria-hidden />}
          value={text}
          autoComplete="off"
          autoCapitalize="none"
          autoCorrect="off"
          spellCheck={false}
          enterKeyHint="search"
          onChange={(event) => {
            edit(event.target.value, event.target.selectionStart ?? event.target.value.length)
            setIsOpen(true)
          }}
          onSelect={(event) => setCaret(event.currentTarget.selectionStart ?? 0)}
          onClick={() => setIsOpen(true)}
          onFocus={() => {
            setWasVisited(true)
            draft.focus()
          }}
          onBlur={() => {
            setIsOpen(false)
            setActive(-1)
            draft.leave()
          }}
          onKeyDown={onKeyDown}
          onPaste={onPaste}
        />
        <FilterMarks input={input} text={text} errors={errors} />
        {text === '' ? <Kbd keys="/" className="pointer-events-none absolute top-1 right-1.5 max-sm:hidden" /> : null}
        {isListed ? (
          <FilterSuggestions id={id} label={label} suggestions={suggestions} active={active} onChoose={choose} />
        ) : null}
        <p role="status" className="sr-only">
          {isListed ? `${suggestions.length} suggestions` : ''}
        </p>
        <div id={`${id}-errors`} aria-live="polite">
          {errors.map((error) => (
            <p key={error.from} className="flex items-start gap-1 pt-1 text-xs text-danger-ink">
              <CircleAlert className="mt-0.5 size-3 shrink-0" aria-hidden />
              <span className="min-w-0 break-words">
                Column {error.from + 1}: {error.message} {error.hint}{' '}
                {error.fix === undefined ? null : (
                  <button
                    type="button"
                    className="min-h-6 underline underline-offset-3"
                    onMouseDown={(event) => event.preventDefault()}
                    onClick={() => mend(error)}
                  >
                    Write {error.fix}
                  </button>
                )}
              </span>
            </p>
          ))}
        </div>
      </div>
      <FilterSyntax language={language} names={names} onApply={draft.replace} />
    </div>
  )
}

/** Whether a suggestion stands there already. */
function isDone({ insert, from, to }: FilterSuggestion, text: string): boolean {
  return text.slice(from, to) === insert
}

/** Whether Tab takes a suggestion: what was typed is its beginning, or the arrows went to it. Else Tab leaves the box. */
function isCompleted(best: FilterSuggestion, text: string, current: FilterSuggestion | undefined): boolean {
  return !isDone(best, text) && (current !== undefined || best.from < best.to)
}

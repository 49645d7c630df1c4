'use client'

import { CircleAlert } from 'lucide-react'
import {
  type ClipboardEvent,
  type KeyboardEvent,
  type RefObject,
  useEffect,
  useEffectEvent,
  useLayoutEffect,
  useRef,
  useState,
} from 'react'
import { credentialLanguage, identityLanguage } from '@/lib/identities/filter-text'
import { type FilterError, type FilterLanguage, keyOf } from '@/lib/platform/browser/filter-language'
import { quoteItem } from '@/lib/platform/browser/filter-words'
import type { FilterSuggestion } from '@/lib/platform/browser/suggest-filter'
import { FilterMarks } from './filter-marks'
import type { BoxEvents, BoxView, FilterBoxProps } from './filter-parts'
import { FilterSuggestions } from './filter-suggestions'
import { useFilterDraft } from './use-filter-draft'
import { useFilterNames } from './use-filter-names'
import { useFilterSuggestions } from './use-filter-suggestions'

interface FilterEngineProps<Filter extends object> extends Omit<FilterBoxProps<Filter>, 'placeholder' | 'printed'> {
  id: string
  input: RefObject<HTMLInputElement | null>
  /** What somebody did in the box before this was here. */
  begun: { text: string | undefined; isEntered: boolean }
  events: RefObject<BoxEvents | undefined>
  onView: (view: BoxView) => void
}

export const languages = { identities: identityLanguage, credentials: credentialLanguage }

/** All that the box of `FilterBox` does, and what is drawn around it; the box itself stays where it is. */
export function FilterEngine<Filter extends object>(props: FilterEngineProps<Filter>) {
  const { id, input, begun, events, onView, orgId, list, label, filter, facets, onChange } = props
  const language = languages[list] as unknown as FilterLanguage<Filter>
  const nextCaret = useRef<number>(undefined)
  const [isBegunIn] = useState(() => document.activeElement === input.current)
  const [caret, setCaret] = useState(() => input.current?.selectionStart ?? 0)
  const [isOpen, setIsOpen] = useState(isBegunIn && begun.text !== undefined && !begun.isEntered)
  const [active, setActive] = useState(-1)
  const [wasVisited, setWasVisited] = useState(isBegunIn)
  const names = useFilterNames({ orgId, language, facets, isNeeded: wasVisited })
  const draft = useFilterDraft({ language, filter, names, onChange, begun: { text: begun.text, isFocused: isBegunIn } })
  const { text } = draft
  const suggestions = useFilterSuggestions({ orgId, language, text, caret, options: names, isOpen })
  const [first] = suggestions
  const isListed = first !== undefined && (suggestions.length > 1 || !isDone(first, text))
  const current = isListed ? suggestions[active] : undefined
  const errors = draft.showsAll
    ? draft.errors
    : draft.errors.filter(({ word, isFinal }) => isFinal || !(word.from <= caret && caret <= word.to))

  const settleBegun = useEffectEvent(() => {
    if (begun.text !== undefined && (begun.isEntered || !isBegunIn)) draft.settle(begun.text)
  })
  useEffect(() => settleBegun(), [])

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

  const view: BoxView = {
    value: text,
    'aria-expanded': isListed,
    'aria-controls': isListed ? `${id}-list` : undefined,
    'aria-activedescendant': current ? `${id}-${active}` : undefined,
    'aria-invalid': errors.length > 0 || undefined,
    'aria-describedby': errors.length > 0 ? `${id}-errors` : undefined,
  }
  useLayoutEffect(() => {
    events.current = {
      onChange: (event) => {
        edit(event.target.value, event.target.selectionStart ?? event.target.value.length)
        setIsOpen(true)
      },
      onSelect: (event) => setCaret(event.currentTarget.selectionStart ?? 0),
      onClick: () => setIsOpen(true),
      onFocus: () => {
        setWasVisited(true)
        draft.focus()
      },
      onBlur: () => {
        setIsOpen(false)
        setActive(-1)
        draft.leave()
      },
      onKeyDown,
      onPaste,
      replace: (next) => draft.replace(next as Filter),
    }
    onView(view)
  })

  return (
    <>
      <FilterMarks input={input} text={text} errors={errors} />
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
    </>
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

'use client'

import { ListFilter } from 'lucide-react'
import { lazy, Suspense, useEffect, useId, useRef, useState } from 'react'
import { Input } from '@/components/ui/input'
import { Kbd } from '@/components/ui/kbd'
import { preloadWhenIdle } from '@/lib/platform/browser/preload'
import { useShortcut } from '@/lib/platform/browser/shortcuts'
import type { BoxEvents, BoxView, FilterBoxProps } from './filter-parts'
import { FilterSyntax } from './filter-syntax'

const load = () => import('./filter-engine').then((module) => ({ default: module.FilterEngine }))
const FilterEngine = lazy(load)

/**
 * The text box that mirrors the filter menus; both edit the state in the address. Give it to `FilterFrame` as `box`:
 *
 * ```tsx
 * <FilterFrame
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
 *       list="identities"
 *       printed={filterText}                 // the filter as text, as the server printed it
 *       filter={query}                       // identityQueryOf(state); sort, dir and cursor are not looked at
 *       facets={facets}                      // the same as the menus': their labels are the names, their counts are shown
 *       onChange={(change, options) => writeAddress(identityParsers, change, options)}
 *     />
 *   }
 * />
 * ```
 *
 * `onChange` must change the address before it returns, as `writeAddress` (lib/platform/browser/write-address.ts) does: a
 * click on a row's link first takes the focus out of the box, which settles what was typed,
 * and Next drops the link's navigation when the address is replaced after it has begun.
 */
export function FilterBox<Filter extends object>({ placeholder, printed, ...props }: FilterBoxProps<Filter>) {
  const { label, filter } = props
  const id = useId()
  const input = useRef<HTMLInputElement>(null)
  const events = useRef<BoxEvents>(undefined)
  const isEntered = useRef(false)
  const [typed, setTyped] = useState<string>()
  const [view, setView] = useState<BoxView>()
  // Reading and completing what is written comes after the first view: when the page is idle, or as soon as somebody is here.
  const [isAlive, setIsAlive] = useState(false)
  const [painted] = useState(() => JSON.stringify(filter))
  if (!isAlive && JSON.stringify(filter) !== painted) setIsAlive(true)
  const wake = () => setIsAlive(true)
  useEffect(() => preloadWhenIdle(() => load().then(() => setIsAlive(true))), [])
  useShortcut({ keys: '/', label: 'Filter this list', group: 'This list' }, () => input.current?.focus())
  const text = view?.value ?? typed ?? printed

  return (
    <div className="flex w-full items-start gap-1">
      <div className="relative min-w-0 flex-1">
        <Input
          ref={input}
          role="combobox"
          aria-label={label}
          aria-autocomplete="list"
          aria-expanded={false}
          placeholder={placeholder}
          icon={<ListFilter aria-hidden />}
          autoComplete="off"
          autoCapitalize="none"
          autoCorrect="off"
          spellCheck={false}
          enterKeyHint="search"
          {...view}
          value={text}
          onChange={(event) => {
            if (events.current) return events.current.onChange(event)
            wake()
            isEntered.current = false
            setTyped(event.target.value)
          }}
          onSelect={(event) => events.current?.onSelect(event)}
          onClick={() => events.current?.onClick()}
          onFocus={() => {
            wake()
            events.current?.onFocus()
          }}
          onBlur={() => events.current?.onBlur()}
          onKeyDown={(event) => {
            if (events.current) return events.current.onKeyDown(event)
            if (event.key === 'Enter' && !event.nativeEvent.isComposing) isEntered.current = true
            if (event.key === 'Escape') event.currentTarget.blur()
          }}
          onPaste={(event) => events.current?.onPaste(event)}
        />
        {text === '' ? <Kbd keys="/" className="pointer-events-none absolute top-1 right-1.5 max-sm:hidden" /> : null}
        {isAlive ? (
          <Suspense fallback={null}>
            <FilterEngine
              {...props}
              id={id}
              input={input}
              begun={{ text: typed, isEntered: isEntered.current }}
              events={events}
              onView={(next) => setView((last) => (last && isSame(last, next) ? last : next))}
            />
          </Suspense>
        ) : null}
      </div>
      <FilterSyntax
        orgId={props.orgId}
        list={props.list}
        facets={props.facets}
        onOpen={wake}
        onApply={(next) => events.current?.replace(next)}
      />
    </div>
  )
}

function isSame(one: BoxView, other: BoxView): boolean {
  return Object.entries(one).every(([name, value]) => other[name as keyof BoxView] === value)
}

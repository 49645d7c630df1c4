'use client'

import { Lock, User } from 'lucide-react'
import { type KeyboardEvent, useEffect, useRef, useState } from 'react'
import { cn } from '@/components/ui/class-names'
import { IdentityKind } from '@/components/ui/marks/identity-kind'
import { PrivilegeMark } from '@/components/ui/marks/privilege-mark'
import { Skeleton } from '@/components/ui/skeleton'
import { toneInk } from '@/components/ui/tone'
import type { ReviewItem } from '@/lib/reviews/items'
import { decisionIcons, decisionTones } from './decision-mark'
import { itemTitle } from './evidence-pane'
import { decidedLabels } from './review-words'
import type { Desk } from './use-desk'

/** Rows are as high as this, so that a list of any length draws only what is in view. */
const rowPx = 52
const spare = 6

const optionId = (no: number) => `review-item-${no}`

/** The reviewer's items: one column, moved through by keys, only what is in view in the page. */
export function DeskList({ desk, label }: { desk: Desk; label: string }) {
  const { items, at, no, chosen, draftOf, list } = desk
  const box = useRef<HTMLDivElement>(null)
  const [view, setView] = useState({ first: 0, last: 30 })
  const look = () => {
    const { scrollTop = 0, clientHeight = 800 } = box.current ?? {}
    const first = Math.max(0, Math.floor(scrollTop / rowPx) - spare)
    const last = Math.ceil((scrollTop + clientHeight) / rowPx) + spare
    setView((now) => (now.first === first && now.last === last ? now : { first, last }))
  }
  useEffect(() => {
    const { current } = box
    if (!current) return
    const [top, bottom] = [at * rowPx, (at + 1) * rowPx]
    if (top < current.scrollTop) current.scrollTop = top
    else if (bottom > current.scrollTop + current.clientHeight) current.scrollTop = bottom - current.clientHeight
  }, [at])
  useEffect(() => {
    box.current?.focus({ preventScroll: true })
  }, [])

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const act = movesOf(desk, event.shiftKey)[event.key]
    if (!act) return
    event.preventDefault()
    act()
  }
  const isBusy = list.isFetchingNextPage || list.isPending
  return (
    <div
      ref={box}
      role="listbox"
      aria-label={label}
      aria-multiselectable="true"
      aria-activedescendant={no === null || items.length === 0 ? undefined : optionId(no)}
      tabIndex={0}
      onKeyDown={onKeyDown}
      onScroll={look}
      className="min-h-0 flex-1 overflow-y-auto -outline-offset-2"
    >
      <div role="presentation" className="relative" style={{ height: items.length * rowPx }}>
        {items.slice(view.first, view.last).map((item, index) => {
          const place = view.first + index
          return (
            // biome-ignore lint/a11y/useFocusableInteractive: the list has the focus and names its active option
            // biome-ignore lint/a11y/useKeyWithClickEvents: the list listens to the keys
            <div
              key={item.no}
              id={optionId(item.no)}
              role="option"
              aria-selected={chosen ? chosen.nos.includes(item.no) : item.no === no}
              aria-setsize={list.hasNextPage ? -1 : items.length}
              aria-posinset={place + 1}
              onClick={(event) => (event.shiftKey ? desk.chooseTo(place) : desk.goTo(item.no))}
              style={{ top: place * rowPx, height: rowPx }}
              className={cn(
                'absolute inset-x-0 flex cursor-default items-center gap-2.5 border-b border-l-2 border-l-transparent px-3 select-none',
                item.no === no ? 'border-l-accent bg-accent-wash' : 'hover:bg-hover',
                chosen?.nos.includes(item.no) && 'border-l-accent bg-notice-wash',
              )}
            >
              <Row item={item} draft={draftOf(item)?.decision ?? null} />
            </div>
          )
        })}
      </div>
      {isBusy ? (
        <div aria-busy="true" className="flex flex-col gap-3 p-3">
          <Skeleton className="h-8" />
          <Skeleton className="h-8" />
          <Skeleton className="h-8" />
        </div>
      ) : null}
    </div>
  )
}

function movesOf(desk: Desk, isShifted: boolean): Partial<Record<string, () => void>> {
  const { items } = desk
  if (isShifted) return { ArrowDown: () => desk.extend(1), ArrowUp: () => desk.extend(-1) }
  return {
    ArrowDown: () => desk.move(1),
    ArrowUp: () => desk.move(-1),
    Home: () => desk.goTo(items[0]?.no),
    End: () => desk.goTo(items.at(-1)?.no),
    ...(desk.chosen ? { Escape: desk.drop } : {}),
  }
}

function Row({ item, draft }: { item: ReviewItem; draft: keyof typeof decisionIcons | null }) {
  const Icon = draft ? decisionIcons[draft] : undefined
  const isSigned = item.mine?.state === 'signed'
  return (
    <>
      <span className={cn('size-4 shrink-0', draft ? toneInk[decisionTones[draft]] : 'text-ink-faint')}>
        {Icon ? (
          <Icon className="size-4" aria-label={draft ? decidedLabels[draft] : ''} />
        ) : (
          <span aria-hidden className="block size-4 rounded-full border border-dashed border-line-strong" />
        )}
      </span>
      <span className="flex min-w-0 flex-1 flex-col">
        <span className="flex min-w-0 items-center gap-1.5 text-sm">
          <IdentityKind kind={item.identity.kind} />
          <span className="truncate font-medium">{itemTitle(item)}</span>
          {isSigned ? <Lock className="size-3 shrink-0 text-ink-muted" aria-label="signed off" /> : null}
          {item.isAlone ? <User className="size-3 shrink-0 text-ink-muted" aria-label="decided alone" /> : null}
        </span>
        <span className="truncate text-xs text-ink-muted">
          {item.credential || item.entitlement ? `${item.identity.name} · ` : ''}
          {item.owner ?? 'no owner'} · {usageWords[item.usage]}
        </span>
      </span>
      <span className="flex shrink-0 flex-col items-end gap-0.5">
        <PrivilegeMark privilege={item.privilege ?? undefined} />
        <span className="tabular text-xs text-ink-muted">{item.score === null ? '–' : item.score.toFixed(0)}</span>
      </span>
    </>
  )
}

export const usageWords: Record<ReviewItem['usage'], string> = {
  used: 'in use',
  stale: 'not used lately',
  never: 'never used',
  unknown: 'use unknown',
}

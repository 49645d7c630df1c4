'use client'

import { useInfiniteQuery } from '@tanstack/react-query'
import { Button } from '@/components/ui/button'
import { cn } from '@/components/ui/class-names'
import { Refusal } from '@/components/ui/refusal'
import { Skeleton } from '@/components/ui/skeleton'
import { formatCount, formatNumber } from '@/lib/platform/browser/format'
import type { ReviewGroup } from '@/lib/reviews/items'
import { reviewGroupsQuery } from '@/lib/reviews/queries'
import { DecisionMark } from './decision-mark'
import type { Desk } from './use-desk'

const shownSays = 4

/** What waits, by equal evidence, the largest group first: each can be decided at once, or looked through one by one. */
export function DeskGroups({ orgId, desk }: { orgId: string; desk: Desk }) {
  const groups = useInfiniteQuery(reviewGroupsQuery(orgId, desk.id))
  const { data, error, hasNextPage, isFetchingNextPage } = groups
  if (error && !data) return <Refusal what="groups" error={error} onRetry={() => void groups.refetch()} />
  if (!data)
    return (
      <div aria-busy="true" className="flex flex-col gap-3 p-3">
        <Skeleton className="h-16" />
        <Skeleton className="h-16" />
      </div>
    )
  const all = data.pages.flatMap((page) => page.items)
  // The largest come first: from the first that is alone on, there is nothing to be decided together.
  const shown = all.filter(({ open }) => open > 1)
  const isOnlyAlone = all.length > shown.length
  return (
    <section aria-label="Groups of equal evidence" className="min-h-0 flex-1 overflow-y-auto">
      {all.length === 0 ? <p className="p-4 text-sm text-ink-muted">Nothing waits for a decision.</p> : null}
      <ul>
        {shown.map((group) => (
          <GroupLine key={group.group} group={group} desk={desk} />
        ))}
      </ul>
      {isOnlyAlone ? (
        <div className="flex flex-col items-start gap-2 p-3 text-sm text-ink-muted">
          <p>
            {shown.length === 0 ? 'No two that wait have the same evidence.' : 'All others differ from each other.'}{' '}
            They are decided one by one.
          </p>
          <Button size="sm" onClick={() => desk.view({ by: null, group: null, show: 'todo' })}>
            Decide one by one
          </Button>
        </div>
      ) : hasNextPage ? (
        <Button className="m-3" isPending={isFetchingNextPage} onClick={() => void groups.fetchNextPage()}>
          Show more groups
        </Button>
      ) : null}
    </section>
  )
}

function GroupLine({ group, desk }: { group: ReviewGroup; desk: Desk }) {
  const name = `${formatCount(group.open, 'item')} like ${group.first.identity.name}`
  const one = group.open === 1
  const act = (decision: 'certify' | 'revoke') => desk.send({ decision }, { group: group.group }, [])
  return (
    <li className="flex flex-col gap-1.5 border-b px-3 py-2.5" aria-label={name}>
      <p className="flex flex-wrap items-baseline justify-between gap-x-3 text-sm">
        <span className="font-medium">
          {one ? (
            group.first.identity.name
          ) : (
            <>
              <span className="tabular">{formatNumber(group.open)}</span> items with the same evidence
            </>
          )}
        </span>
        <DecisionMark decision={group.recommendation} form="advice" className="text-xs" />
      </p>
      <ul className="text-xs text-ink-muted">
        {group.says.slice(0, shownSays).map((line) => (
          <li key={line} className="break-words">
            {line}
          </li>
        ))}
      </ul>
      <div className="flex flex-wrap gap-1.5">
        <Button size="sm" onClick={() => desk.view({ by: null, group: group.group, show: 'todo' })}>
          Look through
        </Button>
        {group.isAlone ? (
          <span className="self-center text-xs text-ink-muted">Decided one by one: they reach far.</span>
        ) : (
          <>
            <Button size="sm" className={cn(!group.first.can.certify && 'hidden')} onClick={() => act('certify')}>
              Certify {one ? 'it' : `all ${formatNumber(group.open)}`}
            </Button>
            <Button size="sm" variant="danger-outline" onClick={() => act('revoke')}>
              Revoke {one ? 'it' : `all ${formatNumber(group.open)}`}
            </Button>
          </>
        )}
      </div>
    </li>
  )
}

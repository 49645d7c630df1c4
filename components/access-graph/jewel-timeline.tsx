'use client'

import { useInfiniteQuery } from '@tanstack/react-query'
import { ArrowDown, ArrowUp, type LucideIcon, Minus, Plus } from 'lucide-react'
import Link from 'next/link'
import { Button } from '@/components/ui/button'
import { cn } from '@/components/ui/class-names'
import { Refusal } from '@/components/ui/refusal'
import { RelativeTime } from '@/components/ui/relative-time'
import { Sheet, SheetContent } from '@/components/ui/sheet'
import { Skeleton } from '@/components/ui/skeleton'
import { type Tone, toneInk } from '@/components/ui/tone'
import type { CrownJewel, JewelChange } from '@/lib/access-graph/blast-radius'
import { pathsHref } from '@/lib/access-graph/filters'
import { jewelChangesQuery } from '@/lib/access-graph/queries'
import { formatCount } from '@/lib/platform/browser/format'
import { changePath, changeSentence } from './jewel-words'
import { NodeName } from './node-name'

interface JewelTimelineProps {
  orgId: string
  jewel: CrownJewel | undefined
  onClose: () => void
}

/** Who came to reach a crown jewel and who no longer does, latest first, each with the way as it was. */
export function JewelTimeline({ orgId, jewel, onClose }: JewelTimelineProps) {
  return (
    <Sheet open={jewel !== undefined} onOpenChange={(isOpen) => (isOpen ? undefined : onClose())}>
      {jewel ? (
        <SheetContent
          size="lg"
          title={jewel.node.name}
          description={`Reached by ${formatCount(jewel.reachers, 'identity', 'identities')} now. What has changed since it was marked:`}
          footer={
            jewel.node.id ? (
              <Button asChild>
                <Link
                  href={
                    jewel.node.type === 'resource' ? `/resources/${jewel.node.id}` : pathsHref({ end: jewel.node.id })
                  }
                >
                  Who can reach it now
                </Link>
              </Button>
            ) : null
          }
        >
          <Changes orgId={orgId} jewel={jewel} />
        </SheetContent>
      ) : null}
    </Sheet>
  )
}

function Changes({ orgId, jewel }: { orgId: string; jewel: CrownJewel }) {
  const list = useInfiniteQuery(jewelChangesQuery(orgId, jewel.id))
  if (list.error && !list.data) {
    return <Refusal what="timeline" error={list.error} onRetry={() => void list.refetch()} />
  }
  if (!list.data) {
    return (
      <div aria-busy className="flex flex-col gap-5 py-2">
        <Skeleton className="w-3/5" />
        <Skeleton className="w-2/5" />
        <Skeleton className="w-1/2" />
      </div>
    )
  }
  const items = list.data.pages.flatMap((page) => page.items)
  if (items.length === 0) {
    return (
      <p className="text-sm text-ink-muted">
        Nobody has gained or lost a way to it since it was marked <RelativeTime at={jewel.markedAt} hasDate />. Changes
        are looked for whenever the graph changes, as after an import.
      </p>
    )
  }
  return (
    <>
      <ol aria-label={`Changes of who reaches ${jewel.node.name}`} className="flex flex-col">
        {items.map((change) => (
          <ChangeLine key={change.id} change={change} />
        ))}
      </ol>
      {list.hasNextPage ? (
        <Button className="mt-3" isPending={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          Show older
        </Button>
      ) : null}
    </>
  )
}

const marks: Record<JewelChange['change'], { icon: LucideIcon; tone: Tone }> = {
  gained: { icon: Plus, tone: 'warning' },
  raised: { icon: ArrowUp, tone: 'warning' },
  lowered: { icon: ArrowDown, tone: 'good' },
  lost: { icon: Minus, tone: 'good' },
}

function ChangeLine({ change }: { change: JewelChange }) {
  const { icon: Icon, tone } = marks[change.change]
  const { at, node, path, cause } = change
  return (
    <li className="grid grid-cols-[1.25rem_minmax(0,1fr)] gap-x-2 border-b py-2.5 last:border-b-0">
      <Icon className={cn('mt-0.5 size-4', toneInk[tone])} aria-hidden />
      <div className="flex min-w-0 flex-col gap-0.5 text-sm">
        <span className="flex min-w-0 flex-wrap items-center gap-x-1.5">
          <NodeName node={node} className="font-medium" />
          <span>{changeSentence(change)}</span>
        </span>
        {path.length > 0 ? (
          <span className="text-xs text-ink-muted [overflow-wrap:anywhere]">
            {change.change === 'lost' ? 'The way was ' : 'By '}
            {changePath(path)}
          </span>
        ) : null}
        <span className="text-xs text-ink-muted">
          <RelativeTime at={at} hasTime />
          {cause ? (
            <>
              {', by '}
              <Link href={`/audit?event=${cause}`} className="text-accent-ink hover:underline">
                event {cause}
              </Link>
            </>
          ) : null}
        </span>
      </div>
    </li>
  )
}

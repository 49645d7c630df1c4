'use client'

import { useQuery } from '@tanstack/react-query'
import Link from 'next/link'
import type { ReactNode } from 'react'
import { cn } from '@/components/ui/class-names'
import { sensitivityLabels } from '@/components/ui/marks/sensitivity-mark'
import { Section } from '@/components/ui/page-header'
import { Refusal } from '@/components/ui/refusal'
import { Skeleton } from '@/components/ui/skeleton'
import { pathsHref } from '@/lib/access-graph/filters'
import { blastSummaryQuery, crownJewelsQuery, resourcesQuery } from '@/lib/access-graph/queries'
import type { GraphNode } from '@/lib/access-graph/schema'
import { formatCount } from '@/lib/platform/browser/format'
import { kindWord } from './explore-node-picker'
import { NodeIcon } from './node-name'

const shown = 10

interface ExploreSuggestionsProps {
  orgId: string
  /** Where paths begin, when that is chosen already. */
  start: string | null
}

/** Before anything is asked: what is worth most, and what reaches furthest. */
export function ExploreSuggestions({ orgId, start }: ExploreSuggestionsProps) {
  const jewels = useQuery(crownJewelsQuery(orgId))
  const summary = useQuery(blastSummaryQuery(orgId))
  const hasNone = jewels.data?.items.length === 0
  const sensitive = useQuery({
    ...resourcesQuery(orgId, { sensitivity: ['restricted', 'confidential'], sort: 'sensitivity', limit: shown }),
    enabled: hasNone,
  })
  const ends = hasNone
    ? sensitive.data?.items.map(({ id, kind, name, externalId, sensitivity }) => ({
        node: { type: 'resource' as const, id, kind, name, externalId },
        detail: sensitivity ? sensitivityLabels[sensitivity] : null,
      }))
    : jewels.data?.items.slice(0, shown).map(({ node, reachers }) => ({
        node,
        detail: `reached by ${formatCount(reachers, 'identity', 'identities')}`,
      }))
  if (jewels.error && summary.error) {
    return <Refusal what="access graph" error={jewels.error} onRetry={() => void jewels.refetch()} />
  }
  return (
    <div className="grid grid-cols-1 lg:grid-cols-2 [&>*]:border-b! lg:[&>*:nth-child(odd)]:border-r">
      <Section title="Begin with what reaches furthest" detail="the highest blast radius">
        <Suggestions
          items={summary.data?.top.map(({ node, figures }) => ({ node, detail: figures.score.toFixed(1) }))}
          error={summary.error}
          href={(id) => pathsHref({ start: id })}
          empty="No scores have been worked out yet."
          detailWidth="w-8 text-right"
        />
      </Section>
      <Section
        title="End at what is worth most"
        detail={
          <Link href="/explore/crown-jewels" className="text-accent-ink hover:underline">
            crown jewels
          </Link>
        }
      >
        <Suggestions
          items={ends}
          error={jewels.error}
          href={(id) => pathsHref({ start: start ?? undefined, end: id })}
          empty="Nothing is marked, and no resource is known to be sensitive. Mark a resource on its page, and every change of who reaches it is kept."
          detailWidth={hasNone ? 'w-20' : 'min-w-32 text-right'}
        />
        {hasNone && ends && ends.length > 0 ? (
          <p className="mt-2 text-xs text-ink-muted">
            Nothing is marked yet: these are the most sensitive resources. Mark one on its page, and every change of who
            reaches it is kept.
          </p>
        ) : null}
      </Section>
    </div>
  )
}

interface SuggestionsProps {
  /** Undefined while they are on their way. */
  items: { node: GraphNode; detail: ReactNode }[] | undefined
  error: Error | null
  href: (id: string) => string
  empty: string
  /** How wide the detail is, so that those of all lines stand below each other. */
  detailWidth: string
}

function Suggestions({ items, error, href, empty, detailWidth }: SuggestionsProps) {
  if (error) return <p className="text-sm text-ink-muted">These could not be loaded: {error.message}</p>
  if (!items) {
    return (
      <div aria-busy className="flex flex-col gap-4 py-2">
        <Skeleton className="w-2/3" />
        <Skeleton className="w-1/2" />
        <Skeleton className="w-3/5" />
      </div>
    )
  }
  if (items.length === 0) return <p className="text-sm text-ink-muted">{empty}</p>
  const isTwice = ({ name }: GraphNode) => items.filter(({ node }) => node.name === name).length > 1
  return (
    <ul className="flex flex-col">
      {items.map(({ node, detail }) => (
        <li key={node.id ?? node.externalId}>
          <Link
            href={href(node.id ?? '')}
            className="-mx-2 flex min-h-8 items-center gap-2 rounded-sm px-2 text-sm hover:bg-hover"
          >
            <NodeIcon node={node} />
            <span className="flex min-w-0 flex-1 items-baseline gap-2">
              <span className="min-w-0 shrink truncate">{node.name}</span>
              {isTwice(node) ? (
                <span className="min-w-16 shrink-[4] truncate font-mono text-xs text-ink-muted">{node.externalId}</span>
              ) : null}
            </span>
            <span className="w-28 shrink-0 truncate text-xs text-ink-muted max-sm:hidden">{kindWord(node)}</span>
            <span className={cn('tabular shrink-0 text-xs text-ink-muted', detailWidth)}>{detail}</span>
          </Link>
        </li>
      ))}
    </ul>
  )
}

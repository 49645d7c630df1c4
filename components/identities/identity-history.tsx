'use client'

import { useInfiniteQuery } from '@tanstack/react-query'
import { ChevronRight, FileInput } from 'lucide-react'
import Link from 'next/link'
import { lazy, Suspense } from 'react'
import { Button } from '@/components/ui/button'
import { FacetMenu } from '@/components/ui/facet-menu'
import { JsonDiff } from '@/components/ui/json-diff'
import { Section } from '@/components/ui/page-header'
import { Refusal } from '@/components/ui/refusal'
import { RelativeTime } from '@/components/ui/relative-time'
import { Skeleton } from '@/components/ui/skeleton'
import { EmptyState, NoMatchState } from '@/components/ui/state-block'
import {
  type HistoryEntry,
  type HistoryField,
  type HistoryPage,
  type HistoryQuery,
  historyFields,
  historyParsers,
} from '@/lib/identities/history'
import { identityHistoryQuery } from '@/lib/identities/queries'
import type { ActionResult } from '@/lib/platform/browser/action-result'
import { useAddress } from '@/lib/platform/browser/use-address'
import { fieldWords, historyPhrase } from './history-words'

const IdentityReviews = lazy(() =>
  import('../reviews/identity-reviews').then((module) => ({ default: module.IdentityReviews })),
)

interface IdentityHistoryProps {
  orgId: string
  identityId: string
  /** What the server painted, for the filter of the address. */
  first: ActionResult<HistoryPage>
  firstQuery: HistoryQuery
}

/** The most entries that are shown at once; older ones replace them. */
const mostPages = 2

/** Every change of an identity, latest first: by people and by syncs, each with before and after. */
export function IdentityHistory({ orgId, identityId, first, firstQuery }: IdentityHistoryProps) {
  const [{ field }, setState] = useAddress(historyParsers)
  const query: HistoryQuery = { field: field ?? undefined }
  const isFirst = JSON.stringify(query) === JSON.stringify(firstQuery)
  const history = useInfiniteQuery({
    ...identityHistoryQuery(orgId, identityId, query),
    initialData: isFirst && first.ok ? () => ({ pages: [first.data], pageParams: [null] }) : undefined,
  })
  const { data, error, hasNextPage, isFetchingNextPage } = history
  if (error && !data) return <Refusal what="history" error={error} onRetry={() => void history.refetch()} />
  const pages = data?.pages ?? []
  const shown = pages.slice(-mostPages)
  const entries = shown.flatMap((page) => page.items)
  const clear = () => setState({ field: null })
  return (
    <>
      <Suspense fallback={null}>
        <IdentityReviews orgId={orgId} identityId={identityId} />
      </Suspense>
      <search aria-label="Filter history" className="flex items-center gap-2 border-b px-4 py-2 md:px-6">
        <FacetMenu
          facet={{
            id: 'field',
            label: 'What changed',
            selected: field ?? [],
            options: historyFields.map((value) => ({ value, label: fieldWords[value] })),
          }}
          onChange={(values) => setState({ field: values.length > 0 ? (values as HistoryField[]) : null })}
        />
      </search>
      {data && entries.length === 0 ? (
        field ? (
          <NoMatchState
            title="Nothing of that kind changed"
            actions={<Button onClick={clear}>Clear the filter</Button>}
          />
        ) : (
          <EmptyState title="Nothing has changed since it was first seen">
            What people do to it and what imports bring will stand here, each with before and after.
          </EmptyState>
        )
      ) : (
        <Section title="History" detail="latest first">
          {pages.length > mostPages ? (
            <Button size="sm" className="mb-1" asChild>
              <a href={`/inventory/${identityId}?tab=history${field ? `&field=${field.join(',')}` : ''}`}>
                Back to the latest
              </a>
            </Button>
          ) : null}
          {data ? (
            <ol className="flex max-w-[60rem] flex-col">
              {entries.map((entry) => (
                <li key={entry.id} className="border-b py-2.5 last:border-b-0">
                  <HistoryLine entry={entry} />
                </li>
              ))}
            </ol>
          ) : (
            <div className="flex flex-col gap-4 py-2" aria-busy>
              {['w-2/3', 'w-1/2', 'w-3/5', 'w-2/5'].map((width) => (
                <Skeleton key={width} className={width} />
              ))}
            </div>
          )}
          {hasNextPage ? (
            <Button size="sm" isPending={isFetchingNextPage} onClick={() => void history.fetchNextPage()}>
              Show older
            </Button>
          ) : pages[0] ? (
            <p className="pt-2 text-xs text-ink-muted">
              First seen here <RelativeTime at={pages[0].firstSeenAt} hasDate />
            </p>
          ) : null}
        </Section>
      )}
    </>
  )
}

function HistoryLine({ entry }: { entry: HistoryEntry }) {
  const { event, sync, before, after, at } = entry
  return (
    <details className="group/event">
      <summary className="flex min-h-6 cursor-default flex-wrap items-center gap-x-2 rounded-sm text-sm">
        <ChevronRight className="size-3.5 shrink-0 text-ink-muted group-open/event:rotate-90" aria-hidden />
        {event ? (
          <span className="font-medium">{event.actor.label}</span>
        ) : (
          <span className="inline-flex min-w-0 items-center gap-1.5 font-medium">
            <FileInput className="size-3.5 shrink-0 text-ink-muted" aria-hidden />
            {sync?.runId ? 'An import' : 'The product'}
          </span>
        )}
        <span>{historyPhrase(entry)}</span>
        {event?.reason ? <span className="text-ink-muted">“{event.reason}”</span> : null}
        <RelativeTime at={at} hasDate className="ml-auto text-ink-muted" />
      </summary>
      <div className="mt-2 ml-5.5">
        <JsonDiff before={before ?? undefined} after={after ?? undefined} />
        <p className="mt-1 text-xs text-ink-muted">{event ? <Proof event={event} /> : <Origin sync={sync} />}</p>
      </div>
    </details>
  )
}

function Proof({ event }: { event: NonNullable<HistoryEntry['event']> }) {
  return (
    <>
      Event {event.seq} of the audit trail
      {event.decisionId ? (
        <>
          , allowed by decision <span className="font-mono">{event.decisionId}</span>
        </>
      ) : null}
    </>
  )
}

function Origin({ sync }: { sync: HistoryEntry['sync'] }) {
  if (!sync?.runId) return <>Brought by no import.</>
  const files = sync.files.join(', ') || 'files that are no longer known'
  return (
    <>
      Brought by{' '}
      <Link href={`/import/${sync.runId}`} prefetch={false} className="text-accent-ink underline">
        the import of {files}
      </Link>
      {sync.by ? ` by ${sync.by}` : ''}
    </>
  )
}

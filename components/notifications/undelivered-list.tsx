'use client'

import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { undeliveredQuery } from '@/lib/notifications/queries'
import type { UndeliveredMail, UndeliveredMailPage } from '@/lib/notifications/schema'
import type { ActionResult } from '@/lib/platform/browser/action-result'
import type { DataColumn } from '../data-table/data-column'
import { DataTable } from '../data-table/data-table'
import { Badge } from '../ui/badge'
import { Section } from '../ui/page-header'
import { Pagination } from '../ui/pagination'
import { Refusal } from '../ui/refusal'
import { RelativeTime } from '../ui/relative-time'
import { EmptyState } from '../ui/state-block'
import { useCursorPages } from '../ui/use-cursor-pages'

const noRows: UndeliveredMail[] = []

const columns: DataColumn<UndeliveredMail>[] = [
  {
    id: 'to',
    header: 'To',
    width: 220,
    isPinned: true,
    cell: ({ to }) => (
      <span className="block min-w-0">
        <span className="block truncate font-medium">{to.name}</span>
        <span className="block truncate text-xs text-ink-muted">{to.address}</span>
      </span>
    ),
  },
  {
    id: 'subject',
    header: 'About',
    width: 240,
    isGrowing: true,
    cell: ({ subject }) => (
      <span className="truncate" title={subject}>
        {subject}
      </span>
    ),
  },
  {
    id: 'says',
    header: 'What happened',
    width: 320,
    isGrowing: true,
    cell: ({ says }) => (
      <span className="line-clamp-2 text-xs whitespace-normal" title={says}>
        {says}
      </span>
    ),
  },
  {
    id: 'state',
    header: 'State',
    width: 170,
    cell: ({ state, nextAt, attempts }) =>
      state === 'retrying' ? (
        <span className="flex items-center gap-1.5">
          <Badge tone="warning">tried {attempts}×</Badge>
          <RelativeTime at={nextAt} isAhead className="text-xs" />
        </span>
      ) : (
        <Badge tone="danger">did not arrive</Badge>
      ),
  },
  {
    id: 'told',
    header: 'Told instead',
    width: 160,
    cell: ({ toldInstead, state }) =>
      state === 'retrying' ? (
        <span className="text-ink-muted">not yet</span>
      ) : (
        <span className="truncate">{toldInstead ?? 'nobody'}</span>
      ),
  },
  { id: 'at', header: 'Since', width: 120, cell: ({ createdAt }) => <RelativeTime at={createdAt} /> },
]

/** What did not arrive, and what is tried again. */
export function UndeliveredList({ orgId, first }: { orgId: string; first: ActionResult<UndeliveredMailPage> }) {
  const [cursor, setCursor] = useState<string | null>(null)
  const pages = useCursorPages(cursor, setCursor)
  const { data, error, refetch } = useQuery({
    ...undeliveredQuery(orgId, cursor),
    initialData: cursor === null && first.ok ? first.data : undefined,
  })
  return (
    <Section title="Delivery problems">
      <p className="mb-3 max-w-[72ch] text-sm text-ink-muted">
        An e-mail that is refused for now is tried again for about four hours. One that does not arrive is told to the
        next person, where there is one. Who is meant finds it under the bell in any case.
      </p>
      {error && !data ? (
        <Refusal what="delivery problems" error={error} onRetry={() => void refetch()} />
      ) : (
        <DataTable
          label="Delivery problems"
          className="-mx-4 md:-mx-6"
          columns={columns}
          rows={data?.items ?? noRows}
          rowId={({ id }) => id}
          rowName={({ subject }) => subject}
          isLoading={!data}
          skeletonRows={3}
          empty={<EmptyState title="Every e-mail arrived">As far as the mail server has said so.</EmptyState>}
        />
      )}
      {data && (data.nextCursor || cursor) ? (
        <Pagination shown={data.items.length} noun={['e-mail', 'e-mails']} {...pages(data.nextCursor)} />
      ) : null}
    </Section>
  )
}

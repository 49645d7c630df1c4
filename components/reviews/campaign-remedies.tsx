'use client'

import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import Link from 'next/link'
import { useMemo } from 'react'
import { SegmentBar } from '@/components/charts/segment-bar'
import type { DataColumn } from '@/components/data-table/data-column'
import { DataTable } from '@/components/data-table/data-table'
import { Button } from '@/components/ui/button'
import { cn } from '@/components/ui/class-names'
import { Section } from '@/components/ui/page-header'
import { Refusal } from '@/components/ui/refusal'
import { RelativeTime } from '@/components/ui/relative-time'
import { EmptyState } from '@/components/ui/state-block'
import { type Tone, toneInk } from '@/components/ui/tone'
import { formatNumber } from '@/lib/platform/browser/format'
import { campaignProgressQuery, isEnded, remediesQuery } from '@/lib/reviews/queries'
import type { Remedy } from '@/lib/reviews/remedies'
import type { CampaignDetail } from '@/lib/reviews/schema'
import { DecisionMark } from './decision-mark'
import { RemedyDialog } from './remedy-dialog'
import { reviewHref } from './review-address'
import { remedyLabels } from './review-words'

const tones: Record<Remedy['state'], Tone> = {
  planned: 'quiet',
  waiting: 'warning',
  running: 'notice',
  verified: 'good',
  failed: 'danger',
  open: 'warning',
  done: 'notice',
  excepted: 'warning',
}

const columns: DataColumn<Remedy>[] = [
  {
    id: 'what',
    header: 'What',
    width: 200,
    isPinned: true,
    isRowLink: true,
    cell: ({ identity, subject }) => (
      <span className="truncate font-medium" title={subject ?? identity.name}>
        {subject ? `${subject} of ${identity.name}` : identity.name}
      </span>
    ),
  },
  { id: 'decision', header: 'Decided', width: 110, cell: ({ decision }) => <DecisionMark decision={decision} /> },
  {
    id: 'state',
    header: 'State',
    width: 170,
    cell: ({ state }) => <span className={toneInk[tones[state]]}>{remedyLabels[state]}</span>,
  },
  {
    id: 'says',
    header: 'What has been shown',
    width: 340,
    isGrowing: true,
    cell: ({ says }) => (
      <span className="truncate" title={says}>
        {says}
      </span>
    ),
  },
  {
    id: 'run',
    header: 'Done by',
    width: 140,
    cell: ({ runId, ownerName, way }) =>
      runId ? (
        <Link href={`/runs/${runId}`} className="relative z-10 text-accent-ink hover:underline">
          a run at the source
        </Link>
      ) : (
        <span className={cn(!ownerName && 'text-warning-ink')}>
          {ownerName ?? (way === 'task' ? 'nobody yet' : 'a run at the source')}
        </span>
      ),
  },
  {
    id: 'due',
    header: 'By',
    width: 104,
    cell: ({ dueAt, verifiedAt }) =>
      verifiedAt ? <RelativeTime at={verifiedAt} /> : dueAt ? <RelativeTime at={dueAt} isAhead /> : '–',
  },
]

/** Only for who may say a word on it. */
const settling = (orgId: string, campaignId: string): DataColumn<Remedy> => ({
  id: 'settle',
  header: 'Settle',
  width: 92,
  cell: (remedy) => <RemedyDialog key={remedy.state} {...{ orgId, campaignId, remedy }} />,
})

const noRows: Remedy[] = []
const pageSize = 100

/** What was revoked or reduced, each until it is proved or somebody answers for it. */
export function CampaignRemedies({ orgId, campaign }: { orgId: string; campaign: CampaignDetail }) {
  const list = useInfiniteQuery({
    ...remediesQuery(orgId, campaign.id, { limit: pageSize }),
    // Every page that is shown is asked again: the more there are, the less often.
    refetchInterval: ({ state }) =>
      isEnded(campaign.state) ? false : 5000 * Math.max(1, state.data?.pages.length ?? 1),
  })
  const { data, error, refetch, hasNextPage, isFetchingNextPage } = list
  const rows = useMemo(() => data?.pages.flatMap((page) => page.items) ?? noRows, [data])
  const canSettle = rows.some(({ can }) => can.update)
  const shown = useMemo(
    () => (canSettle ? [...columns, settling(orgId, campaign.id)] : columns),
    [canSettle, orgId, campaign.id],
  )
  const counts = useQuery(campaignProgressQuery(orgId, campaign.id)).data?.remedies
  if (error && !data) return <Refusal what="remediation" error={error} onRetry={() => void refetch()} />
  return (
    <>
      {counts ? (
        <Section title="How far it is">
          <SegmentBar
            label="What was carried out"
            segments={[
              { id: 'verified', label: 'Proved gone', value: counts.verified, colour: 'bg-good-mark' },
              { id: 'running', label: 'Under way', value: counts.running, colour: 'bg-notice-mark' },
              { id: 'planned', label: 'Not begun', value: counts.planned, colour: 'bg-quiet-mark' },
              { id: 'tasks', label: 'With a person', value: counts.tasks, colour: 'bg-warning-mark' },
              { id: 'failed', label: 'Failed', value: counts.failed, colour: 'bg-danger-mark' },
              { id: 'excepted', label: 'Stays, with a reason', value: counts.excepted, colour: 'bg-system-2' },
            ].filter(({ value }) => value > 0)}
          />
          <p className="mt-2 max-w-[72ch] text-sm text-ink-muted">
            The campaign closes as effective only when all of it is proved gone.
          </p>
        </Section>
      ) : null}
      <DataTable
        label="What is carried out"
        columns={shown}
        rows={rows}
        rowId={(row) => String(row.item)}
        rowName={(row) => row.identity.name}
        rowHref={(row) => `${reviewHref(campaign.id, 'items')}&item=${row.item}`}
        isLoading={!data}
        empty={
          <EmptyState title="Nothing is to be carried out">
            What is revoked or reduced stands here once it is signed off.
          </EmptyState>
        }
      />
      {rows.length > 0 ? (
        <div className="flex items-center gap-3 border-t px-4 py-2 text-sm text-ink-muted md:px-6">
          <span>
            {formatNumber(rows.length)} shown{hasNextPage ? '' : ', that is all'}
          </span>
          {hasNextPage ? (
            <Button isPending={isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
              Show {pageSize} more
            </Button>
          ) : null}
        </div>
      ) : null}
    </>
  )
}

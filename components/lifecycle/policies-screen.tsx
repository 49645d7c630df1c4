'use client'

import { Pause, TriangleAlert, Zap } from 'lucide-react'
import Link from 'next/link'
import type { DataColumn } from '@/components/data-table/data-column'
import { DataTable } from '@/components/data-table/data-table'
import { Button } from '@/components/ui/button'
import { cn } from '@/components/ui/class-names'
import { ListPage } from '@/components/ui/list-page'
import { PageHeader } from '@/components/ui/page-header'
import { Refusal } from '@/components/ui/refusal'
import { RelativeTime } from '@/components/ui/relative-time'
import { EmptyState } from '@/components/ui/state-block'
import type { RotationPolicy, RotationPolicyPage } from '@/lib/lifecycle/policies'
import { policyListQuery } from '@/lib/lifecycle/policy-queries'
import type { ActionResult } from '@/lib/platform/browser/action-result'
import { useLoaded } from '@/lib/platform/browser/use-loaded'
import { LifecycleTabs } from './lifecycle-tabs'
import { filterWords, intervalWords, toldCount, windowWords } from './policy-words'

/** What it does when something is due, with what keeps it from that. */
export function PolicyMode({
  rules,
  isActive,
  halted,
  problem,
}: Pick<RotationPolicy, 'rules' | 'isActive' | 'halted' | 'problem'>) {
  if (!isActive)
    return (
      <span className="inline-flex items-center gap-1.5 text-ink-muted">
        <Pause className="size-3.5" aria-hidden />
        Switched off
      </span>
    )
  if (halted || problem)
    return (
      <span className="inline-flex items-center gap-1.5 text-danger-ink">
        <TriangleAlert className="size-3.5" aria-hidden />
        {halted ? 'Stopped after a failure' : 'Cannot begin'}
      </span>
    )
  return rules.isAutomatic ? (
    <span className="inline-flex items-center gap-1.5">
      <Zap className="size-3.5 text-accent-ink" aria-hidden />
      Rotates by itself
    </span>
  ) : (
    <span className="text-ink-muted">Shows what is due</span>
  )
}

const columns: DataColumn<RotationPolicy>[] = [
  {
    id: 'name',
    header: 'Policy',
    width: 220,
    isRowLink: true,
    isPinned: true,
    cell: ({ name }) => <span className="truncate font-medium">{name}</span>,
  },
  { id: 'mode', header: 'What it does', width: 190, cell: (row) => <PolicyMode {...row} /> },
  {
    id: 'overdue',
    header: 'Overdue',
    width: 90,
    align: 'end',
    cell: ({ counts }) => (
      <span className={cn(counts.overdue > 0 && 'text-danger-ink')}>{toldCount(counts.overdue)}</span>
    ),
  },
  {
    id: 'due',
    header: 'Due',
    width: 80,
    align: 'end',
    cell: ({ counts }) => <span className={cn(counts.due > 0 && 'text-warning-ink')}>{toldCount(counts.due)}</span>,
  },
  { id: 'soon', header: 'Soon', width: 80, align: 'end', cell: ({ counts }) => toldCount(counts.soon) },
  { id: 'interval', header: 'Interval', width: 220, cell: ({ rules }) => intervalWords(rules) },
  {
    id: 'covers',
    header: 'Covers',
    width: 240,
    isGrowing: true,
    cell: ({ filter }) => (
      <span className="truncate" title={filterWords(filter)}>
        {filterWords(filter)}
      </span>
    ),
  },
  {
    id: 'window',
    header: 'Window',
    width: 250,
    cell: ({ rules }) => (
      <span className={cn('truncate', !rules.isAutomatic && 'text-ink-muted')}>
        {rules.isAutomatic ? windowWords(rules.window) : '–'}
      </span>
    ),
  },
  {
    id: 'changed',
    header: 'Changed',
    width: 170,
    cell: ({ updatedAt, updatedBy, version }) => (
      <span className="truncate" title={`Version ${version}, by ${updatedBy}`}>
        <RelativeTime at={updatedAt} /> <span className="text-ink-muted">v{version}</span>
      </span>
    ),
  },
]

/** The rules by which credentials fall due. */
export function PoliciesScreen({ orgId, first }: { orgId: string; first: ActionResult<RotationPolicyPage> }) {
  const { data, error, retry } = useLoaded(policyListQuery(orgId), first)
  const make = data?.can.create ? (
    <Button asChild variant="primary">
      <Link href="/runs/policies/new">New policy</Link>
    </Button>
  ) : null
  return (
    <ListPage>
      <PageHeader title="Rotation policies" actions={make} tabs={<LifecycleTabs orgId={orgId} />}>
        How old secrets may become, and whether they are rotated by themselves.
      </PageHeader>
      {data ? (
        <DataTable
          label="Rotation policies"
          columns={columns}
          rows={data.items}
          rowId={({ id }) => id}
          rowName={({ name }) => name}
          rowHref={({ id }) => `/runs/policies/${id}`}
          empty={
            <EmptyState title="No policy yet" actions={make}>
              Before it is kept, a policy says what it would do, and when.
            </EmptyState>
          }
        />
      ) : (
        <Refusal what="rotation policies" error={error} onRetry={retry} />
      )}
    </ListPage>
  )
}

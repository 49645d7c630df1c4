'use client'

import { Siren } from 'lucide-react'
import Link from 'next/link'
import type { DataColumn } from '@/components/data-table/data-column'
import { DataTable } from '@/components/data-table/data-table'
import { Alert } from '@/components/ui/alert'
import { Badge } from '@/components/ui/badge'
import { DescriptionList } from '@/components/ui/description-list'
import { MiddleTruncate } from '@/components/ui/middle-truncate'
import { PageHeader, Section } from '@/components/ui/page-header'
import { Refusal } from '@/components/ui/refusal'
import { RelativeTime } from '@/components/ui/relative-time'
import { EmptyState } from '@/components/ui/state-block'
import { orderQuery } from '@/lib/lifecycle/queries'
import type { Order } from '@/lib/lifecycle/schema'
import type { ActionResult } from '@/lib/platform/browser/action-result'
import { useLoaded } from '@/lib/platform/browser/use-loaded'
import { OrderApproval } from './order-approval'
import { orderTitle } from './order-columns'
import { OrderWaves } from './order-waves'
import { runColumns } from './run-columns'
import { countWords, kindLabels, orderStateLabels } from './run-words'

interface OrderScreenProps {
  orgId: string
  id: string
  first: ActionResult<Order>
}

/** One order: the exact list, who asked and why, who agreed, and what became of each. */
export function OrderScreen({ orgId, id, first }: OrderScreenProps) {
  const { data, error, retry } = useLoaded(orderQuery(orgId, id), first)
  if (!data) return <Refusal what="order" error={error} onRetry={retry} />
  const { kind, state, isEmergency, reason, requestedBy, requestedAt, problem, runs, counts } = data
  return (
    <>
      <PageHeader
        title={orderTitle(data)}
        eyebrow={
          <>
            <Link href="/orders" className="hover:underline">
              Orders
            </Link>
            <span aria-hidden>/</span>
            {kindLabels[kind]}
            {isEmergency ? (
              <Badge tone="warning" icon={<Siren aria-hidden />}>
                Emergency
              </Badge>
            ) : null}
          </>
        }
      >
        {orderStateLabels[state]}. Asked for by{' '}
        {data.policy ? (
          <Link href={`/runs/policies/${data.policy.id}`} className="text-accent-ink hover:underline">
            {requestedBy}
          </Link>
        ) : (
          requestedBy
        )}{' '}
        <RelativeTime at={requestedAt} />: {reason}
      </PageHeader>
      {state === 'waiting' ? <OrderApproval key={data.listHash} orgId={orgId} order={data} /> : null}
      {problem ? (
        <div className="border-b px-4 py-4 md:px-6">
          <Alert tone="danger" title="It stopped">
            {problem}
          </Alert>
        </div>
      ) : null}
      {data.waves > 1 ? <OrderWaves order={data} /> : null}
      <Section title="Runs" detail={countWords(counts) || undefined}>
        <DataTable
          label="Runs of this order"
          className="-mx-4 md:-mx-6"
          columns={runColumns}
          rows={runs}
          rowId={(row) => row.id}
          rowName={(row) => row.identity.name}
          rowHref={(row) => `/runs/${row.id}`}
          empty={
            <EmptyState title="Nothing was begun">
              {state === 'waiting' ? 'It waits for a second person.' : 'It ended before anything was done.'}
            </EmptyState>
          }
        />
      </Section>
      <div className="grid border-b lg:grid-cols-2">
        <Section title="Exact list" detail={`${data.targetCount} on it`} className="lg:border-b-0">
          <ExactList order={data} />
        </Section>
        <Section title="Who agreed" className="lg:border-l">
          <Approvals order={data} />
        </Section>
      </div>
    </>
  )
}

const listColumns: DataColumn<Order['targets'][number]>[] = [
  {
    id: 'name',
    header: 'What',
    width: 180,
    isGrowing: true,
    cell: ({ name, credentialName }) => (
      <span className="truncate" title={credentialName ? `${credentialName} of ${name}` : name}>
        <span className="font-medium">{name}</span>
        {credentialName ? <span className="text-ink-muted"> {credentialName}</span> : null}
      </span>
    ),
  },
  { id: 'owner', header: 'Answers for it', width: 120, cell: ({ owner }) => owner ?? 'nobody' },
  {
    id: 'score',
    header: 'Blast radius',
    width: 100,
    align: 'end',
    cell: ({ score }) => (score === null ? 'unknown' : score.toFixed(1)),
  },
]

function ExactList({ order: { targets, listHash } }: { order: Order }) {
  return (
    <div className="flex flex-col gap-2">
      <div className="-mx-4 flex max-h-96 overflow-hidden md:-mx-6">
        <DataTable
          label="Exact list"
          columns={listColumns}
          rows={targets}
          rowId={({ identityId, credentialId }) => `${identityId} ${credentialId ?? ''}`}
          rowName={({ name }) => name}
          rowHref={({ identityId }) => `/inventory/${identityId}`}
          density="compact"
          hasShortcuts={false}
          empty={<EmptyState title="Nothing is on it">It has no target.</EmptyState>}
        />
      </div>
      <p className="flex flex-wrap items-center gap-x-1.5 text-xs text-ink-muted">
        Fingerprint of the list <MiddleTruncate value={listHash} copyLabel="fingerprint" />
      </p>
    </div>
  )
}

function Approvals({ order: { approvals, secondPerson, state } }: { order: Order }) {
  if (!secondPerson) return <p className="text-sm text-ink-muted">Nobody else had to.</p>
  return (
    <div className="flex flex-col gap-3 text-sm">
      <p className="text-ink-muted">{secondPerson}</p>
      {approvals.length > 0 ? (
        <DescriptionList
          items={approvals.map(({ name, verdict, note, at }) => ({
            term: name,
            detail: (
              <>
                {verdict === 'approved' ? 'agreed' : 'said no'} <RelativeTime at={at} hasTime />
                {note ? <span className="block text-ink-muted">{note}</span> : null}
              </>
            ),
          }))}
        />
      ) : (
        <p>{state === 'waiting' ? 'Nobody yet.' : 'Nobody did.'}</p>
      )}
    </div>
  )
}

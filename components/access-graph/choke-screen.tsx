'use client'

import { useQuery } from '@tanstack/react-query'
import { Scissors } from 'lucide-react'
import Link from 'next/link'
import { useMemo } from 'react'
import { DataTable } from '@/components/data-table/data-table'
import { Button } from '@/components/ui/button'
import { Refusal } from '@/components/ui/refusal'
import { EmptyState } from '@/components/ui/state-block'
import type { ChokePoint } from '@/lib/access-graph/blast-radius'
import { chokePointsQuery } from '@/lib/access-graph/queries'
import { formatCount, formatNumber } from '@/lib/platform/browser/format'
import { chokeColumns } from './choke-columns'
import { GraphAsOf } from './explore-as-of'
import { ExploreHeader } from './explore-header'

const shown = 20
const noRows: ChokePoint[] = []

/** Which single edges carry most of the organization's blast radius, and what cutting each would change. */
export function ChokeScreen({ orgId }: { orgId: string }) {
  const { data, error, refetch } = useQuery(chokePointsQuery(orgId, { top: shown }))
  const columns = useMemo(() => chokeColumns(data), [data])
  const intro =
    'The single grants, memberships and stored secrets whose removal lowers the organization’s blast radius most.'
  if (error && !data) {
    return (
      <>
        <ExploreHeader>{intro}</ExploreHeader>
        <Refusal what="choke points" error={error} onRetry={() => void refetch()} />
      </>
    )
  }
  return (
    <>
      <ExploreHeader>{intro}</ExploreHeader>
      {data && data.items.length > 0 ? (
        <div className="flex flex-wrap items-baseline justify-between gap-x-4 border-b px-4 py-2 text-sm md:px-6">
          <p>
            Of {formatCount(data.candidates, 'likely edge', 'likely edges')} the effect was worked out exactly. All
            scores add up to {formatNumber(Math.round(data.total))}.
          </p>
          <GraphAsOf graph={data.graph} />
        </div>
      ) : null}
      <DataTable
        label="Choke points"
        columns={columns}
        rows={data?.items ?? noRows}
        rowId={({ step }) => step.edgeId ?? `${step.from.id} ${step.to.id}`}
        rowName={({ step }) => `${step.from.name} to ${step.to.name}`}
        isLoading={!data}
        skeletonRows={8}
        className="flex-none"
        empty={
          <EmptyState
            title="No edge carries more than the others"
            actions={
              <Button asChild>
                <Link href="/inventory">Open the inventory</Link>
              </Button>
            }
          >
            Nothing that is known here leads from an identity to a resource by a way that could be cut. Choke points
            appear once imports tell of grants, roles or stored secrets.
          </EmptyState>
        }
      />
      {data && data.items.length > 0 ? (
        <p className="max-w-[84ch] px-4 py-3 text-xs text-ink-muted md:px-6">
          <Scissors className="mr-1 inline size-3.5 align-[-0.15rem]" aria-hidden />
          Access ended counts each resource that an identity would reach no more. Each effect is that of this cut alone.
          Two cuts together may take more than the sum of both, where one way stands in for the other, or less, where
          both lie on the same way.
        </p>
      ) : null}
    </>
  )
}

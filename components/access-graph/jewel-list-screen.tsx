'use client'

import { useQuery } from '@tanstack/react-query'
import { Box } from 'lucide-react'
import Link from 'next/link'
import { useMemo, useState } from 'react'
import { DataTable } from '@/components/data-table/data-table'
import { Button } from '@/components/ui/button'
import { Refusal } from '@/components/ui/refusal'
import { EmptyState } from '@/components/ui/state-block'
import type { CrownJewel } from '@/lib/access-graph/blast-radius'
import { jewelParsers } from '@/lib/access-graph/filters'
import { crownJewelsQuery } from '@/lib/access-graph/queries'
import { useAddress } from '@/lib/platform/browser/use-address'
import { ExploreHeader } from './explore-header'
import { jewelColumns } from './jewel-columns'
import { JewelDialog } from './jewel-dialog'
import { JewelTimeline } from './jewel-timeline'
import { JewelUnmarkDialog } from './jewel-unmark-dialog'

const noRows: CrownJewel[] = []

/** What is worth most, how many can reach each, and every change of that. */
export function JewelListScreen({ orgId }: { orgId: string }) {
  const { data, error, refetch } = useQuery(crownJewelsQuery(orgId))
  const [state, setState] = useAddress(jewelParsers, { history: 'push' })
  const [unmarked, setUnmarked] = useState<CrownJewel>()
  const mayMark = data?.can.mark === true
  const columns = useMemo(() => jewelColumns(mayMark ? setUnmarked : undefined), [mayMark])
  const open = data?.items.find(({ id }) => id === state.jewel)
  const intro =
    'What would hurt most if it fell. Whoever comes to reach one of these, or no longer does, is written down with the way as it was.'
  if (error && !data) {
    return (
      <>
        <ExploreHeader>{intro}</ExploreHeader>
        <Refusal what="crown jewels" error={error} onRetry={() => void refetch()} />
      </>
    )
  }
  return (
    <>
      <ExploreHeader actions={mayMark ? <JewelDialog orgId={orgId} jewels={data.items} /> : null}>
        {intro}
      </ExploreHeader>
      <DataTable
        label="Crown jewels"
        columns={columns}
        rows={data?.items ?? noRows}
        rowId={(row) => row.id}
        rowName={(row) => row.node.name}
        onRowOpen={(row) => setState({ jewel: row.id })}
        openRowId={state.jewel ?? undefined}
        isLoading={!data}
        skeletonRows={4}
        className="flex-none"
        empty={
          <EmptyState
            title="Nothing is marked yet"
            actions={
              <Button asChild>
                <Link href="/resources?sort=sensitivity">
                  <Box aria-hidden />
                  Resources, most sensitive first
                </Link>
              </Button>
            }
          >
            {mayMark || !data
              ? 'Mark the few resources and identities that must not fall: the customer database, the signing key, the deploy role.'
              : 'Administrators and the security team can mark resources and identities.'}
          </EmptyState>
        }
      />
      <JewelUnmarkDialog orgId={orgId} jewel={unmarked} onClose={() => setUnmarked(undefined)} />
      <JewelTimeline orgId={orgId} jewel={open} onClose={() => setState({ jewel: null })} />
    </>
  )
}

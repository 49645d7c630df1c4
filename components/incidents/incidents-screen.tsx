'use client'

import { keepPreviousData, useQuery } from '@tanstack/react-query'
import Link from 'next/link'
import { DataTable } from '@/components/data-table/data-table'
import { Button } from '@/components/ui/button'
import { HowItWorks } from '@/components/ui/how-it-works'
import { LinkTabs } from '@/components/ui/link-tabs'
import { ListPage } from '@/components/ui/list-page'
import { PageHeader } from '@/components/ui/page-header'
import { Pagination } from '@/components/ui/pagination'
import { Refusal } from '@/components/ui/refusal'
import { EmptyState } from '@/components/ui/state-block'
import { useCursorPages } from '@/components/ui/use-cursor-pages'
import { incidentListQuery } from '@/lib/incidents/queries'
import type { Incident, IncidentPage } from '@/lib/incidents/schema'
import type { ActionResult } from '@/lib/platform/browser/action-result'
import { useAddress } from '@/lib/platform/browser/use-address'
import { incidentAddress } from './incident-address'
import { incidentColumns } from './incident-columns'

interface IncidentsScreenProps {
  orgId: string
  first: ActionResult<IncidentPage>
  question: string
}

const noRows: Incident[] = []
const tabs = [
  { state: null, href: '/incidents', label: 'All', empty: 'Nobody has declared an incident yet.' },
  { state: 'open', href: '/incidents?state=open', label: 'Open', empty: 'No incident is open.' },
  { state: 'ended', href: '/incidents?state=ended', label: 'Ended', empty: 'No incident has ended yet.' },
] as const

/** What is wrong now, and what was. */
export function IncidentsScreen({ orgId, first, question }: IncidentsScreenProps) {
  const [address, setAddress] = useAddress(incidentAddress, { history: 'push' })
  const asked = {
    ...(address.state === null ? {} : { state: address.state }),
    ...(address.after === null ? {} : { cursor: address.after }),
  }
  const isFirst = JSON.stringify(asked) === question
  const { data, error, isPlaceholderData, refetch } = useQuery({
    ...incidentListQuery(orgId, asked),
    initialData: isFirst && first.ok ? first.data : undefined,
    placeholderData: keepPreviousData,
  })
  const pages = useCursorPages(address.after, (after) => setAddress({ after }))
  const refusal = error ?? (isFirst && !first.ok && !data ? first.error : null)
  return (
    <ListPage>
      <PageHeader
        title="Incidents"
        actions={
          data?.can.declare ? (
            <Button asChild variant="primary">
              <Link href="/incidents/new">Declare an incident</Link>
            </Button>
          ) : undefined
        }
        tabs={
          <LinkTabs
            label="Incidents"
            tabs={tabs.map(({ state, href, label }) => ({ href, label, isCurrent: address.state === state }))}
          />
        }
      >
        While one is open, every answer of the decision point sees it, and no grant stays open that it does not allow.
      </PageHeader>
      <HowItWorks>
        <p>
          An incident is a fact that policies read at once: while it is open they refuse what reaches far where it
          reaches, open grants are put to the policies again, and everybody sees it over every page. What was asked for
          it ends with it.
        </p>
      </HowItWorks>
      {refusal && !data ? (
        <Refusal what="incidents" error={refusal} onRetry={() => void refetch()} />
      ) : (
        <>
          <DataTable
            label="Incidents"
            columns={incidentColumns}
            rows={data?.items ?? noRows}
            rowId={({ id }) => id}
            rowName={({ title }) => title}
            rowHref={({ id }) => `/incidents/${id}`}
            isLoading={!data || isPlaceholderData}
            empty={
              <EmptyState title="Nothing is here">
                {tabs.find(({ state }) => state === address.state)?.empty}
              </EmptyState>
            }
          />
          {data && (data.nextCursor || address.after) ? (
            <Pagination
              shown={data.items.length}
              noun={['incident', 'incidents']}
              isPending={isPlaceholderData}
              {...pages(data.nextCursor)}
            />
          ) : null}
        </>
      )}
    </ListPage>
  )
}

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
import { breakGlassListQuery } from '@/lib/break-glass/queries'
import type { Use, UsePage } from '@/lib/break-glass/schema'
import type { ActionResult } from '@/lib/platform/browser/action-result'
import { useAddress } from '@/lib/platform/browser/use-address'
import { breakGlassAddress } from './break-glass-address'
import { breakGlassColumns } from './break-glass-columns'

interface UsesScreenProps {
  orgId: string
  first: ActionResult<UsePage>
  question: string
}

const noRows: Use[] = []
const tabs = [
  { state: null, href: '/break-glass', label: 'All', empty: 'Nobody has broken the glass here yet.' },
  { state: 'active', href: '/break-glass?state=active', label: 'Active', empty: 'None is active.' },
  {
    state: 'to_review',
    href: '/break-glass?state=to_review',
    label: 'To be reviewed',
    empty: 'None waits for a review.',
  },
  { state: 'reviewed', href: '/break-glass?state=reviewed', label: 'Reviewed', empty: 'None was reviewed yet.' },
] as const

/** Uses of break-glass: those that go on, those that wait for a review, and what was said of the others. */
export function UsesScreen({ orgId, first, question }: UsesScreenProps) {
  const [address, setAddress] = useAddress(breakGlassAddress, { history: 'push' })
  const asked = {
    ...(address.state === null ? {} : { state: address.state }),
    ...(address.after === null ? {} : { cursor: address.after }),
  }
  const isFirst = JSON.stringify(asked) === question
  const { data, error, isPlaceholderData, refetch } = useQuery({
    ...breakGlassListQuery(orgId, asked),
    initialData: isFirst && first.ok ? first.data : undefined,
    placeholderData: keepPreviousData,
  })
  const refusal = error ?? (isFirst && !first.ok && !data ? first.error : null)
  const pages = useCursorPages(address.after, (after) => setAddress({ after }))
  return (
    <ListPage>
      <PageHeader
        title="Break-glass"
        actions={
          data?.can.invoke ? (
            <Button asChild variant="danger-outline">
              <Link href="/break-glass/new">Break the glass</Link>
            </Button>
          ) : undefined
        }
        tabs={
          <LinkTabs
            label="Break-glass"
            tabs={tabs.map(({ state, href, label }) => ({ href, label, isCurrent: address.state === state }))}
          />
        }
      >
        Access at once that nobody agreed to. Everybody is told, and somebody who had no part in it reviews it within a
        day.
      </PageHeader>
      <HowItWorks>
        <p>
          For when the people who would have to agree cannot be reached. Whoever uses it types their password once more;
          it lasts an hour, four at most, and is never extended. What is done meanwhile is marked in the audit trail,
          and what it touched is made anew afterwards. While a review is overdue nobody can use it, but for a new
          incident of severity 1. A drill takes the same way.
        </p>
      </HowItWorks>
      {refusal && !data ? (
        <Refusal what="uses of break-glass" error={refusal} onRetry={() => void refetch()} />
      ) : (
        <>
          <DataTable
            label="Break-glass"
            columns={breakGlassColumns}
            rows={data?.items ?? noRows}
            rowId={({ id }) => id}
            rowName={({ what, subject }) => `${what} for ${subject}`}
            rowHref={({ id }) => `/break-glass/${id}`}
            isLoading={!data || isPlaceholderData}
            empty={
              <EmptyState title="Nothing is here">
                {tabs.find(({ state }) => state === address.state)?.empty ?? 'None is in this state.'}
              </EmptyState>
            }
          />
          {data && (data.nextCursor || address.after) ? (
            <Pagination
              shown={data.items.length}
              noun={['use', 'uses']}
              isPending={isPlaceholderData}
              {...pages(data.nextCursor)}
            />
          ) : null}
        </>
      )}
    </ListPage>
  )
}

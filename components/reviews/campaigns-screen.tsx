'use client'

import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Plus } from 'lucide-react'
import Link from 'next/link'
import { DataTable } from '@/components/data-table/data-table'
import { Button } from '@/components/ui/button'
import { FilterFrame } from '@/components/ui/filter-frame'
import { ListPage } from '@/components/ui/list-page'
import { PageHeader } from '@/components/ui/page-header'
import { Pagination } from '@/components/ui/pagination'
import { Refusal } from '@/components/ui/refusal'
import { EmptyState, NoMatchState } from '@/components/ui/state-block'
import { useCursorPages } from '@/components/ui/use-cursor-pages'
import type { ActionResult } from '@/lib/platform/browser/action-result'
import { useAddress } from '@/lib/platform/browser/use-address'
import { campaignListQuery } from '@/lib/reviews/queries'
import type { CampaignPage, CampaignSummary } from '@/lib/reviews/schema'
import { campaignStates } from '@/lib/reviews/values'
import { campaignColumns } from './campaign-columns'
import { askedOf, campaignParsers } from './review-address'
import { ReviewTabs } from './review-tabs'
import { stateLabels } from './review-words'

interface CampaignsScreenProps {
  orgId: string
  /** What the server painted, and the question that it answers, as JSON. */
  first: ActionResult<CampaignPage>
  question: string
}

const noRows: CampaignSummary[] = []
const newHref = '/reviews/new'

/** Every campaign, newest first. */
export function CampaignsScreen({ orgId, first, question }: CampaignsScreenProps) {
  const [address, setAddress] = useAddress(campaignParsers, { history: 'push' })
  const { after, state } = address
  const asked = askedOf({ state, cursor: after })
  const isFirst = JSON.stringify(asked) === question
  const { data, error, isPlaceholderData, refetch } = useQuery({
    ...campaignListQuery(orgId, asked),
    initialData: isFirst && first.ok ? first.data : undefined,
    placeholderData: keepPreviousData,
  })
  const pages = useCursorPages(after, (next) => setAddress({ after: next }))
  const refusal = error ?? (isFirst && !first.ok && !data ? first.error : null)
  const mayCreate = data?.can.create === true
  return (
    <ListPage>
      <PageHeader
        title="Reviews"
        tabs={<ReviewTabs orgId={orgId} />}
        actions={
          mayCreate ? (
            <Button asChild variant="primary">
              <Link href={newHref}>
                <Plus aria-hidden />
                New campaign
              </Link>
            </Button>
          ) : null
        }
      >
        Who still needs which access: asked of those who know, with the evidence beside the question.
      </PageHeader>
      {refusal && !data ? (
        <Refusal what="reviews" error={refusal} onRetry={() => void refetch()} />
      ) : (
        <>
          <FilterFrame
            label="Filter the campaigns"
            box={null}
            facets={[
              {
                id: 'state',
                label: 'State',
                isSingle: true,
                selected: state === null ? [] : [state],
                options: [
                  { value: 'open', label: 'Not ended' },
                  { value: 'closed', label: 'Ended' },
                  ...campaignStates.map((value) => ({ value, label: stateLabels[value] })),
                ],
              },
            ]}
            onFacetChange={(_, [value]) => setAddress({ state: campaignParsers.state.parse(value ?? ''), after: null })}
            onClear={() => setAddress({ state: null, after: null })}
          />
          <DataTable
            label="Campaigns"
            columns={campaignColumns}
            rows={data?.items ?? noRows}
            rowId={(row) => row.id}
            rowName={(row) => row.name}
            rowHref={(row) => `/reviews/${row.id}`}
            isLoading={!data || isPlaceholderData}
            hasShortcuts
            empty={
              state ? (
                <NoMatchState
                  title="No campaign is in this state"
                  actions={<Button onClick={() => setAddress({ state: null, after: null })}>Clear the filter</Button>}
                />
              ) : (
                <EmptyState
                  title="Nothing was reviewed yet"
                  actions={
                    mayCreate ? (
                      <Button asChild variant="primary">
                        <Link href={newHref}>New campaign</Link>
                      </Button>
                    ) : undefined
                  }
                >
                  A campaign asks the owners of identities whether each still needs its access, and carries out what
                  they decide.
                </EmptyState>
              )
            }
          />
          {data && (data.nextCursor || after) ? (
            <Pagination
              shown={data.items.length}
              noun={['campaign', 'campaigns']}
              isPending={isPlaceholderData}
              {...pages(data.nextCursor)}
            />
          ) : null}
        </>
      )}
    </ListPage>
  )
}

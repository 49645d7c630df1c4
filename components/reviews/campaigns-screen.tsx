'use client'

import { Plus } from 'lucide-react'
import Link from 'next/link'
import { PagedTable, useListPage } from '@/components/data-table/paged-table'
import { Button } from '@/components/ui/button'
import { FilterFrame } from '@/components/ui/filter-frame'
import { ListPage } from '@/components/ui/list-page'
import { PageHeader } from '@/components/ui/page-header'
import { EmptyState, NoMatchState } from '@/components/ui/state-block'
import type { ActionResult } from '@/lib/platform/browser/action-result'
import { useAddress } from '@/lib/platform/browser/use-address'
import { campaignListQuery } from '@/lib/reviews/queries'
import type { CampaignPage } from '@/lib/reviews/schema'
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

const newHref = '/reviews/new'

/** Every campaign, newest first. */
export function CampaignsScreen({ orgId, first, question }: CampaignsScreenProps) {
  const [address, setAddress] = useAddress(campaignParsers, { history: 'push' })
  const { after, state } = address
  const asked = askedOf({ state, cursor: after })
  const isFirst = JSON.stringify(asked) === question
  const list = useListPage(campaignListQuery(orgId, asked), first, isFirst)
  const { data } = list
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
      <PagedTable
        list={list}
        what="reviews"
        noun={['campaign', 'campaigns']}
        after={after}
        onAfter={(next) => setAddress({ after: next })}
        filter={
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
        }
        label="Campaigns"
        columns={campaignColumns}
        rowId={(row) => row.id}
        rowName={(row) => row.name}
        rowHref={(row) => `/reviews/${row.id}`}
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
              A campaign asks the owners of identities whether each still needs its access, and carries out what they
              decide.
            </EmptyState>
          )
        }
      />
    </ListPage>
  )
}

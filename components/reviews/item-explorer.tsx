'use client'

import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Search } from 'lucide-react'
import { DataTable } from '@/components/data-table/data-table'
import { Button } from '@/components/ui/button'
import { FilterFrame } from '@/components/ui/filter-frame'
import { Refusal } from '@/components/ui/refusal'
import { SettledInput } from '@/components/ui/settled-input'
import { Sheet, SheetContent } from '@/components/ui/sheet'
import { EmptyState, NoMatchState } from '@/components/ui/state-block'
import { formatNumber } from '@/lib/platform/browser/format'
import { useAddress } from '@/lib/platform/browser/use-address'
import type { ReviewItem } from '@/lib/reviews/items'
import { campaignReviewersQuery, reviewItemQuery, reviewItemsQuery } from '@/lib/reviews/queries'
import type { CampaignDetail } from '@/lib/reviews/schema'
import { decisions, outcomes } from '@/lib/reviews/values'
import { EvidencePane, EvidenceSkeleton } from './evidence-pane'
import { itemColumns } from './item-columns'
import { askedOf, campaignPageParsers, itemStates, reviewHref } from './review-address'
import { adviceLabels, decidedLabels, decisionLabels } from './review-words'

const stateWords: Record<(typeof itemStates)[number], string> = {
  undecided: 'Not decided',
  drafted: 'Decided, a draft',
  signed: 'Signed off',
  open: 'Not signed off',
}
const noFilter = {
  ...{ q: null, reviewer: null, stage: null, state: null, decision: null },
  ...{ outcome: null, recommendation: null, group: null },
}
const noRows: ReviewItem[] = []
const pageSize = 100

/** Every item of a campaign, filtered, with its frozen evidence beside the list. */
export function ItemExplorer({ orgId, campaign }: { orgId: string; campaign: CampaignDetail }) {
  const { id } = campaign
  const [address, setAddress] = useAddress(campaignPageParsers)
  const { tab: _, item: open, ...filter } = address
  const asked = askedOf(filter)
  const list = useInfiniteQuery(reviewItemsQuery(orgId, id, { ...asked, whose: 'all', limit: pageSize }))
  const rows = list.data?.pages.flatMap((page) => page.items) ?? noRows
  const isFiltered = Object.keys(asked).length > 0
  if (list.error && !list.data) return <Refusal what="items" error={list.error} onRetry={() => void list.refetch()} />
  return (
    <>
      <Filters orgId={orgId} campaign={campaign} />
      <DataTable
        label="Items"
        columns={itemColumns}
        rows={rows}
        rowId={(row) => String(row.no)}
        rowName={(row) => row.identity.name}
        rowHref={(row) => `${reviewHref(id, 'items')}&item=${row.no}`}
        onRowOpen={(row) => setAddress({ item: row.no })}
        openRowId={open === null ? undefined : String(open)}
        isLoading={list.isPending}
        hasShortcuts
        empty={
          isFiltered ? (
            <NoMatchState
              title="No item matches"
              actions={<Button onClick={() => setAddress(noFilter)}>Clear the filter</Button>}
            />
          ) : (
            <EmptyState title="It has no items yet">They come with the launch.</EmptyState>
          )
        }
      />
      {rows.length > 0 ? (
        <div className="flex items-center gap-3 border-t px-4 py-2 text-sm text-ink-muted md:px-6">
          <span>
            {formatNumber(rows.length)} shown{list.hasNextPage ? '' : ', that is all'}
          </span>
          {list.hasNextPage ? (
            <Button isPending={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
              Show {pageSize} more
            </Button>
          ) : null}
        </div>
      ) : null}
      <Sheet open={open !== null} onOpenChange={(isOpen) => (isOpen ? undefined : setAddress({ item: null }))}>
        {open === null ? null : (
          <SheetContent title={`Item ${open}`} description={campaign.name} size="lg">
            <ItemEvidence orgId={orgId} id={id} item={open} />
          </SheetContent>
        )}
      </Sheet>
    </>
  )
}

function ItemEvidence({ orgId, id, item }: { orgId: string; id: string; item: number }) {
  const { data, error, refetch } = useQuery(reviewItemQuery(orgId, id, item))
  if (data)
    return (
      <div className="-mx-4 -my-3">
        <EvidencePane item={data} />
      </div>
    )
  return error ? <Refusal what="item" error={error} onRetry={() => void refetch()} /> : <EvidenceSkeleton />
}

function Filters({ orgId, campaign }: { orgId: string; campaign: CampaignDetail }) {
  const [address, setAddress] = useAddress(campaignPageParsers)
  const { q, reviewer, stage, state, decision, outcome, recommendation, group } = address
  const reviewers = useInfiniteQuery(campaignReviewersQuery(orgId, campaign.id)).data?.pages[0]?.items ?? []
  const one = (value: string | number | null) => (value === null ? [] : [String(value)])
  const facets = [
    {
      id: 'outcome',
      label: 'Outcome',
      selected: one(outcome),
      options: outcomes.map((value) => ({ value, label: decidedLabels[value] })),
    },
    {
      id: 'decision',
      label: 'Decision',
      selected: one(decision),
      options: decisions.map((value) => ({ value, label: decisionLabels[value] })),
    },
    {
      id: 'state',
      label: 'State',
      selected: one(state),
      options: itemStates.map((value) => ({ value, label: stateWords[value] })),
    },
    {
      id: 'reviewer',
      label: 'Reviewer',
      selected: one(reviewer),
      options: [
        ...reviewers.map(({ no, name, kind, assigned }) => ({
          value: String(no),
          label: kind === 'nobody' ? 'Without a reviewer' : name,
          count: assigned,
        })),
        ...(reviewer !== null && !reviewers.some(({ no }) => no === reviewer)
          ? [{ value: String(reviewer), label: reviewer === 0 ? 'Without a reviewer' : `Reviewer ${reviewer}` }]
          : []),
      ],
    },
    {
      id: 'recommendation',
      label: 'Evidence says',
      selected: one(recommendation),
      options: decisions.map((value) => ({ value, label: adviceLabels[value] })),
    },
    ...(campaign.stages.length > 1
      ? [
          {
            id: 'stage',
            label: 'Stage',
            selected: one(stage),
            options: campaign.stages.map(({ no, name }) => ({ value: String(no), label: name })),
          },
        ]
      : []),
  ]
  return (
    <FilterFrame
      label="Filter the items"
      text={q ?? ''}
      box={
        <div className="w-full sm:w-64">
          <SettledInput
            label="Part of the name"
            placeholder="Part of the name"
            icon={<Search aria-hidden />}
            value={q ?? ''}
            onSettle={(text) => setAddress({ q: text.trim() || null, item: null })}
          />
        </div>
      }
      facets={facets.map((facet) => ({ ...facet, isSingle: true }))}
      onFacetChange={(name, [value]) => {
        const parser = campaignPageParsers[name as 'outcome']
        setAddress({ [name]: value === undefined ? null : parser.parse(value), item: null })
      }}
      onClear={() => setAddress(noFilter)}
      actions={
        group ? (
          <span className="text-sm text-ink-muted">
            only one group of equal evidence{' '}
            <Button variant="link" onClick={() => setAddress({ group: null })}>
              show all
            </Button>
          </span>
        ) : undefined
      }
    />
  )
}

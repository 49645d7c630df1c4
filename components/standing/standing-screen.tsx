'use client'

import { PagedTable, useListPage } from '@/components/data-table/paged-table'
import { GrantTabs } from '@/components/grants/grant-tabs'
import { tierLabels } from '@/components/grants/grant-words'
import { Button } from '@/components/ui/button'
import { FilterFrame } from '@/components/ui/filter-frame'
import { HowItWorks } from '@/components/ui/how-it-works'
import { ListPage } from '@/components/ui/list-page'
import { PageHeader } from '@/components/ui/page-header'
import { RelativeTime } from '@/components/ui/relative-time'
import { EmptyState, NoMatchState } from '@/components/ui/state-block'
import { grantTiers } from '@/lib/grants/values'
import type { ActionResult } from '@/lib/platform/browser/action-result'
import { useAddress } from '@/lib/platform/browser/use-address'
import { standingListQuery } from '@/lib/standing/queries'
import type { StandingPage } from '@/lib/standing/schema'
import { type HolderKind, holderKinds, mostCounted } from '@/lib/standing/values'
import { standingAsked, standingParsers } from './standing-address'
import { standingColumns } from './standing-columns'

interface StandingScreenProps {
  orgId: string
  first: ActionResult<StandingPage>
  question: string
}

const noFilter = { tier: null, kind: null, source: null, after: null }
const kindLabels: Record<HolderKind, string> = { identity: 'Accounts', user: 'People, by their role here' }

/** Everything that has no end, the weightiest first, with the way to give it one. */
export function StandingScreen({ orgId, first, question }: StandingScreenProps) {
  const [state, setState] = useAddress(standingParsers, { history: 'push' })
  const asked = standingAsked(state)
  const list = useListPage(standingListQuery(orgId, asked), first, JSON.stringify(asked) === question)
  const { data } = list
  const one = (selected: string | null) => (selected === null ? [] : [selected])
  const isFiltered = state.tier !== null || state.kind !== null || state.source !== null
  return (
    <ListPage>
      <PageHeader title="Access without an end" tabs={<GrantTabs current="standing" />}>
        {data?.counts ? `${wordsOf(data.counts)} ` : null}
        {data?.asOf ? (
          <>
            As of <RelativeTime at={data.asOf} />.
          </>
        ) : null}
      </PageHeader>
      <HowItWorks>
        <p>
          Whoever holds a right without an end can use it, and lose it to a thief, at any hour. This list has every
          account with such rights at its source and everybody with a role in this organization, the weightiest first:
          by what the most of it comes to, then by blast radius.
        </p>
        <p>
          “Replace by a grant” asks for the same rights for a time. When somebody else has agreed and the grant begins,
          what was without an end is the grant’s, and what was not asked for is taken away; when the grant ends, all of
          it is gone.
        </p>
      </HowItWorks>
      <PagedTable
        list={list}
        what="access without an end"
        noun={['holder', 'holders']}
        after={state.after}
        onAfter={(after) => setState({ after })}
        filter={
          <FilterFrame
            label="Filter the access without an end"
            box={null}
            facets={[
              {
                id: 'tier',
                label: 'Weight',
                isSingle: true,
                selected: one(state.tier),
                options: grantTiers.map((value) => ({
                  ...{ value, label: tierLabels[value] },
                  ...(data?.counts ? { count: data.counts[value] } : {}),
                })),
              },
              {
                id: 'kind',
                label: 'Who',
                isSingle: true,
                selected: one(state.kind),
                options: holderKinds.map((value) => ({ value, label: kindLabels[value] })),
              },
              {
                id: 'source',
                label: 'Source',
                isSingle: true,
                selected: one(state.source),
                options: (data?.sources ?? []).map(({ id, name }) => ({ value: id, label: name })),
              },
            ]}
            onFacetChange={(id, [value]) => setState({ [id]: value ?? null, after: null })}
            onClear={() => setState(noFilter)}
          />
        }
        label="Access without an end"
        columns={standingColumns(data?.can.replace === true)}
        rowId={({ id }) => id}
        rowName={({ name }) => name}
        rowHref={({ id, kind }) => (kind === 'identity' ? `/inventory/${id}?tab=access` : '/settings/members')}
        empty={
          isFiltered ? (
            <NoMatchState
              title="Nothing like this"
              actions={<Button onClick={() => setState(noFilter)}>Show all</Button>}
            />
          ) : (
            <EmptyState title={data?.asOf ? 'Nothing is held without an end' : 'It is being worked out'}>
              {data?.asOf
                ? 'Every right that the sources tell of ends by itself, or nobody holds it.'
                : 'The list is made in the background, in a minute at most.'}
            </EmptyState>
          )
        }
      />
    </ListPage>
  )
}

function wordsOf(counts: NonNullable<StandingPage['counts']>): string {
  const told = (count: number) => (count >= mostCounted ? `${mostCounted} or more` : String(count))
  return `${told(counts.highest)} of the highest weight, ${told(counts.high)} of high, ${told(counts.ordinary)} ordinary.`
}

'use client'

import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { DataTable } from '@/components/data-table/data-table'
import { Alert } from '@/components/ui/alert'
import { Button } from '@/components/ui/button'
import { FilterBar } from '@/components/ui/filter-bar'
import { privilegeLabels } from '@/components/ui/marks/privilege-mark'
import { Section } from '@/components/ui/page-header'
import { Pagination } from '@/components/ui/pagination'
import { Refusal } from '@/components/ui/refusal'
import { EmptyState, NoMatchState } from '@/components/ui/state-block'
import { useCursorPages } from '@/components/ui/use-cursor-pages'
import { type AccessQuery, accessParsers } from '@/lib/access-graph/filters'
import { accessQuery } from '@/lib/access-graph/queries'
import type { IdentityAccess } from '@/lib/access-graph/schema'
import { privileges } from '@/lib/connectors/contract'
import type { ActionResult } from '@/lib/platform/browser/action-result'
import { formatCount, formatNumber } from '@/lib/platform/browser/format'
import { useAddress } from '@/lib/platform/browser/use-address'
import { accessColumns } from './access-columns'
import { AccessPanel } from './access-panel'
import { BecomingList, OpenEndList } from './edge-lists'
import { useAccessGrant } from './use-access-grant'

interface AccessScreenProps {
  orgId: string
  identity: { id: string; name: string }
  /** What the server painted, for the filter of the address. */
  first: ActionResult<IdentityAccess>
  firstQuery: AccessQuery
}

/** What an identity may do on what and by which way, page by page; what is not known of it, and who can become it. */
export function AccessScreen({ orgId, identity, first, firstQuery }: AccessScreenProps) {
  const [state, setState] = useAddress(accessParsers)
  const filter = { find: state.find ?? undefined, privilege: state.privilege ?? undefined }
  const query: AccessQuery = { ...filter, cursor: state.from ?? undefined }
  const isFirst = JSON.stringify(query) === JSON.stringify(firstQuery)
  const page = useQuery({
    ...accessQuery(orgId, identity.id, query),
    initialData: isFirst && first.ok ? first.data : undefined,
    placeholderData: keepPreviousData,
  })
  // What stands beside the rows comes with the beginning of the list, wherever in it one is.
  const beside = useQuery({
    ...accessQuery(orgId, identity.id, filter),
    initialData: isFirst && first.ok && first.data.first ? first.data : undefined,
    placeholderData: keepPreviousData,
  }).data?.first
  const pages = useCursorPages(state.from, (from) => setState({ from }, { history: 'push' }))
  const grant = useAccessGrant(orgId, identity.id, state.grant, page.data?.rows)
  const { data, error } = page
  if (error && !data) return <Refusal what="access" error={error} onRetry={() => void page.refetch()} />
  const clear = () => setState({ find: null, privilege: null, from: null })
  const isFiltered = Boolean(state.find || state.privilege)
  const counted = new Map(beside?.privileges.map(({ value, count }) => [value, count]))
  return (
    <>
      {data?.truncated ? (
        <Alert tone="warning" title="This is not all of it" className="mx-4 mt-3 md:mx-6">
          More ways lead on from this identity than one answer follows. Shown is what the nearest of them grant.
        </Alert>
      ) : null}
      {error ? (
        <Alert tone="danger" title="This page could not be loaded" className="mx-4 mt-3 md:mx-6" isLive>
          {error.message}
        </Alert>
      ) : null}
      {isFiltered || !beside || beside.all > 0 ? (
        <FilterBar
          label="Filter access"
          placeholder="Resource, scope or way"
          text={state.find ?? ''}
          onTextChange={(find) => setState({ find: find.trim() || null, from: null })}
          facets={[
            {
              id: 'privilege',
              label: 'Privilege',
              selected: state.privilege ?? [],
              options: privileges.toReversed().map((value) => ({
                value,
                label: privilegeLabels[value],
                count: beside ? (counted.get(value) ?? 0) : undefined,
              })),
            },
          ]}
          onFacetChange={(_, values) =>
            setState({
              privilege: values.length > 0 ? (values as (typeof privileges)[number][]) : null,
              from: null,
            })
          }
          onClear={clear}
          actions={
            <span className="tabular text-xs text-ink-muted" aria-live="polite">
              {beside ? formatCount(beside.total, 'grant') : ''}
              {beside && beside.total !== beside.all ? ` of ${formatNumber(beside.all)}` : ''}
            </span>
          }
        />
      ) : null}
      <DataTable
        label={`Access of ${identity.name}`}
        columns={accessColumns}
        rows={data?.rows ?? []}
        rowId={(row) => row.id}
        rowName={(row) => row.resource.name}
        onRowOpen={(row) => setState({ grant: row.id })}
        openRowId={state.grant ?? undefined}
        isLoading={page.isFetching && (page.isPlaceholderData || !data)}
        className="flex-none"
        empty={
          isFiltered ? (
            <NoMatchState title="No grant matches" actions={<Button onClick={clear}>Clear the filter</Button>}>
              {beside ? `${formatCount(beside.all, 'grant')} are hidden by the filter.` : null}
            </NoMatchState>
          ) : (
            <EmptyState title="No access is known">
              No imported file grants it anything, by itself or through what it belongs to. That is not proof that it
              has none: policies may lie in files that were not imported.
            </EmptyState>
          )
        }
      />
      {data && (data.nextCursor || state.from) ? (
        <Pagination
          shown={data.rows.length}
          total={beside ? { count: beside.total } : undefined}
          noun={['grant', 'grants']}
          isPending={page.isPlaceholderData}
          {...pages(data.nextCursor)}
        />
      ) : null}
      {beside && beside.openEndTotal > 0 ? (
        <Section title="Ways that lead out of what is known" detail={formatCount(beside.openEndTotal, 'end')}>
          <OpenEndList ends={beside.openEnds} total={beside.openEndTotal} />
        </Section>
      ) : null}
      {beside ? (
        <Section title="Who can become it" detail={formatCount(beside.canBecomeTotal, 'principal')}>
          <BecomingList edges={beside.canBecome} total={beside.canBecomeTotal} />
        </Section>
      ) : null}
      <AccessPanel start={identity.name} row={grant} onClose={() => setState({ grant: null })} />
    </>
  )
}

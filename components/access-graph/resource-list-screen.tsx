'use client'

import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { FileUp } from 'lucide-react'
import Link from 'next/link'
import { useMemo } from 'react'
import { DataTable } from '@/components/data-table/data-table'
import { Button } from '@/components/ui/button'
import type { Facet } from '@/components/ui/facet-options'
import { FilterBar } from '@/components/ui/filter-bar'
import { ListPage } from '@/components/ui/list-page'
import { sensitivityLabels } from '@/components/ui/marks/sensitivity-mark'
import { SystemTag } from '@/components/ui/marks/system-tag'
import { PageHeader } from '@/components/ui/page-header'
import { Pagination } from '@/components/ui/pagination'
import { Refusal } from '@/components/ui/refusal'
import { EmptyState, NoMatchState } from '@/components/ui/state-block'
import { useCursorPages } from '@/components/ui/use-cursor-pages'
import { type ResourceQuery, resourceParsers, resourceQueryOf, type resourceSorts } from '@/lib/access-graph/filters'
import { crownJewelsQuery, resourcesQuery } from '@/lib/access-graph/queries'
import type { Resource, ResourcePage } from '@/lib/access-graph/schema'
import { sensitivityClasses } from '@/lib/access-graph/score'
import type { ActionResult } from '@/lib/platform/browser/action-result'
import { formatCount } from '@/lib/platform/browser/format'
import { useAddress } from '@/lib/platform/browser/use-address'
import { kindLabel } from './explore-words'
import { resourceColumns } from './resource-columns'

interface ResourceListScreenProps {
  orgId: string
  /** What the server painted, for the query of the address. */
  first: ActionResult<ResourcePage>
  firstQuery: ResourceQuery
}

const noRows: Resource[] = []
const noFilter = { q: null, kind: null, system: null, sensitivity: null, cursor: null }

/** Everything that identities can hold something on. */
export function ResourceListScreen({ orgId, first, firstQuery }: ResourceListScreenProps) {
  const [state, setState] = useAddress(resourceParsers)
  const query = resourceQueryOf(state)
  const isFirst = JSON.stringify(query) === JSON.stringify(firstQuery)
  const list = useQuery({
    ...resourcesQuery(orgId, query),
    initialData: isFirst && first.ok ? first.data : undefined,
    placeholderData: keepPreviousData,
    enabled: first.ok || !isFirst,
  })
  // Total and facets come with the beginning of the list, wherever in it one is.
  const { cursor: _, ...beginning } = query
  const head = useQuery({
    ...resourcesQuery(orgId, beginning),
    initialData: isFirst && first.ok && first.data.facets ? first.data : undefined,
    placeholderData: keepPreviousData,
    enabled: first.ok,
  }).data
  const jewels = useQuery({ ...crownJewelsQuery(orgId), enabled: first.ok }).data
  const columns = useMemo(
    () => resourceColumns(new Set(jewels?.items.flatMap(({ node }) => (node.id ? [node.id] : [])))),
    [jewels],
  )
  const pages = useCursorPages(state.cursor, (cursor) => setState({ cursor }, { history: 'push' }))
  const error = list.error ?? (first.ok || list.data ? null : first.error)
  const isFiltered = Boolean(state.q || state.kind || state.system || state.sensitivity)
  const clear = () => setState(noFilter)
  if (error && !list.data) {
    return (
      <>
        <PageHeader title="Resources" />
        <Refusal what="resources" error={error} onRetry={first.ok ? () => void list.refetch() : undefined} />
      </>
    )
  }
  const { sort = 'name', dir = sort === 'sensitivity' ? 'desc' : 'asc' } = query
  return (
    <ListPage>
      <PageHeader title="Resources">
        {head?.total === undefined || head.total === null
          ? 'Counting…'
          : `${formatCount(head.total, 'resource')}${isFiltered ? ' match' : ''}: what identities can read, change or administer, and how much each is worth protecting.`}
      </PageHeader>
      <FilterBar
        label="Filter resources"
        placeholder="Part of the name or id"
        text={state.q ?? ''}
        onTextChange={(q) => setState({ q: q.trim() || null, cursor: null })}
        facets={facetsOf(head?.facets, query)}
        onFacetChange={(id, values) => setState({ [id]: values.length > 0 ? values : null, cursor: null })}
        onClear={clear}
      />
      <DataTable
        label="Resources"
        columns={columns}
        rows={list.data?.items ?? noRows}
        rowId={(row) => row.id}
        rowName={(row) => row.name}
        rowHref={(row) => `/resources/${row.id}`}
        sort={{ key: sort, direction: dir }}
        onSortChange={({ key, direction }) =>
          setState({ sort: key as (typeof resourceSorts)[number], dir: direction, cursor: null })
        }
        isLoading={list.isFetching && (list.isPlaceholderData || !list.data)}
        empty={
          isFiltered ? (
            <NoMatchState title="No resource matches" actions={<Button onClick={clear}>Clear the filter</Button>}>
              Nothing fits all parts of the filter at once. What is gone from its source is not listed.
            </NoMatchState>
          ) : (
            <EmptyState
              title="No resources yet"
              actions={
                <Button asChild variant="primary">
                  <Link href="/import">
                    <FileUp aria-hidden />
                    Import files
                  </Link>
                </Button>
              }
            >
              Resources come with imports that say what identities may do on what: account details of AWS, Kubernetes
              manifests, grants of databases and the like.
            </EmptyState>
          )
        }
      />
      {list.data && (list.data.nextCursor || state.cursor) ? (
        <Pagination
          shown={list.data.items.length}
          total={head?.total ? { count: head.total } : undefined}
          noun={['resource', 'resources']}
          isPending={list.isPlaceholderData}
          {...pages(list.data.nextCursor)}
        />
      ) : null}
    </ListPage>
  )
}

function facetsOf(facets: ResourcePage['facets'] | undefined, query: ResourceQuery): Facet[] {
  const counts = (id: 'kind' | 'system' | 'sensitivity') => {
    const known = new Map(facets?.[id].map(({ value, count }) => [value, count]))
    return { known, count: (value: string) => (facets ? (known.get(value) ?? 0) : undefined) }
  }
  const kinds = counts('kind')
  const systems = counts('system')
  const classes = counts('sensitivity')
  const all = (known: Map<string, number>, selected: readonly string[]) => [...new Set([...known.keys(), ...selected])]
  return [
    {
      id: 'kind',
      label: 'Kind',
      selected: query.kind ?? [],
      options: all(kinds.known, query.kind ?? []).map((value) => ({
        value,
        label: kindLabel(value),
        count: kinds.count(value),
      })),
    },
    {
      id: 'system',
      label: 'System',
      selected: query.system ?? [],
      options: all(systems.known, query.system ?? []).map((value) => ({
        value,
        label: value,
        icon: <SystemTag system={value} label="" />,
        count: systems.count(value),
      })),
    },
    {
      id: 'sensitivity',
      label: 'Sensitivity',
      selected: query.sensitivity ?? [],
      options: sensitivityClasses.toReversed().map((value) => ({
        value,
        label: value === 'unknown' ? 'Not known' : sensitivityLabels[value],
        count: classes.count(value),
      })),
    },
  ]
}

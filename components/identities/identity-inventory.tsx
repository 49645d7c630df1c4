'use client'

import { useQuery } from '@tanstack/react-query'
import { useQueryStates } from 'nuqs'
import { useMemo, useState } from 'react'
import { ColumnMenu } from '@/components/data-table/column-menu'
import { DataTable } from '@/components/data-table/data-table'
import { SelectionBar } from '@/components/data-table/selection-bar'
import { FilterBar } from '@/components/ui/filter-bar'
import { ListPage } from '@/components/ui/list-page'
import { Pagination } from '@/components/ui/pagination'
import { type IdentityQuery, identityParsers, identityQueryOf, isFiltered } from '@/lib/identities/filters'
import { identitiesQuery } from '@/lib/identities/queries'
import { identityHref } from '@/lib/identities/rules'
import type { Identity, IdentityPage } from '@/lib/identities/schema'
import type { ActionResult } from '@/lib/platform/browser/action-result'
import { AssignOwnersDialog } from './assign-owners-dialog'
import { hiddenByDefault, identityColumns } from './identity-columns'
import { IdentityPanel } from './identity-panel'
import { facetChange, identityFacetMenus } from './inventory-facets'
import { InventoryHeader } from './inventory-header'
import { ListStates } from './list-states'
import { useFirstPage } from './use-first-page'
import { useKeysetPages } from './use-keyset-pages'

const noun: [string, string] = ['identity', 'identities']
const noRows: Identity[] = []
const defaultPolicy = { rotateAfterDays: 90, staleAfterDays: 90 }
const cleared = Object.fromEntries(
  Object.keys(identityParsers)
    .filter((name) => !['tab', 'sort', 'dir', 'hide', 'density'].includes(name))
    .map((name) => [name, null]),
)

/** The list of identities; all that it shows is in the address. */
export function IdentityInventory({ orgId, first }: { orgId: string; first: ActionResult<IdentityPage> }) {
  const [state, setState] = useQueryStates(identityParsers, { history: 'push' })
  const [selection, setSelection] = useState<string[]>([])
  const query = useMemo(() => identityQueryOf(state), [state])
  const { page, error, isLoading, retry } = useFirstPage(identitiesQuery(orgId, query), first)
  const head = useHead(orgId, query, page)
  const pages = useKeysetPages(state.cursor, page?.nextCursor, (cursor) => void setState({ cursor }))
  const policy = page?.policy ?? defaultPolicy
  const columns = useMemo(() => identityColumns(policy, page?.asOf ?? ''), [policy, page?.asOf])
  const rows = page?.items ?? noRows
  const mayImport = page?.can.import === true
  const maySelect = rows.some(({ can }) => can.assignOwner)
  const hidden = state.hide ?? hiddenByDefault
  const clear = () => void setState(cleared)
  // A selection is of the rows in sight: another question begins without it.
  const question = JSON.stringify({ ...query, cursor: undefined })
  const [asked, setAsked] = useState(question)
  if (asked !== question) {
    setAsked(question)
    setSelection([])
  }
  return (
    <ListPage>
      <InventoryHeader
        tab="identities"
        total={head?.total}
        noun={noun}
        isFiltered={isFiltered(query)}
        asOf={head?.asOf}
        mayImport={mayImport}
      />
      <FilterBar
        label="Filter identities"
        placeholder="Name, ARN or id"
        text={state.q ?? ''}
        onTextChange={(q) => void setState({ q: q.trim() || null, cursor: null }, { history: 'replace' })}
        facets={identityFacetMenus(query, head?.facets)}
        onFacetChange={(id, values) => void setState(facetChange(id, values))}
        onClear={clear}
        actions={
          <ColumnMenu
            columns={columns}
            hiddenColumns={hidden}
            onHiddenChange={(ids) => void setState({ hide: ids.length > 0 ? ids : ['none'] }, { history: 'replace' })}
            density={state.density ?? 'regular'}
            onDensityChange={(density) =>
              void setState({ density: density === 'compact' ? density : null }, { history: 'replace' })
            }
          />
        }
      />
      <DataTable
        label="Identities"
        columns={columns}
        rows={error ? noRows : rows}
        rowId={(row) => row.id}
        rowName={(row) => row.name}
        rowHref={(row) => identityHref(row.id)}
        onRowOpen={(row) => void setState({ selected: row.id })}
        openRowId={state.selected ?? undefined}
        sort={{ key: query.sort ?? 'name', direction: query.dir ?? 'asc' }}
        onSortChange={({ key, direction }) =>
          void setState({ sort: key as IdentityQuery['sort'], dir: direction, cursor: null })
        }
        selection={maySelect ? selection : undefined}
        onSelectionChange={maySelect ? setSelection : undefined}
        hiddenColumns={hidden}
        density={state.density ?? 'regular'}
        isLoading={isLoading}
        empty={
          <ListStates
            what="identities"
            error={error}
            isFiltered={isFiltered(query)}
            mayImport={mayImport}
            onRetry={retry}
            onClear={clear}
          />
        }
      />
      <SelectionBar count={selection.length} noun={noun} onClear={() => setSelection([])}>
        <AssignOwnersDialog orgId={orgId} identityIds={selection} onDone={() => setSelection([])} />
      </SelectionBar>
      {rows.length > 0 ? (
        <Pagination
          className="border-t"
          shown={rows.length}
          total={head?.total === null || head === undefined ? undefined : { count: head.total }}
          noun={noun}
          isPending={isLoading}
          {...pages}
        />
      ) : null}
      <IdentityPanel orgId={orgId} id={state.selected} onClose={() => void setState({ selected: null })} />
    </ListPage>
  )
}

/** Totals and facets come with the first page; on a later one they are asked for by themselves. */
function useHead(orgId: string, { cursor, ...query }: IdentityQuery, page: IdentityPage | undefined) {
  const head = useQuery({ ...identitiesQuery(orgId, query), enabled: cursor !== undefined })
  return cursor === undefined ? page : head.data
}

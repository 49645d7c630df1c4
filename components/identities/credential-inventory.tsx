'use client'

import { useQuery } from '@tanstack/react-query'
import { useQueryStates } from 'nuqs'
import { useMemo } from 'react'
import { ColumnMenu } from '@/components/data-table/column-menu'
import { DataTable } from '@/components/data-table/data-table'
import { FilterBar } from '@/components/ui/filter-bar'
import { ListPage } from '@/components/ui/list-page'
import { Pagination } from '@/components/ui/pagination'
import { type CredentialQuery, credentialParsers, credentialQueryOf, isFiltered } from '@/lib/identities/filters'
import { credentialsQuery } from '@/lib/identities/queries'
import type { Credential, CredentialPage } from '@/lib/identities/schema'
import type { ActionResult } from '@/lib/platform/browser/action-result'
import { credentialColumns } from './credential-columns'
import { CredentialPanel } from './credential-panel'
import { credentialFacetMenus, facetChange } from './inventory-facets'
import { InventoryHeader } from './inventory-header'
import { ListStates } from './list-states'
import { useFirstPage } from './use-first-page'
import { useKeysetPages } from './use-keyset-pages'

const noun: [string, string] = ['credential', 'credentials']
const noRows: Credential[] = []
const noColumns: string[] = []
const defaultPolicy = { rotateAfterDays: 90, staleAfterDays: 90 }
const cleared = Object.fromEntries(
  Object.keys(credentialParsers)
    .filter((name) => !['tab', 'sort', 'dir', 'hide', 'density'].includes(name))
    .map((name) => [name, null]),
)

/** The list of credentials; all that it shows is in the address. */
export function CredentialInventory({ orgId, first }: { orgId: string; first: ActionResult<CredentialPage> }) {
  const [state, setState] = useQueryStates(credentialParsers, { history: 'push' })
  const query = useMemo(() => credentialQueryOf(state), [state])
  const { page, error, isLoading, retry } = useFirstPage(credentialsQuery(orgId, query), first)
  const head = useHead(orgId, query, page)
  const pages = useKeysetPages(state.cursor, page?.nextCursor, (cursor) => void setState({ cursor }))
  const policy = page?.policy ?? defaultPolicy
  const columns = useMemo(() => credentialColumns(policy, page?.asOf ?? ''), [policy, page?.asOf])
  const rows = page?.items ?? noRows
  const mayImport = page?.can.import === true
  const clear = () => void setState(cleared)
  return (
    <ListPage>
      <InventoryHeader
        tab="credentials"
        total={head?.total}
        noun={noun}
        isFiltered={isFiltered(query)}
        asOf={head?.asOf}
        mayImport={mayImport}
      />
      <FilterBar
        label="Filter credentials"
        placeholder="Name, id or last four"
        text={state.q ?? ''}
        onTextChange={(q) => void setState({ q: q.trim() || null, cursor: null }, { history: 'replace' })}
        facets={credentialFacetMenus(query, head?.facets)}
        onFacetChange={(id, values) => void setState(facetChange(id, values))}
        onClear={clear}
        actions={
          <ColumnMenu
            columns={columns}
            hiddenColumns={state.hide ?? noColumns}
            onHiddenChange={(ids) => void setState({ hide: ids.length > 0 ? ids : null }, { history: 'replace' })}
            density={state.density ?? 'regular'}
            onDensityChange={(density) =>
              void setState({ density: density === 'compact' ? density : null }, { history: 'replace' })
            }
          />
        }
      />
      <DataTable
        label="Credentials"
        columns={columns}
        rows={error ? noRows : rows}
        rowId={(row) => row.id}
        rowName={(row) => row.name}
        onRowOpen={(row) => void setState({ selected: row.id })}
        openRowId={state.selected ?? undefined}
        sort={{ key: query.sort ?? 'name', direction: query.dir ?? 'asc' }}
        onSortChange={({ key, direction }) =>
          void setState({ sort: key as CredentialQuery['sort'], dir: direction, cursor: null })
        }
        hiddenColumns={state.hide ?? noColumns}
        density={state.density ?? 'regular'}
        isLoading={isLoading}
        empty={
          <ListStates
            what="credentials"
            error={error}
            isFiltered={isFiltered(query)}
            mayImport={mayImport}
            onRetry={retry}
            onClear={clear}
          />
        }
      />
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
      <CredentialPanel orgId={orgId} id={state.selected} onClose={() => void setState({ selected: null })} />
    </ListPage>
  )
}

/** Totals and facets come with the first page; on a later one they are asked for by themselves. */
function useHead(orgId: string, { cursor, ...query }: CredentialQuery, page: CredentialPage | undefined) {
  const head = useQuery({ ...credentialsQuery(orgId, query), enabled: cursor !== undefined })
  return cursor === undefined ? page : head.data
}

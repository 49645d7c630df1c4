'use client'

import { useQueryStates } from 'nuqs'
import { useMemo } from 'react'
import { DataTable } from '@/components/data-table/data-table'
import { Alert } from '@/components/ui/alert'
import { Button } from '@/components/ui/button'
import { FilterBar } from '@/components/ui/filter-bar'
import { privilegeLabels } from '@/components/ui/marks/privilege-mark'
import { Section } from '@/components/ui/page-header'
import { Refusal } from '@/components/ui/refusal'
import { EmptyState, NoMatchState } from '@/components/ui/state-block'
import { accessParsers, filterAccess } from '@/lib/access-graph/filters'
import { accessQuery } from '@/lib/access-graph/queries'
import type { AccessRow, IdentityAccess } from '@/lib/access-graph/schema'
import { privileges } from '@/lib/connectors/contract'
import type { ActionResult } from '@/lib/platform/browser/action-result'
import { formatCount } from '@/lib/platform/browser/format'
import { useLoaded } from '@/lib/platform/browser/use-loaded'
import { accessColumns } from './access-columns'
import { AccessPanel } from './access-panel'
import { BecomingList, OpenEndList } from './edge-lists'

interface AccessScreenProps {
  orgId: string
  identity: { id: string; name: string }
  first: ActionResult<IdentityAccess>
}

const noRows: AccessRow[] = []

/** What an identity may do on what and by which way, what is not known of it, and who can become it. */
export function AccessScreen({ orgId, identity, first }: AccessScreenProps) {
  const { data, error, retry } = useLoaded(accessQuery(orgId, identity.id), first)
  const [state, setState] = useQueryStates(accessParsers)
  const rows = useMemo(() => filterAccess(data?.rows ?? noRows, state), [data, state])
  if (error || !data) return <Refusal what="access" error={error} onRetry={retry} />
  const clear = () => void setState({ find: null, privilege: null })
  const counted = (privilege: string) => data.rows.filter((row) => row.privilege === privilege).length
  return (
    <>
      {data.truncated ? (
        <Alert tone="warning" title="This is not all of it" className="mx-4 mt-3 md:mx-6">
          The graph behind this identity is larger than one answer holds. Shown is what weighs most.
        </Alert>
      ) : null}
      {data.rows.length > 0 ? (
        <FilterBar
          label="Filter access"
          placeholder="Resource, scope or way"
          text={state.find ?? ''}
          onTextChange={(find) => void setState({ find: find.trim() || null })}
          facets={[
            {
              id: 'privilege',
              label: 'Privilege',
              selected: state.privilege ?? [],
              options: privileges.toReversed().map((value) => ({
                value,
                label: privilegeLabels[value],
                count: counted(value),
              })),
            },
          ]}
          onFacetChange={(_, values) =>
            void setState({ privilege: values.length > 0 ? (values as (typeof privileges)[number][]) : null })
          }
          onClear={clear}
          actions={<span className="tabular text-xs text-ink-muted">{formatCount(rows.length, 'grant')}</span>}
        />
      ) : null}
      <DataTable
        label={`Access of ${identity.name}`}
        columns={accessColumns}
        rows={rows}
        rowId={(row) => row.id}
        rowName={(row) => row.resource.name}
        onRowOpen={(row) => void setState({ grant: row.id })}
        openRowId={state.grant ?? undefined}
        className="flex-none"
        empty={
          data.rows.length > 0 ? (
            <NoMatchState title="No grant matches" actions={<Button onClick={clear}>Clear the filter</Button>}>
              {formatCount(data.rows.length, 'grant')} are hidden by the filter.
            </NoMatchState>
          ) : (
            <EmptyState title="No access is known">
              No imported file grants it anything, by itself or through what it belongs to. That is not proof that it
              has none: policies may lie in files that were not imported.
            </EmptyState>
          )
        }
      />
      {data.openEnds.length > 0 ? (
        <Section title="Ways that lead out of what is known" detail={formatCount(data.openEnds.length, 'end')}>
          <OpenEndList ends={data.openEnds} />
        </Section>
      ) : null}
      <Section title="Who can become it" detail={formatCount(data.canBecome.length, 'principal')}>
        <BecomingList edges={data.canBecome} />
      </Section>
      <AccessPanel
        start={identity.name}
        row={data.rows.find((row) => row.id === state.grant)}
        onClose={() => void setState({ grant: null })}
      />
    </>
  )
}

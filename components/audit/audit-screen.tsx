'use client'

import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { GrowingTable } from '@/components/data-table/growing-table'
import { FilterBar } from '@/components/ui/filter-bar'
import { ListPage } from '@/components/ui/list-page'
import { PageHeader } from '@/components/ui/page-header'
import { Refusal } from '@/components/ui/refusal'
import { auditParsers, readSeq, sinceChoices, toFilter } from '@/lib/audit/filters'
import { auditEventQuery, auditFacetsQuery, auditListQuery } from '@/lib/audit/queries'
import type { AuditEntry, AuditFacets } from '@/lib/audit/schema'
import type { ActionFailure } from '@/lib/platform/browser/action-result'
import { useAddress } from '@/lib/platform/browser/use-address'
import { actorName, auditColumns, sinceLabels } from './audit-columns'
import { EventPanel } from './event-panel'
import { VerifyButton } from './verify-button'

const noRows: AuditEntry[] = []
const noFilter = { q: '', actor: null, action: null, targetKind: null, targetId: null, since: null }

/** The trail: who did what to what, by which decision, with what before and after. */
export function AuditScreen({
  orgId,
  mayVerify,
  refusal,
}: {
  orgId: string
  mayVerify: boolean
  refusal: ActionFailure | null
}) {
  const [state, setState] = useAddress(auditParsers, { history: 'push' })
  const filter = useMemo(() => toFilter(state, new Date()), [state])
  const isFiltered = Object.keys(filter).length > 0
  const list = useInfiniteQuery({ ...auditListQuery(orgId, filter), enabled: refusal === null })
  const facets = useQuery({ ...auditFacetsQuery(orgId), enabled: refusal === null })
  const rows = useMemo(() => list.data?.pages.flatMap((page) => page.items) ?? noRows, [list.data])
  const listed = rows.find((event) => String(event.seq) === state.event)
  const seq = readSeq(state.event)
  const lookUp = useQuery({
    ...auditEventQuery(orgId, seq ?? 0),
    enabled: refusal === null && seq !== undefined && listed === undefined && !list.isPending,
  })
  if (refusal !== null) {
    return (
      <>
        <PageHeader title="Audit" />
        <Refusal what="audit trail" error={refusal} />
      </>
    )
  }
  return (
    <ListPage>
      <PageHeader title="Audit" actions={mayVerify ? <VerifyButton /> : null}>
        Every change, in the order it was made. Each event seals the one before it, so that none can be changed or taken
        away unseen.
      </PageHeader>
      <FilterBar
        label="Filter the trail"
        placeholder="Part of the target’s name"
        text={state.q}
        onTextChange={(q) => setState({ q })}
        facets={facetsOf(facets.data, state)}
        onFacetChange={(id, [value]) => setState({ [id]: value ?? null })}
        onClear={() => setState(noFilter)}
      />
      <GrowingTable
        list={list}
        label="Audit events"
        columns={auditColumns}
        rows={rows}
        rowId={(event) => String(event.seq)}
        rowName={(event) => `event ${event.seq}`}
        onRowOpen={(event) => setState({ event: String(event.seq) })}
        openRowId={state.event ?? undefined}
        hasShortcuts
        failed="The trail could not be read"
        empty={{
          title: 'Nothing has happened yet',
          says: 'The first change in this organization will be the first event.',
        }}
        noMatch={{ title: 'No event matches', says: 'Nothing in the trail fits all of these at once.' }}
        isFiltered={isFiltered}
        onClear={() => setState(noFilter)}
      />
      <EventPanel
        event={listed ?? lookUp.data ?? undefined}
        missing={state.event !== null && !listed && (seq === undefined || lookUp.data === null) ? state.event : null}
        error={listed ? null : lookUp.error}
        onClose={() => setState({ event: null })}
      />
    </ListPage>
  )
}

function facetsOf(
  data: AuditFacets | undefined,
  state: { actor: string | null; action: string | null; targetKind: string | null; since: string | null },
) {
  const chosen = (value: string | null) => (value === null ? [] : [value])
  return [
    {
      id: 'actor',
      label: 'Actor',
      isSingle: true,
      selected: chosen(state.actor),
      options:
        data?.actors.map(({ key, label, count }) => ({
          value: key,
          label: key.startsWith('job:') ? actorName({ kind: 'job', label }) : label,
          count,
        })) ?? [],
    },
    {
      id: 'action',
      label: 'Action',
      isSingle: true,
      selected: chosen(state.action),
      options: data?.actions.map(({ action, count }) => ({ value: action, label: action, count })) ?? [],
    },
    {
      id: 'targetKind',
      label: 'Target',
      isSingle: true,
      selected: chosen(state.targetKind),
      options:
        data?.targetKinds.map(({ kind, count }) => ({ value: kind, label: kind.replaceAll('_', ' '), count })) ?? [],
    },
    {
      id: 'since',
      label: 'When',
      isSingle: true,
      selected: chosen(state.since),
      options: sinceChoices.map((value) => ({ value, label: sinceLabels[value] })),
    },
  ]
}

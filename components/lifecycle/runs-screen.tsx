'use client'

import { Siren } from 'lucide-react'
import Link from 'next/link'
import { PagedTable, useListPage } from '@/components/data-table/paged-table'
import { Button } from '@/components/ui/button'
import { FilterFrame } from '@/components/ui/filter-frame'
import { ListPage } from '@/components/ui/list-page'
import { PageHeader } from '@/components/ui/page-header'
import { EmptyState, NoMatchState } from '@/components/ui/state-block'
import { runListQuery } from '@/lib/lifecycle/queries'
import { RunKind, type RunPage, RunState } from '@/lib/lifecycle/schema'
import type { ActionResult } from '@/lib/platform/browser/action-result'
import { useAddress } from '@/lib/platform/browser/use-address'
import { useMay } from '../shell/permissions'
import { LifecycleTabs } from './lifecycle-tabs'
import { Reappeared } from './reappeared'
import { askedOf, runParsers } from './run-address'
import { runColumns } from './run-columns'
import { kindLabels, stateLabels } from './run-words'

interface RunsScreenProps {
  orgId: string
  /** What the server painted, and the question that it answers, as JSON. */
  first: ActionResult<RunPage>
  question: string
}

const noFilter = { kind: null, state: null, identity: null, order: null, after: null }

/** Every rotation and revocation, newest first, with what has been shown of each. */
export function RunsScreen({ orgId, first, question }: RunsScreenProps) {
  const [state, setState] = useAddress(runParsers, { history: 'push' })
  const asked = askedOf(state)
  const isFirst = JSON.stringify(asked) === question
  const list = useListPage(runListQuery(orgId, asked), first, isFirst)
  const mayAsk = useMay('lifecycle_order:request')
  const isFiltered = [state.kind, state.state, state.identity, state.order].some((value) => value !== null)
  return (
    <ListPage>
      <PageHeader
        title="Runs"
        actions={
          mayAsk ? (
            <Button asChild>
              <Link href="/emergency">
                <Siren aria-hidden />A key leaked
              </Link>
            </Button>
          ) : null
        }
        tabs={<LifecycleTabs orgId={orgId} />}
      >
        Every rotation and revocation. What a row says has been shown, not only asked for.
      </PageHeader>
      <Reappeared orgId={orgId} />
      <PagedTable
        list={list}
        what="runs"
        noun={['run', 'runs']}
        after={state.after}
        onAfter={(next) => setState({ after: next })}
        filter={
          <FilterFrame
            label="Filter the runs"
            box={null}
            facets={facetsOf(state)}
            onFacetChange={(id, [value]) => setState({ [id]: value ?? null, after: null })}
            onClear={() => setState(noFilter)}
            actions={
              state.identity || state.order ? (
                <span className="text-sm text-ink-muted">
                  only those of one {state.identity ? 'identity' : 'order'}{' '}
                  <Button variant="link" onClick={() => setState({ identity: null, order: null, after: null })}>
                    show all
                  </Button>
                </span>
              ) : undefined
            }
          />
        }
        label="Runs"
        columns={runColumns}
        rowId={(row) => row.id}
        rowName={(row) => `${kindLabels[row.kind]} of ${row.credential?.name ?? row.identity.name}`}
        rowHref={(row) => `/runs/${row.id}`}
        empty={
          isFiltered ? (
            <NoMatchState
              title="No run matches"
              actions={<Button onClick={() => setState(noFilter)}>Clear the filter</Button>}
            >
              There are runs, and none of this kind and state.
            </NoMatchState>
          ) : (
            <EmptyState
              title="Nothing was rotated or revoked yet"
              actions={
                <Button asChild variant="primary">
                  <Link href="/inventory?tab=credentials">Choose a credential</Link>
                </Button>
              }
            >
              A run begins on the page of an identity or a credential, or by a policy.
            </EmptyState>
          )
        }
      />
    </ListPage>
  )
}

function facetsOf({ kind, state }: { kind: string | null; state: string | null }) {
  return [
    {
      id: 'kind',
      label: 'Kind',
      isSingle: true,
      selected: kind === null ? [] : [kind],
      options: RunKind.options.map((value) => ({ value, label: kindLabels[value] })),
    },
    {
      id: 'state',
      label: 'State',
      isSingle: true,
      selected: state === null ? [] : [state],
      options: [
        { value: 'open', label: 'Not ended' },
        ...RunState.options.map((value) => ({ value, label: stateLabels[value] })),
      ],
    },
  ]
}

'use client'

import { useInfiniteQuery } from '@tanstack/react-query'
import { Download } from 'lucide-react'
import Link from 'next/link'
import { useMemo } from 'react'
import { GrowingTable } from '@/components/data-table/growing-table'
import { Alert } from '@/components/ui/alert'
import { Button } from '@/components/ui/button'
import { DropdownMenu, DropdownMenuContent, DropdownMenuItem, DropdownMenuTrigger } from '@/components/ui/dropdown-menu'
import { FilterBar } from '@/components/ui/filter-bar'
import { HowItWorks } from '@/components/ui/how-it-works'
import { ListPage } from '@/components/ui/list-page'
import { PageHeader } from '@/components/ui/page-header'
import { Refusal } from '@/components/ui/refusal'
import { type DecisionState, decisionParsers, outcomes, sinceChoices, toFilter } from '@/lib/decisions/filters'
import { decisionListQuery, exportHref } from '@/lib/decisions/queries'
import type { LoggedDecision } from '@/lib/decisions/schema'
import type { ActionFailure } from '@/lib/platform/browser/action-result'
import { useAddress } from '@/lib/platform/browser/use-address'
import { decisionColumns, reasonWords, sinceLabels } from './decision-columns'
import { DecisionPanel } from './decision-panel'

const noRows: LoggedDecision[] = []
const noFilter = { subject: '', resource: null, action: null, reason: null, caller: null, outcome: null, since: null }

const exportFormats = [
  { format: 'ndjson', label: 'All that is known (NDJSON)' },
  { format: 'ocsf', label: 'For a SIEM (OCSF 1.8, API Activity)' },
] as const

/** Everything that the runtime decision point answered: who wanted what on what, and why it was a yes or a no. */
export function DecisionsScreen({ orgId, refusal }: { orgId: string; refusal: ActionFailure | null }) {
  const [state, setState] = useAddress(decisionParsers, { history: 'push' })
  const filter = useMemo(() => toFilter(state, new Date()), [state])
  const isFiltered = Object.keys(filter).length > 0
  const list = useInfiniteQuery({ ...decisionListQuery(orgId, filter), enabled: refusal === null })
  const rows = useMemo(() => list.data?.pages.flatMap((page) => page.items) ?? noRows, [list.data])
  const [first] = list.data?.pages ?? []
  if (refusal !== null) {
    return (
      <>
        <PageHeader title="Decisions" />
        <Refusal what="decisions" error={refusal} />
      </>
    )
  }
  const exportButton = first?.can.export ? (
    <DropdownMenu>
      <DropdownMenuTrigger asChild>
        <Button icon={<Download aria-hidden />}>Export</Button>
      </DropdownMenuTrigger>
      <DropdownMenuContent align="end">
        {exportFormats.map(({ format, label }) => (
          <DropdownMenuItem key={format} asChild>
            <a href={exportHref(filter, format)} download>
              {label}
            </a>
          </DropdownMenuItem>
        ))}
      </DropdownMenuContent>
    </DropdownMenu>
  ) : null
  return (
    <ListPage>
      <PageHeader title="Decisions" actions={exportButton}>
        What programs asked before they acted, and what they were told. Each answer holds what was known at that moment.{' '}
        <Link href="/policies" className="text-accent-ink hover:underline">
          The policies that answer
        </Link>
      </PageHeader>
      <HowItWorks>
        <p>
          Programs ask the decision point before they act. Each answer is kept with everything that the policy saw: open
          a line to see why. A denial that a grant would lift offers exactly what to ask for.
        </p>
      </HowItWorks>
      {first && first.lost > 0 ? (
        <Alert tone="warning">
          {first.lost} answers were given and could not be written. The log of the server says when.
        </Alert>
      ) : null}
      <FilterBar
        label="Filter the decisions"
        placeholder="Id of who asked to act"
        text={state.subject}
        onTextChange={(subject) => setState({ subject })}
        facets={facetsOf(rows, state)}
        onFacetChange={(id, [value]) => setState({ [id]: value ?? null })}
        onClear={() => setState(noFilter)}
      />
      <GrowingTable
        list={list}
        label="Decisions"
        columns={decisionColumns}
        rows={rows}
        rowId={(decision) => decision.id}
        rowName={(decision) =>
          `${decision.isAllowed ? 'allowed' : 'denied'} ${decision.action ?? 'search'} of ${decision.subject.id ?? ''}`
        }
        onRowOpen={(decision) => setState({ decision: decision.id })}
        openRowId={state.decision ?? undefined}
        hasShortcuts
        failed="The decisions could not be read"
        empty={{
          title: 'Nobody has asked yet',
          says: 'A program asks with an API key that has the scope to ask: POST /access/v1/evaluation.',
        }}
        noMatch={{ title: 'No decision matches', says: 'Nothing in the log fits all of these at once.' }}
        isFiltered={isFiltered}
        onClear={() => setState(noFilter)}
      />
      <DecisionPanel orgId={orgId} id={state.decision} onClose={() => setState({ decision: null })} />
    </ListPage>
  )
}

/** What is in the rows shown can be chosen, and what is chosen already. */
function facetsOf(rows: readonly LoggedDecision[], state: DecisionState) {
  const single = (id: keyof DecisionState & string, label: string, options: { value: string; label: string }[]) => {
    const chosen = state[id]
    return { id, label, isSingle: true, selected: chosen === null ? [] : [chosen], options }
  }
  const seen = (
    of: (row: LoggedDecision) => string | null | undefined,
    chosen: string | null,
    words = (value: string) => value,
  ) =>
    [...new Set([...rows.map(of), chosen])]
      .flatMap((value) => (value ? [{ value, label: words(value) }] : []))
      .sort((a, b) => a.label.localeCompare(b.label))
  const callers = new Map(rows.map(({ caller }) => [caller.key, caller.label]))
  return [
    single(
      'outcome',
      'Answer',
      outcomes.map((value) => ({ value, label: value === 'allowed' ? 'Allowed' : 'Denied' })),
    ),
    single(
      'reason',
      'Reason',
      seen((row) => row.reason, state.reason, reasonWords),
    ),
    single(
      'action',
      'Action',
      seen((row) => row.action, state.action),
    ),
    single(
      'resource',
      'On what',
      seen((row) => row.resource?.id, state.resource),
    ),
    single(
      'caller',
      'Asked by',
      seen(
        (row) => row.caller.key,
        state.caller,
        (key) => callers.get(key) ?? key,
      ),
    ),
    single(
      'since',
      'When',
      sinceChoices.map((value) => ({ value, label: sinceLabels[value] })),
    ),
  ]
}

'use client'

import { useQuery } from '@tanstack/react-query'
import { CalendarClock, RotateCw } from 'lucide-react'
import Link from 'next/link'
import { useState } from 'react'
import { PagedTable, useListPage } from '@/components/data-table/paged-table'
import { Button } from '@/components/ui/button'
import { FilterFrame } from '@/components/ui/filter-frame'
import { ListPage } from '@/components/ui/list-page'
import { PageHeader } from '@/components/ui/page-header'
import { EmptyState, NoMatchState } from '@/components/ui/state-block'
import { type DuePage, type DueRotation, DueState } from '@/lib/lifecycle/policies'
import { dueListQuery, policyListQuery } from '@/lib/lifecycle/policy-queries'
import type { ActionResult } from '@/lib/platform/browser/action-result'
import { formatCount } from '@/lib/platform/browser/format'
import { useAddress } from '@/lib/platform/browser/use-address'
import { dueParsers } from './due-address'
import { dueColumns } from './due-columns'
import { LifecycleTabs } from './lifecycle-tabs'
import { dueLabels, toldCount } from './policy-words'
import { RotateDialog } from './rotate-dialog'
import { askedOf } from './run-address'

interface DueScreenProps {
  orgId: string
  /** What the server painted, and the question that it answers, as JSON. */
  first: ActionResult<DuePage>
  question: string
}

const noRows: DueRotation[] = []
const noFilter = { state: null, policy: null, after: null }
/** What can be rotated from here now. */
const isRotatable = ({ connection, state }: DueRotation) => connection !== null && state !== 'rotating'

/** What falls due by the rotation policies, the most urgent first, and the way to do it now. */
export function DueScreen({ orgId, first, question }: DueScreenProps) {
  const [state, setState] = useAddress(dueParsers, { history: 'push' })
  const [chosen, setChosen] = useState<string[]>([])
  const [isRotating, setIsRotating] = useState(false)
  const asked = askedOf(state)
  const isFirst = JSON.stringify(asked) === question
  const list = useListPage(dueListQuery(orgId, asked), first, isFirst)
  const { data } = list
  const policies = useQuery(policyListQuery(orgId)).data?.items
  const rows = data?.items ?? noRows
  const targets = rows.filter((row) => chosen.includes(row.credential.id) && isRotatable(row))
  const byHand = chosen.length - targets.length
  const change = (next: { state?: DueState | null; policy?: string | null }) => {
    setChosen([])
    setState({ ...next, after: null })
  }
  return (
    <ListPage>
      <PageHeader
        title="Due rotations"
        actions={
          data?.can.createPolicy ? (
            <Button asChild>
              <Link href="/runs/policies/new">New policy</Link>
            </Button>
          ) : null
        }
        tabs={<LifecycleTabs orgId={orgId} />}
      >
        {data?.counts ? summaryOf(data.counts) : 'Credentials whose time has come by a rotation policy.'}
      </PageHeader>
      <PagedTable
        list={list}
        what="due rotations"
        noun={['credential', 'credentials']}
        after={state.after}
        onAfter={(next) => setState({ after: next })}
        filter={
          <FilterFrame
            label="Filter what is due"
            box={null}
            facets={[
              {
                id: 'state',
                label: 'State',
                isSingle: true,
                selected: state.state === null ? [] : [state.state],
                options: DueState.options.map((value) => ({
                  value,
                  label: dueLabels[value],
                  ...(data?.counts?.[value] === undefined ? {} : { count: data.counts[value] }),
                })),
              },
              {
                id: 'policy',
                label: 'Policy',
                isSingle: true,
                selected: state.policy === null ? [] : [state.policy],
                options: (policies ?? []).map(({ id, name }) => ({ value: id, label: name })),
              },
            ]}
            onFacetChange={(id, [value]) =>
              change(
                id === 'policy'
                  ? { policy: value ?? null }
                  : { state: DueState.options.find((each) => each === value) ?? null },
              )
            }
            onClear={() => change(noFilter)}
            actions={
              data?.can.rotate && rows.length > 0 ? (
                <span className="flex items-center gap-2">
                  {byHand > 0 ? (
                    <span className="text-sm text-ink-muted">
                      {formatCount(byHand, 'of them is', 'of them are')} left out: by hand, or under way
                    </span>
                  ) : null}
                  <Button
                    variant="primary"
                    icon={<RotateCw aria-hidden />}
                    disabled={targets.length === 0}
                    onClick={() => setIsRotating(true)}
                  >
                    {targets.length > 0 ? `Rotate ${formatCount(targets.length, 'credential')} now` : 'Rotate now'}
                  </Button>
                </span>
              ) : undefined
            }
          />
        }
        label="Due rotations"
        columns={dueColumns}
        rowId={(row) => row.credential.id}
        rowName={(row) => row.identity.name}
        rowHref={(row) => `/inventory/${row.identity.id}?tab=credentials`}
        {...(data?.can.rotate ? { selection: chosen, onSelectionChange: setChosen } : {})}
        empty={
          <NothingDue
            page={data}
            isFiltered={state.state !== null || state.policy !== null}
            onClear={() => change(noFilter)}
          />
        }
      />
      {isRotating ? (
        <RotateDialog
          orgId={orgId}
          scope={{
            targets: targets.map(({ identity, credential }) => ({
              identityId: identity.id,
              credentialId: credential.id,
            })),
          }}
          {...(targets.length === 1 && targets[0] ? { name: targets[0].identity.name } : {})}
          onClose={() => setIsRotating(false)}
          onOrdered={() => setChosen([])}
        />
      ) : null}
    </ListPage>
  )
}

function summaryOf(counts: NonNullable<DuePage['counts']>): string {
  const { overdue = 0, due = 0, soon = 0, rotating = 0, stopped = 0 } = counts
  const parts = [
    `${toldCount(overdue)} overdue`,
    `${toldCount(due)} due`,
    `${toldCount(soon)} due within two weeks`,
    ...(rotating > 0 ? [`${toldCount(rotating)} in a rotation`] : []),
    ...(stopped > 0 ? [`${toldCount(stopped)} stopped`] : []),
  ]
  return `${parts.join(', ')}.`
}

function NothingDue({
  page,
  isFiltered,
  onClear,
}: {
  page: DuePage | undefined
  isFiltered: boolean
  onClear: () => void
}) {
  if (isFiltered)
    return <NoMatchState title="Nothing is in this state" actions={<Button onClick={onClear}>Show all</Button>} />
  if (page && page.policies === 0)
    return (
      <EmptyState
        title="No policy says when anything is due"
        actions={
          page.can.createPolicy ? (
            <Button asChild variant="primary">
              <Link href="/runs/policies/new">Make the first policy</Link>
            </Button>
          ) : undefined
        }
      >
        A policy says how old secrets may become, and can rotate them by itself in a window of yours.
      </EmptyState>
    )
  return (
    <EmptyState title="Nothing is due" actions={<CalendarClock className="size-5 text-ink-faint" aria-hidden />}>
      No credential that a policy covers is due within two weeks.
    </EmptyState>
  )
}

'use client'

import { useQuery } from '@tanstack/react-query'
import { Route } from 'lucide-react'
import Link from 'next/link'
import { DataTable } from '@/components/data-table/data-table'
import { Alert } from '@/components/ui/alert'
import { Button } from '@/components/ui/button'
import { cn } from '@/components/ui/class-names'
import { FilterBar } from '@/components/ui/filter-bar'
import { PrivilegeMark } from '@/components/ui/marks/privilege-mark'
import { Pagination } from '@/components/ui/pagination'
import { Refusal } from '@/components/ui/refusal'
import { Sheet, SheetContent } from '@/components/ui/sheet'
import { EmptyState, NoMatchState } from '@/components/ui/state-block'
import type { Reacher } from '@/lib/access-graph/blast-radius'
import { pathsHref, reacherParsers } from '@/lib/access-graph/filters'
import { reachersQuery } from '@/lib/access-graph/queries'
import { type Level, levels } from '@/lib/access-graph/score'
import { formatNumber } from '@/lib/platform/browser/format'
import { useAddress } from '@/lib/platform/browser/use-address'
import { GraphAsOf } from './explore-as-of'
import { PathSteps } from './explore-path'
import { levelLabels, sentenceOf } from './explore-words'
import { nodeHref } from './node-name'
import { reacherColumns } from './resource-reacher-columns'

const pageLength = 50
const noRows: Reacher[] = []

interface ResourceReachersProps {
  orgId: string
  resource: { id: string; name: string }
}

/** Who can reach a resource, the strongest and furthest reaching first, each with the way. */
export function ResourceReachers({ orgId, resource }: ResourceReachersProps) {
  const [state, setState] = useAddress(reacherParsers)
  const at = state.at ?? 0
  const list = useQuery(
    reachersQuery(orgId, resource.id, {
      level: state.level ?? undefined,
      q: state.q ?? undefined,
      at,
      limit: pageLength,
    }),
  )
  const { data, error } = list
  const isFiltered = state.level !== null || state.q !== null
  const clear = () => setState({ level: null, q: null, at: null })
  const goTo = (row: number) => setState({ at: row > 0 ? row : null }, { history: 'push' })
  if (error && !data)
    return <Refusal what="list of who can reach it" error={error} onRetry={() => void list.refetch()} />
  const open = data?.items.find(({ node }) => node.id !== null && node.id === state.who)
  const total = data?.total ?? 0
  return (
    <section aria-label="Who can reach it" className="flex min-w-0 flex-col">
      <div className="flex flex-wrap items-baseline justify-between gap-x-4 px-4 pt-4 pb-2 md:px-6">
        <h2 className="text-base font-medium">Who can reach it</h2>
        {data ? <GraphAsOf graph={data.graph} /> : null}
      </div>
      <LevelCounts counts={data?.counts} chosen={state.level} onChoose={(level) => setState({ level, at: null })} />
      <FilterBar
        label="Filter who can reach it"
        placeholder="Part of the name or id"
        text={state.q ?? ''}
        onTextChange={(q) => setState({ q: q.trim() || null, at: null })}
        onClear={clear}
      />
      {error ? (
        <Alert tone="danger" title="This page could not be loaded" className="mx-4 mt-3 md:mx-6" isLive>
          {error.message}
        </Alert>
      ) : null}
      <DataTable
        label={`Who can reach ${resource.name}`}
        columns={reacherColumns}
        rows={data?.items ?? noRows}
        rowId={({ node }) => node.id ?? node.externalId}
        rowName={({ node }) => node.name}
        onRowOpen={({ node }) => setState({ who: node.id })}
        openRowId={state.who ?? undefined}
        isLoading={!data || list.isPlaceholderData}
        skeletonRows={8}
        className="flex-none"
        empty={
          isFiltered ? (
            <NoMatchState title="Nobody matches" actions={<Button onClick={clear}>Show everybody</Button>}>
              Others can reach it: the filter hides them.
            </NoMatchState>
          ) : (
            <EmptyState title="Nobody is known to reach it">
              No imported file grants anything on it to an identity that could act now. That is not proof that nobody
              can: policies may lie in files that were not imported.
            </EmptyState>
          )
        }
      />
      {total > pageLength ? (
        <Pagination
          shown={data?.items.length ?? 0}
          total={{ count: total }}
          noun={['identity', 'identities']}
          isPending={list.isPlaceholderData}
          onPrevious={at > 0 ? () => goTo(Math.max(0, at - pageLength)) : undefined}
          onNext={at + pageLength < total ? () => goTo(at + pageLength) : undefined}
        />
      ) : null}
      <ReacherPanel resourceId={resource.id} reacher={open} onClose={() => setState({ who: null })} />
    </section>
  )
}

interface LevelCountsProps {
  counts: number[] | undefined
  chosen: Level | null
  onChoose: (level: Level | null) => void
}

/** How many hold which privilege, strongest first; choosing one leaves only them. */
function LevelCounts({ counts, chosen, onChoose }: LevelCountsProps) {
  return (
    <fieldset className="grid grid-cols-6 border-y sm:flex">
      <legend className="sr-only">Show only one privilege</legend>
      {levels.toReversed().map((level) => {
        const count = counts?.[levels.indexOf(level)]
        const isChosen = level === chosen
        return (
          <button
            key={level}
            type="button"
            aria-pressed={isChosen}
            disabled={count === 0 && !isChosen}
            onClick={() => onChoose(isChosen ? null : level)}
            className={cn(
              'flex min-w-0 flex-1 flex-col gap-0.5 border-r px-4 py-2 text-left last:border-r-0 not-disabled:hover:bg-hover focus-visible:-outline-offset-2 md:first-of-type:pl-6',
              // On a telephone three, and two below.
              'col-span-2 nth-of-type-[n+4]:col-span-3 max-sm:nth-of-type-[n+4]:border-t max-sm:nth-of-type-[3]:border-r-0',
              isChosen && 'bg-accent-wash hover:bg-accent-wash',
            )}
          >
            <span className="flex items-center gap-1.5 text-xs text-ink-muted">
              <PrivilegeMark privilege={level === 'unknown' ? undefined : level} />
              <span aria-hidden>{levelLabels[level]}</span>
            </span>
            <span className={cn('tabular text-base', count ? 'font-medium' : 'text-ink-muted')}>
              {count === undefined ? '–' : formatNumber(count)}
            </span>
          </button>
        )
      })}
    </fieldset>
  )
}

interface ReacherPanelProps {
  resourceId: string
  reacher: Reacher | undefined
  onClose: () => void
}

/** The way by which one identity reaches the resource, step by step. */
function ReacherPanel({ resourceId, reacher, onClose }: ReacherPanelProps) {
  const href = reacher ? nodeHref(reacher.node) : null
  return (
    <Sheet open={reacher !== undefined} onOpenChange={(isOpen) => (isOpen ? undefined : onClose())}>
      {reacher ? (
        <SheetContent
          size="lg"
          title={reacher.node.name}
          description={sentenceOf(reacher.path)}
          footer={
            <>
              {href ? (
                <Button asChild variant="ghost">
                  <Link href={href}>Open its page</Link>
                </Button>
              ) : null}
              {reacher.node.id ? (
                <Button asChild>
                  <Link href={pathsHref({ start: reacher.node.id, end: resourceId })}>
                    <Route aria-hidden />
                    All paths to it
                  </Link>
                </Button>
              ) : null}
            </>
          }
        >
          <h3 className="mb-2 text-sm font-medium">The shortest way</h3>
          <PathSteps steps={reacher.path} />
        </SheetContent>
      ) : null}
    </Sheet>
  )
}

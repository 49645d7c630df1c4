'use client'

import type { UseQueryResult } from '@tanstack/react-query'
import { ArrowLeftRight, ChevronRight, TriangleAlert } from 'lucide-react'
import { useState } from 'react'
import { Button } from '@/components/ui/button'
import { cn } from '@/components/ui/class-names'
import { PrivilegeMark } from '@/components/ui/marks/privilege-mark'
import { Refusal } from '@/components/ui/refusal'
import { Skeleton } from '@/components/ui/skeleton'
import { NoMatchState } from '@/components/ui/state-block'
import type { PathStep, Paths } from '@/lib/access-graph/blast-radius'
import type { Level } from '@/lib/access-graph/score'
import { formatCount } from '@/lib/platform/browser/format'
import { isAppError } from '@/lib/platform/errors'
import { GraphAsOf } from './explore-as-of'
import { PathSteps } from './explore-path'
import { doubtsOf, sentenceOf } from './explore-words'

interface PathAnswerProps {
  answer: UseQueryResult<Paths>
  /** Only some kinds of edges may be used. */
  hasKinds: boolean
  onReverse: () => void
  onAllKinds: () => void
  /** Asks for more paths; absent when that many were asked for already. */
  onMore: (() => void) | undefined
}

/** The paths that were found, as sentences that open step by step; or why there is none. */
export function PathAnswer({ answer, hasKinds, onReverse, onAllKinds, onMore }: PathAnswerProps) {
  const { data, error } = answer
  if (isAppError(error) && error.code === 'invalid_input') {
    return (
      <NoMatchState title={error.message}>
        Each end is an identity, a person, a role or a resource, and the two are not the same.
      </NoMatchState>
    )
  }
  if (error && !data) return <Refusal what="paths" error={error} onRetry={() => void answer.refetch()} />
  if (!data) return <PathSkeleton />
  const { paths, from, to, hasMore, graph } = data
  if (paths.length === 0) {
    return (
      <NoMatchState
        title={`No path leads from ${from.name} to ${to.name}`}
        actions={
          <>
            <Button icon={<ArrowLeftRight aria-hidden />} onClick={onReverse}>
              Look the other way
            </Button>
            {hasKinds ? <Button onClick={onAllKinds}>Use every kind of edge</Button> : null}
          </>
        }
      >
        {hasKinds
          ? 'None uses only the chosen kinds of edges. '
          : 'Every kind of edge was followed, however long the way. '}
        Policies in files that were not imported are not known here. <GraphAsOf graph={graph} />
      </NoMatchState>
    )
  }
  return (
    <section aria-label="Paths" aria-busy={answer.isFetching || undefined}>
      <div className="flex flex-wrap items-baseline justify-between gap-x-4 border-b px-4 py-2 md:px-6">
        <p role="status" className="text-sm font-medium">
          {formatCount(paths.length, 'path')}
          {hasMore ? ', and there are more' : ''}
        </p>
        <GraphAsOf graph={graph} />
      </div>
      <ol>
        {paths.map(({ steps, level }, index) => (
          <PathItem
            key={steps.map((step) => step.edgeId ?? step.to.id).join(' ')}
            steps={steps}
            level={level}
            isFirst={index === 0}
          />
        ))}
      </ol>
      {hasMore && onMore ? (
        <div className="px-4 py-3 md:px-6">
          <Button onClick={onMore}>Show up to 20</Button>
        </div>
      ) : null}
    </section>
  )
}

function PathItem({ steps, level, isFirst }: { steps: PathStep[]; level: Level | null; isFirst: boolean }) {
  const [isOpen, setIsOpen] = useState(isFirst)
  const doubts = doubtsOf(steps)
  return (
    <li className="border-b">
      <button
        type="button"
        aria-expanded={isOpen}
        onClick={() => setIsOpen(!isOpen)}
        className="flex w-full items-start gap-2 px-4 py-2.5 text-left hover:bg-hover focus-visible:-outline-offset-2 md:px-6"
      >
        <ChevronRight
          className={cn('mt-0.5 size-4 shrink-0 text-ink-faint transition-transform', isOpen && 'rotate-90')}
          aria-hidden
        />
        <span className="min-w-0 flex-1 text-sm [overflow-wrap:anywhere]">{sentenceOf(steps)}</span>
        <span className="flex shrink-0 flex-wrap items-center justify-end gap-x-3 text-xs text-ink-muted max-sm:flex-col max-sm:items-end">
          {doubts > 0 ? (
            <span className="inline-flex items-center gap-1 text-warning-ink">
              <TriangleAlert className="size-3.5" aria-hidden />
              {formatCount(doubts, 'condition')}
            </span>
          ) : null}
          {level ? <PrivilegeMark privilege={level === 'unknown' ? undefined : level} hasLabel /> : null}
          <span className="tabular">{formatCount(steps.length, 'step')}</span>
        </span>
      </button>
      {isOpen ? (
        <div className="px-4 pb-4 pl-10 md:pr-6 md:pl-14">
          <PathSteps steps={steps} />
        </div>
      ) : null}
    </li>
  )
}

function PathSkeleton() {
  return (
    <div aria-busy className="flex flex-col">
      <p className="sr-only" role="status">
        Looking for paths
      </p>
      {['w-3/5', 'w-2/5', 'w-1/2'].map((width) => (
        <div key={width} className="flex h-10 items-center border-b px-4 md:px-6">
          <Skeleton className={width} />
        </div>
      ))}
    </div>
  )
}

'use client'

import { useQuery, useQueryClient } from '@tanstack/react-query'
import { DescriptionList } from '@/components/ui/description-list'
import { EnvironmentTag } from '@/components/ui/marks/environment-tag'
import { PrivilegeMark } from '@/components/ui/marks/privilege-mark'
import { SensitivityMark } from '@/components/ui/marks/sensitivity-mark'
import { SystemTag } from '@/components/ui/marks/system-tag'
import { MiddleTruncate } from '@/components/ui/middle-truncate'
import { Refusal } from '@/components/ui/refusal'
import { Sheet, SheetContent } from '@/components/ui/sheet'
import { Skeleton } from '@/components/ui/skeleton'
import type { PathStep, ReachedPage, ReachedResource } from '@/lib/access-graph/blast-radius'
import { graphKey, pathsQuery } from '@/lib/access-graph/queries'
import { formatWord } from '@/lib/platform/browser/format'
import { PathSteps } from './explore-path'
import { doubtsOf, sentenceOf } from './explore-words'
import { WhatIfSteps } from './what-if-steps'

interface ReachedPanelProps {
  orgId: string
  identity: { id: string; name: string }
  /** Of the reached resource. */
  id: string | null
  onClose: () => void
}

/** The way to one reached resource, step by step, with where each is known from. */
export function ReachedPanel({ orgId, identity, id, onClose }: ReachedPanelProps) {
  const client = useQueryClient()
  const row =
    id === null
      ? undefined
      : shownRow(client.getQueriesData<ReachedPage>({ queryKey: [...graphKey(orgId), 'reached', identity.id] }), id)
  // A link from elsewhere opens a row that is on none of the pages that are loaded.
  const asked = useQuery({
    ...pathsQuery(orgId, { from: identity.id, to: id ?? identity.id, k: 1 }),
    enabled: id !== null && !row,
  })
  const [shortest] = asked.data?.paths ?? []
  const path = row?.path ?? shortest?.steps
  const title = row?.name ?? asked.data?.to.name ?? 'Reached resource'
  return (
    <Sheet open={id !== null} onOpenChange={(isOpen) => (isOpen ? undefined : onClose())}>
      {id !== null ? (
        <SheetContent size="lg" title={title} description={path ? sentenceOf(path) : undefined}>
          {path && path.length > 0 ? (
            <ReachedPath path={path}>{row ? <DescriptionList items={itemsOf(row)} /> : null}</ReachedPath>
          ) : asked.error ? (
            <Refusal what="way" error={asked.error} onRetry={() => void asked.refetch()} />
          ) : asked.data ? (
            <p className="text-sm text-ink-muted">
              No way leads from {identity.name} to {asked.data.to.name} any more.
            </p>
          ) : (
            <div aria-busy className="flex flex-col gap-4 py-2">
              <Skeleton className="w-2/3" />
              <Skeleton className="w-4/5" />
              <Skeleton className="w-1/2" />
            </div>
          )}
        </SheetContent>
      ) : null}
    </Sheet>
  )
}

function shownRow(pages: [readonly unknown[], ReachedPage | undefined][], id: string): ReachedResource | undefined {
  return pages
    .flatMap(([, page]) => (page && 'items' in page ? page.items : []))
    .find((row) => row.id === id && 'path' in row)
}

interface ReachedPathProps {
  path: PathStep[]
  children?: React.ReactNode
}

/** A path in the panel: its steps, what it rests on, and what cutting one of them would do. */
export function ReachedPath({ path, children }: ReachedPathProps) {
  const doubts = doubtsOf(path)
  return (
    <div className="flex flex-col gap-6">
      <section aria-label="Way">
        <h3 className="mb-2 text-sm font-medium">Way, step by step</h3>
        {/* In a panel a step has two lines: what it says, and how that is known. */}
        <div className="[&_li>span:first-child]:col-span-full [&_li]:lg:grid-cols-[8rem_9rem_minmax(0,1fr)]!">
          <PathSteps steps={path} />
        </div>
        {doubts > 0 ? (
          <p className="mt-2 text-sm text-warning-ink">
            {doubts === 1 ? 'One step of it holds' : `${doubts} steps of it hold`} only under a condition, or could not
            be evaluated in full.
          </p>
        ) : null}
      </section>
      <WhatIfSteps steps={path} />
      {children}
    </div>
  )
}

function itemsOf(row: ReachedResource) {
  return [
    { term: 'Privilege', detail: <PrivilegeMark privilege={row.privilege ?? undefined} hasLabel /> },
    { term: 'Sensitivity', detail: <SensitivityMark sensitivity={row.sensitivity} /> },
    { term: 'Kind', detail: formatWord(row.kind, true) },
    { term: 'System', detail: <SystemTag system={row.system} /> },
    { term: 'Environment', detail: <EnvironmentTag environment={row.environment} /> },
    { term: 'Id at its source', detail: <MiddleTruncate value={row.externalId} copyLabel="id" /> },
  ]
}

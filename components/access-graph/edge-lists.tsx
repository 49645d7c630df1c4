'use client'

import { Ban } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { BasisLine } from '@/components/ui/marks/basis-line'
import { Pagination } from '@/components/ui/pagination'
import type { Impersonator, OpenEnd } from '@/lib/access-graph/schema'
import { formatNumber } from '@/lib/platform/browser/format'
import { hopWords } from './hop-words'
import { NodeName } from './node-name'
import { Condition, RouteTrail } from './route-trail'

const line = 'flex min-h-row flex-wrap items-center gap-x-2 gap-y-0.5 border-b py-1 last:border-b-0'

/** Rows of each page: the list stands beside the table of grants. */
const pageLength = 20

/** A few at a time of what came with the first page. `total`: how many there are, listed or not. */
function Leaves<Item>({ items, total, noun, children }: LeavesProps<Item>) {
  const [begin, setBegin] = useState(0)
  const shown = items.slice(begin, begin + pageLength)
  return (
    <>
      <ul className="flex flex-col">{shown.map(children)}</ul>
      {items.length > pageLength ? (
        <Pagination
          shown={shown.length}
          total={{ count: total }}
          noun={noun}
          onPrevious={begin > 0 ? () => setBegin(begin - pageLength) : undefined}
          onNext={begin + pageLength < items.length ? () => setBegin(begin + pageLength) : undefined}
          className="px-0 md:px-0"
        />
      ) : null}
      {total > items.length ? (
        <p className="text-xs text-ink-muted">The first {formatNumber(items.length)} are listed.</p>
      ) : null}
    </>
  )
}

interface LeavesProps<Item> {
  items: Item[]
  total: number
  noun: [string, string]
  children: (item: Item) => ReactNode
}

/** Ways onwards whose end no import has told of. */
export function OpenEndList({ ends, total }: { ends: OpenEnd[]; total: number }) {
  return (
    <Leaves items={ends} total={total} noun={['end', 'ends']}>
      {({ id, hop, route }) => (
        <li key={id} className={line}>
          {route.length > 0 ? <RouteTrail route={route} /> : null}
          <span className="text-ink-muted">{hopWords[hop.kind]}</span>
          <NodeName node={hop.to} />
          {hop.condition ? <Condition label="Only if" text={hop.condition} /> : null}
        </li>
      )}
    </Leaves>
  )
}

/** Principals that become an identity in one step, and those to whom that is denied. */
export function BecomingList({ edges, total }: { edges: Impersonator[]; total: number }) {
  if (edges.length === 0) {
    return <p className="text-sm text-ink-muted">No imported file lets anyone assume, impersonate or run as it.</p>
  }
  return (
    <Leaves items={edges} total={total} noun={['principal', 'principals']}>
      {({ id, from, kind, effect, basis, condition, notEvaluable }) => (
        <li key={id} className={line}>
          <NodeName node={from} />
          {effect === 'deny' ? (
            <span className="inline-flex items-center gap-1 text-danger-ink">
              <Ban className="size-3.5" aria-hidden />
              may not
            </span>
          ) : null}
          <span className="text-ink-muted">{hopWords[kind]} it</span>
          {condition ? <Condition label="Only if" text={condition} /> : null}
          {notEvaluable ? <Condition label="Not evaluated" text={notEvaluable} /> : null}
          <BasisLine basis={basis} className="ml-auto text-xs text-ink-muted" />
        </li>
      )}
    </Leaves>
  )
}

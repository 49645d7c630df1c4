import { Route, Scissors } from 'lucide-react'
import Link from 'next/link'
import type { DataColumn } from '@/components/data-table/data-column'
import { Button } from '@/components/ui/button'
import { BasisLine } from '@/components/ui/marks/basis-line'
import { PrivilegeMark } from '@/components/ui/marks/privilege-mark'
import { RelativeTime } from '@/components/ui/relative-time'
import type { ChokePoint, ChokePoints } from '@/lib/access-graph/blast-radius'
import { pathsHref } from '@/lib/access-graph/filters'
import { identityHref } from '@/lib/identities/rules'
import { formatNumber } from '@/lib/platform/browser/format'
import { shareWords, verbOf } from './explore-words'
import { NodeName } from './node-name'
import { noChanges, printChanges } from './what-if-address'

/** The columns of choke points; bars are measured against the greatest effect, shares against the organization's total. */
export function chokeColumns(points: ChokePoints | undefined): DataColumn<ChokePoint>[] {
  const greatest = Math.max(0, ...(points?.items.map(({ effect }) => effect) ?? []))
  const total = points?.total ?? 0
  // First, as it is what the list is ranked by: it stays in sight where the rest is scrolled.
  return [
    {
      id: 'effect',
      header: 'Cutting it takes away',
      width: 184,
      cell: ({ effect }) => <Effect effect={effect} greatest={greatest} total={total} />,
    },
    { id: 'from', header: 'From', width: 190, isGrowing: true, cell: ({ step }) => <NodeName node={step.from} /> },
    {
      id: 'verb',
      header: 'Edge',
      width: 108,
      cell: ({ step }) => (
        <span className="flex min-w-0 items-center gap-2 text-ink-muted">
          {step.kind === 'grants' ? (
            <PrivilegeMark privilege={step.level === 'unknown' || step.level === null ? undefined : step.level} />
          ) : null}
          <span className="truncate">{verbOf(step)}</span>
        </span>
      ),
    },
    { id: 'to', header: 'To', width: 190, isGrowing: true, cell: ({ step }) => <NodeName node={step.to} /> },
    {
      id: 'identities',
      header: 'Identities',
      width: 92,
      align: 'end',
      cell: ({ identities }) => formatNumber(identities),
    },
    { id: 'pairs', header: 'Access ended', width: 108, align: 'end', cell: ({ pairs }) => formatNumber(pairs) },
    { id: 'known', header: 'Use', width: 132, cell: ({ step }) => <Use step={step} /> },
    { id: 'next', header: 'Look closer', width: 184, cell: (point) => <Next point={point} /> },
  ]
}

function Effect({ effect, greatest, total }: { effect: number; greatest: number; total: number }) {
  const share = greatest > 0 ? effect / greatest : 0
  return (
    <span className="grid grid-cols-[2.75rem_1fr_3.25rem] items-center gap-2">
      <span className="tabular text-right font-medium">{effect.toFixed(1)}</span>
      <span aria-hidden data-mark className="h-1.5 overflow-hidden rounded-xs bg-hover">
        <span className="block h-full rounded-xs bg-accent" style={{ width: `max(2px, ${share * 100}%)` }} />
      </span>
      <span className="tabular text-xs text-ink-muted">{total > 0 ? shareWords(effect / total) : ''}</span>
    </span>
  )
}

/** The blast radius of an identity as it would be without this edge. */
function whatIfHref(identityId: string, edgeId: string): string {
  const search = new URLSearchParams({ 'what-if': printChanges({ ...noChanges, cutEdges: [edgeId] }) })
  return `${identityHref(identityId, 'blast-radius')}&${search}`
}

/** Whether the edge was seen in use, and when last. */
function Use({ step: { basis, lastUsedAt } }: { step: ChokePoint['step'] }) {
  return (
    <span className="inline-flex items-center gap-2">
      <BasisLine basis={basis} hasLabel={false} />
      {lastUsedAt ? <RelativeTime at={lastUsedAt} /> : <span className="text-ink-muted italic">not known</span>}
    </span>
  )
}

function Next({ point: { step, mostAffected } }: { point: ChokePoint }) {
  const { from, to, edgeId } = step
  return (
    <span className="-ml-2 flex items-center">
      {mostAffected?.id && edgeId ? (
        <Button asChild size="sm" variant="ghost">
          <Link
            href={whatIfHref(mostAffected.id, edgeId)}
            prefetch={false}
            aria-label={`What if ${mostAffected.name} lost this?`}
            title={`What ${mostAffected.name} would lose, the most affected`}
          >
            <Scissors aria-hidden />
            What if
          </Link>
        </Button>
      ) : null}
      {from.id && to.id && to.type !== 'credential' ? (
        <Button asChild size="sm" variant="ghost">
          <Link
            href={pathsHref({ start: from.id, end: to.id })}
            prefetch={false}
            aria-label={`Paths from ${from.name} to ${to.name}`}
          >
            <Route aria-hidden />
            Paths
          </Link>
        </Button>
      ) : null}
    </span>
  )
}

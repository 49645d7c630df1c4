import { TriangleAlert } from 'lucide-react'
import Link from 'next/link'
import type { DataColumn } from '@/components/data-table/data-column'
import { tierLabels } from '@/components/grants/grant-words'
import { Button } from '@/components/ui/button'
import { SystemTag } from '@/components/ui/marks/system-tag'
import { RelativeTime } from '@/components/ui/relative-time'
import { formatCount } from '@/lib/platform/browser/format'
import { reasonSays } from '@/lib/standing/rules'
import type { StandingHolder } from '@/lib/standing/schema'

/** Where somebody who may ask for access puts an end to what has none. */
function Replace({ holder }: { holder: StandingHolder }) {
  if (holder.kind === 'user')
    return (
      <Button asChild size="sm">
        <Link href="/settings/members" aria-label={`Lower the role of ${holder.name}`}>
          Lower the role
        </Link>
      </Button>
    )
  if (holder.replacedBy)
    return (
      <Link href={`/grants/${holder.replacedBy}`} className="text-accent-ink hover:underline">
        A grant waits
      </Link>
    )
  return (
    <Button asChild size="sm">
      <Link href={`/grants/new?instead=${holder.id}`} aria-label={`Replace the access of ${holder.name} by a grant`}>
        Replace by a grant
      </Link>
    </Button>
  )
}

export const standingColumns = (canReplace: boolean): DataColumn<StandingHolder>[] => [
  {
    id: 'name',
    header: 'Who',
    width: 190,
    isRowLink: true,
    isPinned: true,
    cell: ({ name }) => (
      <span className="truncate font-medium" title={name}>
        {name}
      </span>
    ),
  },
  {
    id: 'tier',
    header: 'Weight',
    width: 100,
    cell: ({ tier }) => (
      <span className="inline-flex items-center gap-1.5">
        {tier === 'highest' ? <TriangleAlert className="size-3.5 text-danger-ink" aria-hidden /> : null}
        {tierLabels[tier]}
      </span>
    ),
  },
  {
    id: 'blast',
    header: 'Blast radius',
    width: 104,
    align: 'end',
    cell: ({ score }) => (score === null ? <span className="text-ink-muted">none</span> : score.toFixed(1)),
  },
  {
    id: 'why',
    header: 'Why',
    width: 190,
    isGrowing: true,
    cell: ({ reason }) => (
      <span className="truncate" title={reasonSays[reason]}>
        {reasonSays[reason]}
      </span>
    ),
  },
  {
    id: 'rights',
    header: 'Without an end',
    width: 128,
    cell: ({ rights, role }) => (role === null ? formatCount(rights, 'right') : `the role ${role}`),
  },
  {
    id: 'where',
    header: 'Where',
    width: 140,
    cell: ({ source }) =>
      source ? <SystemTag system={source.system} label={source.name} /> : <span>this organization</span>,
  },
  {
    id: 'since',
    header: 'Known since',
    width: 108,
    cell: ({ since }) => <RelativeTime at={since} />,
  },
  ...(canReplace
    ? [
        {
          id: 'act',
          header: 'Put an end to it',
          width: 186,
          cell: (holder: StandingHolder) => <Replace holder={holder} />,
        },
      ]
    : []),
]

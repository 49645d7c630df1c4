import { History, Route, X } from 'lucide-react'
import Link from 'next/link'
import type { DataColumn } from '@/components/data-table/data-column'
import { Button } from '@/components/ui/button'
import { IconButton } from '@/components/ui/icon-button'
import { RelativeTime } from '@/components/ui/relative-time'
import type { CrownJewel } from '@/lib/access-graph/blast-radius'
import { pathsHref } from '@/lib/access-graph/filters'
import { formatNumber } from '@/lib/platform/browser/format'
import { kindWord } from './explore-node-picker'
import { NodeName } from './node-name'

/** The columns of crown jewels; without `onUnmark` for who may not. */
export function jewelColumns(onUnmark: ((jewel: CrownJewel) => void) | undefined): DataColumn<CrownJewel>[] {
  return [
    { id: 'name', header: 'Crown jewel', width: 200, isGrowing: true, cell: ({ node }) => <NodeName node={node} /> },
    {
      id: 'kind',
      header: 'Kind',
      width: 130,
      cell: ({ node }) => <span className="block truncate">{kindWord(node)}</span>,
    },
    {
      id: 'reachers',
      header: 'Reached by',
      width: 110,
      align: 'end',
      cell: ({ reachers }) =>
        reachers === 0 ? <span className="text-ink-muted">nobody</span> : formatNumber(reachers),
    },
    {
      id: 'note',
      header: 'Why',
      width: 170,
      isGrowing: true,
      cell: ({ note }) =>
        note ? (
          <span className="block truncate" title={note}>
            {note}
          </span>
        ) : (
          <span className="text-ink-muted">no note</span>
        ),
    },
    {
      id: 'marked',
      header: 'Marked',
      width: 190,
      cell: ({ markedAt, markedBy }) => (
        <span className="block truncate text-ink-muted">
          <RelativeTime at={markedAt} /> by {markedBy}
        </span>
      ),
    },
    {
      id: 'actions',
      header: 'Actions',
      width: 210,
      align: 'end',
      cell: (jewel) => (
        <span className="inline-flex items-center gap-1">
          <Button asChild size="sm" variant="ghost">
            <Link
              href={`/explore/crown-jewels?jewel=${jewel.id}`}
              scroll={false}
              prefetch={false}
              aria-label={`Timeline of ${jewel.node.name}`}
            >
              <History aria-hidden />
              Timeline
            </Link>
          </Button>
          {jewel.node.id ? (
            <Button asChild size="sm" variant="ghost">
              <Link
                href={pathsHref({ end: jewel.node.id })}
                prefetch={false}
                aria-label={`Find paths to ${jewel.node.name}`}
              >
                <Route aria-hidden />
                Paths
              </Link>
            </Button>
          ) : null}
          {onUnmark ? (
            <IconButton label={`Unmark ${jewel.node.name}`} size="sm" onClick={() => onUnmark(jewel)}>
              <X aria-hidden />
            </IconButton>
          ) : null}
        </span>
      ),
    },
  ]
}

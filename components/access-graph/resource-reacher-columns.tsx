import type { DataColumn } from '@/components/data-table/data-column'
import { PrivilegeMark } from '@/components/ui/marks/privilege-mark'
import { RelativeTime } from '@/components/ui/relative-time'
import type { Reacher } from '@/lib/access-graph/blast-radius'
import { PathLine } from './explore-path'
import { NodeName } from './node-name'

/** The columns of who can reach a resource. */
export const reacherColumns: DataColumn<Reacher>[] = [
  { id: 'name', header: 'Identity', width: 220, isGrowing: true, cell: ({ node }) => <NodeName node={node} /> },
  {
    id: 'privilege',
    header: 'Privilege',
    width: 124,
    cell: ({ privilege }) => <PrivilegeMark privilege={privilege ?? undefined} hasLabel />,
  },
  { id: 'path', header: 'Way', width: 240, isGrowing: true, cell: ({ path }) => <PathLine steps={path} /> },
  {
    id: 'score',
    header: 'Blast radius',
    width: 104,
    align: 'end',
    cell: ({ score }) =>
      score === null ? <span className="text-ink-muted italic">not scored</span> : score.toFixed(1),
  },
  {
    id: 'lastUsed',
    header: 'Way last used',
    width: 124,
    cell: ({ lastUsedAt }) => <RelativeTime at={lastUsedAt ?? undefined} />,
  },
]

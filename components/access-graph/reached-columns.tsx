import type { DataColumn } from '@/components/data-table/data-column'
import { EnvironmentTag } from '@/components/ui/marks/environment-tag'
import { PrivilegeMark } from '@/components/ui/marks/privilege-mark'
import { SensitivityMark } from '@/components/ui/marks/sensitivity-mark'
import { SystemTag } from '@/components/ui/marks/system-tag'
import type { ReachedResource } from '@/lib/access-graph/blast-radius'
import { formatNumber } from '@/lib/platform/browser/format'
import { PathLine } from './explore-path'
import { doubtsOf, kindLabel } from './explore-words'
import { NodeName } from './node-name'

/** What is reached, how, and by which way. */
export const reachedColumns: DataColumn<ReachedResource>[] = [
  {
    id: 'name',
    header: 'Resource',
    width: 260,
    sortKey: 'name',
    cell: ({ id, name, externalId, kind }) => <NodeName node={{ type: 'resource', id, name, externalId, kind }} />,
  },
  {
    id: 'level',
    header: 'Privilege',
    width: 130,
    sortKey: 'level',
    sortFirst: 'desc',
    cell: ({ privilege }) => <PrivilegeMark privilege={privilege ?? undefined} hasLabel />,
  },
  {
    id: 'sensitivity',
    header: 'Sensitivity',
    width: 120,
    sortKey: 'sensitivity',
    sortFirst: 'desc',
    cell: ({ sensitivity }) => <SensitivityMark sensitivity={sensitivity} />,
  },
  {
    id: 'path',
    header: 'Way',
    width: 280,
    isGrowing: true,
    cell: ({ path }) => (
      <span className="flex min-w-0 items-center gap-2">
        <PathLine steps={path} />
        {doubtsOf(path) > 0 ? (
          <span
            className="shrink-0 text-xs text-warning-ink"
            title="A step of it holds only under a condition, or could not be evaluated in full"
          >
            if
          </span>
        ) : null}
      </span>
    ),
  },
  {
    id: 'hops',
    header: 'Steps',
    width: 76,
    align: 'end',
    sortKey: 'hops',
    cell: ({ path }) => formatNumber(path.length),
  },
  {
    id: 'system',
    header: 'System',
    width: 120,
    sortKey: 'system',
    cell: ({ system }) => <SystemTag system={system} />,
  },
  {
    id: 'kind',
    header: 'Kind',
    width: 116,
    cell: ({ kind }) => <span className="truncate">{kindLabel(kind)}</span>,
  },
  {
    id: 'environment',
    header: 'Environment',
    width: 120,
    cell: ({ environment }) => <EnvironmentTag environment={environment} />,
  },
]

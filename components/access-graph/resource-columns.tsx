import type { DataColumn } from '@/components/data-table/data-column'
import { EnvironmentTag } from '@/components/ui/marks/environment-tag'
import { SensitivityMark } from '@/components/ui/marks/sensitivity-mark'
import { SystemTag } from '@/components/ui/marks/system-tag'
import { MiddleTruncate } from '@/components/ui/middle-truncate'
import type { resourceSorts } from '@/lib/access-graph/filters'
import type { Resource } from '@/lib/access-graph/schema'
import { kindLabel } from './explore-words'
import { ResourceName } from './resource-name'

type Column = DataColumn<Resource> & { sortKey?: (typeof resourceSorts)[number] }

/** The columns of resources. `jewels`: ids of those that are marked as crown jewels. */
export function resourceColumns(jewels: ReadonlySet<string>): Column[] {
  return [
    {
      id: 'name',
      header: 'Name',
      width: 220,
      isGrowing: true,
      isRowLink: true,
      sortKey: 'name',
      cell: ({ id, name }) => <ResourceName name={name} isJewel={jewels.has(id)} />,
    },
    {
      id: 'kind',
      header: 'Kind',
      width: 170,
      sortKey: 'kind',
      cell: ({ kind }) => <span className="block truncate">{kindLabel(kind)}</span>,
    },
    {
      id: 'sensitivity',
      header: 'Sensitivity',
      width: 130,
      sortKey: 'sensitivity',
      sortFirst: 'desc',
      cell: ({ sensitivity }) => <SensitivityMark sensitivity={sensitivity} />,
    },
    {
      id: 'environment',
      header: 'Environment',
      width: 130,
      cell: ({ environment }) => <EnvironmentTag environment={environment} />,
    },
    {
      id: 'system',
      header: 'Source',
      width: 190,
      cell: ({ source }) => <SystemTag system={source.system} label={source.name} />,
    },
    {
      id: 'externalId',
      header: 'Id at its source',
      width: 260,
      isGrowing: true,
      cell: ({ externalId }) => <MiddleTruncate value={externalId} keepEnd={16} className="text-ink-muted" />,
    },
  ]
}

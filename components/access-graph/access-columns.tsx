import { Ban, TriangleAlert } from 'lucide-react'
import type { DataColumn } from '@/components/data-table/data-column'
import { BasisLine } from '@/components/ui/marks/basis-line'
import { EnvironmentTag } from '@/components/ui/marks/environment-tag'
import { ExpiryText } from '@/components/ui/marks/expiry-text'
import { PrivilegeMark } from '@/components/ui/marks/privilege-mark'
import { SensitivityMark } from '@/components/ui/marks/sensitivity-mark'
import { SystemTag } from '@/components/ui/marks/system-tag'
import { RelativeTime } from '@/components/ui/relative-time'
import type { AccessRow } from '@/lib/access-graph/schema'
import { formatNumber } from '@/lib/platform/browser/format'
import { NodeName } from './node-name'
import { RouteTrail } from './route-trail'

/** What an identity may do on what: denials, conditions and unknown ends can be told apart at a glance. */
export const accessColumns: DataColumn<AccessRow>[] = [
  { id: 'resource', header: 'Resource', width: 230, cell: ({ resource }) => <NodeName node={resource} /> },
  {
    id: 'privilege',
    header: 'Privilege',
    width: 134,
    cell: (row) =>
      row.effect === 'deny' ? (
        <span className="inline-flex items-center gap-1.5 text-danger-ink">
          <Ban className="size-3.5" aria-hidden />
          denied
        </span>
      ) : (
        <span className="inline-flex items-center gap-2">
          <PrivilegeMark privilege={row.privilege ?? undefined} hasLabel />
          {row.condition || row.notEvaluable ? (
            <TriangleAlert
              className="size-3.5 text-warning-ink"
              aria-label={row.condition ? 'under a condition' : 'not fully evaluated'}
            />
          ) : null}
        </span>
      ),
  },
  {
    id: 'scopes',
    header: 'Scopes',
    width: 184,
    cell: ({ scopes, scopeCount }) => (
      <span className="flex min-w-0 items-baseline gap-2" title={scopes.join(', ')}>
        <span className="truncate font-mono text-xs">{scopes[0] ?? '–'}</span>
        {scopeCount > 1 ? (
          <span className="tabular shrink-0 text-xs text-ink-muted">+{formatNumber(scopeCount - 1)}</span>
        ) : null}
      </span>
    ),
  },
  { id: 'route', header: 'Route', width: 250, isGrowing: true, cell: ({ route }) => <RouteTrail route={route} /> },
  {
    id: 'sensitivity',
    header: 'Sensitivity',
    width: 116,
    cell: ({ resource }) => <SensitivityMark sensitivity={resource.sensitivity} />,
  },
  {
    id: 'environment',
    header: 'Environment',
    width: 108,
    cell: ({ resource }) => <EnvironmentTag environment={resource.environment} />,
  },
  {
    id: 'ends',
    header: 'Ends',
    width: 112,
    cell: ({ expiresAt }) =>
      expiresAt ? <ExpiryText expiresAt={expiresAt} /> : <span className="text-ink-muted">standing</span>,
  },
  { id: 'basis', header: 'Known by', width: 124, cell: ({ basis }) => <BasisLine basis={basis} /> },
  {
    id: 'firstSeen',
    header: 'First seen',
    width: 104,
    cell: ({ firstSeenAt }) => <RelativeTime at={firstSeenAt} />,
  },
  {
    id: 'lastSeen',
    header: 'Last seen',
    width: 104,
    cell: ({ lastSeenAt }) => <RelativeTime at={lastSeenAt ?? undefined} />,
  },
  {
    id: 'source',
    header: 'Told by',
    width: 160,
    cell: ({ tellers: [first] }) =>
      first ? <SystemTag system={first.system} label={first.sourceName} /> : <span className="italic">unknown</span>,
  },
]

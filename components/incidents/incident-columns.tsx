import { Siren } from 'lucide-react'
import type { DataColumn } from '@/components/data-table/data-column'
import { Badge } from '@/components/ui/badge'
import { RelativeTime } from '@/components/ui/relative-time'
import type { Incident } from '@/lib/incidents/schema'
import { severityFacts } from '@/lib/incidents/values'
import { scopeWords, severityTone } from './incident-words'

export function SeverityBadge({ severity, state }: Pick<Incident, 'severity' | 'state'>) {
  const isOpen = state === 'open'
  return (
    <Badge tone={isOpen ? severityTone[severity] : 'quiet'} icon={isOpen ? <Siren aria-hidden /> : undefined}>
      {severityFacts[severity].label}
    </Badge>
  )
}

export const incidentColumns: DataColumn<Incident>[] = [
  {
    id: 'title',
    header: 'Incident',
    width: 260,
    isRowLink: true,
    isPinned: true,
    isGrowing: true,
    cell: ({ title }) => (
      <span className="truncate font-medium" title={title}>
        {title}
      </span>
    ),
  },
  { id: 'severity', header: 'Severity', width: 120, cell: (incident) => <SeverityBadge {...incident} /> },
  { id: 'state', header: 'State', width: 90, cell: ({ state }) => (state === 'open' ? 'Open' : 'Ended') },
  {
    id: 'scope',
    header: 'Reaches',
    width: 240,
    cell: (incident) => (
      <span className="truncate" title={scopeWords(incident)}>
        {scopeWords(incident)}
      </span>
    ),
  },
  {
    id: 'commander',
    header: 'Commander',
    width: 150,
    cell: ({ commander }) => <span className="truncate">{commander.name}</span>,
  },
  { id: 'declared', header: 'Declared', width: 130, cell: ({ declaredAt }) => <RelativeTime at={declaredAt} /> },
  { id: 'ended', header: 'Ended', width: 130, cell: ({ endedAt }) => <RelativeTime at={endedAt} never="still open" /> },
]

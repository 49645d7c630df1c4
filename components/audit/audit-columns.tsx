import { Bot, KeyRound, User } from 'lucide-react'
import type { DataColumn } from '@/components/data-table/data-column'
import { MiddleTruncate } from '@/components/ui/middle-truncate'
import { RelativeTime } from '@/components/ui/relative-time'
import type { Since } from '@/lib/audit/filters'
import type { AuditEntry } from '@/lib/audit/schema'

export const sinceLabels: Record<Since, string> = {
  '1h': 'Last hour',
  '24h': 'Last 24 hours',
  '7d': 'Last 7 days',
  '30d': 'Last 30 days',
  '90d': 'Last 90 days',
}

const actorIcons = { user: User, api_key: KeyRound, job: Bot }
const actorWords = { user: 'person', api_key: 'API key', job: 'background job' }

/** Jobs by what they do, for readers who do not know their names in the code. */
const jobNames: Record<string, string> = {
  'apply-import': 'Import worker',
  'expire-imports': 'Clean-up of old previews',
  'import at the prompt': 'Import from the command line',
}

/** The actor's name in readers' words. */
export function actorName({ kind, label }: Pick<AuditEntry['actor'], 'kind' | 'label'>): string {
  return kind === 'job' ? (jobNames[label] ?? label) : label
}

/** Who did it: icon, kind in words for readers of the page, name. */
export function ActorName({ actor }: { actor: AuditEntry['actor'] }) {
  const Icon = actorIcons[actor.kind]
  return (
    <span className="flex min-w-0 items-center gap-1.5">
      <Icon className="size-3.5 shrink-0 text-ink-muted" aria-label={actorWords[actor.kind]} />
      <span className="truncate">{actorName(actor)}</span>
    </span>
  )
}

export const auditColumns: DataColumn<AuditEntry>[] = [
  {
    id: 'seq',
    header: 'No.',
    width: 72,
    align: 'end',
    cell: (event) => <span className="tabular text-ink-muted">{event.seq}</span>,
  },
  { id: 'at', header: 'When', width: 270, cell: (event) => <RelativeTime at={event.occurredAt} hasTime /> },
  { id: 'actor', header: 'Actor', width: 190, cell: (event) => <ActorName actor={event.actor} /> },
  {
    id: 'action',
    header: 'Action',
    width: 210,
    isRowLink: true,
    cell: (event) => <span className="truncate font-mono text-xs">{event.action}</span>,
  },
  {
    id: 'target',
    header: 'Target',
    width: 300,
    isGrowing: true,
    cell: (event) => (
      <span className="flex min-w-0 items-baseline gap-2">
        <span className="shrink-0 text-ink-muted">{event.target.kind.replaceAll('_', ' ')}</span>
        <MiddleTruncate value={event.target.label} isMono={false} />
      </span>
    ),
  },
  {
    id: 'hash',
    header: 'Seal',
    width: 110,
    cell: (event) => <span className="font-mono text-xs text-ink-muted">{event.hash.slice(0, 10)}</span>,
  },
]

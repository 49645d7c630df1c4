import { CalendarClock, CircleAlert, CircleCheck, Clock, Hand, LoaderCircle, OctagonX, ShieldOff } from 'lucide-react'
import Link from 'next/link'
import type { DataColumn } from '@/components/data-table/data-column'
import { cn } from '@/components/ui/class-names'
import { CredentialType } from '@/components/ui/marks/credential-type'
import { EnvironmentTag } from '@/components/ui/marks/environment-tag'
import { SystemTag } from '@/components/ui/marks/system-tag'
import { RelativeTime } from '@/components/ui/relative-time'
import { toneInk } from '@/components/ui/tone'
import type { DueRotation, DueState } from '@/lib/lifecycle/policies'
import { formatDate } from '@/lib/platform/browser/format'
import { dueLabels, dueTones, sinceWords } from './policy-words'

const icons: Record<DueState, typeof Clock> = {
  overdue: CircleAlert,
  due: CalendarClock,
  soon: Clock,
  rotating: LoaderCircle,
  stopped: OctagonX,
  excepted: ShieldOff,
}

/** Where it stands, as an icon and a word; with the run that it is about. */
export function DueMark({ state, runId }: Pick<DueRotation, 'state' | 'runId'>) {
  const Icon = icons[state] ?? CircleCheck
  const words = (
    <span className={cn('inline-flex items-center gap-1.5 whitespace-nowrap', toneInk[dueTones[state]])}>
      <Icon className="size-3.5 shrink-0" aria-hidden />
      {dueLabels[state]}
    </span>
  )
  if (runId === null) return words
  return (
    <Link href={`/runs/${runId}`} className="rounded-sm underline-offset-2 hover:underline">
      {words}
    </Link>
  )
}

export const dueColumns: DataColumn<DueRotation>[] = [
  {
    id: 'identity',
    header: 'Identity',
    width: 190,
    isRowLink: true,
    isPinned: true,
    cell: ({ identity }) => (
      <span className="truncate font-medium" title={identity.name}>
        {identity.name}
      </span>
    ),
  },
  { id: 'state', header: 'State', width: 118, cell: (row) => <DueMark {...row} /> },
  {
    id: 'due',
    header: 'Due',
    width: 112,
    cell: ({ dueAt, state, exceptedUntil }) =>
      state === 'excepted' && exceptedUntil ? (
        <span className="text-ink-muted">until {formatDate(exceptedUntil)}</span>
      ) : (
        <RelativeTime at={dueAt} />
      ),
  },
  {
    id: 'credential',
    header: 'Credential',
    width: 150,
    cell: ({ type, credential }) => (
      <span className="flex min-w-0 items-center gap-1.5" title={credential.name}>
        <CredentialType type={type as never} form="icon" />
        <span className="truncate">{credential.name}</span>
      </span>
    ),
  },
  {
    id: 'since',
    header: 'Age counts from',
    width: 138,
    cell: ({ since, sinceKind }) => (
      <span title={sinceWords[sinceKind]} className={cn('whitespace-nowrap', sinceKind === 'seen' && 'text-ink-muted')}>
        {sinceKind === 'seen' ? 'before ' : ''}
        {formatDate(since)}
      </span>
    ),
  },
  {
    id: 'how',
    header: 'How',
    width: 172,
    isGrowing: true,
    cell: ({ connection, hindrance }) =>
      hindrance ? (
        <span className="flex min-w-0 items-center gap-1.5 text-warning-ink" title={hindrance}>
          <CircleAlert className="size-3.5 shrink-0" aria-hidden />
          <span className="truncate">{hindrance}</span>
        </span>
      ) : connection ? (
        <span className="truncate">through {connection.name}</span>
      ) : (
        <span
          className="inline-flex items-center gap-1.5 text-ink-muted"
          title="No live connection can set a new secret there"
        >
          <Hand className="size-3.5" aria-hidden />
          by hand, at its source
        </span>
      ),
  },
  { id: 'system', header: 'System', width: 104, cell: ({ system }) => <SystemTag system={system} /> },
  {
    id: 'environment',
    header: 'Environment',
    width: 104,
    cell: ({ environment }) => <EnvironmentTag environment={environment ?? undefined} />,
  },
  {
    id: 'policy',
    header: 'Policy',
    width: 130,
    cell: ({ policy }) => (
      <Link href={`/runs/policies/${policy.id}`} className="truncate underline-offset-2 hover:underline">
        {policy.name}
      </Link>
    ),
  },
]

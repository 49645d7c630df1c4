import type { ReactNode } from 'react'
import { DescriptionList } from '@/components/ui/description-list'
import { IdentityKind } from '@/components/ui/marks/identity-kind'
import { PrivilegeMark } from '@/components/ui/marks/privilege-mark'
import { StateBadge } from '@/components/ui/marks/state-badge'
import { SystemTag } from '@/components/ui/marks/system-tag'
import { MiddleTruncate } from '@/components/ui/middle-truncate'
import { RelativeTime } from '@/components/ui/relative-time'
import type { IdentityDetail } from '@/lib/identities/schema'
import { EditableCriticality, EditableText } from './editable-fact'
import { LiveRights } from './live-rights'
import { ToldBy } from './told-by'

const unknown = <span className="text-ink-muted italic">unknown</span>

/** What is known of an identity, fact by fact, each with when an import last told it; what is not known is said. */
export function IdentityFacts({ identity }: { identity: IdentityDetail }) {
  const { lastUsedAt, neverUsed } = identity
  const told = (term: string, detail: ReactNode) => ({
    term,
    detail: (
      // Where both do not fit beside each other, its time has a line of its own.
      <span className="flex flex-wrap items-start justify-between gap-x-3">
        <span className="min-w-0 flex-1 basis-40">{detail ?? unknown}</span>
        <ToldBy identity={identity} />
      </span>
    ),
  })
  return (
    <DescriptionList
      items={[
        told('Kind', <IdentityKind kind={identity.kind} form="label" />),
        told('State', <StateBadge state={identity.status} />),
        told('Environment', <EditableText identity={identity} field="environment" />),
        told('Privilege', <PrivilegeMark privilege={identity.privilege} hasLabel />),
        { term: 'Criticality', detail: <EditableCriticality identity={identity} /> },
        told('Description', <EditableText identity={identity} field="description" />),
        told('Id at its source', <MiddleTruncate value={identity.externalId} copyLabel="id" keepEnd={16} />),
        told('Source', <SystemTag system={identity.source.system} label={identity.source.name} />),
        { term: 'What Bailiwick may do here', detail: <LiveRights rights={identity.liveRights} /> },
        told('Created', identity.createdAt ? <RelativeTime at={identity.createdAt} hasDate /> : null),
        told('Last used', <RelativeTime at={lastUsedAt ?? (neverUsed ? null : undefined)} hasDate />),
        { term: 'First seen here', detail: <RelativeTime at={identity.firstSeenAt} hasDate /> },
        ...(identity.goneAt ? [{ term: 'Gone since', detail: <RelativeTime at={identity.goneAt} hasDate /> }] : []),
      ]}
    />
  )
}

type Value = IdentityDetail['attributes'][string]

/** Facts of the source that have no field of their own, as the source writes them. */
export function RawFacts({ facts, empty }: { facts: Record<string, Value>; empty: string }) {
  const entries = Object.entries(facts).toSorted(([a], [b]) => a.localeCompare(b, 'en'))
  if (entries.length === 0) return <p className="text-sm text-ink-muted">{empty}</p>
  return <DescriptionList items={entries.map(([term, value]) => ({ term, detail: showValue(value) }))} />
}

function showValue(value: Value): ReactNode {
  if (value === null) return null
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  const text = Array.isArray(value) ? value.join(', ') : String(value)
  return <span className="font-mono text-xs break-all">{text}</span>
}

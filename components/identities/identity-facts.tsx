import type { ReactNode } from 'react'
import { DescriptionList } from '@/components/ui/description-list'
import { EnvironmentTag } from '@/components/ui/marks/environment-tag'
import { IdentityKind } from '@/components/ui/marks/identity-kind'
import { PrivilegeMark } from '@/components/ui/marks/privilege-mark'
import { StateBadge } from '@/components/ui/marks/state-badge'
import { SystemTag } from '@/components/ui/marks/system-tag'
import { MiddleTruncate } from '@/components/ui/middle-truncate'
import { RelativeTime } from '@/components/ui/relative-time'
import type { IdentityDetail } from '@/lib/identities/schema'

/** What is known of an identity, fact by fact; what is not known is said. */
export function IdentityFacts({ identity }: { identity: IdentityDetail }) {
  const { lastUsedAt, neverUsed } = identity
  return (
    <DescriptionList
      items={[
        { term: 'Kind', detail: <IdentityKind kind={identity.kind} form="label" /> },
        { term: 'State', detail: <StateBadge state={identity.status} /> },
        { term: 'Environment', detail: <EnvironmentTag environment={identity.environment} /> },
        { term: 'Privilege', detail: <PrivilegeMark privilege={identity.privilege} hasLabel /> },
        { term: 'Description', detail: identity.description },
        {
          term: 'Id at its source',
          detail: <MiddleTruncate value={identity.externalId} copyLabel="id" keepEnd={16} />,
        },
        { term: 'Source', detail: <SystemTag system={identity.source.system} label={identity.source.name} /> },
        { term: 'Made', detail: identity.createdAt ? <RelativeTime at={identity.createdAt} hasDate /> : null },
        {
          term: 'Last used',
          detail: <RelativeTime at={lastUsedAt ?? (neverUsed ? null : undefined)} hasDate />,
        },
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

import type { DataColumn } from '@/components/data-table/data-column'
import { AgeBar } from '@/components/ui/marks/age-bar'
import { CredentialType } from '@/components/ui/marks/credential-type'
import { MiddleTruncate } from '@/components/ui/middle-truncate'
import { RelativeTime } from '@/components/ui/relative-time'
import type { HeldCredential } from '@/lib/identities/held-credentials'
import { ageInDays } from '@/lib/identities/rules'
import type { AgePolicy } from '@/lib/identities/schema'
import { CredentialState } from './credential-state'
import { ExpiryBar } from './expiry-bar'

/** The columns of an identity's own credentials: age and life left, where each is kept and was used, what came after it. */
export function heldCredentialColumns(policy: AgePolicy, asOf: string): DataColumn<HeldCredential>[] {
  const nowMs = Date.parse(asOf)
  return [
    {
      id: 'name',
      header: 'Credential',
      width: 190,
      isGrowing: true,
      isRowLink: true,
      cell: ({ name }) => <MiddleTruncate value={name} isMono={false} keepEnd={12} />,
    },
    { id: 'type', header: 'Type', width: 126, cell: ({ type }) => <CredentialType type={type} form="label" /> },
    {
      id: 'status',
      header: 'State',
      width: 190,
      cell: (row) => (
        <span className="flex min-w-0 items-center gap-1.5">
          <CredentialState credential={row} nowMs={nowMs} />
          {row.supersededBy ? (
            <span className="truncate text-xs text-ink-muted" title={`by ${row.supersededBy.name}`}>
              by {row.supersededBy.name}
            </span>
          ) : null}
        </span>
      ),
    },
    {
      id: 'age',
      header: `Age, rule ${policy.rotateAfterDays} d`,
      width: 160,
      cell: ({ issuedAt, rotatedAt, identity }) => (
        <AgeBar
          ageDays={ageInDays(rotatedAt ?? issuedAt, nowMs) ?? undefined}
          policyDays={policy.rotateAfterDays}
          exceptedUntil={identity?.excepted.rotation}
          hasLabel
        />
      ),
    },
    {
      id: 'expiry',
      header: 'Life and end',
      width: 190,
      cell: ({ issuedAt, rotatedAt, expiresAt, neverExpires, identity }) => (
        <ExpiryBar
          {...{ expiresAt, neverExpires, nowMs }}
          issuedAt={rotatedAt ?? issuedAt}
          exceptedUntil={identity?.excepted.expiry}
        />
      ),
    },
    { id: 'stored', header: 'Stored where', width: 190, cell: (row) => <StoredWhere credential={row} /> },
    {
      id: 'lastUsed',
      header: 'Last used',
      width: 112,
      cell: ({ lastUsedAt, neverUsed }) => <RelativeTime at={lastUsedAt ?? (neverUsed ? null : undefined)} />,
    },
    {
      id: 'where',
      header: 'Used where',
      width: 140,
      cell: ({ lastUsedWhere, neverUsed }) =>
        lastUsedWhere ? (
          <MiddleTruncate value={lastUsedWhere} isMono={false} />
        ) : (
          <span className="text-ink-muted italic">{neverUsed ? 'nowhere' : 'unknown'}</span>
        ),
    },
    {
      id: 'lastFour',
      header: 'Ends in',
      width: 84,
      cell: ({ lastFour }) =>
        lastFour ? <span className="font-mono text-xs">…{lastFour}</span> : <span className="text-ink-muted">–</span>,
    },
  ]
}

/** Places that keep it, and places where it was seen in the open; nothing told is said as unknown. */
function StoredWhere({ credential }: { credential: HeldCredential }) {
  const { stores, storeCount, sightings } = credential
  const [first] = stores
  const [seen] = sightings
  if (!first && !seen) return <span className="text-ink-muted italic">unknown</span>
  const others = storeCount + sightings.length - 1
  const all = [...stores.map(({ name }) => name), ...sightings.map(sightingLine)]
  return (
    <span className="flex min-w-0 items-baseline gap-1.5" title={all.join('\n')}>
      <span className="truncate">{first ? first.name : `${seen?.name}, ${seen?.place}`}</span>
      {sightings.length > 0 ? (
        <span className="shrink-0 text-xs text-warning-ink">
          {sightings.some(({ validity }) => validity === 'valid')
            ? 'seen in the open, still works'
            : 'seen in the open'}
        </span>
      ) : null}
      {others > 0 ? <span className="tabular shrink-0 text-xs text-ink-muted">+{others}</span> : null}
    </span>
  )
}

/** Where a secret was seen, since when, and whether it was found to work. */
function sightingLine({ name, place, validity, firstSeenAt }: HeldCredential['sightings'][number]): string {
  const tried = validity === 'valid' ? ', still works' : validity === 'invalid' ? ', does not work any more' : ''
  return `${name}, ${place}, since ${firstSeenAt.slice(0, 10)}${tried}`
}

import Link from 'next/link'
import type { DataColumn } from '@/components/data-table/data-column'
import { AgeBar } from '@/components/ui/marks/age-bar'
import { CredentialType } from '@/components/ui/marks/credential-type'
import { EnvironmentTag } from '@/components/ui/marks/environment-tag'
import { ExpiryText } from '@/components/ui/marks/expiry-text'
import { IdentityKind } from '@/components/ui/marks/identity-kind'
import { MiddleTruncate } from '@/components/ui/middle-truncate'
import { RelativeTime } from '@/components/ui/relative-time'
import { ageInDays, identityHref } from '@/lib/identities/rules'
import type { AgePolicy, Credential } from '@/lib/identities/schema'
import type { CredentialSort } from '@/lib/identities/values'
import { CredentialState } from './credential-state'

type Column = DataColumn<Credential> & { sortKey?: CredentialSort }

/** The columns of credentials; without those of the identity on the identity's own page. */
export function credentialColumns(policy: AgePolicy, asOf: string, isOfOneIdentity = false): Column[] {
  const nowMs = Date.parse(asOf)
  const ofIdentity: Column[] = [
    {
      id: 'identity',
      header: 'Identity',
      width: 190,
      cell: (row) => <CredentialHolder credential={row} />,
    },
    {
      id: 'environment',
      header: 'Environment',
      width: 118,
      cell: ({ identity }) => (identity ? <EnvironmentTag environment={identity.environment} /> : null),
    },
  ]
  return [
    {
      id: 'name',
      header: 'Credential',
      width: 200,
      isGrowing: true,
      isRowLink: true,
      sortKey: 'name',
      cell: ({ name }) => <MiddleTruncate value={name} isMono={false} keepEnd={12} />,
    },
    {
      id: 'type',
      header: 'Type',
      width: 126,
      sortKey: 'type',
      cell: ({ type }) => <CredentialType type={type} form="label" />,
    },
    ...(isOfOneIdentity ? [] : ofIdentity),
    {
      id: 'status',
      header: 'State',
      width: 116,
      sortKey: 'status',
      cell: (row) => <CredentialState credential={row} nowMs={nowMs} />,
    },
    {
      id: 'age',
      header: 'Age',
      width: 160,
      sortKey: 'issued',
      cell: ({ issuedAt, rotatedAt, expiresAt, identity }) => (
        <AgeBar
          ageDays={ageInDays(rotatedAt ?? issuedAt, nowMs) ?? undefined}
          policyDays={policy.rotateAfterDays}
          exceptedUntil={identity?.excepted.rotation}
          expiresInDays={expiresAt ? Math.floor((Date.parse(expiresAt) - nowMs) / 86_400_000) : undefined}
          hasLabel
        />
      ),
    },
    {
      id: 'expiry',
      header: 'Expiry',
      width: 160,
      sortKey: 'expiry',
      cell: ({ expiresAt, neverExpires, identity }) => (
        <ExpiryText
          expiresAt={expiresAt ?? (neverExpires ? null : undefined)}
          exceptedUntil={identity?.excepted.expiry}
        />
      ),
    },
    {
      id: 'lastUsed',
      header: 'Last used',
      width: 112,
      sortKey: 'lastUsed',
      cell: ({ lastUsedAt, neverUsed }) => <RelativeTime at={lastUsedAt ?? (neverUsed ? null : undefined)} />,
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

/** What the credential authenticates: an identity, a person, or what the source calls it. */
export function CredentialHolder({ credential }: { credential: Credential }) {
  const { identity, human, subjectRef } = credential
  if (identity) {
    return (
      <Link
        href={identityHref(identity.id)}
        prefetch={false}
        className="flex min-w-0 items-center gap-1.5 rounded-sm hover:underline"
      >
        <IdentityKind kind={identity.kind} />
        <span className="truncate">{identity.name}</span>
      </Link>
    )
  }
  if (human) {
    return (
      <span className="flex min-w-0 items-center gap-1.5">
        <IdentityKind kind="human" />
        <span className="truncate">{human.name}</span>
      </span>
    )
  }
  if (subjectRef) return <MiddleTruncate value={subjectRef} />
  return <span className="text-ink-muted italic">unknown</span>
}

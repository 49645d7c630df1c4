import type { DataColumn } from '@/components/data-table/data-column'
import { AgeBar } from '@/components/ui/marks/age-bar'
import { BlastMark } from '@/components/ui/marks/blast-mark'
import { EnvironmentTag } from '@/components/ui/marks/environment-tag'
import { ExpiryText } from '@/components/ui/marks/expiry-text'
import { IdentityKind } from '@/components/ui/marks/identity-kind'
import { PrivilegeMark } from '@/components/ui/marks/privilege-mark'
import { SystemTag } from '@/components/ui/marks/system-tag'
import { MiddleTruncate } from '@/components/ui/middle-truncate'
import { RelativeTime } from '@/components/ui/relative-time'
import { bandOf } from '@/lib/access-graph/score'
import { ageInDays } from '@/lib/identities/rules'
import type { AgePolicy, Identity } from '@/lib/identities/schema'
import type { IdentitySort } from '@/lib/identities/values'
import { traitLabels } from './inventory-facets'
import { OwnerCell } from './owner-cell'
import { StateLater } from './state-later'

type Column = DataColumn<Identity> & { sortKey?: IdentitySort }

/** Hidden until asked for. */
export const hiddenByDefault = ['status', 'source', 'traits']

/** The inventory's columns; ages are measured at `asOf` against the organization's rule. */
export function identityColumns(policy: AgePolicy, asOf: string): Column[] {
  const nowMs = Date.parse(asOf)
  return [
    {
      id: 'name',
      header: 'Name',
      width: 216,
      isGrowing: true,
      isRowLink: true,
      sortKey: 'name',
      cell: ({ name }) => <MiddleTruncate value={name} isMono={false} keepEnd={12} />,
    },
    { id: 'kind', header: 'Kind', width: 142, cell: ({ kind }) => <IdentityKind kind={kind} form="label" /> },
    {
      id: 'environment',
      header: 'Environment',
      width: 120,
      sortKey: 'environment',
      cell: ({ environment }) => <EnvironmentTag environment={environment} />,
    },
    {
      id: 'owner',
      header: 'Owner',
      width: 150,
      sortKey: 'owner',
      cell: ({ owner, excepted }) => <OwnerCell owner={owner} exceptedUntil={excepted.ownership} />,
    },
    {
      id: 'privilege',
      header: 'Privilege',
      width: 126,
      sortKey: 'privilege',
      sortFirst: 'desc',
      cell: ({ privilege }) => <PrivilegeMark privilege={privilege} hasLabel />,
    },
    {
      id: 'blast',
      header: 'Blast radius',
      width: 126,
      sortKey: 'blast',
      sortFirst: 'desc',
      cell: ({ blast }) => (
        <BlastMark score={blast?.score} factors={blast?.factors} band={blast ? bandOf(blast.score) : undefined} />
      ),
    },
    {
      id: 'credentials',
      header: 'Credentials',
      width: 114,
      align: 'end',
      sortKey: 'credentials',
      sortFirst: 'desc',
      cell: ({ credentialCount }) =>
        credentialCount > 0 ? credentialCount : <span className="text-ink-muted">0</span>,
    },
    {
      id: 'oldest',
      header: 'Oldest',
      width: 160,
      sortKey: 'oldest',
      cell: (row) =>
        row.credentialCount === 0 ? (
          <NoCredential />
        ) : (
          <AgeBar
            ageDays={ageInDays(row.oldestCredentialAt, nowMs) ?? undefined}
            policyDays={policy.rotateAfterDays}
            exceptedUntil={row.excepted.rotation}
            hasLabel
          />
        ),
    },
    {
      id: 'expiry',
      header: 'Expiry',
      width: 150,
      sortKey: 'expiry',
      cell: (row) =>
        row.nextExpiryAt ? (
          <ExpiryText expiresAt={row.nextExpiryAt} exceptedUntil={row.excepted.expiry} />
        ) : row.credentialCount === 0 ? (
          <NoCredential />
        ) : (
          <span className="text-ink-muted">none stated</span>
        ),
    },
    {
      id: 'lastUsed',
      header: 'Last used',
      width: 110,
      sortKey: 'lastUsed',
      cell: ({ lastUsedAt, neverUsed }) => <RelativeTime at={lastUsedAt ?? (neverUsed ? null : undefined)} />,
    },
    { id: 'status', header: 'State', width: 110, cell: ({ status }) => <StateLater status={status} /> },
    {
      id: 'source',
      header: 'Source',
      width: 170,
      cell: ({ source }) => <SystemTag system={source.system} label={source.name} />,
    },
    {
      id: 'traits',
      header: 'Traits',
      width: 200,
      cell: ({ traits }) => traits.map((trait) => traitLabels[trait] ?? trait).join(', '),
    },
  ]
}

function NoCredential() {
  return (
    <span role="img" aria-label="no credential" className="text-ink-muted">
      –
    </span>
  )
}

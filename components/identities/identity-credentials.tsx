'use client'

import Link from 'next/link'
import { useQueryState } from 'nuqs'
import { useMemo } from 'react'
import { DataTable } from '@/components/data-table/data-table'
import { Button } from '@/components/ui/button'
import { Section } from '@/components/ui/page-header'
import { EmptyState } from '@/components/ui/state-block'
import { credentialParsers, credentialsHref } from '@/lib/identities/filters'
import type { IdentityDetail } from '@/lib/identities/schema'
import { formatCount } from '@/lib/platform/browser/format'
import { credentialColumns } from './credential-columns'
import { CredentialPanel } from './credential-panel'

/** The credentials of one identity, oldest first. */
export function IdentityCredentials({ orgId, identity }: { orgId: string; identity: IdentityDetail }) {
  const { id, name, credentials, credentialTotal, policy, asOf } = identity
  const [selected, setSelected] = useQueryState('selected', credentialParsers.selected)
  const columns = useMemo(() => credentialColumns(policy, asOf, true), [policy, asOf])
  return (
    <Section
      title="Credentials"
      detail={`${formatCount(credentialTotal, 'credential')}, to be rotated every ${policy.rotateAfterDays} days`}
      actions={
        credentialTotal > credentials.length ? (
          <Button asChild size="sm">
            <Link href={credentialsHref({ identity: id })}>Show all {credentialTotal}</Link>
          </Button>
        ) : null
      }
      className="px-0 md:px-0 [&>div:first-child]:px-4 md:[&>div:first-child]:px-6"
    >
      <DataTable
        label={`Credentials of ${name}`}
        columns={columns}
        rows={credentials}
        rowId={(row) => row.id}
        rowName={(row) => row.name}
        onRowOpen={(row) => void setSelected(row.id)}
        openRowId={selected ?? undefined}
        empty={
          <EmptyState title="No credential is known">
            Either it has none of its own (a role that is assumed, a workload that runs as an account), or the imported
            files do not tell of them: an AWS credential report or a manifest with its Secrets would.
          </EmptyState>
        }
      />
      <CredentialPanel orgId={orgId} id={selected} onClose={() => void setSelected(null)} />
    </Section>
  )
}

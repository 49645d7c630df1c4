'use client'

import { useMemo } from 'react'
import { apiKeysQuery } from '@/lib/api-keys/queries'
import { privilegeOf } from '@/lib/api-keys/rules'
import type { ApiKey, ApiKeyList } from '@/lib/api-keys/schema'
import type { ActionResult } from '@/lib/platform/browser/action-result'
import { useLoaded } from '@/lib/platform/browser/use-loaded'
import type { DataColumn } from '../data-table/data-column'
import { DataTable } from '../data-table/data-table'
import { ExpiryText } from '../ui/marks/expiry-text'
import { PrivilegeMark } from '../ui/marks/privilege-mark'
import { StateBadge } from '../ui/marks/state-badge'
import { Section } from '../ui/page-header'
import { Refusal } from '../ui/refusal'
import { RelativeTime } from '../ui/relative-time'
import { EmptyState } from '../ui/state-block'
import { CreateKeyDialog } from './create-key-dialog'
import { RevokeKeyButton } from './revoke-key-button'

/** The keys that the person may see, newest first: everybody's, or their own. */
export function ApiKeysScreen({ orgId, keys: first }: { orgId: string; keys: ActionResult<ApiKeyList> }) {
  const keys = useLoaded(apiKeysQuery(orgId), first)
  const columns = useMemo(() => keyColumns(orgId), [orgId])
  if (keys.error) return <Refusal what="API keys" error={keys.error} onRetry={keys.retry} />
  const rows = keys.data?.items ?? []
  const active = rows.filter((key) => key.state === 'active').length
  const create = keys.data?.can.create ? <CreateKeyDialog orgId={orgId} /> : null
  return (
    <Section title="API keys" detail={`${active} active`} actions={create}>
      <p className="mb-3 max-w-[72ch] text-sm text-ink-muted">
        A key lets a program call the API as its owner, within its scopes and never beyond the owner’s role. Each key is
        an identity of the inventory, like any other.
      </p>
      <DataTable
        label="API keys"
        className="-mx-4 md:-mx-6"
        columns={columns}
        rows={rows}
        rowId={(key) => key.id}
        rowName={(key) => key.name}
        isLoading={keys.data === undefined}
        skeletonRows={3}
        empty={
          <EmptyState title="No API keys" actions={create}>
            Make one for each program, with the fewest scopes that it needs.
          </EmptyState>
        }
      />
    </Section>
  )
}

function keyColumns(orgId: string): DataColumn<ApiKey>[] {
  return [
    {
      id: 'name',
      header: 'Name',
      width: 150,
      isGrowing: true,
      isPinned: true,
      cell: (key) => <span className="block truncate font-medium">{key.name}</span>,
    },
    {
      id: 'token',
      header: 'Key',
      width: 168,
      cell: (key) => (
        <span className="font-mono text-xs whitespace-nowrap">
          {key.prefix}…{key.lastFour}
        </span>
      ),
    },
    { id: 'state', header: 'State', width: 96, cell: (key) => <StateBadge state={key.state} /> },
    {
      id: 'scopes',
      header: 'Scopes',
      width: 150,
      isGrowing: true,
      cell: (key) => (
        <span className="flex min-w-0 items-center gap-2">
          {key.state === 'active' ? (
            <PrivilegeMark privilege={privilegeOf(key.scopes)} />
          ) : (
            <span className="shrink-0 text-ink-muted">none now; had</span>
          )}
          <span className="truncate font-mono text-xs text-ink-muted" title={key.scopes.join(', ')}>
            {key.scopes.join(', ')}
          </span>
        </span>
      ),
    },
    {
      id: 'owner',
      header: 'Owner',
      width: 124,
      cell: (key) => (
        <span className="block truncate" title={key.owner.email}>
          {key.owner.name}
          {key.owner.isActive ? '' : ' (disabled)'}
        </span>
      ),
    },
    {
      id: 'lastUsed',
      header: 'Last used',
      width: 104,
      cell: (key) => <RelativeTime at={key.lastUsedAt} className="text-ink-muted" />,
    },
    {
      id: 'expires',
      header: 'Expires',
      width: 210,
      cell: (key) =>
        key.state === 'revoked' ? (
          <span className="text-ink-muted">
            revoked <RelativeTime at={key.revokedAt} hasDate />
          </span>
        ) : (
          <ExpiryText expiresAt={key.expiresAt} />
        ),
    },
    {
      id: 'actions',
      header: 'Actions',
      width: 96,
      align: 'end',
      cell: (key) => (key.can.revoke ? <RevokeKeyButton orgId={orgId} apiKey={key} /> : null),
    },
  ]
}

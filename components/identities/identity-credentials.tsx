'use client'

import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { DataTable } from '@/components/data-table/data-table'
import { Section } from '@/components/ui/page-header'
import { Pagination } from '@/components/ui/pagination'
import { Refusal } from '@/components/ui/refusal'
import { EmptyState } from '@/components/ui/state-block'
import { useCursorPages } from '@/components/ui/use-cursor-pages'
import { identityPageParsers } from '@/lib/identities/address'
import type { HeldCredential, HeldCredentialPage } from '@/lib/identities/held-credentials'
import { heldCredentialsQuery } from '@/lib/identities/queries'
import type { ActionResult } from '@/lib/platform/browser/action-result'
import { formatCount, formatDate } from '@/lib/platform/browser/format'
import { useAddress } from '@/lib/platform/browser/use-address'
import { TwinSection } from '../lifecycle/twin-section'
import { CredentialPanel } from './credential-panel'
import { heldCredentialColumns } from './held-credential-columns'

interface IdentityCredentialsProps {
  orgId: string
  identity: { id: string; name: string }
  /** What the server painted, for the page of the address. */
  first: ActionResult<HeldCredentialPage>
  firstAfter: string | null
}

const noRows: HeldCredential[] = []
const noPolicy = { rotateAfterDays: 90, staleAfterDays: 90 }
const { after, selected } = identityPageParsers
const parsers = { after, selected }

/** The credentials of one identity, page by page: those that are there first, the longest in use first. */
export function IdentityCredentials({ orgId, identity, first, firstAfter }: IdentityCredentialsProps) {
  const [state, setState] = useAddress(parsers)
  const isFirst = state.after === firstAfter
  const { data, error, isFetching, isPlaceholderData, refetch } = useQuery({
    ...heldCredentialsQuery(orgId, identity.id, state.after ?? undefined),
    initialData: isFirst && first.ok ? first.data : undefined,
    placeholderData: keepPreviousData,
  })
  const pages = useCursorPages(state.after, (next) => setState({ after: next }, { history: 'push' }))
  const { policy = noPolicy, asOf = '1970-01-01T00:00:00.000Z', items = noRows } = data ?? {}
  const excepted = exceptionsOf(items[0])
  const columns = useMemo(() => heldCredentialColumns(policy, asOf), [policy, asOf])
  if (error && !data) return <Refusal what="credentials" error={error} onRetry={() => void refetch()} />
  return (
    <>
      <Section
        title="Credentials"
        detail={
          data
            ? `${formatCount(data.total, 'credential')}, to be rotated every ${policy.rotateAfterDays} days${excepted}`
            : undefined
        }
        className="px-0 md:px-0 [&>div:first-child]:px-4 md:[&>div:first-child]:px-6"
      >
        <DataTable
          label={`Credentials of ${identity.name}`}
          columns={columns}
          rows={items}
          rowId={(row) => row.id}
          rowName={(row) => row.name}
          onRowOpen={(row) => setState({ selected: row.id })}
          openRowId={state.selected ?? undefined}
          isLoading={isFetching && (isPlaceholderData || !data)}
          empty={
            <EmptyState title="No credential is known">
              Either it has none of its own (a role that is assumed, a workload that runs as an account), or the
              imported files do not tell of them: an AWS credential report or a manifest with its Secrets would.
            </EmptyState>
          }
        />
        {data && (data.nextCursor || state.after) ? (
          <Pagination
            shown={items.length}
            total={{ count: data.total }}
            noun={['credential', 'credentials']}
            isPending={isPlaceholderData}
            {...pages(data.nextCursor)}
          />
        ) : null}
        <CredentialPanel orgId={orgId} id={state.selected} onClose={() => setState({ selected: null })} />
      </Section>
      <TwinSection orgId={orgId} identity={identity} />
    </>
  )
}

/** `; excepted from rotation until 14 Mar 2027`: the rules about credentials that do not hold for whose this is. */
function exceptionsOf(one: HeldCredential | undefined): string {
  const { rotation, expiry } = one?.identity?.excepted ?? {}
  const parts = [
    ...(rotation ? [`rotation until ${formatDate(rotation)}`] : []),
    ...(expiry ? [`expiry until ${formatDate(expiry)}`] : []),
  ]
  return parts.length > 0 ? `; excepted from ${parts.join(', ')}` : ''
}

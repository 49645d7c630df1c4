'use client'

import Link from 'next/link'
import { useMemo } from 'react'
import { LinkTabs } from '@/components/ui/link-tabs'
import { IdentityKind } from '@/components/ui/marks/identity-kind'
import { SystemTag } from '@/components/ui/marks/system-tag'
import { PageHeader } from '@/components/ui/page-header'
import { type IdentityTab, identityPageParsers } from '@/lib/identities/address'
import { identitySentence } from '@/lib/identities/findings'
import { identityHref } from '@/lib/identities/rules'
import type { IdentityDetail } from '@/lib/identities/schema'
import { useAddress } from '@/lib/platform/browser/use-address'
import { LifecycleActions } from '../lifecycle/lifecycle-actions'
import { OpenRuns } from '../lifecycle/open-runs'
import { Reappeared } from '../lifecycle/reappeared'
import { AssignOwnerDialog } from './assign-owner-dialog'
import { ConfirmOwnerButton } from './confirm-owner-button'

interface IdentityHeaderProps {
  orgId: string
  identity: IdentityDetail
  tab: IdentityTab
}

const parsers = { do: identityPageParsers.do }

/** What it is, where it stands, and what to do about it now. */
export function IdentityHeader({ orgId, identity, tab }: IdentityHeaderProps) {
  const { id, kind, name, externalId, source, ownerships, credentialTotal, status } = identity
  const tabs: { tab: IdentityTab; label: string; count?: number }[] = [
    { tab: 'summary', label: 'Summary' },
    { tab: 'ownership', label: 'Ownership', count: ownerships.length },
    { tab: 'credentials', label: 'Credentials', count: credentialTotal },
    { tab: 'access', label: 'Access' },
    { tab: 'blast-radius', label: 'Blast radius' },
    { tab: 'history', label: 'History' },
  ]
  const [state, setState] = useAddress(parsers)
  const scope = useMemo(() => ({ targets: [{ identityId: id, credentialId: null }] }), [id])
  return (
    <>
      <PageHeader
        eyebrow={
          <>
            <Link href="/inventory" className="hover:underline">
              Inventory
            </Link>
            <span aria-hidden>/</span>
            <IdentityKind kind={kind} form="label" />
            <span aria-hidden>·</span>
            <SystemTag system={source.system} label={source.name} />
          </>
        }
        title={name}
        identifier={externalId}
        actions={
          <>
            <NextStep orgId={orgId} identity={identity} />
            {status === 'gone' ? null : (
              <LifecycleActions
                {...{ orgId, scope, name }}
                agentId={kind === 'ai_agent' ? id : undefined}
                asked={state.do}
                onAskedChange={(asked) => setState({ do: asked })}
              />
            )}
          </>
        }
        tabs={
          <LinkTabs
            label={`Views of ${name}`}
            tabs={tabs.map((entry) => ({ ...entry, href: identityHref(id, entry.tab), isCurrent: entry.tab === tab }))}
          />
        }
      >
        {identitySentence(identity, identity.policy, Date.parse(identity.asOf))}
      </PageHeader>
      <Reappeared orgId={orgId} identityId={id} />
      <OpenRuns orgId={orgId} identityId={id} />
    </>
  )
}

/** Confirm when someone is waiting to be confirmed, assign when there is nobody. */
function NextStep({ orgId, identity }: { orgId: string; identity: IdentityDetail }) {
  const { ownerships, can } = identity
  const waiting = ownerships.find(({ state }) => state !== 'confirmed')
  const isConfirmed = ownerships.some(({ state }) => state === 'confirmed')
  if (!isConfirmed && waiting && can.confirmOwner) {
    return <ConfirmOwnerButton orgId={orgId} identity={identity} ownership={waiting} />
  }
  if (ownerships.length === 0 && can.assignOwner) {
    return <AssignOwnerDialog orgId={orgId} identity={identity} variant="primary" />
  }
  return null
}

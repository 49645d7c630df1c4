'use client'

import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { Section } from '@/components/ui/page-header'
import type { IdentityTab } from '@/lib/identities/address'
import { identityQuery } from '@/lib/identities/queries'
import type { IdentityDetail } from '@/lib/identities/schema'
import type { DroppedParameter } from '@/lib/platform/browser/dropped-parameters'
import { DroppedOnPage } from './dropped-parameters'
import { EditConflictDialog } from './edit-conflict-dialog'
import { IdentityHeader } from './identity-header'
import { IdentitySummary } from './identity-summary'
import { OwnerList } from './owner-list'
import { OwnershipTimeline } from './ownership-timeline'
import { EditContext, useIdentityEdit } from './use-identity-edit'

interface IdentityScreenProps {
  orgId: string
  first: IdentityDetail
  tab: IdentityTab
  /** What of the address the page does not understand. */
  dropped: DroppedParameter[]
  /** The tabs with a list of their own, made by the page: credentials, access, blast radius and history. */
  children?: ReactNode
}

/** The page of one identity. */
export function IdentityScreen({ orgId, first, tab, dropped, children }: IdentityScreenProps) {
  const { data: identity = first } = useQuery({
    ...identityQuery(orgId, first.id),
    initialData: first,
    initialDataUpdatedAt: Date.parse(first.asOf),
  })
  const { save, isPending, conflict, dropConflict } = useIdentityEdit(orgId, first.id)
  return (
    <EditContext value={save}>
      <IdentityHeader orgId={orgId} identity={identity} tab={tab} />
      <DroppedOnPage dropped={dropped} />
      {tab === 'summary' ? <IdentitySummary orgId={orgId} identity={identity} /> : null}
      {tab === 'ownership' ? (
        <Section title="Owners" detail="Technical owners run it, business owners need it.">
          <OwnerList orgId={orgId} identity={identity} />
        </Section>
      ) : null}
      {tab === 'ownership' ? <OwnershipTimeline orgId={orgId} identityId={identity.id} /> : null}
      {children}
      {conflict ? (
        <EditConflictDialog
          key={conflict.theirs.version}
          conflict={conflict}
          isPending={isPending}
          onSave={save}
          onClose={dropConflict}
        />
      ) : null}
    </EditContext>
  )
}

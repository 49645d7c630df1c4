'use client'

import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { Section } from '@/components/ui/page-header'
import type { IdentityTab } from '@/lib/identities/filters'
import { identityQuery } from '@/lib/identities/queries'
import type { IdentityDetail } from '@/lib/identities/schema'
import { IdentityCredentials } from './identity-credentials'
import { IdentityHeader } from './identity-header'
import { IdentitySummary } from './identity-summary'
import { OwnerList } from './owner-list'

interface IdentityScreenProps {
  orgId: string
  first: IdentityDetail
  tab: IdentityTab
  /** The tabs of other nouns, made by the page: access and history. */
  children?: ReactNode
}

/** The page of one identity. */
export function IdentityScreen({ orgId, first, tab, children }: IdentityScreenProps) {
  const { data: identity = first } = useQuery({
    ...identityQuery(orgId, first.id),
    initialData: first,
    initialDataUpdatedAt: Date.parse(first.asOf),
  })
  return (
    <>
      <IdentityHeader orgId={orgId} identity={identity} tab={tab} />
      {tab === 'summary' ? <IdentitySummary orgId={orgId} identity={identity} /> : null}
      {tab === 'owners' ? (
        <Section title="Owners" detail="Technical owners run it, business owners need it.">
          <OwnerList orgId={orgId} identity={identity} />
        </Section>
      ) : null}
      {tab === 'credentials' ? <IdentityCredentials orgId={orgId} identity={identity} /> : null}
      {children}
    </>
  )
}

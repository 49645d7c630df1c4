'use client'

import { useQuery } from '@tanstack/react-query'
import Link from 'next/link'
import { Button } from '@/components/ui/button'
import { DescriptionList } from '@/components/ui/description-list'
import { AgeBar } from '@/components/ui/marks/age-bar'
import { CredentialType, credentialTypeLabels } from '@/components/ui/marks/credential-type'
import { ExpiryText } from '@/components/ui/marks/expiry-text'
import { SystemTag } from '@/components/ui/marks/system-tag'
import { MiddleTruncate } from '@/components/ui/middle-truncate'
import { Refusal } from '@/components/ui/refusal'
import { RelativeTime } from '@/components/ui/relative-time'
import { Sheet, SheetContent } from '@/components/ui/sheet'
import { Skeleton } from '@/components/ui/skeleton'
import { credentialQuery } from '@/lib/identities/queries'
import { ageInDays, identityHref } from '@/lib/identities/rules'
import type { CredentialDetail } from '@/lib/identities/schema'
import { useNow } from '@/lib/platform/browser/use-now'
import { LifecycleActions } from '../lifecycle/lifecycle-actions'
import { CredentialHolder } from './credential-columns'
import { CredentialState } from './credential-state'
import { RawFacts } from './identity-facts'

interface CredentialPanelProps {
  orgId: string
  id: string | null
  onClose: () => void
}

/** One credential beside the list; never the secret. */
export function CredentialPanel({ orgId, id, onClose }: CredentialPanelProps) {
  return (
    <Sheet open={id !== null} onOpenChange={(isOpen) => (isOpen ? undefined : onClose())}>
      {id ? <PanelOf key={id} orgId={orgId} id={id} /> : null}
    </Sheet>
  )
}

function PanelOf({ orgId, id }: { orgId: string; id: string }) {
  const { data, error, refetch } = useQuery(credentialQuery(orgId, id))
  return (
    <SheetContent
      title={data?.name ?? 'Credential'}
      description={data ? `${credentialTypeLabels[data.type]} from ${data.source.name}` : undefined}
      footer={
        data?.identity ? (
          <>
            {data.status === 'gone' || data.status === 'deleted' ? null : (
              <LifecycleActions
                orgId={orgId}
                scope={{ targets: [{ identityId: data.identity.id, credentialId: data.id }] }}
                name={data.name}
              />
            )}
            <Button asChild variant="primary">
              <Link href={identityHref(data.identity.id, 'credentials')}>Open its identity</Link>
            </Button>
          </>
        ) : undefined
      }
    >
      {error ? (
        <Refusal what="credential" error={error} onRetry={() => void refetch()} />
      ) : data ? (
        <CredentialFacts credential={data} />
      ) : (
        <Skeleton className="h-80 w-full" />
      )}
    </SheetContent>
  )
}

function CredentialFacts({ credential }: { credential: CredentialDetail }) {
  const now = useNow()
  const { issuedAt, rotatedAt, expiresAt, neverExpires, lastUsedAt, neverUsed, policy } = credential
  const age = ageInDays(rotatedAt ?? issuedAt, now) ?? undefined
  return (
    <div className="flex flex-col gap-6">
      <DescriptionList
        items={[
          { term: 'Authenticates', detail: <CredentialHolder credential={credential} /> },
          { term: 'Type', detail: <CredentialType type={credential.type} form="label" /> },
          { term: 'State', detail: <CredentialState credential={credential} nowMs={now} /> },
          {
            term: 'Age',
            detail: (
              <AgeBar
                ageDays={age}
                policyDays={policy.rotateAfterDays}
                exceptedUntil={credential.identity?.excepted.rotation}
                hasLabel
              />
            ),
          },
          { term: 'Issued', detail: issuedAt ? <RelativeTime at={issuedAt} hasDate /> : null },
          { term: 'Rotated', detail: rotatedAt ? <RelativeTime at={rotatedAt} hasDate /> : null },
          {
            term: 'Expires',
            detail: (
              <ExpiryText
                expiresAt={expiresAt ?? (neverExpires ? null : undefined)}
                exceptedUntil={credential.identity?.excepted.expiry}
                hasDate
              />
            ),
          },
          { term: 'Last used', detail: <RelativeTime at={lastUsedAt ?? (neverUsed ? null : undefined)} hasDate /> },
          {
            term: 'Fingerprint',
            detail: credential.fingerprint ? (
              <MiddleTruncate value={credential.fingerprint} copyLabel="fingerprint" />
            ) : null,
          },
          {
            term: 'Ends in',
            detail: credential.lastFour ? <span className="font-mono text-xs">…{credential.lastFour}</span> : null,
          },
          { term: 'Id at its source', detail: <MiddleTruncate value={credential.externalId} copyLabel="id" /> },
          { term: 'Source', detail: <SystemTag system={credential.source.system} label={credential.source.name} /> },
          { term: 'First seen here', detail: <RelativeTime at={credential.firstSeenAt} hasDate /> },
          ...(credential.goneAt
            ? [{ term: 'Gone since', detail: <RelativeTime at={credential.goneAt} hasDate /> }]
            : []),
        ]}
      />
      <section aria-label="From the source">
        <h3 className="mb-1 text-sm font-medium">From the source</h3>
        <RawFacts facts={credential.attributes} empty="The source says nothing more of it." />
      </section>
    </div>
  )
}

'use client'

import { useQuery } from '@tanstack/react-query'
import Link from 'next/link'
import { Button } from '@/components/ui/button'
import { Refusal } from '@/components/ui/refusal'
import { Sheet, SheetContent } from '@/components/ui/sheet'
import { Skeleton } from '@/components/ui/skeleton'
import { identitySentence } from '@/lib/identities/findings'
import { identityQuery } from '@/lib/identities/queries'
import { identityHref } from '@/lib/identities/rules'
import type { IdentityDetail } from '@/lib/identities/schema'
import { CredentialLines } from './credential-lines'
import { IdentityFacts } from './identity-facts'
import { OwnerList } from './owner-list'

interface IdentityPanelProps {
  orgId: string
  id: string | null
  onClose: () => void
}

/** One identity beside the list: state, owners, credentials and facts; the rest is on its page. */
export function IdentityPanel({ orgId, id, onClose }: IdentityPanelProps) {
  return (
    <Sheet open={id !== null} onOpenChange={(isOpen) => (isOpen ? undefined : onClose())}>
      {id ? <PanelOf key={id} orgId={orgId} id={id} /> : null}
    </Sheet>
  )
}

function PanelOf({ orgId, id }: { orgId: string; id: string }) {
  const { data, error, refetch } = useQuery(identityQuery(orgId, id))
  return (
    <SheetContent
      size="lg"
      title={data?.name ?? 'Identity'}
      description={data ? identitySentence(data, data.policy, Date.parse(data.asOf)) : undefined}
      footer={
        <Button asChild variant="primary">
          <Link href={identityHref(id)}>Open its page</Link>
        </Button>
      }
    >
      {error ? (
        <Refusal what="identity" error={error} onRetry={() => void refetch()} />
      ) : data ? (
        <PanelBody orgId={orgId} identity={data} />
      ) : (
        <div className="flex flex-col gap-3" aria-busy>
          {['w-2/3', 'w-full', 'w-5/6', 'w-3/4', 'w-1/2'].map((width) => (
            <Skeleton key={width} className={`h-5 ${width}`} />
          ))}
        </div>
      )}
    </SheetContent>
  )
}

function PanelBody({ orgId, identity }: { orgId: string; identity: IdentityDetail }) {
  return (
    <div className="flex flex-col gap-6">
      <section aria-label="Owners">
        <h3 className="mb-1 text-sm font-medium">Owners</h3>
        <OwnerList orgId={orgId} identity={identity} />
      </section>
      <section aria-label="Credentials">
        <h3 className="mb-1 text-sm font-medium">
          Credentials <span className="tabular font-normal text-ink-muted">{identity.credentialTotal}</span>
        </h3>
        <CredentialLines credentials={identity.credentials} policy={identity.policy} asOf={identity.asOf} />
      </section>
      <section aria-label="Facts">
        <h3 className="mb-1 text-sm font-medium">Facts</h3>
        <IdentityFacts identity={identity} />
      </section>
    </div>
  )
}

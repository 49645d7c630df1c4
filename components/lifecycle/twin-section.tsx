'use client'

import { useQuery } from '@tanstack/react-query'
import { ArrowLeftRight } from 'lucide-react'
import Link from 'next/link'
import { lazy, Suspense, useState } from 'react'
import { Badge } from '@/components/ui/badge'
import { Button } from '@/components/ui/button'
import { Section } from '@/components/ui/page-header'
import { RelativeTime } from '@/components/ui/relative-time'
import { identityHref } from '@/lib/identities/rules'
import { twinQuery } from '@/lib/lifecycle/queries'
import type { TwinPair } from '@/lib/lifecycle/twins'
import { useMay } from '../shell/permissions'

const TwinDialog = lazy(() => import('./twin-dialog').then((module) => ({ default: module.TwinDialog })))

interface TwinSectionProps {
  orgId: string
  identity: { id: string; name: string }
}

/** The account that one program uses in turn with this one. Where two secrets work side by side anyway, nothing is shown. */
export function TwinSection({ orgId, identity }: TwinSectionProps) {
  // Whoever may not see runs is told nothing of them here.
  const maySee = useMay('lifecycle_run:list')
  const { data } = useQuery({ ...twinQuery(orgId, identity.id), enabled: maySee })
  const [isOpen, setIsOpen] = useState(false)
  if (!data || (data.pair === null && !data.isOfUse)) return null
  const { pair, can } = data
  return (
    <Section
      title="Twin"
      actions={
        can.set ? (
          <Button size="sm" icon={<ArrowLeftRight aria-hidden />} onClick={() => setIsOpen(true)}>
            {pair ? 'Change' : 'Give it a twin'}
          </Button>
        ) : undefined
      }
    >
      {pair ? (
        <PairWords pair={pair} ownId={identity.id} />
      ) : (
        <p className="max-w-[72ch] text-sm text-ink-muted">
          This account has one secret. With a second account that the same program uses in turn, it gets a new one
          without a moment in which nothing works.
        </p>
      )}
      <Suspense fallback={null}>
        {isOpen ? <TwinDialog orgId={orgId} identity={identity} pair={pair} onClose={() => setIsOpen(false)} /> : null}
      </Suspense>
    </Section>
  )
}

function PairWords({ pair, ownId }: { pair: NonNullable<TwinPair['pair']>; ownId: string }) {
  return (
    <div className="flex flex-col gap-2 text-sm">
      <ul className="flex flex-col gap-1.5" aria-label="The two accounts">
        {pair.sides.map(({ identityId, name, isInUse, isOff }) => (
          <li key={identityId} className="flex flex-wrap items-center gap-2">
            {identityId === ownId ? (
              <span className="font-medium">{name}</span>
            ) : (
              <Link href={identityHref(identityId)} className="font-medium text-accent-ink hover:underline">
                {name}
              </Link>
            )}
            <Badge tone={isInUse ? 'good' : 'quiet'}>{isInUse ? 'In use' : 'Idle'}</Badge>
            <span className="text-ink-muted">
              {isOff ? 'The inventory shows it as switched off.' : 'The inventory shows it as on.'}
            </span>
          </li>
        ))}
      </ul>
      <p className="max-w-[72ch] text-ink-muted">
        One program uses them in turn. A rotation sets a new secret on the idle one, hands over name and secret, and
        then switches off the one in use. {pair.createdBy} said so <RelativeTime at={pair.createdAt} />.
      </p>
    </div>
  )
}

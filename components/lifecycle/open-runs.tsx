'use client'

import { useQuery } from '@tanstack/react-query'
import Link from 'next/link'
import { cn } from '@/components/ui/class-names'
import { toneInk } from '@/components/ui/tone'
import { runListQuery } from '@/lib/lifecycle/queries'
import { useMay } from '../shell/permissions'
import { kindLabels, toneOf } from './run-words'

/** The runs of an identity that have not ended: what is being done to it right now. */
export function OpenRuns({ orgId, identityId }: { orgId: string; identityId: string }) {
  const maySee = useMay('lifecycle_run:list')
  const { data } = useQuery({
    ...runListQuery(orgId, { identity: identityId, state: 'open', limit: 5 }),
    enabled: maySee,
  })
  if (!data || data.items.length === 0) return null
  return (
    <ul aria-label="Under way" className="flex flex-col border-b bg-notice-wash px-4 py-2 md:px-6">
      {data.items.map(({ id, kind, headline, tone, credential }) => (
        <li key={id} className="flex min-h-6 flex-wrap items-center gap-x-2 text-sm">
          <span className="font-medium">
            {kindLabels[kind]}
            {credential ? ` of ${credential.name}` : ''}
          </span>
          <span className={cn(toneInk[toneOf[tone]])}>{headline}</span>
          <Link href={`/runs/${id}`} className="text-accent-ink underline underline-offset-2">
            See it
          </Link>
        </li>
      ))}
    </ul>
  )
}

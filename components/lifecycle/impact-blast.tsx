'use client'

import { useQuery } from '@tanstack/react-query'
import Link from 'next/link'
import { BlastMark } from '@/components/ui/marks/blast-mark'
import { Skeleton } from '@/components/ui/skeleton'
import { blastRadiusQuery } from '@/lib/access-graph/queries'
import { bandOf } from '@/lib/access-graph/score'
import { formatCount } from '@/lib/platform/browser/format'

/** What whoever has the key can reach with it, as figures, with the way to all of it. */
export function ImpactBlast({ orgId, identityId }: { orgId: string; identityId: string }) {
  const { data, error } = useQuery(blastRadiusQuery(orgId, identityId))
  if (error) return <p className="text-sm text-ink-muted">What it reaches is not known: {error.message}</p>
  if (!data) return <Skeleton className="h-6 w-64" />
  const { score, factors, resources, systems, identities } = data.figures
  const reached = [
    formatCount(resources, 'resource'),
    `in ${formatCount(systems, 'system')}`,
    ...(identities > 0 ? [`and can become ${formatCount(identities, 'other identity', 'other identities')}`] : []),
  ]
  return (
    <p className="flex flex-wrap items-center gap-x-3 gap-y-1 text-sm">
      <BlastMark score={score} factors={factors} band={bandOf(score)} />
      <span>
        {data.isLive ? 'Whoever has it reaches' : 'Were it live, it would reach'} {reached.join(' ')}.
      </span>
      <Link href={`/inventory/${identityId}?tab=blast-radius`} className="text-accent-ink underline underline-offset-2">
        All of it
      </Link>
    </p>
  )
}

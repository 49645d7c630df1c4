'use client'

import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense, useState } from 'react'
import { ownerChangeRunsQuery } from '@/lib/ownership/queries'
import type { OwnerChangeRunList } from '@/lib/ownership/schema'

const OwnerChangePanel = lazy(() =>
  import('./owner-change-panel').then((module) => ({ default: module.OwnerChangePanel })),
)

/** Changes of many that run in the background and that the reader may follow, on every page of the console; nothing when there are none. */
export function OwnerChangeRuns({ orgId, initial }: { orgId: string; initial: OwnerChangeRunList }) {
  const { data } = useQuery({ ...ownerChangeRunsQuery(orgId), initialData: initial, staleTime: 10_000 })
  const [closed, setClosed] = useState<string[]>([])
  const runs = data.items.filter(({ id }) => !closed.includes(id))
  if (runs.length === 0) return null
  return (
    <Suspense>
      <OwnerChangePanel orgId={orgId} runs={runs} onClose={(id) => setClosed((ids) => [...ids, id])} />
    </Suspense>
  )
}

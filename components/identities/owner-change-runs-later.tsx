'use client'

import { lazy, Suspense } from 'react'
import type { OwnerChangeRunList } from '@/lib/ownership/schema'
import { fetchInTurn } from '@/lib/platform/browser/preload'

const OwnerChangeRuns = lazy(() =>
  fetchInTurn(() => import('./owner-change-runs').then((module) => ({ default: module.OwnerChangeRuns }))),
)

/** `OwnerChangeRuns`, which every page carries and hardly one shows, fetched after what the page is for. */
export function OwnerChangeRunsLater(props: { orgId: string; initial: OwnerChangeRunList }) {
  return (
    <Suspense>
      <OwnerChangeRuns {...props} />
    </Suspense>
  )
}

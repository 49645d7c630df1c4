'use client'

import { lazy, Suspense } from 'react'
import { fetchInTurn } from '@/lib/platform/browser/preload'

const IncidentWatch = lazy(() =>
  fetchInTurn(() => import('./incident-watch').then((module) => ({ default: module.IncidentWatch }))),
)

/** `IncidentWatch`, fetched after what the page is for. */
export function IncidentWatchLater(props: { orgId: string; drawn: string }) {
  return (
    <Suspense>
      <IncidentWatch {...props} />
    </Suspense>
  )
}

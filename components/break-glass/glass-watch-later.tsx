'use client'

import { lazy, Suspense } from 'react'
import { fetchInTurn } from '@/lib/platform/browser/preload'

const GlassWatch = lazy(() =>
  fetchInTurn(() => import('./glass-watch').then((module) => ({ default: module.GlassWatch }))),
)

/** `GlassWatch`, fetched after what the page is for. */
export function GlassWatchLater(props: { orgId: string; drawn: string }) {
  return (
    <Suspense>
      <GlassWatch {...props} />
    </Suspense>
  )
}

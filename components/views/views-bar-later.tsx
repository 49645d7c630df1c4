'use client'

import { lazy, Suspense, useState } from 'react'
import { useShortcut } from '@/lib/platform/browser/shortcuts'
import type { ViewsBarProps } from './views-bar'

const load = () => import('./views-bar').then((module) => ({ default: module.ViewsBar }))
const mostWaitMs = 500

/** Behind the rows: the server has painted it, and the views themselves are asked for when it is here. */
const ViewsBar = lazy(async () => {
  if (typeof window !== 'undefined' && 'requestIdleCallback' in window) {
    await new Promise((resolve) => window.requestIdleCallback(resolve, { timeout: mostWaitMs }))
  }
  return load()
})

/** `ViewsBar`, fetched after what the list needs; it keeps its place and its key meanwhile. */
export function ViewsBarLater(props: Omit<ViewsBarProps, 'isMenuOpen' | 'onMenuOpenChange'>) {
  const [isMenuOpen, setIsMenuOpen] = useState(false)
  useShortcut({ keys: 'v', label: 'Open a view', group: 'This list' }, () => setIsMenuOpen(true))
  return (
    <Suspense fallback={<div className="h-7" />}>
      <ViewsBar {...props} isMenuOpen={isMenuOpen} onMenuOpenChange={setIsMenuOpen} />
    </Suspense>
  )
}

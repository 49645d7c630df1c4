'use client'

import { lazy, Suspense, useState } from 'react'
import { fetchInTurn } from '@/lib/platform/browser/preload'
import { useShortcut } from '@/lib/platform/browser/shortcuts'
import type { ViewsBarProps } from './views-bar'

/** Behind the rows: the views themselves are asked for when it is here. */
const ViewsBar = lazy(() => fetchInTurn(() => import('./views-bar').then((module) => ({ default: module.ViewsBar }))))

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

'use client'

import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Bookmark, ChevronDown } from 'lucide-react'
import { lazy, Suspense } from 'react'
import { Button } from '@/components/ui/button'
import { Popover, PopoverContent, PopoverTrigger } from '@/components/ui/popover'
import { Skeleton } from '@/components/ui/skeleton'
import { preloadWhenIdle } from '@/lib/platform/browser/preload'
import { viewCountsQuery } from '@/lib/views/queries'
import type { View } from '@/lib/views/schema'

const load = () => import('./views-choice').then((module) => ({ default: module.ViewsChoice }))
const ViewsChoice = lazy(load)
preloadWhenIdle(load)

interface ViewsMenuProps {
  orgId: string
  views: readonly View[] | undefined
  /** The view that the list shows, changed or not. */
  active: View | undefined
  isOpen: boolean
  onOpenChange: (isOpen: boolean) => void
  onOpen: (view: View) => void
  onSaveAs: (() => void) | undefined
  onManage: () => void
  onCopyLink: (() => void) | undefined
  /** What stands in place of a name while none of them is shown. */
  unnamed: string
}

/** All views of a list with how many rows each has, before any is opened. */
export function ViewsMenu(props: ViewsMenuProps) {
  const { orgId, views, active, isOpen, onOpenChange, onOpen, onSaveAs, onManage, onCopyLink, unnamed } = props
  const queries = useQueryClient()
  const counts = useQuery({ ...viewCountsQuery(orgId), enabled: isOpen })
  // Counted while the hand is still on its way.
  const prefetch = () => {
    void load()
    void queries.prefetchQuery(viewCountsQuery(orgId))
  }
  const close = (run: () => void) => {
    onOpenChange(false)
    run()
  }
  return (
    <Popover open={isOpen} onOpenChange={onOpenChange}>
      <PopoverTrigger asChild>
        <Button
          variant="ghost"
          className="min-w-0 max-w-full shrink"
          onPointerEnter={prefetch}
          onFocus={prefetch}
          aria-label={`View: ${nameOf(views, active, unnamed)}`}
        >
          <Bookmark aria-hidden />
          <span className="truncate">{views ? nameOf(views, active, unnamed) : <Skeleton className="w-24" />}</span>
          <ChevronDown aria-hidden className="text-ink-faint" />
        </Button>
      </PopoverTrigger>
      <PopoverContent aria-label="Views" className="flex w-88 max-w-[calc(100vw-1rem)] flex-col overflow-hidden p-0">
        <Suspense fallback={<Skeleton className="m-3 h-72" />}>
          <ViewsChoice
            views={views ?? []}
            activeId={active?.id}
            counts={counts.data}
            hasFailed={counts.isError}
            onOpen={(view) => close(() => onOpen(view))}
            onSaveAs={onSaveAs && (() => close(onSaveAs))}
            onCopyLink={onCopyLink && (() => close(onCopyLink))}
            onManage={() => close(onManage)}
          />
        </Suspense>
      </PopoverContent>
    </Popover>
  )
}

function nameOf(views: readonly View[] | undefined, active: View | undefined, unnamed: string): string {
  if (!views) return 'loading'
  return active?.name ?? unnamed
}

'use client'

import { useQuery } from '@tanstack/react-query'
import { useSearchParams } from 'next/navigation'
import { lazy, Suspense, useState } from 'react'
import { Badge } from '@/components/ui/badge'
import { Button } from '@/components/ui/button'
import { notifyDone, notifyFailed } from '@/components/ui/toast'
import { preloadWhenIdle } from '@/lib/platform/browser/preload'
import { isSameQuery, queryOfSearch } from '@/lib/views/address'
import { viewsQuery } from '@/lib/views/queries'
import { viewHref, viewLink } from '@/lib/views/rules'
import type { View, ViewedList, ViewQuery } from '@/lib/views/schema'
import { ViewsMenu } from './views-menu'

/** Fetched when somebody asks: most visits to a list change no view. */
const SaveViewDialog = lazy(() => import('./save-view-dialog').then((file) => ({ default: file.SaveViewDialog })))
const ManageViewsDialog = lazy(() =>
  import('./manage-views-dialog').then((file) => ({ default: file.ManageViewsDialog })),
)

const loadSave = () => import('./save-changes-button').then((file) => ({ default: file.SaveChangesButton }))
const SaveChangesButton = lazy(loadSave)
preloadWhenIdle(loadSave)

export interface ViewsBarProps {
  orgId: string
  /** The list that the page shows. */
  list: ViewedList
  isMenuOpen: boolean
  onMenuOpenChange: (isOpen: boolean) => void
}

/**
 * Which saved view the list shows, and all that can be done with views: open another (with its count), save what the
 * address says as a new one, write changes back, reset, share, manage. It reads and writes the address by itself, so it
 * needs nothing of the list. One line of 28 px height; put it in the header of the inventory, before the filters. The
 * parameters `view` and `from` of the address are its own: give them to `DroppedParameters` as `others`.
 */
export function ViewsBar({ orgId, list, isMenuOpen, onMenuOpenChange }: ViewsBarProps) {
  const search = new URLSearchParams(useSearchParams())
  const { data } = useQuery(viewsQuery(orgId))
  const [dialog, setDialog] = useState<'save' | 'manage'>()
  const views = data?.items.filter((view) => view.list === list)
  const query = queryOfSearch(list, search)
  const active = activeView(views, search.get('from'), query)
  const isModified = active !== undefined && !isSameQuery(active.query, query)
  // A search for paths that asks nothing yet is nothing to save.
  const isAsking = list !== 'paths' || (query.start !== undefined && query.end !== undefined)
  const isUnsaved = views !== undefined && active === undefined && isAsking

  const maySave = data?.can.create === true && isAsking
  return (
    <section aria-label="View" className="flex min-h-7 min-w-0 flex-wrap items-center gap-x-2 gap-y-1">
      <ViewsMenu
        orgId={orgId}
        views={views}
        active={active}
        isOpen={isMenuOpen}
        onOpenChange={onMenuOpenChange}
        onOpen={openView}
        onSaveAs={maySave ? () => setDialog('save') : undefined}
        onManage={() => setDialog('manage')}
        unnamed={isAsking ? 'Not saved' : 'Saved searches'}
        onCopyLink={active && !isModified ? () => void copyLink(active) : undefined}
      />
      <span role="status" className="contents">
        {isModified ? <Badge tone="notice">Modified</Badge> : null}
      </span>
      {isModified && active.can.update ? (
        <Suspense fallback={null}>
          <SaveChangesButton orgId={orgId} view={active} query={query} />
        </Suspense>
      ) : null}
      {(isModified || isUnsaved) && maySave ? (
        <Button size="sm" onClick={() => setDialog('save')}>
          Save as…
        </Button>
      ) : null}
      {isModified ? (
        <Button size="sm" variant="ghost" onClick={() => openView(active)}>
          Reset
        </Button>
      ) : null}
      <Suspense fallback={null}>
        {dialog === 'save' ? (
          <SaveViewDialog
            orgId={orgId}
            list={list}
            query={query}
            mayShare={data?.can.share === true}
            onClose={() => setDialog(undefined)}
            onSaved={openView}
          />
        ) : null}
        {dialog === 'manage' ? (
          <ManageViewsDialog orgId={orgId} list={list} views={views ?? []} onClose={() => setDialog(undefined)} />
        ) : null}
      </Suspense>
    </section>
  )
}

/** The view that the address came from; without one, the one that shows the same. */
function activeView(views: readonly View[] | undefined, from: string | null, query: ViewQuery): View | undefined {
  return views?.find((view) => view.id === from) ?? views?.find((view) => isSameQuery(view.query, query))
}

/** At once, by the list's own queries: nothing has to be asked of the page's server. */
function openView(view: View): void {
  window.history.pushState(null, '', viewHref(view))
}

async function copyLink(view: View): Promise<void> {
  const url = new URL(viewLink(view), window.location.href).href
  try {
    await navigator.clipboard.writeText(url)
    const whom = view.origin === 'personal' ? 'Only you can open it: the view is not shared.' : undefined
    notifyDone('Link copied', whom)
  } catch {
    notifyFailed('The link was not copied', `The browser did not allow it. It is ${url}`)
  }
}

'use client'

import type { ViewedList } from '@/lib/views/schema'

export interface ViewsBarProps {
  orgId: string
  /** The list that the page shows. */
  list: ViewedList
}

/**
 * Which saved view the list shows, and all that can be done with views: open another (with its count), save what the
 * address says as a new one, write changes back, reset, share, manage. It reads and writes the address by itself, so it
 * needs nothing of the list. One line of at most 28 px height; put it in the header of the inventory, before the filters.
 */
export function ViewsBar(_props: ViewsBarProps) {
  return <div className="flex h-7 items-center gap-2" />
}

'use client'

import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Bookmark, BookmarkPlus, Check, ChevronDown, Link2, Settings2, Star, Users } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { Button } from '@/components/ui/button'
import { Command, CommandEmpty, CommandGroup, CommandInput, CommandItem, CommandList } from '@/components/ui/command'
import { Popover, PopoverContent, PopoverTrigger } from '@/components/ui/popover'
import { Skeleton } from '@/components/ui/skeleton'
import { formatNumber } from '@/lib/platform/browser/format'
import { useShortcut } from '@/lib/platform/browser/shortcuts'
import { viewCountsQuery } from '@/lib/views/queries'
import type { View, ViewCounts } from '@/lib/views/schema'

interface ViewsMenuProps {
  orgId: string
  views: readonly View[] | undefined
  /** The view that the list shows, changed or not. */
  active: View | undefined
  onOpen: (view: View) => void
  onSaveAs: (() => void) | undefined
  onManage: () => void
  onCopyLink: (() => void) | undefined
  /** What stands in place of a name while none of them is shown. */
  unnamed: string
}

const groups: { heading: string; has: (view: View) => boolean }[] = [
  { heading: 'Yours', has: (view) => view.isMine },
  { heading: 'Shared with you', has: (view) => view.origin === 'shared' && !view.isMine },
  { heading: 'Questions that matter', has: (view) => view.origin === 'builtin' },
]

/** All views of a list with how many rows each has, before any is opened. */
export function ViewsMenu(props: ViewsMenuProps) {
  const { orgId, views, active, onOpen, onSaveAs, onManage, onCopyLink, unnamed } = props
  const queries = useQueryClient()
  const [isOpen, setIsOpen] = useState(false)
  const counts = useQuery({ ...viewCountsQuery(orgId), enabled: isOpen })
  useShortcut({ keys: 'v', label: 'Open a view', group: 'This list' }, () => setIsOpen(true))
  // Counted while the hand is still on its way.
  const prefetch = () => void queries.prefetchQuery(viewCountsQuery(orgId))
  const close = (run: () => void) => () => {
    setIsOpen(false)
    run()
  }
  const item = (view: View) => (
    <CommandItem
      key={view.id}
      value={view.id}
      keywords={[view.name, view.description ?? '', view.author?.name ?? '']}
      icon={active?.id === view.id ? <Check aria-label="open now" /> : <Bookmark aria-hidden className="opacity-0" />}
      detail={view.list === 'paths' ? null : <Count counts={counts.data} id={view.id} hasFailed={counts.isError} />}
      onSelect={close(() => onOpen(view))}
    >
      {view.name}
      {view.isDefault ? <Star aria-label="opens by itself" className="ml-1.5 inline size-3!" /> : null}
      {view.origin === 'shared' ? <Users aria-label="shared" className="ml-1.5 inline size-3!" /> : null}
    </CommandItem>
  )
  return (
    <Popover open={isOpen} onOpenChange={setIsOpen}>
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
        <Command label="Views" loop defaultValue={active?.id}>
          <CommandInput autoFocus placeholder="Find a view" />
          <CommandList className="max-h-[min(28rem,60vh)]">
            <CommandEmpty>No view has such a name.</CommandEmpty>
            {groups.map(({ heading, has }) => {
              const those = (views ?? []).filter(has)
              return those.length > 0 ? (
                <CommandGroup key={heading} heading={heading}>
                  {those.map(item)}
                </CommandGroup>
              ) : null
            })}
            <CommandGroup heading="Do">
              {onSaveAs ? action('save', 'Save as a new view…', <BookmarkPlus aria-hidden />, close(onSaveAs)) : null}
              {onCopyLink
                ? action('link', 'Copy the link to this view', <Link2 aria-hidden />, close(onCopyLink))
                : null}
              {action('manage', 'Manage views…', <Settings2 aria-hidden />, close(onManage))}
            </CommandGroup>
          </CommandList>
        </Command>
      </PopoverContent>
    </Popover>
  )
}

function action(id: string, label: string, icon: ReactNode, run: () => void) {
  return (
    <CommandItem value={`do ${id}`} keywords={[label]} icon={icon} onSelect={run}>
      {label}
    </CommandItem>
  )
}

function nameOf(views: readonly View[] | undefined, active: View | undefined, unnamed: string): string {
  if (!views) return 'loading'
  return active?.name ?? unnamed
}

function Count({ counts, id, hasFailed }: { counts: ViewCounts | undefined; id: string; hasFailed: boolean }) {
  const count = counts?.counts[id]
  if (!counts) return hasFailed ? <span title="could not be counted">?</span> : <Skeleton className="w-8" />
  if (!count) return <span title="could not be counted">?</span>
  return (
    <span className="tabular">
      {count.isExact ? '' : 'over '}
      {formatNumber(count.total)}
    </span>
  )
}

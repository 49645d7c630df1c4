'use client'

import { Bookmark, BookmarkPlus, Check, Link2, Settings2, Star, Users } from 'lucide-react'
import type { ReactNode } from 'react'
import { Command, CommandEmpty, CommandGroup, CommandInput, CommandItem, CommandList } from '@/components/ui/command'
import { Skeleton } from '@/components/ui/skeleton'
import { formatNumber } from '@/lib/platform/browser/format'
import type { View, ViewCounts } from '@/lib/views/schema'

interface ViewsChoiceProps {
  views: readonly View[]
  activeId: string | undefined
  counts: ViewCounts | undefined
  hasFailed: boolean
  onOpen: (view: View) => void
  onSaveAs: (() => void) | undefined
  onCopyLink: (() => void) | undefined
  onManage: () => void
}

const groups: { heading: string; has: (view: View) => boolean }[] = [
  { heading: 'Yours', has: (view) => view.isMine },
  { heading: 'Shared with you', has: (view) => view.origin === 'shared' && !view.isMine },
  { heading: 'Questions that matter', has: (view) => view.origin === 'builtin' },
]

/** The views of a list to choose from, and what can be done with them. */
export function ViewsChoice(props: ViewsChoiceProps) {
  const { views, activeId, counts, hasFailed, onOpen, onSaveAs, onCopyLink, onManage } = props
  const item = (view: View) => (
    <CommandItem
      key={view.id}
      value={view.id}
      keywords={[view.name, view.description ?? '', view.author?.name ?? '']}
      icon={activeId === view.id ? <Check aria-label="open now" /> : <Bookmark aria-hidden className="opacity-0" />}
      detail={view.list === 'paths' ? null : <Count counts={counts} id={view.id} hasFailed={hasFailed} />}
      onSelect={() => onOpen(view)}
    >
      {view.name}
      {view.isDefault ? <Star aria-label="opens by itself" className="ml-1.5 inline size-3!" /> : null}
      {view.origin === 'shared' ? <Users aria-label="shared" className="ml-1.5 inline size-3!" /> : null}
    </CommandItem>
  )
  return (
    <Command label="Views" loop defaultValue={activeId}>
      <CommandInput autoFocus placeholder="Find a view" />
      <CommandList className="max-h-[min(28rem,60vh)]">
        <CommandEmpty>No view has such a name.</CommandEmpty>
        {groups.map(({ heading, has }) => {
          const those = views.filter(has)
          return those.length > 0 ? (
            <CommandGroup key={heading} heading={heading}>
              {those.map(item)}
            </CommandGroup>
          ) : null
        })}
        <CommandGroup heading="Do">
          {onSaveAs ? action('save', 'Save as a new view…', <BookmarkPlus aria-hidden />, onSaveAs) : null}
          {onCopyLink ? action('link', 'Copy the link to this view', <Link2 aria-hidden />, onCopyLink) : null}
          {action('manage', 'Manage views…', <Settings2 aria-hidden />, onManage)}
        </CommandGroup>
      </CommandList>
    </Command>
  )
}

function action(id: string, label: string, icon: ReactNode, run: () => void) {
  return (
    <CommandItem value={`do ${id}`} keywords={[label]} icon={icon} onSelect={run}>
      {label}
    </CommandItem>
  )
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

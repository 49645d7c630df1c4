'use client'

import { ArrowDown, ArrowUp, Ellipsis, Lock, Pencil, Star, StarOff, Trash2, Users } from 'lucide-react'
import { Badge } from '@/components/ui/badge'
import { DropdownMenu, DropdownMenuContent, DropdownMenuItem, DropdownMenuTrigger } from '@/components/ui/dropdown-menu'
import { IconButton } from '@/components/ui/icon-button'
import type { View } from '@/lib/views/schema'

interface ViewLineProps {
  view: View
  isFirst: boolean
  isLast: boolean
  onMove: (step: 1 | -1) => void
  onRename: () => void
  onDefault: (isDefault: boolean) => void
  onShare: (isShared: boolean) => void
  onDelete: () => void
}

/** One view among those that are managed. */
export function ViewLine({ view, isFirst, isLast, onMove, ...on }: ViewLineProps) {
  const { name, origin, author, isDefault, can } = view
  return (
    <li className="flex min-h-9 items-center gap-2 border-b px-4 py-1 last:border-b-0">
      <span className="flex min-w-0 flex-1 flex-wrap items-center gap-x-2">
        <span className="min-w-0 truncate text-sm">{name}</span>
        {isDefault ? (
          <Badge icon={<Star aria-hidden />} tone="notice">
            Opens by itself
          </Badge>
        ) : null}
        <span className="text-xs text-ink-muted">{whose(view)}</span>
      </span>
      <IconButton size="sm" label={`Move ${name} up`} disabled={isFirst} onClick={() => onMove(-1)}>
        <ArrowUp aria-hidden />
      </IconButton>
      <IconButton size="sm" label={`Move ${name} down`} disabled={isLast} onClick={() => onMove(1)}>
        <ArrowDown aria-hidden />
      </IconButton>
      <DropdownMenu>
        <DropdownMenuTrigger asChild>
          <IconButton size="sm" label={`Actions for ${name}`}>
            <Ellipsis aria-hidden />
          </IconButton>
        </DropdownMenuTrigger>
        <DropdownMenuContent align="end">
          <DropdownMenuItem
            icon={isDefault ? <StarOff aria-hidden /> : <Star aria-hidden />}
            onSelect={() => on.onDefault(!isDefault)}
          >
            {isDefault ? 'Do not open by itself' : 'Open by itself'}
          </DropdownMenuItem>
          {can.update ? (
            <DropdownMenuItem icon={<Pencil aria-hidden />} onSelect={on.onRename}>
              Rename…
            </DropdownMenuItem>
          ) : null}
          {can.update && (can.share || origin === 'shared') ? (
            <DropdownMenuItem
              icon={origin === 'shared' ? <Lock aria-hidden /> : <Users aria-hidden />}
              onSelect={() => on.onShare(origin !== 'shared')}
            >
              {origin === 'shared' ? `Keep for ${author?.name ?? 'its author'} alone` : 'Share with everybody'}
            </DropdownMenuItem>
          ) : null}
          {can.delete ? (
            <DropdownMenuItem icon={<Trash2 aria-hidden />} tone="danger" onSelect={on.onDelete}>
              Delete
            </DropdownMenuItem>
          ) : null}
        </DropdownMenuContent>
      </DropdownMenu>
    </li>
  )
}

function whose({ origin, author, isMine }: View): string {
  if (origin === 'builtin') return 'comes with Bailiwick'
  if (origin === 'personal') return 'yours'
  return isMine ? 'yours, shared' : `shared by ${author?.name ?? 'somebody'}`
}

'use client'

import { X } from 'lucide-react'
import type { ReactNode } from 'react'
import { cn } from './class-names'

export interface ChipProps {
  children: ReactNode
  icon?: ReactNode
  /** With it the chip has a remove button, named "Remove <removeLabel>". */
  onRemove?: () => void
  removeLabel?: string
  className?: string
}

export function Chip({ children, icon, onRemove, removeLabel, className }: ChipProps) {
  return (
    <span
      className={cn(
        'inline-flex h-6 max-w-full items-center gap-1.5 rounded-md bg-accent-wash pl-2 text-xs text-ink [&_svg]:size-3 [&_svg]:shrink-0',
        !onRemove && 'pr-2',
        className,
      )}
    >
      {icon}
      <span className="min-w-0 truncate">{children}</span>
      {onRemove ? (
        <button
          type="button"
          onClick={onRemove}
          aria-label={`Remove ${removeLabel ?? (typeof children === 'string' ? children : 'this')}`}
          className="grid size-6 place-items-center rounded-md text-ink-muted hover:bg-accent-line/40 hover:text-ink"
        >
          <X aria-hidden />
        </button>
      ) : null}
    </span>
  )
}

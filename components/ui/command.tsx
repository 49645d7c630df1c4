'use client'

import { Command as Cmdk } from 'cmdk'
import { Search } from 'lucide-react'
import { type ComponentProps, type ReactNode, useEffect, useRef } from 'react'
import { cn } from './class-names'

export interface CommandProps extends ComponentProps<typeof Cmdk> {
  /** The keys are for this list, or for its text box, from the beginning. */
  takesFocus?: boolean
}

/** A searchable list: the palette and the filter facets are made of it. */
export function Command({ className, takesFocus, ...props }: CommandProps) {
  const root = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (takesFocus) (root.current?.querySelector('input') ?? root.current)?.focus()
  }, [takesFocus])
  return <Cmdk ref={root} className={cn('flex min-h-0 flex-col outline-none', className)} {...props} />
}

export function CommandInput({ className, ...props }: ComponentProps<typeof Cmdk.Input>) {
  return (
    <div className="flex h-10 shrink-0 items-center gap-2 border-b px-3">
      <Search className="size-4 shrink-0 text-ink-faint" aria-hidden />
      <Cmdk.Input
        className={cn(
          'h-full w-full min-w-0 bg-transparent text-sm outline-none placeholder:text-ink-faint',
          className,
        )}
        {...props}
      />
    </div>
  )
}

export function CommandList({ className, ...props }: ComponentProps<typeof Cmdk.List>) {
  return <Cmdk.List className={cn('max-h-80 scroll-py-1 overflow-y-auto p-1', className)} {...props} />
}

export function CommandGroup({ className, ...props }: ComponentProps<typeof Cmdk.Group>) {
  return (
    <Cmdk.Group
      className={cn(
        '**:[[cmdk-group-heading]]:px-2 **:[[cmdk-group-heading]]:py-1 **:[[cmdk-group-heading]]:text-xs **:[[cmdk-group-heading]]:text-ink-muted',
        className,
      )}
      {...props}
    />
  )
}

export interface CommandItemProps extends ComponentProps<typeof Cmdk.Item> {
  icon?: ReactNode
  /** At the right edge: a shortcut, a count, a word. */
  detail?: ReactNode
}

export function CommandItem({ className, icon, detail, children, ...props }: CommandItemProps) {
  return (
    <Cmdk.Item
      className={cn(
        'flex min-h-8 cursor-default items-center gap-2 rounded-sm px-2 py-1 text-sm select-none aria-disabled:opacity-50 aria-selected:bg-accent-wash [&_svg]:size-4 [&_svg]:shrink-0 [&_svg]:text-ink-muted',
        className,
      )}
      {...props}
    >
      {icon}
      <span className="min-w-0 flex-1 truncate *:align-middle">{children}</span>
      {detail ? <span className="shrink-0 text-xs text-ink-muted">{detail}</span> : null}
    </Cmdk.Item>
  )
}

/** Why a list is empty, in its place and aside from it: a list holds choices alone. */
export function CommandStatus({ className, ...props }: ComponentProps<'p'>) {
  return <p aria-live="polite" className={cn('px-3 py-6 text-center text-sm text-ink-muted', className)} {...props} />
}

export function CommandEmpty({ className, ...props }: ComponentProps<typeof Cmdk.Empty>) {
  return <Cmdk.Empty className={cn('px-3 py-6 text-center text-sm text-ink-muted', className)} {...props} />
}

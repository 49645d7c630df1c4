'use client'

import { Check } from 'lucide-react'
import { DropdownMenu as Radix } from 'radix-ui'
import type { ComponentProps, ReactNode } from 'react'
import { cn } from './class-names'
import { Kbd } from './kbd'

/** Not modal: the page behind stays readable to assistive technology, and a click elsewhere closes it. */
export function DropdownMenu(props: ComponentProps<typeof Radix.Root>) {
  return <Radix.Root modal={false} {...props} />
}
export const DropdownMenuTrigger = Radix.Trigger
export const DropdownMenuRadioGroup = Radix.RadioGroup

export const menuSurfaceClasses =
  'z-50 min-w-44 overflow-y-auto rounded-md bg-raised p-1 shadow-float outline-none data-[state=open]:animate-in data-[state=open]:fade-in-0 duration-75'

const itemClasses =
  'relative flex min-h-7 cursor-default items-center gap-2 rounded-sm px-2 py-1 text-sm outline-none select-none data-disabled:opacity-50 data-highlighted:bg-hover [&_svg]:size-3.5 [&_svg]:shrink-0 [&_svg]:text-ink-muted'

export function DropdownMenuContent({ className, ...props }: ComponentProps<typeof Radix.Content>) {
  return (
    <Radix.Portal>
      <Radix.Content
        sideOffset={4}
        collisionPadding={8}
        className={cn(menuSurfaceClasses, 'max-h-(--radix-dropdown-menu-content-available-height)', className)}
        {...props}
      />
    </Radix.Portal>
  )
}

export interface DropdownMenuItemProps extends ComponentProps<typeof Radix.Item> {
  icon?: ReactNode
  tone?: 'plain' | 'danger'
  keys?: string
}

export function DropdownMenuItem({ className, icon, tone, keys, children, asChild, ...props }: DropdownMenuItemProps) {
  const classes = cn(
    itemClasses,
    tone === 'danger' && 'text-danger-ink data-highlighted:bg-danger-wash [&_svg]:text-danger-ink',
    className,
  )
  if (asChild) {
    return (
      <Radix.Item asChild className={classes} {...props}>
        {children}
      </Radix.Item>
    )
  }
  return (
    <Radix.Item className={classes} {...props}>
      {icon}
      <span className="min-w-0 flex-1">{children}</span>
      {keys ? <Kbd keys={keys} className="pl-4" /> : null}
    </Radix.Item>
  )
}

export function DropdownMenuRadioItem({ className, children, ...props }: ComponentProps<typeof Radix.RadioItem>) {
  return (
    <Radix.RadioItem className={cn(itemClasses, 'pl-7', className)} {...props}>
      <Radix.ItemIndicator className="absolute left-2">
        <Check aria-hidden />
      </Radix.ItemIndicator>
      {children}
    </Radix.RadioItem>
  )
}

export function DropdownMenuLabel({ className, ...props }: ComponentProps<typeof Radix.Label>) {
  return <Radix.Label className={cn('px-2 pt-1.5 pb-1 text-xs text-ink-muted', className)} {...props} />
}

export function DropdownMenuSeparator() {
  return <Radix.Separator className="-mx-1 my-1 h-px bg-line" />
}

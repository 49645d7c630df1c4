'use client'

import type { ComponentProps, ReactNode } from 'react'
import { cn } from './class-names'
import { useFieldControl } from './field-control'

export const controlClasses =
  'w-full rounded-md border border-line-strong bg-raised px-2 text-sm text-ink placeholder:text-ink-faint hover:border-ink-faint disabled:cursor-not-allowed disabled:opacity-50 aria-invalid:border-danger-mark'

export interface InputProps extends ComponentProps<'input'> {
  /** A sign inside the left edge; never the only label. */
  icon?: ReactNode
  /** Identifiers, scopes, ARNs. */
  isMono?: boolean
}

export function Input({ className, icon, isMono, type = 'text', ...props }: InputProps) {
  const control = useFieldControl(props)
  const input = (
    <input
      type={type}
      className={cn(controlClasses, 'h-7', isMono && 'font-mono text-xs', icon ? 'pl-7' : '', className)}
      {...props}
      {...control}
    />
  )
  if (!icon) return input
  return (
    <span className="relative block">
      <span className="pointer-events-none absolute inset-y-0 left-2 grid place-items-center text-ink-faint [&_svg]:size-3.5">
        {icon}
      </span>
      {input}
    </span>
  )
}

export interface TextareaProps extends ComponentProps<'textarea'> {
  isMono?: boolean
}

export function Textarea({ className, isMono, rows = 3, ...props }: TextareaProps) {
  const control = useFieldControl(props)
  return (
    <textarea
      rows={rows}
      className={cn(controlClasses, 'py-1.5', isMono && 'font-mono text-xs', className)}
      {...props}
      {...control}
    />
  )
}

'use client'

import { CircleAlert } from 'lucide-react'
import { type ReactNode, useId } from 'react'
import { cn } from './class-names'
import { FieldContext } from './field-control'

export interface FieldProps {
  label: string
  children: ReactNode
  hint?: ReactNode
  /** What is wrong and how to mend it. */
  error?: string
  isRequired?: boolean
  /** The label stays for assistive technology only. */
  isLabelHidden?: boolean
  /** Control first, label beside it: for a checkbox or a switch. */
  layout?: 'stacked' | 'inline'
  className?: string
}

export function Field(props: FieldProps) {
  const { label, children, hint, error, isRequired, isLabelHidden, layout = 'stacked', className } = props
  const id = useId()
  const describedBy = [hint ? `${id}-hint` : '', error ? `${id}-error` : ''].filter(Boolean).join(' ') || undefined
  const control = { id, describedBy, isInvalid: Boolean(error), isRequired: Boolean(isRequired) }
  const name = (
    <Label htmlFor={id} className={isLabelHidden ? 'sr-only' : layout === 'inline' ? 'font-normal' : undefined}>
      {label}
      {isRequired || layout === 'inline' ? null : <span className="ml-1 font-normal text-ink-faint"> optional</span>}
    </Label>
  )
  return (
    <FieldContext value={control}>
      <div className={cn('flex flex-col gap-1', className)}>
        {layout === 'inline' ? (
          <div className="flex min-h-6 items-center gap-2">
            {children}
            {name}
          </div>
        ) : (
          <>
            {name}
            {children}
          </>
        )}
        {hint ? (
          <p id={`${id}-hint`} className="max-w-prose text-xs text-ink-muted">
            {hint}
          </p>
        ) : null}
        {error ? (
          <p id={`${id}-error`} className="flex items-start gap-1 text-xs text-danger-ink">
            <CircleAlert className="mt-0.5 size-3 shrink-0" aria-hidden />
            {error}
          </p>
        ) : null}
      </div>
    </FieldContext>
  )
}

export function Label({ className, ...props }: React.ComponentProps<'label'>) {
  // biome-ignore lint/a11y/noLabelWithoutControl: the caller names the control by `htmlFor`
  return <label className={cn('text-sm font-medium text-ink', className)} {...props} />
}

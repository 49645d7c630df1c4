'use client'

import type { ComponentProps } from 'react'
import { cn } from './class-names'
import { useFieldControl } from './field-control'

export interface SwitchProps extends Omit<ComponentProps<'input'>, 'type' | 'role'> {
  onCheckedChange?: (checked: boolean) => void
  /** Needed outside a `Field`. */
  label?: string
}

/** Takes effect at once. For a choice that is saved later use a checkbox. */
export function Switch({ onCheckedChange, onChange, label, className, ...props }: SwitchProps) {
  const control = useFieldControl(props)
  return (
    <span className={cn('relative inline-flex h-4.5 w-8 shrink-0 align-middle', className)}>
      <input
        aria-label={label}
        {...props}
        {...control}
        type="checkbox"
        // biome-ignore lint/a11y/useAriaPropsForRole: a native checkbox tells its state by itself
        role="switch"
        onChange={(event) => {
          onChange?.(event)
          onCheckedChange?.(event.target.checked)
        }}
        className="peer hit-target absolute inset-0 appearance-none rounded-full border border-line-strong bg-sunken transition-colors checked:border-accent checked:bg-accent focus-visible:rounded-full disabled:opacity-50"
      />
      <span
        aria-hidden
        className="pointer-events-none absolute top-0.5 left-0.5 size-3.5 rounded-full bg-line-strong transition-transform duration-100 peer-checked:translate-x-3.5 peer-checked:bg-on-accent"
      />
    </span>
  )
}

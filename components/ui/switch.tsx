'use client'

import { Switch as Radix } from 'radix-ui'
import type { ComponentProps } from 'react'
import { cn } from './class-names'
import { useFieldControl } from './field'

export interface SwitchProps extends ComponentProps<typeof Radix.Root> {
  /** Needed outside a `Field`. */
  label?: string
}

/** Takes effect at once. For a choice that is saved later use a checkbox. */
export function Switch({ label, className, ...props }: SwitchProps) {
  const control = useFieldControl(props)
  return (
    <Radix.Root
      aria-label={label}
      className={cn(
        'hit-target inline-flex h-4.5 w-8 shrink-0 items-center rounded-full border border-line-strong bg-sunken p-px transition-colors disabled:opacity-50 data-[state=checked]:border-accent data-[state=checked]:bg-accent',
        className,
      )}
      {...props}
      {...control}
    >
      <Radix.Thumb className="block size-3.5 rounded-full bg-line-strong transition-transform duration-100 data-[state=checked]:translate-x-3.5 data-[state=checked]:bg-on-accent" />
    </Radix.Root>
  )
}

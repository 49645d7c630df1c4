'use client'

import { Check, Minus } from 'lucide-react'
import { Checkbox as Radix } from 'radix-ui'
import type { ComponentProps } from 'react'
import { cn } from './class-names'
import { useFieldControl } from './field'

export interface CheckboxProps extends ComponentProps<typeof Radix.Root> {
  /** Needed outside a `Field`. */
  label?: string
}

/** `checked` may be `'indeterminate'`. */
export function Checkbox({ label, className, ...props }: CheckboxProps) {
  const control = useFieldControl(props)
  return (
    <Radix.Root
      aria-label={label}
      className={cn(
        'hit-target grid size-4 shrink-0 place-items-center rounded-sm border border-line-strong bg-raised text-on-accent disabled:opacity-50',
        'data-[state=checked]:border-accent data-[state=checked]:bg-accent data-[state=indeterminate]:border-accent data-[state=indeterminate]:bg-accent',
        className,
      )}
      {...props}
      {...control}
    >
      <Radix.Indicator>
        {props.checked === 'indeterminate' ? (
          <Minus className="size-3" strokeWidth={3} aria-hidden />
        ) : (
          <Check className="size-3" strokeWidth={3} aria-hidden />
        )}
      </Radix.Indicator>
    </Radix.Root>
  )
}

'use client'

import { Check, Minus } from 'lucide-react'
import type { ComponentProps } from 'react'
import { cn } from './class-names'
import { useFieldControl } from './field-control'

export interface CheckboxProps extends Omit<ComponentProps<'input'>, 'type' | 'checked' | 'onChange'> {
  checked?: boolean | 'indeterminate'
  onCheckedChange?: (checked: boolean) => void
  /** For `register()` of react-hook-form. */
  onChange?: ComponentProps<'input'>['onChange']
  /** Needed outside a `Field`. */
  label?: string
}

export function Checkbox({ checked, onCheckedChange, onChange, label, className, ref, ...props }: CheckboxProps) {
  const control = useFieldControl(props)
  const isMixed = checked === 'indeterminate'
  return (
    <span className={cn('relative inline-grid size-4 shrink-0 place-items-center align-middle', className)}>
      <input
        aria-label={label}
        {...props}
        {...control}
        type="checkbox"
        ref={(element) => {
          if (element) element.indeterminate = isMixed
          if (typeof ref === 'function') return ref(element)
          if (ref) ref.current = element
        }}
        checked={checked === undefined ? undefined : checked === true}
        onChange={(event) => {
          onChange?.(event)
          onCheckedChange?.(event.target.checked)
        }}
        className="peer hit-target size-4 appearance-none rounded-sm border border-line-strong bg-raised checked:border-accent checked:bg-accent indeterminate:border-accent indeterminate:bg-accent disabled:opacity-50"
      />
      {/* A long list has one for each row: nothing is drawn that cannot be seen. */}
      {checked === false || isMixed ? null : (
        <Check
          className="pointer-events-none invisible absolute size-3 text-on-accent peer-checked:visible"
          strokeWidth={3}
          aria-hidden
        />
      )}
      {isMixed ? (
        <Minus className="pointer-events-none absolute size-3 text-on-accent" strokeWidth={3} aria-hidden />
      ) : null}
    </span>
  )
}

'use client'

import { Check, ChevronDown } from 'lucide-react'
import { Select as Radix } from 'radix-ui'
import type { ReactNode } from 'react'
import { cn } from './class-names'
import { useFieldControl } from './field-control'
import { controlClasses } from './input'

export interface SelectOption<Value extends string = string> {
  value: Value
  label: string
  hint?: string
  icon?: ReactNode
  isDisabled?: boolean
}

export interface SelectProps<Value extends string = string> {
  options: readonly SelectOption<Value>[]
  value?: Value
  defaultValue?: Value
  onValueChange?: (value: Value) => void
  placeholder?: string
  /** Needed outside a `Field`. */
  label?: string
  name?: string
  isDisabled?: boolean
  className?: string
}

/** One of a few. For many, or with search, use a filter facet or the command palette. Values must not be empty. */
export function Select<Value extends string = string>(props: SelectProps<Value>) {
  const {
    options,
    value,
    defaultValue,
    onValueChange,
    placeholder = 'Choose',
    label,
    name,
    isDisabled,
    className,
  } = props
  const control = useFieldControl()
  return (
    <Radix.Root
      value={value}
      defaultValue={defaultValue}
      onValueChange={(next) => onValueChange?.(next as Value)}
      name={name}
      disabled={isDisabled}
    >
      <Radix.Trigger
        aria-label={label}
        className={cn(
          controlClasses,
          'inline-flex h-7 items-center justify-between gap-2 text-left data-placeholder:text-ink-faint',
          className,
        )}
        {...control}
      >
        <span className="min-w-0 truncate">
          <Radix.Value placeholder={placeholder} />
        </span>
        <ChevronDown className="size-3.5 shrink-0 text-ink-faint" aria-hidden />
      </Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          position="popper"
          sideOffset={4}
          collisionPadding={8}
          className="z-50 max-h-(--radix-select-content-available-height) min-w-(--radix-select-trigger-width) overflow-hidden rounded-md bg-raised shadow-float"
        >
          <Radix.Viewport className="p-1">
            {options.map((option) => (
              <Radix.Item
                key={option.value}
                value={option.value}
                disabled={option.isDisabled}
                className="flex min-h-7 cursor-default items-center gap-2 rounded-sm py-1 pr-2 pl-7 text-sm outline-none select-none data-disabled:opacity-50 data-highlighted:bg-hover"
              >
                <Radix.ItemIndicator className="absolute left-3">
                  <Check className="size-3.5 text-accent-ink" aria-hidden />
                </Radix.ItemIndicator>
                <Radix.ItemText>
                  <span className="inline-flex items-center gap-1.5 [&_svg]:size-3.5">
                    {option.icon}
                    {option.label}
                  </span>
                </Radix.ItemText>
                {option.hint ? <span className="ml-auto pl-4 text-xs text-ink-muted">{option.hint}</span> : null}
              </Radix.Item>
            ))}
          </Radix.Viewport>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}

'use client'

import { type ComponentProps, useSyncExternalStore } from 'react'
import { cn } from './class-names'

const never = () => () => {}

export interface FormProps extends Omit<ComponentProps<'form'>, 'method' | 'noValidate'> {
  /** What the form is for; it becomes a landmark by that name. */
  'aria-label': string
  isDisabled?: boolean
}

/**
 * A form that a page brings along. Its fields take nothing until the page listens: what is typed earlier would be
 * overwritten, and a form that is sent earlier would put its fields into the address.
 */
export function Form({ isDisabled = false, className, children, ...props }: FormProps) {
  const isListening = useSyncExternalStore(
    never,
    () => true,
    () => false,
  )
  return (
    <form {...props} noValidate method="post">
      <fieldset
        disabled={isDisabled || !isListening}
        data-starting={isListening ? undefined : ''}
        className={cn('flex flex-col gap-4', className)}
      >
        {children}
      </fieldset>
    </form>
  )
}

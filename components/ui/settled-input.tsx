'use client'

import { type ReactNode, type Ref, useEffect, useRef, useState } from 'react'
import { Input } from './input'

const settleMs = 250

export interface SettledInputProps {
  /** The settled text; a change from outside replaces what is in the box. */
  value: string
  /** Called when typing pauses for 250 ms, and at once on Enter and when the box loses the focus. */
  onSettle: (value: string) => void
  label: string
  placeholder?: string
  icon?: ReactNode
  ref?: Ref<HTMLInputElement>
}

/** A text box that reports when the typing has settled, for what costs a request. */
export function SettledInput({ value, onSettle, label, placeholder, icon, ref }: SettledInputProps) {
  const [draft, setDraft] = useState(value)
  const [seen, setSeen] = useState(value)
  const [sent, setSent] = useState(value)
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  useEffect(() => () => clearTimeout(timer.current), [])

  if (value !== seen) {
    setSeen(value)
    if (value !== sent) {
      setSent(value)
      setDraft(value)
    }
  }

  const settle = (next: string) => {
    clearTimeout(timer.current)
    if (next === sent) return
    setSent(next)
    onSettle(next)
  }

  return (
    <Input
      ref={ref}
      type="search"
      aria-label={label}
      placeholder={placeholder}
      icon={icon}
      value={draft}
      autoComplete="off"
      spellCheck={false}
      onChange={(event) => {
        const next = event.target.value
        setDraft(next)
        clearTimeout(timer.current)
        timer.current = setTimeout(() => settle(next), settleMs)
      }}
      // Before the click that took the focus: a link's navigation is lost when the address changes after it.
      onBlur={() => settle(draft)}
      onKeyDown={(event) => {
        if (event.key === 'Enter') settle(draft)
        if (event.key === 'Escape') event.currentTarget.blur()
      }}
    />
  )
}

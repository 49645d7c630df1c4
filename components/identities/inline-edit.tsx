'use client'

import { Pencil } from 'lucide-react'
import { type KeyboardEvent, type ReactNode, useId, useState } from 'react'
import { Button } from '@/components/ui/button'
import { IconButton } from '@/components/ui/icon-button'
import { Input, Textarea } from '@/components/ui/input'

const focus = (element: HTMLElement | null) => element?.focus()

interface InlineEditProps {
  /** Of the value, in lower case: "description". */
  label: string
  /** How it is shown. */
  children: ReactNode
  /** The form that takes its place; call `close` when done. */
  form: (close: () => void) => ReactNode
  onOpen: () => void
}

/** A value that becomes a form in its place. The focus goes into the form and comes back to the button. */
export function InlineEdit({ label, children, form, onOpen }: InlineEditProps) {
  const [state, setState] = useState<'shown' | 'open' | 'closed'>('shown')
  const close = () => setState('closed')
  if (state === 'open') return form(close)
  return (
    <span className="flex min-w-0 items-start gap-1">
      <span className="min-w-0">{children}</span>
      <IconButton
        ref={state === 'closed' ? focus : undefined}
        label={`Edit ${label}`}
        size="sm"
        className="-my-0.5 text-ink-muted"
        onClick={() => {
          onOpen()
          setState('open')
        }}
      >
        <Pencil aria-hidden />
      </IconButton>
    </span>
  )
}

interface TextFormProps {
  label: string
  value: string | null
  maxLength: number
  isLong?: boolean
  /** What others are called, to choose from. */
  suggestions?: readonly string[]
  onSave: (value: string | null) => void
  onClose: () => void
}

/** One line, or several: Enter saves (with Ctrl or ⌘ in several), Escape leaves it as it was. */
export function TextForm({ label, value, maxLength, isLong, suggestions, onSave, onClose }: TextFormProps) {
  const [draft, setDraft] = useState(value ?? '')
  const id = useId()
  const save = () => {
    const next = draft.trim() || null
    if (next !== value) onSave(next)
    onClose()
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape') {
      event.stopPropagation()
      onClose()
    }
    if (isLong && event.key === 'Enter' && (event.ctrlKey || event.metaKey)) save()
  }
  const control = {
    ref: focus,
    value: draft,
    maxLength,
    'aria-label': label,
    onKeyDown,
    onChange: (event: { target: { value: string } }) => setDraft(event.target.value),
  }
  return (
    <form
      className="flex flex-col gap-1.5 py-0.5"
      onSubmit={(event) => {
        event.preventDefault()
        save()
      }}
    >
      {isLong ? <Textarea {...control} rows={3} /> : <Input {...control} list={suggestions ? id : undefined} />}
      {suggestions ? (
        <datalist id={id}>
          {suggestions.map((suggestion) => (
            <option key={suggestion} value={suggestion} />
          ))}
        </datalist>
      ) : null}
      <span className="flex gap-1">
        <Button type="submit" size="sm" variant="primary">
          Save
        </Button>
        <Button type="button" size="sm" variant="ghost" onClick={onClose}>
          Cancel
        </Button>
      </span>
    </form>
  )
}

'use client'

import { type FormEvent, useEffect, useRef, useState } from 'react'
import { type Jump, parseJump } from '@/lib/platform/browser/find-row'
import { Button } from '../ui/button'
import { Field } from '../ui/field'
import { Input } from '../ui/input'

export interface JumpFormProps {
  /** What the list is ordered by, when that is text: "name". */
  textName: string | undefined
  /** Goes there; throws with a sentence for the reader when it cannot. */
  onJump: (jump: Jump) => Promise<void>
  onClose: () => void
}

/** Asks where to. */
export function JumpForm({ textName, onJump, onClose }: JumpFormProps) {
  const [text, setText] = useState('')
  const [state, setState] = useState<{ isPending: boolean; error?: string }>({ isPending: false })

  const input = useRef<HTMLInputElement>(null)
  // It may come after what it stands in.
  useEffect(() => input.current?.focus(), [])

  const submit = async (event: FormEvent) => {
    event.preventDefault()
    const jump = parseJump(text)
    if (!jump) return onClose()
    if (jump.kind === 'text' && !textName) {
      return setState({ isPending: false, error: 'This order is not one of words: write 50% or #1200.' })
    }
    setState({ isPending: true })
    try {
      await onJump(jump)
      setState({ isPending: false })
      onClose()
    } catch (error) {
      setState({ isPending: false, error: error instanceof Error ? error.message : 'The place was not found.' })
    }
  }

  return (
    <form onSubmit={submit} className="flex items-start gap-2">
      <Field
        label="Jump to"
        hint={textName ? `The beginning of a ${textName}, 50% or #1200` : '50% or #1200'}
        error={state.error}
        isRequired
        className="min-w-0 flex-1"
      >
        <Input
          ref={input}
          value={text}
          onChange={(event) => setText(event.target.value)}
          autoComplete="off"
          spellCheck={false}
        />
      </Field>
      <Button type="submit" variant="primary" isPending={state.isPending} className="mt-6">
        Go
      </Button>
    </form>
  )
}

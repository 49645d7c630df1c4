'use client'

import { CornerDownRight } from 'lucide-react'
import { type FormEvent, useState } from 'react'
import { type Jump, parseJump } from '@/lib/platform/browser/find-row'
import { useShortcut } from '@/lib/platform/browser/shortcuts'
import { Button } from '../ui/button'
import { Field } from '../ui/field'
import { Input } from '../ui/input'
import { Popover, PopoverContent, PopoverTrigger } from '../ui/popover'

interface JumpControlProps {
  /** What the list is ordered by, when that is text: "name". */
  textName: string | undefined
  /** Goes there; throws with a sentence for the reader when it cannot. */
  onJump: (jump: Jump) => Promise<void>
}

/** Goes to another place of a long list: the beginning of a name, a share of the way, a row. */
export function JumpControl({ textName, onJump }: JumpControlProps) {
  const [isOpen, setIsOpen] = useState(false)
  const [text, setText] = useState('')
  const [state, setState] = useState<{ isPending: boolean; error?: string }>({ isPending: false })
  useShortcut({ keys: 'g j', label: 'Jump to another place', group: 'This list' }, () => setIsOpen(true))

  const submit = async (event: FormEvent) => {
    event.preventDefault()
    const jump = parseJump(text)
    if (!jump) return setIsOpen(false)
    if (jump.kind === 'text' && !textName) {
      return setState({ isPending: false, error: 'This order is not one of words: write 50% or #1200.' })
    }
    setState({ isPending: true })
    try {
      await onJump(jump)
      setState({ isPending: false })
      setIsOpen(false)
      setText('')
    } catch (error) {
      setState({ isPending: false, error: error instanceof Error ? error.message : 'The place was not found.' })
    }
  }

  return (
    <Popover open={isOpen} onOpenChange={setIsOpen}>
      <PopoverTrigger asChild>
        <Button variant="ghost" size="sm" icon={<CornerDownRight aria-hidden />}>
          Jump to
        </Button>
      </PopoverTrigger>
      <PopoverContent
        align="end"
        side="top"
        className="w-72"
        aria-label="Jump to"
        // The row that was gone to has the focus already.
        onCloseAutoFocus={(event) => event.preventDefault()}
      >
        <form onSubmit={submit} className="flex items-start gap-2">
          <Field
            label="Jump to"
            hint={textName ? `The beginning of a ${textName}, 50% or #1200` : '50% or #1200'}
            error={state.error}
            isRequired
            className="min-w-0 flex-1"
          >
            <Input
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
      </PopoverContent>
    </Popover>
  )
}

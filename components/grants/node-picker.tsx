'use client'

import { useQuery } from '@tanstack/react-query'
import { X } from 'lucide-react'
import { useDeferredValue, useState } from 'react'
import { Command, CommandInput, CommandItem, CommandList } from '@/components/ui/command'
import { IconButton } from '@/components/ui/icon-button'
import { Input } from '@/components/ui/input'
import { nodeSearchQuery } from '@/lib/access-graph/queries'

export interface ChosenNode {
  nodeId: string
  name: string
  isRole: boolean
  /** In the source's words, with commas between. */
  scopes: string
}

interface NodePickerProps {
  orgId: string
  value: readonly ChosenNode[]
  /** In the words of the decision point, not of a source. */
  isRuntime: boolean
  onChange: (chosen: ChosenNode[]) => void
}

const leastLetters = 2
const most = 20

/** Roles to be in, and resources with what is to be done there, found by part of a name. */
export function NodePicker({ orgId, value, isRuntime, onChange }: NodePickerProps) {
  const [text, setText] = useState('')
  const asked = useDeferredValue(text.trim())
  const found = useQuery(nodeSearchQuery(orgId, asked.length < leastLetters ? '' : asked))
  const shown = (found.data?.items ?? []).filter(
    ({ type, id }) => (type === 'role' || type === 'resource') && value.every(({ nodeId }) => nodeId !== id),
  )
  return (
    <div className="flex flex-col gap-2">
      {value.length > 0 ? (
        <ul className="flex flex-col gap-1.5" aria-label="What is asked for">
          {value.map((node) => (
            <li
              key={node.nodeId}
              className="flex flex-wrap items-center gap-2 rounded-sm border py-1 pr-1 pl-2 text-sm"
            >
              <span className="min-w-0 flex-1 truncate font-medium">{node.name}</span>
              {node.isRole ? (
                <span className="text-ink-muted">to be in it</span>
              ) : (
                <Input
                  isMono
                  aria-label={`What is to be done with ${node.name}`}
                  placeholder={isRuntime ? 'read, write' : 'SELECT, INSERT'}
                  className="max-w-60"
                  value={node.scopes}
                  onChange={({ target }) =>
                    onChange(value.map((each) => (each === node ? { ...node, scopes: target.value } : each)))
                  }
                />
              )}
              <IconButton
                label={`Take ${node.name} out`}
                size="sm"
                onClick={() => onChange(value.filter((each) => each !== node))}
              >
                <X aria-hidden />
              </IconButton>
            </li>
          ))}
        </ul>
      ) : null}
      {value.length < most ? (
        <Command label="What is needed" shouldFilter={false} className="rounded-md border">
          <CommandInput value={text} onValueChange={setText} placeholder="Name of a role or resource" />
          <CommandList className="max-h-40">
            {asked.length < leastLetters
              ? null
              : shown.flatMap(({ id, type, name, kind }) =>
                  id === null
                    ? []
                    : [
                        <CommandItem
                          key={id}
                          value={id}
                          detail={kind ?? type}
                          onSelect={() => {
                            onChange([...value, { nodeId: id, name, isRole: type === 'role', scopes: '' }])
                            setText('')
                          }}
                        >
                          {name}
                        </CommandItem>,
                      ],
                )}
          </CommandList>
          {asked.length < leastLetters || shown.length === 0 ? (
            <p className="px-3 pb-2 text-sm text-ink-muted" aria-live="polite">
              {asked.length < leastLetters ? 'Type two letters of its name.' : 'Nothing of that name.'}
            </p>
          ) : null}
        </Command>
      ) : null}
    </div>
  )
}

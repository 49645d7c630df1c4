'use client'

import { cn } from '@/components/ui/class-names'
import type { LiveSystem } from '@/lib/connections/live'
import { evidenceWords } from './system-cards'
import { SystemMonogram } from './system-monogram'

interface SystemChoiceProps {
  systems: readonly LiveSystem[]
  chosen: string
  onChoose: (id: string) => void
}

/** Which system to connect to: one of a few, each with what it was held against. */
export function SystemChoice({ systems, chosen, onChoose }: SystemChoiceProps) {
  return (
    <fieldset className="grid gap-2 sm:grid-cols-2 lg:grid-cols-[repeat(auto-fill,minmax(17rem,1fr))]">
      <legend className="sr-only">System</legend>
      {systems.map(({ id, title, evidence }) => (
        <label
          key={id}
          className={cn(
            'flex cursor-pointer items-center gap-3 rounded-md border px-3 py-2 hover:bg-hover',
            'has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-accent',
            id === chosen ? 'border-accent bg-raised' : 'border-line-strong',
          )}
        >
          <input
            type="radio"
            name="system"
            value={id}
            checked={id === chosen}
            onChange={() => onChoose(id)}
            className="size-3.5 shrink-0 accent-accent outline-none"
          />
          <SystemMonogram system={id} title={title} />
          <span className="min-w-0">
            <span className="block text-sm font-medium">{title}</span>
            <span className="block text-xs text-ink-muted">{evidenceWords(evidence)}</span>
          </span>
        </label>
      ))}
    </fieldset>
  )
}

'use client'

import { Search } from 'lucide-react'
import { parseAsString } from 'nuqs/server'
import { useId, useRef } from 'react'
import { Button } from '@/components/ui/button'
import { cn } from '@/components/ui/class-names'
import { Section } from '@/components/ui/page-header'
import { SettledInput } from '@/components/ui/settled-input'
import { NoMatchState } from '@/components/ui/state-block'
import type { FormatGuide } from '@/lib/connections/schema'
import { formatCount } from '@/lib/platform/browser/format'
import { useAddress } from '@/lib/platform/browser/use-address'
import { FormatGuideView } from './format-guide'
import { type FormatSystem, familyLabels, groupFormats } from './format-words'
import { SystemMonogram } from './system-monogram'

const address = { format: parseAsString, find: parseAsString.withDefault('') }

/** Which systems files can come from, and for each how to make them; the chosen format stands in the address. */
export function FormatGuides({ formats }: { formats: FormatGuide[] }) {
  const [{ format, find }, setAddress] = useAddress(address)
  const guide = useRef<HTMLDivElement>(null)
  const chosen = formats.find(({ id }) => id === format)
  const groups = groupFormats(formats, find)
  const choose = (id: string) => {
    setAddress({ format: id }, { history: 'push' })
    requestAnimationFrame(() => guide.current?.focus())
  }
  return (
    <Section
      title="How to make a file"
      detail={`${formatCount(formats.length, 'format')}, recognised by what is in the file`}
    >
      <div className="grid gap-x-8 gap-y-4 lg:grid-cols-[20rem_minmax(0,1fr)]">
        <div className={cn('flex flex-col gap-4', chosen && 'max-lg:hidden')}>
          <search>
            <SettledInput
              label="Find a system or format"
              placeholder="AWS, token, certificate …"
              icon={<Search aria-hidden />}
              value={find}
              onSettle={(text) => setAddress({ find: text === '' ? null : text })}
            />
          </search>
          <nav aria-label="Systems" className="flex flex-col gap-4">
            {groups.map(({ family, systems }) => (
              <SystemGroup
                key={family}
                title={familyLabels[family]}
                systems={systems}
                chosen={chosen?.system}
                onChoose={choose}
              />
            ))}
          </nav>
          {groups.length === 0 ? (
            <NoMatchState
              title="No format matches"
              actions={<Button onClick={() => setAddress({ find: null })}>Show all formats</Button>}
            >
              A table of any system can come in as CSV, with a column for the name.
            </NoMatchState>
          ) : null}
        </div>
        <div ref={guide} tabIndex={-1} className={cn('min-w-0 outline-none', !chosen && 'max-lg:hidden')}>
          {chosen ? (
            <>
              <Button
                size="sm"
                variant="ghost"
                className="mb-2 lg:hidden"
                onClick={() => setAddress({ format: null }, { history: 'push' })}
              >
                All systems
              </Button>
              <FormatGuideView
                formats={formats.filter(({ system }) => system === chosen.system)}
                chosen={chosen}
                onChoose={choose}
              />
            </>
          ) : (
            <p className="max-w-[72ch] text-sm text-ink-muted">
              Choose a system to see the exact commands, the least rights that they need, what comes of the file, and
              what no such file can say.
            </p>
          )}
        </div>
      </div>
    </Section>
  )
}

function SystemGroup({
  title,
  systems,
  chosen,
  onChoose,
}: {
  title: string
  systems: FormatSystem[]
  chosen: string | undefined
  onChoose: (id: string) => void
}) {
  const id = useId()
  return (
    <div>
      <h3 id={id} className="mb-1 text-xs text-ink-muted">
        {title}
      </h3>
      <ul aria-labelledby={id} className="grid gap-1 sm:grid-cols-2 lg:grid-cols-1">
        {systems.map((system) => (
          <li key={system.key}>
            <button
              type="button"
              aria-current={system.key === chosen ? 'true' : undefined}
              onClick={() => onChoose(system.formats[0]?.id ?? '')}
              className={cn(
                'flex w-full items-center gap-2 rounded-md border border-transparent px-1.5 py-1 text-left text-sm hover:bg-hover',
                system.key === chosen && 'border-accent-line bg-accent-wash',
              )}
            >
              <SystemMonogram system={system.key} title={system.title} />
              <span className="min-w-0 flex-1 truncate">{system.title}</span>
              <span className="tabular text-xs text-ink-muted">{formatCount(system.formats.length, 'format')}</span>
            </button>
          </li>
        ))}
      </ul>
    </div>
  )
}

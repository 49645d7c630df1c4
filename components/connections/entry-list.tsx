'use client'

import { useState } from 'react'
import { Button } from '@/components/ui/button'
import type { ImportNote } from '@/lib/connections/schema'
import { formatNumber } from '@/lib/platform/browser/format'
import { type Entry, type EntryGroup, groupEntries } from './entry-groups'

/** How many entries of a group are shown at once, and added by each click: a page must not grow with what is wrong. */
const step = 25

interface EntryListProps {
  title: string
  entries: readonly Entry[]
  /** How many there are, when not all of them are listed. */
  total: number
  /** How many of each reason there are, when not all of them are listed. */
  counted?: readonly ImportNote[]
}

/** Entries by reason, each with its count; places are shown when a group is opened, a few at a time. */
export function EntryList({ title, entries, total, counted = [] }: EntryListProps) {
  const groups = groupEntries(entries, counted)
  if (groups.length === 0) return null
  return (
    <div className="text-sm">
      <p className="text-ink-muted">
        {title}: <span className="tabular">{formatNumber(Math.max(total, entries.length))}</span>
      </p>
      <ul className="mt-1 flex flex-col border-l pl-3">
        {groups.map((group) => (
          <li key={group.reason}>
            <Group group={group} isOpen={entries.length > 0 && entries.length <= 5} />
          </li>
        ))}
      </ul>
    </div>
  )
}

function Group({ group, isOpen }: { group: EntryGroup; isOpen: boolean }) {
  const [shown, setShown] = useState(isOpen ? step : 0)
  const { entries, count, reason } = group
  const left = Math.min(step, entries.length - shown)
  return (
    <details
      open={isOpen}
      onToggle={(event) => {
        if (event.currentTarget.open) setShown((now) => Math.max(now, step))
      }}
    >
      <summary className="cursor-pointer py-0.5">
        <span className="tabular inline-block min-w-10 text-ink-muted">{formatNumber(count)}</span> {reason}
      </summary>
      <ul className="mb-2 flex flex-col gap-0.5 pl-4">
        {entries.slice(0, shown).map((entry, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: entries have no id and never move
          <li key={index} className="flex flex-wrap gap-x-3">
            <code className="font-mono text-xs leading-5 break-all text-ink-muted">{entry.at}</code>
            {entry.reference ? <code className="font-mono text-xs leading-5 break-all">{entry.reference}</code> : null}
            {entry.reason === reason ? null : <span>{entry.reason}</span>}
          </li>
        ))}
        {left > 0 && shown > 0 ? (
          <li>
            <Button size="sm" variant="ghost" onClick={() => setShown(shown + step)}>
              Show {formatNumber(left)} more of {formatNumber(entries.length)}
            </Button>
          </li>
        ) : null}
        {count > entries.length && shown >= entries.length && shown > 0 ? (
          <li className="text-xs text-ink-muted">
            The first {formatNumber(entries.length)} are listed; {formatNumber(count - entries.length)} more are
            counted.
          </li>
        ) : null}
      </ul>
    </details>
  )
}

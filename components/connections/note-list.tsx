import type { ReactNode } from 'react'
import type { ImportNote } from '@/lib/connections/schema'
import { formatNumber } from '@/lib/platform/browser/format'

/** What a preview tells beside numbers: reasons with how many there are of each, and the first of them. */
export function NoteList({
  title,
  notes,
  children,
}: {
  title: string
  notes: readonly ImportNote[]
  children: ReactNode
}) {
  const count = notes.reduce((sum, note) => sum + note.count, 0)
  if (count === 0) return null
  return (
    <details className="text-sm">
      <summary className="cursor-pointer text-ink-muted">
        {title}: <span className="tabular">{formatNumber(count)}</span>
      </summary>
      <div className="mt-1 mb-2 border-l pl-3">
        <p className="max-w-[72ch] text-ink-muted">{children}</p>
        <ul className="mt-1 flex flex-col">
          {notes.map(({ reason, count: each, samples }) => (
            <li key={reason} className="py-0.5">
              <span className="tabular inline-block min-w-10 text-ink-muted">{formatNumber(each)}</span> {reason}
              {samples.length > 0 ? (
                <span className="block pl-10 font-mono text-xs break-all text-ink-muted">
                  {samples.join(', ')}
                  {each > samples.length ? ' …' : ''}
                </span>
              ) : null}
            </li>
          ))}
        </ul>
      </div>
    </details>
  )
}

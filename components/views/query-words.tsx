import type { ViewQuery } from '@/lib/views/schema'

/** What a view keeps, as its parameters say it: enough to see what is about to be saved. */
export function QueryWords({ query }: { query: ViewQuery }) {
  const entries = Object.entries(query)
  if (entries.length === 0) return <p className="text-sm text-ink-muted">Everything, in the list’s own order.</p>
  return (
    <ul className="flex flex-wrap gap-1">
      {entries.map(([name, value]) => (
        <li key={name} className="max-w-full rounded-sm bg-sunken px-1.5 py-0.5 font-mono text-xs break-words">
          {name}={value}
        </li>
      ))}
    </ul>
  )
}

import { RelativeTime } from '@/components/ui/relative-time'
import type { Teller } from '@/lib/connections/schema'

/** Which imports told of something, the latest first: connector, source, file and when. */
export function TellerList({ tellers }: { tellers: Teller[] }) {
  if (tellers.length === 0) return <p className="text-ink-muted">No import tells of it any more.</p>
  return (
    <ul className="flex flex-col gap-1">
      {tellers.map(({ connector, part, system, sourceName, at, runId, file }) => (
        <li key={`${connector} ${system} ${sourceName} ${part}`} className="flex flex-wrap items-baseline gap-x-2">
          <span>
            {connector} from {sourceName}
            {part ? `, ${part}` : ''}
          </span>
          {file ? (
            runId ? (
              <a href={`/import/${runId}`} className="font-mono text-xs break-all text-accent-ink hover:underline">
                {file}
              </a>
            ) : (
              <span className="font-mono text-xs break-all">{file}</span>
            )
          ) : null}
          <RelativeTime at={at} hasDate className="text-ink-muted" />
        </li>
      ))}
    </ul>
  )
}

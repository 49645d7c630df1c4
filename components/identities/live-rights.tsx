import { RelativeTime } from '@/components/ui/relative-time'
import type { LiveRight } from '@/lib/connections/live'

const words = { yes: 'yes', no: 'no', unknown: 'not known' }

/** What the live connections may do with an identity: see, rotate, revoke, and why not. */
export function LiveRights({ rights }: { rights: LiveRight[] }) {
  if (rights.length === 0)
    return <span className="text-ink-muted">only read from files: no connection reads its source</span>
  return (
    <ul className="flex flex-col gap-1">
      {rights.map(({ connectionId, connectionName, rotate, revoke, why, asOf }) => (
        <li key={connectionId}>
          See: yes · rotate: {words[rotate]} · revoke: {words[revoke]}
          <span className="block text-xs text-ink-muted">
            {why ? `${why} ` : ''}
            {connectionName}, as of <RelativeTime at={asOf} />
          </span>
        </li>
      ))}
    </ul>
  )
}

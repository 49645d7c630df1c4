import type { Grant } from '@/lib/grants/schema'
import type { ReplacementState } from '@/lib/grants/values'

const labels: Record<ReplacementState, string> = {
  planned: 'still without an end',
  intended: 'being taken away',
  gone: 'gone',
  taken_over: 'ends with this grant',
}

/** The rights without an end that a grant takes the place of, and what has become of each. */
export function GrantReplaces({ replaces }: { replaces: Grant['replaces'] }) {
  return (
    <ul className="mb-4 flex flex-col text-sm" aria-label="What it takes the place of">
      {replaces.map(({ entitlementId, name, isRole, scopes, state, says }) => (
        <li key={entitlementId} className="flex flex-col gap-0.5 border-b py-1.5 last:border-b-0">
          <span className="flex flex-wrap justify-between gap-x-3">
            <span className="font-medium">
              {!isRole && scopes.length > 0 ? `${scopes.join(', ')} on ${name}` : name}
            </span>
            <span>{labels[state]}</span>
          </span>
          <span className="text-ink-muted">{says}</span>
        </li>
      ))}
    </ul>
  )
}

import { Alert } from '@/components/ui/alert'
import type { AssignOwnersPreview } from '@/lib/identities/schema'
import { formatNumber } from '@/lib/platform/browser/format'

const shownNames = 8

interface AssignPreviewProps {
  preview: AssignOwnersPreview | undefined
  isLoading: boolean
  error: Error | null
}

/** What a bulk assignment would do: how many change, are so already, or stay as they are and why. */
export function AssignPreview({ preview, isLoading, error }: AssignPreviewProps) {
  if (error) return <Alert tone="danger">{error.message}</Alert>
  if (!preview) {
    return (
      <p className="min-h-14 text-sm text-ink-muted" aria-live="polite">
        {isLoading ? 'Working out what would change…' : 'Choose an owner to see what would change.'}
      </p>
    )
  }
  const { changes, already, refused } = preview
  return (
    <div className="flex min-h-14 flex-col gap-2 text-sm" aria-live="polite">
      <p className="tabular flex flex-wrap gap-x-4">
        <span>
          <strong>{formatNumber(changes.length)}</strong> will change
        </span>
        <span className={already.length === 0 ? 'text-ink-muted' : undefined}>
          <strong>{formatNumber(already.length)}</strong> have this owner already
        </span>
        <span className={refused.length === 0 ? 'text-ink-muted' : 'text-warning-ink'}>
          <strong>{formatNumber(refused.length)}</strong> stay as they are
        </span>
      </p>
      {changes.length > 0 ? (
        <p className="text-ink-muted">
          {changes
            .slice(0, shownNames)
            .map(({ name }) => name)
            .join(', ')}
          {changes.length > shownNames ? ` and ${formatNumber(changes.length - shownNames)} more` : ''}
        </p>
      ) : null}
      {refused.length > 0 ? (
        <ul className="max-h-28 overflow-y-auto text-ink-muted">
          {refused.map(({ id, name, reason }) => (
            <li key={id}>
              <span className="text-ink">{name}</span>: {reason}
            </li>
          ))}
        </ul>
      ) : null}
    </div>
  )
}

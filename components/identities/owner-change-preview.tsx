import { Alert } from '@/components/ui/alert'
import type { OwnerChangeEffects } from '@/lib/ownership/schema'
import { formatDate, formatNumber } from '@/lib/platform/browser/format'

interface OwnerChangePreviewProps {
  effects: OwnerChangeEffects | undefined
  isLoading: boolean
  error: Error | null
  /** What the second number says: "have this owner already"; without it there is none. */
  already?: string | undefined
  /** What stands there before anything is asked. */
  hint: string
}

/** What a bulk change would do: how many change, are so already, or stay as they are and why. */
export function OwnerChangePreview({ effects, isLoading, error, already, hint }: OwnerChangePreviewProps) {
  if (error) return <Alert tone="danger">{error.message}</Alert>
  if (!effects) {
    return (
      <p className="min-h-14 text-sm text-ink-muted" aria-live="polite">
        {isLoading ? 'Working out what would change…' : hint}
      </p>
    )
  }
  const { changes, refused, validUntil } = effects
  const refusals = refused.reduce((sum, effect) => sum + effect.count, 0)
  return (
    <div className="flex min-h-14 flex-col gap-2 text-sm" aria-live="polite">
      <p className="tabular flex flex-wrap gap-x-4">
        <span>
          <strong>{formatNumber(changes.count)}</strong> will change
        </span>
        {already ? (
          <span className={effects.already.count === 0 ? 'text-ink-muted' : undefined}>
            <strong>{formatNumber(effects.already.count)}</strong> {already}
          </span>
        ) : null}
        <span className={refusals === 0 ? 'text-ink-muted' : 'text-warning-ink'}>
          <strong>{formatNumber(refusals)}</strong> stay as they are
        </span>
      </p>
      {changes.count > 0 ? <Samples effect={changes} /> : null}
      {validUntil && changes.count > 0 ? (
        <p>
          Until {formatDate(validUntil)}, when {changes.count === 1 ? 'it lapses' : 'they lapse'}.
          {effects.already.count > 0 ? ' Those that have this owner already keep the end that they have.' : ''}
        </p>
      ) : null}
      {refused.map((effect) => (
        <div key={effect.reason}>
          <p className="tabular text-warning-ink">
            {formatNumber(effect.count)}: {effect.reason}
          </p>
          <Samples effect={effect} />
        </div>
      ))}
    </div>
  )
}

function Samples({ effect: { count, samples } }: { effect: OwnerChangeEffects['changes'] }) {
  const names = samples.map(({ name }) => name)
  const more = count - names.length
  return (
    <p className="break-words text-ink-muted">
      {names.join(', ')}
      {more > 0 ? ` and ${formatNumber(more)} more` : ''}
    </p>
  )
}

import { PrivilegeMark } from '@/components/ui/marks/privilege-mark'
import { SensitivityMark } from '@/components/ui/marks/sensitivity-mark'
import type { GrantImpact as Impact } from '@/lib/grants/schema'
import { formatCount } from '@/lib/platform/browser/format'
import { scoreWords } from './grant-words'

/** What would be reached on top of today, as a list, and the blast radius before and after. */
export function GrantImpact({ impact }: { impact: Impact }) {
  const { added, addedTotal, caveat } = impact
  const rest = addedTotal - added.length
  return (
    <div className="flex flex-col gap-2 text-sm">
      <p>
        Blast radius <span className="tabular font-medium">{scoreWords(impact)}</span>.{' '}
        {addedTotal === 0
          ? 'Nothing more is reached, as far as the sources tell.'
          : `${formatCount(addedTotal, 'resource')} more, or at more:`}
      </p>
      {added.length > 0 ? (
        <ul className="flex max-h-72 flex-col overflow-y-auto" aria-label="Reached on top">
          {added.map(({ id, name, sensitivity, before, after }) => (
            <li key={id} className="flex flex-wrap items-center gap-x-3 gap-y-1 border-b py-1 last:border-b-0">
              <span className="min-w-0 flex-1 truncate font-medium" title={name}>
                {name}
              </span>
              <SensitivityMark sensitivity={sensitivity as Parameters<typeof SensitivityMark>[0]['sensitivity']} />
              <PrivilegeMark
                privilege={
                  after === 'unknown' ? undefined : (after as Parameters<typeof PrivilegeMark>[0]['privilege'])
                }
                hasLabel
              />
              {before ? <span className="text-xs text-ink-muted">was {before.replaceAll('_', ' ')}</span> : null}
            </li>
          ))}
        </ul>
      ) : null}
      {rest > 0 ? <p className="text-ink-muted">and {formatCount(rest, 'other')}.</p> : null}
      {caveat ? <p className="text-ink-muted">{caveat}</p> : null}
    </div>
  )
}

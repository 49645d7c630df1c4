'use client'

import { RelativeTime } from '@/components/ui/relative-time'
import { Tooltip } from '@/components/ui/tooltip'
import type { Teller } from '@/lib/connections/schema'
import type { IdentityDetail } from '@/lib/identities/schema'
import { formatDateTime } from '@/lib/platform/browser/format'

/** When an import last told of a fact; which source and file, on hover and focus. */
export function ToldBy({ identity }: { identity: Pick<IdentityDetail, 'tellers' | 'sourceAsOf' | 'goneAt'> }) {
  const { tellers, sourceAsOf, goneAt } = identity
  const at = tellers[0]?.at ?? goneAt ?? sourceAsOf
  if (at === null) return <span className="text-xs text-ink-muted italic">as of an unknown time</span>
  return (
    <Tooltip content={<Sources tellers={tellers} at={at} />} side="left">
      <button
        type="button"
        className="min-h-6 shrink-0 cursor-help rounded-sm text-xs whitespace-nowrap text-ink-muted hover:text-ink"
      >
        as of <RelativeTime at={at} />
      </button>
    </Tooltip>
  )
}

function Sources({ tellers, at }: { tellers: Teller[]; at: string }) {
  if (tellers.length === 0) return <span>No import tells of it any more; last heard {formatDateTime(at)}</span>
  return (
    <span className="flex flex-col gap-1">
      {tellers.map(({ connector, part, sourceName, file, at: told }) => (
        <span key={`${connector} ${sourceName} ${part}`} className="flex flex-col">
          <span>
            {sourceName}, read by {connector}
            {part ? ` (${part})` : ''}
          </span>
          {file ? <span className="font-mono break-all">{file}</span> : null}
          <span>{formatDateTime(told)}</span>
        </span>
      ))}
    </span>
  )
}
